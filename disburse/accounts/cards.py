"""One pair as a clerk sees it: both sides field by field, the evidence, the rivals, and the people around. Reads only.

Personal numbers leave this module masked: what is equal is dots, and only the digits that differ are shown.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.accounts import marking, review_queue, stakes
from disburse.accounts.marking import Compared, Run
from disburse.accounts.proposals import settings_of
from disburse.accounts.review_tables import Judgement
from disburse.accounts.stakes import Stake
from disburse.accounts.states import not_linkable
from disburse.accounts.tables import (
    EVIDENCE,
    HOLDER_CITIZEN_ID,
    HOLDER_OLD_ID,
    HOLDER_PHONE,
    Account,
    Candidate,
    CandidateState,
    Registration,
)
from disburse.areas.tables import Area
from disburse.banks.tables import Bank
from disburse.people.tables import CITIZEN_ID, OLD_ID, PHONE, Person, Precision

if TYPE_CHECKING:
    from matching.explain import Explanation

Lang = Literal["vi", "en"]
MOST_TABS = 5
FIELDS = (
    "name", "birth", "sex", "citizen_id", "old_id", "phone", "address", "hamlet", "commune", "bank", "account",
)  # fmt: skip


def get_ready() -> None:
    """Load what explains a pair, and the preset it is explained by, before anybody asks for a card."""
    import matching.explain  # noqa: F401

    settings_of("")


@dataclass(frozen=True, slots=True)
class Rival:
    """Another pair that this one competes with: another account of the person, or another person of the account."""

    candidate_id: UUID
    person_id: UUID
    name: str
    born: str
    commune: str
    bank: str
    number_tail: str
    score: float
    state: CandidateState
    asks: str


@dataclass(frozen=True, slots=True)
class Card:
    """Everything one screen says about a pair."""

    candidate: Candidate
    person: Person
    account: Account
    bank: str
    unlinkable: str
    fields: dict[str, Compared]
    explanation: Explanation
    accept: float
    review: float
    accounts: tuple[Rival, ...]  # the person's pairs, this one among them, best first
    people: tuple[Rival, ...]  # others who match the account
    people_elsewhere: int  # how many more, outside the actor's scope
    alike: int  # people with the same name
    stake: Stake
    first: Judgement | None

    @property
    def gap(self) -> float | None:
        """Return the distance to the next best pair of this person; None without one."""
        others = [one.score for one in self.accounts if one.candidate_id != self.candidate.id]
        return self.candidate.score - max(others) if others else None


def card(
    session: Session, actor: Actor, candidate: Candidate, *, lang: Lang = "vi", accept: float | None = None
) -> Card:
    """Return a pair's card; `accept` = the installation's own threshold, where it has one."""
    person = session.get_one(Person, candidate.person_id)
    account = session.get_one(Account, candidate.account_id)
    registration = session.get_one(Registration, candidate.registration_id)
    bank = session.get_one(Bank, account.bank_code).short_name
    settings = settings_of(candidate.preset, session)
    alike = session.execute(
        sa.select(sa.func.count()).select_from(Person).where(col(Person.name_fold) == person.name_fold)
    ).scalar_one()
    people, elsewhere = _people(session, actor, candidate)
    return Card(
        candidate=candidate,
        person=person,
        account=account,
        bank=bank,
        unlinkable=not_linkable(account),
        fields=_fields(session, person, registration, account, bank),
        explanation=_explained(candidate, settings, lang, int(alike)),
        accept=settings.accept if accept is None else accept,
        review=settings.review,
        accounts=_accounts(session, candidate),
        people=people,
        people_elsewhere=elsewhere,
        alike=int(alike),
        stake=stakes.stake_of(session, candidate),
        first=session.exec(
            select(Judgement).where(review_queue.second_waits(), Judgement.candidate_id == candidate.id)
            .join(Candidate, col(Candidate.id) == col(Judgement.candidate_id))
        ).first(),
    )  # fmt: skip


def _explained(candidate: Candidate, settings: Any, lang: Lang, alike: int) -> Explanation:
    from matching.explain import explain_stored

    evidence = json.loads(EVIDENCE.open(candidate.id, candidate.evidence_sealed))
    return explain_stored(" ".join(evidence["reasons"]), settings, lang, alike)


def _fields(
    session: Session, person: Person, registration: Registration, account: Account, bank: str
) -> dict[str, Compared]:
    right_id = HOLDER_CITIZEN_ID.maybe_open(registration.id, registration.holder_citizen_id_sealed) or ""
    right_old = HOLDER_OLD_ID.maybe_open(registration.id, registration.holder_old_id_sealed) or ""
    right_phone = HOLDER_PHONE.maybe_open(registration.id, registration.holder_phone_sealed) or ""
    commune = _commune_names(session, {person.commune_code}).get(person.commune_code, "")
    found = {
        "name": marking.compare_names(person.name, registration.holder_name),
        "birth": marking.compare_days(
            born(person.birth_date, person.birth_precision),
            born(registration.holder_birth_date, registration.holder_birth_precision),
        ),
        "sex": marking.compare_plain(str(person.sex or ""), str(registration.holder_sex or "")),
        "citizen_id": marking.compare_numbers(
            CITIZEN_ID.maybe_open(person.id, person.citizen_id_sealed) or "", right_id
        ),
        "old_id": marking.compare_numbers(OLD_ID.maybe_open(person.id, person.old_id_sealed) or "", right_old),
        "phone": marking.compare_numbers(PHONE.maybe_open(person.id, person.phone_sealed) or "", right_phone),
        "address": marking.compare_words(person.address, registration.address),
        "hamlet": marking.find_words(person.hamlet, registration.address),
        "commune": marking.find_words(commune, registration.address),
    }
    return found | _account_fields(session, person, account, bank)


def _account_fields(session: Session, person: Person, account: Account, bank: str) -> dict[str, Compared]:
    """What the rosters state as the person's own account, beside the one in question."""
    stated = session.execute(
        sa.select(Account, col(Bank.short_name))
        .join(Registration, col(Registration.account_id) == col(Account.id))
        .join(Bank, col(Bank.code) == col(Account.bank_code))
        .where(col(Registration.person_id) == person.id)
        .order_by(col(Registration.last_seen).desc(), col(Account.id))
    ).all()
    mine = next((row for row in stated if row[0].id == account.id), stated[0] if stated else None)
    right = f"•••• {account.number_tail}"
    if mine is None:
        return {"bank": marking.compare_plain("", bank), "account": marking.compare_plain("", right)}
    same = mine[0].id == account.id
    kind = marking.SAME if same else marking.DIFFERS
    numbers = Compared((Run(f"•••• {mine[0].number_tail}", kind),), (Run(right, kind),), "equal" if same else "differs")
    return {"bank": marking.compare_plain(mine[1], bank), "account": numbers}


