"""What addresses say of communes, as the matcher and the keys of increments read them."""

from __future__ import annotations

import pandas as pd

from matching.columns import Text
from matching.places import gazetteer, read_addresses


def table(*names: str) -> pd.DataFrame:
    """Communes of today by these names, numbered from 0."""
    codes = [str(number) for number in range(len(names))]
    return pd.DataFrame({"code": codes, "name": [f"Xã {name}" for name in names], "today_code": codes})


class TestReadAddresses:
    """A column is read once for the keys and the pairs, never for another column or another table."""

    def test_a_column_is_read_once(self) -> None:
        """Asked again with the same table, the same answer comes back."""
        known, column = gazetteer(table("Ba Tơ")), Text.of(["Thôn 1, xã Ba Tơ", ""])
        first = read_addresses(column, known)
        assert read_addresses(column, known) is first
        assert first.first.tolist() == [0, -1]

    def test_another_table_is_asked_anew(self) -> None:
        """What one table does not know, the next may; and back."""
        column = Text.of(["Thôn 1, xã Ba Tơ"])
        here, elsewhere = gazetteer(table("Ba Tơ")), gazetteer(table("Sơn Hà"))
        assert [read_addresses(column, one).first.tolist() for one in (here, elsewhere, here)] == [[0], [-1], [0]]

    def test_another_column_with_the_same_table_is_read(self) -> None:
        """A slice's addresses are not taken for those of the slice before it."""
        known = gazetteer(table("Ba Tơ", "Sơn Hà"))
        columns = [Text.of(["xã Ba Tơ"]), Text.of(["xã Sơn Hà"])]
        assert [read_addresses(column, known).first.tolist() for column in columns] == [[0], [1]]
