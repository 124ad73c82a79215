"""The reliability diagram: accuracy over confidence, before and after temperature scaling."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from ...datasets.accuracy import wilson_interval
from .axes import BLUE, INK, MUTED, ORANGE, RULE, dress, new_figure, png
from .calibration import BINS, Bin, Calibration


@attrs.frozen
class Reliability:
    """One domain's calibration ``before`` and ``after`` its logits are divided by ``temperature``."""

    name: str
    before: Calibration
    after: Calibration
    temperature: float


def reliability_figure(domains: Sequence[Reliability]) -> bytes:
    """A row a domain, before and after beside each other, each over how its confidences are spread; as PNG."""
    figure = new_figure(9.2, 4.5 * len(domains) + 0.3)
    grid = figure.add_gridspec(2 * len(domains), 2, height_ratios=[4, 1] * len(domains))
    for row, domain in enumerate(domains):
        pair = ((domain.before, "as trained"), (domain.after, f"at temperature {domain.temperature:.2f}"))
        for column, (found, when) in enumerate(pair):
            above = figure.add_subplot(grid[2 * row, column])
            _diagram(above, found, f"{domain.name}, {when}")
            _spread(figure.add_subplot(grid[2 * row + 1, column], sharex=above), found)
    figure.legend(
        handles=[
            Line2D([], [], color=BLUE, marker="o", linewidth=1, label="bins of equal width, larger: more images"),
            Line2D([], [], linestyle="none", marker="D", color=INK, markerfacecolor="none", label="of equal counts"),
            Patch(color=ORANGE, alpha=0.18, linewidth=0, label="how far sure and right differ"),
        ],
        loc="outside lower center", ncols=3, frameon=False, fontsize=8.5,
    )  # fmt: skip
    return png(figure)


def _diagram(axes: Axes, found: Calibration, title: str) -> None:
    dress(axes, title, y="share that is right")
    axes.plot((0, 1), (0, 1), color=MUTED, linestyle="--", linewidth=1)
    for each in found.bins:
        _gap(axes, each)
    middles = [each.confidence for each in found.bins]
    shares = [each.accuracy for each in found.bins]
    spans = [wilson_interval(each.correct, each.n) for each in found.bins]
    below = [share - low for share, (low, _) in zip(shares, spans, strict=True)]
    beyond = [high - share for share, (_, high) in zip(shares, spans, strict=True)]
    axes.errorbar(
        middles, shares, np.maximum([below, beyond], 0.0), color=BLUE, elinewidth=1, capsize=0, linewidth=0.8, alpha=0.6
    )
    sizes = [20 + 180 * each.n / found.n for each in found.bins]
    axes.scatter(middles, shares, s=sizes, color=BLUE, zorder=3, linewidths=0, clip_on=False)
    axes.plot(
        [each.confidence for each in found.bins_adaptive],
        [each.accuracy for each in found.bins_adaptive],
        linestyle="none", marker="D", markersize=5, markerfacecolor="none", markeredgecolor=INK,
        clip_on=False, zorder=4,
    )  # fmt: skip
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1.02)
    axes.tick_params(labelbottom=False)
    text = (
        f"ECE {100 * found.ece:.1f} % (by chance {100 * found.ece_by_chance:.1f})\n"
        f"adaptive {100 * found.ece_adaptive:.1f} %, {found.n} images"
    )
    axes.text(0.97, 0.04, text, transform=axes.transAxes, ha="right", va="bottom", fontsize=8.5, color=INK)


def _gap(axes: Axes, each: Bin) -> None:
    """The gap between how sure and how right, as a faint band of the bin's width."""
    low, high = sorted((each.confidence, each.accuracy))
    axes.fill_between((each.low, each.high), low, high, color=ORANGE, alpha=0.18, linewidth=0)


def _spread(axes: Axes, found: Calibration) -> None:
    dress(axes, x="confidence", y="images")
    axes.bar(
        [(each.low + each.high) / 2 for each in found.bins],
        [each.n for each in found.bins],
        width=0.92 / BINS,
        color="#b9c2cc",
    )
    axes.axvline(found.confidence, color=ORANGE, linewidth=1.5)
    axes.axvline(found.accuracy, color=BLUE, linewidth=1.5)
    axes.grid(False, axis="x")
    axes.grid(True, axis="y", color=RULE)
    top = axes.get_ylim()[1]
    for value, name, colour, height in (
        (found.confidence, "mean confidence", ORANGE, 0.62),
        (found.accuracy, "accuracy", BLUE, 0.94),
    ):
        to_left = value > 0.4
        axes.text(
            value + (-0.01 if to_left else 0.01), top * height, f"{name} {100 * value:.1f} %",
            color=colour, fontsize=7.5, ha="right" if to_left else "left", va="top",
        )  # fmt: skip
