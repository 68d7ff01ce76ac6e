"""Which enrolment does a payer's line speak of? By citizen ID, else file number, else commune, name and birth."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse.areas.tables import AreaChange
from disburse.clock import Period
from disburse.db import among
from disburse.people.likeness import same_given_name
from disburse.people.tables import CITIZEN_ID, Enrolment, EnrolmentState, Person, Precision
from disburse.workbooks.answer_files import AnswerLine
from matching.identity import citizen_id, pad_citizen_id, parse_date
from matching.text import fold

# A line of two minds about who is meant is looked for no further: the next key would make a guess of it.
_CONTRADICTS = ("line_id_differs", "line_id_anothers", "line_other_name")


@dataclass(frozen=True, slots=True)
class Payee:
    """An enrolment that may be meant, with what a line is compared with."""

    enrolment_id: UUID
    person_id: UUID
    active: bool
    commune: str
    origin: str
    file_number: str | None
    citizen: bytes | None
    name: str
    birth: date | None
    precision: Precision | None


@dataclass(frozen=True, slots=True)
class Found:
    """The enrolment of a line, or the code of the sentence that says why there is none."""

    payee: Payee | None
    code: str = ""


@dataclass(frozen=True, slots=True)
class _Stated:
    """The citizen ID of a line, and whether anybody we know has it, in whatever programme."""

    index: bytes | None
    owned: bool


def find_all(session: Session, lines: Sequence[AnswerLine], programme: str, period: Period) -> list[Found]:
    """Find the enrolment of every line, in order. Ended enrolments count when they reached into the period.

    File numbers and names repeat between communes: a line that names another commune or birth means somebody else.
    One whose citizen ID is a person's and whose name is not is nobody's: a digit may be wrong, and so may the name.
    """
    indexes = [_citizen(line) for line in lines]
    numbers = {line["file_number"] for line in lines if line["file_number"]}
    by_citizen = _grouped(
        _payees(session, programme, period, Person.citizen_id_index, set(filter(None, indexes))), "citizen"
    )
    by_number = _grouped(_payees(session, programme, period, Enrolment.file_number, numbers), "file_number")
    became = _successors(session, {_commune(line) for line in lines})
    taken = _owned(session, set(filter(None, indexes)))
    found = [
        _by_citizen(line, index, by_citizen) or _by_number(line, _Stated(index, index in taken), by_number, became)
        for line, index in zip(lines, indexes, strict=True)
    ]
    left = [line for line, one in zip(lines, found, strict=True) if one.payee is None]
    communes = {_commune(line) for line in left} - {""}
    by_name: dict[tuple[str, str], list[Payee]] = defaultdict(list)
    for payee in _in_communes(session, programme, period, communes):
        for code in {payee.commune, payee.origin}:
            by_name[code, payee.name].append(payee)
    return [
        one
        if one.payee or one.code in _CONTRADICTS
        else _by_name(line, _Stated(index, index in taken), by_name, one.code)
        for line, index, one in zip(lines, indexes, found, strict=True)
    ]


def _citizen(line: AnswerLine) -> bytes | None:
    text = line["citizen_id"]
    read = citizen_id(text) or citizen_id(pad_citizen_id(text) or "") if text else None
    return CITIZEN_ID.index(read.value) if read else None


def _commune(line: AnswerLine) -> str:
    """Return the five digits of the line's commune, zeros that Excel took restored; "" = it names none."""
    text = line["commune_code"]
    return text.zfill(5) if text.isascii() and text.isdecimal() else ""


def _successors(session: Session, codes: set[str]) -> set[tuple[str, str]]:
    """Return (code, code of today) for every commune of today that these became."""
    changes = sa.select(col(AreaChange.old_code), col(AreaChange.new_code))
    return {(old, new) for old, new in among(session, changes, col(AreaChange.old_code), codes - {""})}


def _by_citizen(line: AnswerLine, index: bytes | None, by_citizen: dict[Any, list[Payee]]) -> Found | None:
    one = _only(by_citizen.get(index, [])) if index is not None else None
    if one is None:
        return None
    stated = fold(line["full_name"])
    return Found(None, "line_other_name") if stated and not same_given_name(stated, one.name) else Found(one)


