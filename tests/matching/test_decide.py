"""Competition, calibration, conflicts: from log odds to match or review."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from matching.compare import Evidence
from matching.decide import MATCH, NEITHER, REVIEW, RIVALS, VETOES, Decisions, calibrate, decide, same_person, vetoes
from matching.frequency import Counts, Frequencies
from matching.levels import CODE, FIELDS
from matching.matcher import Scored
from matching.normalise import People, normalise
from matching.settings import Settings

PLAIN = Settings(name="t", date="2026-01-01", accept=0.99, review=0.1)
GOOD = {"name": "exact", "birth": "full"}
NOBODY = Frequencies(*(Counts(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)),) * 3, 0)


def people(rows: list[dict[str, str]], name: str = "full_name") -> People:
    """Rows of name, date_of_birth, citizen_id, phone."""
    frame = pd.DataFrame([{"row_id": str(i), "date_of_birth": "", "citizen_id": "",
    "phone": "", name: f"Lê Văn {i}", **r}
                          for i, r in enumerate(rows)])  # fmt: skip
    return normalise(frame, name)


def strangers(count: int) -> People:
    """That many different people."""
    return people(
        [
            {"full_name": f"Lê {chr(97 + i % 26)}{chr(97 + i // 26)}o", "citizen_id": f"0510510{i + 1:05d}"}
            for i in range(count)
        ]
    )


def run(
    pairs: list[tuple[int, int, float]],
    left: People | None = None,
    right: People | None = None,
    levels: dict[str, str] | None = None,
    settings: Settings = PLAIN,
    shift: float = 0.0,
) -> Decisions:
    """Decide (roster row, registration row, log odds) pairs."""
    evidence = np.array(
        [[CODE[f][(levels or GOOD).get(f, "unknown")] for f in FIELDS]] * len(pairs), dtype=np.int8
    ).reshape(-1, len(FIELDS))
    flat = np.zeros(len(pairs), dtype=np.float32)
    one, two = (np.array([p[i] for p in pairs], dtype=np.int64) for i in (0, 1))
    size = max([*one.tolist(), *two.tolist()], default=0) + 1
    scored = Scored(one, two, right or strangers(size), Evidence.of(evidence, flat, flat, flat),
                    np.array([p[2] for p in pairs], dtype=float), np.full(len(pairs), shift), NOBODY, {}, size,
                    len(pairs))  # fmt: skip
    return decide(left or strangers(size), scored, settings)


class TestThresholds:
    @pytest.mark.parametrize(("log_odds", "decision"), [(8.0, MATCH), (4.7, MATCH), (4.5, REVIEW),
    (0.0, REVIEW), (-2.0, REVIEW),
                                                        (-2.3, NEITHER), (-9.0, NEITHER)])  # fmt: skip
    def test_bands(self, log_odds: float, decision: int) -> None:
        """From `accept` on a match, from `review` on a question, else nothing."""
        found = run([(0, 0, log_odds)])
        assert found.decision.tolist() == [decision]
        assert found.probability[0] == pytest.approx(1 / (1 + math.exp(-log_odds)))

    def test_exactly_at_the_threshold(self) -> None:
        """The thresholds themselves belong to the better side."""
        at = run([(0, 0, 3.0)]).probability[0]
        assert run([(0, 0, 3.0)], settings=Settings("t", "", accept=at, review=at)).decision.tolist() == [MATCH]
        assert run([(0, 0, 3.0)], settings=Settings("t", "", accept=0.99, review=at)).decision.tolist() == [REVIEW]

    def test_certainty_has_an_end(self) -> None:
        """Huge log odds stay finite."""
        found = run([(0, 0, 1e6), (1, 1, -1e6)])
        assert (
            np.isfinite(found.probability).all() and found.probability[0] > 0.999999 > 1e-6 > found.probability[1] > 0
        )

    def test_bad_climate_takes_matches_not_questions(self) -> None:
        """The climate's part of the odds lowers the score, but a pair is still shown."""
        assert run([(0, 0, 3.0)], shift=-3.0).decision.tolist() == [REVIEW]
        assert run([(0, 0, -3.0)], shift=-3.0).decision.tolist() == [REVIEW]
        assert run([(0, 0, -3.0)]).decision.tolist() == [NEITHER]

    def test_the_codes_of_decisions(self) -> None:
        """Decisions of one run are compared with those of another by number: better is higher, nothing is 0."""
        assert (MATCH, REVIEW, NEITHER) == (2, 1, 0)

    def test_nothing(self) -> None:
        """No pairs, no decisions."""
        assert run([]).decision.tolist() == []


