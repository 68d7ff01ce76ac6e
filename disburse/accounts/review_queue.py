"""The review queue: which pairs wait for whom, by which filters, and which card comes next. Reads only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse.access.actor import Actor
from disburse.access.queries import Condition
from disburse.access.roles import Permission
from disburse.accounts.locks import held_by_another
from disburse.accounts.review_tables import Judgement
from disburse.accounts.stages import live_clause
from disburse.accounts.tables import Account, Candidate, CandidateState, Link
from disburse.accounts.verdicts import CHOOSE, SAME_PERSON, SHARED
from disburse.errors import Invalid, NotFound
from disburse.people.queries import enrolments_within
from disburse.people.tables import Enrolment, EnrolmentState, Person, Recipient

# Score bands: name → from (inclusive), to (exclusive).
BANDS: Mapping[str, tuple[float, float]] = {"high": (0.9, 2.0), "middle": (0.6, 0.9), "low": (0.0, 0.6)}
SECOND, UNSURE = "second", "unsure"
KINDS = (SAME_PERSON, CHOOSE, SHARED, SECOND, UNSURE)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a clerk narrows the queue to; "" = everything. The names are those of the address.

    `low` and `high` are scores as `score_text` writes them: from (inclusive), to (inclusive).
    """

    kind: str = ""
    band: str = ""
    commune: str = ""
    programme: str = ""
    bank: str = ""
    differs: str = ""
    name: str = ""
    low: str = ""
    high: str = ""

    def as_dict(self) -> dict[str, str]:
        """Return what is narrowed, for an address or a record."""
        return {one.name: value for one in fields(self) if (value := getattr(self, one.name))}

    def with_(self, **changes: str) -> Filters:
        """Return the filters with one changed."""
        return replace(self, **changes)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A waiting pair as the facets count it."""

    id: UUID
    person_id: UUID
    account_id: UUID
    kind: str
    score: float
    band: str
    communes: frozenset[str]
    programmes: frozenset[str]
    bank: str
    differs: str
    found_at: datetime

    def fits(self, filters: Filters, leave_out: str = "") -> bool:
        """Whether the pair lies inside the filters, `leave_out` not asked. Names are the database's business."""
        asked = filters.as_dict()
        for one in (leave_out, "name"):
            asked.pop(one, None)
        low, high = asked.pop("low", "0"), asked.pop("high", "1")
        return float(low) <= self.score <= float(high) and all(
            value in self.values(name) for name, value in asked.items()
        )

    def values(self, facet: str) -> frozenset[str]:
        """Return the pair's values in a facet."""
        if facet == "commune":
            return self.communes
        return self.programmes if facet == "programme" else frozenset({getattr(self, facet)})


def band_of(score: float) -> str:
    """Return the score band's name."""
    return next(name for name, (low, high) in BANDS.items() if low <= score < high)


def score_text(text: str) -> str:
    """Return a score as filters keep it, read from "0,85" or "0.85"; "" where nothing is asked.

    Raises Invalid("score_invalid") for anything that is no number from 0 to 1: a filter never falls away unseen.
    """
    plain = text.strip().replace(",", ".")
    if not plain:
        return ""
    try:
        score = float(plain) if plain.isascii() else -1.0
    except ValueError:
        score = -1.0
    if not 0 <= score <= 1:
        raise Invalid("score_invalid", value=text[:20])
    return f"{score:.4f}".rstrip("0").rstrip(".")


def second_waits() -> Any:
    """Return a subquery's condition: an unsettled judgement that waits for a second clerk, on this candidate."""
    return sa.and_(
        col(Judgement.candidate_id) == col(Candidate.id),
        col(Judgement.waits),
        col(Judgement.settled_by).is_(None),
        col(Judgement.undone_at).is_(None),
    )


