"""Changes by class as a figure: a dot a class and run, with its 95 % interval."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from .axes import FRAME, INK, MUTED, RULE, dress, new_figure, png
from .class_changes import Change, Changes
from .palette import Style, run_style

ALL = "all images"
FEW_CLASSES = 15  # so many have room to breathe


def class_changes_figure(changes: Sequence[Changes], first: str, name: str) -> bytes:
    """Other runs against ``first`` on the domain ``name``: all images, then the classes, the most gained first; PNG."""
    classes = sorted(
        changes[0].per_class, key=lambda each: -float(np.mean([one.per_class[each].change for one in changes]))
    )
    rows = [ALL, *classes]
    room, step = (0.16, 0.2) if len(classes) <= FEW_CLASSES else (0.1, 0.11)
    figure = new_figure(8.6, 1.5 + len(rows) * (room + step * len(changes)))
    axes = figure.subplots()
    offsets = np.linspace(-0.3, 0.3, len(changes)) if len(changes) > 1 else np.zeros(1)
    for number, one in enumerate(changes):
        style = run_style(number)
        for row, each in enumerate(rows):
            _draw(axes, one.overall if each == ALL else one.per_class[each], row + offsets[number], style)
    for row in range(2, len(rows), 2):
        axes.axhspan(row - 0.5, row + 0.5, color=RULE, alpha=0.45, linewidth=0, zorder=0)
    axes.axvline(0, color=INK, linewidth=1)
    axes.axhline(0.5, color=FRAME, linewidth=1)
    axes.set_yticks(range(len(rows)), rows)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    dress(axes, f"Change from {first} on {name}, by class", f"points of accuracy (right of 0: better than {first})")
    axes.grid(False, axis="y")
    axes.tick_params(axis="y", length=0, labelsize=9, labelcolor=INK)
    axes.get_yticklabels()[0].set_fontweight("bold")
    handles = [
        Line2D([], [], color=run_style(n).colour, marker=run_style(n).mark, linewidth=1.4, label=one.run)
        for n, one in enumerate(changes)
    ]
    handles.append(
        Line2D([], [], color=MUTED, marker="o", markerfacecolor="white", linewidth=1.4, label="interval holds 0")
    )
    figure.legend(handles=handles, loc="outside lower left", ncols=3, frameon=False, fontsize=9)
    return png(figure)


def _draw(axes: Axes, change: Change, at: float, style: Style) -> None:
    axes.plot(
        (100 * change.low, 100 * change.high), (at, at), color=style.colour, linewidth=1.4, solid_capstyle="round"
    )
    axes.plot(
        100 * change.change, at, marker=style.mark, markersize=6, color=style.colour,
        markerfacecolor=style.colour if change.is_clear else "white",
    )  # fmt: skip
