"""Jobs: `/jobs`, with progress that refreshes itself while something runs, and stops; running again and cancelling."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from api.deps import Reading, Writing, require
from api.web import job_words, pages
from api.web.pages import Page
from api.web.shapes import PAGE_SIZE, Paging
from disburse import clock
from disburse.access import job_list
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.jobs import actions
from disburse.jobs.tables import Job, JobState

router = APIRouter()

STATE_WORDS = {
    JobState.QUEUED: ("Đang chờ", "none"),
    JobState.RUNNING: ("Đang chạy", "info"),
    JobState.DONE: ("Xong", "good"),
    JobState.FAILED: ("Hỏng", "bad"),
    JobState.CANCELLED: ("Đã hủy", "none"),
}
KIND_WORDS = {
    "rosters.import": "Nhập danh sách đối tượng",
    "rosters.prepare": "Đọc danh sách để kiểm tra",
    "rosters.repair": "Sửa hàng loạt",
    "accounts.check": "Đọc danh sách tài khoản để kiểm tra",
    "accounts.import": "Nhập danh sách tài khoản",
    "accounts.link": "Ghép người với tài khoản",
    "accounts.link_due": "Ghép phần mới thay đổi",
    "confirmations.registrations": "Nhập danh sách tài khoản ngân hàng gửi qua API",
    "banks.deliver": "Gửi tin báo cho ngân hàng",
}
# A page left open asks 600 times (20 minutes at 2 s), then waits for a click.
MAX_TRIES = 600


@dataclass(frozen=True, slots=True)
class JobLine:
    """A job as the table shows it: may it be changed, does its worker still answer, what kind of error was it."""

    job: Job
    may_change: bool
    silent_since: datetime | None
    unforeseen: str
    error: str


@dataclass(frozen=True, slots=True)
class JobsPage(Page):
    template: ClassVar[str] = "jobs.html"
    lines: tuple[JobLine, ...]
    paging: Paging
    live: bool
    tries: int
    states: dict[JobState, tuple[str, str]]
    kinds: dict[str, str]
    messages: dict[str, str]


@dataclass(frozen=True, slots=True)
class JobsFragment(JobsPage):
    template: ClassVar[str] = "_jobs.html"


@router.get("/jobs")
def show(
    request: Request,
    session: Reading,
    actor: Actor = require(Permission.JOB_READ),
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """List jobs, newest first."""
    return pages.render(request, JobsPage(*_content(session, actor, page, 0, pages.language_of(request))))


@router.get("/jobs/table")
def show_table(
    request: Request,
    session: Reading,
    actor: Actor = require(Permission.JOB_READ),
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    tries: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> Response:
    """Give the table alone, for the page that refreshes itself."""
    return pages.render(request, JobsFragment(*_content(session, actor, page, tries + 1, pages.language_of(request))))


@router.post("/jobs/{job_id}/retry")
def post_retry(session: Writing, job_id: UUID, actor: Actor = require(Permission.JOB_CHANGE)) -> Response:
    """Run a failed or cancelled job again, from where it stopped."""
    job_list.check_changeable(session, actor, job_id)
    actions.retry(session, job_id=job_id, by=actor.by)
    return RedirectResponse("/jobs", status_code=303)


@router.post("/jobs/{job_id}/cancel")
def post_cancel(session: Writing, job_id: UUID, actor: Actor = require(Permission.JOB_CHANGE)) -> Response:
    """Cancel a job that waits or runs; nothing half done is kept."""
    job_list.check_changeable(session, actor, job_id)
    actions.cancel(session, job_id=job_id, by=actor.by)
    return RedirectResponse("/jobs", status_code=303)


def _content(
    session: Session, actor: Actor, page: int, tries: int, lang: str
) -> tuple[tuple[JobLine, ...], Paging, bool, int, dict[JobState, tuple[str, str]], dict[str, str], dict[str, str]]:
    total, found = job_list.jobs(session, actor, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
    mine = job_list.changeable(session, actor, [job.id for job in found])
    live = tries < MAX_TRIES and any(job.state in (JobState.QUEUED, JobState.RUNNING) for job in found)
    lines = tuple(_line(job, job.id in mine, lang) for job in found)
    return lines, Paging(page, total, "/jobs"), live, tries, STATE_WORDS, KIND_WORDS, job_words.MESSAGES


def _line(job: Job, may_change: bool, lang: str) -> JobLine:
    silent = job.state is JobState.RUNNING and job.lease_until is not None and job.lease_until < clock.utc_now()
    return JobLine(
        job, may_change, job.lease_until if silent else None, job_words.unforeseen(job), job_words.sentence(job, lang)
    )
