"""The grammar of a Vietnamese personal name: family, middle, given; titles and remarks around it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from matching.letters import BARE_TABLE

_FAMILY_NAMES_TEXT = (
    "nguyen tran le pham huynh hoang phan vu vo dang bui do ho ngo duong ly dinh trinh doan mai dao "
    "lam luong cao truong ha chau to ta phung quach thai bach kieu la luu nghiem quan ton tong tang "
    "trieu van vuong an au bang banh be cam che chu chung co cu cung dam dau diep dieu doi dong du "
    "duc duu giang giap han hang hau hua huu kha khuat khuc khuong kim lai liem lieu lo loc lu luc "
    "man mac mach manh me mong nghi ninh nong ong pho phi phu sa si su tan tao tat thach than thanh "
    "thi thieu tho tieu tra trang tri tu ty ung uong vi vien xa yen a hre y h ro rah ksor nay rcom "
    "siu kpa nie eban ayun mlo hdok kbuor hwing bkrong bya kdoh rmah puih kpuih rolan alang bling "
    "bhnuoch zo ram coor ating arat hoih pơloong poloong hien vang sung lau thao sinh ma mua quang ca "
    "deo bac cut khang giay tua chang phang"
)
FAMILY_NAMES = frozenset(_FAMILY_NAMES_TEXT.split())

_TITLES = (
    r"ông\s*/\s*bà|ô\s*/\s*b|bà\s+mẹ\s+(?:việt\s+nam\s+anh\s+hùng|vnah)|mẹ\s+(?:việt\s+nam\s+anh\s+hùng|vnah)|mvnah|"
    r"liệt\s+s[ĩỹ]|thương\s+binh|anh\s+hùng|ông|bà|cụ|bác|chú|cô|dì|cậu|mợ|thím|anh|chị|em|cháu|bé|ô\.|b\.|mr\.?|mrs\.?|ms\.?"
)
_PLAIN_TITLES = r"ong\s*/\s*ba|ong(?=[.:])|ba(?=[.:])|cu(?=[.:])"
_TITLE = re.compile(rf"^\s*((?:{_TITLES}|{_PLAIN_TITLES})\s*[.:]?)(?=[\s.:]|$)\s*", re.IGNORECASE)
_BRACKETS = re.compile(r"\s*[\(\[\{]([^\)\]\}]*)[\)\]\}]?\s*")
_CALLED = re.compile(
    r"\s*[,;–-]?\s+((?:tức|tên\s+thường\s+gọi|thường\s+gọi|bí\s+danh|tên\s+khác|còn\s+gọi)\b.*)$",
    re.IGNORECASE,
)
_DASHED = re.compile(r"\s+[-–—/]\s*(\S.*)$")
_LONE_SURNAMES = (
    "ong",
    "co",
    "cu",
    "bac",
    "be",
    "em",
)  # Ông Ích Khiêm, Cù Thị …: a title only before a known family name
_MIDDLES = ("van", "thi", "ich", "dinh", "huu", "duc")


@dataclass(slots=True, frozen=True)
class NameParts:
    """A name cut into its parts as written; `family` is empty for a one-word name."""

    family: str
    middle: str
    given: str


def _bare(text: str) -> str:
    return " ".join(text.translate(BARE_TABLE).split())


def _title_is_surname(title: str, rest: str) -> bool:
    """`Ông Ích Khiêm` bears the family name Ông; `Ông Đinh Văn Tám` is Mr Đinh."""
    words = _bare(rest).split()
    if not words:
        return True
    if _bare(title) not in _LONE_SURNAMES or title.rstrip().endswith((".", ":")):
        return False
    return len(words) >= 2 and (words[0] in _MIDDLES or words[0] not in FAMILY_NAMES)


def honorifics(text: str) -> tuple[str, tuple[str, ...]]:
    """The name without titles and remarks, and what was taken off, in order.

    Taken off: Ông, Bà, Cụ, Bà mẹ VNAH … in front; text in brackets; "tức Ba", "bí danh …" and what follows a
    free-standing dash. `Ông Nguyễn Văn Tám (Tư)` → (`Nguyễn Văn Tám`, (`Ông`, `Tư`)).
    """
    removed: list[str] = []
    name = _BRACKETS.sub(lambda m: _keep(removed, m.group(1)), text)
    for pattern in (_CALLED, _DASHED):
        if (found := pattern.search(name)) and found.start() > 0:
            removed.append(found.group(1).strip())
            name = name[: found.start()]
    titles: list[str] = []
    while (found := _TITLE.match(name)) and not _title_is_surname(found.group(1), name[found.end() :]):
        titles.append(found.group(1).strip(" .:"))
        name = name[found.end() :]
    return " ".join(name.split()).strip(" ,;.:"), (*titles, *(r for r in removed if r))


def _keep(removed: list[str], inside: str) -> str:
    removed.append(inside.strip())
    return " "


@lru_cache(maxsize=65536)
def title_case(text: str) -> str:
    """`NGUYỄN THỊ H'BIA` → `Nguyễn Thị H'Bia`; also after an apostrophe or hyphen."""
    return re.sub(r"[^\W\d_]+", lambda m: m.group()[:1].upper() + m.group()[1:].lower(), text)


def name_parts(text: str) -> NameParts:
    """Family, middle and given name in Vietnamese order (the given name is the last word)."""
    words = text.split()
    if len(words) < 2:
        return NameParts("", "", words[0] if words else "")
    return NameParts(words[0], " ".join(words[1:-1]), words[-1])
