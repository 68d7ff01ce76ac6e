"""Reads of the progress table: today from the cells, a closed month from its snapshot, any other day recounted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse import clock
from disburse.access.actor import Actor, Scope
from disburse.access.queries import within
from disburse.access.roles import Permission
from disburse.areas import queries as areas
from disburse.areas.tables import Area, AreaChange, AreaKind
from disburse.db import among
from disburse.errors import Invalid, NotFound
from disburse.funnel.tables import ProgressCell
from disburse.programmes.tables import Programme
from disburse.progress.measures import Funnel, funnel_of
from disburse.progress.recount import UNKNOWN_AREA, Cell, recount, unknown_waiting
from disburse.progress.tables import ProgressSnapshot, Target

EVERYWHERE = (Scope(),)


@dataclass(frozen=True, slots=True)
class ProgrammeRow:
    """The funnel of a programme over all communes shown, rows of unknown commune included."""

    code: str
    name: str
    funnel: Funnel


@dataclass(frozen=True, slots=True)
class AreaRow:
    """The funnel of one commune and programme, with its newest due target for `registered`."""

    code: str
    name: str
    programme: str
    funnel: Funnel
    target: int | None
    valid_from: date
    sort_key: str
    lat: float | None = None
    lon: float | None = None

    @property
    def gap(self) -> int | None:
        """Return how many registrations the target is still ahead; below zero when it is passed."""
        return None if self.target is None else self.target - self.funnel.registered


@dataclass(frozen=True, slots=True)
class ProgressDocument:
    """The progress table of one day: what `disburse progress`, the API and the board all show."""

    as_of: date
    programmes: list[ProgrammeRow]
    areas: list[AreaRow]

    def as_json(self) -> dict[str, Any]:
        """Return the document of DESIGN §8."""
        return {
            "as_of": self.as_of.isoformat(),
            "programmes": [{"code": row.code} | row.funnel.as_json() for row in self.programmes],
            "areas": [
                {"code": row.code, "name": row.name, "programme": row.programme}
                | row.funnel.as_json()
                | {"target": row.target, "gap": row.gap}
                for row in self.areas
            ],
        }


def table(
    session: Session,
    scopes: Sequence[Scope],
    *,
    programme: str | None = None,
    area: str | None = None,
    as_of: date | None = None,
) -> ProgressDocument:
    """Return the progress table that `scopes` may see; unknown codes raise NotFound, a day to come Invalid."""
    day = as_of or clock.today()
    if day > clock.today():
        raise Invalid("date_in_future", value=f"{day:%d/%m/%Y}")
    programmes = _programmes(session, programme)
    found = [cell for cell in _cells(session, day) if cell.programme in programmes]
    communes = _communes(session, day, {cell.code for cell in found})
    wanted = _wanted(session, area, day, communes)
    chosen = [cell for cell in found if (wanted is None or cell.code in wanted) and _visible(cell, communes, scopes)]
    cells = [cell for cell in chosen if _held_whole(cell, communes, scopes)]
    targets = _targets(session, day)
    # Of a commune that was split: the part whose names the reader may open, against no target of the whole.
    parts = {(cell.code, cell.programme) for cell in chosen} - {(cell.code, cell.programme) for cell in cells}
    if parts:
        cells += [cell for cell in recount(session, day, scopes) if (cell.code, cell.programme) in parts]
        targets = {key: value for key, value in targets.items() if key not in parts}
    return ProgressDocument(
        as_of=day,
        programmes=_programme_rows(cells, programmes),
        areas=_area_rows(cells, communes, programmes, targets),
    )


def _programmes(session: Session, only: str | None) -> dict[str, Programme]:
    known = {row.code: row for row in session.exec(select(Programme).order_by(col(Programme.position)))}
    if only is None:
        return known
    if only not in known:
        raise NotFound("programme_unknown", code=only, known=", ".join(known))
    return {only: known[only]}


@dataclass(frozen=True, slots=True)
class _Commune:
    area: Area
    today_codes: frozenset[str]


def _communes(session: Session, day: date, codes: set[str]) -> dict[str, _Commune]:
    """Return these communes as valid on the day, with the codes their people have today: grants speak of today's.

    Only the communes asked for: reading all 3,321 and their 10,040 changes took 0.8 s of a page's time.
    """
    valid = sa.select(Area).where(
        col(Area.kind) == AreaKind.COMMUNE,
        col(Area.valid_from) <= day,
        sa.or_(col(Area.valid_to).is_(None), col(Area.valid_to) > day),
    )
    areas: list[Area] = [row[0] for row in among(session, valid, col(Area.code), codes)]
    changes = sa.select(col(AreaChange.old_code), col(AreaChange.old_valid_from), col(AreaChange.new_code))
    successors: dict[tuple[str, date], set[str]] = {}
    for old_code, old_valid_from, new_code in among(session, changes, col(AreaChange.old_code), codes):
        successors.setdefault((old_code, old_valid_from), set()).add(new_code)
    return {
        area.code: _Commune(area, frozenset(successors.get((area.code, area.valid_from), {area.code})))
        for area in areas
    }


def _wanted(session: Session, area: str | None, day: date, communes: dict[str, _Commune]) -> set[str] | None:
    """Return the commune codes that `area` (a commune or province valid on the day) stands for; None = all."""
    if area is None:
        return None
    found = session.exec(
        select(Area).where(
            Area.code == area,
            col(Area.valid_from) <= day,
            sa.or_(col(Area.valid_to).is_(None), col(Area.valid_to) > day),
        )
    ).first()
    if found is not None and found.kind == AreaKind.COMMUNE:
        return {area}
    if found is None and not _is_province(session, area):
        raise NotFound("area_unknown", code=area)
    return {area} | {code for code, commune in communes.items() if commune.area.province_code == area}


def _is_province(session: Session, code: str) -> bool:
    # Days before 2025-07 are counted by today's provinces: the earlier 63 are no areas of their own here.
    found = select(Area.code).where(Area.code == code, Area.kind == AreaKind.PROVINCE)
    return session.exec(found).first() is not None


def _visible(cell: Cell, communes: dict[str, _Commune], scopes: Sequence[Scope]) -> bool:
    commune = communes.get(cell.code)
    if commune is None:  # rows of unknown commune belong to whoever sees the whole province or more
        inside = ("", cell.code) if cell.code else [scope.area_code for scope in scopes if len(scope.area_code) <= 2]
        return any(scope.area_code in inside and scope.programme in ("", cell.programme) for scope in scopes)
    return any(_covered(cell, commune, scopes))


def _held_whole(cell: Cell, communes: dict[str, _Commune], scopes: Sequence[Scope]) -> bool:
    commune = communes.get(cell.code)
    return commune is None or all(_covered(cell, commune, scopes))


def _covered(cell: Cell, commune: _Commune, scopes: Sequence[Scope]) -> Iterator[bool]:
    """Say of each commune of today that a commune became whether a scope covers it."""
    for code in commune.today_codes:
        where = {"province_code": commune.area.province_code, "commune_code": code, "programme": cell.programme}
        yield any(scope.covers(**where) for scope in scopes)


def _cells(session: Session, day: date) -> Iterable[Cell]:
    snapshots = session.exec(select(ProgressSnapshot).where(ProgressSnapshot.as_of == day)).all()
    if snapshots:
        return [Cell(row.programme, row.area_code, row.area_valid_from, funnel_of(row)) for row in snapshots]
    if day == clock.today() and day >= _newest_map(session):
        known = select(ProgressCell).where(ProgressCell.commune_code != "")
        cells = [Cell(row.programme, row.commune_code, UNKNOWN_AREA[1], funnel_of(row)) for row in session.exec(known)]
        return cells + unknown_waiting(session)
    return list(recount(session, day))


def _newest_map(session: Session) -> date:
    """Return the day from which today's communes are the communes: the cells speak of no earlier one."""
    newest = session.exec(select(sa.func.max(AreaChange.on))).one()
    return newest or date.min


