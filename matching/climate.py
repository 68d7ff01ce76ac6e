"""How many namesakes do these lists hold? Measured without labels, where both sides bear a citizen ID.

Among pairs that agree in name, the IDs tell friend from stranger. Where strangers are more frequent than in the lists
the preset was fitted on, pairs of the same kind whose IDs cannot be compared lose the difference. They never gain.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from matching.compare import Levels
from matching.levels import CODE, FIELDS
from matching.settings import Settings

Counts = npt.NDArray[np.float64]  # (kinds, 2): same number or one slip, different number

_COLUMN = {f: i for i, f in enumerate(FIELDS)}
_NAMES = ("exact", "variant", "reordered", "middle_missing", "typo")
_BIRTHS = (("full",), ("year", "placeholder"))
_OPEN = ("unknown", "damaged_agrees", "old_near")  # numbers that leave the question open
FIRMNESS = 20.0  # pairs a kind must show before it outweighs the preset
TOLERANCE = 0.1  # log odds two lists of one climate differ by, by chance
GAIN = 1.8  # kinds are coarse: inside one, the namesakes sit among the pairs with the best scores


def kind_names() -> list[str]:
    """`full.hamlet`, `year.other` …, in the order of the rows of `observe`; the last is everything else."""
    births = [b[0] for b in _BIRTHS] + ["other"]
    return [f"{birth}.{place}" for birth in births for place in FIELDS["place"]]


def kinds(levels: Levels) -> npt.NDArray[np.int64]:
    """The kind of each pair; −1 where the names do not agree."""
    birth = np.full(len(levels), len(_BIRTHS), dtype=np.int64)
    for number, members in enumerate(_BIRTHS):
        birth[np.isin(levels[:, _COLUMN["birth"]], [CODE["birth"][m] for m in members])] = number
    agree = np.isin(levels[:, _COLUMN["name"]], [CODE["name"][n] for n in _NAMES])
    return np.where(agree, birth * len(FIELDS["place"]) + levels[:, _COLUMN["place"]], -1)


def observe(levels: Levels) -> Counts:
    """Pairs per kind with the same and with a different citizen ID."""
    kind = kinds(levels)
    number = levels[:, _COLUMN["number"]]
    same = np.isin(number, [CODE["number"][n] for n in ("equal", "near")]) & (kind >= 0)
    differs = (number == CODE["number"]["differs"]) & (kind >= 0)
    size = len(kind_names())
    return np.column_stack(
        [np.bincount(kind[same], minlength=size), np.bincount(kind[differs], minlength=size)]
    ).astype(np.float64)


def shift(levels: Levels, seen: Counts, settings: Settings) -> npt.NDArray[np.float64]:
    """What to add to the log odds of each pair: 0 or less."""
    usual = np.array([settings.climate.get(k, np.nan) for k in kind_names()])
    known = ~np.isnan(usual)
    usual = np.where(known, usual, 0.5)
    drawn = np.log((seen[:, 0] + FIRMNESS * usual) / (seen[:, 1] + FIRMNESS * (1 - usual)))
    change = GAIN * np.minimum(drawn - np.log(usual / (1 - usual)) + TOLERANCE, 0.0)
    per_kind = np.append(np.where(known, change, 0.0), 0.0)  # the last place answers for kind −1
    still_open = np.isin(levels[:, _COLUMN["number"]], [CODE["number"][n] for n in _OPEN])
    return np.where(still_open, per_kind[kinds(levels)], 0.0)
