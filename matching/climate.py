"""How many namesakes do these lists hold? Measured without labels, where both sides bear a citizen ID.

Among pairs that agree in name, the IDs tell friend from stranger. Where strangers are more frequent than in the lists
the preset was fitted on, pairs of the same kind whose IDs cannot be compared lose the difference. They never gain.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from matching.levels import CODE, FIELDS, Levels
from matching.settings import Settings

Counts = npt.NDArray[np.float64]  # (kinds, 2): same number or one slip, different number

_COLUMN = {f: i for i, f in enumerate(FIELDS)}
_NAMES = ("exact", "variant", "reordered", "middle_missing", "typo")
_BIRTHS = (("full",), ("year", "placeholder"))
_OPEN = ("unknown", "damaged_agrees", "old_near")  # numbers that leave the question open
FIRMNESS = 20.0  # pairs a kind must show before it outweighs the preset
TOLERANCE = 0.1  # log odds two lists of one climate differ by, by chance
CAUTION = 1.0  # what rests on name and date alone stays safe where namesakes are 2.7 times as many,
CAUTION_BARE = 0.6  # and 5 times where no address supports anybody: such pairs are no longer diluted by others
GENEROSITY, MOST = 1.5, 1.8  # how steeply a clerk's chance rises as addresses grow poorer, and the most it rises
SUPPORT = ("hamlet", "commune", "other_hamlet")
GAIN = 1.8  # kinds are coarse: inside one, the namesakes sit among the pairs with the best scores


def kind_names() -> list[str]:
    """`full.hamlet`, `year.other` …, in the order of the rows of `observe`; the last is everything else."""
    births = [b[0] for b in _BIRTHS] + ["other"]
    return [f"{birth}.{place}" for birth in births for place in FIELDS["place"]]


def kinds(levels: Levels) -> npt.NDArray[np.int8]:
    """The kind of each pair; −1 where the names do not agree."""
    birth = np.full(len(levels), len(_BIRTHS), dtype=np.int8)
    for number, members in enumerate(_BIRTHS):
        birth[np.isin(levels[:, _COLUMN["birth"]], [CODE["birth"][m] for m in members])] = number
    agree = np.isin(levels[:, _COLUMN["name"]], [CODE["name"][n] for n in _NAMES])
    return np.where(agree, birth * np.int8(len(FIELDS["place"])) + levels[:, _COLUMN["place"]], np.int8(-1))


def observe(levels: Levels, pairs: npt.NDArray[np.int64]) -> Counts:
    """Pairs per kind with the same and with a different citizen ID; `pairs` bear each of these levels."""
    kind = kinds(levels)
    number = levels[:, _COLUMN["number"]]
    same = np.isin(number, [CODE["number"][n] for n in ("equal", "near")]) & (kind >= 0)
    differs = (number == CODE["number"]["differs"]) & (kind >= 0)
    size = len(kind_names())
    return np.column_stack([np.bincount(kind[rows], pairs[rows], minlength=size) for rows in (same, differs)]).astype(
        np.float64
    )


def shift(levels: Levels, seen: Counts, settings: Settings) -> npt.NDArray[np.float64]:
    """What an automatic match must do without, in log odds per pair: 0 or less."""
    usual = np.array([settings.climate.get(k, np.nan) for k in kind_names()])
    known = ~np.isnan(usual)
    usual = np.where(known, usual, 0.5)
    drawn = np.log((seen[:, 0] + FIRMNESS * usual) / (seen[:, 1] + FIRMNESS * (1 - usual)))
    change = GAIN * np.minimum(drawn - np.log(usual / (1 - usual)) + TOLERANCE, 0.0)
    per_kind = np.append(np.where(known, change, 0.0), 0.0)  # the last place answers for kind −1
    open_number = np.isin(levels[:, _COLUMN["number"]], [CODE["number"][n] for n in _OPEN])
    caution = CAUTION + CAUTION_BARE * bare_share(seen)
    return np.asarray(np.where(open_number, per_kind[kinds(levels)], 0.0) - caution * _bare(levels))


def bare_share(seen: Counts) -> float:
    """Of the people whose numbers agree, the share whom no address supports: 0.17 in a usual list, 1 without any."""
    places, same = len(FIELDS["place"]), seen[:, 0]
    supported = sum(same[CODE["place"][level] :: places].sum() for level in SUPPORT)
    return float(1 - supported / same.sum()) if same.sum() else 0.0


def lenience(levels: Levels, seen: Counts, settings: Settings) -> npt.NDArray[np.float64]:
    """What a clerk is shown more of, in log odds per pair: 0 or more.

    Where fewer addresses support people whose numbers agree than in the lists the preset was fitted on, fewer pairs
    settle themselves, and weaker ones deserve a look. Only for review: no automatic match is made by it.
    """
    usual = 1 - sum(settings.shares.get(f"place.{level}", (0.0, 0.0))[0] for level in SUPPORT)
    now = bare_share(seen)
    more = float(np.clip(GENEROSITY * np.log(now / usual), 0.0, MOST)) if 0 < usual < 1 and now else 0.0
    open_number = np.isin(levels[:, _COLUMN["number"]], [CODE["number"][n] for n in _OPEN])
    return np.where(open_number, more, 0.0)


def _bare(levels: Levels) -> npt.NDArray[np.bool_]:
    """Pairs that nothing but name, date of birth and sex speaks for."""
    birth, number, phone, place = (levels[:, _COLUMN[f]] for f in ("birth", "number", "phone", "place"))
    near = np.isin(place, [CODE["place"][p] for p in ("hamlet", "commune")])
    dated = np.isin(number, [CODE["number"][n] for n in _OPEN]) & (birth == CODE["birth"]["full"])
    return np.asarray(dated & (phone != CODE["phone"]["same"]) & ~near)
