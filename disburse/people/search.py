"""Finding people: by words of their name in Vietnamese order, by a number exactly, within what an actor may see.

The words go through `name_token`, whose second index gives the bearers of a word already in order: a page of a
frequent name ends after its fifty rows, whatever stands behind them. Totals are counted up to a limit and no further.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.errors import Invalid
from disburse.funnel.tables import EnrolmentStage
from disburse.people.queries import enrolments_within, has_enrolment, receives_for
from disburse.people.tables import (
    CITIZEN_ID,
    OLD_ID,
    PHONE,
    Enrolment,
    EnrolmentState,
    NameToken,
    Person,
    Recipient,
    RecipientKind,
)
from matching.identity import phone
from matching.text import fold

MOST = 1_000  # a longer list is narrowed, not leafed through
FEW = 3_000  # bearers of a word that are simply looked at one by one
SORTED = 20_000  # enrolments that are sorted rather than met along an index: fewer than 7 % of a province
RANKED = 20_000  # words borne by more people than this are alike: counting on would cost more than it tells
_AFTER = str.maketrans("0123456789abcdefghijklmnopqrstuvwxy", "123456789abcdefghijklmnopqrstuvwxyz")

Condition = sa.ColumnElement[bool]

_FLAGS = ("id_valid", "verified", "registered_own", "registered_other", "confirmed", "paid", "wish_account",
          "wish_cash", "unexplained")  # fmt: skip
# What can be asked for: a stage reached, or not reached ("not_registered": the people still to be won).
STAGES = ("registered", "not_registered", *_FLAGS, "not_id_valid", "not_verified", "not_confirmed", "not_paid")
STATES = ("active", "ended")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is searched for; "" asks nothing. `hamlets` are spellings as they stand on people."""

    words: str = ""
    commune: str = ""
    hamlets: tuple[str, ...] = ()
    programme: str = ""
    stage: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """One page of people in order, how many there are (counted up to MOST), and whether there are more."""

    people: list[Person]
    total: int
    more: bool
    begins: bool = False  # nobody bears the words as they stand: these bear words that begin so


def search(session: Session, actor: Actor, wanted: Wanted, *, limit: int = 50, offset: int = 0) -> Found:
    """Return a page of the people an actor may see who fit what is wanted; raises Invalid("stage_unknown")."""
    if wanted.stage and wanted.stage not in STAGES:
        raise Invalid("stage_unknown", value=wanted.stage)
    if session.connection().dialect.name == "postgresql":
        # Few rows by index beat a whole table; the default of 4.0 is that of spinning disks.
        session.execute(sa.text("SET LOCAL random_page_cost = 1.1"))
    words = tuple(dict.fromkeys(fold(wanted.words).split()))
    if wanted.words.strip() and not words:
        return Found([], 0, False)
    found = _page(session, actor, wanted, [_exactly(word) for word in words], limit, offset)
    if words and not found.total:
        found = _page(session, actor, wanted, [_beginning(word) for word in words], limit, offset, begins=True)
    return found


Words = Sequence[Callable[[Any], Condition]]


def _exactly(word: str) -> Callable[[Any], Condition]:
    return lambda token: token.token == word


def _beginning(word: str) -> Callable[[Any], Condition]:
    end = word.rstrip("z")
    end = end[:-1] + end[-1].translate(_AFTER) if end else "zzzzz"
    return lambda token: sa.and_(token.token >= word, token.token < end)


def _page(
    session: Session, actor: Actor, wanted: Wanted, words: Words, limit: int, offset: int, *, begins: bool = False
) -> Found:
    rarest = _rarest(session, words)
    if rarest is None or (rarest[1] >= FEW and (few := _few_enrolled(session, actor, wanted)) is not None):
        people = few if rarest is not None else _everyone(session, actor, wanted)
        keys = _sorted(people, words, rarest[0] if rarest else 0)
    else:
        keys = _along_words(actor, wanted, words, rarest[0])
    ids = [row[0] for row in session.execute(keys.limit(MOST + 1))]
    shown = ids[offset : min(offset + limit, MOST)]
    known = {one.id: one for one in session.execute(sa.select(Person).where(col(Person.id).in_(shown))).scalars()}
    return Found([known[key] for key in shown], min(len(ids), MOST), len(ids) > MOST, begins)


