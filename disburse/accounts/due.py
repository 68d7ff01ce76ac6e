"""What has changed since pairs were last decided, and whom it concerns: competition reaches beyond the changed rows.

Triggers of the database note changes in `match_due`; `take_up` brings the posted keys up to date and turns the notes
into people to be judged anew. Both happen in one transaction, so that a run that is killed loses nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col

from disburse.accounts import neighbours, postings, snapshots
from disburse.accounts.gathering import Ids
from disburse.accounts.match_tables import DueKind, MatchDue, MatchSnapshot
from disburse.accounts.neighbours import Ground
from disburse.accounts.shards import Words
from disburse.accounts.slices import Statements
from disburse.accounts.statements import chunks
from disburse.accounts.tables import Candidate, Registration
from disburse.db import among, bulk_insert, one_in, take_turns
from disburse.ids import in_order

if TYPE_CHECKING:
    from matching.normalise import People

LINK, LINK_DUE = "accounts.link", "accounts.link_due"  # the kinds of the matcher's jobs: over everybody, over this
_RUN = 100  # notes in a row from which a range is shorter than a list
_PLAIN = {"synchronize_session": False}  # no note is held as an object


@dataclass(slots=True)
class Due:
    """Notes read together: their own ids, and the rows they speak of by kind."""

    notes: list[int] = field(default_factory=list)
    rows: dict[DueKind, set[UUID]] = field(default_factory=dict)

    def of(self, kind: DueKind) -> set[UUID]:
        """Return the rows of one kind."""
        return self.rows.get(kind, set())


def waiting(session: Session) -> int:
    """Return how many notes wait."""
    return int(session.execute(sa.select(sa.func.count()).select_from(MatchDue)).scalar_one())


def read(session: Session, *kinds: DueKind) -> Due:
    """Return the notes of these kinds (none named = all)."""
    statement = sa.select(col(MatchDue.id), col(MatchDue.kind), col(MatchDue.row_id))
    if kinds:
        statement = statement.where(col(MatchDue.kind).in_(kinds))
    found = Due()
    for id_, kind, row_id in session.execute(statement):
        found.notes.append(id_)
        found.rows.setdefault(DueKind(kind), set()).add(row_id)
    return found


def read_notes(session: Session) -> Due:
    """Return all notes without what they speak of, for a run that reads everything anyway."""
    return Due(notes=list(session.execute(sa.select(sa.inspect(MatchDue).local_table.c.id)).scalars().all()))


def settle(session: Session, notes: Iterable[int]) -> None:
    """Take notes away that were acted on. Those that follow each other go by their first and last."""
    ids = np.sort(np.fromiter(notes, dtype=np.int64))
    rows = sa.delete(MatchDue)
    few: list[int] = []
    for run in np.split(ids, np.flatnonzero(np.diff(ids) != 1) + 1):
        if len(run) < _RUN:
            few += run.tolist()
        else:
            session.execute(rows.where(col(MatchDue.id).between(int(run[0]), int(run[-1]))), execution_options=_PLAIN)
    for some in chunks(few, 100_000):
        session.execute(rows.where(one_in(session, col(MatchDue.id), some)), execution_options=_PLAIN)


def forget(session: Session) -> None:
    """Take all notes away before the first full run, which reads everything: a province's first list is a million.

    On PostgreSQL only while nobody writes any, else they stay for the run to settle.
    """
    if session.connection().dialect.name != "postgresql":
        session.execute(sa.delete(MatchDue), execution_options=_PLAIN)
        return
    try:
        with session.begin_nested():
            session.execute(sa.text("LOCK TABLE match_due IN ACCESS EXCLUSIVE MODE NOWAIT"))
            session.execute(sa.text("TRUNCATE match_due"))
    except OperationalError:  # somebody writes one just now
        return


def judge_anew(session: Session, persons: Iterable[UUID]) -> None:
    """Note that these people's pairs are to be decided anew."""
    bulk_insert(session, MatchDue, ("kind", "row_id"), [(DueKind.JUDGE, person) for person in sorted(persons)])


def take_up(session: Session, ground: Ground, snapshot: MatchSnapshot) -> int:
    """Bring the keys of what changed up to date and note everybody concerned; returns how many rows had changed."""
    take_turns(session, "match keys")
    found = read(session, DueKind.PERSON, DueKind.REGISTRATION, DueKind.ACCOUNT)
    if not found.notes:
        return 0
    registrations = _registrations_of(session, found)
    persons = found.of(DueKind.PERSON) | _stated_on(session, registrations)
    judged = persons | _proposed_on(session, found.of(DueKind.ACCOUNT))
    fresh = neighbours.read_bank(session, registrations)
    postings.keep_registrations(session, fresh.people, fresh.ids)
    touched = _repost(session, persons)
    reached = postings.registrations_under(session, touched.words)
    bank = neighbours.read_bank(session, {*fresh.ids, *reached})
    judged |= touched.persons | neighbours.met_by(session, ground, bank).persons()
    judge_anew(session, judged)
    settle(session, found.notes)
    snapshot.added += len(found.of(DueKind.PERSON)) + len(found.of(DueKind.REGISTRATION))
    session.add(snapshot)
    return len(found.notes)


