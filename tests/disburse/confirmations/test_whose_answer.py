"""Whom a bank's answer is about: no yes about somebody else, no yes that is none, and a no that comes later."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from disburse import clock
from disburse.accounts import actions, flags
from disburse.accounts.flags import FlagKind
from disburse.accounts.payable import payable
from disburse.accounts.states import CloseReason
from disburse.accounts.tables import LinkState
from disburse.audit.actor import COMMAND
from disburse.audit.tables import AuditEvent
from disburse.confirmations import actions as confirmations
from disburse.confirmations import refusals
from disburse.confirmations.actions import BankAnswer, Taken
from disburse.confirmations.reasons import Owner
from disburse.confirmations.tables import ConfirmationRequest, ConfirmationResult, WireState
from tests.disburse.accounts.test_flags import found, officer
from tests.disburse.accounts.test_links import accept, cell, get
from tests.disburse.accounts.world import CHECKER, CLERK, World

NUMBER, OTHER = "1234567890123", "1234567890124"
LAST_WEEK = timedelta(days=7)
YES = {"status": WireState.SUCCEEDED, "name_match": "yes", "id_match": "citizen_id", "account_status": "open"}
NO = {"status": WireState.REJECTED, "reason_code": "rjct.name.mismatch", "name_match": "no"}


@pytest.fixture
def tam(world: World) -> World:
    """Tám and Sáu, and an account that is Tám's."""
    world.person("tam", "Nguyễn Văn Tám", "1951-03-12", "051051001234")
    world.person("sau", "Nguyễn Văn Sáu", "1955-06-01", "051055001234")
    world.account(NUMBER, "NGUYEN VAN TAM")
    return world


def now() -> datetime:
    return clock.utc_now()


def told(world: World, **facts: Any) -> Taken:
    """The bank says one thing, by account unless a request is named."""
    answer = BankAnswer(**({"key": 1, "bank_code": "VBA", "account_number": NUMBER} | facts))
    with world.database.transaction() as session:
        return confirmations.take_answers(session, answers=[answer], source="results.csv", by=COMMAND)


def code(taken: Taken) -> str:
    return taken.left_out[1][0] if taken.left_out else ""


def ask(world: World) -> None:
    with world.database.transaction() as session:
        confirmations.ask(session, bank_code="VBA", by=CLERK)


def request_of(world: World, link: UUID) -> UUID:
    with world.database.reading() as session:
        return session.exec(select(ConfirmationRequest.id).where(ConfirmationRequest.link_id == link)).one()


def close(world: World, link: UUID) -> None:
    with world.database.transaction() as session:
        actions.close(session, link_id=link, reason=CloseReason.MISTAKE, by=CHECKER)


def turned_down(world: World, link: UUID) -> UUID:
    """Somebody wished another account, and a second clerk said no; returns that account."""
    account = world.account(OTHER, "NGUYEN VAN TAM")
    with world.database.transaction() as session:
        proposed = actions.propose_replacement(session, link_id=link, account_id=account, reason="Đổi", by=CLERK)
        actions.turn_down_replacement(session, link_id=proposed, by=CHECKER)
    return account


def paid(world: World, person: str) -> str:
    """Why the person cannot be paid to an account; "" when money would go."""
    with world.database.reading() as session:
        return payable(session, [world.enrolments[person]])[world.enrolments[person]].why


def results(world: World) -> list[ConfirmationResult]:
    with world.database.reading() as session:
        return list(session.exec(select(ConfirmationResult).order_by(ConfirmationResult.id)))  # type: ignore[arg-type]