def _programme_rows(cells: Iterable[Cell], programmes: dict[str, Programme]) -> list[ProgrammeRow]:
    sums: dict[str, Funnel] = {}
    for cell in cells:
        sums[cell.programme] = sums.get(cell.programme, Funnel()) + cell.funnel
    return [ProgrammeRow(code, row.name, sums[code]) for code, row in programmes.items() if code in sums]


def _area_rows(
    cells: Iterable[Cell],
    communes: dict[str, _Commune],
    programmes: dict[str, Programme],
    targets: dict[tuple[str, str], int],
) -> list[AreaRow]:
    rows = [
        AreaRow(
            code=cell.code,
            name=communes[cell.code].area.name,
            programme=cell.programme,
            funnel=cell.funnel,
            target=targets.get((cell.code, cell.programme)),
            valid_from=communes[cell.code].area.valid_from,
            sort_key=communes[cell.code].area.sort_key,
            lat=communes[cell.code].area.lat,
            lon=communes[cell.code].area.lon,
        )
        for cell in cells
        if cell.code in communes and (cell.funnel.total or cell.funnel.parked)
    ]
    order = {code: place for place, code in enumerate(programmes)}
    return sorted(rows, key=lambda row: (row.sort_key, row.code, order[row.programme]))


def _targets(session: Session, day: date) -> dict[tuple[str, str], int]:
    due = select(Target).where(Target.measure == "registered", col(Target.by_date) <= day)
    return {(row.area_code, row.programme): row.value for row in session.exec(due.order_by(col(Target.by_date)))}


