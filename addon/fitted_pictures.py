"""Pictures that are drawn to the size of the Image Editor that shows them, and drawn anew where that changes.

Blender leaves out rows and columns of pixels as it zooms out, and lettering with them.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TypeAlias

import attrs
import bpy
from PIL import Image

from ..datasets.writing import writing_to
from ..design.errors import DataSetError
from . import shown_images
from .hooks import stop_timer

Size: TypeAlias = tuple[int, int]
Refit: TypeAlias = Callable[[Size], None]

LET_GO_S = 0.15  # after an editor's border was moved
LEAST_SHARE = 0.5  # of its size at which a picture's lettering can still be read
QUICK = 1  # PNG: 15 ms at 1200 x 760, where the default's smaller file takes 90


@attrs.define
class _Watched:
    """The size that a picture has been drawn to, and what draws it anew."""

    size: Size | None
    refit: Refit


_watched: dict[str, _Watched] = {}


def show_fitted(name: str, draw: Callable[[Size | None], Image.Image], *, open_window: bool = True) -> None:
    """Show a picture under a name in one Image Editor. ``draw`` is given that editor's size; None is not known yet.

    DataSetError where the disk does not let it be written.
    """
    path = Path(bpy.app.tempdir) / f"{name.lower().replace(' ', '-')}.png"

    def write(size: Size | None) -> None:
        with writing_to(path.parent):
            draw(size).save(path, compress_level=QUICK)

    def refit(size: Size) -> None:
        write(size)
        shown_images.refresh(path, name)

    size = shown_images.coming_room(name)
    write(size)
    watch(name, size, refit)
    shown_images.show_file(path, name, open_window=open_window)


def show_fitted_file(path: Path, name: str) -> None:
    """Show a picture file; finely reduced to the editor's size where it can still be read then.

    DataSetError where it cannot be read.
    """

    try:
        with Image.open(path) as file:
            picture = file.convert("RGB")
    except OSError as error:
        raise DataSetError(f"{path}: {error}") from None

    def draw(size: Size | None) -> Image.Image:
        share = 1.0 if size is None else min(size[0] / picture.width, size[1] / picture.height)
        if not LEAST_SHARE <= share < 1.0:
            return picture
        return picture.resize(
            (round(picture.width * share), round(picture.height * share)), Image.Resampling.LANCZOS, reducing_gap=3.0
        )

    show_fitted(name, draw)


def watch(name: str, size: Size | None, refit: Refit) -> None:
    """Have ``refit`` called when the editor that shows the picture ``name`` has another size than this."""
    _watched[name] = _Watched(size, refit)


def _on_draw() -> None:
    """An Image Editor is drawn: nothing may be changed here, so a timer looks whether a picture does not fit it."""
    context = bpy.context
    image, region = getattr(context.space_data, "image", None), context.region
    watched = _watched.get(image.name) if image is not None and shown_images.is_ours(image) else None
    if watched is None or watched.size == (region.width, region.height):
        return
    if not bpy.app.timers.is_registered(_refit):
        bpy.app.timers.register(_refit, first_interval=LET_GO_S)


def _refit() -> None:
    for name, watched in tuple(_watched.items()):
        size = shown_images.room(name)
        if size is not None and size != watched.size:
            watched.size = size
            watched.refit(size)


def register() -> Callable[[], None]:
    """Notice the sizes of Image Editors. Returns what ends it."""
    with ExitStack() as stack:
        editor = bpy.types.SpaceImageEditor
        handler = editor.draw_handler_add(_on_draw, (), "WINDOW", "POST_PIXEL")
        stack.callback(_watched.clear)
        stack.callback(stop_timer, _refit)
        stack.callback(editor.draw_handler_remove, handler, "WINDOW")
        return stack.pop_all().close
