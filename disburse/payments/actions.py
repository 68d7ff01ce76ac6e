"""Writes of payments: payers and their reports of paid and unpaid, and the stage `paid` that follows from them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse import clock, crypto
from disburse.audit.actions import record
from disburse.audit.actor import By
from disburse.clock import Period
from disburse.db import bulk_insert, one_in, take_turns, upsert
from disburse.errors import Conflict, DisburseError, Invalid, NotFound
from disburse.free_text import numbers_hidden, without_numbers
from disburse.funnel import actions as funnel
from disburse.ids import new_id
from disburse.payments import queries
from disburse.payments.finding import Found, find_all
from disburse.payments.tables import (
    PAID_LINE_RAW,
    Channel,
    PaidLine,
    PaidReport,
    PaidStatus,
    Payer,
    ReportedPeriod,
)
from disburse.people.tables import Enrolment
from disburse.workbooks.answer_files import AnswerFile, AnswerLine, day
from matching.text import fold

COLUMNS = (
    "commune_code", "file_number", "citizen_id", "full_name", "birth_date", "status", "channel", "amount", "bank_code",
    "account_number", "paid_on", "reason",
)  # fmt: skip
NEEDED = ("full_name", "status", "channel")
_AMOUNT = re.compile(r"[0-9]{1,15}")  # whole đồng
_LINE = (
    "report_id", "line", "enrolment_id", "commune_code", "status", "channel", "amount", "paid_on", "reason",
    "raw_sealed",
)  # fmt: skip


@dataclass(slots=True)
class Reported:
    """What a report came to. `known` = the same file was imported before."""

    report_id: UUID
    known: bool = False
    matched: int = 0
    left_out: int = 0
    by_account: int = 0
    lines_left_out: list[dict[str, Any]] = field(default_factory=list)

    def leave_out(self, number: int, code: str, /, **facts: object) -> None:
        """Remember a line that was not counted, with the sentence that says why."""
        self.left_out += 1
        self.lines_left_out.append({"line": number, "code": code, "message": DisburseError(code, **facts).sentence()})


def find_or_add_payer(session: Session, *, name: str, by: By) -> Payer:
    """Return the payer of that name, made if there is none."""
    folded = fold(name)[:100]
    payer = session.exec(select(Payer).where(Payer.name_fold == folded)).first()
    if payer is None:
        payer = Payer(name=" ".join(name.split())[:100], name_fold=folded, created_at=clock.utc_now())
        session.add(payer)
        session.flush()
        record(session, action="payer.added", object_type="payer", object_id=payer.id, by=by, name=payer.name)
    return payer


def take_report(session: Session, *, file: AnswerFile, programme: str, period: Period, payer: str, by: By) -> Reported:
    """Take a payer's list of paid and unpaid in.

    The same bytes for the same programme, period and payer are one report. Lines that fit nobody are kept and listed.
    The communes of those found count `paid` from now on; an older period never overwrites a newer one, and one to come
    is refused: nothing later would ever pass it.
    """
    take_turns(session, _turns(programme), "payers")  # the newest period must not change meanwhile
    holder = find_or_add_payer(session, name=payer, by=by)
    file_key = crypto.digest(f"{file.sha256}|{programme}|{period}|{holder.id}".encode())
    earlier = session.exec(select(PaidReport).where(PaidReport.file_key == file_key)).first()
    if earlier is not None:
        return Reported(earlier.id, True, earlier.lines_matched, earlier.lines_left_out)
    if period > Period.of(clock.today()):
        raise Invalid("period_to_come", value=str(period))
    done = Reported(new_id())
    lines = [line for line in file.lines if _readable(line, done)]
    found = find_all(session, lines, programme, period)
    report = PaidReport(
        id=done.report_id,
        payer_id=holder.id,
        programme=programme,
        period=str(period),
        file_name=file.name[:255],
        sha256=file.sha256,
        file_key=file_key,
        imported_by=by.name,
        imported_at=clock.utc_now(),
    )
    session.add(report)
    session.flush()
    rows = [_row(done, line, one) for line, one in zip(lines, found, strict=True)]
    bulk_insert(session, PaidLine, _LINE, rows)
    report.lines_matched, report.lines_left_out = done.matched, done.left_out
    session.add(report)
    communes = {one.payee.commune for one in found if one.payee}
    _report_communes(session, programme, str(period), communes)
    restate_paid(session, programme=programme, commune_codes=communes)
    record(
        session, action="paid.imported", object_type="paid_report", object_id=done.report_id, by=by,
        programme=programme, period=str(period), payer=holder.name, matched=done.matched, left_out=done.left_out,
        by_account=done.by_account, communes=len(communes),
    )  # fmt: skip
    return done


def undo_report(session: Session, *, report_id: UUID, why: str, by: By) -> int:
    """Let a report count no more: its lines are kept but speak of nobody. Returns how many spoke of somebody.

    The communes it named speak of their newest remaining period, or of none; the same file can be taken again. Closed
    months stay as they were closed.
    """
    why = without_numbers(" ".join(why.split()))[:300]
    if not why:
        raise Invalid("reason_needed")
    report = session.get(PaidReport, report_id)
    if report is None:
        raise NotFound("paid_report_unknown")
    take_turns(session, _turns(report.programme))
    session.refresh(report, with_for_update=True)
    speaking = (col(PaidLine.report_id) == report_id, col(PaidLine.enrolment_id).is_not(None))
    about = select(PaidLine.commune_code, Enrolment.commune_code).join(
        Enrolment, col(Enrolment.id) == col(PaidLine.enrolment_id)
    )
    # Where they were when it came, and where who has moved since counts now.
    communes = {code for both in session.exec(about.where(*speaking).distinct()) for code in both}
    if not communes:
        raise Conflict("paid_report_silent")
    undone = report.lines_matched
    session.execute(sa.update(PaidLine).where(*speaking).values(enrolment_id=None))
    report.file_key = crypto.digest(f"{report.file_key}|undone|{report.id}".encode())
    report.lines_matched, report.lines_left_out = 0, report.lines_left_out + undone
    session.add(report)
    session.flush()
    _report_again(session, report.programme, communes)
    record(
        session, action="paid.undone", object_type="paid_report", object_id=report_id, by=by,
        programme=report.programme, period=report.period, lines=undone, communes=len(communes), why=why,
    )  # fmt: skip
    return undone


def _report_again(session: Session, programme: str, communes: set[str]) -> None:
    """Let communes speak of the newest period that is still reported; where there is none, of none."""
    left = queries.periods_in_lines(session, programme, communes)
    rows = [{"programme": programme, "commune_code": code, "period": period} for code, period in sorted(left.items())]
    upsert(session, ReportedPeriod, rows, key=["programme", "commune_code"])
    restate_paid(session, programme=programme, commune_codes=left)
    silent = communes - left.keys()
    mine = (
        col(ReportedPeriod.programme) == programme,
        one_in(session, col(ReportedPeriod.commune_code), sorted(silent)),
    )
    session.execute(sa.delete(ReportedPeriod).where(*mine))
    nothing = {"paid": 0, "amount_by_account": 0}
    funnel.restate(session, {row[0]: nothing for row in queries.stages_of(session, programme, silent) if row[1]})
    funnel.close_paid(session, programme=programme, commune_codes=silent)


def _turns(programme: str) -> str:
    return f"paid reports of {programme}"


def restate_paid(session: Session, *, programme: str, commune_codes: Iterable[str]) -> None:
    """Set `paid` and `amount_by_account` of communes from the reports of their newest period."""
    periods = queries.reported_periods(session, programme, commune_codes)
    by_period: dict[str, set[str]] = {}
    for commune, period in periods.items():
        by_period.setdefault(period, set()).add(commune)
    for period, communes in sorted(by_period.items()):
        paid = queries.paid_in_communes(session, programme, period, communes)
        changed: dict[UUID, dict[str, int]] = {}
        for enrolment_id, was, amount, was_amount in queries.stages_of(session, programme, communes):
            now = int(enrolment_id in paid)
            if (now, now * amount) != (was, was_amount):
                changed[enrolment_id] = {"paid": now, "amount_by_account": now * amount}
        funnel.restate(session, changed)
        funnel.open_paid(session, programme=programme, commune_codes=communes)


def _report_communes(session: Session, programme: str, period: str, communes: set[str]) -> None:
    known = queries.reported_periods(session, programme, communes)
    newer = [code for code in sorted(communes) if known.get(code, "") < period]
    rows = [{"programme": programme, "commune_code": code, "period": period} for code in newer]
    upsert(session, ReportedPeriod, rows, key=["programme", "commune_code"])


def _readable(line: AnswerLine, done: Reported) -> bool:
    try:
        day(line["paid_on"])
    except DisburseError:
        done.leave_out(line.number, "line_value", column="paid_on", value=line["paid_on"])
        return False
    allowed: Sequence[tuple[str, tuple[str, ...]]] = (
        ("status", tuple(PaidStatus)),
        ("channel", ("", *Channel)),
    )
    for column, values in allowed:
        if line[column] not in values:
            done.leave_out(line.number, "line_value", column=column, value=line[column])
            return False
    if line["amount"] and not _AMOUNT.fullmatch(line["amount"]):
        done.leave_out(line.number, "line_value", column="amount", value=line["amount"])
        return False
    return True


def _row(done: Reported, line: AnswerLine, found: Found) -> tuple[Any, ...]:
    if found.payee is None:
        done.leave_out(line.number, found.code)
    else:
        done.matched += 1
        done.by_account += line["status"] == PaidStatus.PAID and line["channel"] == Channel.ACCOUNT
    text = json.dumps(line.values, ensure_ascii=False)
    return (
        done.report_id,
        line.number,
        found.payee.enrolment_id if found.payee else None,
        found.payee.commune if found.payee else "",
        PaidStatus(line["status"]),
        Channel(line["channel"]) if line["channel"] else None,
        int(line["amount"]) if line["amount"] else None,
        day(line["paid_on"]),
        numbers_hidden(line["reason"])[:200],
        PAID_LINE_RAW.seal(f"{done.report_id}//{line.number}", text),
    )
