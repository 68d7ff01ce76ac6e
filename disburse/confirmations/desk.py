"""A bank's answers being worked through: what each of them would do, decided in memory. Reads, and writes nothing.

Taking answers (`actions.take_answers`) writes what this comes to; rehearsing them (`exchange.rehearse`) only tells it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from disburse import clock
from disburse.accounts import queries as links
from disburse.accounts.actions import Step
from disburse.accounts.queries import HeldLink
from disburse.accounts.statements import Statement, find_accounts
from disburse.accounts.tables import LinkState
from disburse.audit.actor import By
from disburse.confirmations import openings, queries
from disburse.confirmations.answer import BankAnswer, Taken, Words, contradiction
from disburse.confirmations.openings import Opening
from disburse.confirmations.queries import Carrier, OpenRequest
from disburse.confirmations.reasons import REASONS
from disburse.confirmations.tables import WireState
from disburse.ids import new_id

_PENDING = WireState.PENDING
_UNASKED = (LinkState.ACCEPTED, LinkState.APPROVED)
_ASKED = (LinkState.REQUESTED, LinkState.RECEIVED)


def worked_through(
    session: Session, *, answers: Sequence[BankAnswer], source: str, carrier: Carrier | None, by: By
) -> Desk:
    """Work answers through in the order given; the desk then holds what is to be written and told."""
    desk = _read_desk(session, answers, source, carrier, by)
    for answer in answers:
        _take(desk, answer)
    return desk


@dataclass(slots=True)
class Matter:
    """A link that answers are about, and the state it has come to while they are worked through."""

    link: HeldLink
    state: LinkState


@dataclass(slots=True)
class Desk:
    """Requests and links that the answers are about, kept in step while they are worked through."""

    by: By
    source: str
    requests: dict[UUID, OpenRequest]
    of_account: dict[tuple[str, str], UUID]  # (bank, number) → link the bank speaks about
    of_link: dict[UUID, OpenRequest]
    matters: dict[UUID, Matter]  # by link
    openings: dict[UUID, Opening]
    opened: list[Statement] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    results: list[tuple[Any, ...]] = field(default_factory=list)
    taken: Taken = field(default_factory=Taken)
    carrier: Carrier | None = None
    now: datetime = field(default_factory=clock.utc_now)
    today: date = field(default_factory=clock.today)

    def repeat(self, answer: BankAnswer) -> None:
        self.taken.same += 1
        self.taken.repeated.add(answer.key)

    def leave_out(self, answer: BankAnswer, code: str, **facts: Words) -> None:
        self.taken.left_out[answer.key] = (code, facts)


def _take(desk: Desk, answer: BankAnswer) -> None:
    if answer.status == WireState.REJECTED and answer.reason_code not in REASONS:
        return desk.leave_out(answer, "line_reason_unknown", value=answer.reason_code)
    if what := contradiction(answer):
        return desk.leave_out(answer, "line_contradicts", what=what)
    if answer.request_id in desk.openings:
        return _take_opening(desk, answer, desk.openings[answer.request_id])
    request = _request_for(desk, answer)
    if request is None:
        return desk.leave_out(answer, "line_request_unknown")
    digest = answer.digest
    if digest in request.answers:
        desk.repeat(answer)
        return None
    matter = desk.matters[request.link_id]
    current = matter.link.version == request.link_version
    if current and matter.state == LinkState.CONFIRMED:
        return _after_yes(desk, answer, request, digest)
    if not current or matter.state not in _ASKED or request.closed_on is not None:
        if request.closed_on is None:
            request.closed_on, request.changed = desk.today, True
        return desk.leave_out(answer, "line_link_ended")
    if answer.status == WireState.SUCCEEDED and _is_own(desk, matter.link):
        return desk.leave_out(answer, "line_own_decision")
    _remember(desk, answer, request, digest)
    _apply(desk, answer, request, matter)
    return None


def _is_own(desk: Desk, link: HeldLink) -> bool:
    """Say whether who carries the answers decided the pair alone: one person is not to decide and to confirm."""
    return desk.carrier is not None and link.decided_by == desk.by.name and not link.approved_by


def _take_opening(desk: Desk, answer: BankAnswer, opening: Opening) -> None:
    digest = answer.digest
    if digest in opening.answers:
        desk.repeat(answer)
        return None
    if opening.closed_on is not None:
        return desk.leave_out(answer, "line_link_ended")
    if answer.status == WireState.SUCCEEDED and not answer.account_number:
        return desk.leave_out(answer, "opening_needs_account")
    _remember(desk, answer, opening, digest)
    opening.state, opening.changed = answer.status, True
    if answer.status == WireState.RECEIVED:
        desk.taken.received += 1
        return None
    opening.closed_on = desk.today
    if answer.status == WireState.SUCCEEDED:
        desk.opened.append(openings.statement_of(opening, answer))
        desk.taken.opened += 1
    else:
        desk.taken.refused += 1
    return None


def _after_yes(desk: Desk, answer: BankAnswer, request: OpenRequest, digest: str) -> None:
    if answer.status == WireState.REJECTED:
        return desk.leave_out(answer, "line_after_yes")
    _remember(desk, answer, request, digest)  # checked once more, or an acknowledgement that comes late
    desk.repeat(answer)
    return None


def _request_for(desk: Desk, answer: BankAnswer) -> OpenRequest | None:
    if answer.request_id is not None:
        request = desk.requests.get(answer.request_id)
        return request if request is not None and request.bank_code == answer.bank_code else None
    link_id = desk.of_account.get((answer.bank_code, answer.account_number))
    if link_id is None:
        return None
    known, matter = desk.of_link.get(link_id), desk.matters[link_id]
    if known is not None and (known.closed_on is None or matter.state not in _UNASKED):
        return known
    if matter.state not in _UNASKED:
        return None
    made = OpenRequest(new_id(), link_id, matter.link.version, answer.bank_code, WireState.PENDING, None, fresh=True)
    desk.of_link[link_id] = made
    _step(desk, matter, LinkState.REQUESTED, answer)
    desk.taken.requested += 1
    return made


def _apply(desk: Desk, answer: BankAnswer, request: OpenRequest, matter: Matter) -> None:
    request.state, request.changed = answer.status, True
    if answer.status == WireState.RECEIVED:
        if matter.state == LinkState.REQUESTED:
            _step(desk, matter, LinkState.RECEIVED, answer)
        desk.taken.received += 1
        return
    request.closed_on = desk.today
    yes = answer.status == WireState.SUCCEEDED
    _step(desk, matter, LinkState.CONFIRMED if yes else LinkState.REFUSED, answer)
    desk.taken.confirmed += yes
    desk.taken.refused += not yes


def _step(desk: Desk, matter: Matter, to: LinkState, answer: BankAnswer) -> None:
    reason = answer.reason_code if to == LinkState.REFUSED else ""
    desk.steps.append(Step(matter.link.id, to, answer.on, reason, matter.link.version))
    matter.state = to


def _remember(desk: Desk, answer: BankAnswer, request: OpenRequest | Opening, digest: str) -> None:
    request.answers.add(digest)
    desk.results.append(
        (
            request.id, digest, answer.status, answer.reason_code, answer.name_match, answer.id_match,
            answer.account_status, answer.currency, answer.account_exists, answer.account_kind, answer.joint,
            answer.papers, answer.biometrics, answer.branch, answer.checked_at, desk.source[:255], desk.now,
        )
    )  # fmt: skip


def _read_desk(session: Session, answers: Sequence[BankAnswer], source: str, carrier: Carrier | None, by: By) -> Desk:
    named = {a.request_id for a in answers if a.request_id is not None}
    keys = {(a.bank_code, a.account_number) for a in answers if a.request_id is None and a.account_number}
    found = find_accounts(session, keys)
    of_account = _links_spoken_of(session, {key: row.id for key, row in found.items()})
    banks = {a.bank_code for a in answers}
    meant = queries.links_meant(session, list(named), banks, list(of_account.values()), carrier)
    matters = {link.id: Matter(link, link.state) for link in links.held_links(session, meant)}
    of_account = {key: link_id for key, link_id in of_account.items() if link_id in matters}
    # Read behind the links' locks: until then another answer may close a request.
    requests = {id_: r for id_, r in queries.requests_by_id(session, named, banks).items() if r.link_id in matters}
    of_people = openings.held(session, named - requests.keys(), banks, carrier)
    of_link = queries.requests_of_links(session, of_account.values())
    of_link |= {r.link_id: requests[r.id] for r in of_link.values() if r.id in requests}
    # A request that still waits has had no answer yet: its state is that of its newest one.
    spoken_of: tuple[OpenRequest | Opening, ...] = (*requests.values(), *of_link.values(), *of_people.values())
    answered = {r.id: r for r in spoken_of if r.state != _PENDING}
    for request_id, digest in queries.answer_keys(session, answered):
        answered[request_id].answers.add(digest)
    return Desk(by, source, requests, of_account, of_link, matters, of_people, carrier=carrier)


def _links_spoken_of(session: Session, accounts_: dict[tuple[str, str], UUID]) -> dict[tuple[str, str], UUID]:
    """Return the link a bank means by an account: the one it was asked about, else one that waits, else the newest."""
    known = queries.links_to(session, accounts_.values())
    ranks = {LinkState.REQUESTED: 3, LinkState.RECEIVED: 3, LinkState.ACCEPTED: 2, LinkState.APPROVED: 2}
    chosen: dict[tuple[str, str], UUID] = {}
    for key, account_id in accounts_.items():
        # A proposal nobody approved is none of the bank's business.
        candidates = [link for link in known.get(account_id, []) if link[1] != LinkState.PROPOSED]
        if candidates:
            chosen[key] = max(candidates, key=lambda link: (ranks.get(link[1], 1), link[0]))[0]
    return chosen
