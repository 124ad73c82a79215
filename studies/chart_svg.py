"""Charts as SVG elements for a page, in its colours by day and by night; what is pointed at says its figures."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Sequence

import attrs

from .chart import Chart, Panel, Point, nice_ticks, value_range
from .inspection.palette import COLOURS

WIDTH = 960.0
GAP = 28.0
LETTER = 7.8  # width of a letter of the page's 13 px text, on average
LINE = 20.0
BAR = 13.0
PLOT_HEIGHT = 240.0
LEFT, RIGHT = 44.0, 34.0  # beside a plot: the labels of its lines, half of the last below it
DODGE = 7.0

DASHES = ("", "7 4", "2 3", "9 3 2 3")  # of lines beyond the palette's colours

Scale = Callable[[float], float]


@attrs.frozen
class _Box:
    """Where a panel is drawn."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height


def chart_svg(chart: Chart) -> str:
    """The chart as an ``svg`` element."""
    legend, top = _legend(chart)
    height, parts = _bars(chart, top) if chart.kind == "bars" else _plots(chart, top)
    title = html.escape(chart.title)
    body = "\n".join((*legend, *parts))
    return f'<svg viewBox="0 0 {WIDTH:g} {height:g}" role="img" aria-label="{title}">\n{body}\n</svg>'


def _bars(chart: Chart, top: float) -> tuple[float, list[str]]:
    """Lying bars: the options' names are read without turning the head. All panels share them."""
    labels = min(260.0, LETTER * max((len(tick) for tick in chart.ticks), default=0) + 12)
    width = (WIDTH - labels - GAP * len(chart.panels)) / max(1, len(chart.panels))
    step = BAR * len(chart.series_names) + 10
    box = _Box(labels, top + LINE, width, step * len(chart.ticks))
    parts = [
        _text(labels - 10, box.top + step * (number + 0.5) + 4, tick, "end") for number, tick in enumerate(chart.ticks)
    ]
    low, high = value_range(chart.points)
    ticks = nice_ticks(low, high, 5)
    for number, panel in enumerate(chart.panels):
        here = attrs.evolve(box, left=labels + number * (width + GAP), width=width - 34)  # figures stand at the right
        across = _scale(ticks[0], ticks[-1], here.left, here.right)
        parts.append(_text(here.left, top + 8, panel.title, kind="bold"))
        for tick in ticks:
            parts.append(f'<line class="rule" {_ends(across(tick), here.top, across(tick), here.bottom)}/>')
            parts.append(_text(across(tick), here.bottom + 16, f"{tick:g}", "middle", "soft"))
        for place, series in _coloured(chart, panel):
            for point in series:
                middle = here.top + step * point.x + 5 + BAR * (place + 0.5)
                parts += _bar(point, middle, across, place)
                parts.append(_text(here.right + 34, middle + 4, f"{point.mean:.1f}", "end"))
    parts.append(_text(WIDTH - GAP, box.bottom + 34, "accuracy, %", "end", "soft"))
    return box.bottom + 42, parts


def _bar(point: Point, middle: float, across: Scale, place: int) -> Iterator[str]:
    left, right = across(0.0), across(point.mean)
    half = BAR / 2 - 1
    yield f'<g class="mark"><title>{html.escape(point.note)}</title>'
    shape = f'x="{left:.1f}" y="{middle - half:.1f}" width="{max(0.5, right - left):.1f}" height="{2 * half:.1f}"'
    yield f"<rect {shape}{_fill(place)}/>"
    yield f'<line class="ink" {_ends(across(point.low), middle, across(point.high), middle)}/>'
    for end in (point.low, point.high):
        yield f'<line class="ink" {_ends(across(end), middle - 3, across(end), middle + 3)}/>'
    if point.paper is not None:
        yield _diamond(across(point.paper), middle)
    yield "</g>"


def _plots(chart: Chart, top: float) -> tuple[float, list[str]]:
    """Lines over options or over numbers."""
    columns = min(chart.columns, max(1, len(chart.panels)))
    width = (WIDTH - GAP * (columns - 1)) / columns
    low, high = value_range(chart.points)
    ticks = nice_ticks(low, high)
    parts: list[str] = []
    bottom = top
    for number, panel in enumerate(chart.panels):
        row, column = divmod(number, columns)
        start = top + row * (PLOT_HEIGHT + 76)
        box = _Box(column * (width + GAP) + LEFT, start + LINE, width - LEFT - RIGHT, PLOT_HEIGHT)
        parts += _plot(chart, panel, box, ticks)
        bottom = box.bottom + 48
    return bottom, parts


