"""Jobs: `/jobs`, with progress that refreshes itself while something runs, and stops."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from api.deps import Reading, require
from api.web import pages
from api.web.pages import Page
from api.web.shapes import PAGE_SIZE, Paging
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.access.tables import Role
from disburse.jobs import browsing
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
    "accounts.import": "Nhập danh sách tài khoản",
    "accounts.link": "Ghép người với tài khoản",
    "confirmations.registrations": "Nhập danh sách tài khoản ngân hàng gửi qua API",
    "banks.deliver": "Gửi tin báo cho ngân hàng",
}
# A page left open asks 600 times (20 minutes at 2 s), then waits for a click.
MAX_TRIES = 600


@dataclass(frozen=True, slots=True)
class JobsPage(Page):
    template: ClassVar[str] = "jobs.html"
    jobs: tuple[Job, ...]
    paging: Paging
    live: bool
    tries: int
    states: dict[JobState, tuple[str, str]]
    kinds: dict[str, str]


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
    return pages.render(request, JobsPage(*_content(session, actor, page, 0)))


@router.get("/jobs/table")
def show_table(
    request: Request,
    session: Reading,
    actor: Actor = require(Permission.JOB_READ),
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    tries: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> Response:
    """Give the table alone, for the page that refreshes itself."""
    return pages.render(request, JobsFragment(*_content(session, actor, page, tries + 1)))


def _content(
    session: Session, actor: Actor, page: int, tries: int
) -> tuple[tuple[Job, ...], Paging, bool, int, dict[JobState, tuple[str, str]], dict[str, str]]:
    # Officers see what they started; who looks after the system, or examines it, sees all.
    everything = any(role in (Role.ADMIN, Role.AUDITOR, Role.PROVINCE) for role in actor.roles)
    total, found = browsing.jobs(
        session, made_by=None if everything else actor.name, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE
    )
    live = tries < MAX_TRIES and any(job.state in (JobState.QUEUED, JobState.RUNNING) for job in found)
    return tuple(found), Paging(page, total, "/jobs"), live, tries, STATE_WORDS, KIND_WORDS
