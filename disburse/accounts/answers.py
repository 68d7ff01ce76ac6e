"""What clerks answer to pairs: yes, no, unsure. One way for a review screen and for a file of thousands.

The result depends on the answers alone, not on what the matcher accepted by itself before: a clerk's answer overrules
the rule, in both directions, until the bank has confirmed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session

from disburse import clock
from disburse.accounts import actions, queries
from disburse.accounts.actions import Acceptance
from disburse.accounts.states import BY_RULE, CloseReason, How, Standing, Step, is_live, not_linkable
from disburse.accounts.tables import Candidate, CandidateState, LinkState
from disburse.audit.actions import record
from disburse.audit.actor import By
from disburse.db import among, bulk_update
from disburse.errors import Invalid
from disburse.free_text import numbers_hidden

_CANDIDATE: sa.Table = Candidate.__table__  # type: ignore[attr-defined]
UNLISTED = "unlisted"  # the reason of pairs turned down because a file did not name them
_COLUMNS = ("state", "asks", "reason", "decided_by", "decided_on")


class Decision(StrEnum):
    YES = "yes"
    NO = "no"
    UNSURE = "unsure"


_STATES = {
    Decision.YES: CandidateState.ACCEPTED,
    Decision.NO: CandidateState.REJECTED,
    Decision.UNSURE: CandidateState.UNSURE,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to one pair. `key` is the caller's own (a line number), to tell what was left out."""

    key: int
    person_id: UUID
    account_id: UUID
    decision: Decision
    reason: str
    decided_by: str
    decided_on: date


