"""One repair for all rows alike: which rows those are, before and after. Reads only; acts: `repairing_many`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.errors import Invalid, NotFound
from disburse.rosters import repairs, suggestions
from disburse.rosters.amended import BENEFIT, COMMUNE, Place
from disburse.rosters.repairs import Before
from disburse.rosters.sayings import mask_numbers
from disburse.rosters.staging import issue_content, row_key
from disburse.rosters.suggestions import VALUE, Suggestion
from disburse.rosters.tables import ROW_CLEANED, RepairBatch, Roster, RosterRow, RowIssue
from disburse.rosters.tasks import units_of

SHOWN = 30  # groups on the page
SAMPLE = 12  # rows of a preview
RULES = ("clean_name", "year_only", "write_id", "pad_zeros", "century")
# Kinds whose equal raw values mean one thing in every row: a spelling, a mark. Never a name, a number or a sum.
BY_VALUE = {
    "commune_unknown": COMMUNE, "commune_ambiguous": COMMUNE, "commune_other_list": COMMUNE, "commune_old_new": COMMUNE,
    "benefit_unknown": BENEFIT, "benefit_ambiguous": BENEFIT, "sex_unreadable": "", "bank_unknown": "",
    "date_unreadable": "", "birth_unreadable": "",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Alike:
    """One issue of a kind, opened, with the row it is about."""

    issue_id: int
    place: Place
    column: str
    raw: str
    name: str
    suggestion: Suggestion | None


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that one repair would settle: equal raw values, or one mechanical rule."""

    rule: str
    issue_id: int  # an example: it stands for the raw value, which has no place in an address
    raw: str
    count: int
    suggestion: Suggestion | None


