"""How the banks stand, on the page: only one's own people, refusals as work, secrets shown once."""

from __future__ import annotations

import re
from datetime import date
from uuid import uuid4

from disburse.accounts import actions as accounts
from disburse.accounts.states import CloseReason, How
from disburse.accounts.tables import LinkState
from disburse.audit.actor import COMMAND
from disburse.confirmations import overview
from disburse.confirmations.reasons import Owner
from disburse.people import entries
from disburse.people.entries import NewEnrolment, NewRecipient
from disburse.people.tables import Person, RecipientKind
from tests.api.conftest import Site
from tests.api.v1.claimed import Asked, asked


def receiving(site: Site, commune: str, province: str, *, confirmed: bool = False) -> Asked:
    """Make somebody with an asked link who receives an enrolment of their own in a commune."""
    known = asked(site, confirmed=confirmed)
    with site.database.transaction() as session:
        person = known.person_id
        session.get_one(Person, person).commune_code = commune
        enrolment = NewEnrolment(
            uuid4(), person, "NCC", commune, commune, date(2025, 7, 1), province, date(2025, 7, 1)
        )  # fmt: skip
        entries.add_enrolments(session, [enrolment])
        recipient = NewRecipient(uuid4(), enrolment.id, RecipientKind.OWN, person, date(2025, 7, 1))
        entries.add_recipients(session, [recipient])
    return known


class TestBanks:
    def test_one_s_own_people_only(self, site: Site) -> None:
        """Another province's refusals are no work of ours, and its requests are not sent by us."""
        own = receiving(site, site.seeded.commune, "51")
        foreign = receiving(site, site.seeded.foreign_commune, "01")
        with site.database.transaction() as session:
            for known in (own, foreign):
                accounts.refuse(
                    session,
                    link_id=known.link_id,
                    version=1,
                    code="rjct.name.mismatch",
                    on=date(2026, 11, 3),
                    by=COMMAND,
                )
        page = site.client("canbo.tinh").get("/banks/refusals?code=rjct.name.mismatch").text
        assert own.account_number[-4:] in page
        assert foreign.account_number[-4:] not in page
        assert own.citizen_id not in page and own.account_number not in page

    def test_asking_leaves_others_alone(self, site: Site) -> None:
        """The button asks about the officer's people; another province's accepted link stays unasked."""
        own, foreign = (
            receiving(site, commune, province)
            for commune, province in ((site.seeded.commune, "51"), (site.seeded.foreign_commune, "01"))
        )
        fresh = [asked_again(site, known) for known in (own, foreign)]
        answer = site.client("canbo.tinh").post("/banks/VBA/requests")
        assert (answer.status_code, answer.headers["location"]) == (303, "/banks/VBA")
        assert [known.state for known in fresh] == [LinkState.REQUESTED, LinkState.ACCEPTED]
        assert "Agribank" in site.client("canbo.tinh").get("/banks/VBA").text

    def test_a_refusal_has_an_owner_and_a_day(self) -> None:
        """Ten working days from the refusal; an unknown code falls to the bank."""
        one = overview.Refusal(uuid4(), uuid4(), "A", "B", "VBA", "1234", "rjct.account.closed", date(2026, 11, 2))
        assert (one.owner, one.due_on) == (Owner.PERSON, date(2026, 11, 16))
        assert overview.Refusal(uuid4(), uuid4(), "A", "B", "VBA", "1", "new", date(2026, 11, 2)).owner == Owner.BANK


class TestPrograms:
    def test_a_secret_is_shown_once(self, site: Site) -> None:
        """Made on the page, it opens a token; no later page holds it."""
        client = site.client("quantri")
        name = f"cổng {uuid4().hex[:8]}"
        form = {"bank": "VBA", "name": name, "scope": ["requests.read"], "addresses": "", "contact": "A"}
        page = client.post("/programs/new", data=form).text
        client_id, secret = re.findall(r'class="form-control secret-once"[^>]*value="([^"]+)"', page)
        token = site.anonymous().post(
            "/oauth/token", data={"grant_type": "client_credentials"}, auth=(client_id, secret)
        )
        assert token.json()["scope"] == "requests.read"
        assert secret not in client.get(f"/programs/{client_id}").text
        assert name in client.get("/programs").text

    def test_what_was_typed_stays(self, lite_site: Site) -> None:
        """A refused form says what is wrong and keeps the rest."""
        form = {"bank": "VBA", "name": "cổng", "addresses": "bên kia sông", "contact": "Tổ đối soát 2"}
        answer = lite_site.client("quantri").post("/programs/new", data=form)
        assert answer.status_code == 422
        assert "bên kia sông" in answer.text and "Tổ đối soát 2" in answer.text

    def test_an_officer_cannot_make_one(self, lite_site: Site) -> None:
        """A provincial officer sees programs and changes none."""
        client = lite_site.client("canbo.tinh")
        page = client.get(f"/programs/{lite_site.seeded.bank_client_id}").text
        assert "Nhật ký gọi" in page and "Cấp thêm một khóa" not in page
        assert client.post("/programs/new", data={"bank": "VBA", "name": "x"}).status_code == 403


def asked_again(site: Site, known: Asked) -> Asked:
    """End a link and make the pair's next version, which nobody asked about."""
    with site.database.transaction() as session:
        accounts.close(session, link_id=known.link_id, reason=CloseReason.MISTAKE, by=COMMAND)
        again = accounts.Acceptance(
            account_id=known.account_id, how=How.CLERK, since=date(2026, 11, 4), person_id=known.person_id
        )
        link_id = accounts.accept(session, acceptance=again, by=COMMAND)
    return Asked(site, link_id, known.citizen_id, known.account_number, known.person_id, known.account_id)
