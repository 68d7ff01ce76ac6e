"""What a run of the matcher means, person by person: accept, ask, flag or leave. Writes candidates and links.

Running it twice changes nothing: what is stored is compared with what is proposed, and answered pairs are left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse import clock
from disburse.accounts import actions, queries
from disburse.accounts.actions import Acceptance
from disburse.accounts.proposals import Pair
from disburse.accounts.queries import LiveLink
from disburse.accounts.states import BY_RULE, CloseReason, How, Step
from disburse.accounts.tables import EVIDENCE, Candidate, CandidateState, LinkState
from disburse.audit.actor import By
from disburse.db import among, bulk_insert, bulk_update, take_turns
from disburse.ids import in_order, new_ids
from disburse.people import queries as people

SAME_PERSON, CHOOSE, SHARED, MARGIN_LOST = "same_person", "choose_account", "shared_account", "margin_lost"
_CANDIDATE: sa.Table = Candidate.__table__  # type: ignore[attr-defined]
_KNOWN = (
    "id", "person_id", "account_id", "decision", "asks", "preset", "score", "state", "decided_by", "decided_on",
    "differs", "forbidden",
)  # fmt: skip
_COLUMNS = (
    "id", "person_id", "account_id", "registration_id", "score", "decision", "asks", "preset",
    "differs", "forbidden", "evidence_sealed", "state", "reason", "decided_by", "decided_on", "found_at",
)  # fmt: skip
_CHANGING = (
    "score", "decision", "asks", "preset", "differs", "forbidden", "state", "evidence_sealed", "decided_by",
    "decided_on",
)  # fmt: skip
_ANSWERED = (CandidateState.REJECTED, CandidateState.UNSURE)


@dataclass(slots=True)
class Verdict:
    """What becomes of one pair: the candidate's state and question, and whether a link is made or ended."""

    pair: Pair
    state: CandidateState
    asks: str = ""
    accept: bool = False
    close: LiveLink | None = None
    why: CloseReason = CloseReason.MARGIN_LOST


@dataclass(slots=True)
class Desk:
    """What stands in the database about the people and accounts at hand."""

    candidates: dict[tuple[UUID, UUID], Any]
    link_of: dict[UUID, LiveLink]  # the primary live link of a person
    holder_of: dict[UUID, UUID | None]  # account → who holds its live link
    unlinkable: dict[UUID, str]  # account → why no money can go there


@dataclass(slots=True)
class Applied:
    """What a run came to: pairs proposed, links made, links returned to review, questions asked now."""

    candidates: int = 0
    accepted: int = 0
    returned: int = 0
    review: int = 0
    asks: dict[str, int] = field(default_factory=dict)

    def add(self, more: Applied) -> None:
        """Count a further step."""
        self.candidates += more.candidates
        self.accepted += more.accepted
        self.returned += more.returned


def apply(
    session: Session,
    *,
    persons: Iterable[UUID],
    pairs: Mapping[UUID, Sequence[Pair]],
    claims: Mapping[UUID, int],
    preset: str,
    by: By,
) -> Applied:
    """Store the pairs of `persons`, accept what is safe and queue the rest; see `judge` for the rules.

    `pairs` are the proposals by person; `claims` says for each account how many people match it.
    """
    take_turns(session, "candidates", shared=True)  # beside other steps of its run; a merge waits for them
    persons = set(persons)
    ids = in_order(persons - people.merged(session, persons))  # since they were read
    desk = _read_desk(session, ids, pairs)
    verdicts: list[Verdict] = []
    gone: list[UUID] = []
    proposed: set[tuple[UUID, UUID]] = set()
    for person in ids:
        linkable = [p for p in pairs.get(person, ()) if p.account_id not in desk.unlinkable]
        proposed |= {(person, p.account_id) for p in linkable}
        verdicts += judge(person, linkable, desk, claims)
    for key, known in desk.candidates.items():
        if key in proposed:
            continue
        link = desk.link_of.get(key[0])
        if known.state == CandidateState.OPEN:
            gone.append(known.id)
        elif known.state == CandidateState.ACCEPTED and link and link.account_id == key[1] and _yields(known, link):
            verdicts.append(_lost(_as_pair(known), link, desk.unlinkable.get(key[1], "")))
    _write(session, verdicts, gone, desk, preset, by)
    return _summary(verdicts, len(proposed))


