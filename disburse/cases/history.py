"""What happened to a person: every fact with its source file and line, every change with what stood there before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse import clock
from disburse.accounts.overview import LinkLine
from disburse.accounts.tables import Registration, RegistrationList
from disburse.audit.tables import AuditEvent
from disburse.free_text import numbers_hidden
from disburse.payments.tables import PaidLine, PaidReport
from disburse.people.tables import Enrolment, Recipient, Verified
from disburse.rosters.tables import Roster, RosterRow, RowState

KINDS = ("roster", "account", "payment", "edit")


@dataclass(frozen=True, slots=True)
class Change:
    """One fact that became another; personal numbers stand masked. `field` is a column's name."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened. `what` is a code; `file` with `sheet` and `line` say where it was read."""

    on: date
    kind: str
    what: str
    about: str = ""
    by: str = ""
    reason: str = ""
    file: str = ""
    roster_id: UUID | None = None
    sheet: str = ""
    line: int | None = None
    changes: tuple[Change, ...] = ()
    at: datetime | None = None
    enrolment_id: UUID | None = None  # of a row of a list


def history(
    session: Session,
    *,
    person_id: UUID,
    enrolments: Sequence[Enrolment],
    links: Sequence[LinkLine],
    receiving: Mapping[UUID, tuple[str, str]] | None = None,
) -> list[Moment]:
    """Return what happened to a person, of these enrolments and links, newest first.

    receiving: id of a recipient of theirs, or as whom they receive → code of the moment, and what it is about.
    """
    programmes = {enrolment.id: enrolment.programme for enrolment in enrolments}
    moments = [
        *(read := list(_read(session, programmes))),
        *_ended(enrolments, {moment.enrolment_id: moment for moment in read if moment.what == "row_new"}),
        *_linked(session, links, set(programmes.values())),
        *_paid(session, programmes),
        *_received(session, receiving or {}),
        *_verified(session, person_id),
        *_acts(session, person_id, programmes),
    ]
    return sorted(moments, key=lambda m: (m.on, m.at is not None, m.at or clock.utc_now()), reverse=True)


def _read(session: Session, programmes: Mapping[UUID, str]) -> Iterator[Moment]:
    """Yield what lists said: a row that entered or changed somebody, or that no longer names them."""
    rows = session.execute(
        sa.select(RosterRow, Roster)
        .join(Roster, col(Roster.id) == col(RosterRow.roster_id))
        .where(col(RosterRow.enrolment_id).in_(programmes), col(Roster.imported_at).is_not(None))
        .where(col(RosterRow.state).in_([RowState.NEW, RowState.CHANGED, RowState.GONE]))
        .order_by(col(Roster.period).desc())
        .limit(200)
    )
    for row, roster in rows:
        gone = row.state == RowState.GONE
        yield Moment(
            on=clock.Period.parse(roster.period).first_day,
            kind="roster",
            what=f"row_{row.state.value}",
            about=f"{programmes[row.enrolment_id]} {roster.period[5:]}/{roster.period[:4]}",
            file=roster.file_name,
            roster_id=roster.id,
            sheet="" if gone else row.sheet,
            line=None if gone else row.line,
            changes=tuple(changes_of(row.changes or {})),
            enrolment_id=row.enrolment_id,
        )


_HIDDEN = {"recipient", "moved_from", "origin_valid_from", "province_code", "id_valid"}


def changes_of(changes: Mapping[str, Any]) -> Iterator[Change]:
    """Yield a row's changes as they may be shown; what stands for internal ids is told by other moments."""
    for name, pair in changes.items():
        if name in _HIDDEN or not isinstance(pair, list) or len(pair) != 2:
            continue
        if name == "lines":
            before, after = (_sums(lines) for lines in pair)
            yield Change("amount", before, after)
        else:
            yield Change(name, _text(pair[0]), _text(pair[1]))


def _sums(lines: Any) -> str:
    amounts = [line["amount"] for line in lines or [] if line.get("amount") is not None]
    return " + ".join(f"{amount:,}".replace(",", ".") for amount in amounts)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _ended(enrolments: Sequence[Enrolment], first: Mapping[UUID | None, Moment]) -> Iterator[Moment]:
    """Yield beginnings, with the row of the list that stated them, and ends."""
    for one in enrolments:
        began = Moment(one.from_date, "roster", "enrolment_began", one.programme)
        if row := first.get(one.id):
            began = replace(began, file=row.file, roster_id=row.roster_id, sheet=row.sheet, line=row.line)
        yield began
        if one.to_date:
            yield Moment(one.to_date, "edit", f"ended_{one.end_reason or 'stopped'}", one.programme)


def _linked(session: Session, links: Sequence[LinkLine], programmes: set[str]) -> Iterator[Moment]:
    stated = _stated(session, [line.link.account_id for line in links], programmes)
    for line in links:
        account = f"{line.bank} •••• {line.number_tail}"
        linked = Moment(line.link.since, "account", "linked", account, by=line.link.decided_by)
        yield replace(linked, **stated.get(line.link.account_id, {}))
        if line.link.confirmed_on:
            yield Moment(line.link.confirmed_on, "account", "confirmed", account)
        if line.link.ended_on:
            yield Moment(line.link.ended_on, "account", "link_ended", account, reason=line.link.reason)


