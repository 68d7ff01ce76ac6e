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

from disburse.clock import Period
from disburse.db import among
from disburse.people.tables import CITIZEN_ID, Enrolment, EnrolmentState, Person, Precision
from disburse.workbooks.answer_files import AnswerLine
from matching.identity import citizen_id, pad_citizen_id, parse_date
from matching.text import fold


@dataclass(frozen=True, slots=True)
class Payee:
    """An enrolment that may be meant, with what a line is compared with."""

    enrolment_id: UUID
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


def find_all(session: Session, lines: Sequence[AnswerLine], programme: str, period: Period) -> list[Found]:
    """Find the enrolment of every line, in order. Ended enrolments count when they reached into the period."""
    indexes = [_citizen(line) for line in lines]
    numbers = {line["file_number"] for line in lines if line["file_number"]}
    by_citizen = _grouped(
        _payees(session, programme, period, Person.citizen_id_index, set(filter(None, indexes))), "citizen"
    )
    by_number = _grouped(_payees(session, programme, period, Enrolment.file_number, numbers), "file_number")
    found = [_by_numbers(line, index, by_citizen, by_number) for line, index in zip(lines, indexes, strict=True)]
    left = [line for line, one in zip(lines, found, strict=True) if one is None]
    communes = {line["commune_code"] for line in left if line["commune_code"]}
    by_name: dict[tuple[str, str], list[Payee]] = defaultdict(list)
    for payee in _in_communes(session, programme, period, communes):
        for code in {payee.commune, payee.origin}:
            by_name[code, payee.name].append(payee)
    return [one or _by_name(line, index, by_name) for line, index, one in zip(lines, indexes, found, strict=True)]


def _citizen(line: AnswerLine) -> bytes | None:
    text = line["citizen_id"]
    read = citizen_id(text) or citizen_id(pad_citizen_id(text) or "") if text else None
    return CITIZEN_ID.index(read.value) if read else None


def _by_numbers(
    line: AnswerLine,
    index: bytes | None,
    by_citizen: dict[Any, list[Payee]],
    by_number: dict[Any, list[Payee]],
) -> Found | None:
    if index is not None and (one := _only(by_citizen.get(index, []))):
        return Found(one)
    named = [
        p for p in by_number.get(line["file_number"], []) if p.name == fold(line["full_name"]) or not line["full_name"]
    ]
    one = _only(named)
    if one is None:
        return None
    return Found(None, "line_id_differs") if _id_differs(index, one) else Found(one)


def _by_name(line: AnswerLine, index: bytes | None, by_name: dict[tuple[str, str], list[Payee]]) -> Found:
    alike = [p for p in by_name.get((line["commune_code"], fold(line["full_name"])), []) if _born_alike(line, p)]
    if not alike:
        return Found(None, "line_nobody")
    one = _only(alike)
    if one is None:
        return Found(None, "line_several")
    return Found(None, "line_id_differs") if _id_differs(index, one) else Found(one)


def _id_differs(index: bytes | None, payee: Payee) -> bool:
    return index is not None and payee.citizen is not None and payee.citizen != index


def _only(payees: list[Payee]) -> Payee | None:
    """Return the only one, an active enrolment before an ended one of the same person."""
    active = [p for p in payees if p.active] or payees
    return active[0] if len(active) == 1 else None


def _born_alike(line: AnswerLine, payee: Payee) -> bool:
    stated = parse_date(line["birth_date"]) if line["birth_date"] else None
    if stated is None or payee.birth is None or stated.year != payee.birth.year:
        return False
    if stated.day is None or payee.precision != Precision.DAY:
        return True
    return (stated.month, stated.day) == (payee.birth.month, payee.birth.day)


def _grouped(payees: Iterable[Payee], name: str) -> dict[Any, list[Payee]]:
    groups: dict[Any, list[Payee]] = defaultdict(list)
    for payee in payees:
        groups[getattr(payee, name)].append(payee)
    return groups


def _select(programme: str, period: Period) -> sa.Select[Any]:
    reached = sa.or_(col(Enrolment.state) == EnrolmentState.ACTIVE, col(Enrolment.to_date) >= period.first_day)
    statement: sa.Select[Any] = (
        sa.select(  # type: ignore[call-overload]
            Enrolment.id, Enrolment.state, Enrolment.commune_code, Enrolment.origin_code, Enrolment.file_number,
            Person.citizen_id_index, Person.name_fold, Person.birth_date, Person.birth_precision,
        )
        .join(Person, col(Person.id) == col(Enrolment.person_id))
        .where(col(Enrolment.programme) == programme, reached)
        .order_by(col(Enrolment.id))
    )  # fmt: skip
    return statement


def _payees(session: Session, programme: str, period: Period, column: Any, values: set[Any]) -> list[Payee]:
    rows: Iterable[Any] = among(session, _select(programme, period), col(column), values)
    return [Payee(row[0], row[1] == EnrolmentState.ACTIVE, *row[2:]) for row in rows]


def _in_communes(session: Session, programme: str, period: Period, codes: set[str]) -> list[Payee]:
    found = _payees(session, programme, period, Enrolment.commune_code, codes)
    found += _payees(session, programme, period, Enrolment.origin_code, codes)
    return list({payee.enrolment_id: payee for payee in found}.values())
