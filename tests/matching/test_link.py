"""Who is linked to whom, as small drawn lists; and what must hold for any list."""

from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.matching.generate import Lists, generate
from matching import Settings, evaluate, link, preview
from matching.evaluate import reliability
from matching.text import fold
from tests.matching.drawn import PLACES, bank, roster


@cache
def small(profile: str = "district", seed: int = 77) -> Lists:
    """A small generated pair of lists, made once."""
    return generate(profile, 1_200, 6_000, seed)


def decided(left: pd.DataFrame, right: pd.DataFrame) -> dict[tuple[str, str], str]:
    """(roster row, registration row) → match or review."""
    pairs = link(left, right, places=PLACES).pairs
    return {
        (r, b): d
        for r, b, d in zip(pairs["roster_row_id"], pairs["registration_row_id"], pairs["decision"], strict=True)
    }


def outcome(result: pd.DataFrame) -> list[tuple[object, ...]]:
    """Rows of a result, comparable."""
    return sorted(map(tuple, result.itertuples(index=False)))


class TestDecisions:
    def test_same_number_and_name(self) -> None:
        """The plain case."""
        left = roster("row_id | full_name | date_of_birth | citizen_id\nr1 | Nguyễn Thị Đào | 1951 | 51151000123")
        right = bank(
            "row_id | holder_name | date_of_birth | citizen_id\nb1 | NGUYEN THI DAO | 12/03/1951 | 051151000123"
        )
        assert decided(left, right) == {("r1", "b1"): "match"}

    def test_same_number_other_person(self) -> None:
        """A guardian's account opened with the ward's number, or a number copied down: never automatic."""
        left = roster("row_id | full_name | date_of_birth | citizen_id\nr1 | Lê Văn Bé | 2015 | 051185000123")
        right = bank("row_id | holder_name | date_of_birth | citizen_id\nb1 | TRAN THI HOA | 12/03/1985 | 051185000123")
        assert decided(left, right).get(("r1", "b1")) != "match"

    def test_sibling_with_the_same_number(self) -> None:
        """Same family and middle name, another given name: a conflict, whatever the number says."""
        left = roster("row_id | full_name | date_of_birth | citizen_id\nr1 | Lê Văn Sinh | 12/03/1951 | 051051000123")
        right = bank("row_id | holder_name | date_of_birth | citizen_id\nb1 | LE VAN HUNG | 12/03/1951 | 051051000123")
        assert decided(left, right).get(("r1", "b1")) != "match"

    def test_contradicting_number(self) -> None:
        """Equal in all but the ID is for a person to decide."""
        left = roster("row_id | full_name | date_of_birth | citizen_id\nr1 | Ngô Thị Chanh | 12/03/1951 | 051151000123")
        right = bank(
            "row_id | holder_name | date_of_birth | citizen_id\nb1 | NGO THI CHANH | 12/03/1951 | 051151777888"
        )
        assert decided(left, right).get(("r1", "b1")) != "match"

    def test_two_homonyms_on_the_roster(self) -> None:
        """One account, two people of one name and year: nobody is linked."""
        left = roster(
            "row_id | full_name | date_of_birth | commune_code\n"
            "r1 | Phạm Văn Rua | 1951 | 21112\nr2 | Phạm Văn Rua | 1951 | 21052"
        )
        right = bank("row_id | holder_name | date_of_birth\nb1 | PHAM VAN RUA | 12/03/1951")
        assert "match" not in decided(left, right).values()

    def test_two_homonyms_at_the_bank(self) -> None:
        """Two holders of one name and year with different numbers: nobody is linked."""
        left = roster("row_id | full_name | date_of_birth\nr1 | Phạm Văn Rua | 1951")
        right = bank(
            "row_id | holder_name | date_of_birth | citizen_id\n"
            "b1 | PHAM VAN RUA | 12/03/1951 | 051051000123\nb2 | PHAM VAN RUA | 15/07/1951 | 051051999123"
        )
        assert "match" not in decided(left, right).values()

    def test_the_day_decides_between_homonyms(self) -> None:
        """The only one born on that day wins against the year alone."""
        left = roster(
            "row_id | full_name | date_of_birth | commune_code | citizen_id\n"
            "r1 | Phạm Văn Rua | 12/03/1951 | 21112 | 051051000123\n"
            "r2 | Phạm Văn Rua | 15/07/1951 | 21112 | 051051999123"
        )
        right = bank("row_id | holder_name | date_of_birth | citizen_id\nb1 | PHAM VAN RUA | 12/03/1951 | 051051000123")
        assert decided(left, right)[("r1", "b1")] == "match"
        assert decided(left, right).get(("r2", "b1")) != "match"

    def test_repeats_are_not_rivals(self) -> None:
        """One person on two programmes with two accounts: four matches."""
        rows = "{0} | Nguyễn Thị Đào | 12/03/1951 | 051151000123 | 21112"
        left = roster(
            "row_id | full_name | date_of_birth | citizen_id | commune_code\n"
            + "\n".join(map(rows.format, ("r1", "r2")))
        )
        rows = "{0} | NGUYEN THI DAO | 12/03/1951 | 051151000123 | Xã Bình Châu"
        right = bank(
            "row_id | holder_name | date_of_birth | citizen_id | address\n" + "\n".join(map(rows.format, ("b1", "b2")))
        )
        assert list(decided(left, right).values()) == ["match"] * 4

    def test_guardian_as_a_row_of_his_own(self) -> None:
        """The guardian's account belongs to the guardian's row, not to the ward's."""
        left = roster(
            "row_id | full_name | date_of_birth | citizen_id | phone\n"
            "ward | Lê Văn Bé | 2015 | 051215000123 | 0905123456\n"
            "guardian | Lê Văn Hùng | 1985 | 051085000123 | 0905123456"
        )
        right = bank(
            "row_id | holder_name | date_of_birth | citizen_id | phone\n"
            "b1 | LE VAN HUNG | 12/03/1985 | 051085000123 | 0905123456"
        )
        found = decided(left, right)
        assert found[("guardian", "b1")] == "match"
        assert found.get(("ward", "b1")) != "match"

    def test_damaged_number(self) -> None:
        """What the sheet left of the number tells two homonyms apart."""
        left = roster("row_id | full_name | date_of_birth | citizen_id\nr1 | Phạm Văn Rua | 1951 | 5.1061E+10")
        right = bank("row_id | holder_name | date_of_birth | citizen_id\nb1 | PHAM VAN RUA | 12/03/1951 | 051051000123")
        assert decided(left, right).get(("r1", "b1")) != "match"

    def test_unknown_codes_never_veto(self) -> None:
        """Programmes, banks and communes nobody knows change nothing."""
        left = roster(
            "row_id | full_name | date_of_birth | citizen_id | commune_code | programme\n"
            "r1 | Lê Văn Sơn | 1951 | 051051000123 | X9 | ?"
        )
        right = bank(
            "row_id | holder_name | date_of_birth | citizen_id | bank_code\nb1 | LE VAN SON | 1951 | 051051000123 | ???"
        )
        assert decided(left, right) == {("r1", "b1"): "match"}


