"""Lists of accounts that officers bring on the screen: read first, and taken in once somebody has seen what they hold.

The reading, the statements and the counts are those of `lists`; here is what stands before a list counts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse import clock, crypto
from disburse.accounts import lists
from disburse.accounts.statements import Statement
from disburse.accounts.tables import ListOrigin, ListState, RegistrationList, RegistrationRow, RegistrationSource
from disburse.audit.actions import record
from disburse.audit.actor import By
from disburse.banks.directory import packaged
from disburse.db import take_turns
from disburse.errors import Conflict
from disburse.jobs import actions as jobs
from disburse.jobs.queries import of_object
from disburse.people.tables import Precision
from disburse.workbooks.tables import Upload
from matching.text import fold

CHECK = "accounts.check"
SAMPLES = 8  # good lines that are shown before the list counts
UNSETTLED = (ListState.CHECKING, ListState.WAITING)
_WORD = re.compile(r"[^\W_]+")
# Columns that no bank has: two of them, and the file is rather a roster.
_OF_ROSTERS = (
    "muc huong", "muc tro cap", "tro cap", "dien huong", "dien doi tuong", "he so", "truy linh", "thuc linh", "ky nhan",
    "ma ho so", "so ho so", "hinh thuc nhan", "hinh thuc chi tra", "so quyet dinh", "loai doi tuong", "chinh sach",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A file as an officer brings it; an empty `basis` is the usual one of its source."""

    content: bytes
    name: str
    bank_code: str
    source: RegistrationSource
    basis: str
    area_code: str


def bring(session: Session, *, arrival: Arrival, by: By) -> UUID:
    """Keep a file, sealed, with the job that reads it; nothing of it counts. Returns the list's id.

    The same bytes on the same grounds that still wait in the same area are that list: two clicks make one.
    """
    sha256 = crypto.digest(arrival.content)
    basis = basis_of(arrival.source, arrival.basis)
    take_turns(session, f"registration list {sha256}")
    same = select(RegistrationList.id).where(
        RegistrationList.sha256 == sha256,
        RegistrationList.bank_code == arrival.bank_code,
        RegistrationList.source == arrival.source,
        RegistrationList.basis == basis,
        RegistrationList.area_code == arrival.area_code,
        col(RegistrationList.state).in_(UNSETTLED),
    )
    if (known := session.exec(same).first()) is not None:
        return known
    made = RegistrationList(
        bank_code=arrival.bank_code, source=arrival.source, basis=basis, file_name=arrival.name, sha256=sha256,
        origin=ListOrigin.SCREEN, area_code=arrival.area_code, state=ListState.CHECKING, created_by=by.name,
        created_at=clock.utc_now(),
    )  # fmt: skip
    lists.begin(session, made, content=arrival.content, kind=CHECK, by=by)
    return made.id


def basis_of(source: RegistrationSource, said: str) -> str:
    """Return the legal basis as said; where nothing was said, or another source's usual one, this source's."""
    said = " ".join(said.split())[:300]
    return lists.BASIS[source] if not said or said in lists.BASIS.values() else said


def note_checked(
    session: Session,
    *,
    list_id: UUID,
    statements: Sequence[Statement],
    parked: list[dict[str, Any]],
    report: dict[str, Any],
    by: By,
) -> None:
    """Note what reading a list found. It waits for an officer from now on; a list settled meanwhile stays as it is."""
    made = _held(session, list_id)
    if made.state != ListState.CHECKING:
        return
    lists.keep_read(session, made, statements, parked, report)
    made.state = ListState.WAITING
    seen = {"samples": [_sample(one) for one in statements[:SAMPLES]], "other_bank": _other_bank(made, statements)}
    made.report = lists.without_values(report) | seen
    record(
        session, action="registrations.checked", object_type="registration_list", object_id=list_id, by=by,
        province_code=lists.province_of(made), bank=made.bank_code, rows_ok=made.rows_ok, rows_parked=made.rows_parked,
    )  # fmt: skip


def _sample(one: Statement) -> dict[str, Any]:
    """Return a good line as it may be shown: numbers by their last four digits."""
    return {
        "sheet": one.sheet,
        "line": one.line,
        "holder": one.holder_name,
        "birth": _written(one),
        "account": one.account_number[-4:],
        "identity": (one.citizen_id or one.old_id or "")[-4:],
        "status": one.status or "",
    }


def _written(one: Statement) -> str:
    """Return a birth date as precisely as it is stated: 12/03/1951, 03/1951, 1951."""
    if one.birth_date is None:
        return ""
    parts = {Precision.YEAR: "%Y", Precision.MONTH: "%m/%Y"}
    return one.birth_date.strftime(parts.get(one.birth_precision or Precision.DAY, "%d/%m/%Y"))


