"""Every page in a real browser: barriers, broken rules, phone width, keyboard, and what happens without scripts."""

from __future__ import annotations

import re

import pyotp
import pytest
from playwright.sync_api import Browser, expect

from disburse import clock
from disburse.jobs.tables import Job, JobState
from tests.api import seeding
from tests.browser.addresses import SUBJECTS
from tests.browser.conftest import Opener, Site

pytestmark = pytest.mark.browser


class TestEveryPage:
    @pytest.mark.parametrize("subject", SUBJECTS)
    def test_no_barrier_no_broken_rule(self, visit: Opener, demo_site: Site, subject: str) -> None:
        """On a screen, a phone, paper and enlarged four times: axe finds nothing, nothing scrolls sideways.

        One browser page walks through a subject's addresses; a new one for each would cost more than the looking.
        """
        page = visit(demo_site)
        for visited in SUBJECTS[subject]:
            page.page.context.clear_cookies()
            if visited.user:
                page.sign_in(visited.user)
            page.open(visited.address(demo_site.seeded))
            try:
                expect(page.page.locator("main")).to_contain_text(visited.text)
                page.fits_everywhere()
            except AssertionError as found:
                found.add_note(f"at {visited}")
                raise

    @pytest.mark.parametrize("width", [1366, 390])
    def test_before_the_sign_in(self, visit: Opener, demo_site: Site, width: int) -> None:
        """The sign-in, with and without its error, has no barrier either."""
        page = visit(demo_site, width=width)
        page.open("/sign-in")
        assert page.barriers() == []
        page.page.fill("#name", "khong.co")
        page.page.click("button[type=submit]:has-text('Đăng nhập')")
        expect(page.page.locator("#error-summary")).to_be_focused()
        assert page.barriers() == []
        assert (page.overflow(), page.complaints) == (0, [])

    def test_in_english(self, visit: Opener, demo_site: Site) -> None:
        """The other language has its own `lang`, its own words, and no barrier."""
        page = visit(demo_site)
        page.sign_in("lanhdao")
        page.open("/")
        page.page.click("text=English")
        expect(page.page.locator("h1")).to_have_text("Moving benefits to bank accounts")
        expect(page.page.locator("html")).to_have_attribute("lang", "en")
        assert page.barriers() == []
        page.page.click("text=Tiếng Việt")

    def test_the_other_language_keeps_what_was_typed(self, visit: Opener, demo_site: Site) -> None:
        """A form that was refused, and one that was not sent yet, stand as typed in the other language."""
        page = visit(demo_site)
        page.sign_in("canbo.tinh")
        page.open(f"/people/{demo_site.seeded.person_id}/edit")
        page.page.fill("#hamlet", "Thôn Đang Gõ Dở")
        page.page.click("button:has-text('Lưu thay đổi')")
        expect(page.page.locator("#error-summary")).to_have_text("Cần ghi lý do.")
        expect(page.page.locator(".language-note")).to_have_count(0)
        page.page.fill("#reason", "theo đơn")
        page.page.click("text=English")
        expect(page.page.locator("h1")).to_have_text("Edit a person’s details")
        expect(page.page.locator("#hamlet")).to_have_value("Thôn Đang Gõ Dở")
        expect(page.page.locator("#reason")).to_have_value("theo đơn")
        page.page.click("text=Tiếng Việt")
        expect(page.page.locator("#reason")).to_have_value("theo đơn")
        page.page.reload()
        expect(page.page.locator("#reason")).to_have_value("")  # once, and not for the next who opens the page
        assert page.complaints == []


class TestSignIn:
    def test_by_keyboard_with_a_code(self, visit: Opener, real_site: Site) -> None:
        """An officer signs in with the keyboard alone, sets up the code from the page, and signs out."""
        page = visit(real_site)
        page.open("/progress")
        page.page.keyboard.type("kiemtra")
        page.page.keyboard.press("Tab")
        page.page.keyboard.type(seeding.PASSWORD)
        page.page.keyboard.press("Enter")
        expect(page.page.locator("h1")).to_have_text("Cài mã xác thực")
        assert page.barriers() == []
        secret = page.page.locator("code.spaced").inner_text()
        page.page.keyboard.type(pyotp.TOTP(secret).at(clock.utc_now()))
        page.page.keyboard.press("Enter")
        expect(page.page.locator("h1")).to_contain_text("Tiến độ chuyển chi trả")
        assert page.page.url.endswith("/progress")
        cookies = {cookie["name"]: cookie for cookie in page.page.context.cookies()}
        assert cookies["__Host-sid"]["httpOnly"] and cookies["__Host-sid"]["secure"]
        page.page.click("text=Đăng xuất")
        page.open("/progress")
        expect(page.page.locator("h1")).to_have_text("Đăng nhập")
        assert page.complaints == []

    def test_showing_the_password(self, visit: Opener, demo_site: Site) -> None:
        """What was typed can be shown and hidden again."""
        page = visit(demo_site)
        page.open("/sign-in")
        page.page.fill("#password", "mot cau ngan")
        page.page.click("button[data-shows]")
        expect(page.page.locator("#password")).to_have_attribute("type", "text")
        page.page.click("button[data-shows]")
        expect(page.page.locator("#password")).to_have_attribute("type", "password")


