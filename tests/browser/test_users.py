"""Users in a real browser: from the new user's form to their first sign-in, and two administrators for a third."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Opener, Site

pytestmark = pytest.mark.browser


class TestNewUser:
    def test_from_the_form_to_the_first_sign_in(self, visit: Opener, demo_site: Site) -> None:
        """A refused form keeps what was typed; the link shows once, sets the password and is then used up."""
        page = visit(demo_site)
        page.sign_in("quantri")
        page.open("/users/new")
        form = page.page
        form.fill("#name", "thach.binhson")
        form.fill("#full_name", "Phạm Văn Thạch")
        form.select_option("#role", "commune")
        form.select_option("#province", "51")
        form.fill("#communes", "Bình Sơn, Nam Cực")
        form.check("input[value=NCC]")
        form.click("button:has-text('đường dẫn mời')")
        expect(form.locator("#error-summary")).to_contain_text("Nam Cực")
        expect(form.locator("#name")).to_have_value("thach.binhson")
        expect(form.locator("input[value=NCC]")).to_be_checked()
        page.fits_everywhere()
        form.fill("#communes", "Bình Sơn, Vạn Tường")
        form.click("button:has-text('đường dẫn mời')")
        link = form.input_value("#link")
        page.fits_everywhere()
        page.open("/users?q=thach")
        expect(form.locator("tbody tr")).to_contain_text("chờ duyệt: cán bộ cấp xã · Xã Vạn Tường · NCC")
        expect(form.locator("tbody tr")).to_contain_text("Chờ nhận thư mời")
        guest = visit(demo_site)
        guest.page.goto(link)
        guest.page.fill("#password", "mot cau ngan khac nua")
        guest.page.fill("#again", "mot cau ngan khac nua")
        guest.page.click("main button[type=submit]")
        expect(guest.page.locator(".lead")).to_contain_text("chờ quản trị hệ thống thứ hai duyệt")
        guest.page.goto(link)
        expect(guest.page.locator("h1")).to_have_text("Thư mời không còn dùng được")

    def test_a_third_administrator_takes_two(self, visit: Opener, demo_site: Site) -> None:
        """One proposes and cannot approve; the other is told on the list, and approves once it is taken up."""
        one, two, guest = visit(demo_site), visit(demo_site), visit(demo_site)
        one.sign_in("quantri")
        two.sign_in("quantri.hai")
        one.open("/users/new")
        one.page.fill("#name", "quantri.ba")
        one.page.fill("#full_name", "Lý Thị Ba")
        one.page.select_option("#role", "admin")
        one.page.click("button:has-text('đường dẫn mời')")
        link = one.page.input_value("#link")
        two.open("/users")
        two.page.click(".notice a:has-text('Lý Thị Ba')")
        expect(two.page.locator(".waiting")).to_contain_text("Duyệt được khi người này đã nhận thư mời")
        guest.page.goto(link)
        guest.page.fill("#password", "mot cau ngan khac nua")
        guest.page.fill("#again", "mot cau ngan khac nua")
        guest.page.click("main button[type=submit]")
        expect(guest.page.locator("main")).to_contain_text("đang chờ quản trị hệ thống thứ hai duyệt")
        one.open("/users?q=quantri.ba")
        one.page.click("tbody a")
        expect(one.page.locator(".waiting")).to_contain_text("disburse user approve quantri.ba")
        one.fits_everywhere()
        two.open("/users")
        two.page.click(".notice a:has-text('Lý Thị Ba')")
        two.page.click("button:has-text('Phê duyệt')")
        expect(two.page.locator("tbody")).to_contain_text("quản trị hệ thống")
        expect(two.page.locator(".waiting")).to_have_count(0)
