"""`/rosters/new`: files arrive, each with its own answer. `/rosters/work`: what waits for an officer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.datastructures import UploadFile

from api.deps import Data, Reading, Writing, require
from api.errors import status_of
from api.web import pages
from api.web.pages import Page
from api.web.rosters import about, steps
from api.web.rosters.about import AboutForm, Said
from api.web.rosters.steps import Filled, StepPage
from disburse import clock
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.db import Database
from disburse.errors import Conflict, DisburseError, Invalid
from disburse.rosters import actions, browsing, ordering
from disburse.rosters.actions import About, Upload
from disburse.rosters.rehearsal import Rehearsal
from disburse.rosters.tables import Roster, RosterState
from disburse.workbooks import limits
from disburse.workbooks.first_look import look_at
from disburse.workbooks.guard import EXTENSIONS

router = APIRouter()
MOST_FILES = 30


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one file: its roster's address, or what is wrong with it and perhaps where to look."""

    name: str
    address: str = ""
    error: DisburseError | None = None

    def sentence(self, lang: str) -> str:
        return self.error.sentence(lang) if self.error else ""


@dataclass(frozen=True, slots=True)
class NewPage(Page):
    template: ClassVar[str] = "rosters/new.html"
    form: AboutForm
    answers: tuple[Answer, ...]
    error: DisburseError | None
    field: str
    waiting: int
    extensions: str
    megabytes: int


@dataclass(frozen=True, slots=True)
class Task:
    """One upload of the worklist with the step it stands at."""

    roster: Roster
    step: str
    found: Rehearsal | None


@dataclass(frozen=True, slots=True)
class WorkPage(Page):
    template: ClassVar[str] = "rosters/work.html"
    tasks: tuple[Task, ...]
    scopes: dict[str, str]
    labels: dict[str, str]
    live: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePage(StepPage):
    template: ClassVar[str] = "rosters/file.html"
    form: AboutForm
    field: str
    twins: tuple[Roster, ...]


@router.get("/rosters/new")
def show_new(request: Request, session: Reading, actor: Actor = require(Permission.ROSTER_UPLOAD)) -> Response:
    """Ask for files and what they are."""
    choices = about.choices_of(session, actor)
    waiting = len(browsing.unfinished(session, actor))
    return pages.render(request, _new_page(AboutForm(choices, about.first_said(choices)), waiting))


