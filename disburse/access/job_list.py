"""The jobs an actor may see or change: their own, and those that people of their area began."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse.access.actor import Actor
from disburse.access.queries import within
from disburse.access.roles import Permission
from disburse.access.tables import Grant, User
from disburse.audit.actor import COMMAND, SYSTEM
from disburse.errors import NotFound
from disburse.jobs.tables import Job


def jobs(session: Session, actor: Actor, *, limit: int, offset: int) -> tuple[int, list[Job]]:
    """Return how many jobs the actor may see, and one page of them, newest first."""
    shown = select(Job).where(_seen(actor, Permission.JOB_READ))
    total = session.exec(select(sa.func.count()).select_from(shown.subquery())).one()
    return total, list(session.exec(shown.order_by(col(Job.id).desc()).limit(limit).offset(offset)))


def changeable(session: Session, actor: Actor, job_ids: list[UUID]) -> set[UUID]:
    """Return which of these jobs the actor may run again or cancel."""
    if not actor.may(Permission.JOB_CHANGE):
        return set()
    return set(session.exec(select(Job.id).where(col(Job.id).in_(job_ids), _begun_by(actor, Permission.JOB_CHANGE))))


def check_changeable(session: Session, actor: Actor, job_id: UUID) -> None:
    """Raise NotFound unless the actor may change this job."""
    if job_id not in changeable(session, actor, [job_id]):
        raise NotFound("not_found")


def _seen(actor: Actor, permission: Permission) -> sa.ColumnElement[bool]:
    # The server's own jobs (a list imported there, a night's round) concern whole provinces: their people see them.
    if any(len(scope.area_code) == 2 for scope in actor.scopes(permission)):
        return sa.or_(_begun_by(actor, permission), col(Job.created_by).in_([COMMAND.name, SYSTEM.name]))
    return _begun_by(actor, permission)


def _begun_by(actor: Actor, permission: Permission) -> sa.ColumnElement[bool]:
    scopes = actor.scopes(permission)
    if any(not scope.area_code for scope in scopes):
        return sa.true()
    here = sa.or_(
        within(actor, permission, commune=col(Grant.area_code)),
        col(Grant.area_code).in_([scope.area_code for scope in scopes]),
    )
    colleagues = sa.select(User.name).join(Grant, col(Grant.user_id) == User.id).where(here)  # type: ignore[call-overload]
    return sa.or_(col(Job.created_by) == actor.name, col(Job.created_by).in_(colleagues))
