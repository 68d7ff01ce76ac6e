"""The first sign-in: from the invitation to the code without typing the password again, and over plain HTTP."""

from __future__ import annotations

from starlette.testclient import TestClient

from disburse.access import actions as access
from disburse.access.tables import Role
from disburse.audit.actor import COMMAND
from disburse.db import Database
from tests.api import seeding
from tests.api.conftest import Site


def invited(database: Database, name: str) -> str:
    """Return the token of a fresh invitation."""
    with database.transaction() as session:
        user = access.add_user(session, name=name, full_name="Lý Văn Mới", by=COMMAND)
        access.grant_role(session, user=user, role=Role.PROVINCE, area_code="51", by=COMMAND)
        return access.invite(session, user=user, by=COMMAND)


class TestInvitation:
    def test_leads_on_to_the_code(self, site: Site) -> None:
        """The password that was just set signs in; the next page shows how to set the app up."""
        client = site.anonymous()
        token = invited(site.database, "moi.vao")
        set_ = client.post(f"/invitation/{token}", data={"password": seeding.PASSWORD, "again": seeding.PASSWORD})
        assert (set_.status_code, set_.headers["location"]) == (303, "/sign-in/code")
        assert "Cài mã xác thực" in client.get("/sign-in/code").text
        assert client.get(f"/invitation/{token}").status_code == 404


class TestPlainHttp:
    def test_a_loopback_address_leads_to_its_name(self, lite_site: Site) -> None:
        """Browsers keep secure cookies on http://localhost, not on http://127.0.0.1: nobody gets stuck there."""
        client = TestClient(lite_site.app, base_url="http://127.0.0.1:8000", follow_redirects=False)
        for path in ("/sign-in?next=/people", "/invitation/abc"):
            assert client.get(path).headers["location"] == f"http://localhost:8000{path}"

    def test_elsewhere_it_says_what_to_do(self, lite_site: Site) -> None:
        """On another name without TLS the sign-in warns before anybody types; with TLS or on localhost not."""
        for base, warned in (
            ("http://tinh.example", True),
            ("https://tinh.example", False),
            ("http://localhost", False),
        ):
            page = TestClient(lite_site.app, base_url=base).get("/sign-in").text
            assert ("không giữ được phiên đăng nhập" in page) is warned, base
