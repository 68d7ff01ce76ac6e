"""Moving the funnel's cells with the enrolments, in the same transaction and without deadlock.

Only `enter` writes at once. Every other change is noted, and written by `settle` just before the commit: stages in
the order of their id, then cells in the order of their key. So writers lock in one order whatever they do before,
and a long import holds a commune's cell for its last moments only. Events are the callers' business: a cell moves
because of an act that is recorded where it happens.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as OrmSession
from sqlmodel import Session, col

from disburse.at_commit import AtCommit
from disburse.db import bulk_insert, bulk_update
from disburse.funnel.stages import ALWAYS, PAID, STAGES, Entry
from disburse.funnel.tables import EnrolmentStage, ProgressCell

_CHUNK = 5_000
_STAGE_COLUMNS = ("enrolment_id", "commune_code", "programme", *STAGES)

Cell = tuple[str, str]  # programme, commune
Deltas = defaultdict[Cell, defaultdict[str, int]]


def enter(session: Session, entries: Iterable[Entry]) -> int:
    """Count new active enrolments. Returns how many."""
    rows = [entry.as_row() for entry in entries]
    bulk_insert(session, EnrolmentStage, _STAGE_COLUMNS, rows)
    deltas = _no_deltas()
    for row in rows:
        _add(deltas[row[2], row[1]], dict(zip(STAGES, row[3:], strict=True)), 1)
    _note(session, "cells", deltas)
    return len(rows)


def restate(session: Session, stages: Mapping[UUID, Mapping[str, int]]) -> None:
    """Give enrolments new values of some stages; those that are not in the funnel (any more) are passed over."""
    for flags in stages.values():
        if unknown := flags.keys() - set(STAGES):
            raise ValueError(f"no such stage: {sorted(unknown)}")
    if stages:
        _note(session, "restate", {enrolment: dict(flags) for enrolment, flags in stages.items()})


def move_all(session: Session, communes: Mapping[UUID, str]) -> None:
    """Count enrolments in other communes from now on."""
    if communes:
        _note(session, "restate", {enrolment: {"commune_code": code} for enrolment, code in communes.items()})


def leave(session: Session, enrolment_ids: Iterable[UUID]) -> None:
    """Count enrolments no more: they ended."""
    _note(session, "restate", dict.fromkeys(enrolment_ids))


def park(session: Session, *, programme: str, commune_code: str, by_count: int) -> None:
    """Count `by_count` more (or fewer) waiting rows; an unknown commune is "": the programme's own row."""
    deltas = _no_deltas()
    deltas[programme, commune_code]["parked"] += by_count
    _note(session, "cells", deltas)


def open_paid(session: Session, *, programme: str, commune_codes: Iterable[str]) -> None:
    """Let cells count `paid` from now on: a period was closed or reported for their communes."""
    _note(session, "open", {(programme, code) for code in commune_codes})


def settle(session: OrmSession) -> None:
    """Write what was noted. The commit does it by itself; only who reads the cells before it needs to call it."""
    _NOTED.settle(session)


def _write(session: OrmSession, noted: list[tuple[str, Any]]) -> None:
    wanted: dict[UUID, dict[str, Any] | None] = {}
    deltas, opened = _no_deltas(), set[Cell]()
    for kind, what in noted:
        if kind == "restate":
            _fold(wanted, what)
        elif kind == "cells":
            for cell, change in what.items():
                _add(deltas[cell], change, 1)
        else:
            opened |= what
    _write_stages(session, wanted, deltas)
    _write_cells(session, deltas, opened)


def _no_deltas() -> Deltas:
    return defaultdict(lambda: defaultdict(int))


def _add(into: dict[str, int], change: Mapping[str, int], sign: int) -> None:
    for name, value in change.items():
        if value:
            into[name] += sign * value


def _note(session: OrmSession, kind: str, what: Any) -> None:
    _NOTED.add(session, (kind, what))


def _fold(wanted: dict[UUID, dict[str, Any] | None], given: Mapping[UUID, dict[str, Any] | None]) -> None:
    for enrolment, flags in given.items():
        known = wanted.get(enrolment, {})
        # Who has left stays out: a later flag of the same transaction has nobody to stand for.
        wanted[enrolment] = None if known is None or flags is None else known | flags


