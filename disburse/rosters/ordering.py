"""What an officer orders about a roster on the screen: correct it, import it, refuse it. Undoing it: undoing.

Each correction lets the file be read again; the import is ordered once, by the number the officer saw.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlmodel import Session, select

from disburse.audit.actor import By
from disburse.errors import Conflict, Invalid
from disburse.free_text import without_numbers
from disburse.jobs import actions as jobs
from disburse.rosters import actions, hamlets, remembering, staging
from disburse.rosters.actions import About
from disburse.rosters.corrections import Corrections
from disburse.rosters.headers import ROSTER
from disburse.rosters.programme_clues import Clues
from disburse.rosters.rehearsal import Rehearsal, is_out_of_date
from disburse.rosters.tables import Roster, RosterState

TURNED_DOWN = "turned_down"
_NAMES = ("full_name", "surname", "given")
_LONGEST_REASON = 300


def check_mapping(fields: Iterable[str]) -> None:
    """Raise Invalid where one field is given to two columns, or no column is the name."""
    counts = Counter(name for name in fields if name)
    for name, count in counts.items():
        known = ROSTER.by_name.get(name.rstrip("+"))
        if count > 1 and (known is None or (known.kept and not known.many)):
            raise Invalid("column_twice", field=known.spellings[0] if known and known.spellings else name)
    if not any(counts[name] for name in _NAMES):
        raise Invalid("column_name_needed")


def describe(session: Session, *, roster_id: UUID, about: About, by: By) -> bool:
    """Change what a file was said to be. Returns whether it is read again."""
    roster = _open(session, roster_id)
    now = (roster.programme, roster.period, roster.scope, roster.units, roster.province_code, roster.commune_code)
    said = (about.programme, about.period, about.scope, about.units, about.province_code, about.commune_code)
    if now == said:
        return False
    key = actions.file_key(roster.sha256, about)
    other = session.exec(select(Roster).where(Roster.file_key == key, Roster.id != roster.id)).first()
    if other is not None:
        raise Conflict("roster_same_file")
    roster.programme, roster.period, roster.scope = about.programme, about.period, about.scope
    roster.units, roster.province_code, roster.commune_code = about.units, about.province_code, about.commune_code
    roster.file_key = key
    told = Corrections.from_json(roster.corrections)
    known = remembering.recall(session, roster)
    kept = replace(
        told,
        communes={**known.communes, **told.communes},
        benefits={**known.benefits, **told.benefits},
        remembered=known.remembered,
    )
    _correct(session, roster, kept, by, anew=True)
    return True


def correct_sheets(
    session: Session, *, roster_id: UUID, sheets: Mapping[str, bool], headers: Mapping[str, int], by: By
) -> bool:
    """Say which sheets are read and where headers begin. Returns whether it is read again."""
    roster = _open(session, roster_id)
    told, outline = Corrections.from_json(roster.corrections), actions.outline_of(roster)
    shown = {one["name"]: one for one in outline.get("sheets", ())}
    sheets = {name: ticked for name, ticked in sheets.items() if name in shown}
    headers = {name: line for name, line in headers.items() if name in shown and line != shown[name]["header"]}
    if not any(sheets.values()):
        raise Invalid("sheet_needed")
    if all(shown[name]["ticked"] == ticked for name, ticked in sheets.items()):
        sheets = told.sheets
    kept = replace(told, sheets=sheets, headers={**told.headers, **headers})
    if kept.as_json() == told.as_json():
        return False
    _correct(session, roster, kept, by, anew=True)
    return True


def correct_columns(session: Session, *, roster_id: UUID, columns: Mapping[str, Mapping[str, str]], by: By) -> bool:
    """Say what the columns of tables are: table key → letter → field. Returns whether it is read again."""
    roster = _open(session, roster_id)
    told, outline = Corrections.from_json(roster.corrections), actions.outline_of(roster)
    tables = {one["key"]: one for one in outline.get("tables", ())}
    changed: dict[str, Mapping[str, str]] = {}
    for key, fields in columns.items():
        if key not in tables:
            continue
        check_mapping(fields.values())
        if dict(fields) != fields_shown(tables[key], told):
            changed[key] = dict(fields)
    problem = outline.get("problem") in ("ambiguous_columns", "no_name_column")
    if not changed and not problem:
        return False
    given = changed or {key: dict(fields) for key, fields in columns.items() if key in tables}
    # A header without a name column is none to the reader, unless a person has pointed at it.
    pointed = {tables[key]["sheet"]: tables[key]["line"] for key in given if not tables[key]["named"]}
    kept = replace(told, columns={**told.columns, **given}, headers={**pointed, **told.headers})
    _correct(session, roster, kept, by, anew=False)
    return True


def fields_shown(table: Mapping[str, Any], told: Corrections) -> dict[str, str]:
    """Return letter → field of a table as the screen shows it: as told, else as guessed."""
    given = told.columns.get(table["key"], {})
    return {column["letter"]: given.get(column["letter"], column["field"]) for column in table["columns"]}


def correct_values(
    session: Session, *, roster_id: UUID, communes: Mapping[str, str], benefits: Mapping[str, str], by: By
) -> bool:
    """Say what texts mean: text → unit, text → benefit type ("" = left open). Returns whether it is read again."""
    roster = _open(session, roster_id)
    told = Corrections.from_json(roster.corrections)
    kept = replace(
        told,
        communes=_without_open({**told.communes, **communes}),
        benefits=_without_open({**told.benefits, **benefits}),
    )
    if kept.as_json() == told.as_json():
        return False
    _correct(session, roster, kept, by, anew=False)
    return True


def name_hamlets(
    session: Session, *, roster_id: UUID, told: Mapping[str, str], communes: Collection[str], by: By
) -> int:
    """Keep in the register what hamlets of a file are (`hamlets.say`); the import is then counted anew.

    communes: of today, whose register the officer may change. Returns how many texts the register learned.
    """
    roster = _open(session, roster_id)
    found = Rehearsal.from_json(roster.report.get("rehearsal"))
    if found is None or not any(told.values()):
        return 0
    kept = hamlets.say(session, questions=hamlets.asked(session, found.hamlets, communes), told=told, by=by)
    if kept:
        begin_again(session, roster_id=roster_id, by=by)
    return kept


def _without_open(texts: Mapping[str, str]) -> dict[str, str]:
    return {text: meaning for text, meaning in texts.items() if meaning}


def _correct(session: Session, roster: Roster, told: Corrections, by: By, *, anew: bool) -> None:
    """Keep corrections and let the file be read again; `anew`: what it looks like changes too."""
    roster.corrections = told.as_json()
    if anew:
        roster.outline_sealed = None
    actions.restart(session, roster, by=by)
    actions.tell(session, action="roster.corrected", roster=roster, by=by)


def begin_again(session: Session, *, roster_id: UUID, by: By) -> None:
    """Count anew what an import would do, or read a file anew whose reading broke off."""
    roster = _open(session, roster_id)
    if roster.state != RosterState.STAGED:
        actions.restart(session, roster, by=by)
        return
    jobs.cancel_all(session, object_id=roster.id, by=by)
    roster.report = {name: value for name, value in roster.report.items() if name != "rehearsal"}
    session.add(roster)
    jobs.enqueue(session, kind=actions.PREPARE, object_id=roster.id, by=by)


def order_import(
    session: Session, *, roster_id: UUID, rows: int, missing: int | None = None, programme: str = "", by: By
) -> None:
    """Let a prepared roster be imported. `rows`, `missing`, `programme`: what the officer confirmed; the second is
    asked for where a full list misses more than 5 % of its people, the last where the file looks like another's.
    """
    roster = _open(session, roster_id)
    found = Rehearsal.from_json(roster.report.get("rehearsal"))
    if roster.state != RosterState.STAGED or found is None:
        raise Conflict("roster_not_ready")
    if is_out_of_date(session, roster, found) or rows != found.entered:
        raise Conflict("roster_counts_old")
    if not rows:
        raise Conflict("roster_nothing_to_import")
    if found.misses_many and missing != found.gone:
        raise Invalid("roster_missing_unconfirmed", gone=found.gone)
    clues = Clues.from_json(roster.report.get("clues"))
    if clues and programme != roster.programme:
        raise Invalid("roster_programme_unconfirmed", found=clues.programme, stated=roster.programme)
    roster.ordered_by = by.name
    session.add(roster)
    remembering.remember(session, roster, actions.outline_of(roster).get("tables", ()), by.name)
    jobs.enqueue(session, kind=actions.KIND, object_id=roster.id, by=by)
    despite = {"looks_like": clues.programme} if clues else {}
    actions.tell(session, action="roster.ordered", roster=roster, by=by, rows=rows, gone=found.gone, **despite)


def turn_down(session: Session, *, roster_id: UUID, reason: str, by: By) -> None:
    """Refuse a roster that was not imported, with a reason; the file may be uploaded again."""
    roster = _open(session, roster_id)
    said = without_numbers(" ".join(reason.split()))
    if not said:
        raise Invalid("roster_reason_needed")
    jobs.cancel_all(session, object_id=roster.id, by=by)
    staging.drop(session, roster.id)
    roster.state, roster.reject_code, roster.file_key = RosterState.REFUSED, TURNED_DOWN, None
    roster.turned_down = said[:_LONGEST_REASON]
    session.add(roster)
    actions.tell(session, action="roster.turned_down", roster=roster, by=by, reason=said[:_LONGEST_REASON])


def _open(session: Session, roster_id: UUID) -> Roster:
    """Return a roster that waits on the screen, held until the transaction ends; Conflict once it is settled."""
    waiting = select(Roster).where(Roster.id == roster_id).with_for_update()
    roster = session.exec(waiting.execution_options(populate_existing=True)).first() or actions.get(session, roster_id)
    on_the_way = roster.state in (RosterState.READING, RosterState.STAGED)
    if not roster.on_screen or roster.ordered_by or not on_the_way:
        raise Conflict("roster_settled")
    return roster
