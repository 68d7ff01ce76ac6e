"""Many short texts cut into words at once: a vocabulary, and which of its words each text holds.

A list of a million names has a few thousand distinct words, so whatever is asked of a word is asked once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import chain

import numpy as np
import numpy.typing as npt

from matching.columns import Bool, Int64, Text, arrow, hash_cells, hash_text, held, numbered, stirred

Words = npt.NDArray[np.uint64]
_BLANK = ord(" ")
_AGAIN = np.uint64(32)


@dataclass(slots=True)
class Tokens:
    """Texts as rows of word numbers: text i holds `word[start[i] : start[i] + count[i]]`, numbers into `vocabulary`."""

    vocabulary: list[str]
    word: Int64
    start: Int64
    count: Int64

    def __len__(self) -> int:
        return len(self.count)

    def take(self, rows: Int64) -> Tokens:
        """Some of the texts."""
        return Tokens(self.vocabulary, self.word, self.start[rows], self.count[rows])

    @staticmethod
    def join(parts: list[Tokens]) -> Tokens:
        """The texts of several lists one after the other."""
        first = np.cumsum([0, *(len(p.vocabulary) for p in parts)])[:-1]
        before = np.cumsum([0, *(len(p.word) for p in parts)])[:-1]
        return Tokens(
            list(chain.from_iterable(p.vocabulary for p in parts)),
            np.concatenate([p.word + n for p, n in zip(parts, first, strict=True)]),
            np.concatenate([p.start + n for p, n in zip(parts, before, strict=True)]),
            np.concatenate([p.count for p in parts]),
        )

    def replaced(self, rows: Int64, other: Tokens) -> Tokens:
        """The same texts, those of some rows exchanged for the texts of `other`."""
        if not len(rows):
            return self
        index = np.arange(len(self))
        index[rows] = len(self) + np.arange(len(rows))
        return Tokens.join([self, other]).take(index)

    def respelt(self, spell: Callable[[str], Sequence[str]]) -> Tokens:
        """The same texts with other words in place of each: none, one or several."""
        pieces = [spell(word) for word in self.vocabulary]
        number: dict[str, int] = {}
        spelt = np.array([number.setdefault(p, len(number)) for words in pieces for p in words], dtype=np.int64)
        size = np.array([len(words) for words in pieces], dtype=np.int64)
        if (size == 1).all():
            return Tokens(list(number), spelt[self.word], self.start, self.count)
        flat = self.word[_runs(self.start, self.count)]
        sizes = size[flat]
        ends = np.concatenate([[0], np.cumsum(sizes)])
        bounds = ends[np.concatenate([[0], np.cumsum(self.count)])]
        word = spelt[_runs((np.cumsum(size) - size)[flat], sizes)]
        return Tokens(list(number), word, bounds[:-1], np.diff(bounds))

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
        if not flag.any():
            return found
        for position in range(first, self.longest()):
            texts = np.flatnonzero(self.count > position + last)
            found[texts] |= flag[self.at(texts, position)]
        return found

    def letters(self) -> Words:
        """The letters of each text: bit n is set where it holds a letter, bit 32 + n where it holds it again."""
        bits = np.array([_letters(word) for word in self.vocabulary], dtype=np.uint64)
        out = np.zeros(len(self.count), dtype=np.uint64)
        for position in range(self.longest()):
            texts = np.flatnonzero(self.count > position)
            before, here = out[texts], bits[self.at(texts, position)]
            out[texts] = before | here | (before & here) << _AGAIN
        return out

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

    def texts(self) -> Text:
        """The texts again, one blank between words."""
        lib = arrow()
        word = self.word[_runs(self.start, self.count)]
        ends = np.concatenate([[0], np.cumsum(self.count)])
        words = Text.of(self.vocabulary).take(word)
        if lib is None:
            cells = words.tolist()
            return Text.of([" ".join(cells[a:b]) for a, b in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True)])
        lists = lib.LargeListArray.from_arrays(held(ends), words.cells)
        return Text(import_module("pyarrow.compute").binary_join(lists, Text.of([" "]).cells[0]))


def _letters(word: str) -> int:
    once = again = 0
    for letter in word:
        bit = 1 << (ord(letter) & 31)  # letters of other alphabets share bits with ours
        again |= once & bit
        once |= bit
    return once | again << 32


def _runs(start: Int64, length: Int64) -> Int64:
    """start[0], start[0] + 1, … `length[0]` of them, then those from start[1], and so on."""
    ends = np.cumsum(length)
    return np.repeat(start - ends + length, length) + np.arange(int(ends[-1]) if len(ends) else 0)


def word_hashes(vocabulary: list[str]) -> Words:
    """A stable number for each word, the same in every run and vocabulary."""
    return hash_text(vocabulary).view(np.uint64)


def tokens_of(texts: list[list[str]] | list[tuple[str, ...]]) -> Tokens:
    """Texts that are cut already (few of them)."""
    number: dict[str, int] = {}
    word = [number.setdefault(w, len(number)) for words in texts for w in words]
    count = np.array([len(words) for words in texts], dtype=np.int64)
    return Tokens(list(number), np.array(word, dtype=np.int64), np.cumsum(count) - count, count)


def cut(texts: Text) -> Tokens:
    """Texts cut at their blanks, the words as written."""
    data, bounds = texts.flat()
    data, bounds = data[bounds[0] : bounds[-1]], bounds - bounds[0]
    ink = np.append(data != _BLANK, False)
    begins, ends = ink.copy(), ink.copy()
    begins[1:] &= ~ink[:-1]
    ends[:-1] &= ~ink[1:]
    begins[bounds[:-1]], ends[bounds[1:] - 1] = ink[bounds[:-1]], ink[bounds[1:] - 1]  # a text's end parts words too
    start = np.flatnonzero(begins)
    length = np.flatnonzero(ends) + 1 - start
    word, distinct = numbered(hash_cells(data, start, length))
    example = np.zeros(len(distinct), dtype=np.int64)
    example[word] = np.arange(len(word))
    raw = data.tobytes()
    runs = zip(start[example].tolist(), (start + length)[example].tolist(), strict=True)
    vocabulary = [raw[a:b].decode("utf-8", "surrogatepass") for a, b in runs]
    first = np.append(0, np.cumsum(begins))[bounds]
    return Tokens(vocabulary, word, first[:-1], np.diff(first))
