"""Weights become log odds: strata, the three promises, weaker readings."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from matching.compare import Evidence
from matching.levels import CODE, FIELDS
from matching.score import AGREES, BIRTH_STRATA, NUMBER_STRATA, best_reading, score, sum_of, table, terms
from matching.settings import Settings

WEIGHTS = {
    "bias": -2.0, "name.exact": 4.0, "name.typo": 3.0, "birth.full": 5.0, "birth.year": 2.0, "birth.placeholder": 3.0,
    "number.equal": 4.0, "number.old_equal": 4.5, "number.differs": -3.0, "number.damaged_agrees": 1.0,
    "phone.same": 6.0,
    "phone.differs": -1.0, "place.hamlet": 3.0, "place.other": -2.0, "whole": -0.5, "outer": -0.25,
    "phone.same|number_equal": -5.0, "place.other|number_near": 0.5, "place.other|birth_day": 0.25,
    "place.other|birth_unknown": 0.125, "name.exact|number_conflict": -0.75, "whole|birth_day": 0.2,
    "whole|number_equal": 0.1,
    "place.hamlet|number_conflict": -1.5, "outer|birth_day": -0.5, "place.commune": 1.0,
    "here": -0.5, "here|birth_day": 0.25, "here|number_equal": 0.125,
}  # fmt: skip
PLAIN = Settings(name="t", date="2026-01-01", weights=WEIGHTS)


def evidence(whole: float = 0.0, outer: float = 0.0, here: float = 0.0, **levels: str) -> Evidence:
    """One pair with these levels; fields not named are unknown."""
    row = np.array([[CODE[f][levels.get(f, "unknown")] for f in FIELDS]], dtype=np.int8)
    return Evidence.of(row, *(np.array([x], dtype=np.float32) for x in (whole, outer, here)))


def odds(settings: Settings = PLAIN, whole: float = 0.0, outer: float = 0.0, here: float = 0.0, **levels: str) -> float:
    """The score of that pair."""
    return float(score(evidence(whole, outer, here, **levels), settings)[0])


class TestSums:
    @pytest.mark.parametrize(
        ("levels", "expected"),
        [
            ({}, -2.0),
            ({"name": "exact"}, 2.0),
            ({"name": "exact", "birth": "full"}, 7.0),
            ({"name": "exact", "birth": "year", "number": "equal"}, 8.0),
            ({"name": "exact", "birth": "year", "phone": "same"}, 10.0),
            ({"name": "exact", "birth": "year", "place": "other"}, 2.0),
            ({"name": "exact", "birth": "full", "place": "other"}, 5.25),
            ({"name": "exact", "place": "other"}, 0.125),
            ({"name": "exact", "birth": "full", "number": "near", "place": "other"}, 5.75),
            ({"name": "exact", "birth": "year", "number": "differs"}, 0.25),
            ({"name": "exact", "birth": "year", "number": "old_differs"}, 3.25),
            ({"name": "exact", "birth": "year", "number": "damaged_differs"}, 3.25),
            ({"name": "exact", "birth": "swapped", "place": "other"}, 0.25),
            ({"name": "exact", "birth": "near_year_same_day", "place": "other"}, 0.25),
            ({"name": "exact", "birth": "year", "number": "old_near", "place": "other"}, 2.5),
            ({"name": "exact", "birth": "year", "number": "damaged_agrees", "place": "other"}, 3.5),
            ({"name": "exact", "birth": "year", "number": "differs", "place": "hamlet"}, 1.75),
            ({"name": "exact", "birth": "year", "place": "hamlet"}, 7.0),
        ],
    )  # fmt: skip
    def test_strata(self, levels: dict[str, str], expected: float) -> None:
        """Base weights, plus those of the number's and the birth date's stratum."""
        assert odds(**levels) == pytest.approx(expected)  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        ("levels", "expected"),
        [
            ({"name": "exact", "birth": "year"}, 4.0 - 0.5 * 3),
            ({"name": "exact", "birth": "full"}, 7.0 - 0.3 * 3),
            ({"name": "variant", "birth": "year"}, 0.0 - 0.5 * 3),
            ({"name": "reordered", "birth": "year"}, 0.0 - 0.5 * 3),
            ({"name": "middle_missing", "birth": "year"}, 0.0 - 0.5 * 3),
            ({"name": "exact", "birth": "year", "number": "old_equal"}, 8.5 - 0.4 * 3),
            ({"name": "typo", "birth": "year"}, 3.0 - 0.25 * 2),
            ({"name": "typo", "birth": "full"}, 6.0 - 0.75 * 2),
            ({"name": "middle_differs", "birth": "year"}, -0.25 * 2),
        ],
    )  # fmt: skip
    def test_rarity(self, levels: dict[str, str], expected: float) -> None:
        """Whole names weigh by their own count, near names by family and given."""
        assert odds(whole=3.0, outer=2.0, **levels) == pytest.approx(expected)  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        ("levels", "expected"),
        [
            ({"birth": "year", "place": "hamlet"}, 3.0 - 0.5),
            ({"birth": "year", "place": "commune"}, 1.0 - 0.5),
            ({"birth": "full", "place": "hamlet"}, 6.0 - 0.25),
            ({"birth": "year", "number": "old_equal", "place": "hamlet"}, 7.5 - 0.375),
            ({"birth": "year", "place": "other"}, -2.0),
            ({"birth": "year"}, 0.0),
        ],
    )  # fmt: skip
    def test_size_of_the_commune(self, levels: dict[str, str], expected: float) -> None:
        """To live in the same large commune says less, and where the place does not agree its size says nothing."""
        assert odds(here=1.0, **levels) == pytest.approx(expected)  # type: ignore[arg-type]
        assert odds(here=1.0, name="exact", **levels) == pytest.approx(expected + 4.0)  # type: ignore[arg-type]

    def test_pairs_of_two_communes(self) -> None:
        """The same levels and names in communes of two sizes are two sums."""
        one, two = (evidence(here=h, name="exact", birth="year", place="hamlet") for h in (0.0, 2.0))
        both = Evidence.of(
            *(np.concatenate([getattr(one, f), getattr(two, f)]) for f in ("levels", "whole", "outer", "here"))
        )
        assert score(both, PLAIN).tolist() == [7.0 - 0.0, 7.0 - 1.0]

    def test_terms_add_up(self) -> None:
        """The shares that `explain` shows are the whole sum."""
        one = evidence(2.0, 1.0, 2.0, name="exact", birth="full", number="equal", phone="same", place="hamlet")
        weights = table(PLAIN)
        shares = terms(one, weights)
        assert set(shares) == {*FIELDS, "rarity", "size", "bias"}
        assert sum(float(v[0]) for v in shares.values()) == pytest.approx(float(sum_of(one, weights)[0]))
        assert float(shares["size"][0]) == pytest.approx(2.0 * (-0.5 + 0.25 + 0.125))
        assert float(shares["bias"][0]) == -2.0 and float(shares["phone"][0]) == 1.0

    def test_many_pairs_at_once(self) -> None:
        """Each pair gets its own sum, repeated or not, whatever stands beside it."""
        rows = [
            ("exact", "full", 0.0),
            ("exact", "year", 1.5),
            ("typo", "year", 1.5),
            ("exact", "full", 0.0),
            ("exact", "year", 0.5),
        ]
        parts = [evidence(w, w / 2, name=n, birth=b) for n, b, w in rows]
        together = Evidence.of(
            *(np.concatenate([getattr(p, f) for p in parts]) for f in ("levels", "whole", "outer", "here"))
        )
        single = [float(score(p, PLAIN)[0]) for p in parts]
        assert score(together, PLAIN).tolist() == single
        assert single[0] == single[3] and len(set(single)) == 4

    def test_no_pairs(self) -> None:
        """An empty list is no error."""
        nothing = Evidence.of(np.zeros((0, len(FIELDS)), dtype=np.int8), *(np.zeros(0, dtype=np.float32),) * 3)
        assert score(nothing, PLAIN).tolist() == []


class TestPromises:
    def test_missing_weighs_nothing(self) -> None:
        """Unknown is 0 in every field and stratum, also when a preset says otherwise."""
        strange = Settings(
            name="t", date="", weights={f"{f}.unknown": 9.0 for f in FIELDS if f not in ("birth", "number")}
        )
        assert odds(strange) == 0.0

    def test_agreement_never_costs(self) -> None:
        """A negative weight of an agreeing level counts as 0."""
        bad = Settings(name="t", date="", weights={f"{f}.{x}": -5.0 for f, xs in AGREES.items() for x in xs})
        for field, agreeing in AGREES.items():
            for level in agreeing:
                assert odds(bad, **{field: level}) == 0.0  # type: ignore[arg-type]
        assert set(AGREES) == {"accents", "sex", "phone", "place"}
        assert AGREES["place"] == ("hamlet", "commune")

    def test_common_names_never_help(self) -> None:
        """A positive weight of rarity counts as 0."""
        bad = Settings(name="t", date="", weights={"whole": 5.0, "outer": 5.0, "here": 5.0})
        assert odds(bad, whole=3.0, outer=3.0, name="exact") == 0.0
        assert odds(bad, whole=3.0, outer=3.0, name="typo") == 0.0
        assert odds(bad, here=3.0, name="exact", place="hamlet") == 0.0

    @pytest.mark.parametrize(
        ("strong", "weak"),
        [("birth.full", "birth.year"), ("birth.full", "birth.unknown"), ("birth.placeholder", "birth.year"),
         ("birth.placeholder", "birth.unknown"), ("birth.year", "birth.unknown"), ("number.equal", "number.unknown"),
         ("number.old_equal", "number.unknown"), ("number.damaged_agrees", "number.unknown")],
    )  # fmt: skip
    def test_weaker_readings(self, strong: str, weak: str) -> None:
        """An agreeing date or number never scores below its own absence, even if the preset has it so."""
        field, level = strong.split(".")
        less = weak.split(".")[1]
        bad = Settings(
            name="t", date="", weights={strong: -4.0, weak: 0.0, "birth.year": 1.0 if less == "year" else -9.0}
        )
        assert odds(bad, **{field: level}) >= odds(bad, **{field: less}) - 1e-12  # type: ignore[arg-type]

    @pytest.mark.parametrize("level", ["hamlet", "commune"])
    def test_a_large_commune_is_no_worse_than_none(self, level: str) -> None:
        """Where the size would cost more than the agreement brings, the place is read as unknown."""
        assert odds(here=9.0, name="exact", birth="year", place=level) == 4.0
        assert odds(here=30.0, name="exact", birth="full", number="equal", phone="same", place=level) == 13.0

    def test_the_reading_is_told(self) -> None:
        """Which levels gave the best sum: phone and number together are read as the phone alone."""
        one = evidence(name="exact", birth="year", number="equal", phone="same")
        best, reading = best_reading(one, table(PLAIN))
        column = list(FIELDS).index("number")
        assert FIELDS["number"][reading.levels[0, column]] == "unknown"
        assert float(best[0]) == 10.0
        assert FIELDS["number"][one.levels[0, column]] == "equal"  # the evidence itself is left alone

    def test_score_is_the_best_reading_of_every_pair(self) -> None:
        """What is computed once per combination of levels is what each pair by itself comes to."""
        dice = np.random.default_rng(5)
        levels = np.column_stack([dice.integers(0, len(names), 300) for names in FIELDS.values()]).astype(np.int8)
        sizes = (dice.uniform(0, 9, 300).astype(np.float32) for _ in range(3))
        many, bad = Evidence.of(levels, *sizes), Settings("t", "", weights=WEIGHTS | {"birth.year": -3.0, "here": -0.9})
        for settings in (PLAIN, bad):
            best, reading = best_reading(many, table(settings))
            assert score(many, settings) == pytest.approx(best)
            assert sum_of(reading, table(settings)) == pytest.approx(best)
            assert (reading.levels != levels).any()

    def test_rarity_of_each_kind_of_name(self) -> None:
        """A whole name that agrees weighs by how many bear it, any other by how many bear its outer parts."""
        shares = terms(evidence(4.0, 8.0, name="exact"), table(PLAIN))
        assert float(shares["rarity"][0]) == pytest.approx(-0.5 * 4.0)
        shares = terms(evidence(4.0, 8.0, name="middle_differs"), table(PLAIN))
        assert float(shares["rarity"][0]) == pytest.approx(-0.25 * 8.0)

    def test_a_tie_is_read_as_it_stands(self) -> None:
        """A weaker reading must be better, not only as good: what agrees is told as agreeing."""
        equal = Settings("t", "", weights={"birth.full": 1.0, "birth.year": 1.0})
        _, reading = best_reading(evidence(birth="full"), table(equal))
        assert FIELDS["birth"][reading.levels[0, list(FIELDS).index("birth")]] == "full"

    def test_both_at_once(self) -> None:
        """Date and number may both be read as missing."""
        bad = Settings(
            name="t", date="", weights={"birth.full": -1.0, "birth.year": -1.0, "number.equal": -1.0, "phone.same": 2.0}
        )
        assert odds(bad, birth="full", number="equal", phone="same") == 2.0

    def test_conflicts_are_not_weakened(self) -> None:
        """A conflicting number is never read as a missing one."""
        assert odds(name="exact", number="differs") == pytest.approx(-1.75)

    def test_every_stratum_is_known(self) -> None:
        """Strata name existing levels, each once."""
        for field, strata in (("number", NUMBER_STRATA), ("birth", BIRTH_STRATA)):
            members = list(itertools.chain.from_iterable(strata.values()))
            assert len(members) == len(set(members)) and set(members) <= set(FIELDS[field])
