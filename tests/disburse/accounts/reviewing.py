"""Clerks and cards for tests of the review queue, in the small commune of world.py."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

from sqlmodel import select

from disburse.access.actor import Actor, Held, Scope
from disburse.access.tables import Role
from disburse.accounts import judging
from disburse.accounts.review_tables import Judgement, Said
from disburse.accounts.tables import Candidate
from disburse.audit.actor import By
from disburse.people import entries
from disburse.people.entries import NewLine
from disburse.people.tables import LineKind
from tests.disburse.accounts.test_linking import apply, pair
from tests.disburse.accounts.world import COMMUNE, World


def clerk(name: str, *, area: str = "51", programme: str = "", role: Role = Role.PROVINCE) -> Actor:
    """Return a clerk; each call makes another person."""
    user_id = uuid4()
    held = (Held(role, Scope(area, programme)),)
    return Actor(user_id, name, name.title(), By(name, user_id), held)


AN, BINH = clerk("an"), clerk("binh", area=COMMUNE, role=Role.COMMUNE)


def waiting_pair(world: World, key: str = "tam", number: str = "1234567890123", name: str = "Nguyễn Văn Tám") -> UUID:
    """Propose one doubtful pair and return it."""
    if key not in world.persons:
        world.person(key, name)
    account = world.account(number, "NGUYEN VAN TAM")
    apply(world, pair(world, key, account, "review"))
    return candidate_of(world, key, account)


def candidate_of(world: World, key: str, account: UUID) -> UUID:
    """Return the pair of a person and an account."""
    with world.database.reading() as session:
        mine = select(Candidate.id).where(Candidate.person_id == world.persons[key], Candidate.account_id == account)
        return session.exec(mine).one()


def say(world: World, candidate_id: UUID, said: str, by: Actor = AN, reason: str = "other_person") -> Judgement:
    """Let a clerk answer a card."""
    with world.database.transaction() as session:
        return judging.judge(session, candidate_id=candidate_id, said=Said(said), reason=reason, by=by)


def pays(world: World, key: str, amount: int) -> None:
    """Let a person's enrolment pay so much a month."""
    with world.database.transaction() as session:
        line = NewLine(world.enrolments[key], LineKind.MONTHLY, None, amount, None, date(2024, 3, 1))
        entries.begin_lines(session, [line])
