"""Lists of registrations from banks and others: received with their job, taken in by one act, erased in time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse import clock, crypto
from disburse.accounts import due, life
from disburse.accounts.statements import Statement, chunks, state_accounts
from disburse.accounts.tables import (
    LIST_ROW_RAW,
    Account,
    AccountStatus,
    Candidate,
    CandidateState,
    Link,
    ListOrigin,
    ListState,
    Registration,
    RegistrationList,
    RegistrationRow,
    RegistrationSource,
)
from disburse.audit.actions import record
from disburse.audit.actor import By
from disburse.db import among, bulk_insert, take_turns
from disburse.errors import NotFound
from disburse.jobs import actions as jobs
from disburse.jobs.queries import of_object
from disburse.jobs.tables import JobState
from disburse.people.tables import Precision, Sex
from disburse.workbooks import uploads

KIND = "accounts.import"
BASIS = {
    RegistrationSource.BANK_LIST: "Thỏa thuận phối hợp chi trả giữa cơ quan và ngân hàng",
    RegistrationSource.BANK_REPLY: "Trả lời của ngân hàng theo yêu cầu của cơ quan",
    RegistrationSource.ROSTER: "Danh sách chi trả của cơ quan",
    RegistrationSource.SIGNED_FORM: "Giấy đăng ký có chữ ký của người hưởng",
    RegistrationSource.VNEID: "Tài khoản hưởng an sinh xã hội đăng ký trên VNeID",
    RegistrationSource.PAYER: "Báo cáo của tổ chức chi trả",
    RegistrationSource.OPENING_DAY: "Ngày mở tài khoản lưu động",
}


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a file: its list, the job that takes it in, and whether that list is one received before.

    `same_as`: the list of the same bytes and grounds before this one, or this one itself where it is `known`.
    """

    list_id: UUID
    job_id: UUID | None
    known: bool
    same_as: UUID | None


def receive(
    session: Session,
    *,
    content: bytes,
    name: str,
    bank_code: str,
    source: RegistrationSource,
    basis: str,
    by: By,
    kind: str = KIND,
    origin: ListOrigin = ListOrigin.COMMAND,
) -> Receipt:
    """Keep a file and save the job that takes it in; `kind` names the task that can read these bytes.

    The same bytes of the same bank, source and basis are one list while it is read and on the day it was taken in.
    Sent again later it is a list of its own: whoever sends it says that it holds today, so that all its lines are
    current again, also those an earlier list had stated first, and what was erased meanwhile comes back.
    """
    sha256 = crypto.digest(content)
    basis = basis or BASIS[source]
    file_key = crypto.digest(f"{sha256}|{bank_code}|{source}|{basis}".encode())
    take_turns(session, f"registration list {file_key}")
    earlier = session.exec(select(RegistrationList).where(RegistrationList.file_key == file_key)).first()
    if earlier is not None:
        if _counts_today(earlier):
            return Receipt(earlier.id, _job_of(session, earlier, by), True, earlier.id)
        earlier.file_key = None
        session.add(earlier)
        session.flush()  # the key is its successor's
    made = RegistrationList(
        bank_code=bank_code, source=source, basis=basis, file_name=name, sha256=sha256, file_key=file_key,
        origin=origin, created_by=by.name, created_at=clock.utc_now(),
    )  # fmt: skip
    job_id = begin(session, made, content=content, kind=kind, by=by)
    return Receipt(made.id, job_id, False, earlier.id if earlier else None)


def begin(session: Session, made: RegistrationList, *, content: bytes, kind: str, by: By) -> UUID:
    """Keep a list that came, its file sealed, and save the job that reads it. Returns the job's id."""
    made.upload_id = uploads.keep(session, content=content, name=made.file_name, by=by).id
    made.file_name = made.file_name[:255]
    session.add(made)
    session.flush()
    job = jobs.enqueue(session, kind=kind, object_id=made.id, by=by)
    record(
        session, action="registrations.received", object_type="registration_list", object_id=made.id, by=by,
        province_code=province_of(made), bank=made.bank_code, source=str(made.source), basis=made.basis,
        sha256=made.sha256,
    )  # fmt: skip
    return job.id