def _rarest(session: Session, words: Words) -> tuple[int, int] | None:
    """Return which word fewest people bear, and how many (counted up to RANKED); None without words."""
    counted: list[tuple[int, int]] = []
    for place, fits in enumerate(words):
        bearers = sa.select(NameToken.person_id).where(fits(NameToken)).limit(RANKED)  # type: ignore[call-overload]
        number = session.execute(sa.select(sa.func.count()).select_from(bearers.subquery())).scalar_one()
        counted.append((int(number), place))
    if not counted:
        return None
    number, place = min(counted)
    return place, number


def _few_enrolled(session: Session, actor: Actor, wanted: Wanted) -> Any:
    """Return the people of the enrolments that fit, where those are so few that sorting them is quick; else None."""
    scopes = actor.scopes(Permission.PERSON_READ)
    of_communes = bool(scopes) and all(len(scope.area_code) > 2 for scope in scopes)
    if not (wanted.commune or of_communes):
        fitting = sa.select(Enrolment.id).where(_fitting(actor, wanted)).limit(SORTED)  # type: ignore[call-overload]
        if session.execute(sa.select(sa.func.count()).select_from(fitting.subquery())).scalar_one() >= SORTED:
            return None
    return _of_enrolments(actor, wanted)


def _everyone(session: Session, actor: Actor, wanted: Wanted) -> Any:
    few = _few_enrolled(session, actor, wanted)
    if few is not None:
        return few
    seen = _is_seen(actor, wanted, col(Person.id))
    return sa.select(Person.id).where(seen, *_of_person(wanted))  # type: ignore[call-overload]


def _of_enrolments(actor: Actor, wanted: Wanted) -> Any:
    """Return the people of the enrolments that fit, with those who receive for them."""
    fitting = _fitting(actor, wanted)
    own = sa.select(Enrolment.person_id).where(fitting)  # type: ignore[call-overload]
    receiving = (
        sa.select(Recipient.person_id)  # type: ignore[call-overload]
        .join(Enrolment, col(Enrolment.id) == col(Recipient.enrolment_id))
        .where(fitting, col(Recipient.ended_on).is_(None), col(Recipient.kind) != RecipientKind.OWN)
        .where(col(Recipient.person_id).is_not(None))
    )
    people = own if wanted.stage or wanted.state or wanted.programme else own.union(receiving)
    return sa.select(Person.id).where(col(Person.id).in_(people), *_of_person(wanted))  # type: ignore[call-overload]


def _sorted(people: Any, words: Words, rarest: int) -> Any:
    order: list[Any] = [col(Person.sort_key), col(Person.id)]
    for fits in words:
        people = people.where(_bears(fits, col(Person.id)))
    if words:  # who is called so stands before who has it elsewhere in the name, as along the words
        called = sa.exists().where(
            col(NameToken.person_id) == col(Person.id), words[rarest](NameToken), col(NameToken.place) == 0
        )
        order.insert(0, sa.case((called, 0), else_=1))
    return people.order_by(*order)


def _along_words(actor: Actor, wanted: Wanted, words: Words, driving: int) -> Any:
    """Return the bearers of the rarest word along its index, kept where they bear the others and may be seen."""
    conditions = [words[driving](NameToken)]
    conditions += [_bears(fits, col(NameToken.person_id)) for place, fits in enumerate(words) if place != driving]
    twin: Any = sa.orm.aliased(NameToken)
    # Of two words of one name that begin so, the first stands for the person.
    conditions.append(
        ~sa.exists().where(twin.person_id == NameToken.person_id, words[driving](twin), twin.token < NameToken.token)
    )
    conditions.append(_is_seen(actor, wanted, col(NameToken.person_id)))
    if of_person := _of_person(wanted):
        conditions.append(sa.exists().where(col(Person.id) == col(NameToken.person_id), *of_person))
    order = (NameToken.token, NameToken.place, NameToken.sort_key, NameToken.person_id)
    return sa.select(NameToken.person_id).where(*conditions).order_by(*order)  # type: ignore[call-overload]