def judge(person: UUID, pairs: Sequence[Pair], desk: Desk, claims: Mapping[UUID, int]) -> list[Verdict]:
    """Decide for one person.

    A live link stands; one that a rule made and the bank has not confirmed returns to review when its margin is
    lost, a confirmed one is flagged. Without one, the receiving account is that stated on the roster, else the only
    one that matches; several are a clerk's choice, and an account others match or hold is shown, never taken.
    """
    link = desk.link_of.get(person)
    verdicts, free = [], []
    for pair in pairs:
        known = desk.candidates.get((person, pair.account_id))
        if known is not None and known.state in _ANSWERED:
            continue
        if known is not None and known.state == CandidateState.ACCEPTED:
            lost = pair.decision == "review" and link and link.account_id == pair.account_id and _yields(known, link)
            if lost and link:
                verdicts.append(_lost(pair, link))
            elif known.asks:  # a flag whose cause is gone
                verdicts.append(Verdict(pair, CandidateState.ACCEPTED))
            continue
        verdict = Verdict(pair, CandidateState.OPEN)
        verdicts.append(verdict)
        holder = desk.holder_of.get(pair.account_id)
        matched = pair.decision == "match"
        if matched and (holder not in (None, person) or claims.get(pair.account_id, 0) > 1):
            verdict.asks = SHARED
        elif link is None and matched:
            free.append(verdict)
        elif link is None:
            verdict.asks = SAME_PERSON
    _settle_free(free, verdicts)
    return verdicts


def _settle_free(free: list[Verdict], verdicts: list[Verdict]) -> None:
    stated = [v for v in free if v.pair.stated]
    chosen = free if len(free) == 1 else stated if len(stated) == 1 else []
    for verdict in free:
        if chosen and verdict is chosen[0]:
            verdict.state, verdict.accept = CandidateState.ACCEPTED, True
        elif not chosen:
            verdict.asks = CHOOSE
    if chosen:  # the person has an account now: the weaker pairs need no answer
        for verdict in verdicts:
            if verdict.asks == SAME_PERSON:
                verdict.asks = ""


def _yields(known: Any, link: LiveLink) -> bool:
    """Whether only the rule stands behind a link: no clerk and no roster said so."""
    return link.decided_how == How.RULE and known.decided_by in ("", BY_RULE)


def _lost(pair: Pair, link: LiveLink, unlinkable: str = "") -> Verdict:
    if link.state == LinkState.CONFIRMED:
        return Verdict(pair, CandidateState.ACCEPTED, MARGIN_LOST)
    if unlinkable:
        return Verdict(pair, CandidateState.SUPERSEDED, close=link, why=CloseReason.ACCOUNT_CLOSED)
    return Verdict(pair, CandidateState.OPEN, SAME_PERSON, close=link)


def _as_pair(known: Any) -> Pair:
    return Pair(known.person_id, known.account_id, None, known.score, "review", "gone")


def _read_desk(session: Session, persons: list[UUID], pairs: Mapping[UUID, Sequence[Pair]]) -> Desk:
    statement = sa.select(*(_CANDIDATE.c[name] for name in _KNOWN)).order_by(_CANDIDATE.c.id).with_for_update()
    known: list[Any] = list(among(session, statement, _CANDIDATE.c.person_id, persons))
    accounts = {p.account_id for person in persons for p in pairs.get(person, ())}
    live = queries.live_links(session, persons=persons)
    held = queries.live_links(session, accounts=accounts)
    accounts |= {link.account_id for link in live}
    return Desk(
        {(row.person_id, row.account_id): row for row in known},
        {link.person_id: link for link in live if link.is_primary and link.person_id},
        {link.account_id: link.person_id for link in held},
        queries.unlinkable(session, accounts),
    )


