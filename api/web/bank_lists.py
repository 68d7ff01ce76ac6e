"""Lists of accounts: `/banks/lists`, where officers bring them and see all that came; `/banks/lists/{id}`, one of them.

A list is read by a job, seen, and taken in by another once an officer says so; until then nothing of it counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Annotated, Any, ClassVar
from uuid import UUID

from fastapi import APIRouter, File, Form, Query, Request, Response, UploadFile
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field
from sqlmodel import Session

from api.deps import Data, Reading, require
from api.errors import status_of, status_of_file
from api.web import job_words, pages
from api.web.link_words import SOURCE_WORDS
from api.web.list_words import FIELD_WORDS, ORIGIN_WORDS, STATE_WORDS, Kind, fields_of, kinds_of
from api.web.pages import Page
from api.web.rosters.steps import MAX_TRIES
from api.web.shapes import PAGE_SIZE, Paging
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.accounts import arrivals, lists, received
from disburse.accounts.arrivals import Arrival
from disburse.accounts.received import Standing
from disburse.accounts.tables import ListOrigin, ListState, RegistrationList, RegistrationSource
from disburse.banks import queries as banks
from disburse.confirmations import overview
from disburse.db import Database
from disburse.errors import DisburseError, Invalid
from disburse.jobs import queries as jobs
from disburse.jobs.tables import Job, JobState
from disburse.workbooks import limits, report
from disburse.workbooks.first_look import look_at
from disburse.workbooks.guard import EXTENSIONS
from disburse.workbooks.refusals import REJECT_CODES, Refusal, told

router = APIRouter()

PATH = "/banks/lists"
MAY = Permission.BANK_EXCHANGE
# A roster's accounts come with the roster alone.
SOURCES = tuple(source for source in RegistrationSource if source != RegistrationSource.ROSTER)
FIELD_OF = {"list_bank_needed": "bank", "list_source_needed": "source"}


class Said(BaseModel):
    """The fields of the form beside the file; what is typed is kept when it is refused."""

    bank: str = Field(default="", max_length=20)
    source: str = Field(default="", max_length=20)
    basis: str = Field(default="", max_length=300)


@dataclass(frozen=True, slots=True)
class ListsPage(Page):
    template: ClassVar[str] = "banks/lists.html"
    said: Said
    banks: tuple[tuple[str, str], ...]  # those that we know something of stand first
    known: int  # how many of them
    bases: dict[str, str]
    names: dict[str, str]
    found: tuple[RegistrationList, ...]
    paging: Paging
    only: str  # the bank whose lists alone are shown
    states: dict[ListState, tuple[str, str]]
    sources: dict[str, str]
    origins: dict[ListOrigin, str]
    extensions: str
    megabytes: int
    error: DisburseError | None
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage(Page):
    template: ClassVar[str] = "banks/list.html"
    one: RegistrationList
    bank: str
    names: dict[str, str]
    mine: bool  # of the reader's area: its cells may be seen
    live: bool
    tries: int
    job: Job | None
    job_words: ModuleType
    columns: tuple[dict[str, Any], ...]
    warnings: tuple[str, ...]
    rosterlike: bool
    bank_in_name: str
    refusal: str
    earlier: RegistrationList | None
    standing: Standing | None
    kinds: tuple[Kind, ...]
    samples: tuple[dict[str, Any], ...]  # good lines, masked, while the list waits
    states: dict[ListState, tuple[str, str]]
    sources: dict[str, str]
    origins: dict[ListOrigin, str]
    fields: dict[str, str]
    error: DisburseError | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressPart(ListPage):
    template: ClassVar[str] = "banks/_list_progress.html"


@router.get(PATH)
def show_all(
    request: Request,
    session: Reading,
    actor: Actor = require(MAY),
    bank: Annotated[str, Query(max_length=20)] = "",
    only: Annotated[str, Query(max_length=20)] = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """Ask for a bank's list, `bank` chosen beforehand; below, the lists that came, `only` = of one bank."""
    return pages.render(request, _page(session, actor, Said(bank=bank, source=SOURCES[0]), only=only, page=page))


@router.post(PATH)
def bring(
    request: Request,
    database: Data,
    said: Annotated[Said, Form()],
    actor: Actor = require(MAY),
    file: Annotated[UploadFile | str | None, File()] = None,
) -> Response:
    """Look at a file, keep it with the job that reads it, and lead to what that finds."""
    try:
        with database.reading() as session:
            if said.bank not in banks.names(session):
                raise Invalid("list_bank_needed")
        if said.source not in SOURCES:
            raise Invalid("list_source_needed")
        arrival = _arrival(actor, said, file)
        with database.transaction() as session:
            list_id = arrivals.bring(session, arrival=arrival, by=actor.by)
    except DisburseError as error:
        with database.reading() as session:
            content = _page(session, actor, said, error=error)
        return pages.render(request, content, status_of_file(error))
    return RedirectResponse(f"{PATH}/{list_id}", status_code=303)


def _arrival(actor: Actor, said: Said, file: UploadFile | str | None) -> Arrival:
    if file is None or isinstance(file, str) or not file.filename:
        raise Invalid("file_none_chosen")
    name = file.filename.replace("\\", "/").rsplit("/", 1)[-1][:255]
    content = file.file.read(limits.UPLOAD_BYTES + 1)
    look_at(content, name, size=file.size or len(content))
    return Arrival(
        content=content,
        name=name,
        bank_code=said.bank,
        source=RegistrationSource(said.source),
        basis=said.basis,
        area_code=overview.area_of(actor),
    )


