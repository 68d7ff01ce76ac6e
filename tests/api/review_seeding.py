"""Pairs that wait for a clerk, for tests of the review screens: statements of banks about seeded people. Invented."""

from __future__ import annotations

import json
import random
import unicodedata
from datetime import date
from itertools import count
from uuid import UUID

from sqlmodel import Session, col, select

from disburse import clock
from disburse.accounts.differences import difference, forbidden
from disburse.accounts.review_tables import Judgement, ReviewBatch, ReviewSample, Said, Stage
from disburse.accounts.tables import (
    ACCOUNT_NUMBER,
    EVIDENCE,
    HOLDER_CITIZEN_ID,
    Account,
    AccountStatus,
    Candidate,
    CandidateState,
    Link,
    Registration,
    RegistrationSource,
)
from disburse.ids import new_id
from disburse.people.tables import CITIZEN_ID, Person
from matching.settings import LATEST

# What the matcher may have said, with a score: a digit off, a year only, an account too many.
OPINIONS = (
    ("name:exact birth:full number:near sex:same place:hamlet veto:near_number", 0.93),
    ("name:exact birth:year sex:same place:commune weak", 0.71),
    ("name:typo birth:full sex:same rival", 0.55),
    ("name:exact accents:differs birth:full veto:accents", 0.84),
)
_serial = count(1)


def plain(name: str) -> str:
    """Write a name as banks do: capitals without accents."""
    bare = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
    return "".join(x for x in bare if not unicodedata.combining(x)).upper()


def add_pairs(session: Session, dice: random.Random, communes: list[str], most: int, canary: str) -> list[UUID]:
    """Add waiting pairs for people without an account in these communes, at least one in each; returns their ids."""
    with_link = select(Link.person_id).where(col(Link.person_id).is_not(None))
    made: list[UUID] = []
    for commune in communes:
        people = session.exec(
            select(Person)
            .where(Person.commune_code == commune, col(Person.id).not_in(with_link))
            .order_by(col(Person.id))
        ).all()
        made += [add_pair(session, dice, person, canary) for person in people[: max(1, most // len(communes))]]
    return made


def add_pair(session: Session, dice: random.Random, person: Person, canary: str, asks: str = "same_person") -> UUID:
    """Add one pair: an account of a holder much like the person, and the matcher's doubt about it."""
    serial = next(_serial)
    reasons, score = OPINIONS[serial % len(OPINIONS)]
    account_id, registration_id, candidate_id = new_id(), new_id(), new_id()
    number = f"{canary}{serial:06d}"
    session.add(
        Account(
            id=account_id, bank_code=("VBA", "BIDV", "ICB")[serial % 3], status=AccountStatus.OPEN,
            number_sealed=ACCOUNT_NUMBER.seal(account_id, number), number_index=ACCOUNT_NUMBER.index(number),
            number_tail=number[-4:], created_at=clock.utc_now(),
        )
    )  # fmt: skip
    session.flush()
    own = CITIZEN_ID.maybe_open(person.id, person.citizen_id_sealed)
    theirs = own[:-2] + str((int(own[-2]) + 1) % 10) + own[-1] if own and "number:near" in reasons else None
    session.add(
        Registration(
            id=registration_id, account_id=account_id, source=RegistrationSource.BANK_LIST, basis="Công văn",
            holder_name=plain(person.name), holder_fold=plain(person.name).lower(),
            holder_birth_date=person.birth_date, holder_birth_precision=person.birth_precision,
            holder_sex=person.sex, holder_citizen_id_sealed=HOLDER_CITIZEN_ID.maybe_seal(registration_id, theirs),
            address=f"{plain(person.hamlet)}, BINH SON", facts_hash=registration_id.bytes,
            stated_on=date(2024, 3, 1), last_seen=date(2024, 3, 1),
        )
    )  # fmt: skip
    session.flush()
    evidence = json.dumps({"reasons": reasons.split(), "stated": False})
    session.add(
        Candidate(
            id=candidate_id, person_id=person.id, account_id=account_id, registration_id=registration_id,
            score=round(score + dice.uniform(-0.04, 0.04), 4), decision="review", asks=asks, preset=LATEST,
            differs=difference(reasons), forbidden=forbidden(reasons),
            evidence_sealed=EVIDENCE.seal(candidate_id, evidence), found_at=clock.utc_now(),
        )
    )  # fmt: skip
    session.flush()
    return candidate_id


def first_in(session: Session, commune: str) -> UUID:
    """Return the oldest pair about somebody of a commune."""
    statement = select(Candidate.id).join(Person, col(Person.id) == Candidate.person_id)
    return session.exec(statement.where(Person.commune_code == commune).order_by(col(Candidate.id))).first()  # type: ignore[return-value]


def add_old_batch(session: Session, candidate_id: UUID, user_id: UUID, user_name: str) -> UUID:
    """Add a batch that was taken back, over one pair: something to name, that no act changes any more."""
    pair = session.get_one(Candidate, candidate_id)
    now = clock.utc_now()
    sample = ReviewSample(
        user_id=user_id, user_name=user_name, filter={"band": "low"}, population=1,
        candidate_ids=[str(candidate_id)], drawn_at=now,
    )  # fmt: skip
    session.add(sample)
    session.flush()
    batch = ReviewBatch(
        sample_id=sample.id, user_id=user_id, user_name=user_name, filter={"band": "low"}, accepted=1, left_out=0,
        at=now, undone_at=now, undone_by=user_name,
    )  # fmt: skip
    session.add(batch)
    session.flush()
    session.add(
        Judgement(
            candidate_id=pair.id, person_id=pair.person_id, account_id=pair.account_id, said=Said.YES,
            stage=Stage.BULK, user_id=user_id, user_name=user_name, at=now, batch_id=batch.id, undone_at=now,
        )
    )  # fmt: skip
    return batch.id


def reopen(session: Session, candidate_id: UUID) -> None:
    """Let a pair wait again, whatever was said of it; for tests that share a site."""
    pair = session.get_one(Candidate, candidate_id)
    pair.state, pair.asks, pair.decided_by, pair.decided_on = CandidateState.OPEN, "same_person", "", None
    session.add(pair)
