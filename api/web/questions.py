"""Questions that lists raise: `/questions`. A card each, answered by one click; ends are confirmed many at a time."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import ModuleType
from typing import Annotated, ClassVar
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from api.deps import Data, Reading, require
from api.errors import status_of
from api.web import pages, person_words
from api.web.likeness_words import FACT_WORDS
from api.web.pages import Page
from api.web.shapes import PAGE_SIZE, Paging, address
from disburse import clock
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.errors import DisburseError, Invalid, NotFound
from disburse.people import listing
from disburse.people.stated import read_day
from disburse.people.tables import EndReason
from disburse.rosters import asked, sameness
from disburse.rosters.answering import AGREE, ENDS, KEEP, Answer, answer_questions
from disburse.rosters.asked import ENDING, Card, Facet
from disburse.rosters.removals import reason_of
from disburse.rosters.sameness import Compared
from disburse.rosters.tables import QuestionKind

router = APIRouter()

PATH = "/questions"
CARDS = 10
KIND_WORDS: dict[QuestionKind, str] = {
    QuestionKind.WHICH_PERSON: "Dòng này là ai?",
    QuestionKind.OTHER_ID: "Giống hệt nhưng khác số CCCD",
    QuestionKind.SAME_ID_OTHER_NAME: "Số CCCD của người tên khác",
    QuestionKind.ENROLLED_ELSEWHERE: "Đang hưởng ở nơi khác",
    QuestionKind.REMOVAL: "Danh sách giảm",
    QuestionKind.GONE: "Không còn trong danh sách",
    QuestionKind.RECIPIENT: "Danh sách ghi người nhận khác",
}


@dataclass(frozen=True, slots=True)
class Typed:
    """What was chosen on a form that was refused."""

    answer: str = ""
    on: str = ""
    ticked: tuple[UUID, ...] = ()
    everything: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A card with its candidates compared with the row, fact by fact."""

    card: Card
    compared: tuple[dict[str, Compared], ...]
    proposed: str


@dataclass(frozen=True, slots=True)
class QuestionsPage(Page):
    template: ClassVar[str] = "people/questions.html"
    facets: tuple[Facet, ...]
    kind: QuestionKind | None
    lists: tuple[tuple[UUID, str, str, int], ...]
    roster: UUID | None
    shown: tuple[Shown, ...]
    is_ending: bool
    communes: Mapping[str, str]
    paging: Paging
    kind_words: dict[QuestionKind, str]
    facts: dict[str, str]
    words: ModuleType
    ends: tuple[EndReason, ...]
    done: int
    today: date
    typed: Typed
    error: DisburseError | None

    def address(self, kind: QuestionKind | None, roster: UUID | None = None) -> str:
        """Return the address of a kind of question, of one list where it is named."""
        return address(PATH, ("kind", str(kind or "")), ("roster", str(roster or "")))


