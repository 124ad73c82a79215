"""Accuracy against factors as figures: a panel a parameter, and a ranking of what separates hits from misses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

from .axes import BLUE, INK, MUTED, ORANGE, dress, new_figure, png
from .factor_accuracy import ValueAccuracy, ValueBin
from .factor_separation import Separation

COLUMNS = 3
PANEL_IN = (3.9, 2.9)
BAR = "#83aed6"
LONGEST_WORDS = 22
MOST_RANKED = 20


def factor_figure(found: Sequence[ValueAccuracy], ranked: Mapping[str, Separation], accuracy: float) -> bytes:
    """The panels of one factor; ``ranked`` by column, ``accuracy`` is that of all images. PNG."""
    rows, low = -(-len(found) // COLUMNS), _least(found, accuracy)
    columns = min(COLUMNS, len(found))
    figure = new_figure(PANEL_IN[0] * columns, PANEL_IN[1] * rows + 0.35)
    grid = figure.add_gridspec(rows, columns)
    for number, values in enumerate(found):
        place = grid[number // columns, number % columns]
        if values.kind == "direction":
            axes = figure.add_subplot(place, projection="polar")
            _directions(axes, values, accuracy)
        else:
            axes = figure.add_subplot(place)
            (_numbers if values.kind == "number" else _choices)(axes, values, accuracy)
            if values.kind == "number":
                axes.set_ylim(low, 101.5)
        _title(axes, values, ranked.get(values.column))
    _explain(figure, any(each.fixed for each in found), columns)
    return png(figure)


def ranking_figure(ranked: Sequence[Separation]) -> bytes:
    """How far the accuracies of each column's bins lie apart beyond chance, the most first, as PNG."""
    shown = ranked[:MOST_RANKED]
    figure = new_figure(9.0, 1.1 + 0.3 * len(shown))
    axes = figure.subplots()
    rows = range(len(shown))
    axes.barh(
        rows, [100 * each.spread for each in shown], color=[ORANGE if each.is_clear else "#c9d1d9" for each in shown]
    )
    axes.set_yticks(rows, [each.values.label for each in shown])
    axes.set_ylim(len(shown) - 0.4, -0.6)
    of_all = f" (the first {len(shown)} of {len(ranked)})" if len(shown) < len(ranked) else ""
    dress(
        axes,
        f"What separates hits from misses{of_all}",
        "spread of accuracy between its values, beyond chance, in points",
    )
    axes.grid(False, axis="y")
    axes.tick_params(axis="y", length=0, labelsize=9, labelcolor=INK)
    axes.set_xlim(0, max(1.0, 100 * shown[0].spread) * 1.28)
    for row, each in enumerate(shown):
        words = f"p {each.p_holm:.3f}" if each.p_holm >= 0.001 else "p < 0.001"
        axes.text(100 * each.spread, row, f"  {words}", va="center", fontsize=8, color=INK if each.is_clear else MUTED)
    figure.legend(
        handles=[
            Line2D([], [], linestyle="none", marker="s", color=ORANGE, label="beyond chance (adjusted p < 0.05)"),
            Line2D([], [], linestyle="none", marker="s", color="#c9d1d9", label="could be chance"),
        ],
        loc="outside lower left", ncols=2, frameon=False, fontsize=8.5,
    )  # fmt: skip
    return png(figure)


def _title(axes: Axes, values: ValueAccuracy, separation: Separation | None) -> None:
    label = values.label.partition(": ")[2] or values.label
    text = label[:1].upper() + label[1:]
    if values.unit and values.kind == "number":
        text += f", {'°' if values.unit == 'deg' else values.unit}"
    clear = separation is not None and separation.is_clear
    axes.set_title(
        text + ("  (beyond chance)" if clear else ""), fontsize=10, loc="left", color=ORANGE if clear else INK
    )


def _numbers(axes: Axes, values: ValueAccuracy, accuracy: float) -> None:
    dress(axes, y="accuracy, %")
    middles = [_middle(each, values.logarithmic) for each in values.bins]
    shares = [100 * each.accuracy for each in values.bins]
    axes.axhline(100 * accuracy, color=MUTED, linestyle="--", linewidth=1)
    for each in values.bins:
        low, high = (100 * end for end in each.interval)
        if each.low is not None and each.high is not None and each.low < each.high:
            axes.fill_between((each.low, each.high), low, high, color=BLUE, alpha=0.16, linewidth=0)
    axes.plot(middles, shares, color=BLUE, linewidth=1.6)
    _whiskers(axes, middles, values.bins, BLUE, "o")
    if values.fixed is not None and values.fixed.low is not None:
        _whiskers(axes, [values.fixed.low], [values.fixed], ORANGE, "D")
    if values.logarithmic:
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.xaxis.set_minor_locator(NullLocator())
    else:
        axes.xaxis.set_major_locator(MaxNLocator(5))


