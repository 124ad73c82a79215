"""Effects as a bar chart: a PNG of the surest ones, with their intervals, by factor."""

from __future__ import annotations

import io
from collections.abc import Sequence

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from ...datasets.effect_records import Effect
from ...design.factors import FACTORS
from ..inspection.palette import COLOURS
from .effects import strength

MOST_BARS = 30
_INK, _SOFT, _RULE, _UNFOUND = "#1d2430", "#667085", "#e4e7eb", "#cbd2d9"
_DPI = 150
_BAR_IN = 0.24


def charted(effects: Sequence[Effect]) -> list[Effect]:
    """Those that are drawn: of every factor its weight, then the surest others; the greatest gain first."""
    weights = [one for one in effects if not one.parameter]
    others = sorted((one for one in effects if one.parameter), key=lambda one: -strength(one))
    return sorted([*weights, *others[: max(0, MOST_BARS - len(weights))]], key=lambda one: -one.points)


def importance_png(effects: Sequence[Effect], title: str, axis: str) -> bytes:
    """The bytes of a PNG; bars of effects that were not found are grey."""
    shown = charted(effects)
    figure = Figure(figsize=(8.6, 1.1 + _BAR_IN * len(shown)), dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    for place, one in enumerate(shown):
        colour = COLOURS[0] if one.is_found and one.points > 0 else COLOURS[2] if one.is_found else _UNFOUND
        axes.barh(place, one.points, 0.7, color=colour)
        axes.plot([one.low, one.high], [place, place], color=_INK, linewidth=1)
    axes.set_yticks(range(len(shown)), [f"{FACTORS[one.factor].label}: {one.change}" for one in shown])
    axes.set_ylim(len(shown) - 0.4, -0.6)
    axes.axvline(0.0, color=_INK, linewidth=0.8)
    axes.set_xlabel(axis, color=_SOFT, fontsize=8)
    axes.tick_params(colors=_SOFT, labelsize=8, labelcolor=_INK)
    axes.grid(True, axis="x", color=_RULE, linewidth=0.8)
    axes.set_axisbelow(True)
    for side, spine in axes.spines.items():
        spine.set_visible(side == "bottom")
        spine.set_color(_UNFOUND)
    figure.suptitle(title, fontsize=11, color=_INK, x=0.01, ha="left")
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()
