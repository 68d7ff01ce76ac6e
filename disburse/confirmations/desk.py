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
from disburse.accounts.asked import changed_among
from disburse.accounts.queries import HeldLink
from disburse.accounts.statements import Statement, find_accounts
from disburse.accounts.states import CloseReason
from disburse.accounts.tables import LinkState
from disburse.audit.actor import By
from disburse.confirmations import by_account, openings, queries
from disburse.confirmations.answer import HALF_A_NAME, BankAnswer, Taken, Words, contradiction, doubtful
from disburse.confirmations.by_account import Meant
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
    confirmed_on: date | None


@dataclass(slots=True)
class Desk:
    """Requests and links that the answers are about, kept in step while they are worked through."""

    by: By
    source: str
    requests: dict[UUID, OpenRequest]
    accounts: dict[tuple[str, str], UUID]  # by (bank, number), of the answers that name one
    meant: dict[tuple[str, str], Meant]  # of those that name no request
    of_link: dict[UUID, OpenRequest]
    matters: dict[UUID, Matter]  # by link
    openings: dict[UUID, Opening]
    live_to: dict[UUID, UUID]  # by account, and by person: the live link in a replacement's place
    primary_of: dict[UUID, UUID]
    strangers: set[UUID]  # links whose holder is not whom their bank was asked about
    anew: list[UUID] = field(default_factory=list)  # those of them that the bank said yes to
    opened: list[Statement] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    results: list[tuple[Any, ...]] = field(default_factory=list)
    taken: Taken = field(default_factory=Taken)
    carrier: Carrier | None = None
    own_word: frozenset[UUID] = frozenset()  # accounts of which nobody but the carrier has spoken
    now: datetime = field(default_factory=clock.utc_now)
    today: date = field(default_factory=clock.today)

    def repeat(self, answer: BankAnswer) -> None:
        """Note that an answer changes nothing."""
        self.taken.same += 1
        self.taken.repeated.add(answer.key)

    def leave_out(self, answer: BankAnswer, code: str, **facts: Words) -> None:
        """Note why an answer is not taken: the code of its sentence, and its facts."""
        self.taken.left_out[answer.key] = (code, facts)

    def step(self, matter: Matter, to: LinkState, answer: BankAnswer) -> None:
        """Let a link move, on the day the bank looked; a link that was confirmed does not end before it was."""
        reason = answer.reason_code if to == LinkState.REFUSED else ""
        on = max(answer.on, matter.confirmed_on) if to == LinkState.REFUSED and matter.confirmed_on else answer.on
        self.steps.append(Step(matter.link.id, to, on, reason, matter.link.version))
        matter.state = to
        if to == LinkState.CONFIRMED:
            matter.confirmed_on = on
            self.live_to[matter.link.account_id] = matter.link.id
            if matter.link.person_id and matter.link.is_primary:
                self.primary_of[matter.link.person_id] = matter.link.id

    def has_rival(self, matter: Matter) -> bool:
        """Whether a replacement cannot become live: its account is somebody's, or its holder has another by now."""
        link = matter.link
        if link.replaces is None:
            return False
        own = (None, link.id, link.replaces)
        primary = self.primary_of.get(link.person_id) if link.person_id and link.is_primary else None
        return self.live_to.get(link.account_id) not in own or primary not in own

    def remember(self, answer: BankAnswer, request: OpenRequest | Opening, digest: str) -> None:
        """Keep an answer as a result of its request."""
        request.answers.add(digest)
        if answer.status == WireState.SUCCEEDED and isinstance(request, OpenRequest):
            request.said_yes(answer.checked_at)
        self.results.append(
            (
                request.id, digest, answer.status, answer.reason_code, answer.name_match, answer.id_match,
                answer.account_status, answer.currency, answer.account_exists, answer.account_kind, answer.joint,
                answer.papers, answer.biometrics, answer.branch, answer.checked_at, self.source[:255], self.now,
            )
        )  # fmt: skip


