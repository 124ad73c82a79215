"""Charts as PNG pictures, for papers and slides."""

from __future__ import annotations

import io
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.typing import LineStyleType

from .chart import Chart, Panel, value_range
from .inspection.axes import FRAME, INK, MUTED, RULE
from .inspection.palette import COLOURS

_DPI = 150
_PANEL_IN = 4.6
_BAR_IN = 0.2
_DASHES: tuple[LineStyleType, ...] = ("-", "--", ":", "-.")  # of lines beyond the palette's colours


def chart_png(chart: Chart) -> bytes:
    """The chart as the bytes of a PNG file."""
    count = max(1, len(chart.panels))
    columns = count if chart.kind == "bars" else min(chart.columns, count)
    rows = -(-count // columns)
    series = max(1, len(chart.series_names))
    high = 1.6 + len(chart.ticks) * (_BAR_IN * series + 0.12) if chart.kind == "bars" else 1.0 + 3.2 * rows
    figure = Figure(figsize=(1.2 + _PANEL_IN * columns, high), dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(rows, columns, squeeze=False, sharey=True).flatten()
    for panel, place in zip(chart.panels, axes, strict=False):
        _draw(chart, panel, place)
    for place in axes[len(chart.panels) :]:
        place.set_visible(False)
    figure.suptitle(chart.title, fontsize=11, color=INK, x=0.01, ha="left")
    _legend(chart, figure)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def _draw(chart: Chart, panel: Panel, axes: Axes) -> None:
    every = max(1, len(chart.series_names))
    for series in panel.series:
        place = chart.series_names.index(series.name)
        colour = COLOURS[place % len(COLOURS)]
        x = [point.x for point in series.points]
        means = [point.mean for point in series.points]
        errors = [[p.mean - p.low for p in series.points], [p.high - p.mean for p in series.points]]
        shift = (place - (every - 1) / 2) * (0.8 / every if chart.kind == "bars" else 0.06)
        shifted = [at + shift for at in x]
        papers = [
            (at, point.paper) for at, point in zip(shifted, series.points, strict=True) if point.paper is not None
        ]
        if chart.kind == "bars":
            axes.barh(shifted, means, 0.8 / every, xerr=errors, color=colour, ecolor=INK, error_kw={"elinewidth": 1})
            _mark_paper(axes, [paper for _, paper in papers], [at for at, _ in papers], INK)
        elif chart.kind == "lines":
            style = _DASHES[place // len(COLOURS) % len(_DASHES)]
            axes.errorbar(
                shifted, means, errors, color=colour, marker="o", markersize=4, linewidth=1.5, linestyle=style
            )
            _mark_paper(axes, [at for at, _ in papers], [paper for _, paper in papers], colour)
        else:
            axes.plot(x, means, color=colour, linewidth=1.5, linestyle=_DASHES[place // len(COLOURS) % len(_DASHES)])
            axes.fill_between(
                x, [p.low for p in series.points], [p.high for p in series.points], color=colour, alpha=0.15
            )
    _dress(chart, panel, axes)


def _mark_paper(axes: Axes, x: Sequence[float], y: Sequence[float], colour: str) -> None:
    axes.scatter(x, y, s=28, marker="D", facecolors="none", edgecolors=colour, linewidths=1.2, zorder=3)


def _dress(chart: Chart, panel: Panel, axes: Axes) -> None:
    axes.set_title(panel.title, fontsize=10, loc="left", color=INK)
    _, high = value_range(chart.points)
    if chart.kind == "bars":
        axes.set_yticks(range(len(chart.ticks)), chart.ticks)
        axes.set_ylim(len(chart.ticks) - 0.4, -0.6)
        axes.set_xlim(0, high * 1.04)
        axes.set_xlabel("accuracy, %", color=MUTED, fontsize=8)
    else:
        axes.set_ylim(0, high * 1.04)
        axes.set_ylabel("accuracy, %", color=MUTED, fontsize=8)
        axes.set_xlabel(chart.x_label, color=MUTED, fontsize=8)
        if chart.ticks:
            axes.set_xticks(range(len(chart.ticks)), chart.ticks)
            axes.set_xlim(-0.5, len(chart.ticks) - 0.5)
        else:
            axes.set_xlim(left=0)
            axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.tick_params(colors=MUTED, labelsize=8, labelcolor=INK)
    axes.grid(True, axis="x" if chart.kind == "bars" else "y", color=RULE, linewidth=0.8)
    axes.set_axisbelow(True)
    for side, spine in axes.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(FRAME)


def _legend(chart: Chart, figure: Figure) -> None:
    names = chart.series_names if len(chart.series_names) > 1 else ()
    handles = []
    for place, name in enumerate(names):
        colour = COLOURS[place % len(COLOURS)]
        if chart.kind == "bars":
            handles.append(Line2D([], [], color=colour, marker="s", linestyle="", markersize=7, label=name))
        else:
            style = _DASHES[place // len(COLOURS) % len(_DASHES)]
            handles.append(Line2D([], [], color=colour, linestyle=style, linewidth=2, label=name))
    if chart.has_paper:
        handles.append(
            Line2D([], [], marker="D", markerfacecolor="none", color=INK, linestyle="", markersize=5, label="the paper")
        )
    if handles:
        columns = min(len(handles), 3)
        figure.legend(handles=handles, loc="outside lower center", ncols=columns, frameon=False, fontsize=8)