def _new_page(
    form: AboutForm, waiting: int, answers: tuple[Answer, ...] = (), error: DisburseError | None = None
) -> NewPage:
    field = about.FIELD_OF.get(error.code, "") if error else ""
    extensions = ", ".join(EXTENSIONS)
    return NewPage(form, answers, error, field, waiting, extensions, limits.UPLOAD_BYTES // limits.MIB)


@router.post("/rosters/new")
def post_new(
    request: Request, database: Data, form: Filled, actor: Actor = require(Permission.ROSTER_UPLOAD)
) -> Response:
    """Take files in: each is looked at, kept and read by a job. Nothing is imported."""
    said = Said.from_form(form)
    with database.reading() as session:
        choices = about.choices_of(session, actor)
    files = [one for one in form.getlist("file") if isinstance(one, UploadFile) and one.filename]
    try:
        with database.reading() as session:
            told = about.about_of(session, actor, said, choices)
        if not files:
            raise Invalid("file_none_chosen")
    except Invalid as error:
        return _refused(request, database, actor, AboutForm(choices, said), error)
    answers = tuple(_take(database, actor, told, one) for one in files[:MOST_FILES])
    if _wants_json(request):
        return JSONResponse(_as_json(answers[0], pages.language_of(request)))
    if all(answer.error is None for answer in answers):
        address = answers[0].address if len(answers) == 1 else "/rosters/work"
        return RedirectResponse(address, status_code=303)
    with database.reading() as session:
        waiting = len(browsing.unfinished(session, actor))
    first = next(answer.error for answer in answers if answer.error is not None)
    status = 409 if isinstance(first, Conflict) else 422
    return pages.render(request, _new_page(AboutForm(choices, said), waiting, answers), status)


def _refused(request: Request, database: Database, actor: Actor, form: AboutForm, error: Invalid) -> Response:
    if _wants_json(request):
        document = {"error": error.sentence(pages.language_of(request)), "field": about.FIELD_OF.get(error.code, "")}
        return JSONResponse(document, status_code=status_of(error))
    with database.reading() as session:
        waiting = len(browsing.unfinished(session, actor))
    return pages.render(request, _new_page(form, waiting, error=error), status_of(error))


def _wants_json(request: Request) -> bool:
    return request.headers.get("accept", "").startswith("application/json")


def _as_json(answer: Answer, lang: str) -> dict[str, Any]:
    return {"name": answer.name, "address": answer.address, "error": answer.sentence(lang)}


def _take(database: Database, actor: Actor, told: About, file: UploadFile) -> Answer:
    """Look at one file and keep it with its job; what is wrong with it is its answer."""
    name = (file.filename or "").replace("\\", "/").rsplit("/", 1)[-1][:255]
    content = file.file.read(limits.UPLOAD_BYTES + 1)
    try:
        look_at(content, name, size=file.size or len(content))
        upload = Upload(
            content=content,
            name=name,
            programme=told.programme,
            period=told.period,
            scope=told.scope,
            units=told.units,
            province_code=told.province_code,
            commune_code=told.commune_code,
        )
        with database.transaction() as session:
            receipt = actions.receive(session, upload=upload, by=actor.by, on_screen=True)
            roster = actions.get(session, receipt.roster_id)
    except DisburseError as error:
        return Answer(name, error=error)
    address = f"/rosters/{roster.id}"
    if receipt.known:
        when = f"{roster.created_at.astimezone(clock.VIETNAM):%H:%M %d/%m/%Y}"
        return Answer(name, address, Conflict("roster_known", who=roster.created_by, when=when))
    return Answer(name, f"{address}/sheet")


@router.get("/rosters/work")
def show_work(request: Request, session: Reading, actor: Actor = require(Permission.ROSTER_UPLOAD)) -> Response:
    """List the uploads that wait for an officer, each with its next step; a colleague's too."""
    tasks = tuple(_task(roster) for roster in browsing.unfinished(session, actor))
    live = any(task.step == "wait" for task in tasks)
    return pages.render(request, WorkPage(tasks, steps.SCOPE_WORDS, dict(steps.STEPS), live))


def _task(roster: Roster) -> Task:
    found = steps.rehearsal_of(roster)
    if roster.state == RosterState.REFUSED:
        return Task(roster, "refused", None)
    if roster.ordered_by:
        return Task(roster, "done", found)
    if problem := roster.report.get("problem"):
        return Task(roster, "columns" if problem in steps.ASKED_AT_COLUMNS else "sheet", None)
    return Task(roster, "sheet" if found else "wait", found)


@router.get("/rosters/{roster_id}/progress")
def show_progress(
    request: Request,
    session: Reading,
    roster_id: UUID,
    actor: Actor = require(Permission.ROSTER_UPLOAD),
    next: Annotated[str, Query(max_length=10)] = "",
    tries: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> Response:
    """Give the progress of the job alone, for the page that asks every second; at the end it sends the page on."""
    roster = browsing.handled(session, actor, roster_id, Permission.ROSTER_UPLOAD)
    return steps.progress(request, session, roster, next, tries + 1)


@router.get("/rosters/{roster_id}/file")
def show_file(
    request: Request, session: Reading, roster_id: UUID, actor: Actor = require(Permission.ROSTER_UPLOAD)
) -> Response:
    """Show what the file was said to be, to change it before the import."""
    roster = browsing.handled(session, actor, roster_id, Permission.ROSTER_UPLOAD)
    if not steps.is_open(roster):
        return steps.go(roster.id, "")
    form = AboutForm(about.choices_of(session, actor), Said.of(roster))
    return pages.render(
        request, _file_page(roster, form, tuple(browsing.same_bytes(session, actor, roster.sha256, but=roster.id)))
    )


def _file_page(
    roster: Roster, form: AboutForm, twins: tuple[Roster, ...], error: DisburseError | None = None
) -> FilePage:
    return FilePage(
        roster=roster,
        steps=steps.steps_of(roster, "file"),
        scopes=steps.SCOPE_WORDS,
        error=error,
        form=form,
        field=about.FIELD_OF.get(error.code, "") if error else "",
        twins=twins,
    )


@router.post("/rosters/{roster_id}/file")
def post_file(
    request: Request,
    database: Data,
    roster_id: UUID,
    form: Filled,
    actor: Actor = require(Permission.ROSTER_UPLOAD),
) -> Response:
    """Change what the file was said to be; where that matters it is read again."""
    said = Said.from_form(form)
    with database.reading() as session:
        roster = browsing.handled(session, actor, roster_id, Permission.ROSTER_UPLOAD)
        choices = about.choices_of(session, actor)
    try:
        with database.transaction() as session:
            told = about.about_of(session, actor, said, choices)
            ordering.describe(session, roster_id=roster_id, about=told, by=actor.by)
    except (Invalid, Conflict) as error:
        return pages.render(request, _file_page(roster, AboutForm(choices, said), (), error), status_of(error))
    return steps.go(roster_id, "sheet")


@router.post("/rosters/{roster_id}/again")
def post_again(session: Writing, roster_id: UUID, actor: Actor = require(Permission.ROSTER_UPLOAD)) -> Response:
    """Count anew what an import would do, or read a file again whose reading broke off."""
    roster = browsing.handled(session, actor, roster_id, Permission.ROSTER_UPLOAD)
    ordering.begin_again(session, roster_id=roster.id, by=actor.by)
    return steps.go(roster_id, "check")
