"""What people write in their own words: a reason, a note, an address. No whole personal number stands in it.

Citizen IDs, old IDs, phones and accounts are sealed and masked everywhere else. A text must not be the way around that,
least of all one that goes into the log, which nobody can mend afterwards.
"""

from __future__ import annotations

import re
from typing import Any

from disburse.errors import Invalid

# Nine digits and more, however they are set apart: "0510 - 5100 - 0123", "051/051/000/123".
_WHOLE = re.compile(r"\d(?:[\W_]{0,3}\d){8,}")
# What may stand near other numbers and is none of them: days, months, numbers of papers, sums with their unit, lists.
_OTHER = re.compile(
    r"(?<!\d)(?:"
    r"(?:0?[1-9]|[12]\d|3[01])[./-](?:0?[1-9]|1[0-2])[./-](?:19|20)\d\d"
    r"|(?:19|20)\d\d-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?"
    r"|(?<!/)\d{1,4}/(?:19|20)\d\d(?!/)"
    r"|[1-9]\d{0,2}(?:[.,]\d{3}){1,3}(?=\s?(?:đ|Đ|vn[dđ]|VN[DĐ]))"
    r"|(?:19|20)\d\d(?:(?:, ?| và | - )(?:19|20)\d\d)+"
    r"|\d{1,2}(?:, \d{1,2})+"
    r")(?![\d])"
)
_RUN = re.compile(r"\d{9,}")
_ID_OR_DIGEST = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{32,128}")


def without_numbers(text: str) -> str:
    """Return `text` as it is; raises Invalid("text_number") where a whole personal number stands in it."""
    if found := _WHOLE.search(_OTHER.sub("x", text)):
        raise Invalid("text_number", shown=found.group()[-4:])
    return text


def numbers_hidden(text: str) -> str:
    """Return what somebody else wrote, with all but the last four digits hidden of what `without_numbers` refuses."""
    if _WHOLE.search(text) is None:
        return text
    shown, at = [], 0
    for other in _OTHER.finditer(text):
        shown += [_hide(text[at : other.start()]), other.group()]
        at = other.end()
    return "".join([*shown, _hide(text[at:])])


def _hide(text: str) -> str:
    return _WHOLE.sub(lambda found: "•••• " + "".join(one for one in found.group() if one.isdigit())[-4:], text)


def holds_run(text: str) -> bool:
    """Say whether nine digits and more stand together anywhere: most texts need no closer look."""
    return _RUN.search(text) is not None


def masked(value: Any) -> Any:
    """Return JSON values with all but the last four digits of every long number hidden; ids and digests stay."""
    if isinstance(value, str):
        if not holds_run(value) or _ID_OR_DIGEST.fullmatch(value):
            return value
        return _RUN.sub(lambda found: f"•••• {found.group()[-4:]}", value)
    if isinstance(value, dict):
        return {name: masked(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [masked(one) for one in value]
    return value
