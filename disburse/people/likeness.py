"""When two statements may be about one person: births of any precision, given names. No database."""

from __future__ import annotations

from datetime import date

Birth = tuple[date, str] | None  # a day and the precision (day, month, year) to which it is known


def same_given_name(one: str, other: str) -> bool:
    """Say whether two folded names may be one person's under one number: the given name, last in order, agrees."""
    if not one or not other:
        return False
    return one.rsplit(" ", 1)[-1] == other.rsplit(" ", 1)[-1] or one.replace(" ", "") == other.replace(" ", "")


def same_name(one: str, other: str) -> bool:
    """Say whether two folded names may be one, the middle of either left out or abbreviated: "nguyen v. tam"."""
    if one.replace(" ", "") == other.replace(" ", ""):
        return True
    a, b = one.split(), other.split()
    if min(len(a), len(b)) < 2 or (a[0], a[-1]) != (b[0], b[-1]):
        return False
    few, many = sorted(([word.rstrip(".") for word in words[1:-1]] for words in (a, b)), key=len)
    left = iter(many)
    return all(any(one.startswith(part) or part.startswith(one) for one in left) for part in few)


def same_by_old_id(one: str, one_birth: Birth, other: str, other_birth: Birth) -> bool:
    """Say whether one old ID under two names is one person's: given names alone are too common for that.

    The whole name agrees, or the given name and a birthday known to the day on both sides.
    """
    if not births_agree(one_birth, other_birth):
        return False
    to_the_day = one_birth is not None and one_birth == other_birth and one_birth[1] == "day"
    return same_name(one, other) or (to_the_day and same_given_name(one, other))


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
