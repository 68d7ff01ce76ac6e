"""What was told about one commune's or province's lists, for the next one: columns by header, meanings of texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlmodel import Session, select

from disburse import clock
from disburse.db import upsert
from disburse.rosters.corrections import Corrections, Remembered
from disburse.rosters.tables import RememberedLayout, RememberedValue, Roster
from matching.text import fold

COMMUNE, BENEFIT = "commune", "benefit"


def area_of(roster: Roster) -> str:
    """Return whose lists a roster belongs to: the commune it was uploaded for, else the province."""
    return roster.commune_code or roster.province_code


def recall(session: Session, roster: Roster) -> Corrections:
    """Return what is remembered for lists of this programme and area, as the reader takes it."""
    of_lists = {"programme": roster.programme, "area_code": area_of(roster)}
    layouts = session.exec(select(RememberedLayout).filter_by(**of_lists))
    values = list(session.exec(select(RememberedValue).filter_by(**of_lists)))
    return Corrections(
        communes={value.text: value.meaning for value in values if value.kind == COMMUNE},
        benefits={value.text: value.meaning for value in values if value.kind == BENEFIT},
        remembered={
            one.signature: Remembered(one.height, one.columns, one.used_on.isoformat(), one.texts) for one in layouts
        },
    )


def remember(session: Session, roster: Roster, tables: Iterable[Mapping[str, Any]], by_name: str) -> None:
    """Keep what an officer told about a list that is now imported. `tables` = those of its outline."""
    told = Corrections.from_json(roster.corrections)
    whose = {"programme": roster.programme, "area_code": area_of(roster)}
    used = {"used_on": clock.today(), "used_by": by_name}
    layouts: dict[str, dict[str, Any]] = {}
    for table in tables:
        known = told.remembered.get(table["signature"])
        columns = told.columns.get(table["key"]) or (known.columns if known else None)
        if not columns and table.get("moved"):  # found by its texts: the new places are remembered too
            columns = {column["letter"]: column["field"] for column in table["columns"]}
        if columns:
            place = {"signature": table["signature"], "height": table["height"], "columns": dict(columns)}
            place["texts"] = {column["letter"]: fold(column["header"]) for column in table.get("columns", ())}
            layouts[table["signature"]] = whose | place | used
    upsert(session, RememberedLayout, list(layouts.values()), key=("programme", "area_code", "signature"))
    meanings = [
        whose | {"kind": kind, "text": text, "meaning": meaning[:40]} | used
        for kind, texts in ((COMMUNE, told.communes), (BENEFIT, told.benefits))
        for text, meaning in texts.items()
        if meaning
    ]
    upsert(session, RememberedValue, meanings, key=("programme", "area_code", "kind", "text"))
