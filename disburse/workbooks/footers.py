"""What stands below the rows: signatures, offices, place and date. And who stands there though they are a person."""

from __future__ import annotations

import re
from collections.abc import Iterable

from disburse.workbooks.totals import is_total
from matching.names import FAMILY_NAMES
from matching.text import fold

_FOOTER = re.compile(
    r"(?:nguoi lap|lap bieu|lap bang|nguoi lap bieu|ke toan|thu quy|thu truong|chu tich|pho chu tich|tm ubnd|"
    r"tm uy ban|kt chu tich|giam doc|truong phong|truong thon|can bo|cong chuc|xac nhan|noi nhan|"
    r"nguoi nhan tien ky|ky ghi ro ho ten|ky ten dong dau|ky va ghi ro|ky dong dau|"
    r"dai dien (?:to chuc|don vi|buu dien|buu cuc|ngan hang|ubnd)|to chuc chi tra|don vi chi tra|"
    r"nhan vien chi tra|nguoi chi tra|ngay ky|.*\bngay\b.*\bthang\b.*\bnam\b.*|ghi chu .*|luu y.*|so dien thoai.*|"
    r"dien thoai.*|sdt.*|danh sach nay.*|tong so trang.*)"
)
_NAME = re.compile(r"[^\W\d_][^\d_:;,/()]*(?: [^\d_:;,/()]+){1,6}")
_PHONE = re.compile(r"(?:\+?84|0)[35789]\d{8}")
_BETWEEN_DIGITS = re.compile(r"[\s.\-']+")
_IDENTITY = re.compile(r"\d{9}|\d{11,12}")  # a zero that a spreadsheet lost included


def says_footer(text: str) -> bool:
    """Person who signs, office, place and date, remark: what is written below a list."""
    folded = fold(text) if len(text) < 200 else ""
    return bool(_FOOTER.fullmatch(folded) or (_FOOTER.match(folded) and len(folded) < 60))


def reads_like_name(text: str) -> bool:
    """A family name we know and at least one more, and nothing a total or a signature block says."""
    if len(text) > 60 or not _NAME.fullmatch(text) or says_other(text):
        return False
    folded = fold(text)
    return folded != "doi tuong" and folded.split(" ", 1)[0] in FAMILY_NAMES


def says_other(text: str) -> bool:
    """Words of a total or of a signature block, never a name."""
    return is_total(text) or says_footer(text)


def is_identity(text: str) -> bool:
    """The digits of a citizen ID or an old ID, never those of a phone."""
    digits = _BETWEEN_DIGITS.sub("", text)
    return bool(_IDENTITY.fullmatch(digits)) and not _PHONE.fullmatch(digits)


def is_phone(text: str) -> bool:
    """The phone of whoever made the list."""
    return bool(_PHONE.fullmatch(_BETWEEN_DIGITS.sub("", text)))


def may_be_somebody(name: str, others: Iterable[str]) -> bool:
    """Could a line taken for a signature be a person? An ID stands there, or a name beside what signs nothing."""
    held = list(others)
    if any(is_identity(text) for text in held):
        return True
    return reads_like_name(name) and any(not reads_like_name(text) and not is_phone(text) for text in held)
