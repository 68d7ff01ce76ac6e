"""An officer's Tuesday morning on the sample: every workbook uploaded, put right and imported, in a real browser.

After each step the page's own number is compared with the database's own count.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa
from playwright.sync_api import Error, Page, expect
from sqlmodel import col, select

from disburse import clock
from disburse.access import actions as access
from disburse.access.tables import Role
from disburse.accounts.tables import Account, Link, Registration, RegistrationSource
from disburse.areas.tables import Area
from disburse.audit.actor import COMMAND
from disburse.db import Database
from disburse.demo.steps import Step, read_steps, sample_folder
from disburse.duplicates.tables import MergeState, PersonMerge
from disburse.jobs.running import run_next
from disburse.people.tables import Enrolment, EnrolmentState, Person, Precision, Recipient, RecipientKind
from disburse.rosters.tables import Roster, RosterRow, RosterState, RowState
from disburse.worker import TASKS
from tests.api import seeding
from tests.browser.conftest import Opener, Site, _served
from tests.conftest import Templates

pytestmark = pytest.mark.browser

MORNING = date(2024, 3, 5)  # a Tuesday
OFFICER = "canbo.tinh"
FIXED_BY_A_COMMUNE = ("commune_unknown", "commune_ambiguous")
TO_FIX = 10


@pytest.fixture(scope="module")
def office(sqlite_templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An installation with nobody in it, and one officer of the province."""
    path = tmp_path_factory.mktemp("tuesday") / "office.db"
    shutil.copy(sqlite_templates.stocked, path)
    database = Database(f"sqlite:///{path}")
    with clock.living_on(MORNING):
        with database.transaction() as session:
            user = access.add_user(session, name=OFFICER, full_name="Lê Thị Mận", by=COMMAND)
            access.grant_role(session, user=user, role=Role.PROVINCE, area_code="51", programme="", by=COMMAND)
            access.set_password(session, user=user, password=seeding.PASSWORD, by=COMMAND)
        yield from _served(database, None, demo=True)
    database.close()


def work(site: Site) -> None:
    """Do what the worker beside the server does, until nothing waits."""
    while run_next(site.database, TASKS, lease_seconds=60):
        pass


def count(site: Site, *conditions: sa.ColumnElement[bool], of: type = Enrolment) -> int:
    """Count rows as the database has them."""
    with site.database.reading() as session:
        return session.exec(select(sa.func.count()).select_from(of).where(*conditions)).one()


def active(site: Site) -> int:
    return count(site, Enrolment.state == EnrolmentState.ACTIVE)


def parked(site: Site) -> int:
    return count(site, RosterRow.state == RowState.PARKED, RosterRow.settled_by.is_(None), of=RosterRow)  # type: ignore[union-attr]


def rosters(site: Site, *states: RosterState) -> list[Roster]:
    with site.database.reading() as session:
        return list(session.exec(select(Roster).where(Roster.state.in_(states)).order_by(Roster.created_at)))  # type: ignore[attr-defined]


def number_in(text: str) -> int:
    return int(re.sub(r"\D", "", text))


def groups() -> list[list[Step]]:
    """Return the sample's rosters as an officer would send them: together what is of one kind."""
    found: dict[tuple[str, ...], list[Step]] = {}
    for step in read_steps(sample_folder()):
        if step.kind == "roster":
            said = step.options
            key = (said["programme"], said["scope"], said.get("commune", ""))
            found.setdefault(key, []).append(step)
    return sorted(found.values(), key=lambda steps: steps[0].options["scope"] != "full")  # papers need their people


def upload(page: Page, site: Site, steps: list[Step]) -> None:
    said = steps[0].options
    page.goto(site.url + "/rosters/new")
    page.set_input_files("#file", [step.file for step in steps])
    page.select_option("#programme", said["programme"])
    page.select_option("#month", "03")
    page.select_option("#year", "2024")
    page.locator(f"#scope-{said['scope']}").check()
    page.locator("#units-old").check()
    page.click("text=Tải lên và xem trước")
    page.wait_for_url(re.compile(r"/rosters/(work|[0-9a-f-]{36})"), timeout=30_000)