def _take(desk: Desk, answer: BankAnswer) -> None:
    if answer.status == WireState.REJECTED and answer.reason_code not in REASONS:
        return desk.leave_out(answer, "line_reason_unknown", value=answer.reason_code)
    if what := contradiction(answer):
        return desk.leave_out(answer, "line_contradicts", what=what)
    if answer.request_id in desk.openings:
        return _take_opening(desk, answer, desk.openings[answer.request_id])
    if answer.request_id is None:
        return _take_by_account(desk, answer)
    request = desk.requests.get(answer.request_id)
    if request is None or request.bank_code != answer.bank_code:
        return desk.leave_out(answer, "line_request_unknown")
    return _take_about(desk, answer, request)


def _take_by_account(desk: Desk, answer: BankAnswer) -> None:
    meant = desk.meant.get((answer.bank_code, answer.account_number))
    if meant is None:
        return desk.leave_out(answer, "line_request_unknown")
    request, matter = desk.of_link.get(meant.link_id), desk.matters[meant.link_id]
    if meant.repeats(answer) or (request is not None and answer.digest in request.answers):
        return desk.repeat(answer)
    doubt = meant.doubt(answer, asked=request is not None)
    if doubt and not (matter.state == LinkState.CONFIRMED and meant.may_withdraw(answer)):
        return desk.leave_out(answer, doubt)
    if request is None:
        if matter.state not in _UNASKED:
            return desk.leave_out(answer, "line_request_unknown")
        version = matter.link.version
        request = OpenRequest(new_id(), meant.link_id, version, answer.bank_code, _PENDING, None, fresh=True)
        desk.of_link[meant.link_id] = request
        desk.step(matter, LinkState.REQUESTED, answer)
        desk.taken.requested += 1
    return _take_about(desk, answer, request)


def _take_about(desk: Desk, answer: BankAnswer, request: OpenRequest) -> None:
    """Take an answer to a request about a link."""
    digest = answer.digest
    if digest in request.answers:
        return desk.repeat(answer)
    matter = desk.matters[request.link_id]
    confirmed = matter.state == LinkState.CONFIRMED
    current = matter.link.version == request.link_version
    if not current or not (confirmed or (matter.state in _ASKED and request.closed_on is None)):
        if request.closed_on is None:
            request.closed_on, request.changed = desk.today, True
        return desk.leave_out(answer, "line_link_ended")
    if answer.account_number and (
        desk.accounts.get((answer.bank_code, answer.account_number)) != matter.link.account_id
    ):
        return desk.leave_out(answer, "line_account_differs")
    if doubtful(answer):
        desk.taken.doubtful.add(answer.key)
        answer = answer._replace(status=WireState.REJECTED, reason_code=HALF_A_NAME)
    if answer.status == WireState.SUCCEEDED and not confirmed and (why := _is_own(desk, matter.link)):
        return desk.leave_out(answer, why)
    if answer.status == WireState.SUCCEEDED and desk.has_rival(matter):
        # The office chose another account meanwhile: the replacement that was asked about is over.
        desk.steps.append(Step(matter.link.id, LinkState.CLOSED, desk.today, CloseReason.CLERK_CHOICE))
        matter.state, request.closed_on, request.changed = LinkState.CLOSED, desk.today, True
        return desk.leave_out(answer, "line_link_ended")
    if answer.status == WireState.SUCCEEDED and not confirmed and matter.link.id in desk.strangers:
        desk.leave_out(answer, "line_holder_changed")
        desk.anew.append(matter.link.id)
        matter.state, request.state = LinkState.CLOSED, answer.status
        request.closed_on, request.changed = desk.today, True
    elif confirmed and not _withdraws(answer, request):
        desk.repeat(answer)  # checked once more, or an answer that was overtaken
    else:
        _apply(desk, answer, request, matter)
    return desk.remember(answer, request, digest)


def _is_own(desk: Desk, link: HeldLink) -> str:
    """Say why who carries the answers may not carry this yes ("" = may): they decided the pair alone, or nobody else
    has told of the account. One person is not to state, to decide and to confirm (docs/adr/0012)."""
    if desk.carrier is None or link.approved_by:
        return ""
    if link.decided_by == desk.by.name:
        return "line_own_decision"
    return "line_own_statement" if link.account_id in desk.own_word else ""


def _withdraws(answer: BankAnswer, request: OpenRequest) -> bool:
    """Whether a bank takes back its yes by this: a no, unless it certainly looked before that yes."""
    if answer.status != WireState.REJECTED:
        return False
    return answer.checked_at is None or request.yes_at is None or answer.checked_at >= request.yes_at


