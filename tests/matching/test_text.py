"""Folding, order and grammar of Vietnamese names; the code pages before Unicode."""

from __future__ import annotations

import random
import subprocess
import sys
import unicodedata

import pytest

from benchmarks.matching import pool
from matching import text
from matching.text import (
    detect_legacy,
    fold,
    fold_keep_accents,
    from_tcvn3,
    from_vni,
    honorifics,
    is_syllable,
    name_parts,
    nfc,
    place_tone,
    sort_key,
    strip_invisible,
    title_case,
    to_tcvn3,
    to_vni,
)  # fmt: skip


def random_names(count: int) -> list[str]:
    """Names drawn from the benchmark's pool, seeded."""
    draw = random.Random(20261122)
    families, _ = pool.weighted(pool.KINH_FAMILY)
    middles = pool.weighted(pool.MALE_MIDDLE)[0] + pool.weighted(pool.FEMALE_MIDDLE)[0]
    givens = [
        n for t in (pool.MALE_GIVEN_OLD, pool.FEMALE_GIVEN_OLD, pool.MALE_GIVEN_NEW, pool.FEMALE_GIVEN_NEW)
        for n in pool.weighted(t)[0]
    ]  # fmt: skip
    return [f"{draw.choice(families)} {draw.choice(middles)} {draw.choice(givens)}" for _ in range(count)]


class TestWeight:
    def test_no_pandas(self) -> None:
        """Text and identity can be imported by a reader that never pays for pandas."""
        code = "import sys, matching.text, matching.identity; sys.exit('pandas' in sys.modules)"
        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

    def test_public_names(self) -> None:
        """Everything the module promises is there."""
        assert all(hasattr(text, name) for name in text.__all__)


class TestFold:
    @pytest.mark.parametrize(
        ("written", "folded"),
        [
            ("Đặng  T. ÁNH", "dang t anh"),
            ("Ðỗ Ðức", "do duc"),  # Ð is U+00D0
            ("H'Bia Niê", "h bia nie"),
            (unicodedata.normalize("NFD", "Nguyễn Thị Đượm"), "nguyen thi duom"),
            ("Võ\u00a0Văn\u200b Tám", "vo van tam"),
            ("Lê-Thị_Hoa", "le thi hoa"),
            ("", ""),
            ("Y Blơ Kpă", "y blo kpa"),
            ("Ｎguyễn", "nguyen"),
        ],
    )  # fmt: skip
    def test_table(self, written: str, folded: str) -> None:
        """Every spelling of a name has one folded form."""
        assert fold(written) == folded

    def test_idempotent(self) -> None:
        """Folding twice changes nothing."""
        assert all(fold(fold(n)) == fold(n) for n in random_names(500))

    def test_keeps_accents(self) -> None:
        """With accents kept, tone placement and Ð are still made one."""
        assert fold_keep_accents("HOÀ  Đ. Thuỷ") == "hòa đ thủy"
        assert fold_keep_accents("Ðỗ") == fold_keep_accents("Đỗ") == "đỗ"

    @pytest.mark.parametrize(
        ("old", "new"),
        [("hoà", "hòa"), ("thuỷ", "thủy"), ("khoẻ", "khỏe"), ("qúy", "quý"), ("gìau", "giàu"), ("hoàng", "hoàng"),
         ("thuý", "thúy"), ("giếng", "giếng"), ("gì", "gì"), ("huyền", "huyền"), ("an", "an"), ("xyz", "xyz")],
    )  # fmt: skip
    def test_tone_placement(self, old: str, new: str) -> None:
        """The mark moves to its new-style place and nowhere else."""
        assert place_tone(old) == new

    def test_nfc_makes_eth_a_dee(self) -> None:
        """U+00D0 and U+00F0 become Đ and đ."""
        assert nfc("Ðào ðức") == "Đào đức"

    def test_invisible(self) -> None:
        """Zero-width and bidi marks go, every blank becomes a space."""
        assert strip_invisible("\ufeffLê\u00a0 Thị\u200b Hoa\u202c ") == "Lê Thị Hoa"


class TestSortKey:
    def test_vietnamese_order(self) -> None:
        """Given name first; a ă â, d đ, tones ngang huyền hỏi ngã sắc nặng."""
        expected = ["Lê An", "Bùi Àn", "Lê Ản", "Lê Ãn", "Lê Án", "Lê Ạn", "Lê Anh", "Lê Ăn", "Lê Ân",
        "Lê Dũng", "Lê Đô",
                    "Lê Em", "Lê Êm"]  # fmt: skip
        shuffled = expected[::-1]
        assert sorted(shuffled, key=sort_key) == expected

    def test_ties_by_the_rest(self) -> None:
        """The same given name is ordered by family and middle names."""
        assert sort_key("Bùi Thị Hoa") < sort_key("Lê Thị Hoa") < sort_key("Lê Văn Hoa")

    def test_only_plain_letters_and_digits(self) -> None:
        """So that every database collation agrees."""
        assert all(sort_key(n).isalnum() and sort_key(n).isascii() for n in random_names(300))


