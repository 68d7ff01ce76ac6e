"""Cells read many at a time say what each of them says alone."""

from __future__ import annotations

import pytest

from matching.columns import Text, digits


class TestDigits:
    @pytest.mark.parametrize("length", range(19))
    def test_digits_of_any_length(self, length: int) -> None:
        """Up to eighteen digits are a number, with its leading zeros counted."""
        cells = ["0" * length, "9" * length, "1234567890123456789"[:length], "0" * (length - 1) + "7" * (length > 0)]
        value, size = digits(Text.of(cells))
        assert value.tolist() == [int(cell or 0) for cell in cells]
        assert size.tolist() == [length] * len(cells)

    @pytest.mark.parametrize("letter", ["/", ":", " ", ".", "o", "\x00", "\x7f", "é", "³", "٣"])
    def test_another_letter_anywhere(self, letter: str) -> None:
        """One letter that is no ASCII digit, wherever it stands, and the cell is no number."""
        whole = "045051000123456"
        cells = [whole[:at] + letter + whole[at + 1 :] for at in range(len(whole))]
        value, size = digits(Text.of([*cells, whole]))
        assert value.tolist() == [0] * len(cells) + [45051000123456]
        assert size.tolist() == [-1] * len(cells) + [15]

    def test_too_long(self) -> None:
        """Nineteen digits are more than a number holds."""
        value, size = digits(Text.of(["1" * 19, "12"]))
        assert (value.tolist(), size.tolist()) == ([0, 12], [-1, 2])


class TestRepeats:
    @pytest.mark.parametrize(("cells", "found"), [(["a", "b", ""], False), (["a", "b", "a"], True), ([], False)])
    def test_repeats(self, cells: list[str], found: bool) -> None:
        """Whether a value stands twice, the empty one too."""
        assert Text.of(cells).repeats() is found
        assert Text.of([*cells, "", ""]).repeats()
