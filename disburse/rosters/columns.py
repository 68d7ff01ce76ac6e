"""Which column of a roster is which field where header words leave it open: neighbours, parents, content."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from disburse.programmes.categories import read_category
from disburse.rosters.headers import ROSTER
from disburse.workbooks.binding import AmbiguousColumnsError, Binding, bind
from disburse.workbooks.content import Votes, same_values
from disburse.workbooks.header import Column, Header, text_of
from disburse.workbooks.money import parse_money
from disburse.workbooks.sheets import Line
from disburse.workbooks.values import clean_birth, clean_identity, id_year
from matching.text import fold

# Two columns claiming one of these refuse the file; of all others the first counts and the rest is kept raw.
_DECISIVE = frozenset(
    ("full_name", "citizen_id", "birth_date", "sex", "amount", "commune", "commune_code", "account_number", "bank",
     "recipient_name", "recipient_citizen_id")
)  # fmt: skip
_PERSONAL = ("citizen_id", "old_id", "birth_date", "sex", "phone")
_OF_RECIPIENT = {
    "citizen_id": "recipient_citizen_id", "old_id": "recipient_citizen_id", "birth_date": "recipient_birth_date",
    "sex": "recipient_sex", "phone": "recipient_phone",
}  # fmt: skip
_ENOUGH = 0.5
_MONTHS = r"(?:thang|t) ?(\d{1,2})(?: (?:nam )?(\d{2,4}))?"


def bind_roster(header: Header, sample: list[Line], resolves: Callable[[str], bool], period: str | None) -> Binding:
    """Decide a roster's columns. `resolves` says whether a text names a commune; `period` picks among month columns.

    Raises AmbiguousColumnsError, naming the columns, when two still claim one field.
    """
    splitter = _Splitter(resolves, period)
    return bind(ROSTER, header, sample, _choose, [splitter.split], _refine)


def _choose(_column: Column, seen: Votes, fields: frozenset[str], binding: Binding) -> str | None:
    """What a header that may mean several things means here, by the cells below it."""
    if not fields:
        taken = binding.of("citizen_id") or binding.of("old_id")
        return "citizen_id" if seen.id12 > _ENOUGH and seen.filled >= 2 and not taken else None
    for field, other, fits in _TRAPS:
        if field in fields and (other is None or other in fields):
            return field if fits(seen, binding) else (other or next(iter(sorted(fields - {field})), None))
    return next((f.name for f in ROSTER.fields if f.name in fields), None)


def _most(numbers: list[float], least: float, most: float) -> bool:
    return bool(numbers) and sum(least <= n <= most for n in numbers) >= 0.8 * len(numbers)


def _numbers(seen: Votes, binding: Binding) -> list[float]:
    index = next((i for i, v in binding.seen.items() if v is seen), -1)
    found = (parse_money(c) for c in binding.cells(index) if c not in (None, ""))
    decimals = (text_of(c).replace(",", ".") for c in binding.cells(index) if c not in (None, ""))
    whole = [float(n) for n in found if n is not None]
    return whole or [float(t) for t in decimals if t.replace(".", "", 1).isdigit()]


_TRAPS: tuple[tuple[str, str | None, Callable[[Votes, Binding], bool]], ...] = (
    ("birth_date", "sex_male", lambda v, _: v.years + v.dates > v.marks),
    ("surname", "household", lambda _, b: any(fold(c.leaf) == "ten" for c in b.header.columns)),
    ("phone", "benefit", lambda v, _: v.phones > _ENOUGH),
    ("line_no", "amount", lambda v, _: v.small > 0.6 or v.counting > _ENOUGH),
    ("deduction", "address", lambda v, _: v.money > _ENOUGH),
    ("coefficient", "file_number", lambda v, b: _most(_numbers(v, b), 0.1, 20)),
    ("injury_rate", "arrears", lambda v, b: _most(_numbers(v, b), 1, 100)),
    ("hamlet", "signature", lambda v, _: v.filled > 0),
    ("birth_day", None, lambda v, _: v.small > _ENOUGH),
)


class _Splitter:
    """Shares columns of one header among beneficiary, recipient and account holder."""

    def __init__(self, resolves: Callable[[str], bool], period: str | None) -> None:
        self.resolves = resolves
        self.period = period

    def split(self, name: str, claims: list[Column], binding: Binding) -> None:
        """Give the columns that claim `name` their own fields where the file decides; leave the rest claiming."""
        if all(c.merged_from is not None and c.merged_from == claims[0].merged_from for c in claims):
            return
        if name == "full_name":
            self._names(claims, binding)
        elif name in _PERSONAL:
            self._personal(name, claims, binding)
        elif name == "amount":
            self._amounts(claims, binding)
        elif name in ("benefit", "commune"):
            self._best(name, claims, binding)
        elif name not in _DECISIVE:
            _keep_one(claims, claims[-1] if name == "total" else claims[0])
        self._equal(name, binding)

    def _equal(self, name: str, binding: Binding) -> None:
        """Columns that say the same in every line are one."""
        claims = binding.of(name)
        if len(claims) > 1 and all(
            same_values(binding.cells(claims[0].index), binding.cells(c.index)) for c in claims[1:]
        ):
            _keep_one(claims, claims[0])

    def _names(self, claims: list[Column], binding: Binding) -> None:
        if binding.of("surname") and (given := [c for c in claims if fold(c.leaf) == "ten"]):
            others = [c for c in claims if c not in given]
            if not others:
                given[0].field = "given"
                claims = given[1:]
            else:
                claims = others
                for column in given:
                    column.field = None
        for column in claims[1:]:
            column.field = self._second_name(column, claims[0], binding)

    def _second_name(self, column: Column, first: Column, binding: Binding) -> str | None:
        """Another name column: the recipient beside a relation, the holder beside an account; else undecided."""
        relation = [c.index for c in binding.of("recipient_relation")]
        accounts = [c.index for f in ("account_number", "bank", "branch") for c in binding.of(f)]
        near_relation = min((abs(i - column.index) for i in relation), default=99)
        near_account = min((abs(i - column.index) for i in accounts), default=99)
        taken = {c.field for c in binding.header.columns}
        if near_relation <= 5 and "recipient_name" not in taken and near_relation <= near_account + 3:
            return "recipient_name"
        if near_account <= 2 and "account_holder" not in taken:
            return "account_holder"
        return "full_name"

    def _personal(self, name: str, claims: list[Column], binding: Binding) -> None:
        """IDs, birth dates …: each belongs to the nearest name on its left."""
        owners = {
            c.index: role
            for role in ("full_name", "recipient_name", "account_holder", "martyr_name")
            for c in binding.of(role)
        }
        if binding.of("surname"):
            owners[binding.of("surname")[0].index] = "full_name"
        groups: dict[str, list[Column]] = {}
        for column in claims:
            left = [i for i in owners if i <= column.index]
            groups.setdefault(owners[max(left)] if left else "full_name", []).append(column)
        for column in groups.get("recipient_name", []):
            column.field = _OF_RECIPIENT[name]
        for column in groups.get("account_holder", []) + groups.get("martyr_name", []):
            column.field = None
        if name == "birth_date" and len(own := groups.get("full_name", [])) > 1:
            dated = [c for c in own if binding.votes(c.index).dates > _ENOUGH]
            yearly = [c for c in own if binding.votes(c.index).years > _ENOUGH]
            if len(dated) == 1 and len(dated) + len(yearly) == len(own):
                _keep_one(own, dated[0])

    def _amounts(self, claims: list[Column], binding: Binding) -> None:
        months = [(c, m) for c in claims if (m := _month_of(c))]
        if len(months) == len(claims):
            wanted = int(self.period[5:7]) if self.period else None
            chosen = next((c for c, m in months if m == wanted), months[-1][0])
            _keep_one(claims, chosen)
            return
        sums = [c for c in claims if (seen := binding.votes(c.index)).money > _ENOUGH or not seen.filled]
        if len(sums) == 1:  # "T11" over marks of who came is no sum
            _keep_one(claims, sums[0])
            return
        if len(claims) == 2 and not binding.of("total"):
            for amount, total in (claims, claims[::-1]):
                if _adds_up(binding, amount, total):
                    total.field = "total"
                    return

    def _best(self, name: str, claims: list[Column], binding: Binding) -> None:
        """The column whose cells are understood; none claims it twice unless both are."""
        understood: Callable[[str], bool] = (
            self.resolves if name == "commune" else lambda t: bool(read_category(t).candidates)
        )
        shares = []
        for column in claims:
            texts = list(dict.fromkeys(binding.votes(column.index).texts))[:40]
            shares.append(sum(understood(t) for t in texts) / len(texts) if texts else 0.0)
        best = max(shares)
        if name == "benefit":
            for column in claims:
                column.field = "benefit_detail"
            claims[shares.index(best)].field = "benefit"
        elif shares.count(best) == 1:
            _keep_one(claims, claims[shares.index(best)])


def _keep_one(claims: list[Column], chosen: Column) -> None:
    for column in claims:
        if column is not chosen:
            column.field = None


def _month_of(column: Column) -> int | None:
    found = re.search(_MONTHS + "$", fold(column.leaf)) or re.fullmatch(_MONTHS + ".*", fold(column.leaf))
    return int(found[1]) if found and 1 <= int(found[1]) <= 12 else None


def _adds_up(binding: Binding, amount: Column, total: Column) -> bool:
    """total = amount + arrears + carry-over − deduction in nearly all rows, and not simply equal."""
    signs = {"arrears": 1, "carry_over": 1, "care_amount": 1, "deduction": -1}
    parts = [(c.index, s) for f, s in signs.items() for c in binding.of(f)]
    right = seen = 0
    for line in binding.sample:
        cells = line.cells

        def sum_at(index: int, cells: list[object] = cells) -> int:  # type: ignore[assignment]
            value = parse_money(cells[index]) if index < len(cells) else None  # type: ignore[arg-type]
            return value or 0

        if not sum_at(total.index):
            continue
        seen += 1
        right += sum_at(total.index) == sum_at(amount.index) + sum(s * sum_at(i) for i, s in parts)
    return seen > 0 and right >= 0.9 * seen


def _refine(binding: Binding) -> None:
    """Second thoughts that need the whole header: birth years under Nam | Nữ, parts of dates, split names."""
    for sex, birth in (("sex_male", "birth_male"), ("sex_female", "birth_female")):
        for column in binding.of(sex):
            seen = binding.votes(column.index)
            if seen.filled and seen.years + seen.dates > seen.marks:
                column.field = birth
    _refine_communes(binding)
    _refine_parts(binding)
    _refine_names(binding)
    _refine_recipient_id(binding)
    if not binding.of("amount") and not binding.of("benefit_mark") and len(binding.of("total")) == 1:
        parts = any(binding.of(f) for f in ("arrears", "carry_over", "deduction", "coefficient"))
        if not parts:
            binding.of("total")[0].field = "amount"
    if len(binding.of("amount")) > 1:
        raise AmbiguousColumnsError("amount", binding.of("amount"))


def _refine_communes(binding: Binding) -> None:
    """Beside a plain "Xã" an old one only tells where the row came from, and a new one where it is today."""
    plain, old, new = binding.of("commune"), binding.of("commune_old"), binding.of("commune_new")
    if plain and old and not new:
        plain[0].field = "commune_new"
    elif plain and new and not old:
        plain[0].field = "commune_old"


def _refine_parts(binding: Binding) -> None:
    """Ngày | Tháng | Năm beside each other; a lone "Ngày" or "Tháng" is no birth date."""
    days, months = binding.of("birth_day"), binding.of("birth_month")
    if days and months and not binding.of("birth_year"):
        near = [c for c in binding.of("birth_date") if abs(c.index - months[0].index) == 1]
        if near and binding.votes(near[0].index).dates < _ENOUGH:
            near[0].field = "birth_year"
    if not binding.of("birth_year") or binding.of("birth_date"):
        for column in (*days, *months, *binding.of("birth_year")):
            column.field = None
    if binding.of("birth_male") or binding.of("birth_female"):
        for column in binding.of("birth_date"):
            if not binding.votes(column.index).filled:
                column.field = None


def _refine_names(binding: Binding) -> None:
    surname, names = binding.of("surname"), binding.of("full_name")
    if surname and len(names) == 1 and not binding.of("given"):
        if fold(names[0].leaf) == "ten":
            names[0].field = "given"
        else:
            surname[0].field = None
    if not names and not surname:
        like = [c for c in binding.of("benefit") if fold(c.leaf) == "doi tuong" and binding.votes(c.index).names > 0.7]
        if like:
            like[0].field = "full_name"


def _refine_recipient_id(binding: Binding) -> None:
    """One ID column behind the recipient's name: whose it is, the birth years inside the IDs say."""
    own, names = binding.of("citizen_id"), binding.of("recipient_name")
    if len(own) != 1 or not names or binding.of("recipient_citizen_id") or own[0].index < names[0].index:
        return
    births = binding.of("birth_date")
    if not births:
        return
    agree = seen = 0
    for line in binding.sample:
        cells = line.cells
        if max(own[0].index, births[0].index) >= len(cells):
            continue
        found = clean_identity(cells[own[0].index], True).citizen_id
        birth = clean_birth(cells[births[0].index], date(2100, 1, 1))
        if found and birth.year:
            seen += 1
            agree += id_year(found) == birth.year
    if seen >= 3 and agree < 0.2 * seen:
        own[0].field = "recipient_citizen_id"