class TestAYesAboutSomebodyElse:
    @pytest.mark.parametrize("asked", [False, True])
    def test_a_file_sent_once_more_confirms_nobody_else(self, tam: World, asked: bool) -> None:
        """Tám's yes, his link a mistake, Sáu linked to the account: the same file again is about Tám still."""
        mistaken = accept(tam, "tam", tam.account_id(NUMBER))
        said = YES | {"checked_at": now()}
        assert told(tam, **said).confirmed == 1
        close(tam, mistaken)
        link = accept(tam, "sau", tam.account_id(NUMBER))
        if asked:
            ask(tam)
        for again in (said, said | {"checked_at": now()}, YES, NO, {"status": WireState.RECEIVED}):
            taken = told(tam, **again)
            assert (taken.confirmed, taken.refused, taken.received, code(taken)) == (0, 0, 0, "line_which_holder")
        assert paid(tam, "sau") == "not_confirmed"
        assert get(tam, link).state == (LinkState.REQUESTED if asked else LinkState.ACCEPTED)
        if asked:  # whoever names the request says whom the answer is about
            assert told(tam, **YES, request_id=request_of(tam, link)).confirmed == 1
            assert paid(tam, "sau") == ""

    def test_a_list_that_grows_says_nothing_new_of_what_is_over(self, tam: World) -> None:
        """An answer taken before, older than the link of today, is the same answer and no line to look into."""
        with clock.living_on(clock.today() - LAST_WEEK):
            said = YES | {"checked_at": now()}
            mistaken = accept(tam, "tam", tam.account_id(NUMBER))
            told(tam, **said)
            close(tam, mistaken)
        link = accept(tam, "sau", tam.account_id(NUMBER))
        taken = told(tam, **said)
        assert (taken.same, taken.left_out, get(tam, link).state) == (1, {}, LinkState.ACCEPTED)
        assert code(told(tam, **(said | {"checked_at": now()}))) == "line_which_holder"

    def test_an_earlier_version_is_another_question(self, tam: World) -> None:
        """Refused, put right, linked anew: a late yes without the request's id may be about the first."""
        first = accept(tam, "tam", tam.account_id(NUMBER))
        told(tam, **NO, checked_at=now())
        second = accept(tam, "tam", tam.account_id(NUMBER))
        assert code(told(tam, **YES, checked_at=now())) == "line_which_holder"
        ask(tam)
        assert code(told(tam, **YES, request_id=request_of(tam, first))) == "line_link_ended"
        assert told(tam, **YES, request_id=request_of(tam, second)).confirmed == 1

    def test_a_bank_that_opened_the_account_for_another(self, tam: World) -> None:
        """It answered a request to open: the account is Tám's by its own word, whoever was linked by mistake."""
        with tam.database.transaction() as session:
            confirmations.ask_to_open(session, bank_code="VBA", person_ids=[tam.persons["tam"]], by=CLERK)
        with tam.database.reading() as session:
            opening = session.exec(select(ConfirmationRequest.id)).one()
        assert told(tam, **YES, request_id=opening).opened == 1
        accept(tam, "sau", tam.account_id(NUMBER))
        assert code(told(tam, **YES, checked_at=now())) == "line_which_holder"
        assert paid(tam, "sau") == "not_confirmed"

    def test_an_answer_older_than_the_link(self, tam: World) -> None:
        """The bank looked before anybody here had linked the account: it cannot have meant this link."""
        before = now() - LAST_WEEK
        assert code(told(tam, **YES, checked_at=before)) == "line_request_unknown"
        link = accept(tam, "tam", tam.account_id(NUMBER))
        assert code(told(tam, **YES, checked_at=before)) == "line_older_than_link"
        assert code(told(tam, **YES)) == "line_undated"
        ask(tam)
        assert code(told(tam, **YES, checked_at=before)) == "line_older_than_link"
        assert get(tam, link).state == LinkState.REQUESTED
        assert told(tam, **YES).confirmed == 1  # our question is open, and the only one that ever was

    def test_a_row_whose_id_and_account_do_not_belong_together(self, tam: World) -> None:
        """A workbook sorted by one column: the yes is about the account it names, not about the request beside it."""
        tam.account(OTHER, "NGUYEN VAN SAU")
        mine, other = accept(tam, "tam", tam.account_id(NUMBER)), accept(tam, "sau", tam.account_id(OTHER))
        ask(tam)
        for said in (YES, NO, {"status": WireState.RECEIVED}):
            taken = told(tam, **said, request_id=request_of(tam, mine), account_number=OTHER)
            assert code(taken) == "line_account_differs"
        assert (
            code(told(tam, **YES, request_id=request_of(tam, other), account_number="99999")) == "line_account_differs"
        )
        assert results(tam) == [] and {get(tam, one).state for one in (mine, other)} == {LinkState.REQUESTED}

    def test_a_proposal_nobody_approved_stands_in_nobodys_way(self, tam: World) -> None:
        """The bank never heard of it, so an answer by account is not about it."""
        link = accept(tam, "tam", tam.account_id(NUMBER))
        told(tam, **YES, checked_at=now())
        accept(tam, "sau", turned_down(tam, link))
        assert told(tam, **YES, account_number=OTHER, checked_at=now()).confirmed == 1