def targets_by(session: Session, programme: str, by_date: date) -> dict[str, int]:
    """Return the targets for `registered` that are set for exactly this day, by area code."""
    exact = select(Target).where(
        Target.measure == "registered", Target.programme == programme, Target.by_date == by_date
    )
    return {row.area_code: row.value for row in session.exec(exact)}


def target_days(session: Session, programme: str) -> list[date]:
    """Return the days for which a programme has targets, newest first."""
    days = select(col(Target.by_date)).where(Target.programme == programme).distinct()
    return list(session.exec(days.order_by(col(Target.by_date).desc())))


@dataclass(frozen=True, slots=True)
class Planned:
    """A commune with what it counts today, and its target for a day (None = none set)."""

    code: str
    name: str
    registered: int
    total: int
    target: int | None


def planned(
    session: Session, actor: Actor, *, programme: str, by_date: date, province: str | None = None
) -> list[Planned]:
    """Return the communes of today for which the actor may set this programme's targets, those with people, by name."""
    targets = targets_by(session, programme, by_date)
    counted, mine = _plannable(actor, programme)
    rows = session.execute(
        sa.select(Area, ProgressCell)
        .join(ProgressCell, counted)
        .where(mine, *([] if province is None else [col(Area.province_code) == province]))
        .order_by(col(Area.sort_key), col(Area.code))
    )
    return [
        Planned(area.code, area.name, funnel_of(cell).registered, cell.total, targets.get(area.code))
        for area, cell in rows
    ]


def planned_provinces(session: Session, actor: Actor, programme: str) -> list[tuple[str, str]]:
    """Return code and name of the provinces in which the actor may set this programme's targets."""
    counted, mine = _plannable(actor, programme)
    found = session.scalars(sa.select(col(Area.province_code)).join(ProgressCell, counted).where(mine).distinct())
    codes = set(found)
    return [(one.code, one.name) for one in areas.provinces(session) if one.code in codes]


def _plannable(actor: Actor, programme: str) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    mine = within(
        actor,
        Permission.PROGRESS_SET,
        commune=col(Area.code),
        province=col(Area.province_code),
        programme=sa.literal(programme),
    )
    counted = sa.and_(col(ProgressCell.commune_code) == col(Area.code), col(ProgressCell.programme) == programme)
    today = sa.and_(col(Area.kind) == AreaKind.COMMUNE, col(Area.valid_to).is_(None), col(ProgressCell.total) > 0)
    return counted, sa.and_(today, mine)