def _by_number(
    line: AnswerLine, stated: _Stated, by_number: dict[Any, list[Payee]], became: set[tuple[str, str]]
) -> Found:
    named = [
        p for p in by_number.get(line["file_number"], []) if p.name == fold(line["full_name"]) or not line["full_name"]
    ]
    here = [p for p in named if _lives_there(line, p, became)]
    meant = [p for p in here if not _born_otherwise(line, p)]
    one = _only(meant)
    if one is None:
        code = "line_several" if meant else "line_birth_differs" if here else "line_commune_differs"
        return Found(None, code if named else "line_nobody")
    return _unless_anothers(stated, one)


def _by_name(line: AnswerLine, stated: _Stated, by_name: dict[tuple[str, str], list[Payee]], code: str) -> Found:
    """Find by commune, name and birth; `code` says why the file number did not find anybody."""
    alike = [p for p in by_name.get((_commune(line), fold(line["full_name"])), []) if _born_alike(line, p)]
    if not alike:
        return Found(None, code)
    one = _only(alike)
    if one is None:
        return Found(None, "line_several")
    return _unless_anothers(stated, one)


def _lives_there(line: AnswerLine, payee: Payee, became: set[tuple[str, str]]) -> bool:
    stated = _commune(line)
    return stated in ("", payee.commune, payee.origin) or (stated, payee.commune) in became


def _born_otherwise(line: AnswerLine, payee: Payee) -> bool:
    """Say whether the births contradict each other; a missing or unreadable one, or 1 January of the year, does not."""
    stated = parse_date(line["birth_date"]) if line["birth_date"] else None
    if stated is None or payee.birth is None:
        return False
    if stated.year != payee.birth.year:
        return True
    new_year = (1, 1) in ((stated.month, stated.day), (payee.birth.month, payee.birth.day))
    return not new_year and not _born_alike(line, payee)


def _unless_anothers(stated: _Stated, payee: Payee) -> Found:
    """Return the payee, unless the line's ID is not theirs: they have another, or somebody else has it."""
    if stated.index is None or payee.citizen == stated.index:
        return Found(payee)
    if payee.citizen is not None:
        return Found(None, "line_id_differs")
    return Found(None, "line_id_anothers") if stated.owned else Found(payee)


def _only(payees: list[Payee]) -> Payee | None:
    """Return the only one, an active enrolment before an ended one of the same person."""
    if len({payee.person_id for payee in payees}) != 1:
        return None
    active = [p for p in payees if p.active] or payees
    return active[0] if len(active) == 1 else None


def _born_alike(line: AnswerLine, payee: Payee) -> bool:
    stated = parse_date(line["birth_date"]) if line["birth_date"] else None
    if stated is None or payee.birth is None or stated.year != payee.birth.year:
        return False
    if stated.day is None or payee.precision != Precision.DAY:
        return True
    return (stated.month, stated.day) == (payee.birth.month, payee.birth.day)


def _owned(session: Session, indexes: set[bytes]) -> set[bytes]:
    known = sa.select(col(Person.citizen_id_index))
    return {row[0] for row in among(session, known, col(Person.citizen_id_index), indexes)}


def _grouped(payees: Iterable[Payee], name: str) -> dict[Any, list[Payee]]:
    groups: dict[Any, list[Payee]] = defaultdict(list)
    for payee in payees:
        groups[getattr(payee, name)].append(payee)
    return groups


def _select(programme: str, period: Period) -> sa.Select[Any]:
    reached = sa.or_(col(Enrolment.state) == EnrolmentState.ACTIVE, col(Enrolment.to_date) >= period.first_day)
    statement: sa.Select[Any] = (
        sa.select(  # type: ignore[call-overload]
            Enrolment.id, Enrolment.person_id, Enrolment.state, Enrolment.commune_code, Enrolment.origin_code,
            Enrolment.file_number, Person.citizen_id_index, Person.name_fold, Person.birth_date, Person.birth_precision,
        )
        .join(Person, col(Person.id) == col(Enrolment.person_id))
        .where(col(Enrolment.programme) == programme, reached)
        .order_by(col(Enrolment.id))
    )  # fmt: skip
    return statement


def _payees(session: Session, programme: str, period: Period, column: Any, values: set[Any]) -> list[Payee]:
    rows: Iterable[Any] = among(session, _select(programme, period), col(column), values)
    return [Payee(row[0], row[1], row[2] == EnrolmentState.ACTIVE, *row[3:]) for row in rows]


def _in_communes(session: Session, programme: str, period: Period, codes: set[str]) -> list[Payee]:
    found = _payees(session, programme, period, Enrolment.commune_code, codes)
    found += _payees(session, programme, period, Enrolment.origin_code, codes)
    return list({payee.enrolment_id: payee for payee in found}.values())
