"""One person: `/people/{id}`, with what they receive, through whom, on which account, and how we know."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlmodel import Session, col, select

from api.deps import Reading, require
from api.web import pages
from api.web.accounts import STATE_WORDS as LINK_WORDS
from api.web.pages import Page
from api.web.shapes import masked
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.accounts.overview import LinkLine, links_of
from disburse.areas.tables import Area
from disburse.people.profile import Entitlement, Profile, profile
from disburse.people.tables import CITIZEN_ID, OLD_ID, PHONE, RecipientKind
from disburse.rosters.browsing import sources

router = APIRouter()

RECIPIENT_WORDS = {
    RecipientKind.OWN: "chính chủ",
    RecipientKind.LEGAL_REP: "đại diện theo pháp luật",
    RecipientKind.GUARDIAN: "người giám hộ",
    RecipientKind.AUTHORISED: "người được ủy quyền",
    RecipientKind.CARER: "người nhận chăm sóc, nuôi dưỡng",
    RecipientKind.ORGANISATION: "tổ chức, cơ sở nuôi dưỡng",
}
TONES = {"confirmed": "good", "refused": "bad", "closed": "none"}


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened, as the timeline tells it: a message of the catalogues, and what it is about."""

    on: date
    what: str
    about: str
    source: str


@dataclass(frozen=True, slots=True)
class PersonPage(Page):
    template: ClassVar[str] = "person.html"
    profile: Profile
    citizen_id: str
    old_id: str
    phone: str
    commune: str
    links: tuple[LinkLine, ...]
    timeline: tuple[Moment, ...]
    recipient_words: dict[RecipientKind, str]
    link_words: dict[str, str]
    tones: dict[str, str]


@router.get("/people/{person_id}")
def show(
    request: Request, session: Reading, person_id: UUID, actor: Actor = require(Permission.PERSON_READ)
) -> Response:
    """Show a person inside the reader's areas and programmes; numbers masked."""
    found = profile(session, actor, person_id)
    links = tuple(links_of(session, person_id))
    moments = sorted(_moments(session, found, links), key=lambda moment: moment.on, reverse=True)
    person = found.person
    page = PersonPage(
        profile=found,
        citizen_id=masked(CITIZEN_ID.maybe_open(person.id, person.citizen_id_sealed)),
        old_id=masked(OLD_ID.maybe_open(person.id, person.old_id_sealed)),
        phone=masked(PHONE.maybe_open(person.id, person.phone_sealed)),
        commune=_commune(session, person.commune_code),
        links=links,
        timeline=tuple(moments),
        recipient_words=RECIPIENT_WORDS,
        link_words=LINK_WORDS,
        tones=TONES,
    )
    return pages.render(request, page)


def _commune(session: Session, code: str | None) -> str:
    today = select(Area.name).where(Area.code == code, col(Area.valid_to).is_(None))
    return (session.exec(today).first() or "") if code else ""


def _moments(session: Session, found: Profile, links: tuple[LinkLine, ...]) -> Iterator[Moment]:
    files = sources(session, {one.enrolment.first_roster_id for one in found.entitlements} - {None})  # type: ignore[arg-type]
    for one in found.entitlements:
        first = files.get(one.enrolment.first_roster_id) if one.enrolment.first_roster_id else None
        yield from _of_enrolment(one, first.file_name if first else "")
    for line in links:
        account = f"{line.bank} •••• {line.number_tail}"
        yield Moment(line.link.since, "Ghép với tài khoản", account, line.link.decided_by)
        if line.link.confirmed_on:
            yield Moment(line.link.confirmed_on, "Ngân hàng xác nhận đúng", account, "")
        if line.link.ended_on:
            yield Moment(line.link.ended_on, "Tài khoản ngừng hoặc bị báo sai", account, line.link.reason)


def _of_enrolment(one: Entitlement, file_name: str) -> Iterator[Moment]:
    yield Moment(one.enrolment.from_date, "Bắt đầu hưởng", one.enrolment.programme, file_name)
    if one.enrolment.to_date:
        yield Moment(one.enrolment.to_date, "Ngày hưởng cuối cùng", one.enrolment.programme, "")
