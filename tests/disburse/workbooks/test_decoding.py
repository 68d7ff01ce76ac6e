"""The character set of a whole text file is found exactly or the file is refused."""

from __future__ import annotations

import random
import unicodedata
from pathlib import Path

import pytest

from disburse.workbooks import sheets
from disburse.workbooks.decoding import decode, vietnamese_share
from disburse.workbooks.refusals import Refusal
from matching.text import to_tcvn3, to_vni

FAMILY = ["Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Đinh", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý"]
MIDDLE = ["Văn", "Thị", "Hữu", "Ngọc", "Đức", "Quốc", "Thanh", "Minh", "Xuân", "Kim"]
GIVEN = [
    "Tám",
    "Sáu",
    "Lan",
    "Hùng",
    "Bình",
    "Ánh",
    "Phước",
    "Sương",
    "Đẹp",
    "Nở",
    "Thẳng",
    "Mười",
    "Liễu",
    "Kiệt",
    "Yến",
    "Trưởng",
    "Quyết",
]
PLACES = ["xã Bình Thạnh", "thôn Phú Lộc", "thị trấn Di Lăng", "xã Bình Hòa", "tổ dân phố số 3"]


def names(count: int, seed: int) -> list[str]:
    some = random.Random(seed)
    return [" ".join(some.choice(part) for part in (FAMILY, MIDDLE, GIVEN)) for _ in range(count)]


def listing(count: int = 40, seed: int = 1) -> str:
    """A list as an office would write it, with a heading."""
    lines = [f"{n},{name},{PLACES[n % 5]},{1930 + n % 70}" for n, name in enumerate(names(count, seed), 1)]
    return "\r\n".join(["STT,Họ và tên,Địa chỉ,Năm sinh", *lines]) + "\r\n"


def to_windows_1258(text: str) -> bytes:
    """Encode as Windows does: letters with their shape, tones as marks of their own."""
    out = bytearray()
    for letter in unicodedata.normalize("NFC", text):
        try:
            out += letter.encode("cp1258")
        except UnicodeEncodeError:
            base, mark = unicodedata.normalize("NFD", letter)[:-1], unicodedata.normalize("NFD", letter)[-1]
            if mark in "\u0302\u0306\u031b":  # the tone was sorted before the shape
                base, mark = unicodedata.normalize("NFD", letter)[0] + mark, unicodedata.normalize("NFD", letter)[1]
            out += unicodedata.normalize("NFC", base).encode("cp1258") + mark.encode("cp1258")
    return bytes(out)


class TestDecode:
    """Mark, UTF-8, Windows-1258, TCVN3, in this order; or a refusal."""

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
    def test_reads_unicode_with_and_without_mark(self, encoding: str) -> None:
        """The mark decides and is not part of the text."""
        text, found = decode(listing().encode(encoding))
        assert text == listing()
        assert found.startswith(encoding[:5])

    def test_text_without_accents_is_utf8(self) -> None:
        """A list typed without accents has no charset to guess."""
        assert decode(b"STT,Ho va ten\n1,Pham Van Sau\n") == ("STT,Ho va ten\n1,Pham Van Sau\n", "utf-8")

    def test_decomposed_letters_are_composed(self) -> None:
        """What a Mac wrote as letter and mark comes as one letter."""
        assert decode(unicodedata.normalize("NFD", listing()).encode())[0] == listing()

    def test_reads_windows_1258(self) -> None:
        """Excel's old Vietnamese CSV, tones as marks."""
        assert decode(to_windows_1258(listing())) == (listing(), "windows-1258")

    def test_reads_tcvn3(self) -> None:
        """A list typed in .VnTime and saved as text."""
        assert decode(to_tcvn3(listing()).encode("latin-1")) == (listing(), "tcvn3")

    @pytest.mark.parametrize("count", [1, 3, 10])
    def test_a_short_list_is_enough(self, count: int) -> None:
        """A few names decide as safely as many."""
        for seed in range(20):
            text = listing(count, seed)
            assert decode(to_windows_1258(text))[0] == text
            assert decode(to_tcvn3(text).encode("latin-1"))[0] == text

    def test_ten_thousand_names_come_back_or_are_refused(self) -> None:
        """Not one of 10,000 names is stored as anything but itself, whatever charset its file used."""
        for batch in range(50):
            text = listing(100, batch)
            for raw in (to_windows_1258(text), to_tcvn3(text).encode("latin-1")):
                assert decode(raw)[0] == text

    @pytest.mark.parametrize(
        "raw",
        [
            to_vni(listing()).encode("cp1252", "replace"),
            listing().encode("utf-8").replace("ễ".encode(), b"\xe1\xbb"),
            "Họ tên;Đường".encode()[:-1] + b"\xff\xfe",
            bytes(range(128, 256)) * 3,
            "名前,住所\n田中,東京\n".encode("shift-jis"),
        ],
        ids=["vni", "cut utf-8", "utf-8 with bytes", "all bytes", "japanese"],
    )
    def test_refuses_what_fits_none(self, raw: bytes) -> None:
        """Mojibake is never passed on."""
        with pytest.raises(Refusal) as refused:
            decode(raw)
        assert refused.value.reject_code == "charset"

    def test_refuses_nul(self) -> None:
        """UTF-16 without its mark, or a binary file."""
        with pytest.raises(Refusal) as refused:
            decode("STT,Tên".encode("utf-16-le"))
        assert (refused.value.reject_code, refused.value.reason) == ("damaged", "nul")

    def test_the_workbook_names_its_encoding(self, tmp_path: Path) -> None:
        """The reader can tell the officer what was converted."""
        path = tmp_path / "a.csv"
        path.write_bytes(to_tcvn3(listing()).encode("latin-1"))
        workbook = sheets.open_workbook(path, "a.csv")
        assert workbook.encoding == "tcvn3"
        assert workbook.sheets[0].lines[0].cells[1] == "Họ và tên"


class TestVietnameseShare:
    """How Vietnamese a reading looks."""

    def test_right_reading_is_near_one_and_wrong_near_zero(self) -> None:
        """The two are far apart, so that a margin can decide."""
        assert vietnamese_share(listing()) == 1.0
        assert vietnamese_share(to_tcvn3(listing())) < 0.3
        assert vietnamese_share("abc") == 0.0
