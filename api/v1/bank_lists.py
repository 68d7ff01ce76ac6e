"""`POST /api/v1/bank/registrations` and `GET /api/v1/bank/jobs/{job_id}`: lists of accounts, taken in by a job."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from api import errors
from api.clients import Client, require_scope
from api.deps import Reading
from api.idempotency import PARAMETER, Post, posted
from api.v1.bank_items import body_of, read_items
from disburse.banks.scopes import Scope
from disburse.confirmations import registrations
from disburse.confirmations.registrations import RegistrationItem
from disburse.errors import NotFound
from disburse.jobs.tables import Job

router = APIRouter(tags=["bank"])


class JobMade(BaseModel):
    """The job that takes a list in; ask for it at `/api/v1/bank/jobs/{job_id}`."""

    model_config = ConfigDict(extra="forbid")

    job_id: UUID
    state: Literal["queued"] = "queued"
    total_count: int


class ItemError(BaseModel):
    """An item of a list that could not be taken in."""

    model_config = ConfigDict(extra="forbid")

    index: int
    field: str
    code: str


class JobState(BaseModel):
    """How far a list is, and what became of it."""

    model_config = ConfigDict(extra="forbid")

    job_id: UUID
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    total_count: int
    completed_count: int
    new: int = Field(description="Accounts that were not known.")
    changed: int = Field(description="Known accounts with other facts.")
    same: int = Field(description="Known accounts, nothing new.")
    failed_count: int
    errors: list[ItemError] = Field(description="The first 1,000 items that could not be taken in.")
    error: str = Field(description="Why the job failed, if it did.")


EXAMPLE = {
    "account_number": "1500201234567", "holder_name": "NGUYEN VAN TAM", "birth_date": "1951-03-12",
    "citizen_id": "051051001234", "account_status": "open", "account_kind": "payment", "currency": "VND",
    "joint": False, "branch": "Bình Sơn",
}  # fmt: skip


@router.post(
    "/bank/registrations",
    status_code=202,
    response_model=JobMade,
    responses=errors.DOCUMENTED_POSTS,
    openapi_extra={"parameters": [PARAMETER]} | body_of(RegistrationItem, EXAMPLE),
)
def post_registrations(
    request: Request,
    client: Client = require_scope(Scope.REGISTRATIONS_WRITE, with_key=True),
    post: Post[list[Any]] = posted(read_items),
    basis: Annotated[str, Query(max_length=300, pattern=r"^[^\x00-\x1f\x7f]*$", description="Legal basis.")] = "",
) -> Response:
    """Send a list of the bank's accounts, for a job to take in. The same content again, that day, is the same list."""
    request.state.items = len(post.body)

    def work(session: Session) -> JobMade:
        receipt = registrations.receive(
            session, bank_code=client.bank_code, content=post.content, basis=basis, by=client.by
        )
        assert receipt.job_id is not None  # a list is made together with its job
        return JobMade(job_id=receipt.job_id, total_count=len(post.body))

    return post.once(work, status=202)


@router.get("/bank/jobs/{job_id}")
def job(session: Reading, job_id: UUID, client: Client = require_scope(Scope.REGISTRATIONS_WRITE)) -> JobState:
    """Return one of the bank's own jobs; another's and nobody's are answered alike."""
    found = registrations.job_of(session, bank_code=client.bank_code, job_id=job_id)
    if found is None:
        raise NotFound("not_found")
    job, made = found
    return JobState(
        job_id=job.id,
        state=job.state.value,
        total_count=max(job.total, made.rows_read),
        completed_count=made.rows_ok,
        new=made.rows_new,
        changed=made.rows_changed,
        same=made.rows_same,
        failed_count=made.rows_parked,
        errors=[
            ItemError(index=issue["row"], field=issue["column"], code=issue["code"])
            for issue in made.report.get("issues", [])
        ],
        error=_error(job),
    )


def _error(job: Job) -> str:
    # A job's own error may quote what it worked on; whoever runs this installation reads it on the jobs page.
    return "" if not job.error else "job_failed"
