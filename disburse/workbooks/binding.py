"""From header texts to fields: one column per field, or a refusal that names the two that claim it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from disburse.workbooks.content import Votes, votes
from disburse.workbooks.header import Column, Header, column_letter
from disburse.workbooks.sheets import CellValue, Line
from disburse.workbooks.spelling import ColumnSet, Match
from matching.text import fold

# (votes of the column, header text) → the field meant among those a folding trap allows, or None.
Chooser = Callable[[Column, Votes, frozenset[str], "Binding"], str | None]
# Called with the columns still claiming one field: may give some of them another field, or None to leave them alone.
Splitter = Callable[[str, list[Column], "Binding"], None]


_GIVEN_SHARE = 0.7  # of the names must have one word in the nameless column beside them
_NO_GIVEN = frozenset(("nam", "nu", "x", "v", "co", "khong"))  # sexes and marks


class AmbiguousColumnsError(Exception):
    """Two columns claim one field and nothing in the file decides."""

    def __init__(self, field_name: str, columns: list[Column]) -> None:
        super().__init__(field_name)
        self.field_name = field_name
        self.columns = columns

    def facts(self) -> dict[str, str]:
        """What the sentence to the officer needs: letters and headers of the rivals."""
        return {"columns": ", ".join(f"{column_letter(c.index)} ({c.header})" for c in self.columns)}


@dataclass
class Binding:
    """The decided columns of one table."""

    columns: ColumnSet
    header: Header
    sample: Sequence[Line]
    at: dict[str, list[int]] = field(default_factory=dict)
    seen: dict[int, Votes] = field(default_factory=dict)

    def votes(self, index: int) -> Votes:
        """What the sampled cells of one column look like."""
        if index not in self.seen:
            self.seen[index] = votes(self.cells(index))
        return self.seen[index]

    def cells(self, index: int) -> list[CellValue]:
        """The sampled cells of one column."""
        return [line.cells[index] if index < len(line.cells) else None for line in self.sample]

    def first(self, name: str) -> int | None:
        """The first column of a field, or None."""
        found = self.at.get(name)
        return found[0] if found else None

    def column(self, index: int) -> Column | None:
        """The header column at an index."""
        return next((c for c in self.header.columns if c.index == index), None)

    def of(self, name: str) -> list[Column]:
        """The header columns currently given to a field, left to right."""
        return [c for c in self.header.columns if c.field == name]


def bind(
    columns: ColumnSet,
    header: Header,
    sample: Sequence[Line],
    choose: Chooser,
    splitters: Sequence[Splitter],
    refine: Callable[[Binding], None] = lambda _: None,
) -> Binding:
    """Decide every column of a header. Raises AmbiguousColumnsError when two still claim one field."""
    binding = Binding(columns, header, sample)
    for column in header.columns:
        column.field = column.match.only if column.match else None
    _join_merged(binding)
    _join_unheaded(binding)
    for column in header.columns:
        if column.match and len(column.match.fields) > 1 and column.field is None:
            column.field = choose(column, binding.votes(column.index), column.match.fields, binding)
        elif column.match is None:
            column.field = choose(column, binding.votes(column.index), frozenset(), binding)
    _strong_before_weak(binding)
    for one in columns.fields:
        for splitter in splitters:
            claims = binding.of(one.name)
            if len(claims) > 1 and not one.many:
                splitter(one.name, claims, binding)
    refine(binding)
    _settle(binding)
    return binding


def bind_as_told(columns: ColumnSet, header: Header, sample: Sequence[Line], fields: Mapping[int, str]) -> Binding:
    """Give every column the field a person said (index → field; none = kept as it is), and nothing else.

    Raises AmbiguousColumnsError when that gives one field to two columns.
    """
    known = {name for name in fields.values() if name.rstrip("+") in columns.by_name}
    for column in header.columns:
        column.field = name if (name := fields.get(column.index)) in known else None
    headed = {column.index for column in header.columns}
    for index, name in sorted(fields.items()):
        if index not in headed and name in known:  # a column without a header of its own, such as a given name's
            header.columns.append(Column(index, ("",), field=name))
    binding = Binding(columns, header, sample)
    _settle(binding)
    return binding


def bind_undecided(columns: ColumnSet, header: Header, sample: Sequence[Line]) -> Binding:
    """Keep what `bind` had decided when it met two columns for one field: the first counts until a person says."""
    binding = Binding(columns, header, sample)
    for column in header.columns:
        if column.field:
            binding.at.setdefault(column.field, [column.index])
    return binding


def _join_merged(binding: Binding) -> None:
    """ "Họ và tên" merged over two columns is one name in two cells: the second column becomes its rest."""
    for column in binding.header.columns:
        if column.merged_from is None or column.merged_from == column.index or column.field is None:
            continue
        column.field = f"{column.field}+" if column.field == binding.columns.person else column.field


def _join_unheaded(binding: Binding) -> None:
    """The same without a merge, as every CSV has it: a nameless column of given names right of the names."""
    columns = binding.header.columns
    name = next((c for c in columns if c.field == binding.columns.person), None)
    if name is None or any(c.index == name.index + 1 for c in columns):
        return
    pairs = zip(binding.cells(name.index), binding.cells(name.index + 1), strict=True)
    given = [fold(second) for first, second in pairs if _words(first) and _words(second) == 1]
    filled = sum(1 for first in binding.cells(name.index) if _words(first))
    if given and len(given) >= _GIVEN_SHARE * filled and not set(given) <= _NO_GIVEN:
        rest = Column(name.index + 1, name.path, name.match, name.role, f"{name.field}+", merged_from=name.index)
        columns.insert(columns.index(name) + 1, rest)


def _words(cell: CellValue) -> int:
    """How many words of letters a cell holds; 0 when it holds anything else."""
    if not isinstance(cell, str) or not cell.replace(" ", "").isalpha():
        return 0
    return len(cell.split())


def _strong_before_weak(binding: Binding) -> None:
    """A header that names the field in full outweighs one that only contains its words or is one letter off."""
    order = {"exact": 0, "folded": 0, "phrase": 1, "typo": 2}
    for one in binding.columns.fields:
        claims = binding.of(one.name)
        if len(claims) < 2 or one.many:
            continue
        ranks = [order[c.match.strength] if isinstance(c.match, Match) else 3 for c in claims]
        if (2 in ranks and min(ranks) < 2) or (3 in ranks and min(ranks) < 3):
            for column, rank in zip(claims, ranks, strict=True):
                if rank >= 2 and rank > min(ranks):
                    column.field = None


def _settle(binding: Binding) -> None:
    for column in binding.header.columns:
        name = column.field
        if not name:
            continue
        binding.at.setdefault(name, []).append(column.index)
    for name, indexes in list(binding.at.items()):
        plain = name.rstrip("+")
        known = binding.columns.by_name[plain]
        if len(indexes) < 2 or known.many or not known.kept or name.endswith("+"):
            continue
        claims = [c for c in binding.header.columns if c.index in indexes]
        if all(c.merged_from is not None and c.merged_from == claims[0].merged_from for c in claims):
            binding.at[name] = indexes[:1]
            continue
        filled = [c for c in claims if binding.votes(c.index).filled]
        if len(filled) <= 1:
            binding.at[name] = [filled[0].index if filled else indexes[0]]
            continue
        raise AmbiguousColumnsError(name, claims)