def _apply(desk: Desk, answer: BankAnswer, request: OpenRequest, matter: Matter) -> None:
    request.state, request.changed = answer.status, True
    if answer.status == WireState.RECEIVED:
        if matter.state == LinkState.REQUESTED:
            desk.step(matter, LinkState.RECEIVED, answer)
        desk.taken.received += 1
        return
    request.closed_on = request.closed_on or desk.today
    yes = answer.status == WireState.SUCCEEDED
    desk.taken.withdrawn += matter.state == LinkState.CONFIRMED
    desk.step(matter, LinkState.CONFIRMED if yes else LinkState.REFUSED, answer)
    desk.taken.confirmed += yes
    desk.taken.refused += not yes


def _take_opening(desk: Desk, answer: BankAnswer, opening: Opening) -> None:
    digest = answer.digest
    if digest in opening.answers:
        return desk.repeat(answer)
    if opening.closed_on is not None:
        return desk.leave_out(answer, "line_link_ended")
    if answer.status == WireState.SUCCEEDED and not answer.account_number:
        return desk.leave_out(answer, "opening_needs_account")
    desk.remember(answer, opening, digest)
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


def _read_desk(session: Session, answers: Sequence[BankAnswer], source: str, carrier: Carrier | None, by: By) -> Desk:
    named = {a.request_id for a in answers if a.request_id is not None}
    keys = {(a.bank_code, a.account_number) for a in answers if a.account_number}
    accounts = {key: row.id for key, row in find_accounts(session, keys).items()}
    alone = {(a.bank_code, a.account_number) for a in answers if a.request_id is None}
    meant = by_account.meant_by(session, {key: id_ for key, id_ in accounts.items() if key in alone})
    banks = {a.bank_code for a in answers}
    targets = [one.link_id for one in meant.values()]
    locked = links.held_links(session, queries.links_meant(session, list(named), banks, targets, carrier))
    matters = {link.id: Matter(link, link.state, link.confirmed_on) for link in locked}
    meant = {key: one for key, one in meant.items() if one.link_id in matters}  # within a carrier's reach
    # Read behind the links' locks: until then another answer may close a request.
    requests = {id_: r for id_, r in queries.requests_by_id(session, named, banks).items() if r.link_id in matters}
    of_people = openings.held(session, named - requests.keys(), banks, carrier)
    of_link = queries.requests_of_links(session, [*targets, *(id_ for one in meant.values() for id_ in one.others)])
    of_link |= {r.link_id: requests[r.id] for r in of_link.values() if r.id in requests}
    # A request that still waits has had no answer yet: its state is that of its newest one.
    spoken_of: tuple[OpenRequest | Opening, ...] = (*requests.values(), *of_link.values(), *of_people.values())
    answered = {r.id: r for r in spoken_of if r.state != _PENDING}
    for request_id, digest, status, checked_at in queries.answers_to(session, answered):
        request = answered[request_id]
        request.answers.add(digest)
        if status == WireState.SUCCEEDED and isinstance(request, OpenRequest):
            request.said_yes(checked_at)
    for one in meant.values():
        one.answers = {digest for id_ in one.others if id_ in of_link for digest in of_link[id_].answers}
    live_to, primary_of = _in_the_place_of(session, [m.link for m in matters.values() if m.link.replaces])
    strangers = changed_among(session, [link.id for link in locked if link.state in _ASKED])
    own_word = links.stated_alone(session, {m.link.account_id for m in matters.values()}, by.name) if carrier else ()
    return Desk(
        by, source, requests, accounts, meant, of_link, matters, of_people, live_to, primary_of, strangers,
        carrier=carrier, own_word=frozenset(own_word),
    )  # fmt: skip


def _in_the_place_of(session: Session, replacing: Sequence[HeldLink]) -> tuple[dict[UUID, UUID], dict[UUID, UUID]]:
    """Return the live link to each account, and the primary one of each person, that replacements would come to."""
    if not replacing:
        return {}, {}
    to_account = links.live_links(session, accounts={link.account_id for link in replacing})
    of_person = links.live_links(session, persons={link.person_id for link in replacing if link.person_id})
    primary_of = {link.person_id: link.id for link in of_person if link.is_primary and link.person_id}
    return {link.account_id: link.id for link in to_account}, primary_of
