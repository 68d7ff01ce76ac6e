"""What was typed when the session was over: kept for who typed it, sent again by them alone, gone in half an hour."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlmodel import col, select
from starlette.testclient import TestClient

from api.web.kept_forms import ACTIONS, OTHER_ACTION, action_of
from disburse import clock
from disburse.access import tasks
from disburse.access.tables import KeptForm, UserSession
from disburse.audit.tables import AuditEvent
from disburse.config import Settings
from disburse.people.tables import Person
from tests.api.conftest import Site
from tests.conftest import TEST_KEY

SPELLING = "Nguyễn Thị Gõ Lại"


def expire(site: Site, client: TestClient, *, ago: timedelta = timedelta(minutes=31)) -> str:
    """Let the client's session run out; return the secret that its forms carry."""
    with site.database.transaction() as session:
        found = session.exec(select(UserSession).where(UserSession.csrf == client.headers["x-csrf-token"])).one()
        found.seen_at = clock.utc_now() - ago
        session.add(found)
    return str(client.headers.pop("x-csrf-token"))


def somebody(site: Site) -> UUID:
    """Return a person that no other test names."""
    with site.database.reading() as session:
        here = select(Person.id).where(Person.commune_code == site.seeded.commune).order_by(col(Person.id))
        return session.exec(here.offset(3)).first() or site.seeded.person_id


def typed(site: Site, csrf: str, **more: str) -> dict[str, str]:
    with site.database.reading() as session:
        person = session.get_one(Person, somebody(site))
        kept = {"name": SPELLING, "birth": "1950", "sex": str(person.sex or ""), "hamlet": "Thôn Phú Lộc"}
    return kept | {"address": "", "reason": "gõ lại theo giấy tờ", "csrf": csrf} | more


def kept_address(answer: object) -> str:
    location = str(answer.headers["location"])  # type: ignore[attr-defined]
    found = re.fullmatch(r"/sign-in\?next=(/kept/[0-9a-f-]{36})", location)
    assert found, location
    return found[1]


def count(site: Site) -> int:
    with site.database.reading() as session:
        return int(session.execute(sa.select(sa.func.count()).select_from(KeptForm)).scalar_one())


class TestKeeping:
    def test_the_same_user_sends_it_again_and_the_change_is_there(self, site: Site) -> None:
        """The page says the act and the fields; its form, posted as a browser does, changes the person; then it is
        gone."""
        client, path = site.client("canbo.xa"), f"/people/{somebody(site)}/edit"
        csrf = expire(site, client)
        answer = client.post(path, data=typed(site, csrf))
        assert answer.status_code == 303
        address = kept_address(answer)
        back = site.client("canbo.xa")
        page = back.get(address).text
        assert "Sửa thông tin đối tượng" in page
        assert SPELLING in page
        fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.split(f'action="{address}"')[1]))
        sent = back.post(address, data=fields)
        assert (sent.status_code, sent.headers["location"]) == (307, path)
        assert back.post(path, data=fields).status_code == 303
        with site.database.reading() as session:
            assert session.get_one(Person, somebody(site)).name == SPELLING
            told = select(AuditEvent.action).where(
                col(AuditEvent.action).like("form.%"), AuditEvent.object_id == address[6:]
            )
            assert list(session.exec(told.order_by(col(AuditEvent.seq)))) == ["form.kept", "form.sent_again"]
        assert back.get(address).status_code == 404
        assert back.post(address, data=fields).status_code == 404

    def test_another_user_never_sees_it(self, site: Site) -> None:
        """For anybody else there is no such form, on none of its addresses, and it stays for its owner."""
        client = site.client("canbo.xa")
        csrf = expire(site, client)
        address = kept_address(client.post("/questions", data={"answer": "no", "csrf": csrf}))
        other, nothing = site.client("canbo.tinh"), f"/kept/{uuid4()}"
        assert (other.get(address).status_code, other.post(address).status_code) == (404, 404)
        assert other.post(address + "/drop").status_code == 404
        assert other.get(nothing).status_code == 404
        owner = site.client("canbo.xa")
        assert owner.get(address).status_code == 200
        assert owner.post(address + "/drop").status_code == 303
        assert owner.get(address).status_code == 404

    def test_it_is_forgotten_after_half_an_hour(self, site: Site) -> None:
        """Its page is gone at once, its row with the worker's next round."""
        client = site.client("canbo.xa")
        csrf = expire(site, client)
        address = kept_address(client.post("/questions", data={"answer": "no", "csrf": csrf}))
        with site.database.transaction() as session:
            session.execute(sa.update(KeptForm).values(made_at=clock.utc_now() - timedelta(minutes=31)))
        assert site.client("canbo.xa").get(address).status_code == 404
        assert count(site) > 0
        tasks.forget_forms(site.database, Settings(key=TEST_KEY))
        assert count(site) == 0

    def test_a_user_keeps_ten_at_most(self, lite_site: Site) -> None:
        """The eleventh takes the place of the oldest."""
        client = lite_site.client("canbo.tinh")
        csrf = expire(lite_site, client)
        for number in range(12):
            client.post("/questions", data={"answer": str(number), "csrf": csrf})
        assert count(lite_site) == 10

    def test_what_is_kept_lies_sealed(self, lite_site: Site) -> None:
        """Nothing typed stands in the table as it is."""
        client = lite_site.client("canbo.xa")
        csrf = expire(lite_site, client)
        client.post(f"/people/{somebody(lite_site)}/edit", data=typed(lite_site, csrf))
        with lite_site.database.reading() as session:
            newest = session.exec(select(KeptForm).order_by(col(KeptForm.id).desc())).first()
            assert newest is not None
            assert SPELLING.encode() not in newest.content_sealed


