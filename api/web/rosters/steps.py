"""The steps an upload takes on the screen, what stands around each, and the wait while it is read.

Each step is an address of its own: it survives a reload, and any colleague with the same scope may take it over.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Annotated, Any, ClassVar
from uuid import UUID

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session
from starlette.datastructures import FormData

from api.deps import Current, current
from api.web import job_words, pages
from api.web.pages import Page
from disburse.errors import DisburseError
from disburse.jobs import queries as jobs
from disburse.jobs.tables import Job, JobState
from disburse.rosters import actions
from disburse.rosters.rehearsal import Rehearsal
from disburse.rosters.tables import Roster, RosterState

STEPS = (
    ("file", "Tệp"),
    ("sheet", "Trang tính và tiêu đề"),
    ("columns", "Cột"),
    ("values", "Giá trị"),
    ("check", "Kiểm tra và nhập"),
)
NAMES = tuple(name for name, _ in STEPS)
SCOPE_WORDS = {
    "full": "toàn bộ",
    "additions": "tăng",
    "removals": "giảm",
    "supplement": "bổ sung",
    "part": "một phần",
}
# A page left open asks 600 times, then waits for a click.
MAX_TRIES = 600
ASKED_AT_COLUMNS = ("ambiguous_columns", "no_name_column")


async def _form(request: Request, _: Annotated[Current, Depends(current)]) -> FormData:
    return await request.form()


# A form whose fields are not known beforehand; it is read only after somebody has signed in.
Filled = Annotated[FormData, Depends(_form)]


@dataclass(frozen=True, slots=True)
class Step:
    """One step in the row of steps; `href` is empty where there is nothing to see yet."""

    number: int
    label: str
    href: str
    here: bool
    done: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPage(Page):
    """What every step shows around itself."""

    roster: Roster
    steps: tuple[Step, ...]
    scopes: dict[str, str]
    error: DisburseError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingPage(StepPage):
    template: ClassVar[str] = "rosters/waiting.html"
    next: str
    job: Job | None
    tries: int
    live: bool
    job_words: ModuleType


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingFragment(WaitingPage):
    template: ClassVar[str] = "rosters/_progress.html"


def steps_of(roster: Roster, here: str) -> tuple[Step, ...]:
    """Return the row of steps; what the file has not been read for yet has no link."""
    seen = 1 + 2 * (roster.outline_sealed is not None) + 2 * ("rehearsal" in roster.report)
    at = NAMES.index(here)
    return tuple(
        Step(
            number=place + 1,
            label=label,
            href=f"/rosters/{roster.id}/{name}" if place < seen and name != here else "",
            here=name == here,
            done=place < at,
        )
        for place, (name, label) in enumerate(STEPS)
    )


def rehearsal_of(roster: Roster) -> Rehearsal | None:
    """Return what an import would do, once it is counted."""
    return Rehearsal.from_json(roster.report.get("rehearsal"))


def is_open(roster: Roster) -> bool:
    """Say whether an officer may still decide about the roster."""
    on_the_way = roster.state in (RosterState.READING, RosterState.STAGED)
    return roster.on_screen and on_the_way and not roster.ordered_by


def in_place_of(request: Request, session: Session, roster: Roster, step: str) -> Response | None:
    """Return what is answered instead of a step: elsewhere, or the wait. None: the step can be shown."""
    if not is_open(roster):
        ordered = roster.on_screen and roster.ordered_by and roster.state != RosterState.UNDONE
        return go(roster.id, "done" if ordered else "")
    if _is_ready(roster, step):
        problem = roster.report.get("problem")
        if problem and step not in ("sheet", "columns"):
            return go(roster.id, "columns" if problem in ASKED_AT_COLUMNS else "sheet")
        return None
    return pages.render(request, _waiting(WaitingPage, session, roster, step, 0))


def _is_ready(roster: Roster, step: str) -> bool:
    """Say whether a step has something to show, or whether a person is asked something first."""
    if step in ("sheet", "columns"):
        return roster.outline_sealed is not None
    return "rehearsal" in roster.report or bool(roster.report.get("problem"))


def progress(request: Request, session: Session, roster: Roster, step: str, tries: int) -> Response:
    """Return the progress alone, or send the whole page on once the step can be shown."""
    if roster.ordered_by:
        over, step = roster.state != RosterState.STAGED, "done"
    else:
        step = step if step in NAMES else "check"
        over = not is_open(roster) or _is_ready(roster, step)
    if over:
        return Response(status_code=204, headers={"HX-Redirect": f"/rosters/{roster.id}/{step}"})
    return pages.render(request, _waiting(WaitingFragment, session, roster, step, tries))


def _waiting(kind: type[WaitingPage], session: Session, roster: Roster, step: str, tries: int) -> WaitingPage:
    newest = jobs.of_object(session, roster.id)
    job = newest[0] if newest else None
    return kind(
        roster=roster,
        steps=steps_of(roster, step if step in NAMES else "check"),
        scopes=SCOPE_WORDS,
        next=step if step in NAMES else "done",
        job=job,
        tries=tries,
        live=job is not None and job.state in (JobState.QUEUED, JobState.RUNNING) and tries < MAX_TRIES,
        job_words=job_words,
    )


def go(roster_id: UUID, step: str) -> Response:
    """Send the reader to another address of a roster."""
    return RedirectResponse(f"/rosters/{roster_id}" + (f"/{step}" if step else ""), status_code=303)


def tables_of(roster: Roster) -> list[dict[str, Any]]:
    """Return the tables of a roster's outline."""
    found: list[dict[str, Any]] = actions.outline_of(roster).get("tables", [])
    return found
