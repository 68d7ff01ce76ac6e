"""Finding people: `/people`. Names and filters stand in the address; numbers are posted and never do."""

import re
from dataclasses import dataclass
from typing import Annotated, ClassVar

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.deps import Reading, require
from api.web import pages
from api.web.pages import Page
from api.web.shapes import PAGE_SIZE, Paging, address, born, masked
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.people import hamlets, listing
from disburse.people.listing import Listed
from disburse.people.search import STAGES, STATES, Wanted, by_number, search
from disburse.people.tables import CITIZEN_ID, Person

router = APIRouter()

PATH = "/people"
_NUMBER = re.compile(r"(?:\d[ .\-]?){9,}")

STAGE_WORDS: tuple[tuple[str, str], ...] = (
    ("registered", "Đã đăng ký tài khoản"),
    ("not_registered", "Chưa đăng ký tài khoản"),
    ("confirmed", "Ngân hàng đã xác nhận"),
    ("paid", "Đã chi trả qua tài khoản"),
    ("not_id_valid", "CCCD chưa hợp lệ"),
    ("not_verified", "Chưa xác thực dân cư"),
    ("wish_cash", "Chọn nhận tiền mặt"),
    ("unexplained", "Vắng chưa rõ lý do"),
)
REACHED: dict[str, tuple[str, str]] = {
    "paid": ("Đã chi trả qua tài khoản", "good"),
    "confirmed": ("Ngân hàng đã xác nhận", "good"),
    "registered_own": ("Đã đăng ký, chính chủ", "info"),
    "registered_other": ("Đã đăng ký, người nhận khác", "info"),
    "wish_cash": ("Chọn nhận tiền mặt", "none"),
    "none": ("Chưa đăng ký", "warn"),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to, as it stands in the address."""

    q: str = ""
    commune: str = ""
    hamlet: str = ""
    programme: str = ""
    stage: str = ""
    state: str = ""

    def items(self, **changes: str) -> tuple[tuple[str, str], ...]:
        """Return the filters as the address's parameters, some changed."""
        values = {
            "q": self.q, "commune": self.commune, "hamlet": self.hamlet, "programme": self.programme,
            "stage": self.stage, "state": self.state,
        }  # fmt: skip
        return tuple((values | changes).items())

    def address(self, **changes: str) -> str:
        """Return the list's address with these filters changed; an empty value takes one off."""
        return address(PATH, *self.items(**changes))

    @property
    def any(self) -> bool:
        """Say whether anything narrows the list."""
        return any(value for _, value in self.items())


@dataclass(frozen=True, slots=True)
class Row:
    """One person of the list, as shown."""

    listed: Listed
    born: str
    citizen_id: str
    commune: str


@dataclass(frozen=True, slots=True)
class PeoplePage(Page):
    template: ClassVar[str] = "people/search.html"
    filters: Filters
    rows: tuple[Row, ...]
    paging: Paging
    more: bool
    begins: bool
    by_number: bool
    number_in_name: bool
    communes: tuple[tuple[str, str], ...]
    commune_name: str
    hamlets: tuple[tuple[str, int], ...]
    programmes: tuple[tuple[str, str], ...]
    stages: tuple[tuple[str, str], ...]
    reached: dict[str, tuple[str, str]]


@router.get(PATH)
def show(
    request: Request,
    session: Reading,
    actor: Actor = require(Permission.PERSON_READ),
    q: Annotated[str, Query(max_length=100)] = "",
    commune: Annotated[str, Query(max_length=5)] = "",
    hamlet: Annotated[str, Query(max_length=100)] = "",
    programme: Annotated[str, Query(max_length=20)] = "",
    stage: Annotated[str, Query(max_length=20)] = "",
    state: Annotated[str, Query(max_length=10)] = "",
    page: Annotated[int, Query(ge=1, le=1_000)] = 1,
) -> Response:
    """List the people who bear these words in their name and fit the filters, in Vietnamese order."""
    number = bool(_NUMBER.search(q))
    filters = Filters(
        "" if number else q.strip(),
        commune,
        hamlet if commune else "",
        programme,
        stage if stage in STAGES else "",
        state if state in STATES else "",
    )
    spellings = hamlets.spellings(session, commune, hamlet) if filters.hamlet else ()
    wanted = Wanted(filters.q, commune, spellings, programme, filters.stage, filters.state)
    found = search(session, actor, wanted, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
    paging = Paging(page, found.total, PATH, filters.items())
    return pages.render(
        request,
        _page(session, actor, filters, found.people, paging, more=found.more, begins=found.begins, in_name=number),
    )


@router.post(PATH + "/find")
def find(
    request: Request,
    session: Reading,
    actor: Actor = require(Permission.PERSON_READ),
    number: Annotated[str, Form(max_length=60)] = "",
) -> Response:
    """Find people by a whole number: citizen ID, old ID, phone or file number; one hit opens at once."""
    found = by_number(session, actor, number) if number.strip() else []
    if len(found) == 1:
        return RedirectResponse(f"{PATH}/{found[0].id}", status_code=303)
    paging = Paging(1, len(found), PATH)
    return pages.render(request, _page(session, actor, Filters(), found, paging, number=True))


def _page(
    session: Reading,
    actor: Actor,
    filters: Filters,
    people: list[Person],
    paging: Paging,
    *,
    more: bool = False,
    begins: bool = False,
    number: bool = False,
    in_name: bool = False,
) -> PeoplePage:
    communes = listing.communes_of(session, actor)
    names = dict(communes)
    shown = listing.listed(session, actor, people)
    return PeoplePage(
        filters=filters,
        rows=tuple(_row(one, names) for one in shown),
        paging=paging,
        more=more,
        begins=begins,
        by_number=number,
        number_in_name=in_name,
        communes=tuple(communes),
        commune_name=names.get(filters.commune, ""),
        hamlets=tuple(listing.hamlets_of(session, actor, filters.commune)) if filters.commune else (),
        programmes=tuple(listing.programmes_of(session, actor)),
        stages=STAGE_WORDS,
        reached=REACHED,
    )


def _row(one: Listed, communes: dict[str, str]) -> Row:
    person = one.person
    return Row(
        one,
        born(person.birth_date, person.birth_precision),
        masked(CITIZEN_ID.maybe_open(person.id, person.citizen_id_sealed)),
        communes.get(one.commune_code, ""),
    )
