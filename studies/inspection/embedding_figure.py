"""An embedding as a figure: the same points by class and by domain (the paper's Fig. 4)."""

from __future__ import annotations

import matplotlib.patheffects as effects
import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from .axes import BLUE, FRAME, INK, MUTED, ORANGE, new_figure, png
from .embedding import Cloud
from .measured import Floats
from .palette import class_style

DOMAIN_COLOURS = (BLUE, ORANGE)
FEW_CLASSES, MOST_NAMED = 15, 60  # names on the points are large, or small, or beyond these none
LEGEND_COLUMNS = 7


def embedding_figure(points: Cloud, places: Floats, title: str) -> bytes:
    """Points ``places`` (N, 2) by class (full marks: first domain, hollow ones: second) and by domain, as PNG."""
    seen = [label for label in range(len(points.classes)) if (points.labels == label).any()]
    rows = -(-len(seen) // LEGEND_COLUMNS)
    figure = new_figure(12.5, 6.3 + 0.22 * rows)
    by_class, by_domain = figure.subplots(1, 2)
    order = np.random.default_rng(0).permutation(len(points))  # so that no class or domain covers the others
    size = float(np.clip(9000 / len(points), 7, 34))
    for axes, name in ((by_class, "by class"), (by_domain, "by domain")):
        _frame(axes, places, f"{title}, {name}")
    for label in seen:
        style = class_style(label)
        for number in range(len(points.names)):
            part = (points.labels == label) & (points.domains == number)
            by_class.scatter(
                *places[part].T, s=size, marker=style.mark, linewidths=0.8,
                facecolors=style.colour if number == 0 else "none", edgecolors=style.colour, alpha=0.8,
            )  # fmt: skip
    if len(seen) <= MOST_NAMED:
        _name_classes(by_class, points, places, seen)
    colours = np.array([DOMAIN_COLOURS[number % 2] for number in range(len(points.names))])
    by_domain.scatter(*places[order].T, s=size, c=colours[points.domains[order]], alpha=0.6, linewidths=0)
    figure.legend(
        handles=[_class_handle(points, label) for label in seen],
        loc="outside lower center", ncols=min(LEGEND_COLUMNS, len(seen)), frameon=False, fontsize=8.5,
    )  # fmt: skip
    by_domain.legend(
        handles=[
            Line2D([], [], linestyle="none", marker="o", color=colour, label=f"{name} ({count} images)")
            for colour, name, count in zip(
                colours, points.names, np.bincount(points.domains, minlength=len(points.names)), strict=True
            )
        ],
        loc="upper left", fontsize=9, framealpha=0.85, edgecolor=FRAME,
    )  # fmt: skip
    if len(points.names) > 1:
        by_class.legend(
            handles=[
                Line2D([], [], linestyle="none", marker="o", color=MUTED, label=points.names[0]),
                Line2D(
                    [], [], linestyle="none", marker="o", color=MUTED, markerfacecolor="none", label=points.names[1]
                ),
            ],
            loc="upper left", fontsize=9, framealpha=0.85, edgecolor=FRAME,
        )  # fmt: skip
    return png(figure)


def _class_handle(points: Cloud, label: int) -> Line2D:
    style = class_style(label)
    return Line2D([], [], linestyle="none", marker=style.mark, color=style.colour, label=points.classes[label])


def _frame(axes: Axes, places: Floats, title: str) -> None:
    axes.set_title(title, fontsize=11, loc="left", color=INK)
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_color(FRAME)
    low, high = places.min(0), places.max(0)
    room = 0.06 * np.maximum(high - low, 1e-6)
    axes.set_xlim(low[0] - room[0], high[0] + room[0])
    axes.set_ylim(low[1] - room[1], high[1] + 3 * room[1])  # the legend of the domains stands above the points


def _name_classes(axes: Axes, points: Cloud, places: Floats, seen: list[int]) -> None:
    """A name at the median of each class's points, moved off the others' names."""
    span = np.maximum(places.max(0) - places.min(0), 1e-6)
    large = len(seen) <= FEW_CLASSES
    spots = np.array([np.median(places[points.labels == label], axis=0) / span for label in seen])
    if not large:
        spots += (0, 0.018)  # above the median: many classes are small spots, and a name would hide them
    moved = _apart(spots, *((0.14, 0.035) if large else (0.11, 0.024))) * span
    for label, (x, y) in zip(seen, moved, strict=True):
        text = axes.text(x, y, points.classes[label], ha="center", va="center", color=INK, zorder=5, fontweight="bold")
        text.set_fontsize(9.5 if large else 7)
        text.set_path_effects([effects.withStroke(linewidth=3 if large else 2, foreground="white", alpha=0.85)])


def _apart(spots: Floats, wide: float, high: float) -> Floats:
    """Spots (K, 2), in shares of the axes, pushed up and down until no two boxes of ``wide`` by ``high`` overlap."""
    moved = spots.astype(np.float64).copy()
    for _ in range(200):
        still = True
        for first in range(len(moved)):
            for second in range(first + 1, len(moved)):
                across, up = moved[second] - moved[first]
                if abs(across) < wide and abs(up) < high:
                    push = (high - abs(up)) / 2 + 1e-4
                    moved[first, 1] -= push if up >= 0 else -push
                    moved[second, 1] += push if up >= 0 else -push
                    still = False
        if still:
            break
    return moved.astype(np.float32)
