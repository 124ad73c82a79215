"""Charts of a study, as data: what is drawn twice, for the page (``chart_svg``) and as pictures (``chart_png``)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

import attrs

from .cells import Cell
from .outcome import Outcome, Summary
from .study import Figure

ChartKind: TypeAlias = Literal["bars", "lines", "curves"]


@attrs.frozen
class Point:
    """A percentage with its interval, at ``x``: a number, or the place of an option. ``note`` says it in words."""

    x: float
    mean: float
    low: float
    high: float
    note: str
    paper: float | None = None


@attrs.frozen
class Series:
    """Points that belong together."""

    name: str
    points: tuple[Point, ...]


@attrs.frozen
class Panel:
    """Series on common axes."""

    title: str
    series: tuple[Series, ...]


@attrs.frozen
class Chart:
    """Panels, at most so many ``columns`` of them. ``ticks`` are the options at x = 0, 1, ...; curves have none."""

    kind: ChartKind
    name: str
    title: str
    x_label: str
    ticks: tuple[str, ...]
    panels: tuple[Panel, ...]
    columns: int = 2

    @property
    def series_names(self) -> tuple[str, ...]:
        """All series, in the order in which they get their colours."""
        return tuple(dict.fromkeys(series.name for panel in self.panels for series in panel.series))

    @property
    def points(self) -> list[Point]:
        """All points of all panels."""
        return [point for panel in self.panels for series in panel.series for point in series.points]

    @property
    def has_paper(self) -> bool:
        """Whether there is anything of a publication to compare with."""
        return any(point.paper is not None for point in self.points)


def options_chart(outcome: Outcome, figure: Figure, name: str) -> Chart:
    """Bars or lines over the options of an axis, a series for each combination of the other axes."""
    plan = outcome.plan
    axis = plan.study.axes[figure.x]
    there = {cell.choice[figure.x] for cell in plan.cells}
    ticks = tuple(option for option in axis.options if option in there)
    collected = Collection(figure)
    for measure in figure.measures or plan.measures:
        for number, cell in enumerate(plan.cells):
            summary = outcome.summaries.get((number, measure))
            if summary is not None:
                note = f"{cell.label}, {measure}: {in_words(summary)}"
                point = Point(
                    ticks.index(cell.choice[figure.x]), summary.mean, summary.low, summary.high, note, summary.paper
                )
                collected.add(measure, cell, point)
    title = figure.title or plan.study.title
    kind: ChartKind = "bars" if figure.kind == "bars" else "lines"
    return Chart(kind, name, title, axis.label or figure.x, ticks, collected.panels, collected.columns)


class Collection:
    """Collects the points of a figure by panel and series."""

    def __init__(self, figure: Figure) -> None:
        self._figure = figure
        self._found: dict[str, dict[str, list[Point]]] = {}
        self._options: dict[str, None] = {}

    def add(self, measure: str, cell: Cell, point: Point) -> None:
        """Add a point to the panel and series that it belongs to."""
        figure = self._figure
        panel = measure
        if figure.panels:
            option = cell.choice[figure.panels]
            self._options[option] = None
            panel = f"{option}: {measure}"
        others = [option for axis, option in cell.choice.items() if axis not in (figure.x, figure.panels)]
        self._found.setdefault(panel, {}).setdefault(" / ".join(others), []).append(point)

    @property
    def panels(self) -> tuple[Panel, ...]:
        """The panels, in the order in which their first points came."""
        return tuple(
            Panel(title, tuple(Series(name, tuple(points)) for name, points in series.items()))
            for title, series in self._found.items()
        )

    @property
    def columns(self) -> int:
        """How many panels stand side by side."""
        return min(3, max(2, len(self._options)))


def in_words(summary: Summary) -> str:
    """``61.3 % (58.9 to 63.7, 3 seeds); the paper: 68.8 %``."""
    seeds = f"{summary.seeds} seeds" if summary.seeds > 1 else f"1 seed, {summary.n} images"
    paper = "" if summary.paper is None else f"; the paper: {summary.paper:g} %"
    return f"{summary.mean:.1f} % ({summary.low:.1f} to {summary.high:.1f}, {seeds}){paper}"


def nice_ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round numbers that cover a range."""
    span = max(high - low, 1e-9)
    steps = [base * 10**power for power in range(-3, 12) for base in (1, 2, 5)]
    step = next(one for one in steps if span / one <= most)
    first = step * int(low // step)
    ticks: list[float] = []
    while not ticks or ticks[-1] < high - 1e-9:
        ticks.append(first + step * len(ticks))
    return ticks


def value_range(points: Sequence[Point]) -> tuple[float, float]:
    """What an axis of percentages has to cover, from 0."""
    highest = max([max(point.high, point.paper or 0.0) for point in points], default=100.0)
    return 0.0, min(100.0, highest)
