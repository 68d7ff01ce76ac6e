"""Writes of confirmations: asking banks about links, and taking their answers, one by one or by the thousand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlmodel import Session

from disburse import clock
from disburse.accounts import actions as accounts
from disburse.accounts import reopening
from disburse.audit.actions import record
from disburse.audit.actor import SYSTEM, By
from disburse.banks import webhooks
from disburse.confirmations import queries
from disburse.confirmations.answer import BankAnswer, Taken, contradiction
from disburse.confirmations.deadlines import due_on
from disburse.confirmations.desk import Desk, worked_through
from disburse.confirmations.openings import Opening
from disburse.confirmations.queries import Carrier, Condition, OpenRequest
from disburse.confirmations.tables import ConfirmationRequest, ConfirmationResult, RequestKind, WireState
from disburse.db import bulk_insert, bulk_update, take_turns
from disburse.ids import new_id, new_ids

__all__ = ["BankAnswer", "Taken", "ask", "ask_to_open", "contradiction", "take_answers"]

_REQUEST = (
    "id", "kind", "bank_code", "link_id", "link_version", "person_id", "state", "asked_by", "asked_at", "due_on",
    "closed_on",
)  # fmt: skip
_RESULT = (
    "request_id", "answer_key", "status", "reason_code", "name_match", "id_match", "account_status",
    "currency", "account_exists", "account_kind", "joint", "papers", "biometrics", "branch", "checked_at", "source",
    "received_at", "id",
)  # fmt: skip


def ask(session: Session, *, bank_code: str, by: By, only: Condition | None = None) -> int:
    """Ask a bank about every link of its accounts that waits for it, or about those that a condition on `link` keeps.

    Links whose holder is not whom the bank was asked about wait for it again. Returns how many requests were made.
    """
    take_turns(session, f"requests to {bank_code}")
    reopening.reopen(session, by=SYSTEM, bank_code=bank_code)
    waiting = queries.waiting_links(session, bank_code, only)
    accounts.mark_requested(session, link_ids=[link_id for link_id, _ in waiting], by=by)
    return _make_requests(session, bank_code, RequestKind.CONFIRM, [(*link, None) for link in waiting], by)


def ask_to_open(session: Session, *, bank_code: str, person_ids: Iterable[UUID], by: By) -> int:
    """Ask a bank to open accounts for people; who is asked about there already is left out. Returns how many."""
    take_turns(session, f"requests to {bank_code}")
    asked = queries.asked_to_open(session, bank_code)
    people = [(None, None, person_id) for person_id in dict.fromkeys(person_ids) if person_id not in asked]
    return _make_requests(session, bank_code, RequestKind.OPEN, people, by)


def _make_requests(
    session: Session,
    bank_code: str,
    kind: RequestKind,
    abouts: Sequence[tuple[UUID | None, int | None, UUID | None]],
    by: By,
) -> int:
    now, due = clock.utc_now(), due_on(clock.today())
    rows = [
        (new_id(), kind, bank_code, link_id, version, person_id, WireState.PENDING, by.name, now, due, None)
        for link_id, version, person_id in abouts
    ]
    bulk_insert(session, ConfirmationRequest, _REQUEST, rows)
    if rows:
        record(
            session, action="requests.made", object_type="bank", object_id=bank_code, by=by, requests=len(rows),
            kind=str(kind), due_on=due.isoformat(),
        )  # fmt: skip
        webhooks.announce(session, bank_code=bank_code, kind="requests.waiting", facts={"new": len(rows)}, by=by)
    return len(rows)


def take_answers(
    session: Session, *, answers: Sequence[BankAnswer], source: str, carrier: Carrier | None = None, by: By
) -> Taken:
    """Take a bank's answers in the order given.

    Found by request id, else by an account that can mean one link only (by_account): its open request, else its link
    that nobody asked about, whose request is then recorded first. The same answer again is nothing; an answer about a
    link that has ended, or about another version of it, and a yes that contradicts itself are left out. A no to what
    the bank had confirmed takes the account out of payment at once. A yes to a holder who is somebody else by now is
    kept, and the bank is asked anew. Of a person who carries a workbook (`carrier`) only answers within reach are
    taken; to a pair that they decided alone, no yes.
    """
    desk = worked_through(session, answers=answers, source=source, carrier=carrier, by=by)
    accounts.move(session, steps=desk.steps, by=by, held=[matter.link for matter in desk.matters.values()])
    reopening.ask_anew(session, link_ids=desk.anew, by=SYSTEM)
    accounts.state_accounts(session, statements=desk.opened, by=by)
    _write_requests(session, desk)
    ids = new_ids(len(desk.results))
    bulk_insert(session, ConfirmationResult, _RESULT, [(*row, id_) for row, id_ in zip(desk.results, ids, strict=True)])
    done = desk.taken
    record(
        session, action="results.taken", object_type="results", object_id=source[:80], by=by, answers=len(answers),
        received=done.received, confirmed=done.confirmed, refused=done.refused, same=done.same,
        left_out=len(done.left_out), withdrawn=done.withdrawn, doubtful=len(done.doubtful),
    )  # fmt: skip
    return done


def _write_requests(session: Session, desk: Desk) -> None:
    due = due_on(desk.today)
    fresh = [
        (r.id, RequestKind.CONFIRM, r.bank_code, r.link_id, r.link_version, None, r.state, desk.by.name, desk.now,
         due, r.closed_on)
        for r in desk.of_link.values()
        if r.fresh
    ]  # fmt: skip
    bulk_insert(session, ConfirmationRequest, _REQUEST, fresh)
    held: tuple[OpenRequest | Opening, ...] = (*desk.requests.values(), *desk.of_link.values(), *desk.openings.values())
    changed = {r.id: r for r in held if r.changed and not getattr(r, "fresh", False)}
    rows = [(r.id, r.state, r.closed_on) for r in changed.values()]
    bulk_update(session, ConfirmationRequest, "id", ("state", "closed_on"), rows)
