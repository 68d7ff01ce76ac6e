"""`/rosters/{id}/columns`: what each column is, with samples and how sure the reader is; one field once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from api.deps import Data, Reading, require
from api.errors import status_of
from api.web import pages
from api.web.rosters import field_words, steps
from api.web.rosters.steps import Filled, StepPage
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.errors import Conflict, DisburseError, Invalid
from disburse.rosters import browsing, ordering
from disburse.rosters.corrections import Corrections
from disburse.rosters.sayings import mask_numbers
from disburse.rosters.tables import Roster

router = APIRouter()

SURE = 90  # of 100: from here on nobody is asked to look


@dataclass(frozen=True, slots=True)
class ColumnShown:
    """One column: where, what its header says, three samples, what it becomes and how sure that is."""

    letter: str
    header: str
    samples: tuple[str, ...]
    field: str
    sure: int
    told: bool


@dataclass(frozen=True, slots=True)
class TableShown:
    """Tables with one and the same header, mapped together."""

    number: int
    keys: tuple[str, ...]
    sheets: tuple[str, ...]
    rows: int
    columns: tuple[ColumnShown, ...]
    remembered: str
    moved: bool
    undecided: str

    @property
    def unsure(self) -> int:
        return sum(bool(column.field) and column.sure < SURE and not column.told for column in self.columns)

    @property
    def raw(self) -> int:
        return sum(not column.field for column in self.columns)

    @property
    def lacking(self) -> tuple[str, ...]:
        """The wanted fields that no column is given to."""
        given = {column.field for column in self.columns}
        instead = {
            "full_name": {"surname", "given"}, "birth_date": {"birth_male", "birth_year"}, "citizen_id": {"old_id"},
            "amount": {"benefit_mark", "coefficient"},
        }  # fmt: skip
        return tuple(name for name in field_words.WANTED if not given & {name, *instead[name]})


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnsPage(StepPage):
    template: ClassVar[str] = "rosters/columns.html"
    tables: tuple[TableShown, ...]
    groups: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    words: dict[str, str]
    many: str
    sure: int


@router.get("/rosters/{roster_id}/columns")
def show(
    request: Request, session: Reading, roster_id: UUID, actor: Actor = require(Permission.ROSTER_UPLOAD)
) -> Response:
    """Show every column with samples (long numbers masked) and the field it becomes."""
    roster = browsing.handled(session, actor, roster_id, Permission.ROSTER_UPLOAD)
    if (instead := steps.in_place_of(request, session, roster, "columns")) is not None:
        return instead
    shown = _shown(roster)
    return pages.render(request, _page(roster, shown)) if shown else steps.go(roster_id, "sheet")


def _page(roster: Roster, tables: tuple[TableShown, ...], error: DisburseError | None = None) -> ColumnsPage:
    words = dict(field_words.WORDS)
    for table in tables:
        for column in table.columns:
            if column.field:
                words.setdefault(column.field, field_words.spoken(column.field))
    return ColumnsPage(
        roster=roster,
        steps=steps.steps_of(roster, "columns"),
        scopes=steps.SCOPE_WORDS,
        error=error,
        tables=tables,
        groups=field_words.GROUPS,
        words=words,
        many=" ".join(sorted(field_words.MANY)),
        sure=SURE,
    )


def _shown(roster: Roster, given: FormData | None = None) -> tuple[TableShown, ...]:
    """Return the tables, those of equal headers and equal fields as one; `given`: as the form was filled in."""
    told = Corrections.from_json(roster.corrections)
    groups: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for table in steps.tables_of(roster):
        fields = ordering.fields_shown(table, told)
        groups.setdefault((table["signature"], tuple(fields.items())), []).append(table)
    return tuple(
        _table(number, tables, dict(fields), told, given) for number, ((_, fields), tables) in enumerate(groups.items())
    )


def _table(
    number: int,
    tables: list[Mapping[str, Any]],
    fields: Mapping[str, str],
    told: Corrections,
    given: FormData | None,
) -> TableShown:
    first = max(tables, key=lambda table: table["rows"])
    by_hand = told.columns.get(first["key"], {})
    columns = tuple(
        ColumnShown(
            letter=column["letter"],
            header=column["header"],
            samples=tuple(mask_numbers(sample) for sample in column["samples"]),
            field=_given(given, number, column["letter"], fields[column["letter"]]),
            sure=column["sure"],
            told=column["letter"] in by_hand,
        )
        for column in first["columns"]
    )
    return TableShown(
        number=number,
        keys=tuple(table["key"] for table in tables),
        sheets=tuple(table["sheet"] for table in tables),
        rows=sum(table["rows"] for table in tables),
        columns=columns,
        remembered=first["remembered"] or "",
        moved=bool(first.get("moved")),
        undecided=first["undecided"] or "",
    )


def _given(form: FormData | None, number: int, letter: str, shown: str) -> str:
    value = form.get(f"{number}-{letter}") if form is not None else None
    return value[:40] if isinstance(value, str) else shown


@router.post("/rosters/{roster_id}/columns")
def post(
    request: Request,
    database: Data,
    roster_id: UUID,
    form: Filled,
    actor: Actor = require(Permission.ROSTER_UPLOAD),
) -> Response:
    """Keep what the columns are; a field given twice, or no name, is told with everything chosen kept."""
    with database.reading() as session:
        roster = browsing.handled(session, actor, roster_id, Permission.ROSTER_UPLOAD)
    filled = _shown(roster, form)
    columns = {key: {one.letter: one.field for one in table.columns} for table in filled for key in table.keys}
    try:
        with database.transaction() as session:
            ordering.correct_columns(session, roster_id=roster_id, columns=columns, by=actor.by)
    except (Invalid, Conflict) as error:
        return pages.render(request, _page(roster, filled, error), status_of(error))
    return steps.go(roster_id, "values")
