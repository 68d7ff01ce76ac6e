"""Accepting over a filter: a sample the clerk must judge first, then one batch that can be taken back as a whole."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse import clock
from disburse.access.actor import Actor
from disburse.accounts import answers, review_queue, stakes
from disburse.accounts.answers import Answer, Decision
from disburse.accounts.locks import held_by_another
from disburse.accounts.review_queue import Filters, Waiting
from disburse.accounts.review_tables import Judgement, ReviewBatch, ReviewSample, Said, Stage
from disburse.accounts.tables import Candidate
from disburse.accounts.verdicts import SAME_PERSON
from disburse.audit.actions import record
from disburse.db import among
from disburse.errors import Conflict, Invalid, NotFound
from disburse.ids import new_id

SAMPLE = 20
MOST_NO = 1  # of a sample: with two of twenty wrong, one pair in ten of the rest may be
MOST = 5_000
FRESH = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class SampleState:
    """How far a sample is judged."""

    sample: ReviewSample
    yes: int
    no: int
    left: tuple[UUID, ...]

    @property
    def failed(self) -> bool:
        """Whether too many of the sample were not a yes."""
        return self.no > MOST_NO

    @property
    def speaks(self) -> bool:
        """Whether the whole sample was judged, and well enough to accept the rest."""
        return not self.left and self.yes > 0 and not self.failed


def eligible(session: Session, actor: Actor, filters: Filters) -> list[Waiting]:
    """Return the pairs of a filter that may be accepted together.

    Only plain questions: one account, one person, no rival waiting, nobody's first answer pending, and less money
    than one clerk may decide about alone. Choices are never made in bulk.
    """
    everything = review_queue.waiting_pairs(session, actor, Filters(name=filters.name))
    persons, accounts = Counter(one.person_id for one in everything), Counter(one.account_id for one in everything)
    plain = [
        one
        for one in everything
        if one.kind == SAME_PERSON and one.fits(filters) and persons[one.person_id] == accounts[one.account_id] == 1
    ]
    amounts = stakes.amounts(session, [one.person_id for one in plain])
    return [one for one in plain if amounts.get(one.person_id, 0) < stakes.FOUR_EYES_FROM]


def draw_sample(session: Session, *, filters: Filters, by: Actor) -> ReviewSample:
    """Draw twenty pairs of a filter for this clerk; drawing again gives the same sample until it is used or old.

    Which come first follows from the clerk and the pairs alone: a filter that is hardly another one draws the same
    pairs, so that nobody draws until the sample suits. The pairs drawn from are kept: the sample speaks for no others.
    """
    if not filters.as_dict():
        raise Invalid("bulk_filter_needed")
    known = latest_sample(session, by, filters)
    if known is not None:
        return known
    pairs = eligible(session, by, filters)[:MOST]
    if not pairs:
        raise Conflict("bulk_nothing")
    drawn = sorted(pairs, key=lambda one: sha256(f"{by.user_id}|{one.id}".encode()).digest())[:SAMPLE]
    sample = ReviewSample(
        user_id=by.user_id,
        user_name=by.name,
        filter=filters.as_dict(),
        population=len(pairs),
        population_ids=b"".join(one.id.bytes for one in pairs),
        candidate_ids=[str(one.id) for one in drawn],
        drawn_at=clock.utc_now(),
    )
    session.add(sample)
    record(
        session, action="review_sample.drawn", object_type="review_sample", object_id=sample.id, by=by.by,
        filter=sample.filter, population=sample.population, drawn=len(drawn),
    )  # fmt: skip
    return sample


def latest_sample(session: Session, actor: Actor, filters: Filters) -> ReviewSample | None:
    """Return the clerk's fresh, unused sample of exactly this filter."""
    used = select(ReviewBatch.sample_id)
    mine = (
        select(ReviewSample)
        .where(
            ReviewSample.user_id == actor.user_id,
            ReviewSample.drawn_at > clock.utc_now() - FRESH,
            col(ReviewSample.population_ids).is_not(None),
            col(ReviewSample.id).not_in(used),
        )
        .order_by(col(ReviewSample.drawn_at).desc())
    )
    return next((one for one in session.exec(mine) if one.filter == filters.as_dict()), None)


def sample_of(session: Session, actor: Actor, sample_id: UUID) -> ReviewSample:
    """Return one of the clerk's own samples, else NotFound."""
    found = session.get(ReviewSample, sample_id)
    if found is None or found.user_id != actor.user_id:
        raise NotFound("not_found")
    return found


