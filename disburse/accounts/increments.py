"""Deciding anew only for the people whom changes concern, exactly as a full run with the same snapshot would."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse.accounts import neighbours, proposals
from disburse.accounts.neighbours import Ground
from disburse.accounts.proposals import Pair, Proposals
from disburse.accounts.tables import Candidate, CandidateState
from disburse.db import among
from disburse.ids import in_order


def propose_for(session: Session, ground: Ground, persons: set[UUID]) -> Proposals:
    """Return the pairs of these people and of all who share an account with them, and who claims each account.

    An account that is claimed by two is nobody's. So those who share an account with the people asked for are judged
    too, and the pairs of those who share an account with *them* are needed to know their claims.
    """
    pairs, sought = _pairs(session, ground, persons)
    judged = persons | _sharing(session, pairs, persons)
    claimants = judged | _sharing(session, {}, judged)
    if others := claimants - persons:  # what is decided about one does not depend on who else is asked for
        more, also = _pairs(session, ground, others)
        pairs, sought = pairs | more, sought | also
    claims = proposals.claims_in(pairs)
    return Proposals(sorted(judged & sought), pairs, claims, ground.settings.name)


def _pairs(session: Session, ground: Ground, persons: set[UUID]) -> tuple[dict[UUID, list[Pair]], set[UUID]]:
    """All pairs of these people that count, decided; and which of them are sought at all."""
    found = neighbours.competing(session, ground, persons)
    people = neighbours.read_people(session, persons)
    rows = proposals.rows_of(found, persons)
    return proposals.by_person(session, rows, people.ids, few=True), set(people.ids)


def _sharing(session: Session, pairs: dict[UUID, list[Pair]], persons: Iterable[UUID]) -> set[UUID]:
    """Everybody with a candidate on an account that these people have a pair or a candidate on."""
    known = sa.select(col(Candidate.account_id))
    accounts = {row[0] for row in among(session, known, col(Candidate.person_id), in_order(persons))}
    accounts |= {pair.account_id for found in pairs.values() for pair in found}
    who = sa.select(col(Candidate.person_id)).where(col(Candidate.state) != CandidateState.SUPERSEDED)
    return {row[0] for row in among(session, who, col(Candidate.account_id), in_order(accounts))}
