"""Reads of payers' reports: which period a commune's `paid` speaks of, and who was paid by account in it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse.db import among
from disburse.funnel.tables import EnrolmentStage
from disburse.payments.tables import Channel, PaidLine, PaidReport, PaidStatus, Payer, ReportedPeriod
from disburse.people.tables import Enrolment
from disburse.rosters.tables import Roster


def payers(session: Session) -> list[Payer]:
    """Return all payers by name."""
    return list(session.exec(select(Payer).order_by(col(Payer.name))))


def is_paid_from(session: Session, roster: Roster) -> bool:
    """Say whether a payer has reported on people of this roster for its month or a later one."""
    named = sa.or_(col(Enrolment.first_roster_id) == roster.id, col(Enrolment.last_roster_id) == roster.id)
    statement = (
        sa.select(PaidLine.id)  # type: ignore[call-overload]
        .join(PaidReport, col(PaidReport.id) == col(PaidLine.report_id))
        .join(Enrolment, col(Enrolment.id) == col(PaidLine.enrolment_id))
        .where(col(PaidReport.programme) == roster.programme, col(PaidReport.period) >= roster.period, named)
        .limit(1)
    )
    return session.execute(statement).first() is not None


def reported_periods(session: Session, programme: str, commune_codes: Iterable[str]) -> dict[str, str]:
    """Return the newest reported period of communes; those never reported are not in the answer."""
    statement = sa.select(ReportedPeriod.commune_code, ReportedPeriod.period).where(  # type: ignore[call-overload]
        col(ReportedPeriod.programme) == programme
    )
    rows: Iterable[Any] = among(session, statement, col(ReportedPeriod.commune_code), commune_codes)
    return {row[0]: row[1] for row in rows}


def periods_in_lines(session: Session, programme: str, commune_codes: Iterable[str]) -> dict[str, str]:
    """Return the newest period of communes that any line speaks of; what `reported_periods` should say."""
    statement = (
        sa.select(col(PaidLine.commune_code), sa.func.max(PaidReport.period))
        .join(PaidReport, col(PaidReport.id) == col(PaidLine.report_id))
        .where(col(PaidReport.programme) == programme, col(PaidLine.enrolment_id).is_not(None))
        .group_by(col(PaidLine.commune_code))
    )
    rows: Iterable[Any] = among(session, statement, col(PaidLine.commune_code), commune_codes)
    return {row[0]: row[1] for row in rows}


def paid_in_communes(session: Session, programme: str, period: str, commune_codes: Iterable[str]) -> set[UUID]:
    """Return the enrolments counted in these communes that were paid by account in a period, wherever they were."""
    statement = _lines_of(programme, period).join(
        EnrolmentStage, col(EnrolmentStage.enrolment_id) == col(PaidLine.enrolment_id)
    )
    here = statement.where(col(EnrolmentStage.programme) == programme)
    return _paid_by_account(among(session, here, col(EnrolmentStage.commune_code), commune_codes))


def paid_among(session: Session, programme: str, period: str, enrolment_ids: Iterable[UUID]) -> set[UUID]:
    """Return those of some enrolments that were paid by account in a period."""
    return _paid_by_account(among(session, _lines_of(programme, period), col(PaidLine.enrolment_id), enrolment_ids))


def _lines_of(programme: str, period: str) -> sa.Select[Any]:
    statement: sa.Select[Any] = (
        sa.select(PaidLine.enrolment_id, PaidLine.report_id, PaidLine.status, PaidLine.channel)  # type: ignore[call-overload]
        .join(PaidReport, col(PaidReport.id) == col(PaidLine.report_id))
        .where(col(PaidReport.programme) == programme, col(PaidReport.period) == period)
        .order_by(col(PaidReport.imported_at), col(PaidReport.id), col(PaidLine.line))
    )
    return statement


def _paid_by_account(rows: Iterable[Any]) -> set[UUID]:
    """Of several reports about one enrolment the newest speaks; a line that came back undoes the line that paid."""
    newest: dict[UUID, tuple[UUID, bool, bool]] = {}
    for enrolment_id, report_id, status, channel in rows:
        known = newest.get(enrolment_id)
        _, paid, back = known if known and known[0] == report_id else (report_id, False, False)
        by_account = channel == Channel.ACCOUNT
        paid |= by_account and status == PaidStatus.PAID
        back |= status == PaidStatus.RETURNED
        newest[enrolment_id] = (report_id, paid, back)
    return {enrolment_id for enrolment_id, (_, paid, back) in newest.items() if paid and not back}


def stages_of(session: Session, programme: str, commune_codes: Iterable[str]) -> list[Any]:
    """Return (enrolment, paid, amount_total, amount_by_account) of everybody counted in these communes."""
    statement = sa.select(  # type: ignore[call-overload]
        EnrolmentStage.enrolment_id, EnrolmentStage.paid, EnrolmentStage.amount_total, EnrolmentStage.amount_by_account
    ).where(col(EnrolmentStage.programme) == programme)
    return list(among(session, statement, col(EnrolmentStage.commune_code), commune_codes))
