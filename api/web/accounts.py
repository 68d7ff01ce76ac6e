"""Accounts and banks: `/accounts`, per bank where the links stand."""

from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter, Request, Response

from api.deps import Reading, require
from api.web import pages
from api.web.link_words import LINK_WORDS
from api.web.pages import Page
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.accounts import histories, overview, review_queue
from disburse.accounts.overview import BankLine
from disburse.accounts.review_queue import Filters

router = APIRouter()

# The states in the order of a link's life, in the words of the screens.
STATE_WORDS = {
    state: LINK_WORDS[state] for state in ("accepted", "requested", "received", "confirmed", "refused", "closed")
}


@dataclass(frozen=True, slots=True)
class AccountsPage(Page):
    template: ClassVar[str] = "accounts.html"
    banks: tuple[BankLine, ...]
    states: dict[str, str]
    waiting: int
    changes: int
    notices: int


@router.get("/accounts")
def show(request: Request, session: Reading, actor: Actor = require(Permission.ACCOUNT_READ)) -> Response:
    """Show each bank's links by state; numbers stay sealed."""
    found = tuple(overview.banks(session, actor))
    waiting = review_queue.count(session, actor, Filters()) if actor.may(Permission.MATCH_REVIEW) else 0
    changes, notices = histories.proposals(session, actor)[0], histories.notices(session, actor)[0]
    return pages.render(request, AccountsPage(found, STATE_WORDS, waiting, changes, notices))
