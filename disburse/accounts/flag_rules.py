"""The red flags, one rule each: what a look at the rows as they stand finds odd. Reads only, nothing is stored.

A rule gets the ids of the people its reader may see, as a subquery, and yields what concerns at least one of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from disburse import clock
from disburse.accounts.flag_kinds import FlagKind, Found
from disburse.accounts.life import GROWN_UP, turns
from disburse.accounts.linking import MARGIN_LOST, SHARED
from disburse.accounts.stages import live_clause
from disburse.accounts.states import CloseReason
from disburse.accounts.tables import (
    Account,
    AccountStatus,
    Candidate,
    CandidateState,
    Link,
    LinkState,
    RecipientHold,
    Registration,
    StaffNumber,
)
from disburse.audit.tables import AuditEvent
from disburse.people.tables import Enrolment, EnrolmentState, Person, Recipient, RecipientKind

MANY_PAYEES = 3
BACK_WITHIN = timedelta(days=62)  # a monthly release lies in between whatever the day
FAST_ACCEPTS, FAST_SECONDS = 12, 60  # a careful look at a pair takes five seconds and more
FAST_LOOK_BACK = timedelta(days=90)
OWN_ACCOUNT_AT = 15  # who is fifteen may open an account of their own


Seen = sa.Select[Any]
Rule = Callable[[Session, Seen], Iterator[Found]]


def _masked(bank: str, tail: str) -> str:
    return f"{bank} •••• {tail}"


def _current() -> sa.ColumnElement[bool]:
    return sa.and_(col(Recipient.ended_on).is_(None), col(Enrolment.state) == EnrolmentState.ACTIVE)


def recipient_held(session: Session, seen: Seen) -> Iterator[Found]:
    """The paper ran out or the ward grew up; the money waits for an officer."""
    rows = session.execute(
        sa.select(  # type: ignore[call-overload]
            RecipientHold.id, RecipientHold.reason, RecipientHold.since, Recipient.paper_until, Recipient.person_id,
            Enrolment.person_id, Enrolment.programme,
        )
        .join(Recipient, col(Recipient.id) == col(RecipientHold.recipient_id))
        .join(Enrolment, col(Enrolment.id) == col(Recipient.enrolment_id))
        .where(col(RecipientHold.settled_on).is_(None), _current(), col(Enrolment.person_id).in_(seen))
        .order_by(col(RecipientHold.since), col(RecipientHold.id))
    )  # fmt: skip
    for hold, reason, since, until, holder, ward, programme in rows:
        about = {"reason": str(reason), "since": _day(since), "until": _day(until), "programme": programme}
        yield Found(str(hold), tuple(p for p in (ward, holder) if p), about)


def _day(value: date | None) -> str:
    return "" if value is None else f"{value:%d/%m/%Y}"


def unusable_account(session: Session, seen: Seen) -> Iterator[Found]:
    """The bank says closed, locked, joint or foreign currency of an account that somebody should be paid to."""
    unusable = sa.or_(
        col(Account.status).in_([AccountStatus.LOCKED, AccountStatus.CLOSED]),
        col(Account.joint),
        col(Account.currency) != "VND",
    )
    other = aliased(Link)
    live_other = sa.select(col(other.id)).where(
        col(other.person_id) == col(Link.person_id), col(other.ended_on).is_(None)
    )
    receives = sa.select(col(Recipient.person_id)).join(Enrolment, col(Enrolment.id) == col(Recipient.enrolment_id))
    ended = sa.and_(
        col(Link.state) == LinkState.CLOSED,
        col(Link.reason) == CloseReason.ACCOUNT_CLOSED,
        ~live_other.correlate(Link).exists(),
        col(Link.person_id).in_(receives.where(_current())),
    )
    rows = session.execute(
        sa.select(  # type: ignore[call-overload]
            Link.id, Link.person_id, Account.bank_code, Account.number_tail, Account.status, Account.joint,
            Account.currency,
        )
        .join(Account, col(Account.id) == col(Link.account_id))
        .where(sa.or_(sa.and_(live_clause(), unusable), ended), col(Link.person_id).in_(seen))
        .order_by(col(Link.id))
    )  # fmt: skip
    for link, person, bank, tail, status, joint, currency in rows:
        why = str(status) if status in (AccountStatus.LOCKED, AccountStatus.CLOSED) else "joint" if joint else currency
        yield Found(str(link), (person,), {"why": why}, link, _masked(bank, tail))


def margin_lost(session: Session, seen: Seen) -> Iterator[Found]:
    """A confirmed link of whose holder the matcher is not sure any more: a later rival explains it as well."""
    rows = session.execute(
        sa.select(Link.id, Link.person_id, Account.bank_code, Account.number_tail, Candidate.score)  # type: ignore[call-overload]
        .join(Account, col(Account.id) == col(Link.account_id))
        .join(
            Candidate,
            sa.and_(col(Candidate.person_id) == col(Link.person_id), col(Candidate.account_id) == col(Link.account_id)),
        )
        .where(live_clause(), col(Candidate.asks) == MARGIN_LOST, col(Link.person_id).in_(seen))
        .order_by(col(Link.id))
    )
    for link, person, bank, tail, score in rows:
        yield Found(str(link), (person,), {"score": f"{score:.2f}"}, link, _masked(bank, tail))


def shared_account(session: Session, seen: Seen) -> Iterator[Found]:
    """One account is linked to, stated for or matched with more than one person."""
    linked = sa.select(col(Link.account_id), col(Link.person_id)).where(live_clause(), col(Link.person_id).is_not(None))
    stated = sa.select(col(Registration.account_id), col(Registration.person_id)).where(
        col(Registration.person_id).is_not(None)
    )
    asked = sa.select(col(Candidate.account_id), col(Candidate.person_id)).where(
        col(Candidate.asks) == SHARED, col(Candidate.state) == CandidateState.OPEN
    )
    claims = sa.union(linked, stated, asked).subquery("claims")
    several = sa.select(claims.c.account_id).group_by(claims.c.account_id).having(sa.func.count() > 1)
    of_ours = sa.select(claims.c.account_id).where(claims.c.person_id.in_(seen))
    rows = session.execute(
        sa.select(claims.c.account_id, claims.c.person_id, col(Account.bank_code), col(Account.number_tail))
        .join(Account, col(Account.id) == claims.c.account_id)
        .where(claims.c.account_id.in_(several), claims.c.account_id.in_(of_ours))
        .order_by(claims.c.account_id, claims.c.person_id)
    )
    claimants: dict[tuple[UUID, str], list[UUID]] = defaultdict(list)
    for account, person, bank, tail in rows:
        claimants[account, _masked(bank, tail)].append(person)
    for (account, shown), people in claimants.items():
        yield Found(str(account), tuple(people), {"count": str(len(people))}, None, shown)


def many_payees(session: Session, seen: Seen) -> Iterator[Found]:
    """Three and more people are paid through the account of one."""
    rows = session.execute(
        sa.select(Link.id, Link.person_id, Enrolment.person_id, Account.bank_code, Account.number_tail)  # type: ignore[call-overload]
        .join(Recipient, col(Recipient.person_id) == col(Link.person_id))
        .join(Enrolment, col(Enrolment.id) == col(Recipient.enrolment_id))
        .join(Account, col(Account.id) == col(Link.account_id))
        .where(live_clause(), col(Link.is_primary), _current(), col(Link.person_id).in_(_several_payees()))
        .where(col(Link.person_id).in_(seen))
        .order_by(col(Link.id), col(Enrolment.person_id))
    )
    payees: dict[tuple[UUID, UUID, str], list[UUID]] = defaultdict(list)
    for link, holder, ward, bank, tail in rows:
        payees[link, holder, _masked(bank, tail)].append(ward)
    for (link, holder, shown), wards in payees.items():
        others = tuple(dict.fromkeys(ward for ward in wards if ward != holder))
        yield Found(str(link), (holder, *others), {"count": str(len(set(wards)))}, link, shown)


def _several_payees() -> Seen:
    return (
        sa.select(col(Recipient.person_id))
        .join(Enrolment, col(Enrolment.id) == col(Recipient.enrolment_id))
        .where(_current(), col(Recipient.person_id).is_not(None))
        .group_by(col(Recipient.person_id))
        .having(sa.func.count(sa.distinct(col(Enrolment.person_id))) >= MANY_PAYEES)
    )


def holder_drift(session: Session, seen: Seen) -> Iterator[Found]:
    """A later statement about a linked account names another holder than the one before."""
    drifted = sa.select(col(Registration.account_id)).where(col(Registration.drift))
    rows = session.execute(
        sa.select(  # type: ignore[call-overload]
            Link.id, Link.person_id, Account.bank_code, Account.number_tail, Registration.id,
            Registration.holder_name, Registration.stated_on,
        )
        .join(Account, col(Account.id) == col(Link.account_id))
        .join(Registration, col(Registration.account_id) == col(Link.account_id))
        .where(live_clause(), col(Link.account_id).in_(drifted), col(Link.person_id).in_(seen))
        .order_by(col(Link.id), col(Registration.stated_on), col(Registration.id))
    )  # fmt: skip
    said: dict[tuple[UUID, UUID, str], list[tuple[UUID, str, date]]] = defaultdict(list)
    for link, person, bank, tail, registration, name, on in rows:
        said[link, person, _masked(bank, tail)].append((registration, name, on))
    for (link, person, shown), names in said.items():
        told = " → ".join(f"{name or '?'} ({_day(on)})" for _, name, on in names)
        about = {"holders": told, "statements": ",".join(str(one[0]) for one in names)}
        yield Found(str(link), (person,), about, link, shown)


def staff_account(session: Session, seen: Seen) -> Iterator[Found]:
    """The holder, by citizen ID or phone, is somebody who works with the lists or the money."""
    by_id = col(Person.citizen_id_index) == col(StaffNumber.person_index)
    by_phone = col(Person.phone_index) == col(StaffNumber.phone_index)
    by_bank = col(Link.account_id).in_(
        sa.select(col(Registration.account_id))
        .where(col(Registration.holder_citizen_id_index) == col(StaffNumber.holder_index))
        .correlate(StaffNumber)
    )
    columns = (Link.id, Link.person_id, Account.bank_code, Account.number_tail, StaffNumber.name)
    found: dict[UUID, Found] = {}
    for how, condition in (("citizen_id", by_id), ("bank", by_bank), ("phone", by_phone)):
        rows = session.execute(
            sa.select(*columns)  # type: ignore[call-overload]
            .select_from(Link)
            .join(Person, col(Person.id) == col(Link.person_id))
            .join(Account, col(Account.id) == col(Link.account_id))
            .join(StaffNumber, condition)
            .where(live_clause(), col(StaffNumber.removed_on).is_(None), col(Link.person_id).in_(seen))
            .order_by(col(Link.id))
        )
        for link, person, bank, tail, name in rows:
            about = {"how": how, "staff": name}
            found.setdefault(link, Found(str(link), (person,), about, link, _masked(bank, tail)))
    yield from found.values()


def changed_back(session: Session, seen: Seen) -> Iterator[Found]:
    """Another account for a short while, then the old one again."""
    again, before, between = aliased(Link), aliased(Link), aliased(Link)
    rows = session.execute(
        sa.select(  # type: ignore[call-overload]
            again.id, again.person_id, before.ended_on, again.since, again.version, between.id, Account.bank_code,
            Account.number_tail,
        )
        .join(before, sa.and_(
            col(before.person_id) == col(again.person_id), col(before.account_id) == col(again.account_id),
            col(before.version) == col(again.version) - 1,
        ))
        .join(between, sa.and_(
            col(between.person_id) == col(again.person_id), col(between.account_id) != col(again.account_id),
            col(between.since) >= col(before.since), col(between.since) <= col(again.since),
            col(between.ended_on).is_not(None), col(between.ended_on) <= col(again.since),
        ))
        .join(Account, col(Account.id) == col(between.account_id))
        .where(col(before.ended_on).is_not(None), col(again.person_id).in_(seen))
        .order_by(col(again.id))
    )  # fmt: skip
    for link, person, ended, since, version, other, bank, tail in rows:
        if since - ended <= BACK_WITHIN:
            about = {"left": _day(ended), "back": _day(since), "version": str(version), "other": str(other)}
            yield Found(f"{link}", (person,), about, link, _masked(bank, tail))


def fast_clerk(session: Session, seen: Seen) -> Iterator[Found]:
    """One clerk accepted pair after pair on screen faster than anybody can look at them."""
    begin = clock.utc_now() - FAST_LOOK_BACK
    rows = session.execute(
        sa.select(AuditEvent.actor_name, AuditEvent.at, AuditEvent.request_id, AuditEvent.object_id)  # type: ignore[call-overload]
        .where(col(AuditEvent.action) == "link.accepted", col(AuditEvent.via) == "web", col(AuditEvent.at) >= begin)
        .order_by(col(AuditEvent.at))
    ).all()
    ours = {str(row[0]) for row in session.execute(sa.select(col(Link.id)).where(col(Link.person_id).in_(seen)))}
    acts: dict[tuple[str, date], dict[str, datetime]] = defaultdict(dict)
    for name, at, request, link in rows:
        if link in ours:
            day = at.astimezone(clock.VIETNAM).date()
            acts[name, day].setdefault(request or link, at)  # a bulk act is one act
    for (name, day), moments in acts.items():
        fastest = _most_within(sorted(moments.values()), timedelta(seconds=FAST_SECONDS))
        if fastest >= FAST_ACCEPTS:
            about = {"day": _day(day), "count": str(len(moments)), "fastest": str(fastest)}
            yield Found(f"{name[:60]} {day}", (), about, clerk=name)


def _most_within(moments: list[datetime], window: timedelta) -> int:
    """Return the largest number of moments inside any window."""
    most = start = 0
    for end, moment in enumerate(moments):
        while moment - moments[start] > window:
            start += 1
        most = max(most, end - start + 1)
    return most


def same_id(session: Session, seen: Seen) -> Iterator[Found]:
    """One citizen ID draws benefits in two communes, or two people with one old ID do."""
    active = col(Enrolment.state) == EnrolmentState.ACTIVE
    communes = sa.func.count(sa.distinct(col(Enrolment.commune_code)))
    by_person = (
        sa.select(col(Enrolment.person_id)).where(active).group_by(col(Enrolment.person_id)).having(communes > 1)
    )
    old = (
        sa.select(col(Person.old_id_index))
        .join(Enrolment, col(Enrolment.person_id) == col(Person.id))
        .where(active, col(Person.old_id_index).is_not(None))
        .group_by(col(Person.old_id_index))
        .having(communes > 1, sa.func.count(sa.distinct(col(Person.id))) > 1)
    )
    chosen = sa.select(col(Person.id), col(Person.old_id_index), col(Enrolment.commune_code), col(Enrolment.programme))
    chosen = chosen.join(Enrolment, col(Enrolment.person_id) == col(Person.id)).where(active)
    with_id = col(Person.citizen_id_index).is_not(None)
    groups: dict[tuple[str, Any], list[Any]] = defaultdict(list)
    for row in session.execute(chosen.where(col(Person.id).in_(by_person), with_id)):
        groups["citizen", row[0]].append(row)
    for row in session.execute(chosen.where(col(Person.old_id_index).in_(old))):
        groups["old", row[1]].append(row)
    mine = {row[0] for row in session.execute(seen)} if groups else set()
    for (kind, _), rows in groups.items():
        people = tuple(sorted({row[0] for row in rows}))
        if mine & set(people):
            where = ",".join(sorted({f"{row[3]} {row[2]}" for row in rows}))
            yield Found(f"{kind} {people[0]}", people, {"kind": kind, "where": where})


def double_benefit(session: Session, seen: Seen) -> Iterator[Found]:
    """One person is entitled under two programmes at once."""
    active = col(Enrolment.state) == EnrolmentState.ACTIVE
    several = (
        sa.select(col(Enrolment.person_id))
        .where(active)
        .group_by(col(Enrolment.person_id))
        .having(sa.func.count(sa.distinct(col(Enrolment.programme))) > 1)
    )
    rows = session.execute(
        sa.select(col(Enrolment.person_id), col(Enrolment.programme))
        .where(active, col(Enrolment.person_id).in_(several), col(Enrolment.person_id).in_(seen))
        .order_by(col(Enrolment.person_id), col(Enrolment.programme))
    )
    programmes: dict[UUID, list[str]] = defaultdict(list)
    for person, programme in rows:
        programmes[person].append(programme)
    for person, names in programmes.items():
        yield Found(str(person), (person,), {"programmes": ", ".join(names)})


def fifteen(session: Session, seen: Seen) -> Iterator[Found]:
    """A ward between fifteen and eighteen may have an account of their own by now."""
    today = clock.today()
    rows = session.execute(
        sa.select(  # type: ignore[call-overload]
            Recipient.id, Recipient.since, Recipient.person_id, Person.id, Person.birth_date, Person.birth_precision
        )
        .join(Enrolment, col(Enrolment.id) == col(Recipient.enrolment_id))
        .join(Person, col(Person.id) == col(Enrolment.person_id))
        .where(
            _current(),
            col(Recipient.kind).in_([RecipientKind.LEGAL_REP, RecipientKind.GUARDIAN]),
            col(Person.birth_date) >= date(today.year - GROWN_UP - 1, 1, 1),
            col(Person.birth_date) <= date(today.year - OWN_ACCOUNT_AT, 12, 31),
            col(Person.id).in_(seen),
        )
        .order_by(col(Person.id))
    )
    for recipient, since, holder, ward, born, precision in rows:
        of_age, grown_up = turns(born, precision, OWN_ACCOUNT_AT), turns(born, precision, GROWN_UP)
        if of_age and grown_up and since < of_age <= today < grown_up:
            yield Found(str(recipient), tuple(p for p in (ward, holder) if p), {"since": _day(of_age)})


RULES: Mapping[FlagKind, Rule] = {
    FlagKind.RECIPIENT_HELD: recipient_held,
    FlagKind.UNUSABLE: unusable_account,
    FlagKind.SHARED: shared_account,
    FlagKind.MANY_PAYEES: many_payees,
    FlagKind.DRIFT: holder_drift,
    FlagKind.MARGIN_LOST: margin_lost,
    FlagKind.STAFF: staff_account,
    FlagKind.CHANGED_BACK: changed_back,
    FlagKind.FAST_CLERK: fast_clerk,
    FlagKind.SAME_ID: same_id,
    FlagKind.DOUBLE: double_benefit,
    FlagKind.FIFTEEN: fifteen,
}