def repost(session: Session, found: Due) -> None:
    """Bring the keys of what changed up to date, for a run that judges everybody anyway."""
    take_turns(session, "match keys")
    fresh = neighbours.read_bank(session, found.of(DueKind.REGISTRATION))
    postings.keep_registrations(session, fresh.people, fresh.ids)
    _repost(session, found.of(DueKind.PERSON))


def _registrations_of(session: Session, found: Due) -> set[UUID]:
    """The registrations noted, and those about accounts that are noted."""
    column = col(Registration.account_id)
    accounts = found.of(DueKind.ACCOUNT)
    about = {row[0] for row in among(session, sa.select(col(Registration.id)), column, in_order(accounts))}
    return found.of(DueKind.REGISTRATION) | about


def _stated_on(session: Session, registrations: set[UUID]) -> set[UUID]:
    """The people for whom rosters state the accounts that these registrations speak of."""
    of = sa.select(col(Registration.account_id))
    accounts = {row[0] for row in among(session, of, col(Registration.id), in_order(registrations))}
    named = sa.select(col(Registration.person_id)).where(col(Registration.person_id).is_not(None))
    return {row[0] for row in among(session, named, col(Registration.account_id), in_order(accounts))}


def _proposed_on(session: Session, accounts: set[UUID]) -> set[UUID]:
    statement = sa.select(col(Candidate.person_id))
    return {row[0] for row in among(session, statement, col(Candidate.account_id), in_order(accounts))}


@dataclass(slots=True)
class Touched:
    """People whose pairs may have changed, and the words under which registrations met or meet them."""

    persons: set[UUID]
    words: Words


def _repost(session: Session, persons: set[UUID]) -> Touched:
    """Post changed people anew. A block that fills up or empties beyond its cap touches everybody in it, and so does a
    number that somebody else bears too."""
    from matching.posts import CAPS, NUMBER

    if not persons:
        return Touched(set(), np.zeros(0, dtype=np.int64))
    old_words, old_kinds = postings.words_kept(session, persons)
    people = neighbours.read_people(session, persons)
    new_words, new_kinds, _ = postings.person_words(people.people)
    words, kinds = np.concatenate([old_words, new_words]), np.concatenate([old_kinds, new_kinds])
    before = postings.counts(session, words)
    postings.drop_people(session, persons)
    postings.keep_people(session, people.people, people.ids)
    after = postings.counts(session, words)
    crossed, met = [], []
    for word, kind in dict.fromkeys(zip(words.tolist(), kinds.tolist(), strict=True)):
        was, now, cap = before.get((word, kind), 0), after.get((word, kind), 0), int(CAPS[kind])
        if (was > cap) != (now > cap) or kind == NUMBER:
            crossed.append((word, kind))
        if min(was, now) <= cap:
            met.append(word)
    also = _under(session, crossed) - persons
    shared, shared_kinds = postings.words_kept(session, also)
    size = postings.counts(session, shared)
    open_ = [w for w, k in zip(shared.tolist(), shared_kinds.tolist(), strict=True) if size[w, k] <= CAPS[k]]
    return Touched(persons | also, np.unique(np.array([*met, *open_], dtype=np.int64)))


def _under(session: Session, blocks: list[tuple[int, int]]) -> set[UUID]:
    posted = postings.people_under(session, np.array([b[0] for b in blocks], dtype=np.int64))
    wanted = set(blocks)
    found = zip(posted.words.tolist(), posted.kinds.tolist(), strict=True)
    mine = posted.take(np.array([at for at, block in enumerate(found) if block in wanted], dtype=np.int64))
    return set(mine.persons(session))


def forget_registrations(session: Session, ids: Iterable[UUID]) -> None:
    """Note whom it concerns that these registrations are about to be erased."""
    if snapshots.newest(session) is None:
        return
    bank = neighbours.read_bank(session, ids)
    words, _ = postings.registration_words(bank.people)
    judge_anew(session, set(postings.people_met(session, words).persons(session)))


def rebuild(session: Session, people: People, ids: Ids, bank: Statements) -> None:
    """Post everybody and everything anew, from a full run's own rows."""
    take_turns(session, "match keys")
    postings.keep_all(session, people, ids, bank.lines)
