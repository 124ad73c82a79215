"""Effects as a bar chart: a PNG of the surest ones, with their intervals, by factor."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

import numpy as np

from ...datasets.effect_records import Effect
from ...design.factors import FACTORS
from ..inspection.axes import FRAME, INK, dress, new_figure, png
from ..inspection.palette import COLOURS
from .effects import strength

MOST_BARS = 30
_BAR_IN = 0.24
_LABEL = 56  # characters of a line
_LINE = 0.55  # bars that a further line takes


def charted(effects: Sequence[Effect]) -> list[Effect]:
    """Those that are drawn: of every factor its weight, then the surest others; the greatest gain first."""
    weights = [one for one in effects if not one.parameter]
    others = sorted((one for one in effects if one.parameter), key=lambda one: -strength(one))
    return sorted([*weights, *others[: max(0, MOST_BARS - len(weights))]], key=lambda one: -one.points)


def importance_png(effects: Sequence[Effect], title: str, axis: str) -> bytes:
    """The bytes of a PNG; bars of effects that were not found are grey."""
    shown = charted(effects)
    labels = ["\n".join(wrap(f"{FACTORS[one.factor].label}: {one.change}", _LABEL)) for one in shown]
    heights = np.array([1.0 + _LINE * label.count("\n") for label in labels])
    places = np.cumsum(heights) - heights / 2
    figure = new_figure(8.6, 1.1 + _BAR_IN * heights.sum())
    axes = figure.subplots()
    for place, one in zip(places, shown, strict=True):
        colour = COLOURS[0] if one.is_found and one.points > 0 else COLOURS[2] if one.is_found else FRAME
        axes.barh(place, one.points, 0.7, color=colour)
        axes.plot([one.low, one.high], [place, place], color=INK, linewidth=1)
    dress(axes, x=axis)
    axes.set_yticks(places, labels)
    axes.set_ylim(heights.sum() + 0.1, -0.1)
    axes.axvline(0.0, color=INK, linewidth=0.8)
    axes.grid(False, axis="y")
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    figure.suptitle(title, fontsize=11, color=INK, x=0.01, ha="left")
    return png(figure)
