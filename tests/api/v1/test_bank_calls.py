"""What banks' programs call: requests, acknowledgements, results, lists, events, counts."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import select

from disburse import clock, config, worker
from disburse.accounts import actions as accounts
from disburse.accounts.states import CloseReason
from disburse.accounts.tables import Account, AccountStatus, LinkState, Registration
from disburse.banks.tables import CallRecord
from disburse.confirmations import actions, deadlines, openings
from disburse.confirmations.tables import BankEvent, WireState
from tests.api.v1.conftest import YES, Partner, Wire
from tests.disburse.accounts.world import CLERK

NO = {"status": "rjct", "reason_code": "rjct.name.mismatch", "name_match": "no"}


def say(request_id: object, **facts: Any) -> dict[str, Any]:
    return {"request_id": str(request_id)} | (facts or YES)


class TestRequests:
    def test_a_bank_sees_its_own_and_what_it_needs(self, wire: Wire) -> None:
        """Holder, IDs, birth date, account, kind, deadline; no programme, benefit, commune or person's id."""
        (mine,), _ = wire.ask("VBA"), wire.ask("BIDV")
        (item,) = wire.employ("VBA").get("requests").json()["items"]
        assert item.keys() == {
            "request_id", "kind", "state", "account_number", "holder_name", "holder_citizen_id", "holder_old_id",
            "holder_birth_date", "asked_at", "due_on",
        }  # fmt: skip
        assert (item["request_id"], item["kind"], item["state"]) == (str(mine), "confirm", "pdng")
        assert (item["holder_name"], item["holder_birth_date"]) == ("Nguyễn Văn Tám", "1951-03-12")
        assert (item["account_number"], item["holder_citizen_id"]) == ("1500200000001", "051051000001")
        assert item["due_on"] == deadlines.due_on(clock.today()).isoformat()
        assert len(wire.acts("requests.pulled")) == 1

    def test_pages_and_acknowledgements(self, wire: Wire) -> None:
        """The cursor gives each once; what is acknowledged moves from pdng to rcvd."""
        asked = wire.ask(links=5)
        partner = wire.employ()
        seen, cursor = [], ""
        while True:
            page = partner.get("requests", limit=2, cursor=cursor).json()
            seen += [item["request_id"] for item in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert seen == [str(one) for one in asked]
        answer = partner.post("requests/ack", [{"request_id": one} for one in seen[:3]])
        assert (answer.status_code, answer.json()["completed_count"]) == (200, 3)
        assert [i["request_id"] for i in partner.get("requests").json()["items"]] == seen[3:]
        assert [i["request_id"] for i in partner.get("requests", state="rcvd").json()["items"]] == seen[:3]
        assert wire.link_of(asked[0]).state == LinkState.RECEIVED

    def test_a_person_without_an_account(self, wire: Wire) -> None:
        """An `open` request has a holder and no account; the yes brings the account as a statement about this person,
        which the ordinary linking then judges."""
        wire.world.person("lan", "Đinh Thị Lan", "1948", "051148000001")
        with wire.database.transaction() as session:
            people = openings.without_account(session)
            assert actions.ask_to_open(session, bank_code="VBA", person_ids=people, by=CLERK) == 1
            assert actions.ask_to_open(session, bank_code="VBA", person_ids=people, by=CLERK) == 0
            assert openings.without_account(session) == []
        partner = wire.employ()
        (item,) = partner.get("requests").json()["items"]
        assert (item["kind"], item["account_number"], item["holder_birth_date"]) == ("open", "", "1948")
        without = partner.post("results", [say(item["request_id"])]).json()["results"][0]
        assert without["code"] == "opening_needs_account"
        opened = partner.post("results", [say(item["request_id"], **YES, account_number="1500299000001")]).json()
        assert opened["completed_count"] == 1
        with wire.database.reading() as session:
            stated = session.exec(select(Registration)).one()
        assert (stated.person_id, stated.source) == (wire.world.persons["lan"], "bank_reply")
        assert wire.requests()[0].state == WireState.SUCCEEDED
        assert (
            partner.post("results", [say(item["request_id"], **NO)]).json()["results"][0]["code"] == "request_unknown"
        )


class TestResults:
    def test_yes_no_and_what_is_wrong(self, wire: Wire) -> None:
        """Each item has its own answer in its place; a bad one fails nothing but itself."""
        yes, no, waiting = wire.ask(links=3)
        items = [
            say(yes, **YES, account_exists=True, account_kind="payment", joint=False, papers=True, biometrics=True,
                branch="Bình Sơn", checked_at="2026-11-20T09:30:00+07:00"),
            say(no, **NO),
            say(waiting, **(YES | {"name_match": "no"})),
            say(waiting, status="rjct", reason_code="because"),
            say(waiting, **YES, account_kind="savings"),
            say(waiting, **YES, joint=True),
            say(waiting, status="maybe"),
            {"request_id": 5},
            None,
            say(waiting, **YES, checked_at="0001-01-01T00:00:00+14:00"),
            say(waiting, **YES, checked_at="2026-11-20T09:30:00"),
            say(waiting, **YES, branch="a\x00b"),
        ]  # fmt: skip
        answer = wire.employ().post("results", items).json()
        assert [one["index"] for one in answer["results"]] == list(range(len(items)))
        assert [one["code"] for one in answer["results"]] == [
            "", "", "line_contradicts", "line_reason_unknown", "line_contradicts", "line_contradicts",
            *["item_invalid"] * 6,
        ]  # fmt: skip
        assert (answer["total_count"], answer["completed_count"], answer["failed_count"]) == (12, 2, 10)
        assert [wire.link_of(one).state for one in (yes, no, waiting)] == [
            LinkState.CONFIRMED, LinkState.REFUSED, LinkState.REQUESTED,
        ]  # fmt: skip
        (kept,) = [one for one in wire.results() if one.request_id == yes]
        assert (kept.account_kind, kept.joint, kept.papers, kept.biometrics, kept.branch) == (
            "payment", False, True, True, "Bình Sơn",
        )  # fmt: skip
        assert all(one["message"] for one in answer["results"] if one["code"])

    def test_unknown_foreign_and_closed_are_answered_alike(self, wire: Wire) -> None:
        """Nothing tells an id of another bank, one that never was, and one of its own that is over."""
        (foreign,), (ended, answered) = wire.ask("BIDV"), wire.ask("VBA", links=2)
        partner = wire.employ("VBA")
        partner.post("results", [say(answered, **NO)])
        with wire.database.transaction() as session:
            link_id = wire.link_of(ended).id
            accounts.close(session, link_id=link_id, reason=CloseReason.DIED, by=CLERK)
        bodies = []
        for id_ in (uuid4(), foreign, ended, answered):
            for path, facts in (("results", NO), ("results", YES | {"name_match": "partial"}), ("requests/ack", None)):
                if id_ == answered and facts == NO:
                    continue  # what came before is `same`
                item = {"request_id": str(id_)} | (facts or {})
                answer = partner.post(path, [item])
                bodies.append((answer.status_code, answer.text.replace(str(id_), "")))
        assert len(set(bodies)) == 1
        assert wire.link_of(foreign).state == LinkState.REQUESTED

    def test_a_bank_takes_its_yes_back(self, wire: Wire) -> None:
        """Its own confirmed request: taken, once. The ids of others are answered as ever."""
        (foreign,), (asked, doubted) = wire.ask("BIDV"), wire.ask("VBA", links=2)
        partner, other = wire.employ("VBA"), wire.employ("BIDV")
        partner.post("results", [say(asked)])
        other.post("results", [say(foreign)])
        said = partner.post("results", [say(id_, **NO) for id_ in (asked, asked, foreign, uuid4())]).json()["results"]
        assert [(one["status"], one["code"]) for one in said] == [
            ("taken", ""), ("same", ""), ("failed", "request_unknown"), ("failed", "request_unknown"),
        ]  # fmt: skip
        assert [wire.link_of(one).state for one in (asked, foreign)] == [LinkState.REFUSED, LinkState.CONFIRMED]
        stats = partner.get("stats").json()
        assert stats["refusals"] == [{"code": "rjct.name.mismatch", "count": 1, "owner": "commune"}]
        weak = partner.post("results", [say(doubted, **(YES | {"name_match": "partial", "id_match": "none"}))]).json()
        assert [(one["status"], one["code"]) for one in weak["results"]] == [("taken", "yes_doubtful")]
        assert weak["results"][0]["message"] and wire.link_of(doubted).state == LinkState.REFUSED

    def test_the_same_answer_under_a_new_key(self, wire: Wire) -> None:
        """A bank that lost its key sends again: the item is `same`, and nothing moves."""
        (asked,) = wire.ask()
        partner = wire.employ()
        statuses = [partner.post("results", [say(asked)]).json()["results"][0]["status"] for _ in range(2)]
        assert statuses == ["taken", "same"]
        assert len(wire.results()) == 1

    @pytest.mark.parametrize(
        "content",
        [b"", b"[]", b"{}", b"null", b'{"items": []}', b'{"items": 1}', b'{"items": [1], "more": 1}', b"\xff",
         b"[" * 100_000, b'{"items": ["\\ud800"]}', b'{"items": [NaN]}', b'{"items": [%s1]}' % (b"1," * 5_000)],
    )  # fmt: skip
    def test_a_body_that_is_no_list_of_items(self, lite_wire: Wire, content: bytes) -> None:
        """422 with one code; the key stays free."""
        partner = lite_wire.employ()
        answer = partner.post("results", content, key="k")
        assert (answer.status_code, answer.json()["code"]) == (422, "items_invalid")
        assert partner.post("results", [say(uuid4())], key="k").status_code == 200

    def test_a_body_too_big(self, lite_wire: Wire) -> None:
        """Beyond 8 MB nothing is read."""
        answer = lite_wire.employ().post("results", b"x" * (8 * 1_048_576 + 1))
        assert (answer.status_code, answer.json()["code"]) == (413, "body_too_big")


class TestRegistrations:
    def take(self, wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(worker, "ROUNDS", {})
        worker.work(wire.database, config.Settings(), stop=threading.Event(), once=True)

    def test_a_list_becomes_registrations_by_a_job(self, wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
        """202 with a job; the job counts what is new and names what could not be taken in."""
        partner = wire.employ()
        good = {"account_number": "1500201111111", "holder_name": "NGUYEN VAN TAM", "birth_date": "1951"}
        items = [
            good | {"citizen_id": "051051001234", "sex": "male", "phone": "0912 345 678", "opened_on": "2020-01-02"},
            good | {"account_number": "9704051234567890"},  # a card
            good | {"account_number": "1500201111112", "birth_date": "1951-02-30"},
            good | {"holder_name": "a\x00b"},
            good | {"account_number": "1500201111113", "account_kind": "savings"},
            {"account_number": 5},
            "x",
        ]
        made = partner.post("registrations", items)
        assert made.status_code == 202
        job_id = made.json()["job_id"]
        assert partner.get(f"jobs/{job_id}").json()["state"] == "queued"
        self.take(wire, monkeypatch)
        job = partner.get(f"jobs/{job_id}").json()
        assert (job["state"], job["total_count"], job["new"], job["failed_count"]) == ("done", 7, 1, 6)
        assert [(e["index"], e["field"]) for e in job["errors"]] == [
            (1, "account_number"), (2, "birth_date"), (3, "holder_name"), (4, "account_kind"), (5, "account_number"),
            (6, ""),
        ]  # fmt: skip
        with wire.database.reading() as session:
            stated = session.exec(select(Registration)).one()
        assert (stated.basis != "", stated.holder_birth_precision, stated.holder_sex) == (True, "year", "Nam")

    def test_the_same_list_again_is_the_same_list(self, wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
        """Also under another key: the same job answers."""
        partner = wire.employ()
        items = [{"account_number": "1500201111111", "holder_name": "NGUYEN VAN TAM"}]
        assert partner.post("registrations", items).json() == partner.post("registrations", items).json()
        self.take(wire, monkeypatch)
        with wire.database.reading() as session:
            assert len(session.exec(select(Registration)).all()) == 1

    def test_a_later_day_or_another_basis_is_another_list(self, wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
        """What a bank sends every month is taken in every month, and counted as known."""
        items = [{"account_number": "1500201111111", "holder_name": "NGUYEN VAN TAM"}]
        with clock.living_on(clock.today() - timedelta(days=80)):
            partner = wire.employ()
            first = partner.post("registrations", items).json()["job_id"]
            self.take(wire, monkeypatch)
        partner.sign_in()
        jobs = [
            first,
            *(partner.post(path, items).json()["job_id"] for path in ("registrations", "registrations?basis=B")),
        ]
        self.take(wire, monkeypatch)
        assert len(set(jobs)) == 3
        assert [partner.get(f"jobs/{job}").json()["same"] for job in jobs] == [0, 1, 1]
        with wire.database.reading() as session:
            assert session.exec(select(Registration.last_seen)).one() == clock.today()

    def test_a_foreign_job_is_nobodys(self, wire: Wire) -> None:
        """Another bank's job, one that never was and nonsense have one answer."""
        items = [{"account_number": "1500201111111", "holder_name": "NGUYEN VAN TAM"}]
        job_id = wire.employ("BIDV").post("registrations", items).json()["job_id"]
        partner = wire.employ("VBA")
        answers = [partner.get(f"jobs/{id_}") for id_ in (job_id, uuid4(), "nonsense")]
        assert {a.status_code for a in answers} == {404}
        assert len({a.json()["code"] for a in answers}) == 1


class TestEvents:
    def event(self, number: str, kind: str = "account_closed", event_id: str = "") -> dict[str, str]:
        return {
            "event_id": event_id or str(uuid4()), "type": kind, "account_number": number,
            "on": clock.today().isoformat(),
        }  # fmt: skip

    def status(self, wire: Wire, number: str) -> AccountStatus:
        return wire.world.get_account(wire.world.account_id(number)).status

    def test_a_closed_account_ends_its_link(self, wire: Wire) -> None:
        """The person is no longer registered; the reason says why."""
        (asked,) = wire.ask()
        partner = wire.employ()
        partner.post("results", [say(asked)])
        assert partner.post("events", [self.event("1500200000001")]).json()["completed_count"] == 1
        link = wire.link_of(asked)
        assert (link.state, link.reason) == (LinkState.CLOSED, "account_closed")
        assert self.status(wire, "1500200000001") == AccountStatus.CLOSED

    def test_a_locked_account_keeps_its_link_until_it_is_unlocked(self, wire: Wire) -> None:
        """Locked and unlocked again leave everything as it was."""
        (asked,) = wire.ask()
        partner = wire.employ()
        for kind, status in (("account_locked", AccountStatus.LOCKED), ("account_unlocked", AccountStatus.OPEN)):
            partner.post("events", [self.event("1500200000001", kind)])
            assert self.status(wire, "1500200000001") == status
        assert wire.link_of(asked).state == LinkState.REQUESTED

    def test_the_answer_says_nothing_of_what_is_known(self, wire: Wire) -> None:
        """Known, unknown and another bank's account: one answer, and no new account."""
        wire.ask("VBA")
        wire.ask("BIDV")
        partner = wire.employ("VBA")
        with wire.database.reading() as session:
            before = len(session.exec(select(Account)).all())
        answers = [
            partner.post("events", [self.event(number, event_id="e" + number)]).text.replace(number, "")
            for number in ("1500200000001", "1500200000002", "1500299999999")
        ]
        assert len(set(answers)) == 1
        with wire.database.reading() as session:
            assert len(session.exec(select(Account)).all()) == before
        with wire.database.reading() as session:
            other = session.exec(select(Account).where(Account.bank_code == "BIDV")).one()
        assert other.status == AccountStatus.OPEN

    def test_the_same_event_is_one_event(self, wire: Wire) -> None:
        """Again it is `same`; with other facts its id is refused."""
        wire.ask()
        partner = wire.employ()
        event = self.event("1500200000001", "account_locked")
        answers = [
            partner.post("events", [one]).json()["results"][0]
            for one in (event, event, event | {"type": "account_closed"})
        ]
        assert [(a["status"], a["code"]) for a in answers] == [("taken", ""), ("same", ""), ("failed", "event_reused")]
        with wire.database.reading() as session:
            assert len(session.exec(select(BankEvent)).all()) == 1

    def test_tomorrow_has_not_happened(self, wire: Wire) -> None:
        """An event of the future, and one about a card, are refused for themselves."""
        partner = wire.employ()
        late = self.event("1500200000001") | {"on": (clock.today() + timedelta(days=1)).isoformat()}
        answers = partner.post("events", [late, self.event("9704051234567890")]).json()["results"]
        assert {a["code"] for a in answers} == {"item_invalid"}


class TestStats:
    def test_they_are_ones_own(self, wire: Wire) -> None:
        """Counts by state and reason of one's own requests; one that ended without an answer is no request any more."""
        wire.ask("BIDV", links=2)
        yes, no, ended, _ = wire.ask("VBA", links=4)
        partner = wire.employ("VBA")
        partner.post("results", [say(yes), say(no, **NO)])
        with wire.database.transaction() as session:
            accounts.close(session, link_id=wire.link_of(ended).id, reason=CloseReason.DIED, by=CLERK)
        stats = partner.get("stats").json()
        assert stats["by_state"] == {"pdng": 1, "rcvd": 0, "succ": 1, "rjct": 1}
        assert stats["refusals"] == [{"code": "rjct.name.mismatch", "count": 1, "owner": "commune"}]
        assert (stats["confirm"], stats["open"], stats["overdue"]) == (3, 0, 0)


class TestLog:
    def test_every_call_is_written_down_without_its_body(self, wire: Wire) -> None:
        """Time, method, route, status, key, milliseconds, request id; never a number or a name."""
        (asked,) = wire.ask()
        partner = wire.employ()
        partner.get("requests")
        answer = partner.post("results", [say(asked), say(uuid4())], key="key-1")
        partner.post("results", b"{}", key="key-2")
        with wire.database.reading() as session:
            lines = session.exec(select(CallRecord).order_by(CallRecord.id)).all()  # type: ignore[arg-type]
        assert [(one.method, one.route, one.status, one.idempotency_key, one.code, one.items) for one in lines] == [
            ("POST", "/oauth/token", 200, "", "", None),
            ("GET", "/api/v1/bank/requests", 200, "", "", 1),
            ("POST", "/api/v1/bank/results", 200, "key-1", "", 2),
            ("POST", "/api/v1/bank/results", 422, "key-2", "items_invalid", None),
        ]
        assert {one.client_id for one in lines} == {partner.client_id}
        assert lines[2].request_id == answer.headers["x-request-id"]
        assert "051051000001" not in str([one.model_dump() for one in lines])
        assert isinstance(partner, Partner) and isinstance(asked, UUID)
