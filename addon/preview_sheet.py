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

from ..datasets.contact_sheet import GAP, Cell, Sheet
from ..datasets.preview_orders import PreviewGap, PreviewImage, PreviewOrder
from ..datasets.writing import writing_to
from ..design.errors import DataSetError
from . import shown_images
from .redrawing import redraw

IMAGE_NAME = "Simreal Preview"
FILE_NAME = "simreal-preview.bmp"
CELL_PX = range(96, 513)
MOST_PX = 2048
LEAST_CELL_PX = 64
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
        self._room = shown_images.room(IMAGE_NAME)
        self._sheet = laid_out(order, self._room)
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

    def _fit(self) -> None:
        """Lay the sheet out anew where the editor that shows it has another size by now."""
        room = shown_images.room(IMAGE_NAME)
        if room is None or room == self._room:
            return
        self._room, self._sheet, self._changed = room, laid_out(self.order, room), True
        for number, (path, problem) in tuple(self._cells.items()):
            self._put(number, path, problem)

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
        self._fit()
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


def laid_out(order: PreviewOrder, room: tuple[int, int] | None) -> Sheet:
    """An empty sheet; with cells so much smaller that it is seen whole and pixel by pixel in the room there is.

    Where they would become too small to see anything in, they keep their size, and the sheet is zoomed out.
    """
    captions = [image.caption for image in order.images]
    gaps = {number for number, image in enumerate(order.images) if isinstance(image, PreviewGap)}

    def sheet(cell: int) -> Sheet:
        return Sheet(captions, order.columns, cell, order.title, headings=order.headings, gaps=gaps)

    cell = cell_px(order)
    whole = made = sheet(cell)
    while room is not None and cell >= LEAST_CELL_PX:
        share = min(room[0] / made.picture.width, room[1] / made.picture.height)
        if share >= 1:
            return made
        cell = min(int(cell * share), cell - 1)
        made = sheet(cell)
    return whole


def cell_px(order: PreviewOrder) -> int:
    """The size of a cell: that of the largest image, within what can be seen and what is quickly drawn."""
    images = [image for image in order.images if isinstance(image, PreviewImage)]
    sizes = [image.image.get("resolution_px") or _resolution(order, image.design) for image in images]
    wanted = min(max(*sizes, CELL_PX[0], 0), CELL_PX[-1])
    rows = -(-len(order.images) // order.columns)
    return max(32, min(wanted, MOST_PX // max(order.columns, rows, 1) - GAP))


def _resolution(order: PreviewOrder, design: int) -> int:
    return int(order.designs[design][0].get("image", {}).get("resolution_px", 128))
