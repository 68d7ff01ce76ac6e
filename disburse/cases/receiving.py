"""Who receives for an enrolment: finding or entering them, the cap on how many others they receive for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from disburse import clock
from disburse.accounts import carrying, life, stages
from disburse.audit.actions import record
from disburse.audit.actor import By
from disburse.cases import payees
from disburse.db import take_turns
from disburse.errors import Conflict, Invalid, NotFound
from disburse.free_text import without_numbers
from disburse.ids import new_id
from disburse.people import actions as people
from disburse.people import papers, queries
from disburse.people.entries import NewPerson, NewRecipient
from disburse.people.likeness import same_given_name
from disburse.people.queries import CurrentRecipient
from disburse.people.stated import Stated
from disburse.people.tables import (
    CITIZEN_ID,
    Enrolment,
    EnrolmentState,
    Organisation,
    Person,
    Recipient,
    RecipientKind,
    Wish,
)
from matching.text import fold

ADULT = 18


@dataclass(frozen=True, slots=True)
class Paper:
    """The paper by which somebody receives."""

    kind: str = ""
    number: str = ""
    on: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Receiving:
    """Who shall receive: the person or body as typed, in which capacity, by which paper, from when."""

    enrolment_id: UUID
    kind: RecipientKind
    since: date
    who: Stated | None = None  # None: the beneficiary themself, or an organisation
    organisation: str = ""
    relation: str = ""
    paper: Paper = Paper()
    exception: str = ""  # why more than the cap is right here


def receive(session: Session, *, receiving: Receiving, cap: int, by: By) -> UUID | None:
    """Let somebody receive from a day on; who received before stays in the record. Returns the recipient.

    None: another would come in the place of somebody whose account is confirmed, so a second person must approve
    (`approve_change`), and until then nothing changes. Whoever is entered again goes on with their hold and account.
    Raises NotFound, Invalid("paper_needed"), ("paper_of_adult"), ("paper_days"), ("recipient_name_needed"),
    ("recipient_minor"), Conflict("citizen_id_taken"), ("recipient_cap"), ("recipient_change_open").
    """
    enrolment = _held(session, receiving.enrolment_id)
    _check_paper(session, receiving, enrolment)
    payees.check_none_waits(session, enrolment.id)
    person_id, organisation_id = _holder(session, receiving, enrolment, by)
    if person_id is not None and person_id != enrolment.person_id:
        _check_cap(session, person_id, enrolment, receiving.exception, cap)
    before = queries.current_recipients(session, [enrolment.id]).get(enrolment.id)
    holder = (person_id, organisation_id)
    paper = Paper(receiving.paper.kind[:60], receiving.paper.number[:60], receiving.paper.on, receiving.paper.until)
    recipient = _next(enrolment, before, receiving.kind, holder, receiving.relation, paper, receiving.since)
    if before is not None and not _is_same(before, recipient) and payees.needs_two(session, before, by):
        payees.propose(session, recipient=recipient, exception=receiving.exception, before=before, by=by)
        return None
    return _enter(session, enrolment, recipient, before, receiving.exception, by)


def approve_change(session: Session, *, change_id: UUID, cap: int, by: By) -> UUID:
    """Let the proposed recipient receive, now that a second person agrees. Returns the recipient.

    Raises what `payees.take` raises, NotFound("enrolment_unknown"), Invalid("paper_days"), Conflict("recipient_cap").
    """
    change = payees.take(session, change_id=change_id, by=by)
    enrolment = _held(session, change.enrolment_id)
    if change.paper_until is not None and change.paper_until < clock.today():
        raise Invalid("paper_days")
    person_id = enrolment.person_id if change.kind == RecipientKind.OWN else change.person_id
    if person_id is not None and person_id != enrolment.person_id:
        _check_cap(session, person_id, enrolment, change.cap_exception, cap)
    before = queries.current_recipients(session, [enrolment.id]).get(enrolment.id)
    paper = Paper(change.paper_kind, change.paper_number, change.paper_date, change.paper_until)
    holder = (person_id, change.organisation_id)
    recipient = _next(enrolment, before, change.kind, holder, change.relation, paper, change.since)
    return _enter(session, enrolment, recipient, before, change.cap_exception, by)


def _held(session: Session, enrolment_id: UUID) -> Enrolment:
    enrolment = session.get(Enrolment, enrolment_id, with_for_update=True)
    if enrolment is None or enrolment.state != EnrolmentState.ACTIVE:
        raise NotFound("enrolment_unknown")
    return enrolment


def _next(
    enrolment: Enrolment,
    before: CurrentRecipient | None,
    kind: RecipientKind,
    holder: tuple[UUID | None, UUID | None],
    relation: str,
    paper: Paper,
    since: date,
) -> NewRecipient:
    """Return the record of who receives from now on; the wish stays whoever receives. `holder`: person, body."""
    return NewRecipient(
        id=new_id(),
        enrolment_id=enrolment.id,
        kind=kind,
        person_id=holder[0],
        organisation_id=holder[1],
        relation=relation,
        wish=before.wish if before else Wish.UNKNOWN,
        since=since,
        paper_kind=paper.kind,
        paper_number=paper.number,
        paper_date=paper.on,
        paper_until=paper.until,
    )


def _enter(
    session: Session,
    enrolment: Enrolment,
    recipient: NewRecipient,
    before: CurrentRecipient | None,
    exception: str,
    by: By,
) -> UUID:
    recipient_id = people.set_recipient(session, recipient=recipient, by=by)
    if before is not None and _is_same(before, recipient):
        carrying.carry(session, [(before.id, recipient_id)], renewed=recipient.paper_date is not None)
    if exception:
        _note_exception(session, recipient_id, exception, by)
    stages.restate(session, [enrolment.id])
    holders = [before.person_id if before else None, recipient.person_id]
    life.reconsider(session, persons=[enrolment.person_id, *(one for one in holders if one)], by=by)
    return recipient_id


def _is_same(before: CurrentRecipient, recipient: NewRecipient) -> bool:
    return (before.person_id, before.organisation_id) == (recipient.person_id, recipient.organisation_id)


def _check_paper(session: Session, receiving: Receiving, enrolment: Enrolment) -> None:
    paper = receiving.paper
    if receiving.kind == RecipientKind.LEGAL_REP and not (paper.kind and paper.on):
        # Parents represent a child by being its parents; whoever is grown up is represented by a paper's right alone.
        ward = session.get_one(Person, enrolment.person_id)
        grown_up = life.turns(ward.birth_date, ward.birth_precision, life.GROWN_UP)
        if grown_up is None or grown_up <= clock.today():
            raise Invalid("paper_of_adult")
    if receiving.kind in papers.NEEDS_PAPER and not (paper.kind and paper.on):
        raise Invalid("paper_needed")
    if paper.on is not None and paper.on > clock.today():
        raise Invalid("paper_days")
    if paper.until is not None and (paper.until < clock.today() or (paper.on is not None and paper.until <= paper.on)):
        raise Invalid("paper_days")


def _holder(session: Session, receiving: Receiving, enrolment: Enrolment, by: By) -> tuple[UUID | None, UUID | None]:
    if receiving.kind == RecipientKind.OWN:
        return enrolment.person_id, None
    if receiving.kind == RecipientKind.ORGANISATION:
        return None, _organisation(session, receiving.organisation, enrolment.province_code)
    if receiving.who is None:
        raise Invalid("recipient_name_needed")
    birth = receiving.who.birth
    if birth is not None and clock.today().year - birth[0].year < ADULT:
        raise Invalid("recipient_minor", age=ADULT)
    return _person(session, receiving.who, enrolment, by), None


def _organisation(session: Session, name: str, province: str) -> UUID:
    plain = " ".join(name.split())[:200]
    if not plain:
        raise Invalid("recipient_name_needed")
    known = select(Organisation).where(Organisation.name_fold == fold(plain), Organisation.province_code == province)
    found = session.exec(known).first()
    if found is None:
        found = Organisation(name=plain, name_fold=fold(plain)[:200], province_code=province)
        session.add(found)
        session.flush()
    return found.id


def _person(session: Session, who: Stated, enrolment: Enrolment, by: By) -> UUID:
    """Return who has this citizen ID, under a compatible name; else enter them as a person of their own."""
    index = CITIZEN_ID.maybe_index(who.citizen_id)
    if index is not None:
        take_turns(session, "citizen IDs")
        known = queries.by_citizen_id(session, [index]).get(index)
        if known is not None:
            if not same_given_name(known.fold, fold(who.name)):
                raise Conflict("citizen_id_taken")
            return known.person_id
    elif (found := _current(session, who, enrolment)) is not None:
        return found
    person = NewPerson(
        id=new_id(),
        name=who.name,
        birth_date=who.birth[0] if who.birth else None,
        birth_precision=who.birth[1] if who.birth else None,
        sex=who.sex,
        citizen_id=who.citizen_id,
        id_valid=who.id_valid,
        phone=who.phone,
        address=who.address,
        origin_province=enrolment.province_code,
    )
    return people.add_person(session, person=person, by=by)


def _current(session: Session, who: Stated, enrolment: Enrolment) -> UUID | None:
    """Return the present recipient where the same name is typed again without a number: only the paper changes."""
    current = queries.current_recipients(session, [enrolment.id]).get(enrolment.id)
    if current is None or current.person_id in (None, enrolment.person_id):
        return None
    person = session.get(Person, current.person_id)
    return person.id if person is not None and person.name_fold == fold(who.name) else None


def _check_cap(session: Session, person_id: UUID, enrolment: Enrolment, exception: str, cap: int) -> None:
    take_turns(session, f"wards of {person_id}")
    already = select(Recipient.id).where(
        Recipient.enrolment_id == enrolment.id, Recipient.person_id == person_id, col(Recipient.ended_on).is_(None)
    )
    if session.exec(already).first() is not None:
        return
    wards = papers.wards_of(session, person_id)
    if wards >= cap and not exception:
        raise Conflict("recipient_cap", count=wards, most=cap)


def _note_exception(session: Session, recipient_id: UUID, reason: str, by: By) -> None:
    recipient = session.get_one(Recipient, recipient_id, populate_existing=True)
    recipient.cap_exception = without_numbers(reason)[:200]
    session.add(recipient)
    record(
        session, action="recipient.exception", object_type="recipient", object_id=recipient_id, by=by, why=reason[:200]
    )
