"""How the figures of an inspection look: sizes, ink, and PNG without a display."""

from __future__ import annotations

import io

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

INK, MUTED, RULE, FRAME = "#1f2933", "#52606d", "#e4e7eb", "#cbd2d9"
BLUE, ORANGE = "#2b6cb0", "#d9730d"  # told apart by all common kinds of colour vision
DPI = 120


def new_figure(width_in: float, height_in: float) -> Figure:
    """An empty figure, laid out so that nothing overlaps or is cut."""
    figure = Figure(figsize=(width_in, height_in), dpi=DPI, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def dress(axes: Axes, title: str = "", x: str = "", y: str = "") -> None:
    """Title to the left, quiet frame and grid."""
    axes.set_title(title, fontsize=10, loc="left", color=INK)
    axes.set_xlabel(x, color=MUTED, fontsize=9)
    axes.set_ylabel(y, color=MUTED, fontsize=9)
    axes.tick_params(colors=MUTED, labelsize=8)
    axes.grid(True, color=RULE, linewidth=0.8)
    axes.set_axisbelow(True)
    for side, spine in axes.spines.items():
        spine.set_visible(side in ("left", "bottom", "polar"))
        spine.set_color(FRAME)


def png(figure: Figure) -> bytes:
    """The figure as a PNG file."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()
