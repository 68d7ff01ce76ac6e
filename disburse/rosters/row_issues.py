"""Row issues of a roster as an actor may see them: kinds with counts, pages of issues. Changes nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.db import among
from disburse.rosters import suggestions
from disburse.rosters.amended import CROSS_ROW, Place
from disburse.rosters.repairs import rows_within
from disburse.rosters.sayings import mask_numbers
from disburse.rosters.staging import issue_content, row_key
from disburse.rosters.suggestions import Suggestion
from disburse.rosters.tables import ROW_CLEANED, WAITING, Roster, RosterRow, RowIssue, RowState
from disburse.workbooks.flaws import row_sentence
from disburse.workbooks.wording_kinds import ISSUE_KINDS

# The gravest first, so that what keeps people off the list stands on top.
_GRAVITY = {"error": 0, "warning": 1, "info": 2}
_OTHER_SHEET = re.compile("“(.+)”")


@dataclass(frozen=True, slots=True)
class Facet:
    """One kind of issue of a roster and how often it occurs."""

    severity: str
    code: str
    count: int


@dataclass(frozen=True, slots=True)
class Other:
    """The other row that an issue speaks of."""

    row_id: int
    sheet: str
    line: int
    name: str
    facts: str


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue as an officer reads it: where in their own file, what stands there, what to do."""

    id: int
    row_id: int
    sheet: str
    line: int
    column: str
    severity: str
    code: str
    value: str
    message: str
    waits: bool
    name: str = ""
    suggestion: Suggestion | None = None
    other: Other | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """What of a roster's issues is asked for; empty means all."""

    code: str = ""
    severity: str = ""
    waiting: bool = False


def facets(session: Session, actor: Actor, found: Roster, *, waiting: bool = False) -> list[Facet]:
    """Return the kinds of issues of a roster with their counts, gravest and most frequent first."""
    kind = (col(RowIssue.severity), col(RowIssue.code))
    counted = session.execute(
        _asked(session, actor, found, Filter(waiting=waiting), *kind, sa.func.count()).group_by(*kind)
    )
    kinds = [Facet(*row) for row in counted]
    return sorted(kinds, key=lambda kind: (_GRAVITY[kind.severity], -kind.count, kind.code))


def issues(
    session: Session, actor: Actor, found: Roster, asked: Filter, *, lang: str = "vi", limit: int, offset: int
) -> list[Issue]:
    """Return one page of issues in the order of the file; how many there are, the facets say."""
    page = session.execute(
        _asked(session, actor, found, asked, RowIssue)
        .order_by(col(RowIssue.sheet), col(RowIssue.line), col(RowIssue.id))
        .limit(limit)
        .offset(offset)
    ).scalars()
    return described(session, actor, found, list(page), lang)


def next_waiting(session: Session, actor: Actor, found: Roster, asked: Filter, after: Place) -> int | None:
    """Return the next row, in the order of the file, that has an issue of the kind asked for; None behind the last."""
    place = sa.tuple_(col(RowIssue.sheet), col(RowIssue.line))
    row = session.execute(
        _asked(session, actor, found, asked, RowIssue.sheet, RowIssue.line)
        .where(place > after)
        .order_by(col(RowIssue.sheet), col(RowIssue.line))
        .limit(1)
    ).first()
    if row is None:
        return None
    rows = _rows(session, found, [(row[0], row[1])])
    return rows[row[0], row[1]].id if rows else None


def of_row(session: Session, actor: Actor, found: Roster, place: Place, lang: str = "vi") -> list[Issue]:
    """Return the issues of one row, gravest first."""
    page = session.execute(
        sa.select(RowIssue).where(
            col(RowIssue.roster_id) == found.id, col(RowIssue.sheet) == place[0], col(RowIssue.line) == place[1]
        )
    ).scalars()
    return sorted(described(session, actor, found, list(page), lang), key=lambda i: (_GRAVITY[i.severity], i.id))


def _asked(session: Session, actor: Actor, found: Roster, asked: Filter, *columns: Any) -> Any:
    """Select of a roster's issues those asked for that the actor may see; rows are joined only where they decide."""
    wanted = [col(RowIssue.roster_id) == found.id]
    if asked.code:
        wanted.append(col(RowIssue.code) == asked.code)
    if asked.severity:
        wanted.append(col(RowIssue.severity) == asked.severity)
    statement = sa.select(*columns).select_from(RowIssue)
    if asked.waiting or not _sees_all(session, actor, found):
        same = sa.and_(
            col(RosterRow.roster_id) == col(RowIssue.roster_id),
            col(RosterRow.sheet) == col(RowIssue.sheet),
            col(RosterRow.line) == col(RowIssue.line),
        )
        statement = statement.join(RosterRow, same)
        wanted += [col(RosterRow.roster_id) == found.id, rows_within(actor, Permission.ISSUE_READ, found)]
    return statement.where(*wanted, WAITING) if asked.waiting else statement.where(*wanted)


def _sees_all(session: Session, actor: Actor, found: Roster) -> bool:
    """Say whether no row of the roster lies outside what the actor may see: then nothing need be asked row by row."""
    if actor.covers(Permission.ISSUE_READ, province_code=found.province_code, programme=found.programme):
        return True
    inside = sa.func.coalesce(rows_within(actor, Permission.ISSUE_READ, found), sa.false())
    outside = sa.select(RosterRow.id).where(col(RosterRow.roster_id) == found.id, sa.not_(inside)).limit(1)  # type: ignore[call-overload]
    return session.execute(outside).first() is None


