"""Errors as a code with facts. The wording stands in wording/; the HTTP status in api/errors.py."""

from __future__ import annotations

from traceback import walk_tb
from typing import Any

from disburse.wording import ERRORS


class DisburseError(Exception):
    """Something a person can understand and act on: a stable code and the facts its sentence needs."""

    def __init__(self, code: str, /, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts

    def sentence(self, lang: str = "vi") -> str:
        """Return what is wrong and what to do, in one line of Vietnamese (`vi`) or English (`en`)."""
        column = 0 if lang == "vi" else 1
        # A fact that is itself a word comes as the pair of its two languages.
        facts = {name: fact[column] if isinstance(fact, tuple) else fact for name, fact in self.facts.items()}
        return ERRORS[self.code][column].format(**facts)

    def as_json(self) -> dict[str, Any]:
        """Return code and facts as JSON values, to be said later in any language."""
        plain = (str, int, float, bool, tuple, type(None))
        facts = {name: fact if isinstance(fact, plain) else str(fact) for name, fact in self.facts.items()}
        return {"code": self.code, "facts": facts}

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> DisburseError:
        """Rebuild an error from `as_json`; a pair of words, which JSON knows as a list, is a pair again."""
        facts = {name: tuple(fact) if isinstance(fact, list) else fact for name, fact in found["facts"].items()}
        return cls(found["code"], **facts)

    def __str__(self) -> str:
        return self.sentence("en") if self.code in ERRORS else self.code


class Invalid(DisburseError):
    """The input cannot be used as it is."""


class NotFound(DisburseError):
    """No such object, or none that the actor may see: the two are never told apart."""


class Conflict(DisburseError):
    """The state of things forbids it now."""


class Denied(DisburseError):
    """The actor may not do this."""


class Unavailable(DisburseError):
    """Something we depend on is missing: the key, the database, the disk."""


def place_of(error: BaseException) -> str:
    """Return where an error that nobody foresaw arose, as `module:line`: the innermost of ours, else of anybody's.

    Its message is for nobody's log or page: it may quote a row of the database or a cell of a file.
    """
    frames = [(frame.f_globals.get("__name__", "?"), line) for frame, line in walk_tb(error.__traceback__)]
    ours = [frame for frame in frames if frame[0].partition(".")[0] in ("api", "disburse", "matching")]
    for module, line in reversed(ours or frames):
        return f"{module}:{line}"
    return "?"