class TestAYesThatIsNone:
    @pytest.mark.parametrize(
        "facts",
        [
            {"papers": False},
            {"biometrics": False},
            {"name_match": "partial", "id_match": "none", "papers": False, "biometrics": False},
        ],
    )
    def test_without_what_the_law_asks_it_contradicts_itself(self, tam: World, facts: dict[str, Any]) -> None:
        """No papers, no biometrics: the holder could not use the account. The link waits on."""
        link = accept(tam, "tam", tam.account_id(NUMBER))
        ask(tam)
        assert code(told(tam, **(YES | facts), request_id=request_of(tam, link))) == "line_contradicts"
        assert (get(tam, link).state, paid(tam, "tam")) == (LinkState.REQUESTED, "not_confirmed")

    @pytest.mark.parametrize("id_match", ["none", ""])
    def test_half_a_name_and_no_id_goes_to_a_clerk(self, tam: World, id_match: str) -> None:
        """Kept as the bank sent it, read as a no with a code of its own: nobody is paid by it, somebody looks."""
        link = accept(tam, "tam", tam.account_id(NUMBER))
        ask(tam)
        said = YES | {"name_match": "partial", "id_match": id_match, "request_id": request_of(tam, link)}
        taken = told(tam, **said)
        assert (taken.confirmed, taken.refused, taken.doubtful, taken.left_out) == (0, 1, {1}, {})
        ended = get(tam, link)
        assert (ended.state, ended.reason) == (LinkState.REFUSED, "rjct.name.partial")
        assert (paid(tam, "tam"), cell(tam)) == ("no_link", (0, 0, 0))
        (kept,) = results(tam)
        assert (kept.status, kept.reason_code, kept.name_match, kept.id_match) == (
            WireState.REJECTED, "rjct.name.partial", "partial", id_match,
        )  # fmt: skip
        assert told(tam, **said).same == 1

    @pytest.mark.parametrize("id_match", ["citizen_id", "old_id"])
    def test_half_a_name_with_the_id_is_a_yes(self, tam: World, id_match: str) -> None:
        """The middle name left out at the counter; the ID says who it is."""
        accept(tam, "tam", tam.account_id(NUMBER))
        assert told(tam, **(YES | {"name_match": "partial", "id_match": id_match}), checked_at=now()).confirmed == 1


