"""One's own account in a real browser: sessions, password, recovery codes, another phone, shortcuts."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest
from playwright.sync_api import expect

from disburse import clock
from disburse.access import actions, second_factor
from disburse.audit.actor import By
from tests.api import seeding
from tests.browser.conftest import Opener, Site, Watched

pytestmark = pytest.mark.browser


def enter(page: Watched, name: str, password: str = seeding.PASSWORD) -> None:
    page.open("/sign-in")
    page.page.fill("#name", name)
    page.page.fill("#password", password)
    page.page.click("main button[type=submit]")


class TestAccount:
    def test_sessions_and_password(self, visit: Opener, demo_site: Site) -> None:
        """The sign-in before is told once; one session ends another; a new password ends them all but this."""
        one, two = visit(demo_site), visit(demo_site)
        enter(one, "congtac")
        enter(two, "congtac")
        expect(two.page.locator(".greeting")).to_contain_text("Lần đăng nhập trước")
        two.open("/account")
        expect(two.page.locator(".greeting")).to_have_count(0)
        two.fits_everywhere()
        two.page.click("button:has-text('Kết thúc mọi phiên khác')")
        one.open("/account")
        expect(one.page.locator("h1")).to_have_text("Đăng nhập")
        two.page.click("summary:has-text('Đổi mật khẩu')")
        two.page.fill("#current", "không phải mật khẩu")
        two.page.fill("#new-password", "mot cau khac de nho")
        two.page.fill("#again", "mot cau khac de nho")
        two.page.click("button:has-text('Đổi mật khẩu')")
        expect(two.page.locator("#error-summary")).to_contain_text("Mật khẩu hiện tại không đúng")
        two.fits_everywhere()
        two.page.fill("#current", seeding.PASSWORD)
        two.page.fill("#new-password", "mot cau khac de nho")
        two.page.fill("#again", "mot cau khac de nho")
        two.page.click("button:has-text('Đổi mật khẩu')")
        expect(two.page.locator("[role=status]")).to_contain_text("Đã đổi mật khẩu")
        enter(one, "congtac", "mot cau khac de nho")
        expect(one.page.locator("h1")).to_contain_text("Chào")

    def test_codes_on_paper_and_another_phone(self, visit: Opener, real_site: Site) -> None:
        """A recovery code opens the door without the phone, once; then another phone is set up."""
        secret = second_factor.new_secret()
        with real_site.database.transaction() as session:
            user = seeding.user_named(session, "chitra")
            actions.set_second_factor(session, user=user, secret=secret, by=By(name="chitra"))
        page = visit(real_site)
        enter(page, "chitra")
        page.page.fill("#code", pyotp.TOTP(secret).at(clock.utc_now()))
        page.page.click("button:has-text('Tiếp tục')")
        page.open("/account")
        page.page.click("summary:has-text('mã dự phòng')")
        page.page.fill("#codes-password", seeding.PASSWORD)
        page.page.click("form button:has-text('mã dự phòng')")
        code = page.page.locator(".codes code").first.inner_text()
        page.fits_everywhere()
        for answer in ("Chào", "Mã xác thực"):
            page.page.context.clear_cookies()
            enter(page, "chitra")
            page.page.click("summary:has-text('mã dự phòng')")
            page.page.fill("#recovery", code)
            page.page.click("button:has-text('mã dự phòng')")
            expect(page.page.locator("h1")).to_contain_text(answer)
        page.page.fill("#code", pyotp.TOTP(secret).at(clock.utc_now() + timedelta(seconds=30)))
        page.page.click("button:has-text('Tiếp tục')")
        page.open("/account")
        page.page.click("summary:has-text('điện thoại mới')")
        page.page.fill("#phone-password", seeding.PASSWORD)
        page.page.click("form button:has-text('Tiếp tục')")
        fresh = page.page.locator("code.spaced").inner_text()
        page.fits_everywhere()
        page.page.fill("#code", pyotp.TOTP(fresh).at(clock.utc_now()))
        page.page.click("button:has-text('Đổi sang điện thoại này')")
        expect(page.page.locator("[role=status]")).to_contain_text("Đã đổi điện thoại")

    def test_shortcuts_off(self, visit: Opener, demo_site: Site) -> None:
        """Switched off, every page says so to its scripts."""
        page = visit(demo_site)
        page.sign_in("lanhdao")
        page.open("/account")
        page.page.uncheck("input[name=on]")
        page.page.click("button:has-text('Lưu')")
        page.open("/progress")
        expect(page.page.locator("html")).to_have_attribute("data-shortcuts", "off")
