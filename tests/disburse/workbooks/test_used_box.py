"""How far values reach, against a plain count of the same cells."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from disburse.workbooks import guard, limits
from disburse.workbooks.facts import column_letters
from disburse.workbooks.refusals import Refusal
from disburse.workbooks.used_box import UsedBox
from tests.disburse.workbooks import workbook_files as made

COLUMNS = st.one_of(st.integers(0, 30), st.integers(20, 60), st.integers(500, 530))
LINES = st.one_of(st.integers(1, 30), st.integers(95_000, 105_000), st.integers(190_000, 210_000))
FORMS = ('<c r="{0}"><v>1</v></c>', "<c  r='{0}'><v>1</v></c>", '<c s="1" r="{0}"><v>1</v></c>')
EMPTY = ('<c r="{0}" s="1"/>', '<c r="{0}" s="1"></c>', '<c r="{0}"><v></v></c>', '<c r="{0}"><v/></c>')


def cell(form: str, column: int, line: int) -> bytes:
    return form.format(f"{column_letters(column)}{line}").encode()


def verdict(body: bytes) -> str:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        path.write_bytes(made.xlsx(made.worksheet(b'<row r="1">' + body + b"</row>")))
        refusal = guard.inspect(path, path.name)
    return "fits" if refusal is None else str(refusal.reason)


class TestUsedBox:
    """The streaming search and the plain count agree."""

    @given(
        st.lists(st.tuples(COLUMNS, LINES, st.sampled_from(FORMS)), min_size=1, max_size=6),
        st.lists(st.tuples(COLUMNS, LINES, st.sampled_from(EMPTY)), max_size=6),
    )
    @settings(max_examples=150, deadline=None)
    def test_agrees_with_a_plain_count(
        self, full: list[tuple[int, int, str]], empty: list[tuple[int, int, str]]
    ) -> None:
        """Whatever way cells are written, only those with a value stretch the box."""
        columns = max(column for column, _, _ in full) + 1
        lines = max(line for _, line, _ in full)
        expected = "fits"
        if columns > limits.COLUMNS:
            expected = "columns"
        elif columns * lines > limits.BOX_CELLS:
            expected = "box"
        body = b"".join(cell(form, column, line) for column, line, form in full + empty)
        found = verdict(body)
        assert found == expected or (expected == "columns" and found == "box")

    @pytest.mark.parametrize(
        ("column", "line", "expected"),
        [(24, 200_000, "fits"), (24, 200_001, "box"), (511, 9_765, "fits"), (511, 9_766, "box"), (512, 1, "columns")],
    )
    def test_the_limit_itself_is_allowed(self, column: int, line: int, expected: str) -> None:
        """Five million cells and 512 columns pass, one more does not."""
        assert verdict(cell(FORMS[0], column, line)) == expected

    def test_many_cells_of_one_kind_change_the_form_not_the_answer(self) -> None:
        """A wide sheet, then a tall one: thousands of exceptions are not read one by one, yet none is missed."""
        box = UsedBox()
        box.feed(b"".join(cell(FORMS[0], 40, line) for line in range(1, 4000)))
        assert not box.needs_exact()
        box.feed(b"".join(cell(FORMS[0], 3, line) for line in range(150_000, 154_000)))
        assert box.needs_exact()
        with pytest.raises(Refusal) as refused:
            box.exact(iter([cell(FORMS[0], 40, 1), cell(FORMS[0], 3, 153_999)]))
        assert refused.value.facts["cell"] == "AO153999"

    def test_cells_that_do_not_say_where_are_counted_out(self) -> None:
        """Without references a parser counts; so does the guard, also across windows."""
        box = UsedBox()
        box.feed(b'<row r="100">' + cell(FORMS[0], 0, 100) + b"</row>")
        with pytest.raises(Refusal) as refused:
            box.feed(b"<row>" + b"<c><v>1</v></c>" * 513 + b"</row>")
        assert refused.value.facts["cell"] == "SS101"