@router.get(PATH + "/{list_id}")
def show_one(request: Request, session: Reading, list_id: UUID, actor: Actor = require(MAY)) -> Response:
    """Show what reading a list found, to have it taken in or put aside; afterwards, what came of it."""
    return pages.render(request, _one(ListPage, session, actor, list_id, pages.language_of(request)))


@router.get(PATH + "/{list_id}/progress")
def show_progress(
    request: Request,
    session: Reading,
    list_id: UUID,
    actor: Actor = require(MAY),
    tries: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> Response:
    """Give the progress of the job alone, for the page that asks every second; at the end it is opened anew."""
    part = _one(ProgressPart, session, actor, list_id, pages.language_of(request), tries=tries + 1)
    if part.one.state not in (ListState.CHECKING, ListState.READING):
        return Response(status_code=204, headers={"HX-Redirect": f"{PATH}/{list_id}"})
    return pages.render(request, part)


@router.post(PATH + "/{list_id}")
def settle(
    request: Request,
    database: Data,
    list_id: UUID,
    actor: Actor = require(MAY),
    what: Annotated[str, Form(max_length=10)] = "take",
) -> Response:
    """Have the list taken in that was seen, put it aside, or have what broke off done again."""
    with database.reading() as session:
        received.own(session, actor, list_id)
    try:
        with database.transaction() as session:
            {"aside": arrivals.put_aside, "again": arrivals.read_again}.get(what, arrivals.take)(
                session, list_id=list_id, by=actor.by
            )
    except DisburseError as error:
        return _settled_otherwise(request, database, actor, list_id, error)
    return RedirectResponse(PATH if what == "aside" else f"{PATH}/{list_id}", status_code=303)


def _settled_otherwise(
    request: Request, database: Database, actor: Actor, list_id: UUID, error: DisburseError
) -> Response:
    with database.reading() as session:
        page = _one(ListPage, session, actor, list_id, pages.language_of(request), error=error)
    return pages.render(request, page, status_of(error))


def _page(
    session: Session, actor: Actor, said: Said, *, only: str = "", page: int = 1, error: DisburseError | None = None
) -> ListsPage:
    total, found = received.received(session, actor, only, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
    names = banks.names(session)
    near = {one.bank_code for one in found} | {stand.bank_code for stand in overview.stands(session, actor)}
    ordered = sorted(names.items(), key=lambda one: (one[0] not in near, one[1].casefold()))
    field = FIELD_OF.get(error.code, "file") if error else ""
    return ListsPage(
        said=said.model_copy(update={"basis": said.basis or lists.BASIS[RegistrationSource.BANK_LIST]}),
        banks=tuple(ordered),
        known=len(near),
        bases={str(source): lists.BASIS[source] for source in SOURCES},
        names=names,
        found=tuple(found),
        paging=Paging(page, total, PATH, (("only", only),)),
        only=only if only in names else "",
        states=STATE_WORDS,
        sources=SOURCE_WORDS,
        origins=ORIGIN_WORDS,
        extensions=", ".join(EXTENSIONS),
        megabytes=limits.UPLOAD_BYTES // limits.MIB,
        error=error,
        field=field,
    )


def _one(
    kind: type[ListPage],
    session: Session,
    actor: Actor,
    list_id: UUID,
    lang: str,
    *,
    tries: int = 0,
    error: DisburseError | None = None,
) -> ListPage:
    found = received.one(session, actor, list_id)
    names = banks.names(session)
    newest = jobs.of_object(session, list_id)
    job = newest[0] if newest else None
    under_way = found.state in (ListState.CHECKING, ListState.READING)
    running = job is not None and job.state in (JobState.QUEUED, JobState.RUNNING)
    return kind(
        one=found,
        bank=names[found.bank_code],
        names=names,
        mine=found.area_code is not None,
        live=under_way and running and tries < MAX_TRIES,
        tries=tries,
        job=job,
        job_words=job_words,
        columns=fields_of(found.report),
        warnings=tuple(report.file_warnings(found.report, lang)),
        rosterlike=found.state == ListState.WAITING and arrivals.looks_like_a_roster(found.report),
        bank_in_name=arrivals.bank_in_name(found) if found.state == ListState.WAITING else "",
        refusal=_refusal(found, job, lang),
        earlier=received.earlier(session, actor, found) if found.state == ListState.WAITING else None,
        standing=received.standing(session, found) if found.state == ListState.IMPORTED else None,
        kinds=kinds_of(found.report, lang),
        samples=tuple(found.report.get("samples", ())) if found.area_code is not None else (),
        states=STATE_WORDS,
        sources=SOURCE_WORDS,
        origins=ORIGIN_WORDS,
        fields=FIELD_WORDS,
        error=error,
    )


def _refusal(found: RegistrationList, job: Job | None, lang: str) -> str:
    """Return why a file was refused: as the reading said it, else by its code."""
    if found.state != ListState.REFUSED:
        return ""
    code = found.report.get("reject_code")
    said = told(job.failure, lang) if job and job.failure else None
    return said or (Refusal(code).sentence(lang) if code in REJECT_CODES else "")
