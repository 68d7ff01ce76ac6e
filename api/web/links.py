"""Links: `/links` with changes under way and notices, `/links/{id}` with its history, and the acts of two people."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, ClassVar
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session, col, select

from api.deps import Data, Reading, Writing, require
from api.errors import status_of
from api.web import pages
from api.web.link_words import CLOSE_WORDS, CLOSING, EVENT_WORDS, HOW_WORDS, LINK_WORDS, SOURCE_WORDS, TONES
from api.web.pages import Page
from api.web.person_words import RECIPIENT_WORDS
from disburse.access.actor import Actor
from disburse.access.queries import programmes_of
from disburse.access.roles import Permission
from disburse.accounts import actions, coverage, histories
from disburse.accounts.changing import Wanted, propose_change
from disburse.accounts.histories import History, Notice, Proposal
from disburse.accounts.sight import Sight
from disburse.accounts.states import CloseReason
from disburse.banks.tables import Bank
from disburse.cases import payees
from disburse.cases.payees import Waiting
from disburse.confirmations.reasons import REASONS
from disburse.errors import DisburseError, Invalid, NotFound
from disburse.people.tables import RecipientKind

router = APIRouter()


@dataclass(frozen=True, slots=True)
class LinksPage(Page):
    template: ClassVar[str] = "links/links.html"
    proposals: tuple[Proposal, ...]
    recipients: tuple[Waiting, ...]
    may_approve: bool
    may_change: bool
    recipient_words: dict[RecipientKind, str]
    notices: tuple[Notice, ...]
    left_out: dict[str, int]  # how many more of each list there are than are shown
    may_dismiss: bool
    states: dict[str, str]
    tones: dict[str, str]
    today_maker: str


@dataclass(frozen=True, slots=True)
class Typed:
    """What stood in the form of a change."""

    bank: str = ""
    number: str = ""
    reason: str = ""
    enrolments: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class LinkPage(Page):
    template: ClassVar[str] = "links/link.html"
    history: History
    banks: tuple[Bank, ...]
    typed: Typed
    error: DisburseError | None
    field: str
    may_propose: bool
    may_approve: bool
    is_maker: bool
    states: dict[str, str]
    tones: dict[str, str]
    events: dict[str, str]
    hows: dict[str, str]
    reasons: dict[str, str]
    sources: dict[str, str]
    closing: tuple[str, ...]


@router.get("/links")
def show_all(request: Request, session: Reading, actor: Actor = require(Permission.ACCOUNT_READ)) -> Response:
    """List the changes of account and of who receives that are under way, and what other departments changed."""
    changes, proposals = histories.proposals(session, actor)
    waits, recipients = payees.waiting(session, actor)
    unread, notices = histories.notices(session, actor)
    page = LinksPage(
        tuple(proposals),
        tuple(recipients),
        actor.may(Permission.LINK_APPROVE),
        actor.may(Permission.RECIPIENT_CHANGE),
        RECIPIENT_WORDS,
        tuple(notices),
        {
            "proposals": changes - len(proposals),
            "recipients": waits - len(recipients),
            "notices": unread - len(notices),
        },
        actor.may(Permission.LINK_PROPOSE),
        LINK_WORDS,
        TONES,
        actor.name,
    )
    return pages.render(request, page)


@router.get("/links/{link_id}")
def show(
    request: Request, session: Reading, link_id: UUID, actor: Actor = require(Permission.ACCOUNT_READ)
) -> Response:
    """Show a link: versions, who, when, on what evidence; numbers masked."""
    return pages.render(request, _page(request, session, actor, link_id))


@router.post("/links/{link_id}/replace")
def replace(
    request: Request,
    database: Data,
    link_id: UUID,
    actor: Actor = require(Permission.LINK_PROPOSE),
    bank: Annotated[str, Form(max_length=20)] = "",
    number: Annotated[str, Form(max_length=40)] = "",
    reason: Annotated[str, Form(max_length=100)] = "",
    enrolment: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Propose another account for all or some of the enrolments; a second person has to approve."""
    typed = Typed(bank, number, reason, tuple(enrolment or ()))
    wanted = Wanted(bank, number, reason, typed.enrolments or ())
    own = programmes_of(actor, Permission.LINK_PROPOSE)

    def act(session: Session) -> None:
        person = histories.person_of(session, actor, link_id, Permission.LINK_PROPOSE)
        propose_change(session, link_id=link_id, person_id=person, wanted=wanted, programmes=own, by=actor.by)

    return _do(request, database, actor, link_id, act, typed, "bank")


