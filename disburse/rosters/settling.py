"""Which waiting rows of earlier lists a list brings again: one row of it settles one person who waits, and no more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse import clock
from disburse.db import among, bulk_update
from disburse.funnel import actions as funnel
from disburse.people.likeness import births_agree
from disburse.rosters.absence import imported_before
from disburse.rosters.claims import Claim, claim_of
from disburse.rosters.recognition import Outcome, gather
from disburse.rosters.staging import opened
from disburse.rosters.tables import WAITING, QuestionKind, QuestionState, Roster, RosterQuestion, RosterRow, Scope

_ABOUT_ROWS = (QuestionKind.WHICH_PERSON, QuestionKind.OTHER_ID, QuestionKind.ENROLLED_ELSEWHERE)
Place = tuple[UUID, str, int]  # roster, sheet, line


@dataclass(slots=True)
class _Waiting:
    """One person who waits in an earlier list: the row, and its further lines in the claim."""

    roster_id: UUID
    claim: Claim
    replaced: bool  # a full list of the same areas takes the place of the whole list
    duplicate: bool  # the row says what another row of its list says
    asked: bool = False  # a clerk is to say which person it is


@dataclass(slots=True)
class _Brought:
    """One person of the new list; `enrolment` = known before, None for who is new or waits again."""

    claim: Claim
    enrolment: UUID | None
    used: bool = False


@dataclass(slots=True)
class _Lists:
    """What the earlier lists say besides: their communes, whom they named in other rows, what is asked about rows."""

    communes: dict[UUID, set[str]] = field(default_factory=lambda: defaultdict(set))
    named: set[tuple[UUID, UUID]] = field(default_factory=set)
    questions: dict[Place, list[tuple[UUID, str]]] = field(default_factory=lambda: defaultdict(list))


def settle_earlier(session: Session, roster: Roster, outcomes: Sequence[Outcome], parked: Sequence[Claim]) -> None:
    """Stop counting the waiting rows of earlier lists that this one brings again, or replaces as a full list.

    A row brought once settles one person, the one it fits best; a row about somebody known before settles nobody whom
    a clerk is asked about, or whose own list names that person elsewhere. The questions about settled rows close.
    """
    where: dict[int, tuple[Place, str]] = {}
    people = list(_waiting(session, roster, where))
    if not people:
        return
    brought: dict[object, list[_Brought]] = defaultdict(list)
    for each in _brought(outcomes, parked):
        brought[_key(each.claim)].append(each)
    lists = _look(session, people, brought)
    for one in people:
        place = (one.roster_id, one.claim.sheet, one.claim.line)
        one.asked = any(kind != QuestionKind.ENROLLED_ELSEWHERE for _, kind in lists.questions.get(place, ()))
    settled = list(_settled(people, brought, lists))
    ids = [row_id for one in settled for row_id in (one.claim.row_id, *one.claim.more)]
    bulk_update(session, RosterRow, "id", ("settled_by",), [(row_id, roster.id) for row_id in ids])
    answered = [question for row_id in ids for question, _ in lists.questions.get(where[row_id][0], ())]
    closed = [(question, QuestionState.CLOSED, clock.today()) for question in answered]
    bulk_update(session, RosterQuestion, "id", ("state", "answered_on"), closed)
    counts: dict[str, int] = defaultdict(int)
    for row_id in ids:
        counts[where[row_id][1]] -= 1
    for commune, count in counts.items():
        funnel.park(session, programme=roster.programme, commune_code=commune, by_count=count)


def _brought(outcomes: Iterable[Outcome], parked: Iterable[Claim]) -> Iterator[_Brought]:
    for outcome in outcomes:
        known = outcome.enrolment_id if outcome.parks is None and not outcome.new_enrolment else None
        yield _Brought(outcome.claim, known)
    for claim in parked:
        yield _Brought(claim, None)


def _key(claim: Claim) -> object:
    """Return the name, else what makes two rows without a usable one the same; else nothing equals it."""
    facts = (claim.citizen, claim.old, claim.birth, claim.file_number)
    return claim.fold or ((facts, claim.commune) if any(facts) else claim.row_id)


def _waiting(session: Session, roster: Roster, where: dict[int, tuple[Place, str]]) -> Iterator[_Waiting]:
    """Yield who waits in the earlier lists; `where` learns each row's place and commune."""
    statement = (
        sa.select(
            RosterRow.id, RosterRow.sheet, RosterRow.line, RosterRow.state, RosterRow.cleaned_sealed,
            RosterRow.roster_id, Roster.areas_key, Roster.scope,
        )  # type: ignore[call-overload]
        .join(Roster, col(Roster.id) == col(RosterRow.roster_id))
        .where(
            imported_before(roster),
            col(Roster.rows_parked) > 0,
            col(Roster.province_code) == roster.province_code,
            (col(Roster.scope) == Scope.REMOVALS) == (roster.scope == Scope.REMOVALS),
            WAITING,
        )
        .order_by(col(RosterRow.roster_id), col(RosterRow.sheet), col(RosterRow.line))
    )  # fmt: skip
    full = roster.scope == Scope.FULL
    lists: dict[UUID, list[Claim]] = defaultdict(list)
    replaced: dict[UUID, bool] = {}
    duplicates: set[int] = set()
    for row in session.execute(statement):
        staged = opened(row[5], row)
        claim = claim_of(staged)
        claim.parked = False  # the further lines of who waits are told like those of anybody
        lists[row[5]].append(claim)
        replaced[row[5]] = full and row[7] == Scope.FULL and row[6] == roster.areas_key
        where[claim.row_id] = ((row[5], claim.sheet, claim.line), claim.commune)
        if "duplicate_of" in staged.values:
            duplicates.add(claim.row_id)
    for roster_id, claims in lists.items():
        for claim in gather(claims)[0]:
            yield _Waiting(roster_id, claim, replaced[roster_id], claim.row_id in duplicates)


