"""Two texts side by side: what a clerk's eye should catch is marked, and no personal number is ever whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disburse.accounts.differences import difference, forbidden
from disburse.accounts.marking import (
    Compared,
    compare_days,
    compare_names,
    compare_numbers,
    compare_words,
    find_words,
)


def drawn(runs: object) -> str:
    """Draw runs as text: [different], (other accents), dots as they are."""
    marks = {"differs": "[{}]", "accent": "({})"}
    return "".join(marks.get(run.kind, "{}").format(run.text) for run in runs)  # type: ignore[attr-defined]


def sides(found: Compared) -> tuple[str, str, str]:
    return drawn(found.left), drawn(found.right), found.verdict


class TestNames:
    @pytest.mark.parametrize(
        ("roster", "bank", "shown"),
        [
            ("Võ Tám", "VO TAM", ("Võ Tám", "VO TAM", "equal")),
            ("Võ Tám", "VÕ TÂM", ("Võ T(á)m", "VÕ T(Â)M", "accents")),
            ("Lê Đào", "LE DAU", ("Lê Đà[o]", "LE DA[U]", "differs")),
            ("Võ Thị Kim Lan", "VO THI LAN", ("Võ Thị [Kim ]Lan", "VO THI LAN", "differs")),
            ("Võ Tám", "", ("Võ Tám", "", "missing")),
        ],
    )
    def test_marks(self, roster: str, bank: str, shown: tuple[str, str, str]) -> None:
        """A bank without accents says nothing about accents; letters that differ are marked on both sides."""
        assert sides(compare_names(roster, bank)) == shown

    @given(st.text(max_size=40), st.text(max_size=40))
    def test_nothing_is_lost(self, left: str, right: str) -> None:
        """Whatever is written stands on the card, letter by letter (composed)."""
        import unicodedata

        found = compare_names(left, right)
        both = left and right
        assert "".join(run.text for run in found.left) == (unicodedata.normalize("NFC", left) if both else left)
        assert "".join(run.text for run in found.right) == (unicodedata.normalize("NFC", right) if both else right)


class TestNumbers:
    def test_only_the_digits_that_differ_are_shown(self) -> None:
        """One digit off: eleven dots and that digit, on both sides."""
        found = compare_numbers("051051000123", "051051000133")
        assert sides(found) == ("••••••••••[2]•", "••••••••••[3]•", "differs")

    @given(st.from_regex(r"[0-9]{9}|[0-9]{12}", fullmatch=True), st.from_regex(r"[0-9]{9}|[0-9]{12}", fullmatch=True))
    def test_never_more_than_four_digits(self, left: str, right: str) -> None:
        """However they differ, a page holds at most four digits of each."""
        found = compare_numbers(left, right)
        for runs in (found.left, found.right):
            assert sum(x.isdigit() for run in runs for x in run.text) <= 4

    def test_one_side_alone(self) -> None:
        """A number that nothing stands against shows its tail."""
        assert sides(compare_numbers("051051000123", "")) == ("•••• 0123", "", "missing")


class TestDaysAndPlaces:
    @pytest.mark.parametrize(
        ("roster", "bank", "shown"),
        [
            ("12/03/1951", "1951", ("12/03/1951", "1951", "equal")),
            ("12/03/1951", "03/12/1951", ("[12]/[03]/1951", "[03]/[12]/1951", "differs")),
            ("1951", "1952", ("[1951]", "[1952]", "differs")),
        ],
    )
    def test_days(self, roster: str, bank: str, shown: tuple[str, str, str]) -> None:
        """A year alone is compared as a year."""
        assert sides(compare_days(roster, bank)) == shown

    def test_addresses(self) -> None:
        """A side that says less does not contradict; words of its own on each side do."""
        assert compare_words("Thôn Phú Lộc", "Phu Loc, Binh Son").verdict == "equal"
        assert sides(compare_words("Thôn Phú Lộc", "An Diem")) == ("Thôn [Phú Lộc]", "[An Diem]", "differs")

    def test_a_place_inside_an_address(self) -> None:
        """Found is equal; not found says nothing."""
        assert find_words("Thôn Phú Lộc", "To 3, Phu Loc, Binh Son").verdict == "equal"
        assert find_words("Thôn Phú Lộc", "An Diem, Binh Son").verdict == "missing"


class TestDifference:
    @pytest.mark.parametrize(
        ("reasons", "kind"),
        [
            ("name:exact number:near birth:near_year veto:near_number", "number"),
            ("name:typo birth:full rival", "name"),
            ("name:exact birth:year rival", "rival"),
            ("name:exact birth:year weak", "thin"),
            ("stated", "stated"),
        ],
    )
    def test_the_first_in_order_speaks(self, reasons: str, kind: str) -> None:
        """A number weighs before a birth date, a difference before a rival."""
        assert difference(reasons) == kind
        assert forbidden(reasons) is ("veto:" in reasons)
