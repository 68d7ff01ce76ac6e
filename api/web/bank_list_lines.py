"""Behind the numbers of a list of accounts: the lines that wait, with their cells, and whose its accounts are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from api.deps import Writing, require
from api.web import pages
from api.web.bank_lists import MAY, PATH
from api.web.list_words import STAND_WORDS, fields_of, title_of
from api.web.pages import Page
from api.web.shapes import PAGE_SIZE, Paging
from disburse.access.actor import Actor
from disburse.accounts import lists, received
from disburse.accounts.received import Brought, ParkedLine, Stand
from disburse.accounts.tables import RegistrationList
from disburse.audit.actions import record
from disburse.banks import queries as banks
from disburse.rosters.sayings import mask_numbers
from disburse.workbooks.flaws import row_sentence
from disburse.workbooks.header import column_letter
from disburse.workbooks.wording import ROW_ISSUES

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Waiting:
    """A line that waits, as it is shown: its cells under their headers, long numbers masked, and what is wrong."""

    sheet: str
    line: int
    cells: tuple[tuple[str, str, bool], ...] | None  # header, content, whether something is wrong with it
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LinesPage(Page):
    template: ClassVar[str] = "banks/list_lines.html"
    one: RegistrationList
    bank: str
    lines: tuple[Waiting, ...]
    paging: Paging


@dataclass(frozen=True, slots=True)
class AccountsPage(Page):
    template: ClassVar[str] = "banks/list_accounts.html"
    one: RegistrationList
    bank: str
    stand: Stand
    words: dict[Stand, str]
    counts: dict[Stand, int]
    accounts: tuple[Brought, ...]
    paging: Paging


@router.get(PATH + "/{list_id}/lines")
def show_lines(
    request: Request,
    session: Writing,
    list_id: UUID,
    actor: Actor = require(MAY),
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """Show the lines of a list that wait, with the cells as they came; opening it is logged."""
    found = received.own(session, actor, list_id)
    some = received.parked(session, list_id, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
    _record(session, "registrations.lines_opened", actor, found, page)
    lang = pages.language_of(request)
    content = LinesPage(
        one=found,
        bank=banks.names(session)[found.bank_code],
        lines=tuple(_waiting(line, found, lang) for line in some),
        paging=Paging(page, found.rows_parked, f"{PATH}/{list_id}/lines"),
    )
    return pages.render(request, content)


def _waiting(line: ParkedLine, found: RegistrationList, lang: str) -> Waiting:
    headers = {one["column"]: one["header"] for one in fields_of(found.report) if one["sheet"] == line.sheet}
    wrong = {issue["column"] for issue in line.issues if issue["severity"] == "error"}
    reasons = tuple(dict.fromkeys(_said(issue, lang) for issue in line.issues if issue["severity"] == "error"))
    if line.cells is None:
        return Waiting(line.sheet, line.line, None, reasons)
    letters = [column_letter(index) for index in range(len(line.cells))]
    shown = tuple(
        (headers.get(letter, letter), mask_numbers(cell), letter in wrong)
        for letter, cell in zip(letters, line.cells, strict=True)
        if cell or letter in wrong
    )
    return Waiting(line.sheet, line.line, shown, reasons)


def _said(issue: dict[str, Any], lang: str) -> str:
    if issue["code"] not in ROW_ISSUES:
        return title_of(issue["code"], lang)
    facts = {name: mask_numbers(str(value)) for name, value in issue.get("facts", {}).items()}
    return row_sentence(issue["code"], facts, lang)


@router.get(PATH + "/{list_id}/accounts")
def show_accounts(
    request: Request,
    session: Writing,
    list_id: UUID,
    actor: Actor = require(MAY),
    stand: Annotated[Stand, Query()] = Stand.LINKED,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """Show a list's accounts by what became of them, masked, with the people linked; opening it is logged."""
    found = received.own(session, actor, list_id)
    counts = received.standing(session, found).counts
    some = received.brought(session, actor, list_id, stand, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
    _record(session, "registrations.accounts_opened", actor, found, page)
    content = AccountsPage(
        one=found,
        bank=banks.names(session)[found.bank_code],
        stand=stand,
        words=STAND_WORDS,
        counts=counts,
        accounts=tuple(some),
        paging=Paging(page, counts[stand], f"{PATH}/{list_id}/accounts", (("stand", stand.value),)),
    )
    return pages.render(request, content)


def _record(session: Writing, action: str, actor: Actor, found: RegistrationList, page: int) -> None:
    record(
        session, action=action, object_type="registration_list", object_id=found.id, by=actor.by,
        province_code=lists.province_of(found), bank=found.bank_code, page=page,
    )  # fmt: skip
