"""Jobs in a real browser: cancelling and running again, and who sees the buttons."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from disburse.audit.actor import By
from disburse.jobs import actions
from tests.browser.conftest import Opener, Site

pytestmark = pytest.mark.browser


class TestChanging:
    def test_cancel_and_run_again(self, visit: Opener, demo_site: Site) -> None:
        """The officer cancels their own job and starts it again; the auditor sees it and no button."""
        with demo_site.database.transaction() as session:
            job = actions.enqueue(session, kind="rosters.import", object_id="1", by=By(name="canbo.xa"))
        page, auditor = visit(demo_site), visit(demo_site)
        page.sign_in("canbo.xa")
        auditor.sign_in("kiemtra")
        page.open("/jobs")
        page.page.click(f"#cancel-{job.id}")
        expect(page.page.locator("tr", has=page.page.locator(f"#retry-{job.id}"))).to_contain_text("Đã hủy")
        page.fits_everywhere()
        page.page.click(f"#retry-{job.id}")
        expect(page.page.locator(f"#cancel-{job.id}")).to_be_visible()
        auditor.open("/jobs")
        expect(auditor.page.locator("tbody tr").first).to_contain_text("Võ Thị Xã")
        expect(auditor.page.locator("tbody button")).to_have_count(0)
