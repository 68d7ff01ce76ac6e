"""The pairs worth showing, best first: as columns for a frame, or as the lines of a CSV file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.columns import Bool, Int64, Text, arrow, numbered
from matching.decide import MATCH, NEITHER, REVIEW, VETOES, Decisions
from matching.levels import COMBINATIONS, FIELDS, Codes, levels_of
from matching.matcher import Scored
from matching.normalise import People
from matching.score import Floats

HEADER = ("roster_row_id", "registration_row_id", "score", "decision", "reasons")
_QUOTED = re.compile(rb'[",\r\n]')
_MILLION = 1_000_000  # scores are told to the sixth place
_AT_ONCE = 200_000  # lines made together

Ids = Text | npt.NDArray[Any]


@dataclass(slots=True)
class Pairs:
    """Matches and reviews, best first, ties in the order of the ids. `reason[i]` is a number into `words`."""

    left: Ids
    right: Ids
    score: Floats
    match: Bool
    reason: Int64
    words: list[str]

    def __len__(self) -> int:
        return len(self.score)

    @staticmethod
    def of(roster: People, scored: Scored, decisions: Decisions) -> Pairs:
        """The pairs that were decided one way or the other."""
        kept = np.flatnonzero(decisions.decision != NEITHER)
        score, match = np.round(decisions.probability[kept], 6), decisions.decision[kept] == MATCH
        left, right = picked(roster.row_id, scored.left[kept]), picked(scored.bank.row_id, scored.right[kept])
        worth = np.rint(score * _MILLION).astype(np.int64) + match * np.int64(2 * _MILLION)
        order = np.lexsort((*_in_order(right), *_in_order(left), -worth))
        kept = kept[order]
        reason, words = reasons(scored.evidence.codes[kept], decisions, kept)
        return Pairs(picked(left, order), picked(right, order), score[order], match[order], reason, words)

    def columns(self) -> dict[str, npt.NDArray[Any]]:
        """The columns of `LinkResult.pairs`."""
        texts = (
            as_objects(self.left), as_objects(self.right), self.score,
            np.where(self.match, "match", "review").astype(object),
            np.array(self.words, dtype=object)[self.reason] if len(self) else np.zeros(0, dtype=object),
        )  # fmt: skip
        return dict(zip(HEADER, texts, strict=True))

    def lines(self) -> Iterator[bytes]:
        """The same as CSV, some thousand lines at a time. Joined by Arrow unless an id needs quotes."""
        yield (",".join(HEADER) + "\n").encode()
        if arrow() is None or not isinstance(self.left, Text) or not isinstance(self.right, Text):
            yield self._written()
            return
        for first in range(0, len(self), _AT_ONCE):
            rows = np.arange(first, min(first + _AT_ONCE, len(self)))
            ids = self.left.take(rows), self.right.take(rows)
            if any(_QUOTED.search(side.flat()[0].data) for side in ids):
                yield self._written(rows)
            else:
                yield self._joined(*ids, rows)

    def _joined(self, left: Text, right: Text, rows: Int64) -> bytes:
        places, scores = numbered(np.rint(self.score[rows] * _MILLION).astype(np.int64))
        told = Text.of([repr(n / _MILLION) for n in scores.tolist()]).take(places)
        ends = Text.of([f"{d},{w}\n" for d in ("review", "match") for w in self.words])
        end = ends.take(self.reason[rows] + len(self.words) * self.match[rows])
        parts = [left.cells, right.cells, told.cells, end.cells, Text.of([","]).cells[0]]
        data, start = Text(import_module("pyarrow.compute").binary_join_element_wise(*parts)).flat()
        return data[start[0] : start[-1]].tobytes()

    def _written(self, rows: Int64 | None = None) -> bytes:
        lines = io.StringIO()
        columns = {name: column if rows is None else column[rows] for name, column in self.columns().items()}
        csv.writer(lines, lineterminator="\n").writerows(zip(*(c.tolist() for c in columns.values()), strict=True))
        return lines.getvalue().encode()


def picked(ids: Ids, rows: Int64) -> Ids:
    """Some of the ids."""
    return ids.take(rows) if isinstance(ids, Text) else ids[rows]


def as_objects(ids: Ids) -> npt.NDArray[Any]:
    """The ids as the caller gave them: text, or whatever stood in a frame."""
    return ids.strings() if isinstance(ids, Text) else ids


def _in_order(ids: Ids) -> list[npt.NDArray[Any]]:
    """Ids as keys for `lexsort`: numbers as numbers, text letter by letter."""
    if isinstance(ids, Text):
        return ids.sort_keys()
    values = ids.tolist()
    numbers = all(isinstance(v, int) for v in values)
    return [np.array(values, dtype=np.int64)] if numbers else Text.of(list(map(str, values))).sort_keys()


def reasons(codes: Codes, decisions: Decisions, kept: Int64) -> tuple[Int64, list[str]]:
    """A number for each pair's reasons, and what the numbers say.

    `name:exact birth:full number:equal …`, `holder` where another account of the holder lent its evidence, then what
    forbade the match: `veto:sex`, `rival`, `weak`.
    """
    rival = decisions.rivals[kept] > 0.01
    review = decisions.decision[kept] == REVIEW
    tail = np.where(review, 1 + decisions.veto[kept].astype(np.int64) * 2 + rival, 0)
    carried = decisions.carried[kept]
    reason, distinct = numbered((tail * 2 + carried) * COMBINATIONS + codes)
    others, code = np.divmod(distinct, COMBINATIONS)
    told = zip(levels_of(code), others.tolist(), strict=True)
    return reason, [_reason(levels, other >> 1, bool(other & 1)) for levels, other in told]


def _reason(levels: npt.NDArray[np.int8], tail: int, carried: bool) -> str:
    said = [f"{f}:{names[level]}" for (f, names), level in zip(FIELDS.items(), levels, strict=True) if level]
    said += ["holder"] * carried
    if tail:
        veto, rival = (tail - 1) // 2, (tail - 1) % 2
        why = [f"veto:{v}" for bit, v in enumerate(VETOES) if veto >> bit & 1] + ["rival"] * rival
        said += why or ["weak"]
    return " ".join(said)