def state_of(session: Session, actor: Actor, sample: ReviewSample) -> SampleState:
    """Return how far the clerk has judged a sample; pairs that others answered meanwhile no longer count."""
    ids = [UUID(text) for text in sample.candidate_ids]
    said = {
        row[0]: row[1]
        for row in session.execute(
            sa.select(col(Judgement.candidate_id), col(Judgement.said)).where(
                col(Judgement.candidate_id).in_(ids),
                col(Judgement.user_id) == actor.user_id,
                col(Judgement.at) >= sample.drawn_at,
                col(Judgement.undone_at).is_(None),
            )
        )
    }
    waiting = set(
        session.execute(sa.select(col(Candidate.id)).where(col(Candidate.id).in_(ids), review_queue.waiting(actor)))
        .scalars()
        .all()
    )
    yes = sum(1 for one in said.values() if one == Said.YES)
    return SampleState(sample, yes, len(said) - yes, tuple(id_ for id_ in ids if id_ in waiting and id_ not in said))


def left_of(session: Session, actor: Actor, sample: ReviewSample) -> list[Waiting]:
    """Return the pairs a sample was drawn from that may still be accepted together; none of an earlier release's."""
    packed = sample.population_ids or b""
    drawn_from = {packed[at : at + 16] for at in range(0, len(packed), 16)}
    return [one for one in eligible(session, actor, Filters(**sample.filter)) if one.id.bytes in drawn_from]


def accept_batch(session: Session, *, sample_id: UUID, by: Actor) -> ReviewBatch:
    """Accept what is left of the pairs a sample was drawn from, as one batch; cards that another clerk holds are left
    out.

    Raises NotFound for another's sample, Conflict: `sample_used`, `sample_old`, `sample_open`, `sample_failed`,
    `bulk_nothing`.
    """
    sample = sample_of(session, by, sample_id)
    _check(session, sample, by)
    pairs = left_of(session, by, sample)
    free = sa.select(col(Candidate.id)).where(~held_by_another(col(Candidate.person_id), by))
    open_ = {row[0] for row in among(session, free, col(Candidate.id), [one.id for one in pairs])}
    taken = [one for one in pairs if one.id in open_]
    if not taken:
        raise Conflict("bulk_nothing")
    batch = ReviewBatch(
        id=new_id(),
        sample_id=sample.id,
        user_id=by.user_id,
        user_name=by.name,
        filter=sample.filter,
        accepted=0,
        left_out=len(pairs) - len(taken),
        at=clock.utc_now(),
    )
    session.add(batch)
    session.flush()
    _accept(session, batch, taken, by)
    record(
        session, action="review_batch.accepted", object_type="review_batch", object_id=batch.id, by=by.by,
        filter=batch.filter, sample=str(sample.id), accepted=batch.accepted, left_out=batch.left_out,
    )  # fmt: skip
    return batch


def _check(session: Session, sample: ReviewSample, by: Actor) -> None:
    if session.exec(select(ReviewBatch).where(ReviewBatch.sample_id == sample.id)).first() is not None:
        raise Conflict("sample_used")
    if sample.drawn_at <= clock.utc_now() - FRESH:
        raise Conflict("sample_old")
    state = state_of(session, by, sample)
    if state.left:
        raise Conflict("sample_open", left=len(state.left))
    if not state.speaks:
        raise Conflict("sample_failed", no=state.no, judged=state.yes + state.no, most=MOST_NO)


def _accept(session: Session, batch: ReviewBatch, taken: list[Waiting], by: Actor) -> None:
    given = [
        Answer(
            key=key,
            person_id=one.person_id,
            account_id=one.account_id,
            decision=Decision.YES,
            reason=str(Decision.YES),
            decided_by=by.name,
            decided_on=clock.today(),
        )
        for key, one in enumerate(taken)
    ]
    done = answers.answer(session, answers=given, by=by.by)
    for key, one in enumerate(taken):
        change = done.changes[key]
        if key in done.left_out or not change.pairs:
            continue
        batch.accepted += 1
        session.add(_judgement(batch, one, change.as_json(), by))
    batch.left_out += len(taken) - batch.accepted
    session.add(batch)


def _judgement(batch: ReviewBatch, one: Waiting, change: dict[str, Any], by: Actor) -> Judgement:
    return Judgement(
        candidate_id=one.id,
        person_id=one.person_id,
        account_id=one.account_id,
        said=Said.YES,
        stage=Stage.BULK,
        user_id=by.user_id,
        user_name=by.name,
        at=batch.at,
        batch_id=batch.id,
        change=change,
    )


def batches(session: Session, actor: Actor, *, limit: int = 10) -> list[ReviewBatch]:
    """Return the newest batches that lie wholly or partly inside the actor's scope."""
    seen = sa.exists(
        sa.select(sa.literal(1))
        .select_from(Judgement)
        .join(Candidate, col(Candidate.id) == col(Judgement.candidate_id))
        .where(col(Judgement.batch_id) == col(ReviewBatch.id), review_queue.in_scope(actor))
    )
    return list(session.exec(select(ReviewBatch).where(seen).order_by(col(ReviewBatch.at).desc()).limit(limit)))
