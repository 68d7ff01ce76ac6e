"""Taking answers back: one's own last ones, or a batch as a whole, until the bank was asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse import clock
from disburse.access.actor import Actor
from disburse.accounts import actions, locks, queries, review_queue
from disburse.accounts.actions import Acceptance
from disburse.accounts.review_tables import Judgement, ReviewBatch, Stage
from disburse.accounts.states import CloseReason, How, Step
from disburse.accounts.tables import Candidate, CandidateState, Link, LinkState
from disburse.audit.actions import record
from disburse.audit.actor import By
from disburse.db import among, bulk_update
from disburse.errors import Conflict, NotFound

Changes = Sequence[dict[str, Any]]
_CANDIDATE: sa.Table = Candidate.__table__  # type: ignore[attr-defined]


def take_back(session: Session, *, judgement_id: UUID | None = None, by: Actor) -> Judgement:
    """Take back one's newest answer, or the one named; the pair is then as it was and waits again.

    Raises NotFound("nothing_to_undo"), Conflict: `answer_at_bank`, `answer_changed`, `answer_settled`.
    """
    mine = select(Judgement).where(
        Judgement.user_id == by.user_id, col(Judgement.undone_at).is_(None), col(Judgement.stage) != Stage.BULK
    )
    if judgement_id is not None:
        mine = mine.where(Judgement.id == judgement_id)
    judgement = session.exec(mine.order_by(col(Judgement.at).desc(), col(Judgement.id).desc()).limit(1)).first()
    if judgement is None:
        raise NotFound("nothing_to_undo")
    locks.take(session, person_id=judgement.person_id, by=by)
    if judgement.settled_by is not None:
        raise Conflict("answer_settled")
    restore(session, changes=[judgement.change] if judgement.change else [], by=by.by)
    for first in session.exec(select(Judgement).where(Judgement.settled_by == judgement.id)):
        first.settled_by = None
        session.add(first)
    judgement.undone_at = clock.utc_now()
    session.add(judgement)
    record(
        session, action="candidate.judgement_undone", object_type="candidate", object_id=judgement.candidate_id,
        by=by.by, said=str(judgement.said), at=judgement.at.isoformat(),
    )  # fmt: skip
    return judgement


def take_back_batch(session: Session, *, batch_id: UUID, by: Actor) -> ReviewBatch:
    """Take a whole batch back, or nothing of it: one link the bank was asked about keeps them all.

    Raises NotFound for a batch that reaches outside the actor's scope, Conflict("batch_undone"), and as `take_back`.
    """
    batch = session.get(ReviewBatch, batch_id, with_for_update=True)
    rows = list(session.exec(select(Judgement).where(Judgement.batch_id == batch_id)))
    if batch is None or not _covers(session, by, batch_id, len(rows)):
        raise NotFound("not_found")
    if batch.undone_at is not None:
        raise Conflict("batch_undone")
    restore(session, changes=[one.change for one in rows], by=by.by)
    batch.undone_at, batch.undone_by = clock.utc_now(), by.name
    session.add(batch)
    done = sa.update(Judgement).where(col(Judgement.batch_id) == batch_id).values(undone_at=batch.undone_at)
    session.execute(done)
    record(
        session, action="review_batch.undone", object_type="review_batch", object_id=batch_id, by=by.by,
        pairs=len(rows), filter=batch.filter,
    )  # fmt: skip
    return batch


def _covers(session: Session, by: Actor, batch_id: UUID, wanted: int) -> bool:
    statement = (
        sa.select(sa.func.count())
        .select_from(Judgement)
        .join(Candidate, col(Candidate.id) == col(Judgement.candidate_id))
        .where(col(Judgement.batch_id) == batch_id, review_queue.in_scope(by))
    )
    found: Any = session.execute(statement).scalar_one()
    return int(found) == wanted > 0


def restore(session: Session, *, changes: Changes, by: By) -> None:
    """Bring pairs and links back to what they were before these changes, all or none."""
    pairs: dict[UUID, dict[str, Any]] = {}
    for change in changes:
        for one in change["pairs"]:
            pairs.setdefault(UUID(one["id"]), one)  # of two changes of a pair the first knows what was before
    held = _held(session, pairs)
    for id_, one in pairs.items():
        now, after = held.get(id_), one["after"]
        if now is None or (str(now.state), now.decided_by) != (after["state"], after["by"]):
            raise Conflict("answer_changed")
    steps = [*_endings(session, changes, held), *_proposals(session, changes)]
    actions.move(session, steps=steps, by=by)
    _reopen(session, [UUID(id_) for change in changes for id_ in change["closed"]], by)
    columns = ("state", "asks", "reason", "decided_by", "decided_on")
    bulk_update(session, Candidate, "id", columns, [_before(id_, one["before"]) for id_, one in pairs.items()])


def _held(session: Session, ids: Iterable[UUID]) -> dict[UUID, Any]:
    names = ("id", "person_id", "account_id", "state", "decided_by")
    statement = sa.select(*(_CANDIDATE.c[name] for name in names)).order_by(_CANDIDATE.c.id).with_for_update()
    rows: Iterable[Any] = among(session, statement, _CANDIDATE.c.id, sorted(ids))
    return {row.id: row for row in rows}


def _before(id_: UUID, before: dict[str, Any]) -> tuple[Any, ...]:
    on = date.fromisoformat(before["on"]) if before["on"] else None
    return (id_, CandidateState(before["state"]), before["asks"], before["reason"], before["by"], on)


def _endings(session: Session, changes: Changes, held: dict[UUID, Any]) -> list[Step]:
    """Return the closing of every link that the changes made; one the bank has heard of stands."""
    made = {
        (held[UUID(one["id"])].person_id, held[UUID(one["id"])].account_id)
        for change in changes
        if change["made"]
        for one in change["pairs"]
        if one["after"]["state"] == CandidateState.ACCEPTED
    }
    live = {
        (link.person_id, link.account_id): link for link in queries.live_links(session, accounts={a for _, a in made})
    }
    if not made <= live.keys():
        raise Conflict("answer_changed")
    if any(live[key].state != LinkState.ACCEPTED for key in made):
        raise Conflict("answer_at_bank")
    today = clock.today()
    return [Step(live[key].id, LinkState.CLOSED, today, CloseReason.MISTAKE, was=LinkState.ACCEPTED) for key in made]


def _proposals(session: Session, changes: Changes) -> list[Step]:
    proposed = {UUID(change["proposed"]) for change in changes if change.get("proposed")}
    found = queries.held_links(session, proposed) if proposed else []
    if any(link.state not in (LinkState.PROPOSED, LinkState.APPROVED) for link in found):
        raise Conflict("answer_at_bank")
    return [Step(link.id, LinkState.CLOSED, clock.today(), CloseReason.MISTAKE) for link in found]


def _reopen(session: Session, ids: Sequence[UUID], by: By) -> None:
    """Accept again, as a new version, the links that an answer had ended."""
    links: list[Link] = [row[0] for row in among(session, sa.select(Link), col(Link.id), ids)]
    again = [
        Acceptance(
            account_id=link.account_id,
            person_id=link.person_id,
            organisation_id=link.organisation_id,
            how=How(link.decided_how),
            since=link.since,
            primary=link.is_primary,
            decided_by=link.decided_by,
            preset=link.preset,
            score=link.score,
        )
        for link in links
    ]
    actions.accept_all(session, acceptances=again, by=by)
