"""``curves.png``: how a run went, drawn without a display."""

from __future__ import annotations

import io
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from .linear_head import HeadFit
from .log import LogRow
from .measuring import Measure

TRAIN, VALIDATION, MUTED = "#9aa5b1", "#d1495b", "#52606d"
_CURVES = ("#d1495b", "#00798c", "#edae49", "#30638e", "#6b4e71", "#3a7d44")


def draw_curves(rows: Sequence[LogRow], measures: Sequence[Measure] = ()) -> bytes:
    """Loss, accuracy and learning rate over the epochs, and learning curves over the steps where any were measured, as
    PNG."""
    figure, (loss, accuracy, rate, *curves) = new_figure(4 if measures else 3)
    epochs = [row.epoch for row in rows]
    marker = "o" if len(rows) < 3 else None
    loss.plot(epochs, [row.train_loss for row in rows], color=TRAIN, label="train", marker=marker)
    tops = [row.train_top1 for row in rows if row.train_top1 is not None]
    if tops:
        accuracy.plot(epochs, _percent(tops), color=TRAIN, label="train", marker=marker)
    measured = [row for row in rows if row.val_loss is not None and row.val_top1 is not None]
    if measured:
        at = [row.epoch for row in measured]
        loss.plot(at, [row.val_loss or 0.0 for row in measured], color=VALIDATION, label="validation", marker=marker)
        tops = _percent([row.val_top1 or 0.0 for row in measured])
        accuracy.plot(at, tops, color=VALIDATION, label="validation", marker=marker)
        _tell_last(accuracy, at[-1], tops[-1], VALIDATION)
    rate.plot(epochs, [row.lr for row in rows], color=MUTED, marker=marker)
    loss.set_ylim(bottom=0)
    accuracy.set_ylim(0, 101)
    for axes, title in (
        (loss, "Loss"),
        (accuracy, "Accuracy, %"),
        (rate, "Learning rate at the end of the epoch"),
    ):
        dress(axes, title, "epoch")
    for axes in (loss, accuracy):
        if axes.lines:
            axes.legend(frameon=False)
    for axes in curves:
        _draw_measures(axes, measures)
    return png(figure)


def _draw_measures(axes: Axes, measures: Sequence[Measure]) -> None:
    """Accuracy on each set over the iterations, as the paper's learning curves are drawn."""
    for number, name in enumerate(dict.fromkeys(each.name for each in measures)):
        points = [each for each in measures if each.name == name]
        colour = _CURVES[number % len(_CURVES)]
        steps, tops = [each.step for each in points], _percent([each.top1 for each in points])
        axes.plot(steps, tops, color=colour, label=name, marker="o" if len(points) < 3 else None)
        _tell_last(axes, steps[-1], tops[-1], colour)
    axes.set_ylim(0, 101)
    axes.legend(frameon=False, fontsize=8)
    dress(axes, "Accuracy on each set, %", "iteration")


def _percent(shares: Sequence[float]) -> list[float]:
    return [100 * share for share in shares]


def _tell_last(axes: Axes, x: float, percent: float, colour: str) -> None:
    axes.annotate(
        f"{percent:.1f} %", (x, percent), xytext=(-4, -12), textcoords="offset points", ha="right", color=colour
    )


def draw_head_fit(fit: HeadFit) -> bytes:
    """Held-out loss and accuracy over the strength of regularisation, the chosen one marked, as PNG."""
    figure, (loss, accuracy) = new_figure(2)
    strengths = [trial.strength for trial in fit.trials]
    losses = [trial.loss for trial in fit.trials]
    loss.errorbar(
        strengths,
        losses,
        [trial.loss_error for trial in fit.trials],
        color=VALIDATION,
        ecolor=TRAIN,
        capsize=3,
        marker="o",
    )
    accuracy.errorbar(
        strengths,
        [100 * trial.top1 for trial in fit.trials],
        [100 * trial.top1_error for trial in fit.trials],
        color=VALIDATION,
        ecolor=TRAIN,
        capsize=3,
        marker="o",
    )
    for axes, title in (
        (loss, f"Cross-entropy on held-out {fit.held_out}"),
        (accuracy, f"Accuracy on held-out {fit.held_out}, %"),
    ):
        axes.set_xscale("log")
        axes.margins(y=0.15)  # room for "chosen" above what is drawn
        axes.axvline(fit.strength, color=MUTED, linestyle="--", linewidth=1)
        axes.annotate(
            "chosen", (fit.strength, 0.97), xycoords=("data", "axes fraction"),
            xytext=(5, 0), textcoords="offset points", color=MUTED, va="top",
        )  # fmt: skip
        dress(axes, title, "strength of regularisation")
    return png(figure)


def new_figure(count: int) -> tuple[Figure, list[Axes]]:
    """A figure with so many axes in a row."""
    figure = Figure(figsize=(4.4 * count, 3.4), dpi=120, layout="constrained")
    FigureCanvasAgg(figure)
    return figure, list(figure.subplots(1, count))


def dress(axes: Axes, title: str, x: str) -> None:
    """Title, label and lines of axes as all figures have them."""
    axes.set_title(title, fontsize=10, loc="left", color="#1f2933")
    axes.set_xlabel(x, color=MUTED)
    axes.tick_params(colors=MUTED, labelsize=8)
    axes.grid(True, color="#e4e7eb", linewidth=0.8)
    axes.set_axisbelow(True)
    for side, spine in axes.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color("#cbd2d9")


def png(figure: Figure) -> bytes:
    """The figure as a file."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()