class TestBoard:
    def test_from_the_figure_to_the_names(self, visit: Opener, demo_site: Site) -> None:
        """A figure of the table opens a list with exactly as many people."""
        page = visit(demo_site)
        page.sign_in("canbo.tinh")
        page.open("/progress")
        link = page.page.locator(".board tbody tr").nth(1).locator("td a").first
        figure = int(link.inner_text().replace(".", ""))
        link.click()
        expect(page.page.locator(".paging p")).to_have_text(re.compile(rf"trong {figure}$"))
        assert page.page.locator("tbody tr").count() == min(50, figure)

    def test_a_filter_takes_effect_by_itself(self, visit: Opener, demo_site: Site) -> None:
        """Choosing a programme narrows the board and stands in the address; its chip takes it off again."""
        page = visit(demo_site)
        page.sign_in("lanhdao")
        page.open("/progress")
        page.page.select_option("#programme", "NCC")
        page.page.wait_for_url(re.compile("programme=NCC"))
        expect(page.page.locator(".programme")).to_have_count(1)
        page.page.click(".chip:has-text('NCC')")
        expect(page.page.locator(".programme")).to_have_count(3)

    def test_a_day_chosen_on_the_calendar_is_written_day_first(self, visit: Opener, demo_site: Site) -> None:
        """The browser's own calendar opens beside the field; its day takes effect by itself, whatever its language."""
        page = visit(demo_site)
        page.sign_in("lanhdao")
        page.open("/progress")
        expect(page.page.get_by_role("button", name="Chọn ngày trên lịch")).to_be_visible()
        page.page.locator(".day-calendar").evaluate(
            "day => { day.value = '2024-03-05'; day.dispatchEvent(new Event('change', {bubbles: true})) }"
        )
        page.page.wait_for_url(re.compile("as_of=05%2F03%2F2024"))
        expect(page.page.locator("#as_of")).to_have_value("05/03/2024")

    def test_sorting(self, visit: Opener, demo_site: Site) -> None:
        """A column's heading sorts, says so, and turns round at the second click."""
        page = visit(demo_site)
        page.sign_in("lanhdao")
        page.open("/progress")
        heading = page.page.locator(".board thead th", has_text="Xã, phường")
        heading.locator("a").click()
        expect(heading).to_have_attribute("aria-sort", "ascending")
        heading.locator("a").click()
        expect(heading).to_have_attribute("aria-sort", "descending")

    def test_without_scripts(self, chromium: Browser, demo_site: Site) -> None:
        """Reading, filtering and signing out work when no script runs."""
        context = chromium.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(demo_site.url + "/sign-in")
        page.fill("#name", "lanhdao")
        page.fill("#password", seeding.PASSWORD)
        page.click("button:has-text('Đăng nhập')")
        page.select_option("#programme", "NCC")
        page.click("button:has-text('Xem')")
        assert "programme=NCC" in page.url
        page.click("text=Đăng xuất")
        assert page.url.endswith("/sign-in")
        context.close()

    def test_on_paper(self, visit: Opener, demo_site: Site) -> None:
        """The print view leaves out what only a screen needs and keeps the table."""
        page = visit(demo_site)
        page.sign_in("lanhdao")
        page.open("/progress")
        page.page.emulate_media(media="print")
        expect(page.page.locator(".menu-wide")).to_be_hidden()
        expect(page.page.locator(".board")).to_be_visible()
        expect(page.page.locator(".only-print")).to_contain_text("Người in: Nguyễn Hữu Lãnh")


class TestJobs:
    def test_progress_moves_and_stops_asking(self, visit: Opener, demo_site: Site) -> None:
        """The table refreshes itself while something runs, and stops when nothing does."""
        page = visit(demo_site)
        page.sign_in("canbo.tinh")
        page.open("/jobs")
        expect(page.page.locator("#jobs")).to_contain_text("7.300 trên 18.024")
        advance(demo_site, done=9_100)
        expect(page.page.locator("#jobs")).to_contain_text("9.100 trên 18.024", timeout=10_000)
        advance(demo_site, state=JobState.DONE)
        expect(page.page.locator("#jobs[hx-get]")).to_have_count(0, timeout=10_000)
        assert page.complaints == []


def advance(site: Site, *, done: int | None = None, state: JobState | None = None) -> None:
    with site.database.transaction() as session:
        for job in session.query(Job).filter(Job.state.in_([JobState.RUNNING, JobState.QUEUED])):  # type: ignore[attr-defined]
            if done is not None and job.total:
                job.done = done
            if state is not None:
                job.state = state


class TestHostileText:
    def test_a_file_name_that_is_a_script(self, visit: Opener, demo_site: Site) -> None:
        """Markup in data is shown as text: nothing runs, nothing opens."""
        from disburse.rosters.tables import Roster

        name = "<script>alert(1)</script><img src=x onerror=alert(2)>'\"--; DROP TABLE roster"
        with demo_site.database.transaction() as session:
            known = session.get_one(Roster, demo_site.seeded.roster_id)
            before, known.file_name = known.file_name, name
            session.add(known)
        page = visit(demo_site)
        page.page.on("dialog", lambda dialog: page.complaints.append(dialog.message))
        page.sign_in("canbo.tinh")
        for path in ("/rosters", "/rosters/{roster_id}", "/rosters/{roster_id}/issues"):
            page.open(path.format(roster_id=demo_site.seeded.roster_id))
            expect(page.page.locator("main")).to_contain_text("<script>alert(1)</script>")
        assert page.complaints == []
        with demo_site.database.transaction() as session:
            session.get_one(Roster, demo_site.seeded.roster_id).file_name = before