@router.post("/links/{link_id}/close")
def close(
    request: Request,
    database: Data,
    link_id: UUID,
    actor: Actor = require(Permission.LINK_PROPOSE),
    why: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """End a link for a reason."""

    def act(session: Session) -> None:
        histories.person_of(session, actor, link_id, Permission.LINK_PROPOSE)
        if why not in CLOSING:
            raise Invalid("reason_needed")
        actions.close(session, link_id=link_id, reason=CloseReason(why), by=actor.by)

    return _do(request, database, actor, link_id, act, Typed(), "why")


@router.post("/links/{link_id}/approve")
def approve(
    request: Request, database: Data, link_id: UUID, actor: Actor = require(Permission.LINK_APPROVE)
) -> Response:
    """Agree, as the second person, to a change of account."""

    def act(session: Session) -> None:
        histories.person_of(session, actor, link_id, Permission.LINK_APPROVE)
        actions.approve_replacement(session, link_id=link_id, by=actor.by)

    return _do(request, database, actor, link_id, act)


@router.post("/links/{link_id}/turn-down")
def turn_down(
    request: Request, database: Data, link_id: UUID, actor: Actor = require(Permission.LINK_APPROVE)
) -> Response:
    """Say no to a change of account."""

    def act(session: Session) -> None:
        histories.person_of(session, actor, link_id, Permission.LINK_APPROVE)
        actions.turn_down_replacement(session, link_id=link_id, by=actor.by)

    return _do(request, database, actor, link_id, act)


@router.post("/notices/{notice_id}/dismiss")
def dismiss(session: Writing, notice_id: UUID, actor: Actor = require(Permission.LINK_PROPOSE)) -> Response:
    """Note that one's department has read of a change."""
    histories.check_notice(session, actor, notice_id, Permission.LINK_PROPOSE)
    coverage.dismiss_notice(session, notice_id=notice_id, by=actor.by)
    return RedirectResponse("/links", status_code=303)


def _do(
    request: Request,
    database: Data,
    actor: Actor,
    link_id: UUID,
    act: Callable[[Session], None],
    typed: Typed | None = None,
    field: str = "",
) -> Response:
    """Act and go back to the link; a refusal shows the page again with what was typed and changes nothing."""
    try:
        with database.transaction() as session:
            act(session)
    except NotFound:
        raise
    except DisburseError as error:
        with database.reading() as session:
            page = _page(request, session, actor, link_id, typed or Typed(), error, field)
        return pages.render(request, page, status_of(error))
    return RedirectResponse(f"/links/{link_id}", status_code=303)


def _page(
    request: Request,
    session: Session,
    actor: Actor,
    link_id: UUID,
    typed: Typed | None = None,
    error: DisburseError | None = None,
    field: str = "",
) -> LinkPage:
    lang = pages.language_of(request)
    found = histories.history(session, actor, link_id, lang)
    refusals = {code: one.meaning if lang == "vi" else one.english for code, one in REASONS.items()}
    return LinkPage(
        history=found,
        banks=tuple(session.exec(select(Bank).order_by(col(Bank.short_name)))),
        typed=typed or Typed(),
        error=error,
        field=field,
        may_propose=_may(session, actor, found, Permission.LINK_PROPOSE),
        may_approve=_may(session, actor, found, Permission.LINK_APPROVE),
        is_maker=found.chosen.link.decided_by == actor.by.name,
        states=LINK_WORDS,
        tones=TONES,
        events=EVENT_WORDS,
        hows=HOW_WORDS,
        reasons=CLOSE_WORDS | refusals,
        sources=SOURCE_WORDS,
        closing=CLOSING,
    )


def _may(session: Session, actor: Actor, found: History, permission: Permission) -> bool:
    """Say whether an act on this very holder's links is open: somebody enrolled elsewhere is only read."""
    return actor.may(permission) and bool(Sight(actor, permission).of(session, [found.person.id]))