def follow(page: Page, address: str) -> None:
    """Be at the next step: the page goes there by itself once the work is done, perhaps in this very moment."""
    try:
        page.goto(address)
    except Error as error:
        if "interrupted by another navigation" not in error.message:
            raise
        page.wait_for_url(address)


def bring_in(page: Page, site: Site, roster: Roster, *, correct: bool = False) -> int:
    """Walk one roster through its steps; returns the number on the button, which is what comes in."""
    follow(page, f"{site.url}/rosters/{roster.id}/sheet")
    page.click("button:has-text('Tiếp tục')")
    expect(page.locator("h1")).to_have_text("Cột nào là gì")
    if correct:
        correct_a_column(page)
    page.click("button:has-text('Tiếp tục')")
    work(site)
    follow(page, f"{site.url}/rosters/{roster.id}/check")
    expect(page.locator("h1")).to_have_text("Kiểm tra trước khi nhập")
    button = page.locator(".btn-import")
    if button.is_disabled():  # another list came in since: the numbers are counted anew before anything is written
        page.click("button:has-text('Tính lại')")
        work(site)
        follow(page, f"{site.url}/rosters/{roster.id}/check")
    number = number_in(button.inner_text())
    if page.locator("#missing").count():
        page.fill("#missing", str(number_in(page.locator("label[for=missing]").inner_text())))
    button.click()
    work(site)
    follow(page, f"{site.url}/rosters/{roster.id}/done")
    expect(page.locator("h1")).to_contain_text("Đã nhập")
    return number


def correct_a_column(page: Page) -> None:
    """Take the amount away from its column and give it back: what the officer says is what counts."""
    selects = page.locator("[data-maps] select")
    fields = [box.input_value() for box in selects.all()]
    amount = fields.index("amount")
    selects.nth(amount).select_option("")
    selects.nth(amount).select_option("amount")