def _stated(session: Session, accounts: Sequence[UUID], programmes: set[str]) -> dict[UUID, dict[str, Any]]:
    """Return for each account the file and line that first stated it: a bank's list, or a roster of these programmes.

    The reader may be granted one programme only: the list of another is not named to them.
    """
    rows = session.execute(
        sa.select(Registration, col(RegistrationList.file_name), col(Roster.file_name))
        .outerjoin(RegistrationList, col(RegistrationList.id) == col(Registration.list_id))
        .outerjoin(
            Roster, sa.and_(col(Roster.id) == col(Registration.roster_id), col(Roster.programme).in_(programmes))
        )
        .where(col(Registration.account_id).in_(accounts))
        .order_by(col(Registration.stated_on).desc(), col(Registration.id).desc())
    )
    return {
        one.account_id: {"file": listed or roster, "roster_id": one.roster_id, "sheet": one.sheet, "line": one.line}
        for one, listed, roster in rows
        if listed or roster
    }


@dataclass(frozen=True, slots=True)
class Payment:
    """What a payer reported of one month of one enrolment."""

    programme: str
    period: str
    status: str
    channel: str
    amount: int | None
    paid_on: date | None
    reason: str
    file: str
    line: int


def payments(session: Session, enrolments: Sequence[Enrolment]) -> list[Payment]:
    """Return what payers reported of these enrolments, the newest month first."""
    rows = session.execute(
        sa.select(PaidLine, PaidReport)
        .join(PaidReport, col(PaidReport.id) == col(PaidLine.report_id))
        .where(col(PaidLine.enrolment_id).in_([one.id for one in enrolments]))
        .order_by(col(PaidReport.period).desc(), col(PaidLine.id).desc())
        .limit(120)
    )
    return [
        Payment(
            report.programme, report.period, str(line.status), str(line.channel or ""), line.amount, line.paid_on,
            numbers_hidden(line.reason), report.file_name, line.line,
        )
        for line, report in rows
    ]  # fmt: skip


def _paid(session: Session, programmes: Mapping[UUID, str]) -> Iterator[Moment]:
    rows = session.execute(
        sa.select(PaidLine, PaidReport)
        .join(PaidReport, col(PaidReport.id) == col(PaidLine.report_id))
        .where(col(PaidLine.enrolment_id).in_(programmes))
        .order_by(col(PaidReport.period).desc())
        .limit(60)
    )
    for line, report in rows:
        on = line.paid_on or clock.Period.parse(report.period).last_day
        about = f"{report.programme} {report.period[5:]}/{report.period[:4]}"
        yield Moment(
            on,
            "payment",
            f"pay_{line.status.value}",
            about,
            reason=numbers_hidden(line.reason),
            file=report.file_name,
            line=line.line,
        )


def _received(session: Session, receiving: Mapping[UUID, tuple[str, str]]) -> Iterator[Moment]:
    """Yield since when somebody receives, with the row of the list that said so."""
    rows = session.execute(
        sa.select(Recipient, Roster, sa.func.min(col(RosterRow.sheet)), sa.func.min(col(RosterRow.line)))
        .outerjoin(Roster, col(Roster.id) == col(Recipient.roster_id))
        .outerjoin(
            RosterRow,
            sa.and_(
                col(RosterRow.roster_id) == col(Roster.id),
                col(RosterRow.enrolment_id) == col(Recipient.enrolment_id),
                col(RosterRow.state).in_([RowState.NEW, RowState.CHANGED]),
            ),
        )
        .where(col(Recipient.id).in_(receiving))
        .group_by(col(Recipient.id), col(Roster.id))
    )
    for one, roster, sheet, line in rows:
        what, about = receiving[one.id]
        moment = Moment(one.since, "roster" if roster else "edit", what, about)
        if roster:
            moment = replace(moment, file=roster.file_name, roster_id=roster.id, sheet=sheet or "", line=line)
        yield moment


def _verified(session: Session, person_id: UUID) -> Iterator[Moment]:
    for one in session.exec(select(Verified).where(Verified.person_id == person_id)):
        about, file = one.source, one.file_name or ""
        yield Moment(one.on, "roster", f"verified_{one.result.value}", about=about, file=file, line=one.line)


# Acts that other moments tell already, or that only say that somebody looked.
_UNTOLD = {"people.verified", "enrolment.ended", "number.revealed", "note.added"}


def _acts(session: Session, person_id: UUID, programmes: Mapping[UUID, str]) -> Iterator[Moment]:
    recipients = session.exec(select(Recipient.id).where(col(Recipient.enrolment_id).in_(programmes)))
    objects = {
        "person": [str(person_id)],
        "enrolment": [str(key) for key in programmes],
        "recipient": [str(key) for key in recipients],
    }
    for kind, ids in objects.items():
        events = session.exec(
            select(AuditEvent)
            .where(AuditEvent.object_type == kind, col(AuditEvent.object_id).in_(ids))
            .where(col(AuditEvent.action).not_in(_UNTOLD))
            .order_by(col(AuditEvent.seq).desc())
            .limit(100)
        )
        for event in events:
            yield _act(event)


def _act(event: AuditEvent) -> Moment:
    facts = event.facts
    pairs = facts.get("changes") or {}
    if "before" in facts and "after" in facts:
        pairs = {event.action.replace(".", "_"): [facts["before"], facts["after"]]}
    return Moment(
        on=event.at.astimezone(clock.VIETNAM).date(),
        kind="edit",
        what=event.action,
        about=event.programme or "",
        by=event.actor_name,
        reason=str(facts.get("why") or ""),
        changes=tuple(changes_of(pairs)),
        at=event.at,
    )