class TestLegacy:
    def test_ten_thousand_names_survive(self) -> None:
        """TCVN3, VNI, cp1258 and NFD and back: not one letter lost."""
        names = random_names(10_000)
        for name in names:
            assert from_tcvn3(to_tcvn3(name)).lower() == name.lower()
            assert from_vni(to_vni(name)) == name
            assert nfc(unicodedata.normalize("NFD", name)) == name
            assert nfc(_to_cp1258(name).decode("cp1258")) == name

    def test_examples(self) -> None:
        """The spellings found in real offices."""
        assert from_tcvn3("NguyÔn V¨n §øc") == "Nguyễn Văn Đức"
        assert from_tcvn3("TrÇn ThÞ Ph­¬ng") == "Trần Thị Phương"  # ư is a soft hyphen
        assert from_tcvn3("nguyÔn v¨n ®øc", upper=True) == "NGUYỄN VĂN ĐỨC"
        assert from_tcvn3("Lª ThÞ ¸nh") == "Lê Thị Ánh"  # no capital á exists there
        assert from_vni("Nguyeãn Vaên Ñöùc") == "Nguyễn Văn Đức"

    @pytest.mark.parametrize(
        ("column", "answer"),
        [
            (["NguyÔn V¨n §øc", "TrÇn ThÞ Thuû"], "tcvn3"),
            (["Nguyeãn Vaên Ñöùc", "Leâ Thò Haïnh"], "vni"),
            (["Nguyễn Văn Đức", "Trần Thị Thuỷ"], None),
            (["Nguyen Van Duc", "Tran Thi Thuy"], None),
            (["H'Bia Niê", "Y Blơ Kpă"], None),
            ([], None),
            ([""], None),
        ],
    )  # fmt: skip
    def test_detected_by_column(self, column: list[str], answer: str | None) -> None:
        """A column speaks for itself when its reading is clearly better."""
        assert detect_legacy(column) == answer

    def test_ten_thousand_columns_cells(self) -> None:
        """Whole columns are told apart without a mistake, also when short."""
        names = random_names(600)
        for start in range(0, 600, 20):
            column = names[start : start + 20]
            assert detect_legacy(column) is None
            assert detect_legacy([to_tcvn3(n) for n in column]) == "tcvn3"
            assert detect_legacy([to_vni(n) for n in column]) == "vni"


def _to_cp1258(name: str) -> bytes:
    """Windows-1258 as Windows writes it: base letter, then a combining tone."""
    out = bytearray()
    for char in name:
        try:
            out += char.encode("cp1258")
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", char)
            tone = next(c for c in parts if c in "\u0300\u0309\u0303\u0301\u0323")
            base = unicodedata.normalize("NFC", parts.replace(tone, ""))
            out += base.encode("cp1258") + tone.encode("cp1258")
    return bytes(out)


class TestSyllable:
    def test_names_are_syllables(self) -> None:
        """Every word of ten thousand Kinh names."""
        wrong = {w for n in random_names(10_000) for w in n.lower().split() if not is_syllable(w)}
        assert wrong == set()

    @pytest.mark.parametrize("word", ["nguyÔn", "v¨n", "ngyen", "phuớc", "xyz", "àá", "ksor", "tòp", "", "ngngh"])
    def test_not_syllables(self, word: str) -> None:
        """Wrongly decoded or impossible words."""
        assert not is_syllable(word)


class TestHonorifics:
    @pytest.mark.parametrize(
        ("written", "name", "removed"),
        [
            ("Ông Nguyễn Văn Tám (Tư)", "Nguyễn Văn Tám", ("Ông", "Tư")),
            ("Ông Ích Khiêm", "Ông Ích Khiêm", ()),  # the family name Ông
            ("Ông Văn Tám", "Ông Văn Tám", ()),
            ("BÀ LÊ THỊ BA", "LÊ THỊ BA", ("BÀ",)),
            ("Bà mẹ VNAH Trần Thị Sáu", "Trần Thị Sáu", ("Bà mẹ VNAH",)),
            ("Nguyễn Văn Ba tức Tư Hùng", "Nguyễn Văn Ba", ("tức Tư Hùng",)),
            ("Lê Thị Hai - chết", "Lê Thị Hai", ("chết",)),
            ("Cụ: Phạm Thị Hoa", "Phạm Thị Hoa", ("Cụ",)),
            ("Cao Bá Quát", "Cao Bá Quát", ()),
            ("Bé Thị Mai", "Bé Thị Mai", ()),
            ("Nguyễn Thị H'Bia", "Nguyễn Thị H'Bia", ()),
            ("", "", ()),
        ],
    )  # fmt: skip
    def test_table(self, written: str, name: str, removed: tuple[str, ...]) -> None:
        """Titles and remarks go, family names that look like titles stay."""
        assert honorifics(written) == (name, removed)

    def test_parts(self) -> None:
        """Family, middle, given; a single word is the given name."""
        parts = name_parts("Nguyễn Thị Ánh Tuyết")
        assert (parts.family, parts.middle, parts.given) == ("Nguyễn", "Thị Ánh", "Tuyết")
        assert name_parts("Tám").given == "Tám"
        assert name_parts("").given == ""

    def test_title_case(self) -> None:
        """Capitals after apostrophes and hyphens too."""
        assert title_case("NGUYỄN THỊ H'BIA-ÁNH") == "Nguyễn Thị H'Bia-Ánh"
