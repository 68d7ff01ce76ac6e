"""Many rows as columns: sealed cells opened at once."""

from __future__ import annotations

import numpy as np
import pytest

from disburse.accounts.gathering import Gathered, ids_of
from disburse.crypto import Sealed
from disburse.errors import Unavailable
from disburse.ids import new_id

NEW, OLD = Sealed("person", "citizen_id"), Sealed("person", "old_id")
BOTH = {"new": NEW, "old": OLD}


def gathered(*rows: tuple[str | None, str | None]) -> Gathered:
    """Rows with a new and an old number."""
    ids = [new_id() for _ in rows]
    sealed = {}
    for place, (name, column) in enumerate(BOTH.items()):
        given = zip(ids, rows, strict=True)
        cells = [b"" if row[place] is None else column.seal(id_, str(row[place])) for id_, row in given]
        sealed[name] = b"".join(cells), np.array([len(cell) for cell in cells], dtype=np.int64)
    return Gathered(len(rows), {"id": ids_of(ids)}, {}, {}, sealed)


class TestOpened:
    """Sealed columns of many rows as text."""

    def test_of_each_row_the_first_number_that_is_there(self) -> None:
        """Whatever its length; the second column counts only where the first is empty."""
        rows = gathered(
            ("051151000001", None), (None, "211234567"), (None, None), ("0511 5100 0002", "219876543"), ("", "1")
        )
        assert rows.opened("id", BOTH).tolist() == ["051151000001", "211234567", "", "0511 5100 0002", ""]
        assert rows.opened("id", {"old": OLD}).tolist() == ["", "211234567", "", "219876543", "1"]

    def test_letters_of_several_bytes(self) -> None:
        """A number may have been written with any letters."""
        rows = gathered(("số 5", None), (None, "đã mất"), ("x", None))
        assert rows.opened("id", BOTH).tolist() == ["số 5", "đã mất", "x"]

    def test_no_rows(self) -> None:
        """Nothing is opened where nothing was gathered."""
        none = Gathered(0, {"id": ids_of([])}, {}, {}, {"new": (b"", np.zeros(0, dtype=np.int64))})
        assert none.opened("id", {"new": NEW}).tolist() == []

    def test_a_cell_of_another_row_does_not_open(self) -> None:
        """The ids are those of the rows, one by one."""
        rows = gathered(("051151000001", None), ("051151000002", None))
        rows.ids["id"] = rows.ids["id"][::-1]
        with pytest.raises(Unavailable, match="altered or moved"):
            rows.opened("id", {"new": NEW})