def _look(session: Session, people: Sequence[_Waiting], brought: Mapping[object, list[_Brought]]) -> _Lists:
    """Return what has to be known of the earlier lists, asked of those and about those only that come into question."""
    lists = _Lists()
    rosters = {one.roster_id for one in people}
    asked = sa.select(
        RosterQuestion.id, RosterQuestion.roster_id, RosterQuestion.sheet, RosterQuestion.line, RosterQuestion.kind
    ).where(col(RosterQuestion.state) == QuestionState.OPEN, col(RosterQuestion.kind).in_(_ABOUT_ROWS))  # type: ignore[call-overload]
    for row in among(session, asked, col(RosterQuestion.roster_id), rosters):
        lists.questions[row[1], row[2], row[3]].append((row[0], row[4]))
    placeless = {one.roster_id for one in people if not one.claim.commune and brought.get(_key(one.claim))}
    communes = sa.select(RosterRow.roster_id, RosterRow.commune_code).distinct()  # type: ignore[call-overload]
    known_communes = communes.where(col(RosterRow.commune_code).is_not(None))
    for roster_id, commune in among(session, known_communes, col(RosterRow.roster_id), placeless):
        lists.communes[roster_id].add(commune)
    known = {b.enrolment for one in people for b in brought.get(_key(one.claim), ()) if b.enrolment is not None}
    named = sa.select(RosterRow.roster_id, RosterRow.enrolment_id).where(col(RosterRow.roster_id).in_(rosters))  # type: ignore[call-overload]
    lists.named.update((row[0], row[1]) for row in among(session, named, col(RosterRow.enrolment_id), known))
    return lists


def _settled(people: Sequence[_Waiting], brought: Mapping[object, list[_Brought]], lists: _Lists) -> Iterator[_Waiting]:
    """Yield who waits no more; the surest first, so that a row brought once goes to the one it fits best."""
    left: list[_Waiting] = []
    pairs: list[tuple[tuple[bool, ...], int, _Waiting, _Brought]] = []
    for number, one in enumerate(people):
        fitting = [b for b in brought.get(_key(one.claim), ()) if _fits(one, b, lists)]
        if one.replaced or (one.duplicate and fitting):
            yield one
            continue
        left.append(one)
        pairs.extend((_sureness(one.claim, b), -number, one, b) for b in fitting)
    done: set[int] = set()
    for _, _, one, other in sorted(pairs, key=lambda pair: pair[:2], reverse=True):
        if not other.used and one.claim.row_id not in done:
            other.used = True
            done.add(one.claim.row_id)
    yield from (one for one in left if one.claim.row_id in done)


def _sureness(claim: Claim, other: _Brought) -> tuple[bool, ...]:
    theirs = other.claim
    return (
        claim.citizen is not None and claim.citizen == theirs.citizen,
        other.enrolment is None,  # new, or waiting again: nobody whom we knew when the row began to wait
        claim.birth == theirs.birth,
        claim.commune == theirs.commune,
    )


def _fits(one: _Waiting, other: _Brought, lists: _Lists) -> bool:
    claim, theirs = one.claim, other.claim
    if not births_agree(claim.birth, theirs.birth):
        return False
    if claim.citizen and theirs.citizen:
        return claim.citizen == theirs.citizen
    if not _same_place(one, theirs, lists):
        return False
    if other.enrolment is None or one.duplicate:
        return True
    return not one.asked and (one.roster_id, other.enrolment) not in lists.named


def _same_place(one: _Waiting, theirs: Claim, lists: _Lists) -> bool:
    """Say whether both stand in one commune; who waits without one may be of any that their own list names."""
    if one.claim.commune or not theirs.commune:
        return one.claim.commune == theirs.commune
    own = lists.communes.get(one.roster_id)
    return not own or theirs.commune in own
