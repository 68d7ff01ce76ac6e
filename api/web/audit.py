"""The log: `/audit`, acts in sentences with filters in the address, and `/audit/export`, which is itself logged."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated, ClassVar
from uuid import UUID

import xlsxwriter
from fastapi import APIRouter, Depends, Form, Query, Request, Response
from pydantic import BaseModel, Field
from sqlmodel import Session

from api.deps import Config, Reading, Writing, require
from api.errors import status_of
from api.web import audited, pages
from api.web.audited import Named
from api.web.pages import Page
from api.web.shapes import PAGE_SIZE, address
from api.web.words import words_of
from disburse.access import audit_trail
from disburse.access.actor import Actor
from disburse.access.audit_trail import Wanted
from disburse.access.roles import Permission
from disburse.audit import checks
from disburse.audit.actions import record
from disburse.audit.checks import Standing
from disburse.audit.sentences import SUBJECTS
from disburse.audit.tables import AuditEvent
from disburse.audit.telling import Told, tell
from disburse.banks.scopes import SCOPE_WORDS
from disburse.config import Settings
from disburse.confirmations.reasons import REASONS
from disburse.errors import Invalid
from disburse.people.stated import read_day_or_none
from disburse.workbooks.harmless import harmless

router = APIRouter()

MOST_EXPORTED = 50_000
# Codes that the log, which stands below every other feature, cannot put into words itself.
MEANINGS = {code: (one.meaning, one.english) for code, one in REASONS.items()} | {
    str(scope): words for scope, words in SCOPE_WORDS.items()
}
VIA_WORDS = {"command": "lệnh trên máy chủ", "job": "tác vụ nền", "system": "hệ thống tự làm", "demo": "bản trình diễn"}


class Filters(BaseModel):
    """The filters as the address and the export's form carry them; days as people write them."""

    actor: str = Field(default="", max_length=100)
    action: str = Field(default="", max_length=60)
    person: str = Field(default="", max_length=40)
    object: str = Field(default="", max_length=80)
    since: str = Field(default="", max_length=20)
    until: str = Field(default="", max_length=20)

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Return what is set, for addresses."""
        return tuple((name, value) for name, value in self.model_dump().items() if value)

    def wanted(self, session: Session) -> Wanted:
        """Return the filters as the log's query takes them; raises Invalid("day_unreadable")."""
        person = _uuid(self.person)
        return Wanted(
            actor=self.actor,
            action=self.action,
            object_id=self.object,
            object_ids=audited.all_of_person(session, person) if person else [self.person] if self.person else [],
            since=read_day_or_none(self.since),
            until=read_day_or_none(self.until),
        )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Line:
    """An event as the page shows it."""

    event: AuditEvent
    told: Told
    who: str
    named: Named
    place: str


@dataclass(frozen=True, slots=True)
class AuditPage(Page):
    template: ClassVar[str] = "audit/audit.html"
    lines: tuple[Line, ...]
    filters: Filters
    person: str
    subjects: tuple[tuple[str, str], ...]
    standing: Standing
    newer: str
    older: str
    may_export: bool
    error: Invalid | None = None
    wrong: str = ""  # the field the error is about


@router.get("/audit")
def show(
    request: Request,
    session: Reading,
    settings: Config,
    filters: Annotated[Filters, Depends()],
    actor: Actor = require(Permission.AUDIT_READ),
    before: Annotated[int | None, Query(ge=0)] = None,
    after: Annotated[int | None, Query(ge=0)] = None,
) -> Response:
    """Show acts, newest first, fifty a page."""
    lang = pages.language_of(request)
    try:
        wanted = filters.wanted(session)
    except Invalid as error:
        return pages.render(request, _refused(session, settings, actor, filters, error, lang), status_of(error))
    found = audit_trail.newest(session, actor, wanted, limit=PAGE_SIZE + 1, before=before, after=after)
    more = len(found) > PAGE_SIZE
    events = found[1:] if more and after is not None else found[:PAGE_SIZE]
    lines = tuple(_lines(session, actor, events, lang))
    is_first = before is None and (after is None or not more)
    return pages.render(
        request,
        replace(
            _page(session, settings, actor, filters, lang),
            lines=lines,
            newer="" if is_first or not events else address("/audit", *filters.pairs(), ("after", str(events[0].seq))),
            older=address("/audit", *filters.pairs(), ("before", str(events[-1].seq)))
            if events and (more or after is not None)
            else "",
        ),
    )