class TestInput:
    def test_columns_may_be_missing(self) -> None:
        """Only row_id and the name are required."""
        left = pd.DataFrame({"row_id": ["r1"], "full_name": ["Lê Văn Sơn"]})
        right = pd.DataFrame({"row_id": ["b1"], "holder_name": ["LE VAN SON"]})
        assert len(link(left, right).pairs) <= 1

    def test_typed_cells(self) -> None:
        """Numbers, dates and holes from a sheet are read as text."""
        left = pd.DataFrame(
            {"row_id": [1], "full_name": ["Lê Văn Sơn"], "citizen_id": [51051000123.0], "date_of_birth": [1951]}
        )
        right = pd.DataFrame(
            {"row_id": [9], "holder_name": ["LE VAN SON"], "citizen_id": ["051051000123"], "phone": [None]}
        )
        assert link(left, right).pairs["decision"].tolist() == ["match"]

    def test_cells_of_mixed_types(self) -> None:
        """What a messy sheet gives: texts beside numbers, dates, holes in one column; also in the table of places."""
        left = pd.DataFrame(
            {
                "row_id": [1, 2, 3], "full_name": ["Lê Văn Sơn", 7, None],
                "citizen_id": [51051000123, "0510 51000124", None], "date_of_birth": [date(1951, 2, 3), "1951", 1951.0],
                "commune_code": ["21112", None, 21112],
            },
            dtype=object,
        )  # fmt: skip
        right = pd.DataFrame({"row_id": [9], "holder_name": ["LE VAN SON"], "citizen_id": ["051051000123"]})
        places = pd.DataFrame(
            {"code": ["21112", None], "valid_from": ["2004-01-01", None], "name": ["Xã A", float("nan")],
             "today_code": ["21112", None]}, dtype=object,
        )  # fmt: skip
        pairs = link(left, right, places=places).pairs
        assert pairs[["roster_row_id", "decision"]].to_numpy().tolist() == [[1, "match"]]

    def test_empty_lists(self) -> None:
        """Nobody meets nobody."""
        left = roster("row_id | full_name | date_of_birth\nr1 | Lê Văn Sơn | 1951")
        right = bank("row_id | holder_name | date_of_birth\nb1 | LE VAN SON | 1951")
        for a, b in ((left[:0], right), (left, right[:0]), (left[:0], right[:0])):
            result = link(a, b)
            assert len(result.pairs) == 0
            assert list(result.pairs.columns) == [
                "roster_row_id",
                "registration_row_id",
                "score",
                "decision",
                "reasons",
            ]

    def test_refusals(self) -> None:
        """A missing column or a repeated id is an error, not a wrong answer."""
        left = roster("row_id | full_name | date_of_birth\nr1 | Lê Văn Sơn | 1951")
        right = bank("row_id | holder_name | date_of_birth\nb1 | LE VAN SON | 1951\nb1 | LE VAN SON | 1951")
        with pytest.raises(ValueError, match="unique"):
            link(left, right)
        with pytest.raises(ValueError, match="full_name"):
            link(left.drop(columns="full_name"), right)
        with pytest.raises(ValueError, match="more than once"):
            link(pd.concat([left, left["full_name"]], axis=1), right[:1])
        with pytest.raises(ValueError, match="not be empty"):
            link(left.assign(row_id=None), right[:1])
        with pytest.raises(ValueError, match="engine"):
            link(left, right[:1], engine="spark")


