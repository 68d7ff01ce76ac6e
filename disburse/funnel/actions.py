"""Moving the funnel's cells with the enrolments, in the same transaction and without deadlock.

Only `enter` writes at once. Every other change is noted, and written by `settle` just before the commit: stages in
the order of their id, then cells in the order of their key. So writers lock in one order whatever they do before,
and a long import holds a commune's cell for its last moments only. Events are the callers' business: a cell moves
because of an act that is recorded where it happens.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from importlib import import_module
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as OrmSession
from sqlmodel import Session, col

from disburse.at_commit import AtCommit
from disburse.db import Given, among, bulk_insert, bulk_update, one_in
from disburse.funnel.stages import ALWAYS, PAID, STAGES, Entry
from disburse.funnel.tables import EnrolmentStage, ProgressCell

_STAGE: sa.Table = EnrolmentStage.__table__  # type: ignore[attr-defined]
_CELL: sa.Table = ProgressCell.__table__  # type: ignore[attr-defined]
_CHUNK = 5_000
_STAGE_COLUMNS = ("enrolment_id", "commune_code", "programme", *STAGES)

_COUNTED = (*ALWAYS, "parked", *PAID)
# A cell whose `paid` is null stays null whatever is added: null + 1 is null on both databases.
_ADD = (
    sa.update(_CELL)
    .where(_CELL.c.programme == sa.bindparam("p"), _CELL.c.commune_code == sa.bindparam("c"))
    .values({name: _CELL.c[name] + sa.bindparam(f"d_{name}") for name in _COUNTED})
)

Cell = tuple[str, str]  # programme, commune
Flags = dict[str, Any]
Deltas = defaultdict[Cell, defaultdict[str, int]]
# By name, since it stands above: it is asked in every process, whichever features that one has loaded.
_WHEN_PLACED = ("disburse.payments.placed", "paid_where_they_are")


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


def restate_by(session: OrmSession, *, ids: Given, names: Sequence[str], told: sa.CTE) -> None:
    """Give enrolments the stages `names` that a SELECT tells (beside `enrolment_id`), in one UPDATE, at once.

    The SELECT is run once their rows are locked. For who is called just before the commit.
    """
    before = _sums(session, _counting(session, ids, names, hold=True), names)
    differs = sa.or_(*(_STAGE.c[name] != told.c[name] for name in names))
    # Named twice: of what is told alone PostgreSQL cannot know how few it is, and reads every stage to find them.
    asked = one_in(session, _STAGE.c.enrolment_id, ids)
    found = sa.update(_STAGE).where(told.c.enrolment_id == _STAGE.c.enrolment_id, asked, differs)
    session.connection().execute(found.values({name: told.c[name] for name in names}))
    deltas = _no_deltas()
    after = _sums(session, _counting(session, ids, names, hold=False), names)
    for sums, sign in ((before, -1), (after, 1)):
        for cell, counted in sums.items():
            _add(deltas[cell], counted, sign)
    _note(session, "cells", deltas)


def _counting(session: OrmSession, ids: Given, names: Sequence[str], *, hold: bool) -> sa.Select[Any]:
    """Select stages of enrolments summed by cell; `hold`: their rows locked in the order of their ids until the end."""
    columns = (_STAGE.c.programme, _STAGE.c.commune_code)
    rows = sa.select(*columns, *(_STAGE.c[name] for name in names)).where(one_in(session, _STAGE.c.enrolment_id, ids))
    held = (rows.order_by(_STAGE.c.enrolment_id).with_for_update() if hold else rows).subquery("held")
    cell = (held.c.programme, held.c.commune_code)
    return sa.select(*cell, *(sa.func.sum(held.c[name]) for name in names)).group_by(*cell)


def _sums(session: OrmSession, counting: sa.Select[Any], names: Sequence[str]) -> dict[Cell, dict[str, int]]:
    rows = session.connection().execute(counting)
    return {(row[0], row[1]): dict(zip(names, map(int, row[2:]), strict=True)) for row in rows}


def move_all(session: Session, communes: Mapping[UUID, str]) -> None:
    """Count enrolments in other communes from now on; what depends on the commune is asked for them."""
    if communes:
        came_back(session, communes)
        _note(session, "restate", {enrolment: {"commune_code": code} for enrolment, code in communes.items()})


def came_back(session: Session, enrolment_ids: Iterable[UUID]) -> None:
    """Ask about enrolments what depends on the commune and is known from before: they count again, or elsewhere."""
    _note(session, "placed", set(enrolment_ids))


def _when_placed(session: OrmSession, enrolment_ids: Collection[UUID]) -> Mapping[UUID, Flags]:
    """Return which stages enrolments have in the commune they came to, as a feature above says."""
    module, name = _WHEN_PLACED
    rule: Callable[[OrmSession, Collection[UUID]], Mapping[UUID, Flags]] = getattr(import_module(module), name)
    return rule(session, enrolment_ids)


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


def close_paid(session: Session, *, programme: str, commune_codes: Iterable[str]) -> None:
    """Let cells count `paid` no more: no report speaks of their communes. Their stages are 0 by then."""
    _note(session, "close", {(programme, code) for code in commune_codes})


def settle(session: OrmSession) -> None:
    """Write what was noted. The commit does it by itself; only who reads the cells before it, or takes a lock after
    them that others wait for, needs to call it."""
    _NOTED.settle(session)


def _write(session: OrmSession, noted: list[tuple[str, Any]]) -> None:
    wanted: dict[UUID, dict[str, Any] | None] = {}
    placed: set[UUID] = set()
    deltas, opened, closed = _no_deltas(), set[Cell](), set[Cell]()
    for kind, what in noted:
        if kind == "restate":
            _fold(wanted, what)
        elif kind == "cells":
            for cell, change in what.items():
                _add(deltas[cell], change, 1)
        elif kind == "placed":
            placed |= what
        elif kind == "open":
            opened |= what
        else:
            closed |= what
    if placed:
        _fold(wanted, _when_placed(session, placed))
    _write_stages(session, wanted, deltas)
    _write_cells(session, deltas, opened, closed)


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


def _write_stages(session: OrmSession, wanted: Mapping[UUID, Flags | None], deltas: Deltas) -> None:
    ids = sorted(wanted)
    for start in range(0, len(ids), _CHUNK):
        changed: list[Flags] = []
        gone: list[UUID] = []
        names: set[str] = set()
        for row in _locked(session, ids[start : start + _CHUNK]):
            flags = wanted[row[0]]
            before = dict(zip(_STAGE_COLUMNS, row, strict=True))
            after = None if flags is None else _with(before, flags)
            _shift(deltas, before, after)
            if after is None:
                gone.append(row[0])
            elif after != before:
                changed.append(after)
                names |= {name for name in _STAGE_COLUMNS if after[name] != before[name]}
        _write_rows(session, changed, names)
        if gone:
            session.execute(sa.delete(EnrolmentStage).where(col(EnrolmentStage.enrolment_id).in_(gone)))


def _with(before: Flags, flags: Flags) -> Flags:
    after = before | flags
    after["amount_by_account"] = after["amount_total"] if after["paid"] else 0  # of those paid, by definition
    return after


def _shift(deltas: Deltas, before: Flags, after: Flags | None) -> None:
    """Count an enrolment no more as it stood, but as it stands; None = nowhere."""
    for row, sign in ((before, -1), (after, 1)):
        if row is not None:
            _add(deltas[row["programme"], row["commune_code"]], {name: row[name] for name in STAGES}, sign)


def _write_rows(session: OrmSession, changed: Sequence[Flags], names: set[str]) -> None:
    # Only what differs for some of them: an answer of a bank changes one column of sixteen.
    columns = [name for name in _STAGE_COLUMNS if name in names]
    rows = [(row["enrolment_id"], *(row[name] for name in columns)) for row in changed]
    bulk_update(session, EnrolmentStage, "enrolment_id", columns, rows)  # type: ignore[arg-type]


def _locked(session: OrmSession, ids: Sequence[UUID]) -> Sequence[Any]:
    statement = sa.select(*(_STAGE.c[name] for name in _STAGE_COLUMNS)).where(
        one_in(session, _STAGE.c.enrolment_id, ids)
    )
    return session.connection().execute(statement.order_by(_STAGE.c.enrolment_id).with_for_update()).all()


def _write_cells(session: OrmSession, deltas: Deltas, opened: set[Cell], closed: set[Cell]) -> None:
    moved = _no_deltas() | {cell: change for cell, change in deltas.items() if any(change.values())}
    cells = sorted(moved.keys() | opened | closed)
    _make_missing(session, cells)
    rows = [{"p": cell[0], "c": cell[1]} | {f"d_{name}": moved[cell][name] for name in _COUNTED} for cell in cells]
    if rows:
        session.connection().execute(_ADD, rows)
    for cell in sorted(opened):
        _open(session, cell)
    for programme, commune in sorted(closed):
        of_cell = (_CELL.c.programme == programme, _CELL.c.commune_code == commune)
        session.connection().execute(sa.update(_CELL).where(*of_cell).values(dict.fromkeys(PAID)))


def _make_missing(session: OrmSession, cells: Sequence[Cell]) -> None:
    """Make the cells that are not there; seldom is one missing, and rows that change nothing cost as much to write."""
    communes = sorted({commune for _, commune in cells})
    there = among(session, sa.select(_CELL.c.programme, _CELL.c.commune_code), _CELL.c.commune_code, communes)
    cells = sorted(set(cells) - {(programme, commune) for programme, commune in there})
    zeros = dict.fromkeys((*ALWAYS, "parked"), 0)
    if session.connection().dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert
    else:
        from sqlalchemy.dialects.sqlite import insert  # type: ignore[assignment]
    for start in range(0, len(cells), 1_000):
        values = [{"programme": p, "commune_code": c, **zeros} for p, c in cells[start : start + 1_000]]
        session.execute(insert(_CELL).values(values).on_conflict_do_nothing())


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
