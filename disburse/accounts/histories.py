"""One link as an officer sees it: every version the holder ever had, who did what and when, and what it rests on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse.access.actor import Actor
from disburse.access.queries import within
from disburse.access.roles import Permission
from disburse.accounts import coverage, queries
from disburse.accounts.coverage import Using
from disburse.accounts.sight import Sight
from disburse.accounts.states import is_live
from disburse.accounts.tables import EVIDENCE, Account, Candidate, Link, LinkCover, LinkNotice, LinkState, Registration
from disburse.audit.tables import AuditEvent
from disburse.banks.tables import Bank
from disburse.db import among
from disburse.errors import NotFound
from disburse.people.queries import enrolments_within
from disburse.people.tables import Enrolment, Person
from matching.explain import read_reasons


@dataclass(frozen=True, slots=True)
class Version:
    """One link of the holder: which account, where it stands, and what happened to it."""

    link: Link
    bank: str
    tail: str
    events: tuple[AuditEvent, ...]
    covers: int

    @property
    def live(self) -> bool:
        """Whether it counts as registered."""
        return is_live(self.link.state, self.link.replaces)


@dataclass(frozen=True, slots=True)
class Told:
    """A statement about the account: who said who holds it, and when."""

    source: str
    holder: str
    stated_on: date
    last_seen: date


@dataclass(frozen=True, slots=True)
class History:
    """A link with everything around it."""

    chosen: Version
    account: Account
    person: Person
    versions: tuple[Version, ...]
    using: tuple[Using, ...]
    covered: frozenset[UUID]
    told: tuple[Told, ...]
    reasons: tuple[str, ...]
    score: float | None
    proposal: Version | None  # a replacement of this link that is under way


def person_of(session: Session, actor: Actor, link_id: UUID, permission: Permission) -> UUID:
    """Return the holder of a link that the actor may see; NotFound otherwise, and for an organisation's."""
    person = session.exec(select(Link.person_id).where(Link.id == link_id)).first()
    if person is None or not Sight(actor, permission).of(session, [person]):
        raise NotFound("not_found")
    return person


def history(session: Session, actor: Actor, link_id: UUID, lang: str) -> History:
    """Return a link inside the actor's areas and programmes; NotFound otherwise."""
    person_id = person_of(session, actor, link_id, Permission.ACCOUNT_READ)
    versions = _versions(session, person_id)
    chosen = next(one for one in versions if one.link.id == link_id)
    account = session.get_one(Account, chosen.link.account_id)
    held = queries.HeldLink(**_held(chosen.link), account=queries.masked(account.bank_code, account.number_tail))
    used = coverage.using(session, held) if chosen.live else []
    own = _seen(session, actor, [one.enrolment_id for one in used])
    reasons, score = _evidence(session, chosen.link, lang)
    ended = (LinkState.CLOSED, LinkState.REFUSED, LinkState.CONFIRMED)
    return History(
        chosen=chosen,
        account=account,
        person=session.get_one(Person, person_id),
        versions=versions,
        using=tuple(one for one in used if one.enrolment_id in own),
        covered=frozenset(_covered(session, link_id)),
        told=tuple(_told(session, chosen.link.account_id)),
        reasons=tuple(reasons),
        score=score,
        proposal=next((v for v in versions if v.link.replaces == link_id and v.link.state not in ended), None),
    )


def _held(link: Link) -> dict[str, Any]:
    return {name: getattr(link, name) for name in queries.HELD}


def _seen(session: Session, actor: Actor, enrolments: Iterable[UUID]) -> set[UUID]:
    """Return those of these enrolments that the actor may see."""
    inside = enrolments_within(actor, Permission.ACCOUNT_READ)
    return {row[0] for row in among(session, sa.select(col(Enrolment.id)).where(inside), col(Enrolment.id), enrolments)}


def _versions(session: Session, person_id: UUID) -> tuple[Version, ...]:
    rows = session.execute(
        sa.select(Link, col(Bank.short_name), col(Account.number_tail))
        .join(Account, col(Account.id) == col(Link.account_id))
        .join(Bank, col(Bank.code) == col(Account.bank_code))
        .where(col(Link.person_id) == person_id)
        .order_by(col(Link.id).desc())
    ).all()
    ids = [row[0].id for row in rows]
    asked = sa.select(AuditEvent).where(col(AuditEvent.object_type) == "link").order_by(col(AuditEvent.seq))
    events: dict[str, list[AuditEvent]] = {}
    for row in among(session, asked, col(AuditEvent.object_id), [str(id_) for id_ in ids]):
        events.setdefault(row[0].object_id, []).append(row[0])
    counted = sa.select(col(LinkCover.link_id), sa.func.count()).group_by(col(LinkCover.link_id))
    covers = {row[0]: row[1] for row in among(session, counted, col(LinkCover.link_id), ids)}
    return tuple(
        Version(link, bank, tail, tuple(events.get(str(link.id), ())), covers.get(link.id, 0))
        for link, bank, tail in rows
    )


