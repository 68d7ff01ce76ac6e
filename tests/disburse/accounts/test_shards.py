"""The packed keys of a full run: what is looked up is what was posted, whatever the sieve lets through."""

from __future__ import annotations

import numpy as np
import pytest

from disburse.accounts import shards
from disburse.db import Database
from disburse.ids import new_ids

PEOPLE, KEYS = 2_000, 12  # several pieces of the sieve, many shards


@pytest.fixture(params=[False, True], ids=["", "in many parts"], autouse=True)
def parts(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once as it is, once with so few shards and pieces of the sieve at a time that there are many parts."""
    if request.param:
        monkeypatch.setattr(shards, "INSERT_CHUNK", 5)
        monkeypatch.setattr(shards, "_SIEVED", 13)


class TestPeopleUnder:
    def test_everybody_is_found_and_strangers_words_are_sifted_out(self, database: Database) -> None:
        """Each person under each of their words; of words that nobody bears one in eight at most is looked up."""
        words = np.random.default_rng(7).integers(-(2**63), 2**63 - 1, size=(PEOPLE, KEYS))
        words[:, 0] = words[0, 0]  # one that all of them share
        words[3, 1:4] = 0, -1, -(2**63)  # the first and the last, and the middle, where signed numbers begin
        numbers, kinds = np.repeat(np.arange(PEOPLE), KEYS), np.tile(np.arange(KEYS), PEOPLE)
        ids = new_ids(PEOPLE)
        with database.transaction() as session:
            laid = np.frombuffer(b"".join([id_.bytes for id_ in ids]), dtype="V16")
            shards.fill_people(session, words.ravel(), kinds, numbers, laid)
        with database.reading() as session:
            mine = words[[3, 1_999]].ravel()
            assert shards.sieved(session, mine).tolist() == mine.tolist()
            strangers = np.random.default_rng(8).integers(-(2**63), 2**63 - 1, size=20_000)
            assert len(shards.sieved(session, strangers)) < len(strangers) / 8
            found = shards.people_under(session, mine)
            assert sorted(set(found["number"][found["word"] != words[0, 0]].tolist())) == [3, 1_999]
            assert np.count_nonzero(found["word"] == words[0, 0]) == PEOPLE
            assert shards.persons(session, np.array([1_999, 3])) == [ids[1_999], ids[3]]
            assert len(shards.people_under(session, strangers)) == 0

    def test_where_nothing_was_posted_nobody_is_found(self, database: Database) -> None:
        """Before the first full run there is neither sieve nor shard."""
        with database.reading() as session:
            assert len(shards.sieved(session, np.arange(5))) == 0
            assert len(shards.people_under(session, np.arange(5))) == 0


class TestRegistrationsUnder:
    def test_every_one_is_found_and_hardly_a_stranger(self, database: Database) -> None:
        """Of a word's bits those are kept that fit: whom it names is found, and one in a thousand besides at most."""
        words = np.random.default_rng(9).integers(-(2**63), 2**63 - 1, size=(PEOPLE, KEYS))
        words[:, 0] = words[0, 0]  # an address of everybody
        numbers, ids = np.repeat(np.arange(PEOPLE), KEYS), new_ids(PEOPLE)
        laid = np.frombuffer(b"".join([id_.bytes for id_ in ids]), dtype="V16")
        with database.transaction() as session:
            parts = np.array_split(shards.lines_of(words.ravel(), numbers), 3)
            shards.fill_registrations(session, parts, laid)
        with database.reading() as session:
            assert shards.registrations_under(session, words[[3, 1_999], 1:].ravel()) == [ids[3], ids[1_999]]
            assert shards.registrations_under(session, words[:1, 0]) == ids
            strangers = np.random.default_rng(8).integers(-(2**63), 2**63 - 1, size=20_000)
            assert len(shards.registrations_under(session, strangers)) <= 20

    def test_of_one_row_and_of_none(self, database: Database) -> None:
        """The smallest list has one row, and before the first full run there is none."""
        only, words = new_ids(1), np.array([-5, 2**62])
        with database.reading() as session:
            assert shards.registrations_under(session, words) == []
        with database.transaction() as session:
            laid = np.frombuffer(only[0].bytes, dtype="V16")
            shards.fill_registrations(session, [shards.lines_of(words, np.zeros(2, dtype=np.int64))], laid)
            assert shards.registrations_under(session, words[:1]) == only