def _bears(fits: Callable[[Any], Condition], person_id: Any) -> Condition:
    other = sa.orm.aliased(NameToken)
    return sa.exists().where(other.person_id == person_id, fits(other))


def _of_person(wanted: Wanted) -> list[Condition]:
    return [col(Person.hamlet).in_(wanted.hamlets)] if wanted.hamlets else []


def _is_seen(actor: Actor, wanted: Wanted, person_id: Any) -> Condition:
    """Return the condition that a person has an enrolment that fits, or receives for one."""
    fitting = _fitting(actor, wanted)
    own = has_enrolment(person_id, fitting)
    if wanted.stage or wanted.state or wanted.programme:
        return own
    return sa.or_(own, receives_for(person_id, fitting))


def _fitting(actor: Actor, wanted: Wanted) -> Condition:
    conditions = [enrolments_within(actor, Permission.PERSON_READ)]
    if wanted.commune:
        conditions.append(col(Enrolment.commune_code) == wanted.commune)
    if wanted.programme:
        conditions.append(col(Enrolment.programme) == wanted.programme)
    if wanted.state:
        conditions.append(col(Enrolment.state) == EnrolmentState(wanted.state))
    if wanted.stage:
        # The stage repeats programme and commune: said here too, they let its own index find the few.
        same = [col(EnrolmentStage.programme) == wanted.programme] if wanted.programme else []
        same += [col(EnrolmentStage.commune_code) == wanted.commune] if wanted.commune else []
        of_enrolment = col(EnrolmentStage.enrolment_id) == col(Enrolment.id)
        conditions.append(sa.exists().where(of_enrolment, _of_stage(wanted.stage), *same))
    return sa.and_(*conditions)


def _of_stage(stage: str) -> Condition:
    name, reached = stage.removeprefix("not_"), int(not stage.startswith("not_"))
    if name == "registered":
        # Two columns, not their sum: of a sum the planner knows no frequencies.
        both = [col(EnrolmentStage.registered_own) == reached, col(EnrolmentStage.registered_other) == reached]
        return sa.or_(*both) if reached else sa.and_(*both)
    flag: Condition = getattr(EnrolmentStage, name) == reached
    return flag


def by_number(session: Session, actor: Actor, text: str) -> list[Person]:
    """Return the people an actor may see with this citizen ID, old ID, phone or file number, exactly."""
    plain = "".join(text.split())
    digits = plain.replace(".", "").replace("-", "")
    asked: list[Condition] = []
    if digits.isascii() and digits.isdigit():
        asked += [
            col(Person.citizen_id_index) == CITIZEN_ID.index(digits.zfill(12) if len(digits) > 9 else digits),
            col(Person.old_id_index) == OLD_ID.index(digits),
        ]
    if number := phone(plain):
        asked.append(col(Person.phone_index) == PHONE.index(number))
    of_file = sa.select(Enrolment.person_id).where(col(Enrolment.file_number).in_({text.strip(), plain}))  # type: ignore[call-overload]
    found: dict[UUID, Person] = {}
    # One statement each: an OR over several tables' indexes would use none of them.
    for condition in (*asked, col(Person.id).in_(of_file)):
        seen = _is_seen(actor, Wanted(), col(Person.id))
        for person in session.execute(sa.select(Person).where(condition, seen).limit(50)).scalars():
            found[person.id] = person
    return sorted(found.values(), key=lambda person: (person.sort_key, person.id))
