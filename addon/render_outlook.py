"""What rendering the data set is about to do: how many images, how much disk, how long; and what is there already.

A panel asks for it at every redraw, so it is kept: for a second, or until the design changes.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs
import bpy
from bpy.app.handlers import persistent

from ..datasets.shards import claimed_images
from ..datasets.state import free_name, read_state
from ..design.counts import drawn_classes, resized
from ..design.design import Design, ImageSettings
from ..design.errors import SimrealError
from ..design.identity import design_hash
from .conversion import design_of
from .job_board import JobBoard
from .places import places
from .touched import forgotten

KEPT_S = 1.0
BYTES_A_PIXEL = 0.25  # JPEG of the starter and the kit, 0.22 at 160 px
SAMPLES_OF_SETTING_UP = 52_000  # what an image costs beside its light paths, in samples: 0.05 s of 0.77 s at 224 px


@attrs.frozen
class Outlook:
    """``wanted`` and ``there`` are images by split.

    ``other`` images in the folder are of the design as it was before; they would be set aside in the folder ``aside``.
    ``seconds`` is None where nothing has been rendered yet that it could be told from.
    """

    wanted: Mapping[str, int]
    there: Mapping[str, int]
    other: int = 0
    aside: str = ""
    bytes: int = 0
    free_bytes: int = 0
    seconds: float | None = None
    problem: str = ""

    @property
    def total(self) -> int:
        return sum(self.wanted.values())

    @property
    def missing(self) -> int:
        return sum(max(0, count - self.there.get(name, 0)) for name, count in self.wanted.items())

    @property
    def is_complete(self) -> bool:
        return bool(self.wanted) and not self.missing and not self.other


_kept: dict[int, tuple[float, object, Outlook]] = {}


def outlook(scene: bpy.types.Scene, board: JobBoard) -> Outlook:
    """The outlook for a scene's design."""
    state = scene.simreal
    asked = chosen_splits(state), per_class(state), state.output, bpy.data.filepath
    made, before, known = _kept.get(scene.session_uid, (0.0, None, None))
    if known is None or before != asked or time.monotonic() - made > KEPT_S:
        known = look(scene, board)
        _kept[scene.session_uid] = time.monotonic(), asked, known
    return known


def look(scene: bpy.types.Scene, board: JobBoard) -> Outlook:
    """The outlook, worked out anew: some milliseconds."""
    state = scene.simreal
    try:
        design = design_of(state)
        wanted = wanted_counts(design, chosen_splits(state), per_class(state))
        return _with_folder(Outlook(wanted, {}), design, places(scene).data, board)
    except SimrealError as error:
        return Outlook({}, {}, problem=str(error))


def chosen_splits(state: Any) -> tuple[str, ...]:
    """Names of the splits that are to be rendered."""
    return tuple(split.name for split in state.splits if split.render)


def per_class(state: Any) -> int:
    """Images a class of the first split; 0 is what the design says."""
    return state.rendering.per_class if state.rendering.use_per_class else 0


def wanted_counts(design: Design, splits: tuple[str, ...], images_a_class: int) -> dict[str, int]:
    """How many images of each chosen split are to be there. DesignError where that makes no sense."""
    if images_a_class and splits:
        design = resized(design, splits, images_a_class * drawn_classes(design))
    return {name: design.split(name).count for name in splits}


def _with_folder(plan: Outlook, design: Design, data: Path, board: JobBoard) -> Outlook:
    found = read_state(data)
    names = [split.name for split in design.splits]
    if found is not None and found.design_hash != design_hash(design):
        plan = attrs.evolve(plan, other=sum(claimed_images(data, name) for name in names), aside=free_name(data).name)
    elif found is not None:
        plan = attrs.evolve(plan, there={name: claimed_images(data, name, plan.wanted.get(name)) for name in names})
    pixels = design.image.resolution_px**2
    pace = next(_paces(board, design.image), None)
    return attrs.evolve(
        plan,
        bytes=round(plan.missing * pixels * BYTES_A_PIXEL),
        free_bytes=shutil.disk_usage(next(path for path in (data, *data.parents) if path.is_dir())).free,
        seconds=None if pace is None else plan.missing * pace,
    )


def _paces(board: JobBoard, image: ImageSettings) -> Iterator[float]:
    """Seconds an image would take, by the renders there were with the same renderer, newest first."""
    asked = render_facts(image)
    for job in board:
        splits = job.results.get("render", {}).get("splits", {}).values()
        images = sum(split["rendered"] for split in splits)
        facts = job.order.facts
        if images >= 10 and facts.get("engine") == asked["engine"]:
            seconds = sum(split["seconds"] for split in splits) / images
            yield seconds * (SAMPLES_OF_SETTING_UP + asked["samples"]) / (SAMPLES_OF_SETTING_UP + facts["samples"])


def render_facts(image: ImageSettings) -> dict[str, Any]:
    """What a render is remembered by, to tell how long the next takes: ``samples`` of a whole image, ``engine``."""
    return {"samples": image.resolution_px**2 * image.samples, "engine": image.engine}


@persistent
def forget(*_unused: object) -> None:
    """What was worked out may no longer be true."""
    _kept.clear()


def register() -> Callable[[], None]:
    """Notice changes of designs. Returns what ends it."""
    return forgotten(forget)
