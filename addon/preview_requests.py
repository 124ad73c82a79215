"""Asking for previews: what operators call."""

from __future__ import annotations

from ..datasets.preview_orders import PreviewOrder
from ..design.errors import ToolError


def request(order: PreviewOrder, *, show: bool = True) -> None:
    """Render ``order`` in the background, instead of what is being rendered; the sheet fills in as images arrive.

    ``show`` has an Image Editor found or opened for it. ToolError where previews cannot be rendered here.
    """
    raise ToolError(f"{order.title}: previews are not rendered here yet{'' if show else ' quietly'}")
