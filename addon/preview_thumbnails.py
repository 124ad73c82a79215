"""Thumbnails of classes: the first model, all factors fixed, no background; made while there is nothing else to do."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import attrs
import bpy
import bpy.utils.previews
from PIL import Image, ImageChops

from ..datasets.preview_orders import PreviewImage, PreviewOrder
from ..design.design import (
    STARTER_LIBRARY,
    Design,
    DesignClass,
    FactorSettings,
    ImageSettings,
    Library,
    Split,
    default_factors,
    names_folder,
)
from ..design.document import to_document
from .preview_link import link
from .redrawing import redraw

THUMBNAIL = ImageSettings(resolution_px=96, samples=24, denoiser="none")
SPLIT = "thumbnails"
MOST_AT_ONCE = 32
BACKGROUND_NOISE = 10


@attrs.frozen
class Subject:
    """The model that stands for a class: where it really is, so that it is made once for all designs."""

    model: str
    library: Library | None
    folder: str


def icon_of(scene: bpy.types.Scene, class_name: str) -> int:
    """The icon of a class of the scene's design; 0 while there is none, then it is made, and the sidebar redrawn.

    Made for panels that draw: takes no time.
    """
    found = subject_of(scene.simreal, class_name)
    if found is None:
        return 0
    icon = thumbnails().icons.get(found)
    if icon is None:
        thumbnails().want(found)
    return icon or 0


def subject_of(state: Any, class_name: str) -> Subject | None:
    """The model that stands for a class, None where there is none that could be looked for."""
    entry = state.classes.get(class_name)
    model = entry.models.partition("\n")[0] if entry is not None else ""
    name, separator, path = model.partition(":")
    if not (separator and path) or names_folder(model):
        return None
    if name == STARTER_LIBRARY:
        return Subject(model, None, "")
    library = state.libraries.get(name)
    if library is None:
        return None
    return Subject(model, Library("models", library.path, library.up_axis), bpy.path.abspath(state.folder))


class Thumbnails:
    """The icons there are, 0 where a model cannot be shown, and what is wanted besides."""

    def __init__(self) -> None:
        self.icons: dict[Subject, int] = {}
        self._wanted: dict[Subject, None] = {}
        self._previews = bpy.utils.previews.new()
        self._temporary = tempfile.TemporaryDirectory(prefix="simreal-thumbnails-", ignore_cleanup_errors=True)
        self._folder = Path(self._temporary.name)

    def want(self, subject: Subject) -> None:
        """Have an icon made when there is nothing else to do."""
        if subject not in self._wanted:
            self._wanted[subject] = None
            link().wake()

    def work(self) -> ThumbnailTask | None:
        """What is to be done when nothing else is."""
        return ThumbnailTask(self, tuple(self._wanted)[:MOST_AT_ONCE]) if self._wanted else None

    def take(self, subject: Subject, path: str | None) -> None:
        """The picture of a subject, None where it cannot be made."""
        self._wanted.pop(subject, None)
        if path is None:
            self.icons[subject] = 0
            return
        file = self._folder / f"{len(self.icons)}.png"
        with Image.open(path) as picture:
            trimmed(picture).save(file)
        self.icons[subject] = self._previews.load(str(subject), str(file), "IMAGE").icon_id

    def close(self) -> None:
        """Give the icons back."""
        bpy.utils.previews.remove(self._previews)
        self._temporary.cleanup()


class ThumbnailTask:
    """A task: the pictures of some subjects."""

    def __init__(self, owner: Thumbnails, subjects: tuple[Subject, ...]) -> None:
        self._owner = owner
        self._subjects = subjects
        self.order = thumbnail_order(subjects)
        self._come = False

    def receive(self, number: int, image: Mapping[str, Any]) -> None:
        """Make the picture an icon."""
        self._owner.take(self._subjects[number], image["path"])
        self._come = True

    def end(self, problem: str, *, replaced: bool) -> None:
        """What could not be made is not tried again, unless it only had to make room."""
        for subject in () if replaced else self._subjects:
            if subject not in self._owner.icons:
                self._owner.take(subject, None)

    def tick(self, *, last: bool) -> None:
        """Have new icons seen."""
        if self._come:
            self._come = False
            redraw()


def trimmed(picture: Image.Image) -> Image.Image:
    """The square of a picture that its object fills; all of it where there is none. Its background is one colour."""
    plain = Image.new("RGB", picture.size, picture.getpixel((0, 0)))
    difference = ImageChops.difference(picture.convert("RGB"), plain).convert("L")
    box = difference.point([0] * BACKGROUND_NOISE + [255] * (256 - BACKGROUND_NOISE)).getbbox()
    if box is None:
        return picture.convert("RGB")
    half = max(box[2] - box[0], box[3] - box[1], picture.width // 2) * 0.54
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    around = plain.resize((round(2 * half), round(2 * half)))
    around.paste(picture, (round(half - x), round(half - y)))
    return around


def thumbnail_order(subjects: tuple[Subject, ...]) -> PreviewOrder:
    """One image a subject, in a design of its own each: they need have nothing in common."""
    designs = tuple(thumbnail_design(subject) for subject in subjects)
    images = tuple(PreviewImage(number, SPLIT, 0) for number in range(len(designs)))
    return PreviewOrder(SPLIT, tuple((to_document(design), str(design.folder)) for design in designs), images, 1)


def thumbnail_design(subject: Subject) -> Design:
    """A design whose only image is the thumbnail."""
    name = subject.model.partition(":")[0]
    background = default_factors()["background"].parameters
    plain = {**background, "kind": attrs.evolve(background["kind"], fixed="none")}
    fixed = {factor: FactorSettings(0.0, given.parameters) for factor, given in default_factors().items()}
    return Design(
        name=SPLIT,
        classes=(DesignClass("one", (subject.model,)),),
        image=THUMBNAIL,
        libraries={name: subject.library} if subject.library else {},
        factors={**fixed, "background": FactorSettings(0.0, plain)},
        splits=(Split(SPLIT, 1),),
        folder=Path(subject.folder),
    )


_thumbnails: list[Thumbnails] = []


def thumbnails() -> Thumbnails:
    """The thumbnails of the registered add-on."""
    return _thumbnails[0]


def register() -> Callable[[], None]:
    """Make place for thumbnails; they are made at low priority. Returns what frees them. The link comes first."""
    made = Thumbnails()
    _thumbnails.append(made)
    link().idle_work.append(made.work)
    return unregister


def unregister() -> None:
    link().idle_work.clear()
    _thumbnails.pop().close()