class TestALaterNo:
    @pytest.mark.parametrize("named", [True, False])
    def test_it_takes_the_account_out_of_payment_at_once(self, tam: World, named: bool) -> None:
        """Kept as a result, the link refused with the bank's reason and back with a clerk, the table moved, logged."""
        link = accept(tam, "tam", tam.account_id(NUMBER))
        told(tam, **YES, checked_at=now() - timedelta(minutes=1))
        assert (paid(tam, "tam"), cell(tam)) == ("", (1, 0, 1))
        by_request = {"request_id": request_of(tam, link)} if named else {}
        taken = told(tam, **NO, checked_at=now(), **by_request)
        assert (taken.refused, taken.withdrawn, taken.left_out) == (1, 1, {})
        ended = get(tam, link)
        assert (ended.state, ended.reason) == (LinkState.REFUSED, "rjct.name.mismatch")
        assert ended.confirmed_on and ended.ended_on and ended.confirmed_on <= ended.ended_on
        assert (paid(tam, "tam"), cell(tam)) == ("no_link", (0, 0, 0))
        assert [kept.status for kept in results(tam)] == [WireState.SUCCEEDED, WireState.REJECTED]
        with tam.database.reading() as session:
            assert session.exec(select(ConfirmationRequest)).one().state == WireState.REJECTED
            acts = [(a.action, a.facts.get("from")) for a in session.exec(select(AuditEvent).order_by(AuditEvent.seq))]  # type: ignore[arg-type]
        assert ("link.refused", "confirmed") in acts

    def test_the_same_no_again_is_nothing_and_no_yes_brings_it_back(self, tam: World) -> None:
        """Money moves again only after a person linked anew and the bank said yes to that version."""
        link = accept(tam, "tam", tam.account_id(NUMBER))
        ask(tam)
        by_request = {"request_id": request_of(tam, link)}
        yes, no = YES | {"checked_at": now() - timedelta(minutes=2)}, NO | {"checked_at": now() - timedelta(minutes=1)}
        told(tam, **yes, **by_request)
        told(tam, **no, **by_request)
        before = (get(tam, link).model_dump(), len(results(tam)))
        assert [told(tam, **one, **by_request).same for one in (yes, no)] == [1, 1]
        for later in ({"checked_at": now()}, {"branch": "Bình Sơn"}):
            assert code(told(tam, **(YES | later), **by_request)) == "line_link_ended"
            assert told(tam, **(YES | later)).confirmed == 0
        assert (get(tam, link).model_dump(), len(results(tam))) == before
        second = accept(tam, "tam", tam.account_id(NUMBER))
        ask(tam)
        assert told(tam, **yes, request_id=request_of(tam, second)).confirmed == 1
        assert paid(tam, "tam") == ""

    def test_a_no_that_was_overtaken_by_the_yes(self, tam: World) -> None:
        """The bank looked twice and its answers changed places: the later look counts, both are kept."""
        link = accept(tam, "tam", tam.account_id(NUMBER))
        ask(tam)
        by_request = {"request_id": request_of(tam, link)}
        told(tam, **YES, checked_at=now(), **by_request)
        taken = told(tam, **NO, checked_at=now() - timedelta(hours=1), **by_request)
        assert (taken.same, taken.withdrawn, paid(tam, "tam"), len(results(tam))) == (1, 0, "", 2)

    def test_nobody_knows_which_was_first(self, tam: World) -> None:
        """Without both times the account is held back rather than paid."""
        link = accept(tam, "tam", tam.account_id(NUMBER))
        ask(tam)
        by_request = {"request_id": request_of(tam, link)}
        told(tam, **YES, **by_request)
        assert told(tam, **NO, checked_at=now() - LAST_WEEK, **by_request).withdrawn == 1
        assert paid(tam, "tam") == "no_link"
        ended = get(tam, link)
        assert ended.confirmed_on and ended.ended_on and ended.confirmed_on <= ended.ended_on

    def test_yes_and_no_in_one_file(self, tam: World) -> None:
        """In the file's order the no comes later: the account was confirmed and is not any more."""
        link = accept(tam, "tam", tam.account_id(NUMBER))
        ask(tam)
        id_ = request_of(tam, link)
        answers = [BankAnswer(key=n, bank_code="VBA", request_id=id_, **said) for n, said in enumerate((YES, NO, NO))]  # type: ignore[arg-type]
        with tam.database.transaction() as session:
            taken = confirmations.take_answers(session, answers=answers, source="results.csv", by=COMMAND)
        assert (taken.confirmed, taken.refused, taken.withdrawn, taken.same) == (1, 1, 1, 1)
        assert (get(tam, link).state, paid(tam, "tam"), len(results(tam))) == (LinkState.REFUSED, "no_link", 2)

    def test_it_is_work_for_somebody_and_a_red_flag(self, tam: World) -> None:
        """With owner and due date among the refusals; the flag stays until an officer has looked, whoever is paid by
        then, because money may have gone out before."""
        link = accept(tam, "tam", tam.account_id(NUMBER))
        told(tam, **YES, checked_at=now())
        assert found(tam, FlagKind.TAKEN_BACK) == []
        turned_down(tam, link)
        told(tam, **NO, checked_at=now())
        with tam.database.reading() as session:
            total, (work,) = refusals.waiting(session, officer(), limit=10, offset=0)
        assert (total, work.link_id, work.code, work.owner) == (1, link, "rjct.name.mismatch", Owner.COMMUNE)
        assert work.due_on > clock.today()
        accept(tam, "tam", tam.account_id(NUMBER))
        (flag,) = found(tam, FlagKind.TAKEN_BACK)
        assert (flag.found.link_id, flag.found.about["code"]) == (link, "rjct.name.mismatch")
        assert [person for person, *_ in flag.people] == [tam.persons["tam"]]
        with tam.database.transaction() as session:
            flags.review(
                session, officer(), kind=FlagKind.TAKEN_BACK, subject=flag.found.subject, facts=flag.facts,
                note="Chưa chi kỳ nào", by=CHECKER,
            )  # fmt: skip
        assert found(tam, FlagKind.TAKEN_BACK)[0].reviewed

    def test_in_doubt_a_no_holds_the_payment(self, tam: World) -> None:
        """By account, where Tám had been linked before Sáu: it may be about either, so the money waits."""
        close(tam, accept(tam, "tam", tam.account_id(NUMBER)))
        link = accept(tam, "sau", tam.account_id(NUMBER))
        ask(tam)
        told(tam, **YES, request_id=request_of(tam, link))
        assert code(told(tam, **NO, checked_at=now() - LAST_WEEK)) == "line_which_holder"
        assert paid(tam, "sau") == ""
        assert told(tam, **NO, checked_at=now()).withdrawn == 1
        assert paid(tam, "sau") == "no_link"

    def test_a_yes_to_a_replacement_whose_place_is_taken(self, tam: World) -> None:
        """Taken back, and a clerk has linked another account since: the old proposal ends, the call does not fail."""
        link = accept(tam, "tam", tam.account_id(NUMBER))
        told(tam, **YES, checked_at=now())
        account = tam.account(OTHER)
        with tam.database.transaction() as session:
            new = actions.propose_replacement(session, link_id=link, account_id=account, reason="Đổi", by=CLERK)
            actions.approve_replacement(session, link_id=new, by=CHECKER)
        ask(tam)
        told(tam, **NO, request_id=request_of(tam, link))
        third = accept(tam, "tam", tam.account("1234567890125"))
        assert code(told(tam, **YES, account_number=OTHER)) == "line_link_ended"
        over = get(tam, new)
        assert (over.state, over.reason, get(tam, third).state) == (
            LinkState.CLOSED, CloseReason.CLERK_CHOICE, LinkState.ACCEPTED,
        )  # fmt: skip

    def test_a_second_look_that_finds_half_a_name(self, tam: World) -> None:
        """A yes that is none takes back the one before it."""
        accept(tam, "tam", tam.account_id(NUMBER))
        told(tam, **YES, checked_at=now() - timedelta(minutes=1))
        taken = told(tam, **(YES | {"name_match": "partial", "id_match": "none"}), checked_at=now())
        assert (taken.withdrawn, taken.doubtful, paid(tam, "tam")) == (1, {1}, "no_link")

    def test_a_later_yes_to_the_replacement_that_was_under_way(self, tam: World) -> None:
        """The bank takes the old account back and then confirms the new one: the person is paid there."""
        link = accept(tam, "tam", tam.account_id(NUMBER))
        told(tam, **YES, checked_at=now())
        account = tam.account(OTHER, "NGUYEN VAN TAM")
        with tam.database.transaction() as session:
            new = actions.propose_replacement(session, link_id=link, account_id=account, reason="Đổi", by=CLERK)
            actions.approve_replacement(session, link_id=new, by=CHECKER)
        ask(tam)
        assert told(tam, **NO, request_id=request_of(tam, link)).withdrawn == 1
        assert told(tam, **YES, account_number=OTHER).confirmed == 1
        assert (get(tam, link).state, get(tam, new).state) == (LinkState.REFUSED, LinkState.CONFIRMED)
        assert (paid(tam, "tam"), cell(tam)) == ("", (1, 0, 1))
