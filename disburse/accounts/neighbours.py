"""Who may be whom around a few people or registrations: their pairs, found by the posted keys, and everybody's who
competes with them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
from sqlmodel import Session

from disburse.accounts import frames, postings
from disburse.accounts.gathering import uuids
from disburse.accounts.postings import Posted, joined
from disburse.accounts.shards import Words

if TYPE_CHECKING:
    from matching import Settings
    from matching.frequency import Frequencies
    from matching.normalise import People
    from matching.posts import Part


@dataclass(frozen=True, slots=True)
class Ground:
    """What pairs are scored with: the settings of now and the counts of the last full run."""

    settings: Settings
    frequencies: Frequencies


@dataclass(slots=True)
class Rows:
    """Some rows of one side as the matcher reads them; `place` finds a row by its id."""

    ids: list[UUID]
    keys: list[Any]
    people: People
    place: dict[UUID, int]


@dataclass(slots=True)
class Found:
    """Pairs around some rows, scored; `part` knows rows of `people` and `bank` by their places."""

    people: Rows
    bank: Rows
    part: Part

    def persons(self) -> set[UUID]:
        """Return everybody in a pair that counts."""
        return {self.people.ids[row] for row in np.unique(self.part.left).tolist()}

    def registrations(self, of: Iterable[UUID]) -> set[UUID]:
        """Return the registrations in pairs of these people."""
        rows = [self.people.place[person] for person in of if person in self.people.place]
        mine = np.isin(self.part.left, rows)
        return {self.bank.ids[row] for row in np.unique(self.part.right[mine]).tolist()}


def read_people(session: Session, ids: Iterable[UUID]) -> Rows:
    """Read those of these people who are sought."""
    from matching.posts import read_roster

    side = frames.recipients(session, ids)
    found = uuids(side.keys)
    return Rows(found, found, read_roster(side.columns), {key: row for row, key in enumerate(found)})


def read_bank(session: Session, ids: Iterable[UUID]) -> Rows:
    """Read those of these registrations whose holder nobody has named."""
    from matching.posts import read_registrations

    side = frames.statements(session, ids)
    found = [key[0] for key in side.keys]
    return Rows(found, side.keys, read_registrations(side.columns), {key: row for row, key in enumerate(found)})


def met_by(session: Session, ground: Ground, bank: Rows) -> Found:
    """Return all pairs of these registrations, with everybody who meets them."""
    from matching.posts import UNDATED

    words, rows = postings.registration_words(bank.people)
    posted = postings.people_met(session, words)
    posted = posted.take(_within_caps(posted))
    persons = posted.persons(session)
    people = read_people(session, persons)
    at, under = joined(words, posted.words)
    row_of = np.array([people.place.get(person, -1) for person in persons], dtype=np.int64)
    left, right = row_of[under], rows[at]
    rare = postings.of_rare_name(session, people.people)
    meet = (left >= 0) & ((posted.kinds[under] != UNDATED) | rare[left])
    return _scored(ground, people, bank, left[meet], right[meet])


def _within_caps(posted: Posted) -> Words:
    """Return the places of those posted in blocks that do not hold too many people to be met by."""
    from matching.posts import CAPS

    order = np.lexsort((posted.kinds, posted.words))
    words, kinds = posted.words[order], posted.kinds[order]
    block = np.cumsum(np.concatenate([[0], (np.diff(words) != 0) | (np.diff(kinds) != 0)])[: len(words)])
    return np.sort(order[np.bincount(block)[block] <= CAPS[kinds]])


def meeting(session: Session, ground: Ground, people: Rows) -> Found:
    """Return the pairs of these people with all registrations; the other people of those are not there yet."""
    from matching.posts import CAPS, UNDATED

    words, kinds, rows = postings.person_words(people.people)
    full = postings.sizes(session, words, kinds)
    rare = postings.of_rare_name(session, people.people)
    open_ = (full <= CAPS[kinds]) & ((kinds != UNDATED) | rare[rows])
    words, rows = words[open_], rows[open_]
    bank = read_bank(session, postings.registrations_under(session, words))
    posted, under = postings.registration_words(bank.people)  # as they are: what was posted of them only finds them
    at, met = joined(words, posted)
    return _scored(ground, people, bank, rows[at], under[met])


def competing(session: Session, ground: Ground, persons: Iterable[UUID]) -> Found:
    """Return all pairs of these people and all pairs of the registrations in them: what decides about each of them."""
    wanted = set(persons)
    own = meeting(session, ground, read_people(session, wanted))
    return met_by(session, ground, read_bank(session, own.registrations(wanted)))


def _scored(ground: Ground, people: Rows, bank: Rows, left: Words, right: Words) -> Found:
    from matching.posts import link_part

    part = link_part(people.people, bank.people, (left, right), ground.settings, frames.places(), ground.frequencies)
    return Found(people, bank, part)
