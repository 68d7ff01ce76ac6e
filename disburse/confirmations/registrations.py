"""Lists of accounts that a bank's program posts: kept as they came, then taken in by a job as a file's lines are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

import pydantic_core
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from sqlmodel import Session

from disburse import clock
from disburse.accounts import lists
from disburse.accounts.lists import Receipt
from disburse.accounts.statements import Statement
from disburse.accounts.tables import AccountStatus, ListOrigin, ListState, RegistrationList, RegistrationSource
from disburse.audit.actor import By
from disburse.db import Database
from disburse.errors import DisburseError
from disburse.jobs.running import Held
from disburse.jobs.tables import Job
from disburse.people.tables import Precision, Sex
from disburse.workbooks import uploads
from matching.identity import AccountNumber, account_number, citizen_id, old_id, phone

KIND = "confirmations.registrations"
MOST_ISSUES = 1_000
Plain = Annotated[str, StringConstraints(strict=True, pattern=r"^[^\x00-\x1f\x7f]*$")]  # no database takes a NUL
_DATE = r"^(19|20)\d{2}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$"


class RegistrationItem(BaseModel):
    """One account a bank holds, with what the bank knows of its holder."""

    model_config = ConfigDict(strict=True, extra="forbid", str_strip_whitespace=True)

    account_number: str = Field(min_length=4, max_length=30, examples=["1500201234567"])
    holder_name: Plain = Field(min_length=1, max_length=200, examples=["NGUYEN VAN TAM"])
    birth_date: str | None = Field(
        default=None, pattern=_DATE, description="YYYY-MM-DD, YYYY-MM or YYYY.", examples=["1951-03-12"]
    )
    sex: Literal["male", "female"] | None = None
    citizen_id: str | None = Field(
        default=None, pattern=r"^\d{12}$", description="12 digits.", examples=["051051001234"]
    )
    old_id: str | None = Field(default=None, pattern=r"^\d{9}$", description="The old card's 9 digits.")
    phone: Plain | None = Field(default=None, max_length=20)
    address: Plain = Field(default="", max_length=300)
    account_status: Literal["open", "locked", "closed"] | None = Field(default=None, examples=["open"])
    account_kind: Literal["payment", "savings", "card", "wallet"] | None = Field(default=None, examples=["payment"])
    currency: str | None = Field(default=None, pattern=r"^[A-Z]{3}$", examples=["VND"])
    joint: bool | None = Field(default=None, description="Held by more than one person.")
    branch: Plain | None = Field(default=None, max_length=100)
    opened_on: str | None = Field(default=None, pattern=_DATE)


def receive(session: Session, *, bank_code: str, content: bytes, basis: str, by: By) -> Receipt:
    """Keep a posted list and save the job that takes it in. The same content again, that day, is the same list."""
    return lists.receive(
        session, content=content, name="api.json", bank_code=bank_code, source=RegistrationSource.BANK_LIST,
        basis=basis, by=by, kind=KIND, origin=ListOrigin.API,
    )  # fmt: skip


def take_posted(database: Database, held: Held) -> dict[str, Any]:
    """Read a posted list and make it count in one act; a second run finds it done."""
    list_id = UUID(held.job.object_id)
    with database.reading() as session:
        made = lists.get_list(session, list_id)
        content = b"" if made.state != ListState.READING else uploads.content(session, made.upload_id)
    if made.state != ListState.READING:
        return {"list": str(list_id), "new": made.rows_new, "changed": made.rows_changed, "same": made.rows_same}
    by = By(name=made.created_by, via="job")
    read = _read(made, pydantic_core.from_json(content)["items"])
    with database.transaction() as session:
        counts = lists.take_in(
            session, list_id=list_id, statements=read.statements, parked=read.parked, report=read.report, by=by
        )
        held.advance(session, done=read.report["rows_read"], total=read.report["rows_read"])
    return {"list": str(list_id), **counts}


@dataclass(frozen=True, slots=True)
class _Read:
    statements: list[Statement]
    parked: list[dict[str, Any]]
    report: dict[str, Any]


def _read(made: RegistrationList, items: Sequence[Any]) -> _Read:
    statements: list[Statement] = []
    parked: list[dict[str, Any]] = []
    for index, item in enumerate(items):
        try:
            # JSON's own rules hold for an item as they did for the whole: no number where a text is asked for.
            one = RegistrationItem.model_validate_json(pydantic_core.to_json(item))
            statements.append(_statement(made, index, one))
        except ValidationError as wrong:
            parked.append(_parked(index, item, str(wrong.errors()[0]["loc"][0]) if wrong.errors()[0]["loc"] else ""))
        except DisburseError as wrong:
            parked.append(_parked(index, item, str(wrong.facts["field"])))
    issues = [issue for row in parked[:MOST_ISSUES] for issue in row["issues"]]
    report = {
        "verdict": "accept_with_row_errors" if parked else "accept", "reject_code": None, "rows_read": len(items),
        "rows_ok": len(statements), "rows_bad": len(parked), "rows_warned": 0, "rows_skipped": 0,
        "file_warnings": [], "issues": issues, "issues_total": len(parked),
    }  # fmt: skip
    return _Read(statements, parked, report)


def _parked(index: int, item: Any, field: str) -> dict[str, Any]:
    issue = {
        "sheet": "", "row": index, "column": field, "severity": "error", "code": "item_invalid", "value": "",
        "message": "",
    }  # fmt: skip
    raw = [pydantic_core.to_json(item).decode()[:4_000]]
    return {"sheet": "", "line": index, "raw": raw, "issues": [issue], "values": {}}


def _statement(made: RegistrationList, index: int, item: RegistrationItem) -> Statement:
    number = account_number(item.account_number)
    if not isinstance(number, AccountNumber):
        raise DisburseError("item_invalid", field="account_number")
    if item.account_kind in ("savings", "card"):  # nothing can be paid to it
        raise DisburseError("item_invalid", field="account_kind")
    born = _day(item.birth_date, "birth_date")
    identity = citizen_id(item.citizen_id) if item.citizen_id else None
    return Statement(
        bank_code=made.bank_code,
        account_number=number.value,
        source=made.source,
        basis=made.basis,
        stated_on=clock.today(),
        holder_name=item.holder_name,
        birth_date=born,
        birth_precision=_PRECISION[len(item.birth_date)] if item.birth_date else None,
        sex=_SEX[item.sex] if item.sex else None,
        citizen_id=identity.value if identity else None,
        old_id=old_id(item.old_id) if item.old_id else None,
        phone=phone(item.phone) if item.phone else None,
        address=item.address,
        status=AccountStatus(item.account_status) if item.account_status else None,
        currency=item.currency,
        joint=item.joint,
        branch=item.branch,
        opened_on=_day(item.opened_on, "opened_on"),
        list_id=made.id,
        line=index,
    )


_PRECISION = {4: Precision.YEAR, 7: Precision.MONTH, 10: Precision.DAY}
_SEX = {"male": Sex.MALE, "female": Sex.FEMALE}


def _day(text: str | None, field: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(f"{text}-01-01"[:10])
    except ValueError as wrong:
        raise DisburseError("item_invalid", field=field) from wrong


def job_of(session: Session, *, bank_code: str, job_id: UUID) -> tuple[Job, RegistrationList] | None:
    """Return a bank's own job and its list; None for another bank's, another kind's and nobody's alike."""
    job = session.get(Job, job_id)
    if job is None or job.kind != KIND:
        return None
    made = session.get(RegistrationList, UUID(job.object_id))
    return (job, made) if made is not None and made.bank_code == bank_code else None
