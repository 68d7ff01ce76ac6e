"""What a clerk says on a card: an answer, a wait for a second clerk, or a proposal to replace an account.

Every answer goes through answers.py, as those of a file do; here stands who may answer, and when one is not enough.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse import clock
from disburse.access.actor import Actor
from disburse.access.queries import programmes_of
from disburse.access.roles import Permission
from disburse.accounts import actions, answers, locks, queries, review_queue
from disburse.accounts.answers import Answer, Decision
from disburse.accounts.review_tables import Judgement, Said, Stage
from disburse.accounts.stakes import Stake, stake_of
from disburse.accounts.states import BY_RULE, not_linkable
from disburse.accounts.tables import Candidate, CandidateState
from disburse.audit.actions import record
from disburse.errors import Conflict, Invalid
from disburse.free_text import without_numbers

# Why not: the code of the button, and the words kept with the pair, as a file of decisions would say them.
REASONS = {
    "other_person": "Người khác",
    "wrong_account": "Sai tài khoản",
    "joint": "Tài khoản chung",
    "relative": "Tài khoản của người thân",
    "other_account": "Người nhận chọn tài khoản khác",
    "died": "Đã mất",
    "other": "Lý do khác",
}
NONE_RIGHT = "Không có ai đúng"


def judge(
    session: Session,
    *,
    candidate_id: UUID,
    said: Said,
    reason: str = "",
    note: str = "",
    sample_id: UUID | None = None,
    by: Actor,
) -> Judgement:
    """Take a clerk's word on a pair; see the module. `reason` is a code of REASONS, `note` free words.

    Raises NotFound, Invalid("reason_needed"), ("text_number"), Conflict: `card_held` by another clerk,
    `card_answered` by another, `second_needed` (the first word was one's own), or what answers.py refuses.
    """
    candidate = review_queue.pair(session, by, candidate_id)
    locks.take(session, person_id=candidate.person_id, by=by)
    session.refresh(candidate, with_for_update=True)
    first = _first_of(session, candidate_id)
    _check(candidate, first, by)
    judgement = Judgement(
        candidate_id=candidate_id,
        person_id=candidate.person_id,
        account_id=candidate.account_id,
        said=said,
        reason=_words(said, reason, note),
        stage=_stage(candidate, first, sample_id),
        user_id=by.user_id,
        user_name=by.name,
        at=clock.utc_now(),
        sample_id=sample_id,
    )
    stake = stake_of(session, candidate)
    if said == Said.YES and first is None and stake.needs_two:
        judgement.waits = True
    elif said == Said.YES and stake.replaces:
        judgement.change = _propose(session, candidate, judgement, stake, first, by)
    else:
        judgement.change = _answer(session, candidate, judgement, first, by)
    _keep(session, judgement, first, stake, by)
    locks.release(session, person_id=candidate.person_id, by=by)
    return judgement


def _first_of(session: Session, candidate_id: UUID) -> Judgement | None:
    waits = select(Judgement).where(
        Judgement.candidate_id == candidate_id,
        col(Judgement.waits),
        col(Judgement.settled_by).is_(None),
        col(Judgement.undone_at).is_(None),
    )
    return session.exec(waits).first()


def _check(candidate: Candidate, first: Judgement | None, by: Actor) -> None:
    if first is not None and first.user_id == by.user_id:
        raise Conflict("second_needed")
    if candidate.state == CandidateState.UNSURE and candidate.decided_by == by.name:
        raise Conflict("second_needed")
    answered = candidate.state in (CandidateState.ACCEPTED, CandidateState.REJECTED)
    if answered and candidate.reason != answers.UNLISTED and candidate.decided_by not in ("", BY_RULE, by.name):
        raise Conflict("card_answered", name=candidate.decided_by)


def _words(said: Said, reason: str, note: str) -> str:
    note = without_numbers(" ".join(note.split()))[:150]
    if said == Said.NONE:
        return NONE_RIGHT
    if said != Said.NO:
        return note
    if reason not in REASONS or (reason == "other" and not note):
        raise Invalid("reason_needed")
    if reason == "other":
        return note
    return f"{REASONS[reason]}: {note}" if note else REASONS[reason]


def _stage(candidate: Candidate, first: Judgement | None, sample_id: UUID | None) -> Stage:
    if first is not None or candidate.state == CandidateState.UNSURE:
        return Stage.SECOND
    return Stage.SAMPLE if sample_id else Stage.FIRST


def _answer(
    session: Session, candidate: Candidate, judgement: Judgement, first: Judgement | None, by: Actor
) -> dict[str, Any]:
    decision = Decision.NO if judgement.said == Said.NONE else Decision(judgement.said)
    accounts = [candidate.account_id]
    if judgement.said == Said.NONE:
        accounts += _others_waiting(session, candidate)
    given = [
        Answer(
            key=key,
            person_id=candidate.person_id,
            account_id=account_id,
            decision=decision,
            reason=judgement.reason or str(decision),
            decided_by=first.user_name if first and decision == Decision.YES else by.name,
            decided_on=clock.today(),
        )
        for key, account_id in enumerate(accounts)
    ]
    done = answers.answer(session, answers=given, by=by.by)
    if 0 in done.left_out:
        account = queries.accounts(session, {candidate.account_id})[candidate.account_id]
        raise Conflict(done.left_out[0], account=actions.masked(account), why=not_linkable(account))
    changes = [done.changes[key].as_json() for key in range(len(accounts)) if key not in done.left_out]
    return {
        "pairs": [one for change in changes for one in change["pairs"]],
        "closed": [one for change in changes for one in change["closed"]],
        "made": any(change["made"] for change in changes),
    }


def _others_waiting(session: Session, candidate: Candidate) -> list[UUID]:
    """Return the accounts of the person's other pairs that wait for an answer."""
    asked = sa.or_(col(Candidate.asks) != "", col(Candidate.state) == CandidateState.UNSURE)
    statement = select(Candidate.account_id).where(
        Candidate.person_id == candidate.person_id,
        Candidate.id != candidate.id,
        col(Candidate.state).in_([CandidateState.OPEN, CandidateState.UNSURE]),
        asked,
    )
    return list(session.exec(statement.order_by(col(Candidate.id))))


def _propose(
    session: Session, candidate: Candidate, judgement: Judgement, stake: Stake, first: Judgement | None, by: Actor
) -> dict[str, Any]:
    """Two clerks want another account than the confirmed one: the first one's proposal, which the second one's word
    approves where this clerk may approve such things; else it waits for somebody who may (docs/adr/0010)."""
    assert stake.replaces is not None and first is not None
    own = programmes_of(by, Permission.MATCH_REVIEW)
    link_id = actions.propose_replacement(
        session,
        link_id=stake.replaces,
        account_id=candidate.account_id,
        reason=judgement.reason or first.reason or "Thay tài khoản đã xác nhận",
        programmes=own,
        made_by=first.user_name,
        by=by.by,
    )
    approved = _may_approve(session, candidate, by)
    if approved:
        actions.approve_replacement(session, link_id=link_id, by=by.by)
    pair = answers.note_proposal(session, candidate=candidate, by=by.by)
    return {"pairs": [pair], "closed": [], "made": False, "proposed": str(link_id), "approved": approved}


def _may_approve(session: Session, candidate: Candidate, by: Actor) -> bool:
    inside = review_queue.in_scope(by, permission=Permission.LINK_APPROVE)
    return session.exec(select(Candidate.id).where(Candidate.id == candidate.id, inside)).first() is not None


def _keep(session: Session, judgement: Judgement, first: Judgement | None, stake: Stake, by: Actor) -> None:
    if first is not None:
        judgement.agreed = judgement.said == first.said
    session.add(judgement)
    session.flush()
    facts: dict[str, Any] = {"said": str(judgement.said), "stage": str(judgement.stage), "reason": judgement.reason}
    if judgement.waits:
        facts |= {"waits_for_second": True, "amount": stake.amount, "replaces": str(stake.replaces or "")}
    if first is not None:
        first.settled_by = judgement.id
        session.add(first)
        facts |= {"first_by": first.user_name, "agreed": judgement.agreed}
    record(
        session, action="candidate.judged", object_type="candidate", object_id=judgement.candidate_id, by=by.by, **facts
    )
