"""Deciding anew only for the people whom changes concern, exactly as a full run with the same snapshot would."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, col

from disburse.accounts import neighbours, proposals
from disburse.accounts.frames import Keys
from disburse.accounts.gathering import ids_of, uuids
from disburse.accounts.neighbours import Ground
from disburse.accounts.pairs import Pairs
from disburse.accounts.proposals import Proposals
from disburse.accounts.tables import Candidate, CandidateState
from disburse.db import among
from disburse.ids import in_order


def propose_for(session: Session, ground: Ground, persons: set[UUID]) -> Proposals:
    """Return the pairs of these people and of all who share an account with them, and who claims each account.

    An account that is claimed by two is nobody's. So those who share an account with the people asked for are judged
    too, and the pairs of those who share an account with *them* are needed to know their claims.
    """
    pairs, sought = _pairs(session, ground, persons)
    judged = persons | _sharing(session, uuids(pairs.account), persons)
    claimants = judged | _sharing(session, (), judged)
    if others := claimants - persons:  # what is decided about one does not depend on who else is asked for
        more, also = _pairs(session, ground, others)
        pairs, sought = pairs + more, sought | also
    return Proposals.of(ids_of(in_order(judged & sought)), pairs.claimed(), ground.settings.name)


def _pairs(session: Session, ground: Ground, persons: set[UUID]) -> tuple[Pairs, set[UUID]]:
    """All pairs of these people that count, decided; and which of them are sought at all."""
    found = neighbours.competing(session, ground, persons)
    people = neighbours.read_people(session, persons)
    bank = Keys(ids_of(key[0] for key in found.bank.keys), ids_of(key[1] for key in found.bank.keys))
    pairs = proposals.named(found.part.pairs, ids_of(found.people.ids), bank)
    wanted = {person.bytes for person in persons}
    mine = np.array([person in wanted for person in pairs.person.tolist()], dtype=np.bool_)
    return proposals.with_stated(session, pairs.take(mine), ids_of(people.ids), few=True), set(people.ids)


def _sharing(session: Session, also: Iterable[UUID], persons: Iterable[UUID]) -> set[UUID]:
    """Everybody with a candidate on an account that these people have a candidate on, or on one of `also`."""
    known = sa.select(col(Candidate.account_id))
    accounts = {row[0] for row in among(session, known, col(Candidate.person_id), in_order(persons))}
    accounts |= set(also)
    who = sa.select(col(Candidate.person_id)).where(col(Candidate.state) != CandidateState.SUPERSEDED)
    return {row[0] for row in among(session, who, col(Candidate.account_id), in_order(accounts))}