class TestCalibration:
    POINTS = Settings("t", "", calibration=((-2.0, -1.0), (0.0, 1.0), (4.0, 3.0)))

    @pytest.mark.parametrize(("raw", "calibrated"), [(-2.0, -1.0), (-1.0, 0.0), (0.0, 1.0), (2.0, 2.0),
    (4.0, 3.0), (6.0, 5.0),
                                                     (-5.0, -4.0)])  # fmt: skip
    def test_lines_between_points(self, raw: float, calibrated: float) -> None:
        """Straight lines inside, slope one outside."""
        assert calibrate(np.array([raw]), self.POINTS)[0] == pytest.approx(calibrated)

    def test_each_line_has_its_own_slope(self) -> None:
        """Slope one holds outside alone: the first line may be steeper, the last flatter."""
        steep = Settings("t", "", calibration=((-2.0, -3.0), (0.0, 1.0), (4.0, 2.0)))
        found = calibrate(np.array([-3.0, -1.0, 2.0, 5.0]), steep)
        assert found.tolist() == pytest.approx([-4.0, -1.0, 1.5, 3.0])

    def test_without_points(self) -> None:
        """A preset without calibration leaves the odds alone."""
        assert calibrate(np.array([1.5]), PLAIN).tolist() == [1.5]

    def test_it_is_used(self) -> None:
        """Decisions stand on calibrated probabilities."""
        assert run([(0, 0, 4.0)], settings=self.POINTS).probability[0] == pytest.approx(1 / (1 + math.exp(-3)))