@router.get(PATH)
def show(
    request: Request,
    session: Reading,
    actor: Actor = require(Permission.QUESTION_ANSWER),
    kind: Annotated[str, Query(max_length=20)] = "",
    roster: Annotated[UUID | None, Query()] = None,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    done: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> Response:
    """Show the open questions of one kind: side by side, or as a table of ends to confirm."""
    return pages.render(request, _page(session, actor, kind, roster, page, done=done))


@router.post(PATH + "/{question_id}")
def answer_one(
    data: Data,
    question_id: UUID,
    actor: Actor = require(Permission.QUESTION_ANSWER),
    answer: Annotated[str, Form(max_length=60)] = "",
) -> Response:
    """Answer one question by one click."""
    with data.transaction() as session:
        found = asked.of_ids(session, actor, [question_id])
        if not found:
            raise NotFound("question_unknown")
        if found[0].question.kind in ENDING:
            raise Invalid("answer_invalid", answer=answer, known="")
        answer_questions(session, answers=[Answer(question_id, answer)], by=actor.by)
        kind = found[0].question.kind
    return RedirectResponse(address(PATH, ("kind", str(kind)), ("done", "1")), status_code=303)


@dataclass(frozen=True, slots=True)
class ConfirmPage(Page):
    """The second look before ends are confirmed: how many, for which reasons, how much money a month."""

    template: ClassVar[str] = "people/questions_confirm.html"
    kind: QuestionKind
    roster: UUID | None
    ids: tuple[UUID, ...]
    everything: bool
    answer: str
    on: str
    counts: tuple[tuple[str, int], ...]
    amount: int
    first: tuple[Card, ...]
    words: ModuleType


@router.post(PATH)
def answer_many(
    request: Request,
    data: Data,
    actor: Actor = require(Permission.QUESTION_ANSWER),
    kind: Annotated[str, Form(max_length=20)] = "",
    roster: Annotated[str, Form(max_length=40)] = "",
    question: Annotated[list[UUID] | None, Form()] = None,
    everything: Annotated[str, Form(max_length=5)] = "",
    answer: Annotated[str, Form(max_length=20)] = "",
    on: Annotated[str, Form(max_length=20)] = "",
    sure: Annotated[str, Form(max_length=5)] = "",
    page_number: Annotated[int, Form(ge=1, le=100_000, alias="page")] = 1,
) -> Response:
    """Confirm many removals, or explain many absences, with one answer; shown in numbers before it is done."""
    ending = _ending(kind)
    of_list = UUID(roster) if _is_uuid(roster) else None
    try:
        day = read_day(on, not_after=clock.today()) if on.strip() else None
        if answer not in {*map(str, ENDS), KEEP, AGREE}:
            raise Invalid("question_answer_needed")
        with data.transaction() as session:
            wanted = asked.ids(session, actor, ending, of_list, None if everything == "1" else question or [])
            if not wanted:
                raise Invalid("questions_needed")
            if sure != "1":
                page = _confirm_page(session, actor, ending, of_list, wanted, everything == "1", answer, on)
            else:
                answer_questions(session, answers=[Answer(one, answer, day) for one in wanted], by=actor.by)
    except DisburseError as error:
        with data.reading() as session:
            typed = Typed(answer, on, tuple(question or ()), everything == "1")
            refused = _page(session, actor, kind, of_list, page_number, error=error, typed=typed)
        return pages.render(request, refused, status_of(error))
    if sure != "1":
        return pages.render(request, page)
    target = address(PATH, ("kind", kind), ("roster", roster), ("done", str(len(wanted))))
    return RedirectResponse(target, status_code=303)


def _ending(kind: str) -> QuestionKind:
    found = next((one for one in ENDING if str(one) == kind), None)
    if found is None:
        raise Invalid("question_answer_needed")
    return found


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _confirm_page(
    session: Session,
    actor: Actor,
    kind: QuestionKind,
    roster: UUID | None,
    wanted: list[UUID],
    everything: bool,
    answer: str,
    on: str,
) -> ConfirmPage:
    found = asked.of_ids(session, actor, wanted)
    reasons = Counter(str(reason_of(card.question.reason)) if answer == AGREE else answer for card in found)
    return ConfirmPage(
        kind=kind,
        roster=roster,
        ids=tuple(wanted),
        everything=everything,
        answer=answer,
        on=on,
        counts=tuple(sorted(reasons.items())),
        amount=sum(card.amount for card in found),
        first=tuple(found[:12]),
        words=person_words,
    )


def _page(
    session: Session,
    actor: Actor,
    kind: str,
    roster: UUID | None,
    number: int,
    *,
    done: int = 0,
    error: DisburseError | None = None,
    typed: Typed | None = None,
) -> QuestionsPage:
    kinds = asked.facets(session, actor)
    known = [str(one) for one in QuestionKind]
    chosen = QuestionKind(kind) if kind in known else (kinds[0].kind if kinds else None)
    is_ending = chosen in ENDING
    size = PAGE_SIZE if is_ending else CARDS
    total, cards = 0, list[Card]()
    if chosen is not None:
        offset = (number - 1) * size
        total, cards = asked.cards(session, actor, chosen, roster_id=roster, limit=size, offset=offset)
    query = (("kind", str(chosen or "")), ("roster", str(roster or "")))
    return QuestionsPage(
        facets=tuple(kinds),
        kind=chosen,
        lists=tuple(asked.lists(session, actor, chosen)) if chosen else (),
        roster=roster,
        shown=tuple(_shown(card) for card in cards),
        is_ending=is_ending,
        communes=listing.commune_names(session, _communes(cards)),
        paging=Paging(number, total, PATH, query, size),
        kind_words=KIND_WORDS,
        facts=FACT_WORDS,
        words=person_words,
        ends=ENDS,
        done=done,
        today=clock.today(),
        typed=typed or Typed(),
        error=error,
    )


def _communes(cards: list[Card]) -> set[str]:
    codes = {card.values.get("commune_code") or "" for card in cards}
    codes |= {card.enrolment.commune_code for card in cards if card.enrolment is not None}
    for card in cards:
        codes |= {one.person.commune_code or "" for one in card.candidates}
        codes |= {enrolment.commune_code for one in card.candidates for enrolment in one.enrolments}
    return codes - {""}


def _shown(card: Card) -> Shown:
    row = sameness.of_row(card.values)
    compared = tuple(sameness.compare(row, sameness.of_person(one.person)) for one in card.candidates)
    return Shown(card, compared, str(reason_of(card.question.reason)) if card.question.reason else "")