def _write(session: Session, verdicts: list[Verdict], gone: list[UUID], desk: Desk, preset: str, by: By) -> None:
    today = clock.today()
    steps = [Step(v.close.id, LinkState.CLOSED, today, v.why, was=v.close.state) for v in verdicts if v.close]
    actions.move(session, steps=steps, by=by)
    taken = [v.pair for v in verdicts if v.accept]
    actions.accept_all(session, acceptances=[_acceptance(p, preset, today) for p in taken], by=by)
    fresh, changed = [], []
    for verdict in verdicts:
        known = desk.candidates.get((verdict.pair.person_id, verdict.pair.account_id))
        if known is None:
            fresh.append(verdict)
        elif _differs(known, verdict, preset):
            changed.append(_changed(known, verdict, preset))
    bulk_insert(session, Candidate, _COLUMNS, _fresh(fresh, preset))
    bulk_update(session, Candidate, "id", _CHANGING, changed)
    for some in range(0, len(gone), 5_000):
        superseded = sa.update(_CANDIDATE).where(_CANDIDATE.c.id.in_(gone[some : some + 5_000]))
        session.execute(superseded.values(state=CandidateState.SUPERSEDED, asks=""))


def _acceptance(pair: Pair, preset: str, today: date) -> Acceptance:
    return Acceptance(
        person_id=pair.person_id,
        account_id=pair.account_id,
        how=How.STATED if pair.stated else How.RULE,
        since=today,
        preset=preset,
        score=pair.score,
    )


def _fresh(verdicts: list[Verdict], preset: str) -> list[tuple[Any, ...]]:
    ids, today, now = new_ids(len(verdicts)), clock.today(), clock.utc_now()
    sealed = EVIDENCE.seal_many(ids, [v.pair.evidence for v in verdicts])
    return [
        (
            id_, v.pair.person_id, v.pair.account_id, v.pair.registration_id, v.pair.score, v.pair.decision, v.asks,
            preset, v.pair.differs, v.pair.forbidden, evidence, v.state, "", BY_RULE if v.accept else "",
            today if v.accept else None, now,
        )
        for id_, evidence, v in zip(ids, sealed, verdicts, strict=True)
    ]  # fmt: skip


def _differs(known: Any, verdict: Verdict, preset: str) -> bool:
    pair = verdict.pair
    now = (known.state, known.asks, known.decision, known.preset, round(known.score, 6), known.differs)
    return now != (verdict.state, verdict.asks, pair.decision, preset, round(pair.score, 6), pair.differs)


def _changed(known: Any, verdict: Verdict, preset: str) -> tuple[Any, ...]:
    pair = verdict.pair
    by, on = ("", None) if verdict.state != CandidateState.ACCEPTED else (known.decided_by, known.decided_on)
    if verdict.accept:
        by, on = BY_RULE, clock.today()
    sealed = EVIDENCE.seal(known.id, pair.evidence)
    return (
        known.id, pair.score, pair.decision, verdict.asks, preset, pair.differs, pair.forbidden, verdict.state,
        sealed, by, on,
    )  # fmt: skip


def _summary(verdicts: list[Verdict], proposed: int) -> Applied:
    applied = Applied(candidates=proposed)
    for verdict in verdicts:
        applied.accepted += verdict.accept
        applied.returned += verdict.close is not None
        if verdict.state == CandidateState.OPEN and verdict.asks:
            applied.review += 1
            applied.asks[verdict.asks] = applied.asks.get(verdict.asks, 0) + 1
    return applied


def undecided(session: Session) -> set[UUID]:
    """Return whose stored pairs a run may take back; of the others only those with a new pair concern it."""
    states = (CandidateState.OPEN, CandidateState.ACCEPTED)
    statement = sa.select(_CANDIDATE.c.person_id).where(_CANDIDATE.c.state.in_(states)).distinct()
    return set(session.execute(statement).scalars())


def open_questions(session: Session, persons: Iterable[UUID] | None) -> int:
    """Return how many questions about these people (None = all) wait for a clerk."""
    waiting = sa.and_(col(Candidate.state) == CandidateState.OPEN, col(Candidate.asks) != "")
    if persons is None:
        return int(session.execute(sa.select(sa.func.count()).select_from(Candidate).where(waiting)).scalar_one())
    statement = sa.select(col(Candidate.person_id)).where(waiting)
    return sum(1 for row in session.execute(statement) if row[0] in persons)
