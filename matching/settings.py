"""What a run is made with: a dated set of weights and two thresholds. Nothing here changes by itself."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Any

LATEST = "vn-2026-11-28-2"


@dataclass(slots=True, frozen=True)
class Settings:
    """A preset: its name and date, thresholds as calibrated probabilities, weights in natural log odds.

    `weights["field.level"]` is the base; `weights["field.level|stratum"]` is added inside a stratum (how the numbers
    compare, how precise the birth dates are). `calibration` maps raw log odds to calibrated ones, as points.
    `climate`: per kind of pair, the share with equal numbers in the lists the preset was fitted on (see `climate`).
    `shares`: per level, its share among matches and among strangers there (what `refit` compares with).
    """

    name: str
    date: str
    accept: float = 0.997
    review: float = 0.31
    weights: dict[str, float] = field(default_factory=dict, repr=False)
    calibration: tuple[tuple[float, float], ...] = ()
    climate: dict[str, float] = field(default_factory=dict, repr=False)
    shares: dict[str, tuple[float, float]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if not 0.5 < self.accept <= 1.0:
            raise ValueError("accept must lie between 0.5 and 1: two rivals could both be accepted below")
        if not 0.0 < self.review <= self.accept:
            raise ValueError("review must lie between 0 and accept")

    @staticmethod
    def preset(name: str = LATEST) -> Settings:
        """A packaged preset by name; KeyError if there is none."""
        return _read(name)

    def with_thresholds(self, accept: float | None = None, review: float | None = None) -> Settings:
        """The same weights with other thresholds."""
        accept = self.accept if accept is None else accept
        return replace(self, accept=accept, review=self.review if review is None else review)

    def to_json(self) -> str:
        """The whole preset as text, for storing beside decisions."""
        return json.dumps(
            {
                "name": self.name, "date": self.date, "accept": self.accept, "review": self.review,
                "weights": self.weights, "climate": self.climate, "shares": self.shares,
                "calibration": [list(p) for p in self.calibration],
            },
            ensure_ascii=False, indent=1,
        )  # fmt: skip

    @staticmethod
    def from_json(text: str) -> Settings:
        """What `to_json` wrote."""
        raw: dict[str, Any] = json.loads(text)
        points = tuple((float(x), float(y)) for x, y in raw.pop("calibration"))
        shares = {k: (float(m), float(u)) for k, (m, u) in raw.pop("shares", {}).items()}
        return Settings(calibration=points, shares=shares, **raw)


@cache
def _read(name: str) -> Settings:
    table = files("matching").joinpath(f"presets/{name}.json")
    if not table.is_file():
        raise KeyError(name)
    return Settings.from_json(table.read_text(encoding="utf-8"))