def _other_bank(made: RegistrationList, statements: Sequence[Statement]) -> str:
    """Return the bank that most lines name, where it is not the list's; "" otherwise."""
    named = Counter(one.bank_code for one in statements)
    code, count = named.most_common(1)[0] if named else (made.bank_code, 0)
    return code if code != made.bank_code and count * 2 > len(statements) else ""


def bank_in_name(made: RegistrationList) -> str:
    """Return another bank that the file's name speaks of, "" if none: most lists name their bank nowhere else."""
    words = [word for word in _WORD.findall(made.file_name.rsplit(".", 1)[0]) if len(word) >= 3]
    found = {code for word in words if (code := packaged().resolve(word).code)}
    return min(found) if found and made.bank_code not in found else ""


def looks_like_a_roster(report: dict[str, Any]) -> bool:
    """Say whether a read file has columns that a bank's list has not."""
    strange = {fold(one["header"]) for one in report.get("columns", []) if one["field"] is None}
    return sum(any(sign in header for sign in _OF_ROSTERS) for header in strange) >= 2


def take(session: Session, *, list_id: UUID, by: By) -> None:
    """Have a list taken in that was read and seen: its job begins, and speaks for whoever brought the list."""
    made = _held(session, list_id)
    if made.state != ListState.WAITING:
        raise Conflict("list_settled")
    if other := made.report.get("other_bank"):
        raise Conflict("list_of_another_bank", other=other, bank=made.bank_code)
    _settle(made, ListState.READING, by)
    jobs.enqueue(session, kind=lists.KIND, object_id=list_id, by=by)
    record(
        session, action="registrations.ordered", object_type="registration_list", object_id=list_id, by=by,
        province_code=lists.province_of(made), bank=made.bank_code, rows_ok=made.rows_ok, brought_by=made.created_by,
    )  # fmt: skip


def put_aside(session: Session, *, list_id: UUID, by: By) -> None:
    """Put a list aside: nothing of it counts. Its file stays for the retention period."""
    made = _held(session, list_id)
    if made.state not in UNSETTLED:
        raise Conflict("list_settled")
    jobs.cancel_all(session, object_id=list_id, by=by)
    session.execute(sa.delete(RegistrationRow).where(col(RegistrationRow.list_id) == list_id))
    _settle(made, ListState.PUT_ASIDE, by)
    record(
        session, action="registrations.put_aside", object_type="registration_list", object_id=list_id, by=by,
        province_code=lists.province_of(made), bank=made.bank_code, rows_ok=made.rows_ok,
    )  # fmt: skip


def read_again(session: Session, *, list_id: UUID, by: By) -> None:
    """Begin again the reading or the taking in of a list that broke off."""
    newest = of_object(session, list_id)
    if not newest:
        raise Conflict("list_settled")
    jobs.retry(session, job_id=newest[0].id, by=by)


def left_waiting(session: Session, before: datetime) -> Iterable[UUID]:
    """Return the lists that nobody has settled since they came, before a moment."""
    old = select(RegistrationList.id).where(
        col(RegistrationList.state).in_(UNSETTLED), col(RegistrationList.created_at) < before
    )
    return session.exec(old).all()


def erase_old(session: Session, *, before: datetime) -> None:
    """Erase the bytes and the raw cells of lists that came before a moment; what came of them stays."""
    came = (col(RegistrationList.created_at) < before, col(RegistrationList.state) != ListState.READING)
    files = sa.select(col(RegistrationList.upload_id)).where(*came, col(RegistrationList.upload_id).is_not(None))
    kept = sa.and_(col(Upload.id).in_(files), col(Upload.content_sealed).is_not(None))
    session.execute(sa.update(Upload).where(kept).values(content_sealed=None))
    of_old = col(RegistrationRow.list_id).in_(sa.select(col(RegistrationList.id)).where(*came))
    full = sa.func.length(col(RegistrationRow.raw_sealed)) > 0
    session.execute(sa.update(RegistrationRow).where(of_old, full).values(raw_sealed=b""))


def _held(session: Session, list_id: UUID) -> RegistrationList:
    session.get(RegistrationList, list_id, with_for_update=True, populate_existing=True)
    return lists.get_list(session, list_id)


def _settle(made: RegistrationList, state: ListState, by: By) -> None:
    made.state, made.settled_by, made.settled_at = state, by.name, clock.utc_now()
    made.report = {name: value for name, value in made.report.items() if name != "samples"}
