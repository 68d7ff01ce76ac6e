"""Changes to areas: bringing the packaged lists into the database. A later merger adds rows, it changes none."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, select

from disburse.areas.names import place_sort_key
from disburse.areas.places import packaged
from disburse.areas.tables import Area, AreaChange, AreaKind
from disburse.areas.units import CURRENT_FROM, Province, Tables, Unit
from disburse.audit import actions as audit
from disburse.audit.actor import By
from disburse.db import bulk_insert, upsert
from matching.text import fold

_COLUMNS = (
    "code", "valid_from", "valid_to", "kind", "name", "type", "name_fold", "sort_key",
    "district", "district_code", "province_code", "lat", "lon",
)  # fmt: skip
_KEY = ("code", "valid_from")
# What a reload may put right in a row that is there. `valid_to` is not among them: an area that ended stays ended.
_DESCRIPTION = tuple(name for name in _COLUMNS if name not in (*_KEY, "valid_to"))
_CHANGE_COLUMNS = ("old_code", "old_valid_from", "new_code", "new_valid_from", "on", "split")

ChangeKey = tuple[str, date, str, date]


@dataclass(slots=True, frozen=True)
class Loaded:
    """How many rows a load added and put right."""

    added: int
    changed: int


def load(session: Session, *, by: By) -> Loaded:
    """Bring the packaged provinces, communes and crosswalk into the database: 13,458 areas and 10,665 changes.

    Loading again changes nothing; rows of other days are left alone. About a second on either database.
    """
    tables = packaged().everything()
    wanted = {(row[0], row[1]): row for row in _area_rows(tables)}
    here = {(row[0], row[1]): tuple(row) for row in session.execute(select(Area.__table__.c[*_COLUMNS]))}  # type: ignore[attr-defined]
    missing = [row for key, row in wanted.items() if key not in here]
    described = [dict(zip(_COLUMNS, row, strict=True)) for row in wanted.values() if _differs(row, here)]
    bulk_insert(session, Area, _COLUMNS, missing)
    upsert(session, Area, [{k: v for k, v in row.items() if k != "valid_to"} for row in described], key=_KEY)
    changes = _missing_changes(session, tables)
    bulk_insert(session, AreaChange, _CHANGE_COLUMNS, changes)
    session.expire_all()
    done = Loaded(len(missing) + len(changes), len(described))
    if done.added or done.changed:
        audit.record(
            session, action="areas.load", object_type="area", object_id="packaged", by=by,
            added=done.added, changed=done.changed,
        )  # fmt: skip
    return done


def _differs(row: tuple[Any, ...], here: dict[tuple[Any, Any], tuple[Any, ...]]) -> bool:
    known = here.get((row[0], row[1]))
    if known is None:
        return False
    return any(row[i] != known[i] for i, name in enumerate(_COLUMNS) if name in _DESCRIPTION)


def _area_rows(tables: Tables) -> Iterator[tuple[Any, ...]]:
    for province in (*tables.provinces.values(), *tables.earlier_provinces.values()):
        yield _province_row(province)
    for unit in tables.communes.values():
        yield _commune_row(unit, "", "")
    for unit in tables.earlier_communes.values():
        district = tables.districts[unit.districts[0]]
        yield _commune_row(unit, district.name, district.code)


def _province_row(province: Province) -> tuple[Any, ...]:
    kind = "Thành phố" if province.name.startswith("Thành phố") else "Tỉnh"
    bare = province.name.removeprefix(kind).strip()
    ended = CURRENT_FROM if province.valid_from < CURRENT_FROM else None
    return (
        province.code, province.valid_from, ended, AreaKind.PROVINCE, province.name, kind,
        fold(bare), place_sort_key(bare), "", "", province.today, None, None,
    )  # fmt: skip


def _commune_row(unit: Unit, district: str, district_code: str) -> tuple[Any, ...]:
    bare = unit.name[len(unit.type) :].strip()
    return (
        unit.code, unit.valid_from, unit.valid_to, AreaKind.COMMUNE, unit.name, unit.type,
        fold(bare), place_sort_key(bare), district, district_code, unit.province_code, unit.lat, unit.lon,
    )  # fmt: skip


def _missing_changes(session: Session, tables: Tables) -> list[tuple[Any, ...]]:
    columns = AreaChange.__table__.c[*_CHANGE_COLUMNS[:4]]  # type: ignore[attr-defined]
    here: set[ChangeKey] = {(row[0], row[1], row[2], row[3]) for row in session.execute(select(columns))}
    return [row for row in _change_rows(tables) if row[:4] not in here]


def _change_rows(tables: Tables) -> Iterator[tuple[Any, ...]]:
    for province in tables.earlier_provinces.values():
        yield (province.code, province.valid_from, province.today, CURRENT_FROM, CURRENT_FROM, False)
    for unit in tables.earlier_communes.values():
        for code in unit.today:
            yield (unit.code, unit.valid_from, code, CURRENT_FROM, CURRENT_FROM, len(unit.today) > 1)
