"""A session ends while somebody types: nothing is lost, in a real browser."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from playwright.sync_api import expect
from sqlmodel import col, select

from disburse import clock
from disburse.access.tables import UserSession
from disburse.people.tables import Person
from tests.api import seeding
from tests.browser.conftest import Opener, Site

pytestmark = pytest.mark.browser


class TestTypedWhileTheSessionEnded:
    def test_what_was_typed_is_sent_again_after_the_sign_in(self, visit: Opener, demo_site: Site) -> None:
        """Type into a person's form, come back late, press save, sign in, press "Gửi lại": the change is there."""
        page, person = visit(demo_site), somebody(demo_site)
        page.sign_in("canbo.xa")
        page.open(f"/people/{person}/edit")
        page.page.fill("#name", "Võ Thị Sau Giờ Trưa")
        page.page.fill("#reason", "theo căn cước mới")
        end_sessions(demo_site, "canbo.xa")
        page.page.click("button:has-text('Lưu thay đổi')")
        expect(page.page.locator("[role=status]")).to_contain_text("Phiên làm việc đã hết hạn")
        page.page.fill("#name", "canbo.xa")
        page.page.fill("#password", seeding.PASSWORD)
        page.page.click("main button[type=submit]")
        expect(page.page.locator("h1")).to_have_text("Nội dung đã nhập còn được giữ")
        expect(page.page.locator("main dl")).to_contain_text("Võ Thị Sau Giờ Trưa")
        page.fits_everywhere()
        page.page.click("#send-again")
        expect(page.page.locator("h1")).to_contain_text("Võ Thị Sau Giờ Trưa")
        with demo_site.database.reading() as session:
            assert session.get_one(Person, person).name == "Võ Thị Sau Giờ Trưa"


def somebody(site: Site) -> UUID:
    """Return a person that no other test names."""
    with site.database.reading() as session:
        here = select(Person.id).where(Person.commune_code == site.seeded.commune).order_by(col(Person.id))
        return session.exec(here.offset(5)).first() or site.seeded.person_id


def end_sessions(site: Site, name: str) -> None:
    """Let half an hour go by for a user's sessions."""
    with site.database.transaction() as session:
        user = seeding.user_named(session, name)
        for one in session.exec(select(UserSession).where(UserSession.user_id == user.id)):
            one.seen_at = clock.utc_now() - timedelta(minutes=31)
            session.add(one)