def described(session: Session, actor: Actor, found: Roster, page: Sequence[RowIssue], lang: str) -> list[Issue]:
    """Open issues and say them: masked values, message, suggestion, the other row where there is one."""
    contents = [issue_content(found.id, i.sheet, i.line, i.facts_sealed) for i in page]
    others = [_other_place(issue, content["facts"]) for issue, content in zip(page, contents, strict=True)]
    rows = _rows(session, found, {(i.sheet, i.line) for i in page} | {place for place in others if place})
    seen = _seen(session, actor, found, [place for place in others if place])
    return [
        _issue(found, issue, content, rows, seen.get(other) if other else None, lang)
        for issue, content, other in zip(page, contents, others, strict=True)
    ]


def _rows(session: Session, found: Roster, places: Iterable[Place]) -> dict[Place, Any]:
    chosen = set(places)
    statement = sa.select(
        RosterRow.id, RosterRow.sheet, RosterRow.line, RosterRow.state, RosterRow.settled_by, RosterRow.cleaned_sealed
    ).where(col(RosterRow.roster_id) == found.id)  # type: ignore[call-overload]
    rows = among(session, statement, col(RosterRow.line), sorted({line for _, line in chosen}))
    return {(row.sheet, row.line): row for row in rows if (row.sheet, row.line) in chosen}


def _other_place(issue: RowIssue, facts: dict[str, str]) -> Place | None:
    line = facts.get("line", "")
    if issue.code not in CROSS_ROW or not line.isdigit():
        return None
    sheet = _OTHER_SHEET.search(facts.get("where", ""))
    return (sheet[1] if sheet else issue.sheet, int(line))


def _seen(session: Session, actor: Actor, found: Roster, places: Sequence[Place]) -> dict[Place, Any]:
    """Which of the other rows the actor may see."""
    if not places:
        return {}
    statement = sa.select(RosterRow.id).where(  # type: ignore[call-overload]
        col(RosterRow.roster_id) == found.id, rows_within(actor, Permission.ISSUE_READ, found)
    )
    lines = sorted({line for _, line in places})
    visible = {row[0] for row in among(session, statement, col(RosterRow.line), lines)}
    return {place: row for place, row in _rows(session, found, places).items() if row.id in visible}


def _issue(
    found: Roster, row: RowIssue, content: dict[str, Any], rows: dict[Place, Any], other: Any, lang: str
) -> Issue:
    facts = {name: mask_numbers(str(value)) for name, value in content["facts"].items()}
    own = rows.get((row.sheet, row.line))
    value = str(content["value"] if content["value"] is not None else "")
    values = _values(found, own) if own is not None else {}
    suggestion = suggestions.suggest(row.code, value, content["facts"], values, found)
    return Issue(
        id=row.id or 0,
        row_id=own.id if own is not None else 0,
        sheet=row.sheet,
        line=row.line,
        column=row.column,
        severity=row.severity,
        code=row.code,
        value=mask_numbers(value),
        message=row_sentence(row.code, facts, lang),
        waits=own is not None and own.state == RowState.PARKED and own.settled_by is None,
        name=values.get("full_name", ""),
        suggestion=replace(suggestion, shown=mask_numbers(suggestion.shown)) if suggestion else None,
        other=_other(found, other) if other is not None else None,
    )


def _values(found: Roster, row: Any) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(ROW_CLEANED.open(row_key(found.id, row.sheet, row.line), row.cleaned_sealed))
    return values


def _other(found: Roster, row: Any) -> Other:
    values = _values(found, row)
    facts = [str(values[name]) for name in ("birth_date", "citizen_id", "benefit_text", "amount") if values.get(name)]
    return Other(row.id, row.sheet, row.line, values.get("full_name", ""), mask_numbers(" · ".join(facts)))


def related(session: Session, found: Roster, places: Iterable[Place]) -> set[Place]:
    """Return the rows that have to do with these: one of the two's issues names the other."""
    wanted = set(places)
    cross = sa.select(RowIssue).where(col(RowIssue.roster_id) == found.id, col(RowIssue.code).in_(CROSS_ROW))
    pairs: set[tuple[Place, Place]] = set()
    for issue in session.execute(cross).scalars():
        content = issue_content(found.id, issue.sheet, issue.line, issue.facts_sealed)
        if other := _other_place(issue, content["facts"]):
            pairs.add(((issue.sheet, issue.line), other))
    near = {second if first in wanted else first for first, second in pairs if first in wanted or second in wanted}
    return near - wanted


def issue_title(code: str, lang: str = "vi") -> str:
    """Return the name of a kind of issue: one of its own, else the first sentence of its message."""
    if names := ISSUE_KINDS.get(code):
        return names[0 if lang == "vi" else 1]
    return row_sentence(code, {}, lang).split(". ")[0].rstrip(".")


def titles(kinds: Iterable[Facet], lang: str) -> dict[str, str]:
    """Return the name of each kind of issue by its code."""
    return {kind.code: issue_title(kind.code, lang) for kind in kinds}