class TestProperties:
    @settings(max_examples=3, deadline=None)
    @given(st.integers(0, 2**31))
    def test_order_never_matters(self, seed: int) -> None:
        """Rows and columns in any order give the same decisions and scores."""
        rng = np.random.default_rng(seed)
        lists = small("adversarial")
        shuffled = [
            frame.iloc[rng.permutation(len(frame))][list(rng.permutation(frame.columns))]
            for frame in (lists.roster, lists.registrations)
        ]
        expected = link(lists.roster, lists.registrations, places=lists.places).pairs
        assert outcome(link(*shuffled, places=lists.places).pairs) == outcome(expected)

    @settings(max_examples=3, deadline=None)
    @given(st.integers(0, 2**31))
    def test_unrelated_registrations_never_help(self, seed: int) -> None:
        """More strangers at the bank never turn a review into a match."""
        rng = np.random.default_rng(seed)
        lists = small("adversarial")
        holders = lists.registrations["holder_name"].map(lambda n: fold(n).split()[-1])
        given_names = set(lists.roster["full_name"].map(lambda n: fold(n).split()[-1]))
        unrelated = ~holders.isin(given_names) & ~lists.registrations["citizen_id"].isin(lists.roster["citizen_id"])
        assert unrelated.sum() > 200
        rows = ~unrelated | (rng.random(len(unrelated)) < 0.5)
        few = link(lists.roster, lists.registrations[rows], places=lists.places).pairs
        all_of_them = link(lists.roster, lists.registrations, places=lists.places).pairs
        reviewed = few[few["decision"] == "review"][["roster_row_id", "registration_row_id"]]
        after = reviewed.merge(all_of_them, on=["roster_row_id", "registration_row_id"])
        assert "match" not in set(after["decision"])

    @settings(max_examples=6, deadline=None)
    @given(st.sampled_from(["date_of_birth", "citizen_id", "phone", "gender", "address", "commune_code"]))
    def test_less_agreement_never_scores_higher(self, column: str) -> None:
        """Taking away a field that agrees never raises a pair's score."""
        lists = small()
        before = link(lists.roster, lists.registrations, Settings.preset(), lists.places).pairs
        agreeing = {
            "date_of_birth": "birth:full", "citizen_id": "number:equal", "phone": "phone:same", "gender": "sex:same",
            "address": "place:", "commune_code": "place:commune",
        }[column]  # fmt: skip
        chosen = before[before["reasons"].str.contains(agreeing) & ~before["reasons"].str.contains("place:other")].head(
            60
        )
        for row in chosen.itertuples():
            right = lists.registrations[lists.registrations["row_id"] == row.registration_row_id]
            left = lists.roster[lists.roster["row_id"] == row.roster_row_id]
            full = _score(left, right, lists.places)
            assert _score(left.assign(**{column: ""}), right, lists.places) <= full + 1e-9

    def test_one_account_one_person(self) -> None:
        """No account is matched to two rows, unless they are one person."""
        lists = small("adversarial")
        result = link(lists.roster, lists.registrations, places=lists.places)
        twice = result.matches[result.matches["registration_row_id"].duplicated(keep=False)]
        names = twice.merge(lists.roster, left_on="roster_row_id", right_on="row_id")
        assert (
            names.groupby("registration_row_id")["full_name"].agg(lambda n: len({x.split()[-1] for x in n})) == 1
        ).mean() >= 0.8


