"""Which bank does a cell mean? By code, BIN, BIC, name or alias, with branch words around it. No database."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

from matching.text import fold

DATA = Path(__file__).parent / "data"
MAX_WORDS = 14  # "Ngân hàng TMCP Đại Chúng Việt Nam - Ngân hàng số" and its like

# What may stand before a bank's proper name, longest first.
_FORMS = (
    "ngan hang thuong mai tnhh mtv",
    "ngan hang tnhh mtv",
    "ngan hang tmcp",
    "ngan hang tnhh",
    "ngan hang",
    "tmcp",
)
_BRANCH = re.compile(r"\b(?:chi nhanh|cn|pgd|phong giao dich|phong gd|pgdh|qtk)\b")


@dataclass(slots=True, frozen=True)
class BankRecord:
    """A bank or wallet as packaged. `code` is its VietQR code, `kind` bank, wallet or finance."""

    code: str
    short_name: str
    name: str
    bin: str
    bic: str
    sbv_code: str
    kind: str
    vneid: bool


@dataclass(slots=True, frozen=True)
class BankMatch:
    """The banks a text can mean: one, several or none; `how` is code, bin, bic, name or empty."""

    codes: tuple[str, ...] = ()
    how: str = ""

    @property
    def status(self) -> Literal["one", "several", "none"]:
        return "none" if not self.codes else "one" if len(self.codes) == 1 else "several"

    @property
    def code(self) -> str | None:
        """The VietQR code, when there is exactly one."""
        return self.codes[0] if len(self.codes) == 1 else None


@dataclass(slots=True, frozen=True)
class _Hit:
    codes: tuple[str, ...]
    is_brand: bool


class Directory:
    """Banks by everything they are called. Built in a few milliseconds."""

    def __init__(self, banks: Iterable[BankRecord], aliases: Iterable[tuple[str, str]]) -> None:
        self._banks = {bank.code: bank for bank in banks}
        self._by_number = {bank.bin: bank.code for bank in self._banks.values()}
        self._by_bic = {bank.bic.lower(): bank.code for bank in self._banks.values() if bank.bic}
        # Keys without blanks, so that "Agri bank" and "VietComBank" need no entry each. Brands (codes, words with
        # "bank") mean a bank wherever they stand; Vietnamese names can be places too (An Bình, Sài Gòn).
        self._brands: dict[str, tuple[str, ...]] = {}
        self._names: dict[str, tuple[str, ...]] = {}
        for bank in self._banks.values():
            for text in (bank.code, bank.short_name, *re.findall(r"[\w ]+", bank.short_name)):
                _add(self._brands, text, bank.code)
            for text in _name_forms(bank.name):
                _add(self._names, text, bank.code)
        official = {_key(bank.name) for bank in self._banks.values()}
        for code, alias in aliases:
            for text in (form for form in (alias, *_name_forms(alias)) if _key(form) not in official):
                _add(self._brands if _is_brand(alias) else self._names, text, code)

    def banks(self) -> tuple[BankRecord, ...]:
        """Return all banks in the order of the file."""
        return tuple(self._banks.values())

    def get(self, code: str) -> BankRecord | None:
        """Return the bank with that VietQR code, or None."""
        return self._banks.get(code)

    def resolve(self, text: str | int | float | None) -> BankMatch:
        """Say which bank a text means: `VBA`, `970405`, `VBAAVNVX`, `NHNo&PTNT CN huyện Bình Sơn`, `Agri`.

        Two different brands in one text ("Agribank/BIDV") are several; words that name none give none.
        """
        written = "" if text is None else str(text).strip()
        return self._resolve(written.removesuffix(".0") if written[:-2].isdigit() else written)

    @lru_cache(maxsize=16384)  # noqa: B019  one directory lives as long as the process
    def _resolve(self, text: str) -> BankMatch:
        if code := self._by_number.get(text):
            return BankMatch((code,), "bin")
        if text in self._banks:
            return BankMatch((text,), "code")
        plain = fold(text)
        bic = plain.replace(" ", "")
        if len(bic) in (8, 11) and (code := self._by_bic.get(bic[:8])):
            return BankMatch((code,), "bic")
        if codes := self._brands.get(bic) or self._names.get(bic):
            return BankMatch(codes, "name")
        return self._in_words(_before_branch(plain))

    def _in_words(self, plain: str) -> BankMatch:
        hits = self._hits(plain.split())
        brands = tuple(dict.fromkeys(code for hit in hits if hit.is_brand for code in hit.codes))
        if brands:
            return BankMatch(brands, "name")
        # "Nông nghiệp Sài Gòn": the name comes first, the place after it.
        return BankMatch(hits[0].codes, "name") if hits else BankMatch()

    def _hits(self, words: list[str]) -> list[_Hit]:
        """The longest known names from left to right, none inside another."""
        hits: list[_Hit] = []
        start = 0
        while start < len(words):
            for length in range(min(MAX_WORDS, len(words) - start), 0, -1):
                key = "".join(words[start : start + length])
                codes = self._brands.get(key) or self._names.get(key)
                if codes:
                    hits.append(_Hit(codes, key in self._brands))
                    start += length - 1
                    break
            start += 1
        return hits


def _key(text: str) -> str:
    return fold(text).replace(" ", "")


def _add(table: dict[str, tuple[str, ...]], text: str, code: str) -> None:
    """Enter a name; one that two banks bear stays with both."""
    known = table.get(_key(text), ())
    table[_key(text)] = known if code in known else (*known, code)


def _is_brand(alias: str) -> bool:
    """A code in capitals (NHNo&PTNT, CTG) or a word of no Vietnamese (…bank, Vietin): never a place."""
    return alias.isascii() and (alias.isupper() or " " not in alias or "bank" in alias.lower() or "&" in alias)


def _name_forms(name: str) -> list[str]:
    """A full name with and without its legal form and "Việt Nam"."""
    plain = fold(name)
    forms = [plain]
    for form in _FORMS:
        if plain.startswith(form + " "):
            forms.append(plain[len(form) + 1 :])
            break
    forms += [form.removesuffix(" viet nam") for form in forms if form.endswith(" viet nam")]
    bare = forms[-1]
    forms += [f"{form} {bare}" for form in ("ngan hang tmcp", "ngan hang", "nh", "nh tmcp", "tmcp")]
    return [form for form in dict.fromkeys(forms) if len(form.replace(" ", "")) > 2]


def _before_branch(plain: str) -> str:
    """The words before "chi nhánh", "CN", "PGD"; all of them if it stands first."""
    branch = _BRANCH.search(plain)
    return plain[: branch.start()] if branch and branch.start() > 2 else plain


@cache
def packaged() -> Directory:
    """Return the directory that comes with the program."""
    with (DATA / "banks.csv").open(encoding="utf-8", newline="") as file:
        banks = [
            BankRecord(
                code=row["vietqr_code"],
                short_name=row["short_name"],
                name=row["name"],
                bin=row["bin"],
                bic=row["bic"],
                sbv_code=row["sbv_code3"],
                kind=row["kind"],
                vneid=row["vneid_asxh_linked_2025_08_28"] == "1",
            )
            for row in csv.DictReader(file)
        ]
    with (DATA / "bank_aliases.csv").open(encoding="utf-8", newline="") as file:
        aliases = [(row["vietqr_code"], row["alias"]) for row in csv.DictReader(file)]
    return Directory(banks, aliases)