class TestCompetition:
    def test_two_people_for_one_account(self) -> None:
        """Equal rivals share the probability; neither is matched."""
        found = run([(0, 0, 8.0), (1, 0, 8.0)])
        assert found.probability.tolist() == pytest.approx([0.5, 0.5], abs=1e-3)
        assert found.decision.tolist() == [REVIEW, REVIEW]
        assert found.rivals.tolist() == pytest.approx([math.exp(8), math.exp(8)])

    def test_two_accounts_of_different_people(self) -> None:
        """The same on the other side."""
        assert run([(0, 0, 8.0), (0, 1, 8.0)]).decision.tolist() == [REVIEW, REVIEW]

    def test_a_weak_rival_costs_little(self) -> None:
        """Odds of rivals are added to one."""
        found = run([(0, 0, 8.0), (1, 0, -1.0)])
        assert found.probability[0] == pytest.approx(1 / (1 + (1 + math.exp(-1)) / math.exp(8)))
        assert found.decision.tolist() == [MATCH, NEITHER]

    def test_both_sides_add(self) -> None:
        """A rival for the account and one for the person."""
        found = run([(0, 0, 2.0), (1, 0, 1.0), (0, 1, 0.5)])
        assert found.rivals[0] == pytest.approx(math.exp(1.0) + math.exp(0.5))
        assert found.rivals[1] == pytest.approx(math.exp(2.0))
        assert found.rivals[2] == pytest.approx(math.exp(2.0))

    def test_only_the_best_rivals(self) -> None:
        """Six others are counted for each of a crowd, and nobody beyond them."""
        found = run([(i, 0, 1.0) for i in range(RIVALS + 4)])
        assert found.rivals.tolist() == pytest.approx([math.e * RIVALS] * (RIVALS + 4))

    def test_a_crowd_in_another_order(self) -> None:
        """Of people of whom only the name is known nobody fares better for standing first on the list."""
        odds = [2.0] * (RIVALS - 1) + [1.0] * 4
        nameless = people([{"full_name": "Lê Văn An"}] * len(odds))
        found = run([(i, 0, o) for i, o in enumerate(odds)], left=nameless)
        turned = run([(i, 0, o) for i, o in enumerate(odds[::-1])], left=nameless)
        assert found.probability.tolist() == turned.probability.tolist()[::-1]
        assert len(set(found.probability[RIVALS - 1 :].tolist())) == 1

    def test_six_rivals_and_no_more(self) -> None:
        """Each pair's best six others are looked at, whatever order they come in; the seventh costs nothing."""
        odds = [3.0, 8.0, 1.0, 7.0, 2.0, 6.0, 5.0, 4.0]
        found = run([(i, 0, o) for i, o in enumerate(odds)])
        best = sum(math.exp(o) for o in range(3, 9))
        assert found.rivals[odds.index(8.0)] == pytest.approx(best - math.exp(8) + math.exp(2))
        assert found.rivals[odds.index(3.0)] == pytest.approx(best - math.exp(3) + math.exp(2))
        assert found.rivals[odds.index(2.0)] == pytest.approx(best)
        assert found.rivals[odds.index(1.0)] == pytest.approx(best)

    def test_every_row_has_its_own_rivals(self) -> None:
        """Two accounts, two people each: in the second as in the first, the other one counts, nobody else does."""
        found = run([(0, 0, 1.0), (1, 0, 2.0), (2, 1, 3.0), (3, 1, 4.0)])
        assert found.rivals.tolist() == pytest.approx([math.exp(x) for x in (2.0, 1.0, 4.0, 3.0)])

    def test_nobody_is_his_own_rival(self) -> None:
        """People of whom only the name is known cannot be told from each other, but a pair never competes with
        itself."""
        three = people([{"full_name": "Lê Văn An"}] * 3)
        found = run([(0, 0, 3.0), (1, 0, 2.0), (2, 0, 1.0)], left=three)
        assert found.rivals.tolist() == pytest.approx([
            math.exp(2) + math.exp(1), math.exp(3) + math.exp(1), math.exp(3) + math.exp(2)
        ])  # fmt: skip

    def test_a_certain_rival_weighs_no_more_than_certainty(self) -> None:
        """Log odds end at 40: beyond it lies overflow, not knowledge."""
        assert run([(0, 0, 1.0), (1, 0, 1e6)]).rivals[0] == pytest.approx(math.exp(40))

    def test_other_rows_are_no_rivals(self) -> None:
        """Pairs that share no row leave each other alone."""
        assert run([(0, 0, 8.0), (1, 1, 8.0), (2, 2, -9.0)]).rivals.tolist() == [0.0, 0.0, 0.0]

    def test_repeats_are_no_rivals(self) -> None:
        """One person on two rows, or with two accounts."""
        twice = people([{"full_name": "Lê Văn An", "citizen_id": "051051000123"}] * 2)
        assert run([(0, 0, 8.0), (1, 0, 8.0)], left=twice).decision.tolist() == [MATCH, MATCH]
        assert run([(0, 0, 8.0), (0, 1, 8.0)], right=twice).decision.tolist() == [MATCH, MATCH]

    def test_a_repeat_and_a_stranger(self) -> None:
        """The stranger still counts, once, for both repeats; and each repeat counts for the stranger."""
        three = people(
            [{"full_name": "Lê Văn An", "citizen_id": "051051000123"}] * 2
            + [{"full_name": "Lê Văn An", "citizen_id": "051051999123"}]
        )
        found = run([(0, 0, 3.0), (1, 0, 2.0), (2, 0, 1.0)], left=three)
        assert found.rivals.tolist() == pytest.approx([math.e, math.e, math.exp(3) + math.exp(2)])

    def test_order_does_not_matter(self) -> None:
        """Pairs in any order get the same answers."""
        pairs = [(i % 4, i // 4, float(i % 5) - 1) for i in range(16)]
        straight, turned = run(pairs), run(pairs[::-1])
        assert straight.probability.tolist() == turned.probability[::-1].tolist()


class TestSamePerson:
    @pytest.mark.parametrize(
        ("one", "two", "same"),
        [
            ("Lê Văn An | 051051000123 | 1951 |", "Lê Văn An | 051051000123 | |", True),
            ("Lê An | 051051000123 | 1951 |", "Lê Văn An | 051051000123 | 1951 |", True),
            ("Lê Văn An | 051051000123 | 1951 |", "Lê Văn Ba | 051051000123 | 1951 |", False),
            ("Lê Văn An | 212345678 | |", "Lê Văn An | 212345678 | |", True),
            ("Lê Văn An | 051051000123 | 12/03/1951 |", "Lê Văn An | 051051000124 | 12/03/1951 |", False),
            ("Lê Văn An | | 12/03/1951 |", "Lê Văn An | 051051000123 | 12/03/1951 |", True),
            ("Lê Văn An | 212345678 | 12/03/1951 |", "Lê Văn An | 051051000123 | 12/03/1951 |", True),
            ("Lê Văn An | | 12/03/1951 |", "Lê Văn An | | 13/03/1951 |", False),
            ("Lê Văn An | | 12/03/1951 |", "Lê Văn An | | 12/04/1951 |", False),
            ("Lê Văn An | | 12/03/1951 |", "Lê Văn An | | 12/03/1952 |", False),
            ("Lê Văn An | | 01/01/1951 |", "Lê Văn An | | 01/01/1951 |", False),
            ("Lê Văn An | | 01/03/1951 |", "Lê Văn An | | 01/03/1951 |", True),
            ("Lê Văn An | | 12/01/1951 |", "Lê Văn An | | 12/01/1951 |", True),
            ("Lê Văn An | | 1951 |", "Lê Văn An | | 1951 |", False),
            ("Lê Văn An | | 1951 | 0905123456", "Lê Văn An | | 1951 | 0905123456", True),
            ("Lê Văn An | | 1951 | 0905123456", "Lê Văn An | | 1952 | 0905123456", False),
            ("Lê Văn An | | 1951 | 0905123456", "Lê Văn An | | 1951 | 0905123457", False),
            ("Lê Văn An | | 1951 | 0905123456", "Lê Văn Ba | | 1951 | 0905123456", False),
            ("Lê Văn An | 051051000123 | 1951 | 0905123456", "Lê Văn An | 051051000124 | 1951 | 0905123456", False),
            ("Lê Văn An | | 12/03/1951 |", "Lê Văn Ba | | 12/03/1951 |", False),
            ("Lê Văn An | | |", "Lê Văn An | | |", False),
            ("Lê Văn An | 5.1051E+10 | |", "Lê Văn An | 5.1051E+10 | |", False),
        ],
    )  # fmt: skip
    def test_table(self, one: str, two: str, same: bool) -> None:
        """Equal number and given name, or equal name and full date (or phone and year) with no conflict."""
        columns = ("full_name", "citizen_id", "date_of_birth", "phone")
        rows = [dict(zip(columns, [c.strip() for c in row.split("|")], strict=True)) for row in (one, two)]
        both = people(rows)
        first, second = np.array([0]), np.array([1])
        assert same_person(both, first, second).tolist() == [same]
        assert same_person(both, second, first).tolist() == [same]


class TestVetoes:
    @pytest.mark.parametrize(
        ("levels", "forbidden"),
        [
            ("name:exact birth:full", ""), ("name:exact birth:year", ""), ("name:exact birth:placeholder", ""),
            ("name:variant birth:full", ""), ("name:reordered birth:full", ""), ("name:middle_missing birth:full", ""),
            ("name:typo birth:full", ""), ("name:exact", ""), ("name:exact birth:swapped", ""),
            ("name:exact birth:near_year_same_day", ""), ("name:exact birth:id_year", ""),
            ("birth:full number:equal", "name"), ("name:middle_differs birth:full number:equal", "name"),
            ("name:family_differs birth:full number:equal", "name"),
            ("name:given_differs birth:full number:equal", "name"),
            ("name:different birth:full number:equal", "name"), ("name:typo_given birth:full", "name"),
            ("name:typo_given birth:full number:near", "name near_number"),
            ("name:typo_given birth:full number:equal", ""),
            ("name:typo_given birth:year number:old_equal", ""), ("name:typo_given birth:placeholder number:equal", ""),
            ("name:typo_given number:equal", "name"), ("name:typo_given birth:swapped number:equal", "name"),
            ("name:exact birth:full number:differs", "number"), ("name:exact birth:full number:old_differs", "number"),
            ("name:exact birth:full number:damaged_differs", "number"),
            ("name:exact birth:full number:damaged_agrees", ""),
            ("name:exact birth:full number:shared", ""), ("name:exact birth:year number:shared", ""),
            ("name:exact birth:placeholder number:shared", ""), ("name:exact number:shared", "shared_number"),
            ("name:typo birth:full number:shared", "shared_number"),
            ("name:exact birth:swapped number:shared", "shared_number"),
            ("name:exact birth:full number:near", ""), ("name:exact birth:year number:old_near", ""),
            ("name:exact number:near", "near_number"), ("name:typo birth:full number:near", "near_number"),
            ("name:exact number:old_near", "near_number"),
            ("name:exact birth:same_year_other_day", "birth"), ("name:exact birth:other_year_same_day", "birth"),
            ("name:exact birth:different", "birth"), ("name:exact birth:same_year_part", "birth"),
            ("name:exact birth:near_year", "birth"),
            ("name:exact birth:different number:equal", ""), ("name:exact birth:near_year number:old_equal", ""),
            ("name:exact birth:same_year_part number:damaged_agrees", "birth"),
            ("name:exact birth:full sex:differs", "sex"), ("name:exact birth:full sex:same", ""),
            ("name:exact birth:full sex:differs number:equal", ""),
            ("name:exact birth:full sex:differs number:old_equal", ""),
            ("name:exact birth:full accents:differs", "accents"), ("name:exact birth:full accents:same", ""),
            ("name:exact birth:full accents:differs number:equal", ""),
            ("name:different birth:different sex:differs accents:differs number:differs",
            "name number birth sex accents"),
            ("name:exact birth:full phone:differs place:other", ""),
        ],
    )  # fmt: skip
    def test_table(self, levels: str, forbidden: str) -> None:
        """Each conflict by its name, alone and together."""
        said = dict(w.split(":") for w in levels.split())
        row = np.array([[CODE[f][said.get(f, "unknown")] for f in FIELDS]], dtype=np.int8)
        flat = np.zeros(1, dtype=np.float32)
        bits = int(vetoes(Evidence.of(row, flat, flat, flat))[0])
        assert " ".join(v for i, v in enumerate(VETOES) if bits >> i & 1) == forbidden
        assert bits >> len(VETOES) == 0

    def test_a_veto_means_review(self) -> None:
        """However sure the sum, a conflict is for a person."""
        found = run([(0, 0, 30.0)], levels={"name": "given_differs", "number": "equal", "birth": "full"})
        assert found.decision.tolist() == [REVIEW]
        assert found.veto.tolist() == [1]


class TestOneHolder:
    TWO = people([{"holder_name": "Lê Văn An", "citizen_id": "051051000123"}] * 2, "holder_name")

    def test_the_best_evidence_counts_for_each_account(self) -> None:
        """Both are matched, and only the one that borrowed says so."""
        found = run([(0, 0, 8.0), (0, 1, 1.0)], right=self.TWO)
        assert found.decision.tolist() == [MATCH, MATCH]
        assert found.raw.tolist() == pytest.approx([8.0, 8.0])
        assert found.carried.tolist() == [False, True]

    def test_accounts_that_are_as_good_borrow_nothing(self) -> None:
        """Equal evidence is each account's own."""
        assert run([(0, 0, 8.0), (0, 1, 8.0)], right=self.TWO).carried.tolist() == [False, False]

    def test_a_conflict_borrows_nothing(self) -> None:
        """Where the pairs are in conflict, each keeps its own odds."""
        found = run([(0, 0, 8.0), (0, 1, 1.0)], right=self.TWO, levels={"name": "exact", "number": "differs"})
        assert found.raw.tolist() == pytest.approx([8.0, 1.0])
        assert found.carried.tolist() == [False, False]

    def test_a_hopeless_pair_borrows_nothing(self) -> None:
        """Under the floor that a run keeps pairs from, holding another account helps nobody."""
        assert run([(0, 0, 8.0), (0, 1, -6.0)], right=self.TWO).carried.tolist() == [False, False]
        assert run([(0, 0, 8.0), (0, 1, -5.9)], right=self.TWO).carried.tolist() == [False, True]
        assert run([(0, 0, 8.0), (0, 1, -6.5)], right=self.TWO, shift=-1.0).carried.tolist() == [False, True]

    def test_rivals_come_off_what_was_borrowed(self) -> None:
        """A second person with the same claim to both accounts stands against both."""
        found = run([(0, 0, 8.0), (0, 1, 1.0), (1, 1, 8.0)], right=self.TWO)
        assert found.raw.tolist() == pytest.approx([8.0, 0.0, 0.0], abs=1e-3)
        assert found.decision.tolist() == [MATCH, REVIEW, REVIEW]
