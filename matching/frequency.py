"""How common names are on a bank list: counts frozen with a date, so that later runs decide as the first one did."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from matching.columns import Int64, mix, numbered
from matching.normalise import People


@dataclass(slots=True, frozen=True)
class Counts:
    """Sorted hashes and how many registrations bear each."""

    value: Int64
    count: Int64

    @staticmethod
    def of(values: Int64, weights: Int64) -> Counts:
        inverse, unique = numbered(values)
        total = np.bincount(inverse, weights, len(unique)).astype(np.int64)
        order = np.argsort(unique)
        return Counts(unique[order], total[order])

    def look_up(self, wanted: Int64) -> Int64:
        """Counts of the wanted hashes, 0 for the unknown."""
        if not len(self.value):
            return np.zeros(len(wanted), dtype=np.int64)
        at = np.minimum(np.searchsorted(self.value, wanted), len(self.value) - 1)
        return np.where(self.value[at] == wanted, self.count[at], 0)

    @staticmethod
    def total(parts: list[Counts]) -> Counts:
        return Counts.of(np.concatenate([p.value for p in parts]), np.concatenate([p.count for p in parts]))


@dataclass(slots=True, frozen=True)
class Frequencies:
    """Counts over a list of registrations: whole names (key spelling), family + given name, given name.

    Counts, not shares: a name's weight can only fall when registrations are added, so an unrelated
    registration never makes a match safer. Shares of communes are those of the roster, for the same reason.
    """

    names: Counts
    outer: Counts  # family + given
    given: Counts
    rows: int
    climate: npt.NDArray[np.float64] | None = None  # see `climate.observe`; set by the first full run
    communes: Counts | None = None  # roster rows per commune (`places.commune_keys`); set by the first full run

    @staticmethod
    def of(people: People) -> Frequencies:
        names = people.names
        weights = np.bincount(people.name, minlength=len(names)).astype(np.int64)
        return Frequencies(
            Counts.of(names.key, weights),
            Counts.of(mix(names.family, names.given), weights),
            Counts.of(names.given, weights),
            len(people),
        )

    def settled_in(self, communes: Int64) -> Frequencies:
        """With these communes of a roster's rows, unless some are frozen already."""
        if self.communes is not None:
            return self
        return replace(self, communes=Counts.of(communes, np.ones(len(communes), dtype=np.int64)))

    def here(self, communes: Int64) -> npt.NDArray[np.float32]:
        """Log of each commune's share of the roster in hundredths; 0 for a hundredth or less, and at most log 100."""
        if self.communes is None or not len(communes):
            return np.zeros(len(communes), dtype=np.float32)
        share = self.communes.look_up(communes) / max(int(self.communes.count.sum()), 1)
        return np.log(np.maximum(100 * share, 1.0)).astype(np.float32)

    def seen_in(self, climate: npt.NDArray[np.float64]) -> Frequencies:
        """With this climate, unless one is frozen already."""
        return self if self.climate is not None else replace(self, climate=climate)

    @staticmethod
    def total(parts: list[Frequencies]) -> Frequencies:
        """The counts of several lists together."""
        return Frequencies(
            Counts.total([p.names for p in parts]),
            Counts.total([p.outer for p in parts]),
            Counts.total([p.given for p in parts]),
            sum(p.rows for p in parts),
        )