def name_of(session: Session, person_id: UUID) -> str:
    """Return a person's name."""
    return session.get_one(Person, person_id).name


def born(day: Any, precision: Precision | None) -> str:
    """Write a birth date as far as it is known, "" when it is not: 12/03/1951, 03/1951, 1951."""
    if day is None:
        return ""
    return {Precision.YEAR: f"{day:%Y}", Precision.MONTH: f"{day:%m/%Y}"}.get(
        precision or Precision.DAY, f"{day:%d/%m/%Y}"
    )


def _commune_names(session: Session, codes: Iterable[str | None]) -> dict[str | None, str]:
    wanted = [code for code in codes if code]
    today = sa.select(col(Area.code), col(Area.name)).where(col(Area.code).in_(wanted), col(Area.valid_to).is_(None))
    return {row[0]: row[1] for row in session.execute(today)} if wanted else {}


_RIVAL = (
    Candidate.id, Candidate.person_id, Person.name, Person.birth_date, Person.birth_precision,
    Person.commune_code, Bank.short_name, Account.number_tail, Candidate.score, Candidate.state, Candidate.asks,
)  # fmt: skip


def _rivals(session: Session, *conditions: Any) -> list[Rival]:
    statement = (
        sa.select(*_RIVAL)  # type: ignore[call-overload]
        .join(Person, col(Person.id) == col(Candidate.person_id))
        .join(Account, col(Account.id) == col(Candidate.account_id))
        .join(Bank, col(Bank.code) == col(Account.bank_code))
        .where(*conditions, col(Candidate.state) != CandidateState.SUPERSEDED)
        .order_by(col(Candidate.score).desc(), col(Candidate.id))
    )
    rows: Sequence[Any] = session.execute(statement).all()
    communes = _commune_names(session, {row.commune_code for row in rows})
    return [
        Rival(
            candidate_id=row.id,
            person_id=row.person_id,
            name=row.name,
            born=born(row.birth_date, row.birth_precision),
            commune=communes.get(row.commune_code, ""),
            bank=row.short_name,
            number_tail=row.number_tail,
            score=row.score,
            state=row.state,
            asks=row.asks,
        )
        for row in rows
    ]


def _accounts(session: Session, candidate: Candidate) -> tuple[Rival, ...]:
    """Return the person's pairs, at most five and this one always among them."""
    found = _rivals(session, col(Candidate.person_id) == candidate.person_id)
    here = [one for one in found if one.candidate_id == candidate.id]
    kept = found[:MOST_TABS]
    return tuple(kept if here and here[0] in kept else [*kept[: MOST_TABS - 1], *here])


def _people(session: Session, actor: Actor, candidate: Candidate) -> tuple[tuple[Rival, ...], int]:
    others = sa.and_(col(Candidate.account_id) == candidate.account_id, col(Candidate.person_id) != candidate.person_id)
    ours = _rivals(session, others, review_queue.in_scope(actor, permission=Permission.MATCH_REVIEW))
    every: Any = session.execute(
        sa.select(sa.func.count())
        .select_from(Candidate)
        .where(others, col(Candidate.state) != CandidateState.SUPERSEDED)
    ).scalar_one()
    return tuple(ours[:MOST_TABS]), int(every) - len(ours)