def waiting(actor: Actor) -> Condition:
    """Return the condition that a pair waits for this clerk.

    Never one whose first answer was the clerk's own; nor a pair of somebody who meanwhile has an account, unless the
    question is whose account it is.
    """
    has_account = sa.exists(
        sa.select(sa.literal(1)).where(col(Link.person_id) == col(Candidate.person_id), col(Link.is_primary))
        .where(live_clause())
    )  # fmt: skip
    asked = sa.or_(
        sa.and_(col(Candidate.state) == CandidateState.OPEN, col(Candidate.asks) != ""),
        sa.and_(col(Candidate.state) == CandidateState.UNSURE, col(Candidate.decided_by) != actor.name),
    )
    mine = sa.exists(sa.select(sa.literal(1)).where(second_waits(), col(Judgement.user_id) == actor.user_id))
    return sa.and_(asked, sa.or_(col(Candidate.asks) == SHARED, ~has_account), ~mine)


def in_scope(
    actor: Actor, filters: Filters | None = None, permission: Permission = Permission.MATCH_REVIEW
) -> Condition:
    """Return the condition that the pair's person receives for an enrolment inside the actor's scope and filters."""
    inside = [col(Recipient.person_id) == col(Candidate.person_id), *receiving(actor, permission)]
    if filters and filters.commune:
        inside.append(col(Enrolment.commune_code) == filters.commune)
    if filters and filters.programme:
        inside.append(col(Enrolment.programme) == filters.programme)
    receives = sa.select(sa.literal(1)).join(Enrolment, col(Enrolment.id) == col(Recipient.enrolment_id))
    return sa.exists(receives.select_from(Recipient).where(*inside))


def receiving(actor: Actor, permission: Permission) -> list[Condition]:
    """Return the conditions of a recipient who receives now, for an active enrolment inside the actor's scope."""
    seen = enrolments_within(actor, permission)
    return [col(Recipient.ended_on).is_(None), col(Enrolment.state) == EnrolmentState.ACTIVE, seen]


def narrowed(filters: Filters) -> list[Condition]:
    """Return the conditions of the filters that speak of the pair itself."""
    found: list[Condition] = []
    if filters.kind == SECOND:
        found.append(sa.exists(sa.select(sa.literal(1)).where(second_waits())))
    elif filters.kind == UNSURE:
        found.append(col(Candidate.state) == CandidateState.UNSURE)
    elif filters.kind:
        found.append(
            sa.and_(col(Candidate.asks) == filters.kind, ~sa.exists(sa.select(sa.literal(1)).where(second_waits())))
        )
    if filters.band in BANDS:
        low, high = BANDS[filters.band]
        found.append(sa.and_(col(Candidate.score) >= low, col(Candidate.score) < high))
    if filters.low:
        found.append(col(Candidate.score) >= float(filters.low))
    if filters.high:
        found.append(col(Candidate.score) <= float(filters.high))
    if filters.bank:
        of_bank = sa.select(col(Account.id)).where(col(Account.bank_code) == filters.bank)
        found.append(col(Candidate.account_id).in_(of_bank))
    if filters.differs:
        found.append(col(Candidate.differs) == filters.differs)
    if filters.name:
        named = sa.select(col(Person.id)).where(col(Person.name_fold).contains(_folded(filters.name), autoescape=True))
        found.append(col(Candidate.person_id).in_(named))
    return found


def _folded(name: str) -> str:
    from matching.text import fold

    return fold(name)


def _fitting(actor: Actor, filters: Filters) -> list[Condition]:
    return [waiting(actor), in_scope(actor, filters), *narrowed(filters)]


def pair(session: Session, actor: Actor, candidate_id: UUID) -> Candidate:
    """Return a pair inside the actor's scope, waiting or answered; else NotFound."""
    statement = sa.select(Candidate).where(
        col(Candidate.id) == candidate_id, col(Candidate.state) != CandidateState.SUPERSEDED, in_scope(actor)
    )
    found: Candidate | None = session.execute(statement).scalar()
    if found is None:
        raise NotFound("not_found")
    return found


def next_pair(
    session: Session, actor: Actor, filters: Filters, *, after: UUID | None = None, skip: UUID | None = None
) -> Candidate | None:
    """Return the waiting pair that comes after `after`, the oldest first and round again; `skip` = a person to leave.

    Of one person the likeliest pair comes first. Cards that another clerk holds are passed over.
    """
    return _walk(session, actor, filters, after, skip, forward=True)


def previous_pair(
    session: Session, actor: Actor, filters: Filters, *, before: UUID | None = None, skip: UUID | None = None
) -> Candidate | None:
    """Return the waiting pair that comes before `before`, and round again."""
    return _walk(session, actor, filters, before, skip, forward=False)


