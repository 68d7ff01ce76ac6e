"""A frame of people in, comparable columns out: hashes and small integers, no strings to compare again."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from matching import columns
from matching.columns import Bool, Int64, Text
from matching.dates import DAYS, FIRST_YEAR, LAST_YEAR
from matching.identity import clean_number, damaged_digits, parse_date
from matching.people_names import Names, read_names
from matching.text import fold

if TYPE_CHECKING:
    from matching.columns import Frame

Int16 = npt.NDArray[np.int16]
Int8 = npt.NDArray[np.int8]

_NAMED = ("names", "name")  # columns that belong together
CITIZEN, OLD, DAMAGED = 12, 9, 5  # kinds of number
_LAST_DAY = np.array([0, *DAYS])
_MARKS = [ord(c) for c in "/-."]
_YEAR_ALONE = (range(0), range(0), range(4), 4)
_PLAIN = (  # where day, month and year stand in cells of so many characters, a mark at every other place
    (range(2), range(3, 5), range(6, 10), 10),
    (range(8, 10), range(5, 7), range(4), 10),
    (range(1), range(2, 4), range(5, 9), 9),
    (range(2), range(3, 4), range(5, 9), 9),
    (range(1), range(2, 3), range(4, 8), 8),
    _YEAR_ALONE,
)
_CENTURY = np.array([1900, 1900, 2000, 2000, 2100, 2100, 2200, 2200, 2300, 2300], dtype=np.int16)


@dataclass(slots=True)
class People:
    """One side, column by column. 0 means unknown everywhere."""

    row_id: Text | npt.NDArray[Any]
    names: Names
    name: Int64  # index into names
    year: Int16
    month: Int8
    day: Int8
    number: Int64  # citizen ID (12 digits) or old ID (9), 0 where neither
    number_kind: Int8  # 12, 9, 5 (damaged: see scale) or 0
    number_scale: Int8  # damaged: power of ten the number was rounded to
    id_year: Int16
    id_sex: Int8
    sex: Int8  # 1 Nam, 2 Nữ, as stated, else from the ID
    phone: Int64
    commune: Text
    address: Text

    def __len__(self) -> int:
        return len(self.name)

    def without_places(self) -> People:
        """The same rows without addresses and communes, which are read by then."""
        return replace(self, address=Text.blank(0), commune=Text.blank(0))

    def without_texts(self) -> People:
        """The same rows without places and names' texts."""
        return replace(self.without_places(), names=self.names.without_texts())

    def take(self, rows: Int64) -> People:
        """Some rows, with only the names they use."""
        used, name = columns.ranks(self.name[rows], len(self.names))
        values: dict[str, Any] = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in _NAMED}
        picked: dict[str, Any] = {k: v[rows] if isinstance(v, np.ndarray) else v.take(rows) for k, v in values.items()}
        return People(names=self.names.take(used), name=name, **picked)

    @staticmethod
    def join(parts: list[People]) -> People:
        """Rows of several slices one after the other."""
        offsets = np.cumsum([0, *(len(p.names) for p in parts)])
        columns = {f.name: [getattr(p, f.name) for p in parts] for f in fields(People) if f.name not in _NAMED}
        joined: dict[str, Any] = {
            k: Text.join(v) if isinstance(v[0], Text) else np.concatenate(v) for k, v in columns.items()
        }
        names = np.concatenate([p.name + o for p, o in zip(parts, offsets[:-1], strict=True)])
        return People(names=Names.join([p.names for p in parts]), name=names, **joined)

    def of(self, column: npt.NDArray[Any]) -> Int64:
        """A column over names as a column over rows."""
        return column[self.name].astype(np.int64, copy=False) if len(self.name) else np.zeros(0, dtype=np.int64)

    def says(self, flag: Bool) -> Bool:
        """A flag over names as a flag over rows."""
        return flag[self.name] if len(self.name) else np.zeros(0, dtype=np.bool_)


def normalise(frame: Frame, name_column: str) -> People:
    """Read one frame, or columns of text. `name_column` is `full_name` (roster) or `holder_name` (bank list).

    Without a column `row_id` the rows are called by their places.
    """
    codes, values = columns.text_values(frame, name_column).coded()
    ids: Any = frame["row_id"] if "row_id" in frame else np.arange(len(codes))
    births = _births(columns.text_values(frame, "date_of_birth"))
    number, kind, scale = _numbers(columns.text_values(frame, "citizen_id"))
    id_year, id_sex = _inside(number, kind, scale)
    stated = columns.unique_map(columns.text_values(frame, "gender"), _sex, 1)[:, 0].astype(np.int8)
    return People(
        row_id=ids if isinstance(ids, Text) else np.asarray(ids, dtype=object),
        names=read_names(values),
        name=codes,
        year=births[:, 0].astype(np.int16),
        month=births[:, 1].astype(np.int8),
        day=births[:, 2].astype(np.int8),
        number=number,
        number_kind=kind,
        number_scale=scale,
        id_year=id_year,
        id_sex=id_sex,
        sex=np.where(stated > 0, stated, id_sex).astype(np.int8),
        phone=_phones(columns.text_values(frame, "phone")),
        commune=columns.text_values(frame, "commune_code"),
        address=columns.text_values(frame, "address"),
    )