def _choices(axes: Axes, values: ValueAccuracy, accuracy: float) -> None:
    dress(axes, x="accuracy, %")
    rows = list(values.bins) + ([values.fixed] if values.fixed is not None else [])
    names = [_short(each.words) for each in values.bins]
    names += [_short(f"fixed: {values.fixed.words}")] if values.fixed is not None else []
    colours = [BAR] * len(values.bins) + ["#f0c08f"] * (len(rows) - len(values.bins))
    axes.barh(range(len(rows)), [100 * each.accuracy for each in rows], color=colours, height=0.7)
    for row, each in enumerate(rows):
        low, high = each.interval
        axes.plot((100 * low, 100 * high), (row, row), color=INK, linewidth=1.4)
        axes.text(2, row, f"n {each.n}", va="center", fontsize=7.5, color=INK)
    axes.axvline(100 * accuracy, color=MUTED, linestyle="--", linewidth=1)
    axes.set_yticks(range(len(rows)), names)
    axes.tick_params(axis="y", length=0, labelsize=8, labelcolor=INK)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(0, 102)
    axes.grid(False, axis="y")


def _directions(axes: Any, values: ValueAccuracy, accuracy: float) -> None:
    dress(axes)
    axes.set_theta_zero_location("S")
    angles = [np.radians(_middle(each, False)) for each in values.bins]
    widths = [np.radians((each.high or 0.0) - (each.low or 0.0)) * 0.94 for each in values.bins]
    axes.bar(angles, [100 * each.accuracy for each in values.bins], width=widths, color=BAR, linewidth=0)
    for angle, each in zip(angles, values.bins, strict=True):
        low, high = each.interval
        axes.plot((angle, angle), (100 * low, 100 * high), color=INK, linewidth=1.4)
    turn = np.linspace(0, 2 * np.pi, 181)
    axes.plot(turn, np.full(181, 100 * accuracy), color=MUTED, linestyle="--", linewidth=1)
    if values.fixed is not None and values.fixed.low is not None:
        at = np.radians(values.fixed.low)
        low, high = values.fixed.interval
        axes.plot((at, at), (100 * low, 100 * high), color=ORANGE, linewidth=1.4)
        axes.plot(at, 100 * values.fixed.accuracy, marker="D", markersize=5, color=ORANGE)
    axes.set_ylim(0, 100)
    axes.set_yticks((25, 50, 75, 100), ("", "50", "", "100 %"))
    axes.set_rlabel_position(22.5)
    axes.set_thetagrids(range(0, 360, 45))


def _whiskers(axes: Axes, at: Sequence[float], bins: Sequence[ValueBin], colour: str, mark: str) -> None:
    shares = np.array([100 * each.accuracy for each in bins])
    lows, highs = (np.array([100 * each.interval[end] for each in bins]) for end in (0, 1))
    axes.errorbar(
        at, shares, np.maximum([shares - lows, highs - shares], 0.0), color=colour,
        linestyle="none", marker=mark, markersize=5, elinewidth=1.2, capsize=2,
    )  # fmt: skip


def _least(found: Sequence[ValueAccuracy], accuracy: float) -> float:
    """A round number of percent below all intervals of numbers, so that panels beside each other can be compared."""
    bins = [each for values in found if values.kind == "number" for each in (*values.bins, values.fixed) if each]
    least = min([accuracy, *(each.interval[0] for each in bins)])
    return max(0.0, 10 * float(np.floor(10 * least)) - 2)


def _middle(each: ValueBin, logarithmic: bool) -> float:
    low, high = each.low or 0.0, each.high or 0.0
    return float(np.sqrt(low * high)) if logarithmic and low > 0 else (low + high) / 2


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_WORDS else f"{text[: LONGEST_WORDS - 3]}..."


def _explain(figure: Figure, has_fixed: bool, columns: int) -> None:
    handles = [
        Line2D([], [], color=BLUE, marker="o", label="images that drew the factor, 95 % interval"),
        *([Line2D([], [], color=ORANGE, marker="D", label="images with its fixed value")] if has_fixed else []),
        Line2D([], [], color=MUTED, linestyle="--", label="all images"),
    ]
    figure.legend(handles=handles, loc="outside lower left", ncols=columns, frameon=False, fontsize=8.5)