def _walk(
    session: Session, actor: Actor, filters: Filters, cursor: UUID | None, skip: UUID | None, *, forward: bool
) -> Candidate | None:
    fits = [*_fitting(actor, filters), ~held_by_another(col(Candidate.person_id), actor)]
    if skip is not None:
        fits.append(col(Candidate.person_id) != skip)
    id_ = col(Candidate.id)
    here = (id_ > cursor if forward else id_ < cursor) if cursor is not None else sa.true()
    for part in (here, ~here) if cursor is not None else (here,):
        statement = sa.select(col(Candidate.person_id)).where(*fits, part)
        person = session.execute(statement.order_by(id_ if forward else id_.desc()).limit(1)).scalar()
        if person is not None:
            return best_of(session, actor, filters, person)
    return None


def best_of(session: Session, actor: Actor, filters: Filters, person_id: UUID) -> Candidate | None:
    """Return the likeliest waiting pair of a person inside the filters."""
    statement = sa.select(Candidate).where(col(Candidate.person_id) == person_id, *_fitting(actor, filters))
    best: Candidate | None = session.execute(
        statement.order_by(col(Candidate.score).desc(), col(Candidate.id)).limit(1)
    ).scalar()
    return best


def count(session: Session, actor: Actor, filters: Filters) -> int:
    """Return how many pairs wait for the actor inside the filters."""
    statement = sa.select(sa.func.count()).select_from(Candidate).where(*_fitting(actor, filters))
    found: Any = session.execute(statement).scalar_one()
    return int(found)


def waiting_pairs(session: Session, actor: Actor, filters: Filters) -> list[Waiting]:
    """Return every waiting pair in scope, for the facets; only the name is narrowed by the database."""
    seconds = {
        row[0]
        for row in session.execute(
            sa.select(col(Judgement.candidate_id)).where(
                col(Judgement.waits), col(Judgement.settled_by).is_(None), col(Judgement.undone_at).is_(None)
            )
        )
    }
    statement = (
        sa.select(  # type: ignore[call-overload]
            Candidate.id, Candidate.person_id, Candidate.account_id, Candidate.asks, Candidate.state,
            Candidate.score, Candidate.differs, Candidate.found_at, Account.bank_code, Enrolment.commune_code,
            Enrolment.programme,
        )
        .join(Account, col(Account.id) == col(Candidate.account_id))
        .join(Recipient, col(Recipient.person_id) == col(Candidate.person_id))
        .join(Enrolment, col(Enrolment.id) == col(Recipient.enrolment_id))
        .where(waiting(actor), *receiving(actor, Permission.MATCH_REVIEW), *narrowed(Filters(name=filters.name)))
        .order_by(col(Candidate.id))
    )  # fmt: skip
    return list(_gathered(session.execute(statement), seconds))


def _gathered(rows: Any, seconds: set[UUID]) -> Iterator[Waiting]:
    """Bring the rows of one pair, one for each enrolment its person receives for, together."""
    found: dict[UUID, list[Any]] = {}
    for row in rows:
        found.setdefault(row.id, []).append(row)
    for id_, same in found.items():
        one = same[0]
        kind = SECOND if id_ in seconds else UNSURE if one.state == CandidateState.UNSURE else one.asks
        yield Waiting(
            id=id_,
            person_id=one.person_id,
            account_id=one.account_id,
            kind=kind,
            score=one.score,
            band=band_of(one.score),
            communes=frozenset(row.commune_code for row in same),
            programmes=frozenset(row.programme for row in same),
            bank=one.bank_code,
            differs=one.differs,
            found_at=one.found_at,
        )


FACETS = ("kind", "band", "commune", "programme", "bank", "differs")


def facets(pairs: list[Waiting], filters: Filters) -> dict[str, dict[str, int]]:
    """Return for each facet how many pairs each value would leave, the other filters as they are; largest first."""
    found: dict[str, dict[str, int]] = {}
    for facet in FACETS:
        counts = Counter(
            value for one in pairs if one.fits(filters, leave_out=facet) for value in one.values(facet) if value
        )
        found[facet] = dict(counts.most_common())
    return found
