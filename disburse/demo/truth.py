"""The demo's proof: the table the pipeline made, compared figure by figure with what the sample's maker knows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_NOT_MEASURES = ("code", "name", "programme")


def differences(sample: Path, document: dict[str, Any]) -> Iterator[str]:
    """Yield every figure that differs from the truth, in words; nothing means the table is right."""
    truth = json.loads((sample / "truth.json").read_text(encoding="utf-8"))
    if document["as_of"] != truth["as_of"]:
        yield f"as_of: {document['as_of']}, expected {truth['as_of']}"
    for level, keys in (("programmes", ("code",)), ("areas", ("code", "programme"))):
        yield from _compare(level, _by_key(document[level], keys), _by_key(truth[level], keys))


def _by_key(rows: list[dict[str, Any]], keys: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    return {"/".join(row[key] for key in keys): row for row in rows}


def _compare(level: str, made: dict[str, dict[str, Any]], known: dict[str, dict[str, Any]]) -> Iterator[str]:
    for key in sorted(made.keys() | known.keys()):
        if key not in made or key not in known:
            yield f"{level} {key}: {'missing' if key in known else 'not expected'}"
            continue
        for name, value in known[key].items():
            if name not in _NOT_MEASURES and made[key].get(name) != value:
                yield f"{level} {key} {name}: {made[key].get(name)}, expected {value}"
