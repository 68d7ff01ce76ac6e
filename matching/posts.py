"""Keys that a caller keeps for every row, so that a few rows find whom they meet without reading the lists.

A roster row is kept under each key of `block.KEYS` it has, a registration once for each different way of reading one.
Looked up either way they give the pairs of a full run, caps included, as long as the kept rows are all rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from matching import block
from matching.block import KEYS, NEARBY, Blocks, Housed, KeyColumn
from matching.columns import Int64, Text, distinct
from matching.decide import decide
from matching.frequency import Frequencies
from matching.matcher import Matcher, join
from matching.normalise import People, normalise
from matching.pairs import Pairs
from matching.places import commune_keys, gazetteer, read_addresses
from matching.settings import Settings

if TYPE_CHECKING:
    from matching.columns import Frame


@dataclass(slots=True)
class Posts:
    """The rows that may be met under one key of `block.KEYS` or `NEARBY`: each under (column, value).

    Of registrations the key says no more than the column.
    """

    key: int
    column: int
    value: Int64
    row: Int64


UNDATED, ALONE, NUMBER = (
    next(number for number, key in enumerate(KEYS) if key.name == name)
    for name in ("name, no year (roster)", "name, no year (bank)", "number")
)
if KEYS[UNDATED].roster is not block._rare_undated or KEYS[ALONE].cap != block.RARE:
    raise RuntimeError("matching.posts must follow matching.block")


def _roster_reading(number: int) -> Callable[[People], KeyColumn]:
    """How a roster row is kept under a key.

    The key of undated rows is for names that few rows of the roster bear. Kept, it is every undated row's; it counts
    where the block of all rows with that name, which is kept under `ALONE`, is not over its cap.
    """
    return block._name_undated if number == UNDATED else KEYS[number].roster


CAPS = np.array(
    [2**31 if n == UNDATED else key.cap for n, key in enumerate(KEYS)] + [key.cap for key in NEARBY], dtype=np.int64
)
_READINGS = list(dict.fromkeys(key.registrations for key in KEYS))
_READINGS_HERE = list(dict.fromkeys(key.registrations for key in NEARBY))  # those that count inside one commune
COLUMN = np.array(  # of each key
    [_READINGS.index(key.registrations) for key in KEYS]
    + [len(_READINGS) + _READINGS_HERE.index(key.registrations) for key in NEARBY],
    dtype=np.int64,
)


def roster_posts(people: People, places: Frame | None = None) -> Iterator[Posts]:
    """Return under what each row of a roster may be met, key by key."""
    here = Housed.settled(people, commune_keys(people.commune, gazetteer(places)))
    anywhere = (_roster_reading(number)(people) for number in range(len(KEYS)))
    nearby = (key.roster(here) for key in NEARBY)
    return (Posts(key, int(COLUMN[key]), *used) for key, used in enumerate(_used(anywhere, nearby, here.row)))


def bearer_posts(people: People) -> Posts:
    """Return for every undated row the block (key `ALONE`) of all rows with its name."""
    column = block._name_undated(people)
    rows = np.flatnonzero(column.use)
    return Posts(ALONE, int(COLUMN[ALONE]), column.value[rows], rows)


def registration_posts(people: People, places: Frame | None = None) -> Iterator[Posts]:
    """Return under what each registration of a list may be met, column by column."""
    table = gazetteer(places)
    here = Housed(people, *table.meanings(read_addresses(people.address, table)))
    anywhere, nearby = (read(people) for read in _READINGS), (read(here) for read in _READINGS_HERE)
    return (Posts(column, column, *used) for column, used in enumerate(_used(anywhere, nearby, here.row)))


def _used(anywhere: Iterable[KeyColumn], nearby: Iterable[KeyColumn], row: Int64) -> Iterator[tuple[Int64, Int64]]:
    """Return (value, row) of what counts of each column. `row`: of the people, for each place of those in `nearby`."""
    for column in anywhere:
        rows = np.flatnonzero(column.use)
        yield column.value[rows], rows
    for column in nearby:
        places = np.flatnonzero(column.use)
        yield column.value[places], row[places]


@dataclass(slots=True)
class Part:
    """Some pairs of two lists, scored as in the whole: rows of the two frames above the floor, and what is decided."""

    left: Int64
    right: Int64
    pairs: Pairs


def link_part(
    roster: People, bank: People, pairs: tuple[Int64, Int64], settings: Settings, places: Frame | None,
    frequencies: Frequencies,
) -> Part:  # fmt: skip
    """Score and decide the pairs (row of `roster`, row of `bank`) with a frozen snapshot; row ids are the places.

    The decision about a pair is that of a full run if all pairs of both of its rows are among `pairs`, and if the
    roster holds everybody who bears the number of one of its rows. Where a rival borrows evidence from another account
    of the holder, that account's pairs count too: it bears the same name, so it meets the same row.
    """
    size = np.int64(max(len(bank), 1))
    codes = distinct(pairs[0] * size + pairs[1])
    meeting = Matcher(roster, settings, places, indexed=False).meet(bank, Blocks(codes // size, codes % size))
    scored = join(roster, [meeting], settings, frequencies, places)
    decisions = decide(roster, scored, settings)
    right = np.asarray(scored.bank.row_id, dtype=object)[scored.right].astype(np.int64)
    return Part(scored.left, right, Pairs.of(roster, scored, decisions))


def read_roster(columns: Mapping[str, Text]) -> People:
    """Read a roster's columns; row ids are the places."""
    return normalise(columns, "full_name")


def read_registrations(columns: Mapping[str, Text], first: int = 0) -> People:
    """Read a bank list's columns; row ids are the places, counted on from `first`."""
    people = normalise(columns, "holder_name")
    people.row_id = np.arange(first, first + len(people)).astype(object)
    return people


@cache
def rules() -> str:
    """Return a digest of this package's own code: other rules may give other keys for the same rows."""
    found = sha256()
    for file in sorted(files("matching").iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".py"):
            found.update(file.read_bytes())
    return found.hexdigest()[:16]
