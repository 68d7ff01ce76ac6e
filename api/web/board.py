"""The progress table arranged for the eye: one row a commune, programmes side by side, sums, order and colours."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from api.web.shapes import SMALL, step
from disburse.progress.measures import Funnel
from disburse.progress.queries import AreaRow, ProgressDocument

# What the funnel of a programme shows, from the whole list to the money: the stage and its words.
FUNNEL_STAGES: tuple[tuple[str, str], ...] = (
    ("id_valid", "CCCD hợp lệ"),
    ("verified", "Đã xác thực dân cư"),
    ("registered", "Đã đăng ký tài khoản"),
    ("confirmed", "Ngân hàng đã xác nhận"),
    ("paid", "Đã chi trả qua tài khoản"),
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One programme in one commune."""

    programme: str
    funnel: Funnel
    target: int | None
    gap: int | None

    @property
    def registered(self) -> int:
        return self.funnel.registered

    @property
    def total(self) -> int:
        return self.funnel.total

    @property
    def rate(self) -> float:
        """Return the registered share, 0 to 100."""
        return 100 * self.registered / self.total if self.total else 0.0

    @property
    def target_rate(self) -> float | None:
        """Return where the target stands on the bar, 0 to 100."""
        if self.target is None or not self.total:
            return None
        return min(100.0, 100 * self.target / self.total)

    @property
    def verdict(self) -> str:
        """Return reached, below or far (below by a quarter of the target or more); empty without a target."""
        if self.target is None or self.gap is None:
            return ""
        if self.gap <= 0:
            return "reached"
        return "far" if self.gap * 4 >= self.target else "below"


@dataclass(frozen=True, slots=True)
class Row:
    """One commune: a cell for each programme shown (None where it has nobody), and their sum."""

    code: str
    name: str
    sort_key: str
    cells: tuple[Cell | None, ...]
    total: Cell
    rank: int | None = None

    @property
    def small(self) -> bool:
        """Say whether there are too few people for the rate to mean much."""
        return self.total.total < SMALL

    @property
    def colour(self) -> int:
        """Return the step of the colour scale, 1 to 5; 0 for nothing to measure."""
        return step(self.total.registered, self.total.total)


@dataclass(frozen=True, slots=True)
class Board:
    """The whole table, with its sums."""

    programmes: tuple[str, ...]
    rows: tuple[Row, ...]
    sums: tuple[Cell, ...]
    total: Cell
    has_target: bool

    def steps(self) -> list[int]:
        """Return how many communes stand in each step of the colour scale, 1 to 5."""
        return [sum(row.colour == index for row in self.rows) for index in range(1, 6)]

    @property
    def behind(self) -> int:
        """Return how many communes are behind a target."""
        return sum(any(cell and cell.verdict in ("below", "far") for cell in row.cells) for row in self.rows)

    @property
    def remaining(self) -> int:
        """Return how many are not yet registered."""
        return self.total.total - self.total.registered


def board_of(document: ProgressDocument, *, sort: str) -> Board:
    """Arrange the document; `sort` is name, total, rate, gap or a programme's code, `-` before it turns it round."""
    codes = tuple(row.code for row in document.programmes)
    communes: dict[str, dict[str, AreaRow]] = {}
    for area in document.areas:
        communes.setdefault(area.code, {})[area.programme] = area
    rows = [_row(found, codes) for found in communes.values()]
    sums = tuple(
        Cell(row.code, row.funnel, *_target(area for area in document.areas if area.programme == row.code))
        for row in document.programmes
    )
    return Board(
        programmes=codes,
        rows=tuple(_ordered(rows, codes, sort)),
        sums=sums,
        total=_sum(sums),
        has_target=any(area.target is not None for area in document.areas),
    )


def _row(found: dict[str, AreaRow], codes: tuple[str, ...]) -> Row:
    one = next(iter(found.values()))
    cells = tuple(
        Cell(code, found[code].funnel, found[code].target, found[code].gap) if code in found else None for code in codes
    )
    return Row(one.code, one.name, one.sort_key, cells, _sum(cell for cell in cells if cell))


def _target(areas: Iterable[AreaRow]) -> tuple[int | None, int | None]:
    with_target = [area for area in areas if area.target is not None]
    if not with_target:
        return None, None
    return sum(area.target or 0 for area in with_target), sum(area.gap or 0 for area in with_target)


def _sum(cells: Iterable[Cell]) -> Cell:
    found = list(cells)
    funnel = sum((cell.funnel for cell in found), Funnel())
    targets = [cell for cell in found if cell.target is not None]
    if not targets:
        return Cell("", funnel, None, None)
    return Cell("", funnel, sum(cell.target or 0 for cell in targets), sum(cell.gap or 0 for cell in targets))


def _ordered(rows: list[Row], codes: tuple[str, ...], sort: str) -> list[Row]:
    backwards, key = sort.startswith("-"), sort.lstrip("-")
    measure: Callable[[Row], Any] = {
        "name": lambda row: row.sort_key,
        "total": lambda row: row.total.total,
        "gap": lambda row: row.total.gap or 0,
    }.get(key, lambda row: row.total.rate)
    if key in codes:
        measure = _rate_of(codes.index(key))
    ranked = sorted(sorted(rows, key=lambda row: row.sort_key), key=measure, reverse=backwards)
    if key not in ("name", "total"):  # few people make a rate, not an order
        ranked = [row for row in ranked if not row.small] + [row for row in ranked if row.small]
    by_rate = sorted((row for row in rows if not row.small), key=lambda row: -row.total.rate)
    places = {row.code: place for place, row in enumerate(by_rate, start=1)}
    return [Row(row.code, row.name, row.sort_key, row.cells, row.total, places.get(row.code)) for row in ranked]


def _rate_of(place: int) -> Callable[[Row], float]:
    def rate(row: Row) -> float:
        cell = row.cells[place]
        return cell.rate if cell else -1.0

    return rate
