"""One roster, ready to meet slices of registrations: what one worker of an engine holds and does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from matching import climate
from matching.block import KEYS, NEARBY, Blocks, Housed, Index
from matching.columns import Int64, Text, distinct, ranks
from matching.compare import Context, Evidence, bank_addresses, compare, with_rarity
from matching.forks import gathered, worth
from matching.frequency import Frequencies
from matching.levels import Codes, codes_of
from matching.normalise import People, normalise
from matching.places import Addresses, commune_keys, gazetteer
from matching.promise import Promise
from matching.score import Floats, score
from matching.settings import Settings

if TYPE_CHECKING:
    from matching.columns import Frame

Progress = Callable[[str, int, int], None]  # step name, done, total
_AT_ONCE = 500_000  # pairs weighed together
FLOOR = -6.0  # log odds under which a pair is neither reviewed nor a rival worth counting (odds 1 : 400)


@dataclass(slots=True)
class Meeting:
    """What one slice of registrations found: pairs with the codes of their levels, and only the rows that met."""

    left: Int64
    right: Int64  # rows of `bank`
    codes: Codes
    bank: People
    frequencies: Frequencies  # of the whole slice
    lost: dict[str, int]
    rows: int
    compared: int


@dataclass(slots=True)
class Scored:
    """All candidate pairs above the floor with what deciding needs."""

    left: Int64
    right: Int64
    bank: People
    evidence: Evidence
    log_odds: Floats
    shift: Floats  # log odds minus shift is what a clerk's chance is judged by; 0 or less
    frequencies: Frequencies
    lost: dict[str, int]
    rows: int
    compared: int


class Matcher:
    """The roster's keys and facts, made once; every slice meets the same ones."""

    def __init__(
        self, roster: People, settings: Settings, places: Frame | None, workers: int = 1, *, indexed: bool = True
    ) -> None:
        """`indexed`: it must find pairs itself. `workers`: processes that read a large roster's keys."""
        self.roster, self.settings = roster, settings
        self.promise = Promise(settings, FLOOR)
        self.table = gazetteer(places)
        self.context = Context.of(roster, self.table)
        workers = worth(len(roster), workers)
        housed = Housed.settled(roster, commune_keys(roster.commune, self.table))
        self.index = Index(roster, KEYS if indexed else (), workers)
        self.nearby = Index(housed, NEARBY if indexed else (), workers)

    def meet(self, bank: People, blocks: Blocks | None = None) -> Meeting:
        """All candidate pairs with one slice that could rise above the floor if their name were the rarest.

        `blocks`: pairs that are known already, for a caller who keeps the keys himself.
        """
        addresses = bank_addresses(bank, self.table)
        bank = bank.without_places()
        blocks = self.candidates(bank, addresses) if blocks is None else blocks
        used, right = ranks(blocks.right, len(bank))
        met = bank.take(used)
        levels = compare(self.roster, met, blocks.left, right, self.context, addresses.at(used))
        codes = codes_of(levels)
        keep = np.flatnonzero(self.promise.rises(codes))
        used, kept_right = ranks(right[keep], len(met))
        frequencies = Frequencies.of(bank)
        return Meeting(
            blocks.left[keep], kept_right, codes[keep], met.take(used).without_texts(), frequencies, blocks.lost,
            len(bank), len(codes),
        )  # fmt: skip

    def candidates(self, bank: People, addresses: Addresses) -> Blocks:
        """Everybody who meets by a key, anywhere or inside one commune: each pair once, by registrations."""
        anywhere = self.index.pairs(bank)
        row, place = self.table.meanings(addresses)
        nearby = self.nearby.pairs(Housed(bank, row, place))
        size = np.int64(max(len(self.roster), 1))
        codes = np.concatenate([anywhere.right * size + anywhere.left, row[nearby.right] * size + nearby.left])
        right, left = np.divmod(distinct(codes), size)
        return Blocks(left, right, anywhere.lost | nearby.lost)


def join(
    roster: People,
    parts: Iterable[Meeting],
    settings: Settings,
    frozen: Frequencies | None,
    places: Frame | None = None,
    workers: int = 1,
) -> Scored:
    """Slices in order as one list, scored with the names' counts over all of them (or a frozen snapshot)."""
    done = [*parts] or [_nothing()]
    offsets = np.cumsum([0, *(len(p.bank) for p in done)])
    lost: dict[str, int] = {}
    for part in done:
        for key, count in part.lost.items():
            lost[key] = lost.get(key, 0) + count
    rows, compared = sum(p.rows for p in done), sum(p.compared for p in done)
    counts = frozen or Frequencies.total([p.frequencies for p in done])
    left = np.concatenate([p.left for p in done])
    right = np.concatenate([p.right + o for p, o in zip(done, offsets[:-1], strict=True)])
    codes, banks = np.concatenate([p.codes for p in done]), [p.bank for p in done]
    del done  # and their memory: from here on the pairs of all slices lie together
    bank = People.join(banks)
    del banks
    table = gazetteer(places)
    counts = counts.settled_in(commune_keys(roster.commune, table))
    evidence = with_rarity(codes, roster, left, counts, table)
    at, levels = evidence.each()
    counts = counts.seen_in(climate.observe(levels, np.bincount(at, minlength=len(levels))))
    odds, shift = _weighed(evidence, counts, settings, workers)
    keep = np.flatnonzero(odds - shift > FLOOR)
    evidence = evidence.at(keep)
    return Scored(left[keep], right[keep], bank, evidence, odds[keep], shift[keep], counts, lost, rows, compared)


def _weighed(evidence: Evidence, counts: Frequencies, settings: Settings, workers: int) -> tuple[Floats, Floats]:
    """`weigh` with many pairs shared among processes, some of them at a time."""
    size = len(evidence.codes)
    share = -(-size // worth(size, workers))

    def weighed(first: int) -> Iterator[tuple[Floats, Floats]]:
        end = min(first + share, size)
        parts = (slice(at, min(at + _AT_ONCE, end)) for at in range(first, end, _AT_ONCE))
        return (weigh(evidence.at(part), counts, settings) for part in parts)

    found = [
        *chain.from_iterable(gathered([partial(weighed, first) for first in range(0, max(size, 1), max(share, 1))]))
    ]
    odds, shift = zip(*found, strict=True) if found else ([np.zeros(0)], [np.zeros(0)])
    return np.concatenate(odds), np.concatenate(shift)


def weigh(evidence: Evidence, counts: Frequencies, settings: Settings) -> tuple[Floats, Floats]:
    """Log odds of each pair before rivals, and by how much they lie under what a clerk's chance is judged by."""
    seen = counts.climate
    if seen is None:
        return score(evidence, settings), np.zeros(len(evidence.codes))
    at, levels = evidence.each()
    held_back = climate.shift(levels, seen, settings)
    shift = held_back - climate.lenience(levels, seen, settings)
    return score(evidence, settings) + held_back[at], shift[at]


def _nothing() -> Meeting:
    empty = np.zeros(0, dtype=np.int64)
    bank = normalise({"row_id": Text.of([]), "holder_name": Text.of([])}, "holder_name")
    return Meeting(empty, empty, empty.astype(np.int32), bank, Frequencies.of(bank), {}, 0, 0)
