"""Reads of the funnel: the cells, the stages of enrolments, and the recount of cells from stages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse.db import among
from disburse.funnel.stages import PAID, STAGES
from disburse.funnel.tables import EnrolmentStage, ProgressCell


def cells(
    session: Session, *, programme: str | None = None, commune_codes: Iterable[str] | None = None
) -> list[ProgressCell]:
    """Return cells in the order of programme and commune; the commune "" is the programme's own row."""
    statement = select(ProgressCell).order_by(col(ProgressCell.programme), col(ProgressCell.commune_code))
    if programme is not None:
        statement = statement.where(col(ProgressCell.programme) == programme)
    if commune_codes is not None:
        statement = statement.where(col(ProgressCell.commune_code).in_(list(commune_codes)))
    return list(session.exec(statement))


def cell(session: Session, programme: str, commune_code: str) -> ProgressCell | None:
    """Return one cell as it is stored, also when this session has read it before."""
    statement = select(ProgressCell).where(
        col(ProgressCell.programme) == programme, col(ProgressCell.commune_code) == commune_code
    )
    return session.exec(statement.execution_options(populate_existing=True)).first()


def stages(session: Session, enrolment_ids: Iterable[UUID]) -> dict[UUID, dict[str, int]]:
    """Return where enrolments stand; those that are not in the funnel are not in the answer."""
    columns = [getattr(EnrolmentStage, name) for name in STAGES]
    statement = sa.select(col(EnrolmentStage.enrolment_id), *columns)
    found = among(session, statement, col(EnrolmentStage.enrolment_id), enrolment_ids)
    return {row[0]: dict(zip(STAGES, row[1:], strict=True)) for row in found}


def recount(session: Session) -> dict[tuple[str, str], dict[str, int]]:
    """Sum the stages of each (programme, commune); what a cell must say, `paid` where it is not null."""
    sums = [sa.func.sum(getattr(EnrolmentStage, name)) for name in STAGES]
    statement = sa.select(col(EnrolmentStage.programme), col(EnrolmentStage.commune_code), *sums)
    rows = session.execute(statement.group_by(EnrolmentStage.programme, EnrolmentStage.commune_code))
    return {(row[0], row[1]): dict(zip(STAGES, map(int, row[2:]), strict=True)) for row in rows}


def differences(session: Session) -> list[tuple[str, str, str, Any, Any]]:
    """Return (programme, commune, stage, cell, recounted) of every cell that is not the sum of its stages."""
    counted = recount(session)
    stored = {(c.programme, c.commune_code): c for c in cells(session)}
    wrong: list[tuple[str, str, str, Any, Any]] = []
    for key in sorted(counted.keys() | stored.keys()):
        for name in STAGES:
            have = getattr(stored[key], name) if key in stored else 0
            must = counted.get(key, {}).get(name, 0)
            if have != must and not (have is None and name in PAID):
                wrong.append((*key, name, have, must))
    return wrong
