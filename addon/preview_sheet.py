"""The sheet that previews are shown on: cells fill in as images arrive, in the one image "Simreal Preview".

The image is a file that is written anew and read by Blender a few times a second, never pixels set from Python: so it
is never "modified" (which Blender would ask to save on quitting) nor packed into the .blend. An uncompressed bitmap is
the quickest to write and to read: 1.8 megapixels take 4 and 13 ms (a PNG 12 and 12, however little it is packed).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import bpy
from PIL import Image

from ..datasets.contact_sheet import Cell
from ..datasets.preview_orders import PreviewImage, PreviewOrder
from ..datasets.writing import writing_to
from ..design.errors import DataSetError
from . import fitted_pictures, shown_images
from .redrawing import redraw
from .sheet_layout import laid_out

IMAGE_NAME = "Simreal Preview"
FILE_NAME = "simreal-preview.bmp"
DRAWN_EVERY_S = 0.25
Again: TypeAlias = Callable[[], PreviewOrder]


class PreviewSheet:
    """A task: an order, and what has come of it. ``again`` makes the order anew, of the design as it is then."""

    def __init__(self, order: PreviewOrder, again: Again | None, scene_uid: int, *, show: bool) -> None:
        self.order = order
        self.again = again
        self.scene_uid = scene_uid
        self.files: dict[int, Path] = {}
        self.problems: dict[int, str] = {}
        self.cached = 0
        self.rendered = 0
        self.ended = False
        self.reason = ""
        self.failed = False
        self.started = time.monotonic()
        self.seconds = 0.0
        self.total = sum(isinstance(image, PreviewImage) for image in order.images)
        self._cells: dict[int, tuple[Path | None, str]] = {}
        room = shown_images.coming_room(IMAGE_NAME)
        self._sheet = laid_out(order, room)
        fitted_pictures.watch(IMAGE_NAME, room, self.fit)
        self._changed = True
        self._opens = show
        self._away = False
        self._drawn = 0.0

    @property
    def done(self) -> int:
        """How many images have come, or have met a problem."""
        return len(self.files.keys() | self.problems.keys())

    @property
    def rate(self) -> float:
        """Images rendered a second; 0 until there is one."""
        return self.rendered / self.seconds if self.rendered else 0.0

    @property
    def picture(self) -> Image.Image:
        """The sheet as it stands."""
        return self._sheet.picture

    def name(self, number: int) -> str:
        """What an image is called on the sheet: the first line of its caption."""
        return " ".join(self.order.images[number].caption.partition("\n")[0].split()) or f"Image {number}"

    def receive(self, number: int, image: Mapping[str, Any]) -> None:
        """Put an image, or why there is none, into its cell."""
        if image["cached"]:
            self.cached += 1
        elif image["path"] is not None:
            self.rendered += 1
            self.seconds += image["seconds"]
        problem = image["problem"] or image["note"]
        if problem:
            self.problems[number] = problem
        self._put(number, None if image["path"] is None else Path(image["path"]), problem)
        self._changed = True

    def _put(self, number: int, path: Path | None, problem: str) -> None:
        """Fill a cell, and remember with what."""
        self._cells[number] = path, problem
        cell = Cell(None, problem=problem)
        if path is not None:
            try:
                with Image.open(path) as file:
                    cell = Cell(file.convert("RGB"))
                self.files[number] = path
            except OSError as error:
                self.problems[number] = f"{path}: {error}"
                cell = Cell(None, problem=self.problems[number])
        self._sheet.put(number, cell)

    def fit(self, room: tuple[int, int]) -> None:
        """Lay the sheet out anew: the editor that shows it has another size by now."""
        if self._away:
            return
        self._sheet = laid_out(self.order, room)
        for number, (path, problem) in tuple(self._cells.items()):
            self._put(number, path, problem)
        self.draw(open_editor=False)

    def put_away(self) -> None:
        """Draw nothing more."""
        self._away = True

    def end(self, problem: str, *, replaced: bool) -> None:
        """Note why nothing more comes, "" if all has come."""
        self.ended, self.reason, self.failed = True, problem, bool(problem) and not replaced

    def tick(self, *, last: bool) -> None:
        """Show what is new, a few times a second."""
        if self._away:
            return
        now = time.monotonic()
        if self._changed and (last or now - self._drawn >= DRAWN_EVERY_S):
            opens, self._opens, self._changed, self._drawn = self._opens, False, False, now
            try:
                self.draw(open_editor=opens)
            except DataSetError as error:
                self.reason, self.failed = str(error), True
        elif last:
            redraw()

    def draw(self, *, open_editor: bool) -> None:
        """Show the sheet as it stands where it is shown already; or else in an Image Editor, opened if need be.

        DataSetError where the disk does not let it be written.
        """
        path = sheet_file()
        with writing_to(path.parent):
            self._sheet.picture.save(path)
        if open_editor:
            shown_images.show_file(path, IMAGE_NAME)
        else:
            shown_images.refresh(path, IMAGE_NAME)
        redraw()


def sheet_file() -> Path:
    """The file of the sheet, in Blender's folder for this run."""
    return Path(bpy.app.tempdir) / FILE_NAME
