"""Accounts of one holder stand and fall together: what speaks for one of them speaks for all."""

from __future__ import annotations

import numpy as np

from matching.block import best_year
from matching.columns import Bool, Int64, mix, side_by_side
from matching.normalise import CITIZEN, OLD, People
from matching.score import Floats

_BEYOND = np.iinfo(np.int64).max


def shared_odds(left: Int64, right: Int64, odds: Floats, free: Bool, bank: People) -> Floats:
    """Odds per pair, each at least those of the same roster row with another account of the same holder.

    One holder: equal ID number and given name; or equal name, phone and year of birth where no two of the candidate
    accounts bear different numbers. Both pairs must be `free` of conflicts. Only pairs of the same roster row are
    looked at, so nobody else's registrations change the answer.
    """
    out = odds.copy()
    rows = np.flatnonzero(free & (np.bincount(left)[left] > 1)) if len(left) else left
    for holder in (_numbered(bank, right[rows]), _phoned(bank, right[rows])):
        known = np.flatnonzero(holder != 0)
        _share(left, right, out, rows[known], holder[known], bank)
    return out


def _numbered(bank: People, rows: Int64) -> Int64:
    """A number for each holder known by an ID, 0 for the others."""
    kind = bank.number_kind[rows]
    whole = (kind == CITIZEN) | (kind == OLD)
    return np.where(whole, mix(bank.number[rows], kind, bank.names.given[bank.name[rows]]), 0)


def _phoned(bank: People, rows: Int64) -> Int64:
    """A number for each holder known by name, phone and year of birth, 0 for the others."""
    phone, year = bank.phone[rows], best_year(bank)[rows]
    return np.where((phone > 0) & (year > 0), mix(bank.names.key[bank.name[rows]], phone, year), 0)


def _share(left: Int64, right: Int64, odds: Floats, rows: Int64, holder: Int64, bank: People) -> None:
    """Give all accounts of one holder the best odds among them, in place; not where their numbers differ."""
    order = side_by_side(mix(left[rows], holder).view(np.uint64))
    rows, holder = rows[order], holder[order]
    size = _runs((np.diff(left[rows], prepend=-1) != 0) | (np.diff(holder, prepend=0) != 0))
    rows, size = rows[np.repeat(size > 1, size)], size[size > 1]  # nobody else's evidence for an account alone
    if not len(size):
        return
    start = np.cumsum(size) - size
    best = np.maximum.reduceat(odds[rows], start)
    number, kind = bank.number[right[rows]], bank.number_kind[right[rows]]
    for each in (CITIZEN, OLD):
        most = np.maximum.reduceat(np.where(kind == each, number, 0), start)
        least = np.minimum.reduceat(np.where(kind == each, number, _BEYOND), start)
        best[(most > 0) & (least < most)] = 0.0
    odds[rows] = np.maximum(odds[rows], np.repeat(best, size))


def _runs(first: Bool) -> Int64:
    """How many follow each first one, itself counted."""
    return np.diff(np.append(np.flatnonzero(first), len(first)))
