"""A chapter of an inspection: what stands on the page, and the numbers behind it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import attrs
from PIL import Image

from ...training.run_folder import write_bytes
from ..page import Picture, Section


@attrs.frozen
class Chapter:
    """``section`` of the page, and ``numbers`` that JSON can hold under ``name``."""

    name: str
    section: Section
    numbers: Any


def kept_picture(path: Path, picture: Image.Image | bytes, caption: str) -> Picture:
    """The picture (or a PNG) written to ``path``, for a page."""
    if isinstance(picture, Image.Image):
        buffer = io.BytesIO()
        picture.save(buffer, format="PNG", optimize=True)
        picture = buffer.getvalue()
    write_bytes(path, picture)
    return Picture(path, caption)


def percent(share: float | None) -> str:
    """``84.3 %``; a dash where there is no number."""
    return "-" if share is None else f"{100 * share:.1f} %"


def with_interval(share: float, interval: tuple[float, float]) -> str:
    """``84.3 % (80.1 to 87.9)``."""
    return f"{100 * share:.1f} % ({100 * interval[0]:.1f} to {100 * interval[1]:.1f})"
