"""Record linkage for Vietnamese people: two frames in, scored pairs with reasons out.

Public names are loaded on first use (PEP 562), so that `matching.text` and `matching.identity`
can be imported without paying for pandas.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matching.evaluate import Evaluation, evaluate
    from matching.explain import Explanation, explain
    from matching.link import LinkResult, link
    from matching.preview import Preview, preview
    from matching.refit import Refit, refit
    from matching.settings import Settings

_HOME = {
    "Evaluation": "matching.evaluate",
    "evaluate": "matching.evaluate",
    "Explanation": "matching.explain",
    "explain": "matching.explain",
    "LinkResult": "matching.link",
    "link": "matching.link",
    "Preview": "matching.preview",
    "preview": "matching.preview",
    "Refit": "matching.refit",
    "refit": "matching.refit",
    "Settings": "matching.settings",
}

__all__ = [
    "Evaluation",
    "Explanation",
    "LinkResult",
    "Preview",
    "Refit",
    "Settings",
    "evaluate",
    "explain",
    "link",
    "preview",
    "refit",
]


def __getattr__(name: str) -> Any:
    """Load a public name from its module on first use."""
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'matching' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)


class _Package(ModuleType):
    """`matching.link` is the function, also after the module of the same name was imported."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _HOME and isinstance(value, ModuleType):
            value = getattr(value, name)
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