class TestTuesdayMorning:
    def test_forty_minutes(self, visit: Opener, office: Site) -> None:
        """All workbooks in, a mapping corrected, ten rows put right, one repair for many, one undone, one person
        merged, a guardian with a paper, Đào found by "dao", and a bank's list whose accounts find their people."""
        here = visit(office)
        here.sign_in(OFFICER)
        page = here.page
        self._bring_everything_in(page, office)
        self._put_ten_rows_right(page, office)
        self._repair_many(page, office)
        self._undo_one(page, office)
        self._merge_one(page, office)
        self._record_a_guardian(page, office)
        self._find_dao(page, office)
        self._bring_a_bank_list(page, office)
        assert here.complaints == []

    def _bring_everything_in(self, page: Page, site: Site) -> None:
        first = True
        for steps in groups():
            upload(page, site, steps)
            work(site)
            waiting = list(rosters(site, RosterState.STAGED, RosterState.READING))
            assert len(waiting) == len(steps)
            for roster in waiting:
                number = bring_in(page, site, roster, correct=first)
                with site.database.reading() as session:
                    done = session.get_one(Roster, roster.id)
                assert (done.state, done.rows_ok) == (RosterState.IMPORTED, number)
                assert done.rows_read == done.rows_ok + done.rows_parked + done.rows_skipped
                first = False
        page.goto(site.url + "/progress")
        assert number_in(page.locator(".tile-value").first.inner_text()) == active(site)

    def _put_ten_rows_right(self, page: Page, site: Site) -> None:
        fixed, before = 0, parked(site)
        for roster in rosters(site, RosterState.IMPORTED):
            page.goto(f"{site.url}/rosters/{roster.id}/issues?severity=error&waiting=1")
            addresses = [link.get_attribute("href") for link in page.locator("[data-edits]").all()]
            for address in dict.fromkeys(addresses):
                if fixed < TO_FIX and self._put_right(page, f"{site.url}{address}"):
                    fixed += 1
        assert fixed == TO_FIX
        assert parked(site) == before - fixed

    def _put_right(self, page: Page, address: str) -> bool:
        """Fix a row's name or commune, or give up a row that stands twice, with the reason."""
        page.goto(address)
        commune, name = page.locator("#c-commune"), page.locator("#c-name")
        flaws = page.locator(".flaw.is-bad").all_inner_texts()
        if not flaws:
            return False
        if any("xã" in flaw.lower() or "đơn vị" in flaw.lower() for flaw in flaws) and commune.count():
            values = [option.get_attribute("value") for option in commune.locator("option").all()]
            commune.select_option(next(value for value in values if value))
        elif any("tên" in flaw.lower() for flaw in flaws) and name.count():
            name.fill("Đinh Thị Sửa")
        else:
            page.locator(".drop-form input[type=radio]").first.check()
            page.click(".drop-form button")
            page.wait_for_load_state()
            return True
        page.click("button[name=then][value=stay]")
        page.wait_for_load_state()
        return page.locator(".notice.is-bad").count() == 0

    def _repair_many(self, page: Page, site: Site) -> None:
        for roster in rosters(site, RosterState.IMPORTED):
            page.goto(f"{site.url}/rosters/{roster.id}/repairs")
            for code in [option.get_attribute("value") for option in page.locator("#code option").all()]:
                if not code:
                    continue
                page.goto(f"{site.url}/rosters/{roster.id}/repairs?code={code}")
                ready = page.locator(".group-form:not(:has(select, input[type=text], input.form-control))")
                if ready.count() == 0:
                    continue
                ready.first.locator("button").click()
                rows = number_in(page.locator("button:has-text('giống vậy')").inner_text())
                page.click("button:has-text('giống vậy')")
                work(site)
                page.goto(f"{site.url}/rosters/{roster.id}/repairs")
                told = page.locator("#done + .card-plain tbody tr").first
                expect(told).to_contain_text("Đã áp dụng")
                assert number_in(told.locator("td").first.inner_text()) == rows
                return
        pytest.fail("the sample has no kind of flaw that is repaired for many rows at once")

    def _undo_one(self, page: Page, site: Site) -> None:
        newest = rosters(site, RosterState.IMPORTED)[-1]
        before = active(site)
        page.goto(f"{site.url}/rosters/{newest.id}/undo")
        page.fill("#reason", "Gửi nhầm bản chưa rà")
        page.fill("#rows", str(newest.rows_ok))
        page.click("button:has-text('Hoàn tác')")
        expect(page.locator("main")).to_contain_text("Đã hoàn tác")
        assert [one.id for one in rosters(site, RosterState.UNDONE)] == [newest.id]
        assert active(site) == before - newest.rows_new  # a list of papers made nobody new
        page.goto(site.url + "/progress")
        assert number_in(page.locator(".tile-value").first.inner_text()) == active(site)

    def _merge_one(self, page: Page, site: Site) -> None:
        """Somebody with merit comes on a social-protection list of the next commune, without a number: two records."""
        book = self._twin_list(site)
        told = {"programme": "BTXH", "scope": "additions"}
        upload(page, site, [Step(MORNING, "roster", book, told)])
        work(site)
        assert bring_in(page, site, rosters(site, RosterState.STAGED)[0]) == 1
        people = count(site, Person.merged_into.is_(None), of=Person)  # type: ignore[union-attr]
        page.goto(site.url + "/duplicates")
        page.click("text=Tìm lại ngay")
        work(site)
        page.goto(site.url + "/duplicates")
        card = page.locator("section.question").first
        card.locator("input[name=reason]").fill("Cùng một người, đã đối chiếu giấy tờ")
        card.locator("button:has-text('Gộp, giữ hồ sơ 1')").click()
        expect(page.locator("[role=status]").first).to_contain_text("Đã gộp hai hồ sơ")
        assert count(site, PersonMerge.state == MergeState.DONE, of=PersonMerge) == 1
        assert count(site, Person.merged_into.is_(None), of=Person) == people - 1  # type: ignore[union-attr]

    def _twin_list(self, site: Site) -> Path:
        with site.database.reading() as session:
            person, home = session.exec(
                select(Person, Enrolment.origin_code)
                .where(
                    Enrolment.programme == "NCC",
                    Enrolment.state == EnrolmentState.ACTIVE,
                    Enrolment.person_id == Person.id,
                    Person.birth_precision == Precision.DAY,
                    sa.extract("day", Person.birth_date) > 1,  # a first of January may stand for the year alone
                )
                .limit(1)
            ).one()
            elsewhere = select(Enrolment.origin_code).where(Enrolment.origin_code != home)
            area = session.exec(
                select(Area).where(Area.code.in_(elsewhere), Area.valid_to.is_not(None)).limit(1)  # type: ignore[attr-defined, union-attr]
            ).one()
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.append(["STT", "Họ và tên", "Ngày sinh", "Giới tính", "Xã", "Mức trợ cấp"])
        born = f"{person.birth_date:%d/%m/%Y}"
        sheet.append([1, person.name, born, str(person.sex or ""), area.name, 360_000])
        path = Path(site.database.engine.url.database or "").parent / "btxh-tang-thang-3.xlsx"
        book.save(path)
        return path

    def _record_a_guardian(self, page: Page, site: Site) -> None:
        with site.database.reading() as session:
            own = select(Recipient.enrolment_id).where(
                Recipient.kind == RecipientKind.OWN,
                Recipient.ended_on.is_(None),  # type: ignore[union-attr]
            )
            ward = session.exec(
                select(Enrolment).where(Enrolment.id.in_(own), Enrolment.state == EnrolmentState.ACTIVE).limit(1)  # type: ignore[attr-defined]
            ).one()
        page.goto(f"{site.url}/people/{ward.person_id}/recipient?enrolment={ward.id}")
        page.check("input[name=kind][value=guardian]")
        page.fill("#name", "Nguyễn Thị Giám")
        page.fill("#birth", "1975")
        page.fill("#relation", "chị ruột")
        page.fill("#paper_kind", "Quyết định công nhận giám hộ")
        page.fill("#paper_number", "15/QĐ-UBND")
        page.fill("#paper_date", "20/02/2024")
        page.fill("#since", "1/3/2024")
        page.click("button:has-text('Đổi người nhận')")
        expect(page.locator("main")).to_contain_text("Nguyễn Thị Giám")
        with site.database.reading() as session:
            now = session.exec(
                select(Recipient).where(Recipient.enrolment_id == ward.id, Recipient.ended_on.is_(None))  # type: ignore[union-attr]
            ).one()
        assert (now.kind, now.paper_number) == (RecipientKind.GUARDIAN, "15/QĐ-UBND")

    def _find_dao(self, page: Page, site: Site) -> None:
        page.goto(site.url + "/people")
        page.fill("#q", "dao")
        page.press("#q", "Enter")
        expect(page.locator("main tbody")).to_contain_text("Đào")

    def _some_of(self, site: Site, name: str) -> Path:
        """Return the first two thousand lines of a bank's list of the sample: the others cost time and show no more."""
        path = Path(site.database.engine.url.database or "").parent / name
        lines = (sample_folder() / name).read_text("utf-8").splitlines(keepends=True)
        path.write_text("".join(lines[:2_000]), "utf-8")
        return path

    def _bring_a_bank_list(self, page: Page, site: Site) -> None:
        """Nothing counts before the button; after the worker's minute the numbers lead to the people linked."""
        page.goto(site.url + "/accounts")
        page.click("text=Tải danh sách tài khoản lên")
        page.set_input_files("#file", self._some_of(site, "bidv-dung-quat.csv"))
        page.select_option("#bank", "BIDV")
        page.click("text=Tải lên và kiểm tra")
        expect(page.locator("h1")).to_have_text("Đang kiểm tra danh sách")
        work(site)
        take = page.locator("button[value=take]")  # the page goes on by itself
        expect(take).to_be_visible(timeout=30_000)
        lines = number_in(take.inner_text())
        of_bank = Registration.source == RegistrationSource.BANK_LIST
        assert count(site, of_bank, of=Registration) == 0
        take.click()
        work(site)
        expect(page.locator("h1")).to_have_text("Danh sách đã nhập", timeout=30_000)
        page.reload()
        assert count(site, of_bank, of=Registration) == lines
        linked = page.locator("a[href$='stand=linked']")
        of_bidv = select(Account.id).where(Account.bank_code == "BIDV")
        by_rule = (Link.decided_how == "rule", col(Link.account_id).in_(of_bidv))
        assert number_in(linked.inner_text()) >= count(site, *by_rule, of=Link) > 0
        linked.click()
        page.locator("main tbody a[href^='/people/']").first.click()
        expect(page.locator("main")).to_contain_text("BIDV")
