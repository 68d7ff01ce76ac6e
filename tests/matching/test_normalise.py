"""A column of cells is read as each of its cells is."""

from __future__ import annotations

import pytest

from matching.columns import Text
from matching.identity import parse_date
from matching.normalise import normalise


class TestBirths:
    @pytest.mark.parametrize(
        "form", ["{2:02}/{1:02}/{0}", "{0}-{1:02}-{2:02}", "{2}/{1:02}/{0}", "{2:02}.{1}/{0}", "{2}-{1}-{0}"]
    )
    def test_every_day(self, form: str) -> None:
        """Every day of a leap year and of the years beside it, and days and months that are none."""
        cells = [form.format(y, m, d) for y in (1899, 1952, 1953, 2101) for m in range(14) for d in range(33)]
        people = normalise({"full_name": Text.of(cells), "date_of_birth": Text.of(cells)}, "full_name")
        said = [(date.year, date.month or 0, date.day or 0) if date else (0, 0, 0) for date in map(parse_date, cells)]
        assert list(zip(people.year.tolist(), people.month.tolist(), people.day.tolist(), strict=True)) == said
