"""The names of one list of units in one province, and which of them a written name fits best."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from disburse.areas.names import PlaceName, accented_key, folded_key
from disburse.areas.resolution import Match
from disburse.areas.units import Unit
from matching.text import fold


class UnitIndex:
    """Units by accented name, folded name and older name. Keys are bare: without type word and blanks."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self._accented: dict[str, list[Unit]] = defaultdict(list)
        self._folded: dict[str, list[Unit]] = defaultdict(list)
        self._run_together: dict[str, list[Unit]] = defaultdict(list)
        self._older: dict[str, list[Unit]] = defaultdict(list)
        self._older_typed: dict[str, list[Unit]] = defaultdict(list)
        for unit in units:
            bare = unit.name[len(unit.type) :].strip()
            folded = folded_key(bare)
            self._accented[accented_key(bare)].append(unit)
            self._folded[folded].append(unit)
            whole = fold(unit.type).replace(" ", "") + folded
            self._run_together[whole].append(unit)
            if unit.type == "Huyện":  # the island districts: "huyện Lý Sơn" is written with its type word, or without
                self._folded[whole].append(unit)
            for alias in unit.aliases:
                (self._older_typed if _has_type(alias, unit.aliases) else self._older)[alias].append(unit)

    def look(self, name: PlaceName, keep: Callable[[Unit], bool] | None = None) -> Match:
        """Return the units of the first way of matching that finds any.

        `keep` narrows (to a district, to an earlier province); where nothing that it keeps fits, the whole
        province is searched and the match says `narrowing_ignored`.
        """
        for narrow in (keep, None) if keep else (None,):
            ways = (("name", self._by_accents), ("folded", self._by_folding), ("older", self._by_older))
            for how, search in ways:
                if found := search(name, narrow or _all):
                    ignored = keep is not None and narrow is None
                    wrong_type = name.type is not None and how != "older" and found[0].type != name.type
                    return Match(how, found, ignored, wrong_type)
        return Match("", [])

    def _by_accents(self, name: PlaceName, keep: Callable[[Unit], bool]) -> list[Unit]:
        # "THANH AN" equals the name of Xã Thanh An, but a text without accents may mean Thạnh An as well.
        if not name.has_accents:
            return []
        found = [u for u in self._accented.get(name.accented, ()) if keep(u)]
        return [u for u in found if u.type == name.type] or found

    def _by_folding(self, name: PlaceName, keep: Callable[[Unit], bool]) -> list[Unit]:
        found = [u for u in self._folded.get(name.folded, ()) if keep(u)]
        if not found and name.type is None and name.is_one_word:  # "XaBinhTri"
            return [u for u in self._run_together.get(name.folded, ()) if keep(u)]
        return [u for u in found if u.type == name.type] or found

    def _by_older(self, name: PlaceName, keep: Callable[[Unit], bool]) -> list[Unit]:
        if name.type is not None:
            typed = fold(name.type).replace(" ", "") + name.plain
            if found := [u for u in self._older_typed.get(typed, ()) if keep(u)]:
                return found
        return [u for u in self._older.get(name.plain, ()) if keep(u)]


def _has_type(alias: str, aliases: tuple[str, ...]) -> bool:
    """`phuongducthang` is Phường Đức Thắng if `ducthang` stands beside it; `phuonglien` is Phương Liên."""
    for word in ("phuong", "xa"):
        rest = alias.removeprefix(word)
        if rest != alias and (rest in aliases or rest.isdigit()):
            return True
    return False


def _all(_unit: Unit) -> bool:
    return True
