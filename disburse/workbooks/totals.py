"""Which texts print a total: Cộng thôn, Mang sang, Tổng cộng, Bằng chữ. Where such lines stand: layout.py."""

from __future__ import annotations

import re

from matching.text import fold, fold_keep_accents

_TOTAL_ACCENTED = (
    "cộng", "tổng", "lũy kế", "mang sang", "chuyển sang", "chuyển trang", "bằng chữ", "số tiền bằng chữ",
    "viết bằng chữ", "số tiền viết bằng chữ",
)  # fmt: skip
_FIRST = frozenset(("cong", "tong", "luy", "mang", "chuyen", "bang", "so", "viet", "total", "grand"))
_TOTAL_BARE = re.compile(
    r"(?:tong cong|tong so|tong tien|tong|cong|luy ke|mang sang|chuyen sang trang|cong mang sang|bang "
    r"chu|so tien bang chu|"
    r"total|grand total|cong (?:thon|xa|trang|to|khu|ap|xom|nhom|muc|phan|doi|khoan|khoi|phuong|don vi|"
    r"chung|don|toan).*|"
    r"tong (?:cong|so|tien|hop|kinh phi|chi|doi tuong).*|so tien bang chu.*|bang chu.*|luy ke.*|mang sang.*)"
)


def starts_like_total(name: str) -> bool:
    """A line whose first word opens totals: most names are told apart by that one word."""
    words = name.lstrip("*-+ .:(").split(maxsplit=1)
    if not words or fold(words[0]) not in _FIRST:
        return False
    return is_total(name) or fold(name).startswith(("tong ", "cong "))


def is_total(text: str) -> bool:
    """Cộng thôn, Cộng trang, Mang sang, Lũy kế, Tổng cộng, Bằng chữ: never a person named Tống or Công."""
    if not text:
        return False
    clean = text.lstrip("*-+ .:(")
    words = clean.split()
    if len(words) > 2 and fold(words[1]) in ("van", "thi"):  # Tổng Thị Lan is a person
        return False
    if clean.isascii():
        return bool(_TOTAL_BARE.fullmatch(fold(clean)))
    return any(fold_keep_accents(clean) == w or fold_keep_accents(clean).startswith(w + " ") for w in _TOTAL_ACCENTED)