def _score(left: pd.DataFrame, right: pd.DataFrame, places: pd.DataFrame) -> float:
    pairs = link(left, right, Settings.preset().with_thresholds(review=1e-6), places).pairs
    return float(pairs["score"].max()) if len(pairs) else 0.0


class TestQuality:
    @pytest.mark.parametrize(
        ("profile", "recall"), [("district", 0.78), ("dirty", 0.65), ("highland", 0.68), ("adversarial", 0.5)]
    )
    def test_floor(self, profile: str, recall: float) -> None:
        """A change that makes the matcher worse is noticed; the real figures are in docs/benchmarks-matching.md."""
        lists = small(profile)
        found = evaluate(link(lists.roster, lists.registrations, places=lists.places), lists.truth)
        assert found.wrong <= (4 if profile == "adversarial" else 1)  # of 1,200 rows
        assert found.recall >= recall
        assert found.found >= 0.9

    def test_scores_are_probabilities(self) -> None:
        """Stated and observed shares agree roughly in every band of enough pairs."""
        lists = small("district", 78)
        bands = reliability(link(lists.roster, lists.registrations, places=lists.places), lists.truth)
        large = bands[bands["pairs"] >= 100]
        assert ((large["stated"] - large["observed"]).abs() < 0.1).all()

    def test_preview_agrees_with_the_run(self) -> None:
        """What a threshold is said to decide is what it decides."""
        lists = small()
        result = link(lists.roster, lists.registrations, places=lists.places)
        for line in preview(result, [0.95, result.settings.accept]):
            again = link(lists.roster, lists.registrations, result.settings.with_thresholds(line.accept), lists.places)
            assert abs(len(again.matches) - line.automatic) <= 1  # scores are written with six digits
        with pytest.raises(ValueError, match="review threshold"):
            preview(result, [0.01])

    def test_communes_are_frozen_with_the_names(self) -> None:
        """An incremental run over one commune's people weighs the commune by its share of the full roster."""
        lists = small()
        full = link(lists.roster, lists.registrations, places=lists.places).frequencies
        code = str(lists.roster["commune_code"].iloc[0])
        few = lists.roster[lists.roster["commune_code"] == code]
        part = link(few, lists.registrations, places=lists.places, frequencies=full).frequencies
        alone = link(few, lists.registrations, places=lists.places).frequencies
        assert full.communes is not None and alone.communes is not None and part.communes is full.communes
        keys = full.communes.value
        assert 0 < full.here(keys).max() < np.log(100) and alone.here(alone.communes.value).max() > np.log(99.9)
        assert full.here(np.array([12345])).tolist() == [0.0]

    def test_incremental_run_decides_as_the_full_one(self) -> None:
        """With the frozen counts and everyone who could be a rival, a part decides as the whole."""
        lists = small()
        full = link(lists.roster, lists.registrations, places=lists.places)
        people = set(full.pairs["registration_row_id"].head(50))
        mine = set(full.pairs[full.pairs["registration_row_id"].isin(people)]["roster_row_id"])
        rivals = set(full.pairs[full.pairs["roster_row_id"].isin(mine)]["registration_row_id"])
        some = lists.registrations[lists.registrations["row_id"].isin(rivals | people)]
        part = link(lists.roster, some, places=lists.places, frequencies=full.frequencies)
        wanted = full.pairs[full.pairs["registration_row_id"].isin(people) & (full.pairs["decision"] == "match")]
        got = part.pairs[part.pairs["decision"] == "match"]
        assert set(wanted["roster_row_id"] + wanted["registration_row_id"]) <= set(
            got["roster_row_id"] + got["registration_row_id"]
        )