class TestNotKept:
    @pytest.mark.parametrize(
        ("path", "form"),
        [
            ("/account/password", {"current": "cu", "password": "mat khau moi dai", "again": "mat khau moi dai"}),
            ("/account/second-factor/code", {"code": "123456"}),
            ("/users/new", {"name": "moi", "full_name": "Người Mới"}),
            ("/programs/new", {"name": "trung tâm"}),
            ("/questions", {"answer": "x" * 20_000}),  # too large
            ("/questions", {"password": "x", "answer": "no"}),  # a form with a password
            ("/questions", {"answer": "  "}),  # nothing typed
        ],
    )
    def test_passwords_codes_users_and_large_forms(self, lite_site: Site, path: str, form: dict[str, str]) -> None:
        """The sign-in follows, and nothing is remembered."""
        client = lite_site.client("quantri")
        csrf, before = expire(lite_site, client), count(lite_site)
        answer = client.post(path, data=form | {"csrf": csrf})
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
        assert count(lite_site) == before

    def test_files_are_not(self, lite_site: Site) -> None:
        """A form with a file is chosen again, not kept."""
        client = lite_site.client("canbo.xa")
        csrf = expire(lite_site, client)
        answer = client.post("/questions", data={"answer": "no", "csrf": csrf}, files={"f": ("a.xlsx", b"PK")})
        assert answer.headers["location"] == "/sign-in"

    def test_a_form_of_nobody_is_not(self, lite_site: Site) -> None:
        """Without a cookie, with another form's secret, after signing out or a week later nothing is kept."""
        client = lite_site.client("canbo.xa")
        csrf, before = expire(lite_site, client), count(lite_site)
        form = {"answer": "no"}
        assert client.post("/questions", data=form | {"csrf": "x" * 43}).headers["location"] == "/sign-in"
        assert lite_site.anonymous().post("/questions", data=form | {"csrf": csrf}).headers["location"] == "/sign-in"
        late = lite_site.client("canbo.xa")
        secret = expire(lite_site, late, ago=timedelta(days=4))
        assert late.post("/questions", data=form | {"csrf": secret}).headers["location"] == "/sign-in"
        out = lite_site.client("canbo.xa")
        secret, token = out.headers["x-csrf-token"], out.cookies["__Host-sid"]
        out.post("/sign-out")
        out.cookies.set("__Host-sid", token)
        assert out.post("/questions", data=form | {"csrf": secret}).headers["location"] == "/sign-in"
        assert count(lite_site) == before

    def test_the_page_itself_leads_back_to_itself(self, lite_site: Site) -> None:
        """Who left the page of a kept form open until the new session was over comes back to it."""
        answer = lite_site.anonymous().post(f"/kept/{uuid4()}/drop")
        assert answer.headers["location"].startswith("/sign-in?next=/kept/")


class TestActions:
    def test_every_address_that_has_words_is_one(self, lite_site: Site) -> None:
        """The words name forms that exist; another form has words too."""
        paths = {re.sub(r"{\w+}", "{}", str(path)) for path in lite_site.app.state.paths.values()}
        named = {re.sub(r"/act/\w+$", "/act/{}", pattern) for pattern, _ in ACTIONS}
        assert named <= paths
        assert action_of("/people/1/edit?x=1") == "Sửa thông tin đối tượng"
        assert action_of("/somewhere/else") == OTHER_ACTION
