"""Grants that one administrator may not give alone: a second one approves them, or they never come to be."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse import clock
from disburse.access import actions
from disburse.access.tables import Grant, GrantProposal, ProposalState, Role, User
from disburse.audit.actions import record
from disburse.audit.actor import By
from disburse.errors import Conflict, Denied, NotFound

# Their reach is their own bank's requests or their own lists; an area adds nothing to it.
_BOUND_OTHERWISE = (Role.BANK, Role.PAYER)


def needs_second(role: Role, area_code: str) -> bool:
    """Say whether a grant makes an administrator or reaches over the whole country."""
    return role is Role.ADMIN or (not area_code and role not in _BOUND_OTHERWISE)


def give(
    session: Session,
    *,
    user: User,
    role: Role,
    area_code: str = "",
    programme: str = "",
    bank_code: str = "",
    payer_name: str = "",
    by: By,
) -> Grant | GrantProposal:
    """Grant a role at once, or propose it where a second administrator has to agree."""
    if not needs_second(role, area_code):
        return actions.grant_role(
            session,
            user=user,
            role=role,
            area_code=area_code,
            programme=programme,
            bank_code=bank_code,
            payer_name=payer_name,
            by=by,
        )
    actions.check_grant(session, user=user, role=role, area_code=area_code, by=by)
    if any((role, area_code, programme) == (one.role, one.area_code, one.programme) for one in open_of(session, user)):
        raise Conflict("proposal_exists")
    assert by.id is not None  # only a signed-in administrator comes this way; the command line grants at once
    proposal = GrantProposal(
        user_id=user.id,
        role=role,
        area_code=area_code,
        programme=programme,
        proposed_by=by.id,
        proposed_at=clock.utc_now(),
    )
    session.add(proposal)
    session.flush()
    _record(session, "grant.proposed", proposal, by)
    return proposal


def approve(session: Session, *, proposal_id: UUID, user_id: UUID, by: By) -> Grant:
    """Give what another administrator proposed; neither the proposer nor the one who gains may do it."""
    proposal = _open(session, proposal_id, user_id)
    if by.id == proposal.proposed_by:
        raise Denied("proposal_own")
    if by.id == proposal.user_id:
        raise Denied("own_grants")
    _decide(session, proposal, ProposalState.APPROVED, by)
    user = session.get_one(User, proposal.user_id)
    _record(session, "grant.approved", proposal, by)
    return actions.grant_role(
        session, user=user, role=proposal.role, area_code=proposal.area_code, programme=proposal.programme, by=by
    )


def refuse(session: Session, *, proposal_id: UUID, user_id: UUID, by: By) -> None:
    """End a proposal without a grant; its proposer may do so too."""
    proposal = _open(session, proposal_id, user_id)
    _decide(session, proposal, ProposalState.REFUSED, by)
    _record(session, "grant.refused", proposal, by)


def open_of(session: Session, user: User) -> list[GrantProposal]:
    """Return the proposals for a user that wait, oldest first."""
    return [one for one in waiting(session) if one.user_id == user.id]


def waiting(session: Session) -> list[GrantProposal]:
    """Return every proposal that waits, oldest first."""
    found = select(GrantProposal).where(GrantProposal.state == ProposalState.OPEN).order_by(col(GrantProposal.id))
    return list(session.exec(found))


def _open(session: Session, proposal_id: UUID, user_id: UUID) -> GrantProposal:
    proposal = session.get(GrantProposal, proposal_id)
    if proposal is None or proposal.user_id != user_id:
        raise NotFound("not_found")
    return proposal


def _decide(session: Session, proposal: GrantProposal, state: ProposalState, by: By) -> None:
    # One statement, so that of two administrators who press at the same moment only one decides.
    outcome = session.execute(
        sa.update(GrantProposal)
        .where(col(GrantProposal.id) == proposal.id, col(GrantProposal.state) == ProposalState.OPEN)
        .values(state=state, decided_by=by.id, decided_at=clock.utc_now())
        .execution_options(synchronize_session=False)
    )
    if not outcome.rowcount:  # type: ignore[attr-defined]
        raise Conflict("proposal_decided")
    session.refresh(proposal)


def _record(session: Session, action: str, proposal: GrantProposal, by: By) -> None:
    record(
        session,
        action=action,
        object_type="user",
        object_id=proposal.user_id,
        by=by,
        area_code=proposal.area_code or None,
        programme=proposal.programme or None,
        role=proposal.role.value,
    )