def _plot(chart: Chart, panel: Panel, box: _Box, ticks: Sequence[float]) -> Iterator[str]:
    up = _scale(ticks[0], ticks[-1], box.bottom, box.top)
    along = _along(chart, box)
    yield _text(box.left - 36, box.top - 10, panel.title, kind="bold")
    for tick in ticks:
        yield f'<line class="rule" {_ends(box.left, up(tick), box.right, up(tick))}/>'
        yield _text(box.left - 8, up(tick) + 4, f"{tick:g}", "end", "soft")
    for x, text in _x_ticks(chart):
        yield _text(along(x), box.bottom + 18, text, "middle", "soft")
    yield _text(box.right, box.bottom + 38, chart.x_label, "end", "soft")
    every = len(chart.series_names)
    for place, points in _coloured(chart, panel):
        shift = 0.0 if chart.kind == "curves" else DODGE * (place - (every - 1) / 2)
        spots = [(along(point.x) + shift, up(point.mean)) for point in points]
        colour = COLOURS[place % len(COLOURS)]
        if chart.kind == "curves":
            yield _band(points, along, up, colour)
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
        yield f'<polyline points="{path}" fill="none" stroke-width="2"{_stroke(place)}/>'
        for point, (x, y) in zip(points, spots, strict=True):
            yield f'<g class="mark"><title>{html.escape(point.note)}</title>'
            if chart.kind == "lines":
                yield f'<line {_ends(x, up(point.low), x, up(point.high))} stroke="{colour}" stroke-width="2"/>'
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{4 if chart.kind == "lines" else 2.5}" fill="{colour}"/>'
            if point.paper is not None:
                yield _diamond(x, up(point.paper), colour)
            yield "</g>"


def _band(points: Sequence[Point], along: Scale, up: Scale, colour: str) -> str:
    there = [f"{along(point.x):.1f},{up(point.high):.1f}" for point in points]
    back = [f"{along(point.x):.1f},{up(point.low):.1f}" for point in reversed(points)]
    return f'<polygon points="{" ".join((*there, *back))}" fill="{colour}" fill-opacity="0.15"/>'


def _along(chart: Chart, box: _Box) -> Scale:
    if chart.ticks:
        room = box.width / len(chart.ticks)
        return lambda x: box.left + room * (x + 0.5)
    return _scale(0.0, max([point.x for point in chart.points], default=1.0), box.left, box.right)


def _x_ticks(chart: Chart) -> list[tuple[float, str]]:
    if chart.ticks:
        return [(float(number), text) for number, text in enumerate(chart.ticks)]
    highest = max([point.x for point in chart.points], default=1.0)
    return [(tick, f"{tick:,.0f}") for tick in nice_ticks(0.0, highest, 5) if tick <= highest]


def _legend(chart: Chart) -> tuple[list[str], float]:
    """The colours' names, in as many lines as they need; and where the chart goes on below it."""
    parts: list[str] = []
    x, y = 0.0, 14.0
    names = chart.series_names if len(chart.series_names) > 1 else ()
    entries = [*enumerate(names), *([(-1, "the paper")] if chart.has_paper else [])]
    for place, name in entries:
        wide = LETTER * len(name) + 46
        if x and x + wide > WIDTH:
            x, y = 0.0, y + LINE
        if place < 0:
            parts.append(_diamond(x + 11, y - 4))
        elif chart.kind == "bars":
            parts.append(f'<rect x="{x:.1f}" y="{y - 10:.1f}" width="12" height="12"{_fill(place)}/>')
        else:
            parts.append(f'<line {_ends(x, y - 4, x + 22, y - 4)} stroke-width="2.5"{_stroke(place)}/>')
        parts.append(_text(x + 28, y, name))
        x += wide
    return parts, y + 16 if entries else 8.0


def _coloured(chart: Chart, panel: Panel) -> Iterator[tuple[int, tuple[Point, ...]]]:
    """The place of each series' colour, and its points."""
    places = {name: place for place, name in enumerate(chart.series_names)}
    for series in panel.series:
        yield places[series.name], series.points


def _fill(place: int) -> str:
    return f' fill="{COLOURS[place % len(COLOURS)]}"'


def _stroke(place: int) -> str:
    """Colour and dashes of a line."""
    dash = DASHES[place // len(COLOURS) % len(DASHES)]
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f' stroke="{COLOURS[place % len(COLOURS)]}"{dashes}'


def _diamond(x: float, y: float, colour: str = "") -> str:
    shape = f"M{x:.1f} {y - 5:.1f}l5 5-5 5-5-5z"
    stroke = f'stroke="{colour}"' if colour else 'class="ink"'
    return f'<path d="{shape}" fill="none" {stroke} stroke-width="1.5"/>'


def _scale(low: float, high: float, start: float, end: float) -> Scale:
    return lambda value: start + (end - start) * (value - low) / ((high - low) or 1.0)


def _ends(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'


def _text(x: float, y: float, text: str, anchor: str = "start", kind: str = "") -> str:
    style = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{style}>{html.escape(text)}</text>'
