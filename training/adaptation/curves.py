"""``curves.png`` of a run that adapts."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from matplotlib.ticker import MaxNLocator

from ..curves import MUTED, TRAIN, VALIDATION, dress, new_figure, png
from .log import AdaptationRow


def draw_adaptation(rows: Sequence[AdaptationRow]) -> bytes:
    """Loss, the two criteria that need no label, and accuracy on the target over all epochs, as PNG."""
    measured = [(number, row) for number, row in enumerate(rows, 1) if row.top1 is not None]
    figure, (loss, snd, im, *accuracy) = new_figure(4 if measured else 3)
    epochs, marker = range(1, len(rows) + 1), "o" if len(rows) < 3 else None
    loss.plot(epochs, [row.loss for row in rows], color=TRAIN, marker=marker)
    snd.plot(epochs, [row.snd for row in rows], color=MUTED, marker=marker)
    im.plot(epochs, [row.im for row in rows], color=MUTED, marker=marker)
    titles = ["Loss", "Soft neighbourhood density, nats", "Information, nats"]
    for axes in accuracy:
        tops = [100 * (row.top1 or 0.0) for _, row in measured]
        axes.plot([number for number, _ in measured], tops, color=VALIDATION, marker=marker)
        axes.set_ylim(0, 101)
        axes.annotate(
            f"{tops[-1]:.1f} %", (measured[-1][0], tops[-1]), xytext=(-4, -12), textcoords="offset points",
            ha="right", color=VALIDATION,
        )  # fmt: skip
        titles.append("Accuracy on the target, %")
    for axes, title in zip((loss, snd, im, *accuracy), titles, strict=True):
        dress(axes, title, "epoch")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        for number, (before, row) in enumerate(pairwise(rows), 1):
            if before.stage != row.stage:
                axes.axvline(number + 0.5, color=MUTED, linestyle="--", linewidth=1)
    return png(figure)