def _page(session: Session, settings: Settings, actor: Actor, filters: Filters, lang: str) -> AuditPage:
    return AuditPage(
        lines=(),
        filters=filters,
        person=_person_name(session, actor, filters.person),
        subjects=tuple((code, words[0 if lang == "vi" else 1]) for code, words in SUBJECTS.items()),
        standing=checks.standing(session, settings.data_dir),
        newer="",
        older="",
        may_export=actor.may(Permission.AUDIT_EXPORT),
    )


def _refused(
    session: Session, settings: Settings, actor: Actor, filters: Filters, error: Invalid, lang: str
) -> AuditPage:
    """Return the page without acts: those of another day than was meant would mislead."""
    wrong = "since" if filters.since.strip() == error.facts["value"] else "until"
    return replace(_page(session, settings, actor, filters, lang), may_export=False, error=error, wrong=wrong)


def _person_name(session: Session, actor: Actor, person_id: str) -> str:
    if not person_id:
        return ""
    about = AuditEvent(seq=0, object_type="person", object_id=person_id)  # type: ignore[call-arg]
    return audited.names(session, actor, [about]).get(("person", person_id), Named()).name or "…"


def _lines(session: Session, actor: Actor, events: list[AuditEvent], lang: str) -> Iterator[Line]:
    named = audited.names(session, actor, events)
    full = audited.actors(session, events)
    words = words_of(lang)
    for event in events:
        whom = named.get((event.object_type, event.object_id), Named())
        who = full.get(event.actor_name) or words.who(event.actor_name) or words.gettext("một người chưa đăng nhập")
        place = event.ip or words.gettext(VIA_WORDS[event.via]) if event.via in VIA_WORDS else event.ip or event.via
        told = tell(event, lang, who=who, whom=whom.name, meanings=MEANINGS)
        if event.object_type == "person" and not whom.name:
            told = replace(told, changes=())  # names and birth dates of somebody whom the reader may not see
        yield Line(event, told, who, whom, place)


class ExportForm(Filters):
    """The filters, and the kind of file."""

    format: str = Field(default="xlsx", max_length=4)


HEADINGS = (
    "Số",
    "Lúc",
    "Tên đăng nhập",
    "Họ và tên",
    "Việc",
    "Trước khi đổi",
    "Sau khi đổi",
    "Chi tiết",
    "Từ đâu",
    "Mã yêu cầu",
)


@router.post("/audit/export")
def post_export(
    request: Request,
    session: Writing,
    form: Annotated[ExportForm, Form()],
    actor: Actor = require(Permission.AUDIT_EXPORT),
) -> Response:
    """Give the acts these filters leave as a file; that it was taken is one more act."""
    lang = pages.language_of(request)
    events = audit_trail.newest(session, actor, form.wanted(session), limit=MOST_EXPORTED + 1)
    if len(events) > MOST_EXPORTED:
        raise Invalid("export_too_big", most=MOST_EXPORTED)
    words = words_of(lang)
    rows = [[words.gettext(heading) for heading in HEADINGS]]
    rows += [_cells(line, lang) for line in _lines(session, actor, events, lang)]
    file_format = "csv" if form.format == "csv" else "xlsx"
    asked = {name: value for name, value in form.pairs() if name not in ("format", "person", "object")}
    record(
        session,
        action="audit.exported",
        object_type="audit",
        object_id="log",
        by=actor.by,
        events=len(events),
        format=file_format,
        filters=asked,
    )
    name = f"nhat-ky.{file_format}"
    body, kind = (_csv(rows), "text/csv; charset=utf-8") if file_format == "csv" else (_xlsx(rows), XLSX)
    return Response(body, media_type=kind, headers={"content-disposition": f'attachment; filename="{name}"'})


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _cells(line: Line, lang: str) -> list[str]:
    labels = [f"{change.label}: " if change.label else "" for change in line.told.changes]
    return [
        str(line.event.seq),
        words_of(lang).moment(line.event.at),
        line.event.actor_name,
        line.who,
        line.told.sentence,
        "; ".join(label + (one.before or "–") for label, one in zip(labels, line.told.changes, strict=True)),
        "; ".join(label + (one.after or "–") for label, one in zip(labels, line.told.changes, strict=True)),
        "; ".join(f"{label}: {value}" for label, value in line.told.facts),
        line.place,
        line.event.request_id or "",
    ]


def _csv(rows: list[list[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([[harmless(cell) for cell in row] for row in rows])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _xlsx(rows: list[list[str]]) -> bytes:
    out = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row, bold if number == 0 else None)
        sheet.freeze_panes(1, 0)
        for column, width in enumerate((8, 17, 16, 22, 60, 24, 24, 40, 18, 14)):
            sheet.set_column(column, column, width)
    return out.getvalue()