def province_of(made: RegistrationList) -> str | None:
    """Return the province whose officers brought a list; None of one that came by program or by command line."""
    return (made.area_code or "")[:2] or None


def _counts_today(made: RegistrationList) -> bool:
    """Whether a list is still to be read, or was read today, so that reading it again would change nothing."""
    return made.imported_at is None or made.imported_at.astimezone(clock.VIETNAM).date() == clock.today()


def _job_of(session: Session, made: RegistrationList, by: By) -> UUID | None:
    newest = next(iter(of_object(session, made.id)), None)
    if newest is not None and newest.state in (JobState.FAILED, JobState.CANCELLED):
        jobs.retry(session, job_id=newest.id, by=by)
    return newest.id if newest else None


def take_in(
    session: Session,
    *,
    list_id: UUID,
    statements: list[Statement],
    parked: list[dict[str, Any]],
    report: dict[str, Any],
    by: By,
) -> dict[str, Any]:
    """Make a list count: its statements, its parked lines and its report, in one act. Returns the counts."""
    made = get_list(session, list_id)
    stated = state_accounts(session, statements=statements, by=by)
    life.accounts_changed(session, account_ids=stated.told, by=by)
    keep_read(session, made, statements, parked, report)
    made.state, made.imported_at = ListState.IMPORTED, clock.utc_now()
    made.rows_new, made.rows_changed, made.rows_same = stated.new, stated.changed, stated.same
    made.report = without_values(report)
    session.add(made)
    record(
        session,
        action="registrations.imported",
        object_type="registration_list",
        object_id=list_id,
        by=by,
        bank=made.bank_code,
        source=str(made.source),
        new=stated.new,
        changed=stated.changed,
        same=stated.same,
        rows_ok=len(statements),
        rows_parked=len(parked),
        holder_drift=stated.drift,
    )
    return {"new": stated.new, "changed": stated.changed, "same": stated.same}


def keep_read(
    session: Session,
    made: RegistrationList,
    statements: Sequence[Statement],
    parked: list[dict[str, Any]],
    report: dict[str, Any],
) -> None:
    """Keep how many lines were read of a list, and those that wait, sealed, in place of those kept at a first look."""
    session.execute(sa.delete(RegistrationRow).where(col(RegistrationRow.list_id) == made.id))
    rows = ((made.id, row["sheet"], row["line"], _sealed(made.id, row)) for row in parked)
    bulk_insert(session, RegistrationRow, ("list_id", "sheet", "line", "raw_sealed"), rows)
    made.rows_read, made.rows_skipped = report["rows_read"], report["rows_skipped"]
    made.rows_ok, made.rows_parked = len(statements), len(parked)


def refuse(session: Session, *, list_id: UUID, code: str, columns: Sequence[dict[str, Any]] = (), by: By) -> None:
    """Note that a file could not be read, and the columns it has if that is known; it may be tried again."""
    made = get_list(session, list_id)
    made.state, made.file_key = ListState.REFUSED, None
    made.report = {"verdict": "reject", "reject_code": code, "columns": list(columns)}
    session.add(made)
    record(
        session, action="registrations.refused", object_type="registration_list", object_id=list_id, by=by, code=code
    )


def get_list(session: Session, list_id: UUID) -> RegistrationList:
    """Return a list; NotFound if there is none."""
    found = session.get(RegistrationList, list_id)
    if found is None:
        raise NotFound("not_found")
    return found


def without_values(report: dict[str, Any]) -> dict[str, Any]:
    """Return a report without the cells' content: what may be stored unsealed."""
    # The sentence quotes the cell; sheet, row, column and code are enough to find it again.
    issues = [issue | {"value": "", "message": ""} for issue in report.get("issues", [])]
    return report | {"issues": issues}


def _sealed(list_id: UUID, row: dict[str, Any]) -> bytes:
    kept = {"raw": row.get("raw", []), "issues": row.get("issues", []), "values": row.get("values", {})}
    text = json.dumps(kept, ensure_ascii=False, default=str)
    return LIST_ROW_RAW.seal(f"{list_id}/{row['sheet']}/{row['line']}", text)


