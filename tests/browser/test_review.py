"""The review queue in a real browser: thirty cards by keyboard alone, at once, and nothing swallowed by typing."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect
from sqlmodel import col, func, select

from disburse.accounts.review_tables import Judgement, ReviewLock
from disburse.accounts.tables import Candidate, CandidateState
from tests.browser.conftest import Opener, Site, Watched

pytestmark = pytest.mark.browser

# From the key to the next card, as the page itself measures it.
TIMER = """
window.waits = [];
new MutationObserver(() => {
  const now = document.getElementById("card")?.dataset.url;
  if (window.pressed && now !== window.pressed.url) {
    window.waits.push(performance.now() - window.pressed.at);
    window.pressed = null;
  }
}).observe(document.getElementById("main"), { childList: true, subtree: true });
document.addEventListener("keydown", () => {
  window.pressed = { at: performance.now(), url: document.getElementById("card").dataset.url };
}, true);
"""

COMPOSED = """hint => document.dispatchEvent(
  new KeyboardEvent("keydown", { code: "KeyY", key: "y", bubbles: true, ...hint }))"""


def started(visit: Opener, site: Site, user: str = "canbo.tinh", width: int = 1366) -> Watched:
    """Open the queue as a clerk who has every card for themself; what another test turned down waits again."""
    turned_down = [CandidateState.REJECTED, CandidateState.UNSURE]
    waits = {"state": CandidateState.OPEN, "asks": "same_person", "decided_by": "", "decided_on": None}
    with site.database.transaction() as session:
        session.execute(sa.delete(ReviewLock))
        session.execute(sa.update(Candidate).where(col(Candidate.state).in_(turned_down)).values(waits))
    page = visit(site, width=width)
    page.sign_in(user)
    page.open("/review")
    return page


def answers(site: Site) -> int:
    with site.database.reading() as session:
        return session.exec(select(func.count()).select_from(Judgement).where(Judgement.undone_at == None)).one()  # noqa: E711


def url_of(page: Page) -> str:
    found = page.locator("#card").get_attribute("data-url")
    assert found
    return found


def settle(page: Page) -> None:
    """Wait until the next card was fetched ahead, as it is while a person reads."""
    expect(page.locator("#card")).to_have_attribute("data-ahead", "ready")


class TestKeyboard:
    def test_thirty_cards_by_keyboard_alone(self, visit: Opener, demo_site: Site) -> None:
        """From the overview to the thirtieth card without the mouse; the next card stands there in 100 ms (median)."""
        before = answers(demo_site)
        watched = started(visit, demo_site)
        page = watched.page
        for _ in range(40):  # to the start button, by Tab alone
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.textContent").strip() == "Bắt đầu":
                break
        page.keyboard.press("Enter")
        expect(page.locator("#card")).to_be_visible()
        page.evaluate(TIMER)
        seen = set()
        for number in range(30):
            settle(page)
            here = url_of(page)
            seen.add(here)
            for key in (("y",), ("n", "2"), ("u",), ("n", "n"), ("0",))[number % 5]:
                page.keyboard.press(key)
            expect(page.locator("#card")).not_to_have_attribute("data-url", here)
            expect(page.locator("#told")).to_contain_text("Đã ghi")
        assert len(seen) == 30
        settle(page)
        assert answers(demo_site) == before + 30
        waits = sorted(page.evaluate("window.waits"))
        assert len(waits) >= 30
        assert waits[len(waits) // 2] <= 100, waits
        assert watched.complaints == []

    def test_undo_walk_and_help(self, visit: Opener, demo_site: Site) -> None:
        """z brings the card back, j and k walk without answering, ? explains, and typing is only typing."""
        watched = started(visit, demo_site)
        page = watched.page
        page.click("text=Bắt đầu")
        settle(page)
        first = url_of(page)
        page.keyboard.press("n")
        page.keyboard.press("6")
        expect(page.locator("#card")).not_to_have_attribute("data-url", first)
        settle(page)
        page.keyboard.press("z")
        expect(page.locator("#card")).to_have_attribute("data-url", re.compile(first.split("?")[0]))
        settle(page)
        page.keyboard.press("j")
        expect(page.locator("#card")).not_to_have_attribute("data-url", re.compile(first.split("?")[0]))
        second = url_of(page)
        settle(page)
        page.keyboard.press("k")
        expect(page.locator("#card")).to_have_attribute("data-url", re.compile(first.split("?")[0]))
        count = answers(demo_site)
        page.click("#note")
        page.keyboard.type("nguyen y kien")
        expect(page.locator("#note")).to_have_value("nguyen y kien")
        page.keyboard.press("Enter")
        page.locator("h1").click()
        for hint in ({"keyCode": 229}, {"isComposing": True}):  # what an input method sends while it composes
            page.evaluate(COMPOSED, hint)
        page.keyboard.press("?")
        expect(page.locator("#help")).to_be_visible()
        assert watched.barriers() == []
        page.keyboard.press("Escape")
        assert (answers(demo_site), second != first) == (count, True)
        assert watched.complaints == []


class TestPages:
    @pytest.mark.parametrize("width", [1366, 390])
    def test_no_barrier_no_broken_rule(self, visit: Opener, demo_site: Site, width: int) -> None:
        """The card, the overview, the bulk page and the preview: axe finds nothing, nothing scrolls sideways."""
        watched = started(visit, demo_site, width=width)
        for path in ("/review", "/review/next", "/review/bulk?band=low", "/review/preview"):
            watched.open(path)
            assert watched.barriers() == [], path
            assert watched.overflow() <= 0, path
        assert watched.complaints == []

    def test_without_scripts(self, chromium: Browser, visit: Opener, demo_site: Site) -> None:
        """Answering, walking and taking back are forms and links."""
        cookies = started(visit, demo_site).page.context.cookies()
        context = chromium.new_context(java_script_enabled=False)
        context.add_cookies(cookies)  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(demo_site.url + "/review/next")
        name = page.locator("h1").inner_text()
        page.click("button:has-text('Tài khoản chung')")
        expect(page.locator("#told")).to_contain_text("Không phải")
        page.click("button:has-text('Hoàn tác')")
        expect(page.locator("h1")).to_have_text(name)
        context.close()
