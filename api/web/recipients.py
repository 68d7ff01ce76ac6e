"""Who receives: changing it with its paper and scan; papers about to expire and ages that change a right."""

from dataclasses import dataclass
from datetime import date, timedelta
from types import ModuleType
from typing import Annotated, ClassVar
from uuid import UUID

from fastapi import APIRouter, File, Form, Query, Request, Response, UploadFile
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from api.deps import Config, Data, Reading, Writing, require
from api.errors import status_of
from api.web import pages, person_words
from api.web.pages import Page
from api.web.shapes import PAGE_SIZE, Paging
from disburse import clock
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.cases import payees
from disburse.cases.receiving import Paper, Receiving, receive
from disburse.cases.tables import RecipientChange
from disburse.clock import Period
from disburse.errors import DisburseError, Invalid, NotFound
from disburse.people import ages, listing, papers
from disburse.people.ages import AGES, Reaching
from disburse.people.papers import ENDINGS, NEEDS_PAPER, SCAN_BYTES, Expiring
from disburse.people.profile import Entitlement, Profile, profile
from disburse.people.stated import Stated, read_day, read_day_or_none, read_month, read_person
from disburse.people.tables import PaperScan, RecipientKind

router = APIRouter()

Typed = dict[str, str]

PAPER_KINDS = (
    "Giấy ủy quyền có chứng thực",
    "Quyết định công nhận người giám hộ",
    "Giấy khai sinh",
    "Quyết định giao nhận nuôi dưỡng",
    "Quyết định tiếp nhận vào cơ sở",
)
AGE_WORDS = {
    3: "Hết khoản cho trẻ dưới 3 tuổi ở xã khó khăn.",
    4: "Hệ số của trẻ em giảm (dưới 4 tuổi 2,5; từ 4 tuổi 1,5).",
    15: "Được tự mở tài khoản.",
    16: "Hết khoản trẻ em, trừ khi còn đi học; cần xét lại.",
    18: "Tự nhận, không còn người đại diện theo pháp luật.",
    22: "Hết khoản của người đang đi học.",
    60: "Người cao tuổi: xét chế độ người cao tuổi.",
    70: "Hộ nghèo, cận nghèo: xét hưu trí xã hội.",
    75: "Xét hưu trí xã hội.",
    80: "Hệ số người cao tuổi tăng lên 2,0.",
}


@dataclass(frozen=True, slots=True)
class RecipientPage(Page):
    template: ClassVar[str] = "people/recipient.html"
    profile: Profile
    one: Entitlement
    commune: str
    scans: dict[UUID, list[PaperScan]]
    waits: RecipientChange | None
    typed: Typed
    kinds: tuple[RecipientKind, ...]
    paper_kinds: tuple[str, ...]
    needs_paper: frozenset[RecipientKind]
    cap: int
    most: int
    today: date
    words: ModuleType
    error: DisburseError | None