def _births(cells: Text) -> Int64:
    """(year, month, day) of each cell: 2/9/1945, 1945-09-02 and 1945 in one sweep, every other form one by one."""
    codes, values = cells.coded()
    data, start = values.flat()
    length = np.diff(start)
    table = np.zeros((len(length), 3), dtype=np.int64)
    plain = np.zeros(len(length), dtype=np.bool_)
    for form in _PLAIN:
        rows = np.flatnonzero((length == form[3]) & ~plain)
        found, good = _plain_dates(data, start[rows], form)
        table[rows[good]] = found[good]
        plain[rows[good]] = True
    odd = np.flatnonzero(~plain)
    for row, cell in zip(odd.tolist(), values.take(odd).strings().tolist(), strict=True):
        table[row] = _birth(cell)
    return table[codes] if len(codes) else np.zeros((0, 3), dtype=np.int64)


def _plain_dates(
    data: npt.NDArray[np.uint8], start: Int64, form: tuple[range, range, range, int]
) -> tuple[Int64, Bool]:
    """(year, month, day) of cells of one form, and which of them really are of it. Leap days are left to the rules."""
    day, month, year = found = np.zeros((3, len(start)), dtype=np.int64)
    good = np.ones(len(start), dtype=np.bool_)
    for place in range(form[3]):
        letter = data[start + place]
        part = next((n for n, places in enumerate(form[:3]) if place in places), None)
        if part is None:
            good &= np.isin(letter, _MARKS)
        else:
            found[part] = found[part] * 10 + letter - 48
            good &= (letter >= 48) & (letter <= 57)
    good &= (year >= FIRST_YEAR) & (year <= LAST_YEAR)
    if form is not _YEAR_ALONE:
        good &= (month >= 1) & (month <= 12) & (day >= 1) & (day <= _LAST_DAY.take(month, mode="clip"))
    return np.column_stack([year, month, day]), good


@lru_cache(maxsize=65536)
def _birth(text: str) -> tuple[int, int, int]:
    date = parse_date(text) if text else None
    return (date.year, date.month or 0, date.day or 0) if date else (0, 0, 0)


def _sex(text: str) -> tuple[int]:
    word = fold(text)
    return (1 if word in ("nam", "m", "male", "1") else 2 if word in ("nu", "f", "female", "2", "0") else 0,)


def _numbers(cells: Text) -> tuple[Int64, Int8, Int8]:
    """Citizen and old IDs: plain digits in one sweep, the odd rest one by one."""
    value, length = columns.digits(cells)
    odd = np.flatnonzero((length < 0) | (length > 12))
    kind = np.select([(length >= 10) & (length <= 12), (length == 9) | (length == 8)], [CITIZEN, OLD], 0).astype(
        np.int8
    )
    scale = np.zeros(len(value), dtype=np.int8)
    rounded = (kind == CITIZEN) & (value % 1_000_000 == 0)  # the random part is never 000000: a number cut by a sheet
    kind[rounded], scale[rounded] = DAMAGED, 6
    for i, text in zip(odd.tolist(), cells.take(odd).strings().tolist(), strict=True):
        value[i], kind[i], scale[i] = _odd_number(text)
    value[kind == 0] = 0
    nonsense = (kind != 0) & _one_digit(value)
    value[nonsense], kind[nonsense] = 0, 0
    return value, kind, scale


def _odd_number(text: str) -> tuple[int, int, int]:
    """A number cell with dots, blanks, letters or an exponent."""
    if damaged := damaged_digits(text):
        if damaged.length != 12:
            return 0, 0, 0
        power = 12 - len(damaged.leading) - 1
        return int(damaged.leading + damaged.rounded) * 10**power, DAMAGED, power
    digits = clean_number(text)
    if not (digits.isascii() and digits.isdigit()):
        return 0, 0, 0
    if 10 <= len(digits) <= 12:
        return int(digits), CITIZEN, 0
    return (int(digits), OLD, 0) if len(digits) in (8, 9) else (0, 0, 0)


def _one_digit(value: Int64) -> Bool:
    """000000000000, 111111111111 …: filled in to please a form."""
    last = value % 10
    same12 = value == last * 111_111_111_111
    same9 = value == last * 111_111_111
    return np.asarray(same12 | same9 | (value < 1_000_000))


def _inside(number: Int64, kind: Int8, scale: Int8) -> tuple[Int16, Int8]:
    """Birth year and sex written in the number, 0 where it does not say."""
    century = number // 100_000_000 % 10
    year = (_CENTURY[century] + number // 1_000_000 % 100).astype(np.int16)
    sex = np.where(century % 2 == 0, 1, 2).astype(np.int8)
    whole = kind == CITIZEN
    part = whole | ((kind == DAMAGED) & (scale <= 6))
    return np.where(whole, year, 0).astype(np.int16), np.where(part, sex, 0).astype(np.int8)


def _phones(cells: Text) -> Int64:
    """Phones as integers without the leading zero; today's mobile prefixes; 0 where unreadable."""
    value, length = columns.digits(cells)
    plain = ((length == 10) | (length == 9)) & (value >= 200_000_000)
    out = np.where(plain, value, 0)
    odd = np.flatnonzero((length != 0) & ~plain)
    out[odd] = [_phone_number(text) for text in cells.take(odd).strings().tolist()]
    return out


def _phone_number(text: str) -> int:
    from matching.identity import phone

    found = phone(text)
    return int(found) if found else 0
