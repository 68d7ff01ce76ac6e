"""When two statements may be about one person: births of any precision, given names. No database."""

from __future__ import annotations

from datetime import date

Birth = tuple[date, str] | None  # a day and the precision (day, month, year) to which it is known


def same_given_name(one: str, other: str) -> bool:
    """Say whether two folded names may be one person's under one number: the given name, last in order, agrees."""
    if not one or not other:
        return False
    return one.rsplit(" ", 1)[-1] == other.rsplit(" ", 1)[-1] or one.replace(" ", "") == other.replace(" ", "")


def births_agree(one: Birth, other: Birth) -> bool:
    """Say whether two births may be the same: what is missing, or less precise, contradicts nothing.

    1 January stands for "only the year is known" far more often than for a birthday.
    """
    if one is None or other is None:
        return True
    (a, a_precision), (b, b_precision) = one, other
    if a.year != b.year:
        return False
    if "year" in (a_precision, b_precision) or (1, 1) in ((a.month, a.day), (b.month, b.day)):
        return True
    return a.month == b.month and ("month" in (a_precision, b_precision) or a.day == b.day)
