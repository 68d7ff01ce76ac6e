"""The account mapper of G2P Connect: claims in both shapes, and what a partner can never learn."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from httpx2 import Response

from disburse.accounts.tables import Link, LinkState, Registration
from disburse.banks.scopes import Scope
from tests.api.conftest import Site
from tests.api.v1.claimed import asked
from tests.api.v1.partners import Employ, Partner, employ, lite_employ

__all__ = ["employ", "lite_employ"]


def send(partner: Partner, act: str, *items: dict[str, Any], message_id: str = "", spar: bool = False) -> Response:
    """Post items in one of the two envelopes."""
    sent = message_id or str(uuid4())
    inner = {"transaction_id": "t-1", f"{act}_request": list(items)}
    body = (
        {"request_header": {"request_id": sent}, "request_body": {"request_payload": inner}}
        if spar
        else {"signature": "", "header": {"message_id": sent, "action": act, "sender_id": "vba"}, "message": inner}
    )
    return partner.http.post(f"/g2p/mapper/sync/{act}", json=body, headers=partner.headers)


def item(citizen_id: str = "051051001234", account: str = "1500201234567", bank: str = "VBA", **more: Any) -> Any:
    return {
        "reference_id": "r-1", "timestamp": "2026-11-22T08:00:00+07:00", "id": f"cccd:{citizen_id}@gov.vn",
        "fa": f"account:{account}@{bank}", "name": "DINH VAN TAM",
    } | more  # fmt: skip


def answers(answer: Response, act: str) -> list[tuple[str, str]]:
    """Return status and reason of each item."""
    document = answer.json()
    body = document["message"] if "message" in document else document["response_body"]["response_payload"]
    return [(one["status"], one.get("status_reason_code", "")) for one in body[f"{act}_response"]]


class TestLink:
    def test_anonymous(self, site: Site) -> None:
        """Without a token nothing is read, and the answer is a problem."""
        answer = site.anonymous().post("/g2p/mapper/sync/link", json={})
        assert (answer.status_code, answer.json()["code"]) == (401, "token_missing")

    def test_another_scope(self, lite_employ: Employ) -> None:
        """A program that may only pull requests cannot claim."""
        partner = lite_employ(scopes=frozenset({Scope.REQUESTS_READ}))
        assert send(partner, "link", item()).status_code == 403

    @pytest.mark.parametrize("spar", [False, True])
    def test_a_claim_is_a_statement_and_no_link(self, site: Site, employ: Employ, spar: bool) -> None:
        """What a partner claims is kept with its source and basis; nobody is linked by it."""
        with site.database.reading() as session:
            links = session.execute(sa.select(sa.func.count()).select_from(Link)).scalar_one()
        number = f"15{uuid4().int % 10**11:011d}"
        answer = send(employ(), "link", item(account=number), spar=spar)
        assert (answer.status_code, answers(answer, "link")) == (200, [("succ", "")])
        with site.database.reading() as session:
            said = session.execute(
                sa.select(Registration).where(Registration.basis == "G2P Connect").order_by(Registration.id.desc())
            ).scalars()
            assert next(said).holder_name == "DINH VAN TAM"
            assert session.execute(sa.select(sa.func.count()).select_from(Link)).scalar_one() == links

    def test_a_bad_item_never_fails_the_call(self, lite_employ: Employ) -> None:
        """Each item has its own answer; the codes are those of the specification."""
        good = item(reference_id="good")
        wrong = [
            item(reference_id=""),
            good,
            item(reference_id="r-2", timestamp=""),
            item("05105100123", reference_id="r-3"),
            item(reference_id="r-4", bank="BIDV"),
            item(reference_id="r-5", name=""),
            item(reference_id="r-6", phone_number="12"),
        ]
        assert answers(send(lite_employ(), "link", good, *wrong), "link") == [
            ("succ", ""),
            ("rjct", "rjct.reference_id.invalid"),
            ("rjct", "rjct.reference_id.duplicate"),
            ("rjct", "rjct.timestamp.invalid"),
            ("rjct", "rjct.id.invalid"),
            ("rjct", "rjct.fa.invalid"),
            ("rjct", "rjct.name.invalid"),
            ("rjct", "rjct.mobile_number.invalid"),
        ]

    def test_what_no_database_takes_is_the_item_s_own_fault(self, site: Site, employ: Employ) -> None:
        """A control character, a name too long or one that folds to thousands of letters fails no call."""
        names = ["DINH\x00VAN", "DINH\nVAN", "D" * 201, "\ufdfa" * 200]
        items = [item(name=name, reference_id=f"r-{n}") for n, name in enumerate(names)]
        answer = send(employ(), "link", *items, item(reference_id="r\x00"), item(reference_id="good"))
        wrong = ("rjct", "rjct.name.invalid")
        assert answers(answer, "link") == [
            wrong, wrong, wrong, ("succ", ""), ("rjct", "rjct.reference_id.invalid"), ("succ", ""),
        ]  # fmt: skip

    @pytest.mark.parametrize("act", ["link", "update", "unlink", "resolve"])
    def test_what_is_no_item_is_answered_in_its_place(self, lite_employ: Employ, act: str) -> None:
        """A text, a number, a list or nothing among the items fails no call."""
        items: list[Any] = ["x", 7, [], None, item()]
        found = answers(send(lite_employ(), act, *items), act)
        assert found[:4] == [("rjct", "rjct.reference_id.invalid")] * 4 and len(found) == 5

    @pytest.mark.parametrize("spar", [False, True])
    def test_a_repeated_message_gets_the_first_answer(self, lite_employ: Employ, spar: bool) -> None:
        """The same message id with anything in it: the first answer, and the reason in the header."""
        partner = lite_employ()
        first = send(partner, "link", item(), message_id="m-7", spar=spar)
        again = send(partner, "link", item(name=""), item(name=""), message_id="m-7", spar=spar)
        assert answers(again, "link") == answers(first, "link")
        header = again.json()["response_header"] if spar else again.json()["header"]
        assert header["response_error_code" if spar else "status_reason_code"] == "rjct.message_id.duplicate"

    def test_too_many_items(self, lite_employ: Employ) -> None:
        """Over the cap nothing is taken, and the header says so."""
        answer = send(lite_employ(), "link", *[item(reference_id=str(n)) for n in range(1_001)])
        assert answer.json()["header"]["status_reason_code"] == "rjct.total_count.limit_exceeded"
        assert answers(answer, "link") == []

    def test_an_envelope_without_its_parts(self, lite_employ: Employ) -> None:
        """A body that is no message is refused in words, whatever it holds."""
        partner = lite_employ()
        for content in (b"", b"[]", b"{}", b'{"header": 1}', b'{"header": {"message_id": "m"}, "message": []}'):
            headers = partner.headers | {"content-type": "application/json"}
            answer = partner.http.post("/g2p/mapper/sync/link", content=content, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (422, "request_invalid"), content


class TestUnlink:
    def test_what_the_bank_was_asked_about_is_closed(self, site: Site, employ: Employ) -> None:
        """Taken back as by a later no, never deleted; asked again, it is as unknown as any other."""
        known, partner = asked(site), employ()
        assert answers(send(partner, "unlink", item(known.citizen_id, known.account_number)), "unlink") == [
            ("succ", "")
        ]
        assert known.state == LinkState.REFUSED
        again = send(partner, "unlink", item(known.citizen_id, known.account_number))
        assert answers(again, "unlink") == [("rjct", "rjct.id.invalid")]

    def test_another_bank_closes_nothing(self, site: Site, employ: Employ) -> None:
        """Another bank that knows ID and account by heart gets the answer of the unknown."""
        known = asked(site)
        for sent in (item(known.citizen_id, known.account_number), item(known.citizen_id, fa="")):
            assert answers(send(employ("BIDV"), "unlink", sent), "unlink") == [("rjct", "rjct.id.invalid")]
        assert known.state == LinkState.CONFIRMED


class TestResolve:
    def test_a_confirmed_link(self, site: Site, employ: Employ) -> None:
        """The bank that confirmed it hears that it stands; details only when asked for."""
        known, partner = asked(site), employ()
        plain = send(partner, "resolve", item(known.citizen_id, known.account_number))
        assert answers(plain, "resolve") == [("succ", "succ.fa.active")]
        assert "account_provider_info" not in plain.text
        full = send(partner, "resolve", item(known.citizen_id, fa="", scope="details")).json()
        assert full["message"]["resolve_response"][0]["fa"] == f"account:{known.account_number}@VBA"

    def test_not_confirmed_yet(self, site: Site, employ: Employ) -> None:
        """A question under way is no account to pay to."""
        known = asked(site, confirmed=False)
        sent = item(known.citizen_id, known.account_number, scope="details")
        assert answers(send(employ(), "resolve", sent), "resolve") == [("succ", "succ.fa.inactive")]

    def test_unknown_foreign_and_closed_are_one_answer(self, site: Site, employ: Employ) -> None:
        """A partner cannot find out who receives benefits."""
        known, partner, other = asked(site), employ(), employ("BIDV")
        unknown = answers(send(other, "resolve", item("051051999999", fa="")), "resolve")
        foreign = answers(send(other, "resolve", item(known.citizen_id, fa="")), "resolve")
        send(partner, "unlink", item(known.citizen_id, known.account_number))
        closed = answers(send(partner, "resolve", item(known.citizen_id, fa="")), "resolve")
        assert unknown == foreign == closed == [("succ", "succ.id.not_found")]

    def test_another_kind_of_question(self, lite_employ: Employ) -> None:
        """What is not offered is said so."""
        found = answers(send(lite_employ(), "resolve", item(scope="everything")), "resolve")
        assert found == [("rjct", "rjct.resolve_type.not_supported")]