def statement_of(made: RegistrationList, row: dict[str, Any], stated_on: date) -> Statement:
    """Return what one good line of a list states."""
    values = row["values"]
    get = values.get
    return Statement(
        bank_code=get("bank_code") or made.bank_code,
        account_number=values["account_number"],
        source=made.source,
        basis=made.basis,
        stated_on=stated_on,
        holder_name=get("holder_name") or "",
        birth_date=_day(get("birth_date")),
        birth_precision=Precision(get("birth_precision")) if get("birth_precision") else None,
        sex=Sex(get("sex")) if get("sex") else None,
        citizen_id=get("citizen_id"),
        old_id=get("old_id"),
        phone=get("phone"),
        address=(get("address") or "")[:300],
        status=AccountStatus(get("account_status")) if get("account_status") else None,
        currency=(get("currency") or None),
        joint=get("joint"),
        branch=(get("branch") or "")[:100] or None,
        opened_on=_day(get("opened_on")),
        list_id=made.id,
        sheet=row["sheet"],
        line=row["line"],
    )


def _day(text: str | None) -> date | None:
    """Read `YYYY`, `YYYY-MM` or a whole day; what is missing is the first."""
    return date.fromisoformat(f"{text}-01-01"[:10]) if text else None


def erase_unmatched(session: Session, *, days: int, by: By) -> int:
    """Erase statements of bulk lists older than `days` that belong to nobody we know; the counts stay.

    A statement that was proposed and turned down keeps its place, so that the pair is not asked again, but loses
    everything about its holder. Returns how many were erased.
    """
    take_turns(session, "candidates")  # nobody proposes meanwhile what is erased
    limit = clock.today() - timedelta(days=days)
    registrations, candidates = Registration.__table__, Candidate.__table__  # type: ignore[attr-defined]
    wanted = [CandidateState.OPEN, CandidateState.ACCEPTED, CandidateState.UNSURE]
    kept = sa.select(candidates.c.account_id).where(candidates.c.state.in_(wanted))
    old = sa.and_(
        registrations.c.source == RegistrationSource.BANK_LIST,
        registrations.c.last_seen < limit,
        registrations.c.holder_fold != "",
        registrations.c.person_id.is_(None),
        registrations.c.account_id.not_in(kept),
        registrations.c.account_id.not_in(sa.select(col(Link.account_id))),
    )
    rows = session.execute(
        sa.select(registrations.c.id, registrations.c.list_id, registrations.c.account_id).where(old)
    ).all()
    if not rows:
        return 0
    due.forget_registrations(session, [row.id for row in rows])
    asked = {row[0] for row in session.execute(sa.select(candidates.c.registration_id))}
    _blank(session, [row.id for row in rows if row.id in asked])
    _delete(session, Registration, [row.id for row in rows if row.id not in asked])
    _drop_unused_accounts(session, {row.account_id for row in rows})
    by_list: dict[UUID, int] = {}
    for row in rows:
        if row.list_id:
            by_list[row.list_id] = by_list.get(row.list_id, 0) + 1
    for list_id, count in by_list.items():
        made = get_list(session, list_id)
        made.rows_erased += count
        session.add(made)
    lists = {str(list_id): count for list_id, count in by_list.items()}
    record(
        session, action="registrations.erased", object_type="registration", object_id="*", by=by, days=days, lists=lists
    )
    return len(rows)


def _blank(session: Session, ids: list[UUID]) -> None:
    names = (
        "holder_birth_date", "holder_birth_precision", "holder_sex", "holder_citizen_id_sealed",
        "holder_citizen_id_index", "holder_old_id_sealed", "holder_phone_sealed",
    )  # fmt: skip
    empty = dict.fromkeys(names)
    for some in chunks(ids):
        statement = sa.update(Registration).where(col(Registration.id).in_(some))
        # Without its digest, the same facts stated again are a statement of their own.
        session.execute(statement.values(holder_name="", holder_fold="", address="", facts_hash=b"", **empty))


def _delete(session: Session, table: Any, ids: Iterable[UUID]) -> None:
    for some in chunks(ids):
        session.execute(sa.delete(table).where(col(table.id).in_(some)))


def _drop_unused_accounts(session: Session, ids: set[UUID]) -> None:
    used: set[UUID] = set()
    for table in (Registration, Candidate, Link):
        column = col(table.account_id)
        used |= {row[0] for row in among(session, sa.select(column), column, ids)}
    _delete(session, Account, ids - used)
