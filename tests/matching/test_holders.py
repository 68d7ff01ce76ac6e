"""Several accounts of one holder: what speaks for one of them speaks for all."""

from __future__ import annotations

import numpy as np
import pytest

from matching.explain import Lang, explain_stored, read_reasons
from matching.explain_words import CONFLICTS
from matching.holders import shared_odds
from matching.link import link
from matching.settings import Settings
from tests.matching.drawn import PLACES, bank, roster
from tests.matching.test_decide import people

LANGUAGES: tuple[Lang, ...] = ("vi", "en")

HOLDER = {"holder_name": "LE VAN AN", "citizen_id": "051051000123", "date_of_birth": "1951", "phone": "0905123456"}


def shared(
    odds: list[float],
    *changes: dict[str, str],
    left: list[int] | None = None,
    free: list[bool] | None = None,
) -> list[float]:
    """The odds of the pairs (roster row 0 unless `left` says, account i) of accounts like HOLDER but for `changes`."""
    bank = people([{**HOLDER, **change} for change in changes], "holder_name")
    rows = np.array(left or [0] * len(odds), dtype=np.int64)
    unhindered = np.array(free or [True] * len(odds))
    found: list[float] = shared_odds(rows, np.arange(len(odds)), np.array(odds), unhindered, bank).tolist()
    return found


class TestSharedOdds:
    @pytest.mark.parametrize(
        ("one", "two", "same"),
        [
            ({}, {"phone": ""}, True),
            ({}, {"phone": "", "date_of_birth": ""}, True),
            ({}, {"citizen_id": ""}, True),
            ({}, {"citizen_id": "212345678"}, True),
            ({}, {"citizen_id": "", "phone": ""}, False),
            ({}, {"citizen_id": "", "phone": "0905123457"}, False),
            ({}, {"citizen_id": "", "date_of_birth": "1952"}, False),
            ({"date_of_birth": "", "citizen_id": ""}, {"citizen_id": "", "date_of_birth": ""}, False),
            ({}, {"citizen_id": "051051000124"}, False),
            ({"citizen_id": "212345678"}, {"citizen_id": "212345679"}, False),
            ({"citizen_id": "212345678", "phone": ""}, {"citizen_id": "212345678"}, True),
            ({"citizen_id": "5.1051E+10", "phone": ""}, {"citizen_id": "5.1051E+10"}, False),
            ({"phone": ""}, {"holder_name": "LE VAN BA"}, False),
            ({"phone": ""}, {"holder_name": "LE AN"}, True),
            ({"citizen_id": ""}, {"citizen_id": "", "holder_name": "LE AN"}, False),
        ],
    )  # fmt: skip
    def test_who_is_one_holder(self, one: dict[str, str], two: dict[str, str], same: bool) -> None:
        """Equal number and given name; or equal name, phone and year, and no two numbers of one kind."""
        assert shared([9.0, 2.0], one, two) == ([9.0, 9.0] if same else [9.0, 2.0])
        assert shared([2.0, 9.0], one, two) == ([9.0, 9.0] if same else [2.0, 9.0])

    def test_only_for_the_same_person(self) -> None:
        """What speaks for one person's account says nothing about another person."""
        assert shared([9.0, 2.0, 3.0, 4.0], {}, {}, {}, {}, left=[0, 1, 0, 1]) == [9.0, 4.0, 9.0, 4.0]
        assert shared([9.0, 2.0], {}, {}, left=[0, 1]) == [9.0, 2.0]

    def test_a_conflict_neither_gives_nor_takes(self) -> None:
        """A pair that a conflict forbids lends nothing and borrows nothing."""
        assert shared([9.0, 2.0, 1.0], {}, {}, {}, free=[False, True, True]) == [9.0, 2.0, 2.0]
        assert shared([9.0, 2.0, 1.0], {}, {}, {}, free=[True, False, True]) == [9.0, 2.0, 9.0]

    def test_two_numbers_behind_one_phone(self) -> None:
        """Of namesakes of one year who share a phone, an account without a number may belong to either."""
        other = {"citizen_id": "051051000999"}
        assert shared([9.0, 2.0, 1.0], {}, other, {"citizen_id": ""}) == [9.0, 2.0, 1.0]
        assert shared([9.0, 2.0, 1.0, 0.5], {}, other, {"citizen_id": ""}, {}) == [9.0, 2.0, 1.0, 9.0]

    def test_one_step_through_each(self) -> None:
        """By the number first, then by the phone: an old number and a new one meet over the phone."""
        new: dict[str, str] = {}
        old = {"citizen_id": "212345678", "phone": ""}
        assert shared([9.0, 2.0, 1.0], {"phone": ""}, new, {"citizen_id": ""}) == [9.0, 9.0, 9.0]
        assert shared([9.0, 2.0, 1.0], new, {"citizen_id": "212345678"}, old) == [9.0, 9.0, 2.0]

    def test_nobody(self) -> None:
        """No pairs, no answer; one pair, its own."""
        assert shared([]) == []
        assert shared([3.0], {}) == [3.0]

    def test_what_was_given_stays(self) -> None:
        """The caller's odds are not changed."""
        odds = np.array([9.0, 2.0])
        rows = np.zeros(2, dtype=np.int64)
        shared_odds(rows, np.arange(2), odds, np.ones(2, dtype=bool), people([HOLDER, HOLDER], "holder_name"))
        assert odds.tolist() == [9.0, 2.0]


class TestInAWholeRun:
    PEOPLE = roster("""
        row_id | full_name     | date_of_birth | citizen_id   | commune_code
        1      | Nguyễn Văn Tám | 1951         | 051051000123 | 21112
        2      | Trần Thị Hoa  | 12/03/1949    | 051149000777 | 21061""")
    BANK = bank("""
        row_id | holder_name    | date_of_birth | citizen_id   | phone      | address
        a      | NGUYEN VAN TAM | 12/03/1951    | 051051000123 | 0905123456 | Xã Bình Châu
        b      | NGUYEN VAN TAM | 1951          |              | 0905123456 |""")

    def test_a_poor_second_account_is_matched_too(self) -> None:
        """Alone it is a question; beside the account that bears the number it is matched, and says why."""
        alone = link(self.PEOPLE, self.BANK[1:], places=PLACES).pairs
        assert alone["decision"].tolist() == ["review"] and "holder" not in alone["reasons"].iloc[0]
        both = link(self.PEOPLE, self.BANK, places=PLACES).pairs.set_index("registration_row_id")
        assert both["decision"].to_dict() == {"a": "match", "b": "match"}
        assert both["score"].nunique() == 1
        assert {r: "holder" in words.split() for r, words in both["reasons"].items()} == {"a": False, "b": True}

    def test_it_is_said_in_words(self) -> None:
        """The card of the second account names the first, in both languages."""
        reasons = link(self.PEOPLE, self.BANK, places=PLACES).pairs.set_index("registration_row_id")["reasons"]["b"]
        for lang in LANGUAGES:
            assert read_reasons(reasons, lang)[-1] == CONFLICTS[lang]["holder"]
            assert explain_stored(reasons, Settings.preset(), lang).conflicts == (CONFLICTS[lang]["holder"],)