@dataclass(frozen=True, slots=True)
class Change:
    """One row before and after."""

    line: int
    sheet: str
    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a batch is asked to do; `raw` and `value` only where one value becomes another."""

    code: str
    rule: str
    raw: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """The rows a batch changes, and a sample of them as people read it."""

    wanted: Wanted
    cells: dict[Place, Before]
    sample: tuple[Change, ...]


def alike(session: Session, actor: Actor, roster: Roster, code: str) -> Iterator[Alike]:
    """Yield the issues of a kind whose rows the actor may repair and that are not settled otherwise."""
    joined = sa.and_(
        col(RosterRow.roster_id) == col(RowIssue.roster_id),
        col(RosterRow.sheet) == col(RowIssue.sheet),
        col(RosterRow.line) == col(RowIssue.line),
    )
    statement = (
        sa.select(
            RowIssue.id, RowIssue.sheet, RowIssue.line, RowIssue.column, RowIssue.facts_sealed, RosterRow.cleaned_sealed
        )  # type: ignore[call-overload]
        .join(RosterRow, joined)
        .where(col(RowIssue.roster_id) == roster.id, col(RowIssue.code) == code)
        .where(col(RosterRow.settled_by).is_(None), repairs.rows_within(actor, Permission.ROW_FIX, roster))
        .order_by(col(RowIssue.sheet), col(RowIssue.line))
    )
    for row in session.execute(statement):
        key = row_key(roster.id, row.sheet, row.line)
        content = issue_content(roster.id, row.sheet, row.line, row.facts_sealed)
        values = json.loads(ROW_CLEANED.open(key, row.cleaned_sealed))
        raw = str(content["value"] if content["value"] is not None else "").strip()
        yield Alike(
            issue_id=row.id,
            place=(row.sheet, row.line),
            column=row.column,
            raw=raw,
            name=str(values.get("full_name", "")),
            suggestion=suggestions.suggest(code, raw, content["facts"], values, roster),
        )


def groups(session: Session, actor: Actor, roster: Roster, code: str) -> tuple[list[Group], int]:
    """Return what could be repaired at one stroke, most rows first, and how many issues of the kind there are."""
    found = list(alike(session, actor, roster, code))
    rules: dict[str, list[Alike]] = {}
    values: dict[str, list[Alike]] = {}
    for one in found:
        if one.suggestion is not None and one.suggestion.rule in RULES and _fits(roster, one):
            rules.setdefault(one.suggestion.rule, []).append(one)
        elif code in BY_VALUE and one.raw:
            values.setdefault(one.raw, []).append(one)
    made = [Group(rule, some[0].issue_id, "", len(some), some[0].suggestion) for rule, some in rules.items()]
    made += [Group(VALUE, some[0].issue_id, raw, len(some), some[0].suggestion) for raw, some in values.items()]
    return sorted(made, key=lambda group: -group.count)[:SHOWN], len(found)


def plan(session: Session, actor: Actor, roster: Roster, wanted: Wanted) -> Plan:
    """Return which cells a batch changes.

    Raises Invalid("batch_empty", "batch_value_missing", "batch_rule_unknown").
    """
    if wanted.rule == VALUE:
        if wanted.code not in BY_VALUE:
            raise Invalid("batch_rule_unknown")
        if not wanted.value or len(wanted.value) > 200 or not _is_choice(roster, wanted):
            raise Invalid("batch_value_missing")
    elif wanted.rule not in RULES:
        raise Invalid("batch_rule_unknown")
    chosen = [one for one in alike(session, actor, roster, wanted.code) if _takes_part(roster, wanted, one)]
    if not chosen:
        raise Invalid("batch_empty")
    now = repairs.patches(session, roster.id, [one.place for one in chosen])
    cells: dict[Place, Before] = {}
    for one in chosen:
        key, after = _target(wanted, one)
        before = now.get(one.place, {}).get(key, "" if key in (COMMUNE, BENEFIT) else one.raw)
        if before != after:
            cells[one.place] = {key: [before, after]}
    if not cells:
        raise Invalid("batch_empty")
    label = said(roster, wanted)
    sample = tuple(
        Change(
            one.place[1], one.place[0], one.name, mask_numbers(one.raw), label or mask_numbers(_target(wanted, one)[1])
        )
        for one in _spread([one for one in chosen if one.place in cells])
    )
    return Plan(wanted, cells, sample)


def raw_of(session: Session, actor: Actor, roster: Roster, code: str, issue_id: int) -> str:
    """Return the raw value an example issue stands for; NotFound when the actor may not repair its row."""
    row = session.execute(
        sa.select(RowIssue)
        .join(
            RosterRow,
            sa.and_(
                col(RosterRow.roster_id) == col(RowIssue.roster_id),
                col(RosterRow.sheet) == col(RowIssue.sheet),
                col(RosterRow.line) == col(RowIssue.line),
            ),
        )
        .where(col(RowIssue.id) == issue_id, col(RowIssue.roster_id) == roster.id, col(RowIssue.code) == code)
        .where(repairs.rows_within(actor, Permission.ROW_FIX, roster))
    ).scalar_one_or_none()
    if row is None:
        raise NotFound("not_found")
    content = issue_content(roster.id, row.sheet, row.line, row.facts_sealed)
    return str(content["value"] if content["value"] is not None else "").strip()


def said(roster: Roster, wanted: Wanted) -> str:
    """Return the value of a batch as people read it: a commune's or a benefit's name; "" for mechanical rules."""
    if wanted.rule != VALUE:
        return ""
    choices = choices_of(roster, wanted.code)
    return next((choice.label for choice in choices if choice.key == wanted.value), wanted.value)


def choices_of(roster: Roster, code: str) -> tuple[suggestions.Choice, ...]:
    """Return what may be picked for a kind of issue; empty where a value is typed."""
    if BY_VALUE.get(code) == COMMUNE:
        return suggestions.communes(roster.province_code, units_of(roster))
    return suggestions.benefits(roster.programme) if BY_VALUE.get(code) == BENEFIT else ()


def _is_choice(roster: Roster, wanted: Wanted) -> bool:
    choices = choices_of(roster, wanted.code)
    return not choices or any(choice.key == wanted.value for choice in choices)


def _takes_part(roster: Roster, wanted: Wanted, one: Alike) -> bool:
    if wanted.rule == VALUE:
        return one.raw == wanted.raw
    return one.suggestion is not None and one.suggestion.rule == wanted.rule and _fits(roster, one)


def _fits(roster: Roster, one: Alike) -> bool:
    """Does the issue's column hold the whole of the field, so that the suggestion can stand in its cell?"""
    if one.suggestion is None:
        return False
    fields = {column["column"]: column["field"] for column in repairs.columns_of(roster, one.place[0])}
    name = one.suggestion.field
    return fields.get(one.column) == name and f"{name}+" not in fields.values()


def _target(wanted: Wanted, one: Alike) -> tuple[str, str]:
    """The cell to change, and what to read there."""
    if wanted.rule == VALUE:
        return BY_VALUE[wanted.code] or one.column, wanted.value
    assert one.suggestion is not None, "only rows with a suggestion take part in a mechanical repair"
    return one.column, one.suggestion.value


def _spread(chosen: list[Alike]) -> list[Alike]:
    """A sample over the whole list, not only its first lines."""
    step = max(1, len(chosen) // SAMPLE)
    return chosen[::step][:SAMPLE]


def batches(session: Session, roster_id: UUID) -> list[RepairBatch]:
    """Return the batches of a roster, newest first."""
    made = select(RepairBatch).where(RepairBatch.roster_id == roster_id).order_by(col(RepairBatch.id).desc())
    return list(session.exec(made.limit(50)))


def batch_of(session: Session, roster_id: UUID, batch_id: UUID) -> RepairBatch:
    """Return one batch of a roster; NotFound where there is none."""
    found = session.get(RepairBatch, batch_id)
    if found is None or found.roster_id != roster_id:
        raise NotFound("not_found")
    return found