@router.get("/people/{person_id}/recipient")
def show(
    request: Request,
    session: Reading,
    settings: Config,
    person_id: UUID,
    actor: Actor = require(Permission.RECIPIENT_CHANGE),
    enrolment: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """Show who receives for an enrolment and did before, their papers and scans, and the form for another."""
    found = profile(session, actor, person_id, Permission.RECIPIENT_CHANGE)
    one = _entitlement(found, enrolment)
    current = one.current.recipient if one.current else None
    typed = {"since": f"{clock.today():%d/%m/%Y}"}
    if current is not None and current.kind != RecipientKind.OWN:
        typed |= {"kind": str(current.kind), "relation": current.relation}
    return pages.render(request, _page(session, found, one, typed, settings.recipient_cap))


@router.post("/people/{person_id}/recipient")
def change(
    request: Request,
    data: Data,
    settings: Config,
    person_id: UUID,
    actor: Actor = require(Permission.RECIPIENT_CHANGE),
    enrolment: Annotated[str, Form(max_length=40)] = "",
    kind: Annotated[str, Form(max_length=20)] = "",
    name: Annotated[str, Form(max_length=200)] = "",
    birth: Annotated[str, Form(max_length=40)] = "",
    citizen_id: Annotated[str, Form(max_length=40)] = "",
    phone: Annotated[str, Form(max_length=40)] = "",
    organisation: Annotated[str, Form(max_length=200)] = "",
    relation: Annotated[str, Form(max_length=60)] = "",
    paper_kind: Annotated[str, Form(max_length=60)] = "",
    paper_number: Annotated[str, Form(max_length=60)] = "",
    paper_date: Annotated[str, Form(max_length=20)] = "",
    paper_until: Annotated[str, Form(max_length=20)] = "",
    since: Annotated[str, Form(max_length=20)] = "",
    exception: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Let somebody else receive from a day on, or propose it where a confirmed account hangs on it."""
    typed = {
        "kind": kind, "name": name, "birth": birth, "citizen_id": citizen_id, "phone": phone,
        "organisation": organisation, "relation": relation, "paper_kind": paper_kind, "paper_number": paper_number,
        "paper_date": paper_date, "paper_until": paper_until, "since": since, "exception": exception,
    }  # fmt: skip
    try:
        with data.transaction() as session:
            found = profile(session, actor, person_id, Permission.RECIPIENT_CHANGE)
            one = _entitlement(found, enrolment)
            receive(session, receiving=_receiving(one, typed), cap=settings.recipient_cap, by=actor.by)
    except NotFound:
        raise
    except DisburseError as error:
        with data.reading() as session:
            found = profile(session, actor, person_id, Permission.RECIPIENT_CHANGE)
            page = _page(session, found, _entitlement(found, enrolment), typed, settings.recipient_cap, error)
        return pages.render(request, page, status_of(error))
    return RedirectResponse(f"/people/{person_id}/recipient?enrolment={one.enrolment.id}", status_code=303)


def _receiving(one: Entitlement, typed: Typed) -> Receiving:
    if typed["kind"] not in [str(kind) for kind in RecipientKind]:
        raise Invalid("recipient_kind_needed")
    kind = RecipientKind(typed["kind"])
    who: Stated | None = None
    if kind not in (RecipientKind.OWN, RecipientKind.ORGANISATION):
        if not typed["name"].strip():
            raise Invalid("recipient_name_needed")
        who = read_person(
            name=typed["name"], birth=typed["birth"], citizen=typed["citizen_id"], telephone=typed["phone"]
        )
    paper = Paper(
        " ".join(typed["paper_kind"].split()),
        " ".join(typed["paper_number"].split()),
        read_day_or_none(typed["paper_date"]),
        read_day_or_none(typed["paper_until"]),
    )
    return Receiving(
        enrolment_id=one.enrolment.id,
        kind=kind,
        since=read_day(typed["since"], not_after=clock.today()),
        who=who,
        organisation=typed["organisation"],
        relation=" ".join(typed["relation"].split()),
        paper=paper if kind != RecipientKind.OWN else Paper(),
        exception=" ".join(typed["exception"].split()),
    )


def _entitlement(found: Profile, enrolment: str) -> Entitlement:
    active = [one for one in found.entitlements if one.is_active]
    fitting = [one for one in active if str(one.enrolment.id) == enrolment] if enrolment else active
    if not fitting:
        raise NotFound("not_found")
    return fitting[0]


def _page(
    session: Session,
    found: Profile,
    one: Entitlement,
    typed: Typed,
    cap: int,
    error: DisburseError | None = None,
) -> RecipientPage:
    code = one.enrolment.commune_code
    return RecipientPage(
        profile=found,
        one=one,
        commune=listing.commune_names(session, {code}).get(code, ""),
        waits=payees.open_of(session, [one.enrolment.id]).get(one.enrolment.id),
        scans=papers.scans_of(session, [line.recipient.id for line in one.receivers]),
        typed=typed,
        kinds=tuple(RecipientKind),
        paper_kinds=PAPER_KINDS,
        needs_paper=NEEDS_PAPER,
        cap=cap,
        most=SCAN_BYTES // 1024 // 1024,
        today=clock.today(),
        words=person_words,
        error=error,
    )


@router.post("/scans/{recipient_id}")
def add_scan(
    session: Writing,
    recipient_id: UUID,
    actor: Actor = require(Permission.RECIPIENT_CHANGE),
    scan: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Keep a scan of a recipient's paper, once its bytes say that it is one."""
    recipient, person_id = papers.seen_recipient(session, actor, recipient_id, Permission.RECIPIENT_CHANGE)
    content = scan.file.read(SCAN_BYTES + 1) if scan else b""
    name = scan.filename or "" if scan else ""
    papers.add_scan(session, recipient=recipient, content=content, name=name, by=actor.by)
    return RedirectResponse(f"/people/{person_id}/recipient?enrolment={recipient.enrolment_id}", status_code=303)


@router.get("/scans/{recipient_id}/{scan_id}")
def open_scan(
    session: Writing, recipient_id: UUID, scan_id: UUID, actor: Actor = require(Permission.RECIPIENT_CHANGE)
) -> Response:
    """Hand out a scan as a file to save; who opened it is remembered."""
    recipient, _ = papers.seen_recipient(session, actor, recipient_id, Permission.RECIPIENT_CHANGE)
    scan, content = papers.open_scan(session, recipient=recipient, scan_id=scan_id, by=actor.by)
    name = f"giay-to-{str(scan.id)[:8]}{ENDINGS[scan.media]}"  # never the name somebody's computer gave it
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=scan.media, headers=headers)


@dataclass(frozen=True, slots=True)
class PapersPage(Page):
    template: ClassVar[str] = "people/papers.html"
    lines: tuple[Expiring, ...]
    paging: Paging
    days: int
    today: date
    communes: dict[str, str]
    words: ModuleType


@router.get("/papers")
def show_papers(
    request: Request,
    session: Reading,
    actor: Actor = require(Permission.PERSON_READ),
    days: Annotated[int, Query(ge=0, le=366)] = 60,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    """List recipients whose papers are over, or will be within some days."""
    until = clock.today() + timedelta(days=days)
    total, lines = papers.expiring(session, actor, until=until, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
    communes = listing.commune_names(session, {line.enrolment.commune_code for line in lines})
    paging = Paging(page, total, "/papers", (("days", str(days)),))
    return pages.render(request, PapersPage(tuple(lines), paging, days, clock.today(), communes, person_words))


@dataclass(frozen=True, slots=True)
class AgesPage(Page):
    template: ClassVar[str] = "people/ages.html"
    lines: tuple[Reaching, ...]
    paging: Paging
    month: str
    age: int
    ages: tuple[int, ...]
    age_words: dict[int, str]
    communes: dict[str, str]


@router.get("/ages")
def show_ages(
    request: Request,
    session: Reading,
    actor: Actor = require(Permission.PERSON_READ),
    month: Annotated[str, Query(max_length=7)] = "",
    age: Annotated[int, Query(ge=0, le=130)] = 0,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    """List who reaches an age in a month at which a right or an amount changes."""
    period = read_month(month) if month.strip() else Period.of(clock.today())
    chosen = age if age in AGES else None
    offset = (page - 1) * PAGE_SIZE
    total, lines = ages.reaching(session, actor, period=period, age=chosen, limit=PAGE_SIZE, offset=offset)
    communes = listing.commune_names(session, {line.enrolment.commune_code for line in lines})
    shown = f"{period.month:02d}/{period.year}"
    paging = Paging(page, total, "/ages", (("month", shown), ("age", str(chosen or ""))))
    return pages.render(request, AgesPage(tuple(lines), paging, shown, chosen or 0, AGES, AGE_WORDS, communes))