def _write_stages(session: OrmSession, wanted: Mapping[UUID, dict[str, Any] | None], deltas: Deltas) -> None:
    ids = sorted(wanted)
    for start in range(0, len(ids), _CHUNK):
        changed: list[tuple[Any, ...]] = []
        gone: list[UUID] = []
        for row in _locked(session, ids[start : start + _CHUNK]):
            before = dict(zip(_STAGE_COLUMNS, row, strict=True))
            after = wanted[row[0]]
            _add(deltas[row[2], row[1]], {name: before[name] for name in STAGES}, -1)
            if after is None:
                gone.append(row[0])
                continue
            after = before | after
            after["amount_by_account"] = after["amount_total"] if after["paid"] else 0  # of those paid, by definition
            _add(deltas[after["programme"], after["commune_code"]], {name: after[name] for name in STAGES}, 1)
            if after != before:
                changed.append(tuple(after.values()))
        bulk_update(session, EnrolmentStage, "enrolment_id", _STAGE_COLUMNS[1:], changed)  # type: ignore[arg-type]
        if gone:
            session.execute(sa.delete(EnrolmentStage).where(col(EnrolmentStage.enrolment_id).in_(gone)))


def _locked(session: OrmSession, ids: Sequence[UUID]) -> Sequence[Any]:
    columns = [getattr(EnrolmentStage, name) for name in _STAGE_COLUMNS]
    statement = sa.select(*columns).where(col(EnrolmentStage.enrolment_id).in_(ids))
    return session.execute(statement.order_by(col(EnrolmentStage.enrolment_id)).with_for_update()).all()


def _write_cells(session: OrmSession, deltas: Deltas, opened: set[Cell]) -> None:
    moved = _no_deltas() | {cell: change for cell, change in deltas.items() if any(change.values())}
    cells = sorted(moved.keys() | opened)
    _make_missing(session, cells)
    names = (*ALWAYS, "parked")
    # A cell whose `paid` is null stays null whatever is added: null + 1 is null on both databases.
    sets = {name: getattr(ProgressCell, name) + sa.bindparam(f"d_{name}") for name in (*names, *PAID)}
    statement = (
        sa.update(ProgressCell)
        .where(col(ProgressCell.programme) == sa.bindparam("p"), col(ProgressCell.commune_code) == sa.bindparam("c"))
        .values(sets)
    )
    rows = [
        {"p": cell[0], "c": cell[1]} | {f"d_{name}": moved[cell][name] for name in (*names, *PAID)} for cell in cells
    ]
    if rows:
        session.connection().execute(statement, rows)
    for cell in sorted(opened):
        _open(session, cell)


def _make_missing(session: OrmSession, cells: Sequence[Cell]) -> None:
    described: sa.Table = ProgressCell.__table__  # type: ignore[attr-defined]
    zeros = dict.fromkeys((*ALWAYS, "parked"), 0)
    if session.connection().dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert
    else:
        from sqlalchemy.dialects.sqlite import insert  # type: ignore[assignment]
    for start in range(0, len(cells), 1_000):
        values = [{"programme": p, "commune_code": c, **zeros} for p, c in cells[start : start + 1_000]]
        session.execute(insert(described).values(values).on_conflict_do_nothing())


def _open(session: OrmSession, cell: Cell) -> None:
    # The cell is locked by the update before: who moved stages of it has committed, or will add its share after us.
    of_cell = sa.and_(col(EnrolmentStage.programme) == cell[0], col(EnrolmentStage.commune_code) == cell[1])
    sums = sa.select(*(sa.func.coalesce(sa.func.sum(getattr(EnrolmentStage, name)), 0) for name in PAID))
    found = session.execute(sums.where(of_cell)).one()
    session.execute(
        sa.update(ProgressCell)
        .where(
            col(ProgressCell.programme) == cell[0],
            col(ProgressCell.commune_code) == cell[1],
            col(ProgressCell.paid).is_(None),
        )
        .values(dict(zip(PAID, (int(value) for value in found), strict=True)))
    )


_NOTED = AtCommit("funnel", _write)
