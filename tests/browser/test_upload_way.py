"""The officer's upload from file to undo in a real browser, with a workbook of the sample and files that are none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect
from sqlmodel import select

from disburse.audit.tables import AuditEvent
from disburse.jobs import queries as jobs
from disburse.jobs.running import run_now
from disburse.people.tables import Enrolment, EnrolmentState
from disburse.rosters.tables import Roster, RosterState
from disburse.worker import TASKS
from tests.browser.conftest import Opener, Site
from tests.disburse.workbooks import workbook_files as made

pytestmark = pytest.mark.browser

BOOK = Path(__file__).parents[2] / "sample" / "btxh-chau-o.xlsx"


def work(site: Site) -> None:
    """Do the roster's newest job, as the worker beside the server does."""
    roster = newest(site)
    with site.database.reading() as session:
        job = jobs.of_object(session, roster.id)[0]
    run_now(site.database, job.id, TASKS[job.kind], lease_seconds=60)


def active(site: Site) -> int:
    with site.database.reading() as session:
        counted = select(sa.func.count()).select_from(Enrolment).where(Enrolment.state == EnrolmentState.ACTIVE)
        return session.exec(counted).one()


def newest(site: Site) -> Roster:
    with site.database.reading() as session:
        return session.exec(select(Roster).where(Roster.file_name == BOOK.name)).one()


def say_what_it_is(page: Page) -> None:
    """With the keyboard where it can be done by it."""
    page.select_option("#programme", "BTXH")
    page.select_option("#month", "10")
    page.locator("#scope-full").focus()
    page.keyboard.press("Space")
    page.locator("#units-old").check()


class TestTheWay:
    def test_from_file_to_undo(self, visit: Opener, demo_site: Site, tmp_path: Path) -> None:
        """Bad files are told apart, a mapping is corrected by keyboard, the number on the button is what comes in."""
        protected = tmp_path / "mat-khau.xlsx"
        protected.write_bytes(made.compound(["EncryptionInfo", "EncryptedPackage"]))
        (tmp_path / "rong.xlsx").write_bytes(b"")
        before = active(demo_site)
        here = visit(demo_site)
        here.sign_in("canbo.tinh")
        here.open("/rosters/new")
        page = here.page
        page.set_input_files("#file", [BOOK, protected, tmp_path / "rong.xlsx"])
        page.click("text=Tải lên và xem trước")
        expect(page.locator("#error-summary")).to_contain_text("Chưa chọn chính sách")
        expect(page.locator("#error-summary")).to_be_focused()
        say_what_it_is(page)
        page.click("text=Tải lên và xem trước")
        expect(page.locator("[data-files] li").nth(1)).to_contain_text("Tệp có mật khẩu")
        expect(page.locator("[data-files] li").nth(2)).to_contain_text("Tệp rỗng")
        page.locator("[data-files] .is-good a").click()
        expect(page.locator("h1")).to_have_text("Đang đọc tệp")
        work(demo_site)
        expect(page.locator("h1")).to_have_text("Trang tính và dòng tiêu đề", timeout=15_000)
        assert page.locator("tr.is-header input").first.is_checked()
        page.click("button:has-text('Tiếp tục')")
        self._correct_a_column(page)
        work(demo_site)
        expect(page.locator("h1")).to_have_text("Giá trị máy chưa hiểu", timeout=15_000)
        hamlets = page.locator("select[name^=hamlet-]")
        told = hamlets.count()
        hamlets.first.select_option("new")
        page.click("button:has-text('Tiếp tục')")
        expect(page.locator("h1")).to_have_text("Đang đọc tệp")
        work(demo_site)
        expect(page.locator("h1")).to_have_text("Kiểm tra trước khi nhập", timeout=15_000)
        expect(page.locator(".know")).to_contain_text(f"{told - 1} tên thôn chưa có trong danh mục")
        read = newest(demo_site)
        assert active(demo_site) == before  # nothing is written yet
        button = page.locator(".btn-import")
        number = int(re.sub(r"\D", "", button.inner_text()))
        assert number == read.rows_ok
        page.reload()
        button.click()
        expect(page.locator("h1")).to_have_text("Đang nhập")
        work(demo_site)
        expect(page.locator("h1")).to_have_text(f"Đã nhập {number:,} dòng".replace(",", "."), timeout=15_000)
        done = newest(demo_site)
        assert (done.state, done.rows_ok) == (RosterState.IMPORTED, number)
        assert active(demo_site) > before
        self._undo(page, number)
        assert (newest(demo_site).state, active(demo_site)) == (RosterState.UNDONE, before)
        with demo_site.database.reading() as session:
            acts = session.exec(select(AuditEvent.action).where(AuditEvent.object_id == str(done.id))).all()
        assert {"roster.received", "roster.corrected", "roster.ordered", "roster.imported", "roster.undone"} <= set(
            acts
        )
        assert here.complaints == []

    def _correct_a_column(self, page: Page) -> None:
        """Give a column the field of another: it is taken and said; then it is given back."""
        expect(page.locator("h1")).to_have_text("Cột nào là gì")
        selects = page.locator("[data-maps] select")
        fields = [box.input_value() for box in selects.all()]
        other, amount = fields.index("coefficient"), fields.index("amount")
        selects.nth(other).focus()
        selects.nth(other).select_option("amount")
        expect(page.locator("[data-said]")).to_contain_text("đã chuyển sang cột khác")
        assert selects.nth(amount).input_value() == ""
        selects.nth(other).select_option("")
        selects.nth(amount).select_option("amount")
        page.click("button:has-text('Tiếp tục')")

    def _undo(self, page: Page, number: int) -> None:
        page.click("text=Xem danh sách vừa nhập")
        page.click("a:has-text('Hoàn tác')")
        page.fill("#reason", "Nhập nhầm kỳ")
        page.fill("#rows", str(number))
        page.click("button:has-text('Hoàn tác')")
        expect(page.locator("main")).to_contain_text("Đã hoàn tác")
