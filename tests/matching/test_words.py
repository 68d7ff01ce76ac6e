"""Names read by the thousand say what names read one by one say."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.matching import noise
from benchmarks.matching.generate import generate
from matching.columns import Text
from matching.people_names import key_words, read_names
from matching.text import fold, fold_keep_accents, honorifics
from matching.words import cut, tokens_of

ODD = [
    *[
        "",
        "a",
        "Ng. Văn Tám",
        "H'Bia Niê",
        "H Bia Niê",
        "K Brai",
        "Y Blơ Kpă",
        "Võ",
        "Ông Vũ Văn An (Tư)",
        "hoa-lan thi",
    ],
    *["Nguyễnvăntámlongtên A", "Ольга Иванова", "LÊ\u00a0VĂN AN", "Lê  Văn\tAn", "Trần Th. Hoa", "tám văn trần"],
]


def same_groups(numbers: np.ndarray, texts: list[object]) -> bool:
    """Are two numbers equal exactly where the texts are?"""
    pairs = set(zip(numbers.tolist(), texts, strict=True))
    return len(pairs) == len({n for n, _ in pairs}) == len({t for _, t in pairs})


def check(values: list[str]) -> None:
    """Every column of `read_names` against the functions for one name."""
    names = read_names(Text.of(values))
    folded = [fold(honorifics(v)[0]) for v in values]
    keys = [key_words(f) for f in folded]
    assert names.spelt.texts().tolist() == [" ".join(k) for k in keys]
    assert same_groups(names.exact, list(folded))
    assert same_groups(names.key, list(keys))
    assert same_groups(names.bag, [tuple(sorted(k)) for k in keys])
    assert same_groups(names.family, [k[0] if k else None for k in keys])
    assert same_groups(names.middle, [k[1:-1] for k in keys])
    assert same_groups(names.given, [k[-1] if k else None for k in keys])
    assert names.words.tolist() == [len(k) for k in keys]
    assert names.female.tolist() == [" thi " in f for f in folded]
    marked = [not honorifics(v)[0].isascii() for v in values]
    kept = [fold_keep_accents(honorifics(v)[0]) if m else None for v, m in zip(values, marked, strict=True)]
    assert same_groups(names.accented, list(kept))


class TestReadNames:
    def test_many_invented_names(self) -> None:
        """A small district with all its planted faults, and names no rule was made for."""
        lists = generate("adversarial", 900, 2_500, 77)
        values = [*lists.roster["full_name"], *lists.registrations["holder_name"], *ODD]
        rng = np.random.default_rng(5)
        values += [kind(rng, v) for v in values[:300] for kind, _ in noise.ROSTER_NOISE]
        check(list(dict.fromkeys(values)))

    def test_nobody(self) -> None:
        """No names, no columns."""
        assert len(read_names(Text.of([]))) == 0

    @settings(max_examples=60, deadline=None)
    @given(st.lists(st.text("aăhkyg nt'.(-", max_size=14), unique=True, max_size=6))
    def test_any_text(self, values: list[str]) -> None:
        """Whatever is typed."""
        check(values)


class TestCut:
    def test_rows(self) -> None:
        """Words by text, as written, with any number of blanks between them."""
        tokens = cut(Text.of(["Lê  văn an", "", "trần", " nguyenvantam a ", "đ"]))
        words = [
            [tokens.vocabulary[w] for w in tokens.word[s : s + c]]
            for s, c in zip(tokens.start, tokens.count, strict=True)
        ]
        assert words == [["Lê", "văn", "an"], [], ["trần"], ["nguyenvantam", "a"], ["đ"]]

    def test_respelt(self) -> None:
        """A word may become none, one or several."""
        said = {"a": [], "b": ["x", "y"], "c": ["c"]}
        tokens = cut(Text.of(["a b c", "a", "", "c b"])).respelt(said.__getitem__)
        assert tokens.texts().tolist() == ["x y c", "", "", "c x y"]

    def test_replaced(self) -> None:
        """Some texts give way to others, the rest stays."""
        tokens = cut(Text.of(["a b", "b", "c"])).replaced(np.array([1]), cut(Text.of(["d b"])))
        assert tokens.texts().tolist() == ["a b", "d b", "c"]

    def test_order_counts_in_a_chain_alone(self) -> None:
        """The chain of a text knows the order of its words, the heap does not."""
        tokens = tokens_of([["a", "b"], ["b", "a"], ["a"], []])
        hashes = np.array([3, 5], dtype=np.uint64)
        assert len(set(tokens.chained(hashes).tolist())) == 4
        heaps = tokens.heaped(hashes).tolist()
        assert heaps[0] == heaps[1] and len(set(heaps)) == 3
        assert tokens.chained(hashes, 1, 1).tolist() == [0, 0, 0, 0]