@dataclass(slots=True)
class Change:
    """What one answer changed: pairs as they were, links it ended, whether it made one. Enough to take it back."""

    pairs: list[tuple[_Known, dict[str, Any]]] = field(default_factory=list)
    closed: list[UUID] = field(default_factory=list)
    made: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the change as it is kept: of each pair what it was and what it became."""
        pairs = [{"id": str(known.id), "before": before, "after": known.as_json()} for known, before in self.pairs]
        return {"pairs": pairs, "closed": [str(id_) for id_ in self.closed], "made": self.made}


@dataclass(slots=True)
class Answered:
    """What a batch of answers came to; `left_out` = key → code of the sentence that says why."""

    accepted: int = 0
    rejected: int = 0
    unsure: int = 0
    closed: int = 0
    same: int = 0
    ignored: int = 0
    left_out: dict[int, str] = field(default_factory=dict)
    changes: dict[int, Change] = field(default_factory=dict)


@dataclass(slots=True)
class _Known:
    """A candidate while answers come in."""

    id: UUID
    state: CandidateState
    asks: str
    reason: str
    decided_by: str
    decided_on: date | None
    score: float
    preset: str
    changed: bool = False

    @property
    def by_clerk(self) -> bool:
        """Whether a person answered this pair: not the rule, and not a file that left it out."""
        return self.decided_by not in ("", BY_RULE) and self.reason != UNLISTED

    def as_json(self) -> dict[str, Any]:
        """Return what an answer changes of a pair, as JSON values."""
        on = self.decided_on.isoformat() if self.decided_on else None
        return {"state": str(self.state), "asks": self.asks, "reason": self.reason, "by": self.decided_by, "on": on}


@dataclass(frozen=True, slots=True)
class _Live:
    """A live link, held until the answers are in; `id` is None for one that an answer of this batch makes."""

    id: UUID | None
    person_id: UUID | None
    account_id: UUID
    state: LinkState
    by_clerk: bool


@dataclass(slots=True)
class _Desk:
    """Candidates and live links that the answers touch, kept in step while they are worked through."""

    candidates: dict[tuple[UUID, UUID], _Known]
    accounts: dict[UUID, Standing]
    primary_of: dict[UUID, _Live]  # live, by person
    link_to: dict[UUID, _Live]  # live, by account
    ended: dict[tuple[UUID | None, UUID], date]  # last end of an earlier link
    steps: list[Step] = field(default_factory=list)
    taken: list[Acceptance] = field(default_factory=list)
    outcome: Answered = field(default_factory=Answered)
    change: Change = field(default_factory=Change)  # what the answer at hand changes

    def link_of(self, person: UUID, account: UUID) -> _Live | None:
        """Return the live link of exactly this pair."""
        link = self.link_to.get(account)
        return link if link is not None and link.person_id == person else None

    def candidate_of(self, link: _Live) -> _Known | None:
        """Return the candidate a link came from."""
        return self.candidates.get((link.person_id, link.account_id)) if link.person_id else None


def answer(session: Session, *, answers: Sequence[Answer], by: By) -> Answered:
    """Take answers in, refusals first; pairs never proposed are ignored, a repeated answer changes nothing.

    A `no` or `unsure` closes the pair's link unless the bank has confirmed it. A `yes` links the pair; a link that only
    the rule made gives way to it, one that a clerk or the bank stands behind does not.
    """
    for one in answers:
        if one.decision == Decision.NO and not one.reason.strip():
            raise Invalid("reason_needed")
    desk = _read_desk(session, answers)
    for one in sorted(answers, key=lambda a: a.decision == Decision.YES):
        desk.change = desk.outcome.changes[one.key] = Change()
        known = desk.candidates.get((one.person_id, one.account_id))
        if known is None:
            desk.outcome.ignored += 1
        elif _repeats(one, known):
            desk.outcome.same += 1
        elif known.by_clerk and known.decided_on and one.decided_on < known.decided_on:
            desk.outcome.ignored += 1  # a newer answer stands
        elif one.decision == Decision.YES:
            _say_yes(desk, one, known)
        else:
            _say_no(desk, one, known)
    _write(session, desk, by)
    return desk.outcome


def _repeats(one: Answer, known: _Known) -> bool:
    return known.state == _STATES[one.decision] and known.decided_on == one.decided_on and known.by_clerk


def _say_no(desk: _Desk, one: Answer, known: _Known) -> None:
    link = desk.link_of(one.person_id, one.account_id)
    if link is not None and link.state == LinkState.CONFIRMED:
        desk.outcome.left_out[one.key] = "line_link_confirmed"
        return
    if link is not None:
        _close(desk, link, CloseReason.CLERK_NO if one.decision == Decision.NO else CloseReason.CLERK_UNSURE)
    _note(desk, known, one)
    desk.outcome.rejected += one.decision == Decision.NO
    desk.outcome.unsure += one.decision == Decision.UNSURE


def _say_yes(desk: _Desk, one: Answer, known: _Known) -> None:
    if desk.link_of(one.person_id, one.account_id) is not None or _ended_since(desk, one, known):
        _note(desk, known, one)  # the rule or an earlier answer had said so: now a clerk stands behind it
        desk.outcome.same += 1
        return
    if not_linkable(desk.accounts[one.account_id]):
        desk.outcome.left_out[one.key] = "account_not_linkable"
        return
    of_person, of_account = desk.primary_of.get(one.person_id), desk.link_to.get(one.account_id)
    for link, code in ((of_person, "person_has_link"), (of_account, "account_taken")):
        if link is not None and not _yields(desk, link):
            desk.outcome.left_out[one.key] = code
            return
    for link in (of_person, of_account):
        if link is not None:
            _give_way(desk, link)
    _note(desk, known, one)
    _accept(desk, one, known)


def _ended_since(desk: _Desk, one: Answer, known: _Known) -> bool:
    """Whether this yes was acted on before and the link has ended since (the bank refused, the holder died)."""
    ended = desk.ended.get((one.person_id, one.account_id))
    return known.state == CandidateState.ACCEPTED and ended is not None and one.decided_on <= ended


def _yields(desk: _Desk, link: _Live) -> bool:
    known = desk.candidate_of(link)
    return link.state != LinkState.CONFIRMED and not link.by_clerk and not (known and known.by_clerk)


def _give_way(desk: _Desk, link: _Live) -> None:
    _close(desk, link, CloseReason.CLERK_CHOICE)
    known = desk.candidate_of(link)
    if known is not None:
        desk.change.pairs.append((known, known.as_json()))
        known.state, known.asks, known.changed = CandidateState.OPEN, "", True
        known.reason, known.decided_by, known.decided_on = "", "", None


def _close(desk: _Desk, link: _Live, reason: CloseReason) -> None:
    assert link.id is not None, "a link of this very batch gives way to nothing"
    desk.steps.append(Step(link.id, LinkState.CLOSED, clock.today(), reason, was=link.state))
    desk.change.closed.append(link.id)
    desk.link_to.pop(link.account_id)
    if link.person_id and desk.primary_of.get(link.person_id) is link:
        desk.primary_of.pop(link.person_id)
    desk.outcome.closed += 1


def _note(desk: _Desk, known: _Known, one: Answer) -> None:
    desk.change.pairs.append((known, known.as_json()))
    known.state, known.asks, known.reason = _STATES[one.decision], "", numbers_hidden(one.reason)[:200]
    known.decided_by, known.decided_on, known.changed = one.decided_by[:100], one.decided_on, True


def _accept(desk: _Desk, one: Answer, known: _Known) -> None:
    desk.taken.append(
        Acceptance(
            person_id=one.person_id,
            account_id=one.account_id,
            how=How.CLERK,
            since=one.decided_on,
            decided_by=one.decided_by[:100],
            preset=known.preset,
            score=known.score,
        )
    )
    desk.change.made = True
    made = _Live(None, one.person_id, one.account_id, LinkState.ACCEPTED, True)
    desk.primary_of[one.person_id] = desk.link_to[one.account_id] = made  # later answers of the batch must see it
    desk.outcome.accepted += 1


def _read_desk(session: Session, answers: Iterable[Answer]) -> _Desk:
    """Read and hold: first the candidates, then the links, which another clerk may have changed meanwhile."""
    persons, accounts = {a.person_id for a in answers}, {a.account_id for a in answers}
    candidates = _held_candidates(session, persons)
    live = queries.live_links(session, persons=persons) + queries.live_links(session, accounts=accounts)
    candidates |= _held_candidates(session, {link.person_id for link in live if link.person_id} - persons)
    held = queries.held_links(session, {link.id for link in live})
    accounts |= {link.account_id for link in held}
    links = [
        (_Live(x.id, x.person_id, x.account_id, x.state, x.decided_how == How.CLERK), x.is_primary)
        for x in held
        if is_live(x.state, x.replaces)
    ]
    table = queries.LINK_TABLE.c
    ended = sa.select(table.person_id, table.account_id, sa.func.max(table.ended_on))
    ended = ended.where(table.ended_on.is_not(None)).group_by(table.person_id, table.account_id)
    ends: Iterable[Any] = among(session, ended, table.account_id, accounts)
    return _Desk(
        candidates,
        queries.accounts(session, accounts),
        {link.person_id: link for link, primary in links if primary and link.person_id},
        {link.account_id: link for link, _ in links},
        {(row[0], row[1]): row[2] for row in ends},
    )


def _held_candidates(session: Session, persons: set[UUID]) -> dict[tuple[UUID, UUID], _Known]:
    names = ("id", "state", "asks", "reason", "decided_by", "decided_on", "score", "preset", "person_id", "account_id")
    statement = sa.select(*(_CANDIDATE.c[name] for name in names)).order_by(_CANDIDATE.c.id).with_for_update()
    rows: list[Any] = list(among(session, statement, _CANDIDATE.c.person_id, sorted(persons)))
    return {(row.person_id, row.account_id): _Known(*row[:8]) for row in rows}


def _write(session: Session, desk: _Desk, by: By) -> None:
    actions.move(session, steps=desk.steps, by=by)
    actions.accept_all(session, acceptances=desk.taken, by=by)
    changed = [known for known in desk.candidates.values() if known.changed]
    rows = [(k.id, k.state, k.asks, k.reason, k.decided_by, k.decided_on) for k in changed]
    bulk_update(session, Candidate, "id", _COLUMNS, rows)
    if rows:
        out = desk.outcome
        record(
            session, action="candidates.answered", object_type="candidate", object_id="*", by=by,
            accepted=out.accepted, rejected=out.rejected, unsure=out.unsure, closed=out.closed,
        )  # fmt: skip


def note_proposal(session: Session, *, candidate: Candidate, by: By) -> dict[str, Any]:
    """Settle a pair whose account was proposed in place of a confirmed one; returns what that changes of the pair."""
    before = _Known(
        candidate.id, candidate.state, candidate.asks, candidate.reason, candidate.decided_by, candidate.decided_on,
        candidate.score, candidate.preset,
    )  # fmt: skip
    after = replace(before, state=CandidateState.ACCEPTED, asks="", decided_by=by.name[:100], decided_on=clock.today())
    row = (after.id, after.state, after.asks, after.reason, after.decided_by, after.decided_on)
    bulk_update(session, Candidate, "id", _COLUMNS, [row])
    return {"id": str(candidate.id), "before": before.as_json(), "after": after.as_json()}


def reject_open(session: Session, *, decided_on: date, by: By) -> int:
    """Turn down every pair that still waits for an answer; it is remembered and not asked again."""
    waiting = sa.and_(_CANDIDATE.c.state == CandidateState.OPEN, _CANDIDATE.c.asks != "")
    values = {
        "state": CandidateState.REJECTED,
        "asks": "",
        "reason": UNLISTED,
        "decided_by": by.name,
        "decided_on": decided_on,
    }
    done = session.connection().execute(sa.update(_CANDIDATE).where(waiting).values(values))
    if done.rowcount:
        record(
            session, action="candidates.rejected", object_type="candidate", object_id="*", by=by,
            reason=UNLISTED, rejected=done.rowcount,
        )  # fmt: skip
    return int(done.rowcount)
