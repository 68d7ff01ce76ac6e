"""What one administrator may not do alone: give a right that weighs, or hand an account out anew with such rights.

A second administrator approves, or the right never comes to be (ADR 17).
"""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse import clock
from disburse.access import actions, queries, roles
from disburse.access import second_factor as phones
from disburse.access.tables import Grant, GrantProposal, Invitation, ProposalState, RecoveryCode, Role, User
from disburse.audit.actions import record
from disburse.audit.actor import By
from disburse.errors import Conflict, Denied, NotFound

# Their reach is their own bank's requests or their own lists; an area adds nothing to it.
_BOUND_OTHERWISE = (Role.BANK, Role.PAYER)


def needs_second(role: Role, area_code: str) -> bool:
    """Say whether a grant makes an administrator, moves money or reaches over the whole country."""
    return role is Role.ADMIN or roles.moves_money(role) or (not area_code and role not in _BOUND_OTHERWISE)


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
    return _propose(session, user_id=user.id, role=role, area_code=area_code, programme=programme, by=by)


def _propose(session: Session, *, user_id: UUID, role: Role, area_code: str, programme: str, by: By) -> GrantProposal:
    assert by.id is not None  # only a signed-in administrator comes this way; the command line grants at once
    proposal = GrantProposal(
        user_id=user_id,
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


def reset_user(session: Session, *, user: User, second_factor: bool, by: By) -> str:
    """Take the password away, and with `second_factor` the phone and its spare codes; return a new invitation's token.

    Never by oneself: what is forgotten is changed on one's own page, or reset by another administrator. Where no phone
    is asked for afterwards, whoever holds the invitation holds the account: its rights that take two wait anew.
    """
    if by.id == user.id:
        raise Denied("own_account")
    _hold(session, user)
    if user.disabled_at is not None:
        raise Conflict("user_disabled")
    user.password_hash = None
    user.failed_sign_ins = 0
    if second_factor:
        user.totp_sealed, user.totp_last_step = None, 0
        session.execute(sa.delete(RecoveryCode).where(col(RecoveryCode.user_id) == user.id))
    session.add(user)
    actions.end_sessions_of(session, user_id=user.id)
    record(session, action="user.reset", object_type="user", object_id=user.id, by=by, second_factor=second_factor)
    # What a colleague has proposed stays theirs: to send an invitation is not to agree with it.
    if user.totp_sealed is None or not phones.needed_by(queries.roles_of(session, user.id)):
        _take_back_to_wait(session, user, by)
    return actions.invite(session, user=user, by=by)


def enable_user(session: Session, *, user: User, by: By) -> None:
    """Let a user in again, with the password they had; of what they held, what takes two waits for a second one."""
    _hold(session, user)
    if user.disabled_at is None:
        return
    user.disabled_at = None
    session.add(user)
    record(session, action="user.enabled", object_type="user", object_id=user.id, by=by)
    _take_back_to_wait(session, user, by)


def _take_back_to_wait(session: Session, user: User, by: By) -> None:
    for held in session.exec(select(Grant).where(Grant.user_id == user.id).order_by(col(Grant.id))):
        if needs_second(held.role, held.area_code):
            _propose(
                session, user_id=user.id, role=held.role, area_code=held.area_code, programme=held.programme, by=by
            )
            session.delete(held)


def approve(session: Session, *, proposal_id: UUID, user_id: UUID, by: By) -> Grant:
    """Give what another administrator proposed: not the proposer, not who gains, not who handed the account out.

    Only once the person has taken the account up: before, there is nobody yet whom the approver could have asked.
    """
    proposal = _open(session, proposal_id, user_id)
    if by.id == proposal.proposed_by:
        raise Denied("proposal_own")
    if by.id == proposal.user_id:
        raise Denied("own_grants")
    user = session.get_one(User, proposal.user_id)
    _hold(session, user)
    if by.id is not None and by.id == handed_out_by(session, user.id):
        raise Denied("proposal_handed_out")
    if user.password_hash is None:
        raise Conflict("proposal_not_taken_up")
    _decide(session, proposal, ProposalState.APPROVED, by)
    _record(session, "grant.approved", proposal, by)
    return actions.grant_role(
        session, user=user, role=proposal.role, area_code=proposal.area_code, programme=proposal.programme, by=by
    )


def _hold(session: Session, user: User) -> None:
    """Keep the account as it is for this transaction: an approval must not slip into the moment of a reset."""
    session.flush()
    session.refresh(user, with_for_update=True)


def refuse(session: Session, *, proposal_id: UUID, user_id: UUID, by: By) -> None:
    """End a proposal without a grant; its proposer may do so too."""
    proposal = _open(session, proposal_id, user_id)
    _decide(session, proposal, ProposalState.REFUSED, by)
    _record(session, "grant.refused", proposal, by)


def handed_out_by(session: Session, user_id: UUID) -> UUID | None:
    """Return the administrator who made a user's newest invitation; None where it was the command line."""
    newest = select(Invitation.made_by).where(Invitation.user_id == user_id)
    return session.exec(newest.order_by(col(Invitation.created_at).desc()).limit(1)).first()


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
