"""Who is compared with whom, and that no registration meets a crowd."""

from __future__ import annotations

from itertools import groupby

import numpy as np
import pandas as pd
import pytest

from matching.block import Blocks
from matching.columns import side_by_side
from matching.compare import bank_addresses
from matching.matcher import Matcher
from matching.normalise import People, normalise
from matching.posts import CAPS, UNDATED, registration_posts, roster_posts
from matching.settings import Settings
from tests.matching.drawn import PLACES, bank, roster
from tests.matching.test_link import small

Pairs = set[tuple[str, str]]
CROWD = 40  # people of one name and year: more than these two alone bring together
TWINS = pd.DataFrame(  # two communes of today are called An Hoà: an address does not say which it means
    [("1", "2025-07-01", "Xã An Hoà", "1"), ("2", "2025-07-01", "Xã An Hoà", "2"), ("3", "2025-07-01", "Ba Tơ", "3")],
    columns=["code", "valid_from", "name", "today_code"],
)  # fmt: skip


def candidates(people: People, accounts: People, places: pd.DataFrame) -> Blocks:
    """The pairs that are compared."""
    matcher = Matcher(people, Settings.preset(), places)
    return matcher.candidates(accounts, bank_addresses(accounts, matcher.table))


def met(left: pd.DataFrame, right: pd.DataFrame, places: pd.DataFrame = PLACES) -> Pairs:
    """The (roster row, registration row) that are compared."""
    people, accounts = normalise(left, "full_name"), normalise(right, "holder_name")
    found = candidates(people, accounts, places)
    return set(zip(people.row_id[found.left].tolist(), accounts.row_id[found.right].tolist(), strict=True))


def crowd(line: str) -> pd.DataFrame:
    """So many people of one name and year, each in a commune of its own, and one more."""
    many = [f"c{n} | Nguyễn Văn Hùng | 1960 | | 9{n:04}" for n in range(CROWD)]
    return roster("\n".join(["row_id | full_name | date_of_birth | citizen_id | commune_code", *many, line]))


class TestCrowds:
    def test_a_few_namesakes_are_met(self) -> None:
        """Name and year are enough where few bear them."""
        left = roster("row_id | full_name | date_of_birth\nr1 | Lê Văn Tám | 1960\nr2 | Lê Văn Tám | 1960")
        right = bank("row_id | holder_name | date_of_birth\nb1 | LE VAN TAM | 3/2/1960")
        assert met(left, right) == {("r1", "b1"), ("r2", "b1")}

    def test_a_crowd_is_not(self) -> None:
        """A common name and its year alone bring nobody together."""
        left = crowd("r1 | Nguyễn Văn Hùng | 1960 | | 21109")
        right = bank("row_id | holder_name | date_of_birth\nb1 | NGUYEN VAN HUNG | 3/2/1960")
        assert met(left, right) == set()

    def test_the_commune_finds_one_of_a_crowd(self) -> None:
        """Who lives where the account's holder lives is met, however many bear the name elsewhere."""
        left = crowd("r1 | Nguyễn Văn Hùng | 1960 | | 21109")
        right = bank("row_id | holder_name | date_of_birth | address\nb1 | HUNG NGUYEN VAN | 3/2/1960 | Xã Bình Châu")
        assert met(left, right) == {("r1", "b1")}

    def test_the_number_finds_one_of_a_crowd(self) -> None:
        """So does an equal citizen ID."""
        left = crowd("r1 | Nguyễn Văn Hùng | 1960 | 051060000123 | 21109")
        right = bank("row_id | holder_name | date_of_birth | citizen_id\nb1 | NGUYEN VAN HUNG | 1960 | 051060000123")
        assert met(left, right) == {("r1", "b1")}

    def test_the_day_finds_one_of_a_crowd(self) -> None:
        """And a date to the day, also with day and month exchanged."""
        left = crowd("r1 | Nguyễn Văn Hùng | 3/2/1960 | | 21109")
        right = bank(
            "row_id | holder_name | date_of_birth\nb1 | NGUYEN VAN HUNG | 3/2/1960\nb2 | NGUYEN VAN HUNG | 2/3/1960"
        )
        assert met(left, right) == {("r1", "b1"), ("r1", "b2")}


class TestGroups:
    @pytest.mark.parametrize("alike", [True, False])
    def test_equal_keys_stand_side_by_side(self, alike: bool) -> None:
        """Also where different keys agree in the bits that are sorted by; rows of one key in their order."""
        keys = np.array([9, 15, 8, 15, 2**63, 9, 15, 3], dtype=np.uint64) << np.uint64(0 if alike else 32)
        order = side_by_side(keys)
        assert sorted(order.tolist()) == list(range(8))
        assert [list(rows) for _, rows in groupby(order.tolist(), keys.tolist().__getitem__)] == (
            [[7], [2], [0, 5], [1, 3, 6], [4]] if alike else [[4], [7], [2], [0, 5], [1, 3, 6]]
        )


class TestCommunes:
    def test_a_name_of_two_communes(self) -> None:
        """An address that may mean two communes meets the people of both, and of no third."""
        rows = "\n".join(f"r{n} | Nguyễn Văn Hùng | 1960 | {n}" for n in (1, 2, 3))
        left = roster(f"row_id | full_name | date_of_birth | commune_code\n{rows}")
        left = pd.concat([left, crowd("r9 | Lê Văn Tám | 1950 | | 3")])
        right = bank("row_id | holder_name | date_of_birth | address\nb1 | NGUYEN VAN HUNG | 1960 | Xã An Hoà")
        assert met(left, right, TWINS) == {("r1", "b1"), ("r2", "b1")}


class TestPosts:
    def test_kept_keys_find_the_same_pairs(self) -> None:
        """What is kept row by row, looked up under the caps, gives the pairs of a full run."""
        lists = small()
        people, accounts = normalise(lists.roster, "full_name"), normalise(lists.registrations, "holder_name")
        left = [
            pd.DataFrame({"column": one.column, "value": one.value, "key": one.key, "left": one.row})
            for one in roster_posts(people, lists.places)
        ]
        known = pd.concat(left)
        known = known[known["key"] != UNDATED]  # counted by the names of all rows: see its caller
        size = known.groupby(["key", "value"])["left"].transform("size").to_numpy()
        right = registration_posts(accounts, lists.places)
        kept = pd.concat([pd.DataFrame({"column": one.column, "value": one.value, "right": one.row}) for one in right])
        pairs = known[size <= CAPS[known["key"].to_numpy()]].merge(kept, on=["column", "value"])
        found = candidates(people, accounts, lists.places)
        full = set(zip(found.left.tolist(), found.right.tolist(), strict=True))
        posted = set(zip(pairs["left"].tolist(), pairs["right"].tolist(), strict=True))
        assert posted <= full and len(full - posted) < len(full) / 50
        undated = people.year[np.array([row for row, _ in full - posted])]
        assert not undated.any()  # all that is missing was left to the caller
