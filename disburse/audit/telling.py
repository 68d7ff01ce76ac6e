"""An event told to a person: one sentence, what was before and after, and the facts that remain. Never JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from disburse.audit.facts import LABELS, VALUES
from disburse.audit.sentences import ANYTHING, OBJECTS, SENTENCES, UNKNOWN
from disburse.audit.tables import AuditEvent

_MOST = 6  # facts beside a sentence; more is a report
_LONGEST = 120
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_DIGEST = re.compile(r"[0-9a-f]{32,}")
# Writers mask personal numbers already; whatever slips through is masked once more before anyone reads it.
_NUMBER = re.compile(r"\d{5,}(?=\d{4})")

_TAIL = re.compile(r"…(\d{3,4})\b")  # how the records of links and people write a masked number


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed: its name, and both values in words; "" is nothing."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Told:
    """An event in words."""

    sentence: str
    changes: tuple[Change, ...]
    facts: tuple[tuple[str, str], ...]


Meanings = Mapping[str, tuple[str, str]]


def tell(event: AuditEvent, lang: str, *, who: str, whom: str = "", meanings: Meanings | None = None) -> Told:
    """Tell an event. `who` and `whom` are names the reader may see; without `whom` its kind stands for it.

    `meanings` are codes of features above this one, in Vietnamese and English: why a bank says no, and the like.
    """
    column = 0 if lang == "vi" else 1
    template = SENTENCES.get(event.action, UNKNOWN)[column]
    whom = whom or OBJECTS.get(event.object_type, ANYTHING)[column]
    told = _meant(event.facts, meanings or {}, column)
    facts = {name: shown(value, lang) for name, value in told.items()}
    words = _Words(facts | {"who": who, "whom": whom, "action": event.action})
    sentence = template.format_map(words)
    said = set(re.findall(r"{(\w+)}", template)) | {"before", "after", "from", "to"} | _pairs(told).keys()
    left = [(label(name, lang), text) for name, text in facts.items() if name not in said and text]
    return Told(sentence[:1].upper() + sentence[1:], tuple(_changes(told, lang)), tuple(left[:_MOST]))


class _Words(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"  # an older event that did not yet say this


def _meant(value: Any, meanings: Meanings, column: int) -> Any:
    if isinstance(value, Mapping):
        return {name: _meant(one, meanings, column) for name, one in value.items()}
    if isinstance(value, list):
        return [_meant(one, meanings, column) for one in value]
    return meanings[value][column] if isinstance(value, str) and value in meanings else value


def _pairs(facts: Mapping[str, Any]) -> dict[str, dict[str, list[Any]]]:
    """Return the facts that say field by field what became what: {"changes": {"name": ["Lan", "Lan Anh"]}}."""
    return {
        name: value
        for name, value in facts.items()
        if isinstance(value, dict) and value and all(isinstance(one, list) and len(one) == 2 for one in value.values())
    }


def _changes(facts: Mapping[str, Any], lang: str) -> list[Change]:
    if changed := _pairs(facts):
        fields = [(field, pair) for fact in changed.values() for field, pair in fact.items()]
        return [Change(label(field, lang), *(shown(one, lang) for one in pair)) for field, pair in fields]
    before, after = facts.get("before", facts.get("from")), facts.get("after", facts.get("to"))
    if isinstance(before, dict) or isinstance(after, dict):
        one, two = before if isinstance(before, dict) else {}, after if isinstance(after, dict) else {}
        names = dict.fromkeys([*one, *two])
        pairs = [(label(name, lang), shown(one.get(name), lang), shown(two.get(name), lang)) for name in names]
        return [Change(*pair) for pair in pairs if pair[1] != pair[2]]
    if before is None and after is None:
        return []
    return [Change("", shown(before, lang), shown(after, lang))]


def label(name: str, lang: str) -> str:
    """Return what a fact is called; an unknown one by its own name, readable."""
    return LABELS[name][0 if lang == "vi" else 1] if name in LABELS else name.replace("_", " ")


def shown(value: Any, lang: str) -> str:
    """Return a fact's value as words; ids and digests, which say nothing to a person, as ""."""
    column = 0 if lang == "vi" else 1
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return (("không", "no"), ("có", "yes"))[value][column]
    if isinstance(value, dict):
        parts = [(label(str(name), lang), shown(one, lang)) for name, one in value.items()]
        return _short("; ".join(f"{name}: {text}" for name, text in parts if text))
    if isinstance(value, list | tuple):
        return _short(", ".join(text for one in value if (text := shown(one, lang))))
    text = str(value)
    if text in VALUES:
        return VALUES[text][column]
    if _UUID.fullmatch(text) or _DIGEST.fullmatch(text):
        return ""
    day = re.fullmatch(r"(\d{4})-(\d{2})(?:-(\d{2}))?", text)
    if day:
        return "/".join(part for part in reversed(day.groups()) if part)
    if isinstance(value, int):
        return f"{value:,}".replace(",", "." if lang == "vi" else ",")
    return _short(_TAIL.sub(r"•••• \1", _NUMBER.sub("•••• ", text)))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
