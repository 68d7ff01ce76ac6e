"""The red flags, one rule each: what a look at the rows as they stand finds odd. Reads only, nothing is stored.

A rule yields what it finds in the whole database, rare things first narrowed down by indexes of their own; what its
reader may see of it is asked afterwards, of the people found.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from disburse import clock
from disburse.accounts.flag_kinds import FlagKind, Found, day_text
from disburse.accounts.hasty_clerks import fast_clerk
from disburse.accounts.life import GROWN_UP, turns
from disburse.accounts.sight import Sight
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
from disburse.accounts.verdicts import MARGIN_LOST, SHARED
from disburse.people.tables import Enrolment, EnrolmentState, Person, Recipient, RecipientKind

MANY_PAYEES = 3
BACK_WITHIN = timedelta(days=62)  # a monthly release lies in between whatever the day
OWN_ACCOUNT_AT = 15  # who is fifteen may open an account of their own


Rule = Callable[[Session], Iterator[Found]]
Seen = Callable[[Session, Sight], Iterator[Found]]  # a rule whose findings its reader may see


def _masked(bank: str, tail: str) -> str:
    return f"{bank} •••• {tail}"


def _current() -> sa.ColumnElement[bool]:
    return sa.and_(col(Recipient.ended_on).is_(None), col(Enrolment.state) == EnrolmentState.ACTIVE)


# Written out, so that the partial indexes are seen to serve: ix_account_unusable, ix_recipient_for_others.
def _unusable() -> sa.ColumnElement[bool]:
    written: list[sa.ColumnElement[Any]] = [
        sa.literal_column(f"'{status.value}'") for status in (AccountStatus.LOCKED, AccountStatus.CLOSED)
    ]
    return sa.or_(
        col(Account.status).in_(written), col(Account.joint), col(Account.currency) != sa.literal_column("'VND'")
    )


def _for_others() -> sa.ColumnElement[bool]:
    return sa.and_(
        col(Recipient.kind) != sa.literal_column(f"'{RecipientKind.OWN.value}'"),
        col(Recipient.ended_on).is_(None),
        col(Recipient.person_id).is_not(None),
    )


def recipient_held(session: Session) -> Iterator[Found]:
    """The paper ran out or the ward grew up; the money waits for an officer."""
    rows = session.execute(
        sa.select(  # type: ignore[call-overload]
            RecipientHold.id, RecipientHold.reason, RecipientHold.since, Recipient.paper_until, Recipient.person_id,
            Enrolment.person_id, Enrolment.programme,
        )
        .join(Recipient, col(Recipient.id) == col(RecipientHold.recipient_id))
        .join(Enrolment, col(Enrolment.id) == col(Recipient.enrolment_id))
        .where(col(RecipientHold.settled_on).is_(None), _current())
        .order_by(col(RecipientHold.since), col(RecipientHold.id))
    )  # fmt: skip
    for hold, reason, since, until, holder, ward, programme in rows:
        about = {"reason": str(reason), "since": day_text(since), "until": day_text(until), "programme": programme}
        yield Found(str(hold), tuple(p for p in (ward, holder) if p), about)


def taken_back(session: Session) -> Iterator[Found]:
    """A bank said no to an account it had confirmed: what was paid there meanwhile may have gone to somebody else."""
    rows = session.execute(
        sa.select(  # type: ignore[call-overload]
            Link.id, Link.person_id, Link.organisation_id, Link.confirmed_on, Link.ended_on, Link.reason,
            Account.bank_code, Account.number_tail,
        )
        .join(Account, col(Account.id) == col(Link.account_id))
        .where(col(Link.state) == LinkState.REFUSED, col(Link.confirmed_on).is_not(None))
        .order_by(col(Link.id))
    ).all()  # fmt: skip
    for row in rows:
        people = (row.person_id,) if row.person_id else _received_by(session, row.organisation_id)
        about = {"yes": day_text(row.confirmed_on), "no": day_text(row.ended_on), "code": row.reason}
        yield Found(str(row.id), people, about, row.id, _masked(row.bank_code, row.number_tail))


def _received_by(session: Session, organisation: UUID) -> tuple[UUID, ...]:
    """Return the people whom an organisation receives for."""
    asked = sa.select(col(Enrolment.person_id)).join(Recipient, col(Recipient.enrolment_id) == col(Enrolment.id))
    asked = asked.where(col(Recipient.organisation_id) == organisation, _current()).order_by(col(Enrolment.person_id))
    return tuple(row[0] for row in session.execute(asked.distinct()))


def unusable_account(session: Session) -> Iterator[Found]:
    """The bank says closed, locked, joint or foreign currency of an account that somebody should be paid to."""
    columns = (
        Link.id, Link.person_id, Account.bank_code, Account.number_tail, Account.status, Account.joint,
        Account.currency,
    )  # fmt: skip
    asked = sa.select(*columns).join(Account, col(Account.id) == col(Link.account_id))  # type: ignore[call-overload]
    asked = asked.where(col(Link.person_id).is_not(None))
    rows = [
        *session.execute(asked.where(live_clause(), _unusable())),
        *session.execute(asked.where(*_without_another())),
    ]
    for link, person, bank, tail, status, joint, currency in sorted(rows, key=lambda row: row[0]):
        why = str(status) if status in (AccountStatus.LOCKED, AccountStatus.CLOSED) else "joint" if joint else currency
        yield Found(str(link), (person,), {"why": why}, link, _masked(bank, tail))


def _without_another() -> tuple[sa.ColumnElement[bool], ...]:
    """Links closed with their account, of people who receive and have no other."""
    other = aliased(Link)
    another = sa.select(col(other.id)).where(col(other.person_id) == col(Link.person_id), col(other.ended_on).is_(None))
    receives = (
        sa.select(col(Recipient.id))
        .join(Enrolment, col(Enrolment.id) == col(Recipient.enrolment_id))
        .where(_current(), col(Recipient.person_id) == col(Link.person_id))
    )
    return (
        col(Link.state) == LinkState.CLOSED,
        col(Link.reason) == CloseReason.ACCOUNT_CLOSED,
        ~another.correlate(Link).exists(),
        receives.correlate(Link).exists(),
    )


def margin_lost(session: Session) -> Iterator[Found]:
    """A confirmed link of whose holder the matcher is not sure any more: a later rival explains it as well."""
    rows = session.execute(
        sa.select(Link.id, Link.person_id, Account.bank_code, Account.number_tail, Candidate.score)  # type: ignore[call-overload]
        .join(Account, col(Account.id) == col(Link.account_id))
        .join(
            Candidate,
            sa.and_(col(Candidate.person_id) == col(Link.person_id), col(Candidate.account_id) == col(Link.account_id)),
        )
        .where(live_clause(), col(Candidate.asks) == MARGIN_LOST)
        .order_by(col(Link.id))
    )
    for link, person, bank, tail, score in rows:
        yield Found(str(link), (person,), {"score": f"{score:.2f}"}, link, _masked(bank, tail))


def shared_account(session: Session) -> Iterator[Found]:
    """One account is linked to, stated for or matched with more than one person."""
    linked = sa.select(col(Link.account_id), col(Link.person_id)).where(live_clause(), col(Link.person_id).is_not(None))
    stated = sa.select(col(Registration.account_id), col(Registration.person_id)).where(
        col(Registration.person_id).is_not(None)
    )
    asked = sa.select(col(Candidate.account_id), col(Candidate.person_id)).where(
        col(Candidate.asks) == SHARED, col(Candidate.state) == CandidateState.OPEN
    )
    claims = sa.union(linked, stated, asked).cte("claims")  # asked once, used twice
    several = sa.select(claims.c.account_id).group_by(claims.c.account_id).having(sa.func.count() > 1)
    rows = session.execute(
        sa.select(claims.c.account_id, claims.c.person_id, col(Account.bank_code), col(Account.number_tail))
        .join(Account, col(Account.id) == claims.c.account_id)
        .where(claims.c.account_id.in_(several))
        .order_by(claims.c.account_id, claims.c.person_id)
    )
    claimants: dict[tuple[UUID, str], list[UUID]] = defaultdict(list)
    for account, person, bank, tail in rows:
        claimants[account, _masked(bank, tail)].append(person)
    for (account, shown), people in claimants.items():
        yield Found(str(account), tuple(people), {"count": str(len(people))}, None, shown)


def many_payees(session: Session) -> Iterator[Found]:
    """Three and more people are paid through the account of one."""
    # Of three people two are somebody else: whoever receives for others is rare, and has an index.
    others = (
        sa.select(col(Recipient.person_id))
        .where(_for_others())
        .group_by(col(Recipient.person_id))
        .having(sa.func.count() >= MANY_PAYEES - 1)
    )
    rows = session.execute(
        sa.select(Link.id, Link.person_id, Enrolment.person_id, Account.bank_code, Account.number_tail)  # type: ignore[call-overload]
        .join(Recipient, col(Recipient.person_id) == col(Link.person_id))
        .join(Enrolment, col(Enrolment.id) == col(Recipient.enrolment_id))
        .join(Account, col(Account.id) == col(Link.account_id))
        .where(live_clause(), col(Link.is_primary), _current(), col(Link.person_id).in_(others))
        .order_by(col(Link.id), col(Enrolment.person_id))
    )
    payees: dict[tuple[UUID, UUID, str], list[UUID]] = defaultdict(list)
    for link, holder, ward, bank, tail in rows:
        payees[link, holder, _masked(bank, tail)].append(ward)
    for (link, holder, shown), wards in payees.items():
        if len(set(wards)) >= MANY_PAYEES:
            people = tuple(dict.fromkeys((holder, *wards)))
            yield Found(str(link), people, {"count": str(len(set(wards)))}, link, shown)


def holder_drift(session: Session) -> Iterator[Found]:
    """A later statement about a linked account names another holder than the one before."""
    drifted = sa.select(col(Registration.account_id)).where(col(Registration.drift))  # rare, and indexed
    rows = session.execute(
        sa.select(  # type: ignore[call-overload]
            Link.id, Link.person_id, Account.bank_code, Account.number_tail, Registration.id,
            Registration.holder_name, Registration.stated_on,
        )
        .join(Account, col(Account.id) == col(Link.account_id))
        .join(Registration, col(Registration.account_id) == col(Link.account_id))
        .where(live_clause(), col(Link.account_id).in_(drifted), col(Link.person_id).is_not(None))
        .order_by(col(Link.id), col(Registration.stated_on), col(Registration.id))
    )  # fmt: skip
    said: dict[tuple[UUID, UUID, str], list[tuple[UUID, str, date]]] = defaultdict(list)
    for link, person, bank, tail, registration, name, on in rows:
        said[link, person, _masked(bank, tail)].append((registration, name, on))
    for (link, person, shown), names in said.items():
        told = " → ".join(f"{name or '?'} ({day_text(on)})" for _, name, on in names)
        about = {"holders": told, "statements": ",".join(str(one[0]) for one in names)}
        yield Found(str(link), (person,), about, link, shown)


def staff_account(session: Session) -> Iterator[Found]:
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
            .where(live_clause(), col(StaffNumber.removed_on).is_(None))
            .order_by(col(Link.id))
        )
        for link, person, bank, tail, name in rows:
            about = {"how": how, "staff": name}
            found.setdefault(link, Found(str(link), (person,), about, link, _masked(bank, tail)))
    yield from found.values()


def changed_back(session: Session) -> Iterator[Found]:
    """Another account for a short while, then the old one again."""
    again, before, between, earlier = aliased(Link), aliased(Link), aliased(Link), aliased(Link)
    of_both = sa.and_(
        col(earlier.person_id) == col(again.person_id),
        col(earlier.account_id) == col(again.account_id),
        col(earlier.version) < col(again.version),
    )
    newest = sa.select(sa.func.max(col(earlier.version))).where(of_both).scalar_subquery()
    rows = session.execute(
        sa.select(  # type: ignore[call-overload]
            again.id, again.person_id, before.ended_on, again.since, again.version, between.id, Account.bank_code,
            Account.number_tail,
        )
        .select_from(again)
        .join(before, sa.and_(
            col(before.person_id) == col(again.person_id), col(before.account_id) == col(again.account_id),
            col(before.version) == newest,
        ))
        .join(between, sa.and_(
            col(between.person_id) == col(again.person_id), col(between.account_id) != col(again.account_id),
            col(between.since) >= col(before.since), col(between.since) <= col(again.since),
            col(between.ended_on).is_not(None), col(between.ended_on) <= col(again.since),
        ))
        .join(Account, col(Account.id) == col(between.account_id))
        .where(col(before.ended_on).is_not(None))
        .order_by(col(again.id))
    )  # fmt: skip
    for link, person, ended, since, version, other, bank, tail in rows:
        if since - ended <= BACK_WITHIN:
            about = {"left": day_text(ended), "back": day_text(since), "version": str(version), "other": str(other)}
            yield Found(f"{link}", (person,), about, link, _masked(bank, tail))


def same_id(session: Session) -> Iterator[Found]:
    """One citizen ID draws benefits in two communes, or two people with one old ID do."""
    active = col(Enrolment.state) == EnrolmentState.ACTIVE
    twice = (
        sa.select(col(Person.old_id_index))
        .where(col(Person.old_id_index).is_not(None))
        .group_by(col(Person.old_id_index))
        .having(sa.func.count() > 1)
    )
    chosen = sa.select(col(Person.id), col(Person.old_id_index), col(Enrolment.commune_code), col(Enrolment.programme))
    chosen = chosen.join(Enrolment, col(Enrolment.person_id) == col(Person.id)).where(active)
    with_id = col(Person.citizen_id_index).is_not(None)
    groups: dict[tuple[str, Any], list[Any]] = defaultdict(list)
    for row in session.execute(chosen.where(col(Person.id).in_(_enrolled_twice()), with_id)):
        groups["citizen", row[0]].append(row)
    for row in session.execute(chosen.where(col(Person.old_id_index).in_(twice))):
        groups["old", row[1]].append(row)
    for (kind, _), rows in groups.items():
        people = tuple(sorted({row[0] for row in rows}))
        communes = {row[2] for row in rows}
        if len(communes) > 1 and (kind == "citizen" or len(people) > 1):
            where = ",".join(sorted({f"{row[3]} {row[2]}" for row in rows}))
            yield Found(f"{kind} {people[0]}", people, {"kind": kind, "where": where})


def double_benefit(session: Session) -> Iterator[Found]:
    """One person is entitled under two programmes at once."""
    active = col(Enrolment.state) == EnrolmentState.ACTIVE
    rows = session.execute(
        sa.select(col(Enrolment.person_id), col(Enrolment.programme))
        .where(active, col(Enrolment.person_id).in_(_enrolled_twice()))
        .order_by(col(Enrolment.person_id), col(Enrolment.programme))
    )
    programmes: dict[UUID, list[str]] = defaultdict(list)
    for person, programme in rows:
        programmes[person].append(programme)
    for person, names in programmes.items():
        if len(set(names)) > 1:
            yield Found(str(person), (person,), {"programmes": ", ".join(names)})


def _enrolled_twice() -> sa.Select[Any]:
    """People with several active enrolments; counted in uq_enrolment_active alone."""
    ids = sa.select(col(Enrolment.person_id)).where(col(Enrolment.state) == EnrolmentState.ACTIVE)
    return ids.group_by(col(Enrolment.person_id)).having(sa.func.count() > 1)


def fifteen(session: Session) -> Iterator[Found]:
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
            _for_others(),
            col(Recipient.kind).in_([RecipientKind.LEGAL_REP, RecipientKind.GUARDIAN]),
            col(Person.birth_date) >= date(today.year - GROWN_UP - 1, 1, 1),
            col(Person.birth_date) <= date(today.year - OWN_ACCOUNT_AT, 12, 31),
        )
        .order_by(col(Person.id))
    )
    for recipient, since, holder, ward, born, precision in rows:
        of_age, grown_up = turns(born, precision, OWN_ACCOUNT_AT), turns(born, precision, GROWN_UP)
        if of_age and grown_up and since < of_age <= today < grown_up:
            yield Found(str(recipient), tuple(p for p in (ward, holder) if p), {"since": day_text(of_age)})


def _seen(rule: Rule, *, any_of_them: bool = False) -> Seen:
    """Leave of a rule's findings what concerns somebody the reader may see: the first named, or any of them."""

    def asked(session: Session, sight: Sight) -> Iterator[Found]:
        found = list(rule(session))
        keys = [one.people if any_of_them else one.people[:1] for one in found]
        seen = sight.of(session, {person for people in keys for person in people})
        return (one for one, people in zip(found, keys, strict=True) if not seen.isdisjoint(people))

    return asked


RULES: Mapping[FlagKind, Seen] = {
    FlagKind.RECIPIENT_HELD: _seen(recipient_held),
    FlagKind.TAKEN_BACK: _seen(taken_back, any_of_them=True),
    FlagKind.UNUSABLE: _seen(unusable_account),
    FlagKind.SHARED: _seen(shared_account, any_of_them=True),
    FlagKind.MANY_PAYEES: _seen(many_payees),
    FlagKind.DRIFT: _seen(holder_drift),
    FlagKind.MARGIN_LOST: _seen(margin_lost),
    FlagKind.STAFF: _seen(staff_account),
    FlagKind.CHANGED_BACK: _seen(changed_back),
    FlagKind.FAST_CLERK: fast_clerk,
    FlagKind.SAME_ID: _seen(same_id, any_of_them=True),
    FlagKind.DOUBLE: _seen(double_benefit),
    FlagKind.FIFTEEN: _seen(fifteen),
}
