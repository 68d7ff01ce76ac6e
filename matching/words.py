"""Many short texts cut into words at once: a vocabulary, and which of its words each text holds.

A list of a million names has a few thousand distinct words, so whatever is asked of a word is asked once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.columns import LANE, Bool, Int64, hash_text, lane, numbered, stirred

Words = npt.NDArray[np.uint64]


@dataclass(slots=True)
class Tokens:
    """Texts as rows of word numbers: text i holds `word[start[i] : start[i] + count[i]]`, numbers into `vocabulary`."""

    vocabulary: list[str]
    word: Int64
    start: Int64
    count: Int64

    def at(self, texts: Int64, position: int, *, from_end: bool = False) -> Int64:
        """The word at one position of these texts, each of which must have it."""
        first = self.start[texts]
        return np.asarray(self.word[first + (self.count[texts] - 1 - position if from_end else position)])

    def longest(self) -> int:
        """Words of the longest text."""
        return int(self.count.max(initial=0))

    def any_at(self, flag: Bool, first: int, last: int) -> Bool:
        """Does a word with this flag (per vocabulary) stand in a text, `first` words and `last` words left out?"""
        found = np.zeros(len(self.count), dtype=np.bool_)
        for position in range(first, self.longest()):
            texts = np.flatnonzero(self.count > position + last)
            found[texts] |= flag[self.at(texts, position)]
        return found

    def chained(self, hashes: Words, first: int = 0, last: int = 0) -> Int64:
        """One number per text for its words in order, the outer `first` and `last` words left out; 0 for none."""
        out = np.zeros(len(self.count), dtype=np.uint64)
        with np.errstate(over="ignore"):
            for position in range(first, self.longest()):
                texts = np.flatnonzero(self.count > position + last)
                out[texts] = stirred(out[texts] ^ hashes[self.at(texts, position)])
        return out.view(np.int64)

    def heaped(self, hashes: Words) -> Int64:
        """One number per text for its words in any order."""
        out = np.zeros(len(self.count), dtype=np.uint64)
        with np.errstate(over="ignore"):
            mixed = stirred(hashes)
            for position in range(self.longest()):
                texts = np.flatnonzero(self.count > position)
                out[texts] += mixed[self.at(texts, position)]
        return out.view(np.int64)


def word_hashes(vocabulary: list[str]) -> Words:
    """A stable number for each word, the same in every run and vocabulary."""
    return hash_text(vocabulary).view(np.uint64)


def tokens_of(texts: list[list[str]] | list[tuple[str, ...]]) -> Tokens:
    """Texts that are cut already (few of them)."""
    number: dict[str, int] = {}
    word = [number.setdefault(w, len(number)) for words in texts for w in words]
    count = np.array([len(words) for words in texts], dtype=np.int64)
    return Tokens(list(number), np.array(word, dtype=np.int64), np.cumsum(count) - count, count)


def cut(texts: list[str]) -> tuple[Tokens, Bool]:
    """Texts with single blanks between words, and which of them could be cut here.

    Texts that are not ASCII or hold a word longer than LANE are left to the caller, and empty here: no Vietnamese
    syllable has more than seven letters.
    """
    if not texts:
        nothing = np.zeros(0, dtype=np.int64)
        return Tokens([], nothing, nothing, nothing), np.zeros(0, dtype=np.bool_)
    joined = "\n".join(texts)
    plain = np.ones(len(texts), dtype=np.bool_)
    if not joined.isascii():
        plain = np.fromiter(map(str.isascii, texts), dtype=np.bool_, count=len(texts))
        joined = "\n".join([t if t.isascii() else "" for t in texts])
    data = np.frombuffer(joined.encode("ascii") + b"\n" * LANE, dtype=np.uint8)
    size = len(data) - LANE + 1
    ends = np.flatnonzero((data[:size] == 32) | (data[:size] == 10))
    starts = np.concatenate([[0], ends[:-1] + 1])
    length = ends - starts
    text = np.cumsum(data[ends] == 10)
    text -= data[ends] == 10  # a line's end still belongs to its text
    plain[text[length > LANE]] = False
    used = (length > 0) & plain[text]
    word, packed = numbered(lane(data, starts[used], length[used]))
    vocabulary = [p.to_bytes(LANE, "little").rstrip(b"\0").decode("ascii") for p in packed.tolist()]
    count = np.bincount(text[used], minlength=len(texts)).astype(np.int64)
    return Tokens(vocabulary, word, np.cumsum(count) - count, count), plain