def _covered(session: Session, link_id: UUID) -> Iterable[UUID]:
    return session.exec(select(LinkCover.enrolment_id).where(LinkCover.link_id == link_id))


def _told(session: Session, account_id: UUID) -> list[Told]:
    rows = session.exec(
        select(Registration).where(Registration.account_id == account_id).order_by(col(Registration.stated_on).desc())
    )
    return [Told(str(row.source), row.holder_name, row.stated_on, row.last_seen) for row in rows]


def _evidence(session: Session, link: Link, lang: str) -> tuple[Sequence[str], float | None]:
    found = session.exec(
        select(Candidate).where(Candidate.person_id == link.person_id, Candidate.account_id == link.account_id)
    ).first()
    if found is None:
        return (), link.score
    reasons = json.loads(EVIDENCE.open(found.id, found.evidence_sealed)).get("reasons", [])
    return read_reasons(" ".join(reasons), "vi" if lang == "vi" else "en"), found.score


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change of account that waits for a second person or for the bank."""

    link: Link
    person_id: UUID
    name: str
    bank: str
    tail: str


MOST = 500  # a list shows so many and says how many more there are


def proposals(session: Session, actor: Actor) -> tuple[int, list[Proposal]]:
    """Return how many replacements under way the actor may see, and the oldest of them."""
    under_way = (LinkState.PROPOSED, LinkState.APPROVED, LinkState.REQUESTED, LinkState.RECEIVED)
    rows = session.execute(
        sa.select(Link, col(Person.id), col(Person.name), col(Bank.short_name), col(Account.number_tail))
        .join(Person, col(Person.id) == col(Link.person_id))
        .join(Account, col(Account.id) == col(Link.account_id))
        .join(Bank, col(Bank.code) == col(Account.bank_code))
        .where(
            col(Link.replaces).is_not(None),
            col(Link.state).in_(under_way),
        )
        .order_by(col(Link.id))
    )
    found = [Proposal(*row) for row in rows]
    seen = Sight(actor, Permission.ACCOUNT_READ).of(session, {one.person_id for one in found})
    mine = [one for one in found if one.person_id in seen]
    return len(mine), mine[:MOST]


@dataclass(frozen=True, slots=True)
class Notice:
    """What an officer of another programme is told about a holder's account."""

    notice: LinkNotice
    state: LinkState
    person_id: UUID
    name: str


def notices(session: Session, actor: Actor) -> tuple[int, list[Notice]]:
    """Return how many unread notices there are for the actor's own programmes and areas, and the oldest of them."""
    unread = _notices(actor, Permission.ACCOUNT_READ)
    total = session.execute(sa.select(sa.func.count()).select_from(unread.subquery())).scalar_one()
    return total, [Notice(*row) for row in session.execute(unread.order_by(col(LinkNotice.id)).limit(MOST))]


def check_notice(session: Session, actor: Actor, notice_id: UUID, permission: Permission) -> None:
    """Raise NotFound unless this is an unread notice for the actor's own programmes and areas."""
    if session.execute(_notices(actor, permission).where(col(LinkNotice.id) == notice_id)).first() is None:
        raise NotFound("not_found")


def _notices(actor: Actor, permission: Permission) -> sa.Select[Any, Any, Any, Any]:
    inside = within(
        actor,
        permission,
        commune=col(Enrolment.commune_code),
        programme=col(LinkNotice.programme),
        province=col(Enrolment.province_code),
    )
    return (
        sa.select(LinkNotice, col(Link.state), col(Person.id), col(Person.name))
        .join(Link, col(Link.id) == col(LinkNotice.link_id))
        .join(Enrolment, col(Enrolment.id) == col(LinkNotice.enrolment_id))
        .join(Person, col(Person.id) == col(Enrolment.person_id))
        .where(col(LinkNotice.dismissed_on).is_(None), inside)
    )
