"""How the banks stand, on the page: only one's own people, refusals as work, secrets shown once."""

from __future__ import annotations

import re
from datetime import date
from uuid import uuid4

from sqlmodel import select

from api import signatures
from disburse.accounts import actions as accounts
from disburse.accounts.states import CloseReason, How
from disburse.accounts.tables import LinkState
from disburse.audit.actor import COMMAND
from disburse.audit.tables import AuditEvent
from disburse.banks import actions as banks
from disburse.banks import webhooks
from disburse.banks.tables import BankClient
from disburse.people import entries
from disburse.people.entries import NewEnrolment, NewRecipient
from disburse.people.tables import Person, RecipientKind
from tests.api.conftest import Site
from tests.api.v1.claimed import Asked, asked


def receiving(site: Site, commune: str, province: str, *, confirmed: bool = False, bank_code: str = "VBA") -> Asked:
    """Make somebody with an asked link who receives an enrolment of their own in a commune."""
    known = asked(site, bank_code, confirmed=confirmed)
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


class TestOwnBank:
    def test_a_person_of_the_bank_sees_its_requests_and_nobody_s_name(self, lite_site: Site) -> None:
        """The request, the account's last digits, its day; never a name, a whole number or another bank's."""
        known = receiving(lite_site, lite_site.seeded.commune, "51")
        with lite_site.database.reading() as session:
            name = session.get_one(Person, known.person_id).name
        client = lite_site.client("nganhang")
        assert client.get("/").headers["location"] == "/own-bank"
        page = client.get("/own-bank").text
        assert f"•••• {known.account_number[-4:]}" in page
        assert name not in page and known.account_number not in page and known.citizen_id not in page
        assert "/api/v1/openapi.json" in page and signatures.vector().headers["signature"] in page
        assert client.get("/own-bank?bank=BIDV").status_code == 404
        assert lite_site.client("canbo.tinh").get("/own-bank").status_code == 403


class TestMessages:
    def test_what_was_sent_is_listed_and_sent_again_with_a_trace(self, lite_site: Site) -> None:
        """State, tries and next try on the program's page; the button queues one try and says so in the log."""
        with lite_site.database.transaction() as session:
            made = banks.add_client(session, bank_code="LPB", name=f"tin {uuid4()}", by=COMMAND)
            session.get_one(BankClient, made.client_id).webhook_url = "https://bank.example/tin"
            webhooks.announce(session, bank_code="LPB", kind="requests.waiting", facts={"new": 2}, by=COMMAND)
            (sent,) = webhooks.deliveries(session, client_id=made.client_id)
            delivery_id = sent.delivery.id
            webhooks.note_try(session, delivery_id=delivery_id, status=410, error="", milliseconds=5, by=COMMAND)
        client = lite_site.client("quantri")
        address = f"/programs/{made.client_id}"
        page = client.get(address).text
        assert "https://bank.example/tin" in page and "bỏ cuộc" in page and "· 410" in page
        assert "Gửi lại ngay" not in lite_site.client("canbo.tinh").get(address).text
        assert client.post(f"{address}/messages/{delivery_id}/resend").status_code == 303
        assert "đang chờ" in client.get(address).text
        with lite_site.database.reading() as session:
            acts = select(AuditEvent).where(AuditEvent.action == "bank.webhook_resent")
            assert [one.object_id for one in session.exec(acts)] == [str(made.client_id)]


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

    def test_where_it_is_told(self, lite_site: Site) -> None:
        """Only https to a public host, what was typed stays; the signing key is shown once; without one it stops."""
        with lite_site.database.transaction() as session:
            made = banks.add_client(session, bank_code="LPB", name=f"tin {uuid4()}", by=COMMAND)
        client, address = lite_site.client("quantri"), f"/programs/{made.client_id}"
        for bad in ("http://8.8.8.8/tin", "https://127.0.0.1/tin", "https://10.1.2.3/tin", "https://[::1]/tin", "tin"):
            answer = client.post(f"{address}/webhook", data={"url": bad})
            assert answer.status_code == 422 and f'value="{bad}"' in answer.text and "nội bộ" in answer.text
        page = client.post(f"{address}/webhook", data={"url": "https://8.8.8.8/tin"}).text
        (secret,) = re.findall(r'id="webhook-secret" value="(whsec_[^"]+)"', page)
        shown = client.get(address).text
        assert "https://8.8.8.8/tin" in shown and secret not in shown
        assert "Lưu và cấp khóa ký" not in lite_site.client("canbo.tinh").get(address).text
        assert client.post(f"{address}/webhook", data={"url": ""}).status_code == 303
        assert "https://8.8.8.8/tin" not in client.get(address).text
        with lite_site.database.reading() as session:
            acts = select(AuditEvent).where(
                AuditEvent.action == "bank.webhook_set", AuditEvent.object_id == str(made.client_id)
            )
            assert [one.facts["url"] for one in session.exec(acts)] == ["https://8.8.8.8/tin", ""]

    def test_an_officer_cannot_make_one(self, lite_site: Site) -> None:
        """A provincial officer sees programs and changes none."""
        client = lite_site.client("canbo.tinh")
        page = client.get(f"/programs/{lite_site.seeded.bank_client_id}").text
        assert "/api/v1/openapi.json" in page and signatures.vector().key in page
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
