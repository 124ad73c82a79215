"""Which image is looked at, and the designs that one design is compared with."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import bpy

from ..datasets.preview_orders import PreviewOrder
from ..datasets.preview_strips import Seen, compare_order, strip_order
from ..design.asset_folders import expanded
from ..design.comparing import paired, with_fixed
from ..design.design import Design
from ..design.document import from_document, load, overridden, to_document
from ..design.errors import DesignError
from ..design.factors import FACTORS
from ..design.presets import load_preset, with_look
from .conversion import design_of
from .library_folders import with_remembered
from .preset_folders import find_preset
from .preview_requests import draft_settings
from .preview_sheet import IMAGE_NAME
from .sheet_layout import with_suitable_steps
from .shown_images import coming_room
from .weights_shown import accepted, suggestion_of


def strip_of(scene_uid: int, index: int, factor: str) -> PreviewOrder:
    """One image of a scene's design with one factor swept, or all ("") of them. Raises DesignError."""
    state = _state(scene_uid)
    design = design_of(state)
    seen = _seen(state, design, index, 1)
    return with_suitable_steps(lambda steps: strip_order(design, seen, factor, steps), coming_room(IMAGE_NAME))


def comparison_of(scene_uid: int) -> PreviewOrder:
    """A scene's design and what its panel compares it with. Raises DesignError."""
    state = _state(scene_uid)
    design = design_of(state)
    other, name = other_side(state, design)
    seen = _seen(state, design, state.viewing.index, state.preview.images)
    return compare_order(design, paired(design, other), (f"{design.name}, now", name), seen)


def suggestion_comparison_of(scene_uid: int) -> PreviewOrder:
    """A scene's design and what it would be with all that is suggested of it. Raises DesignError."""
    state = _state(scene_uid)
    suggestion = suggestion_of(state.id_data)
    if suggestion is None:
        raise DesignError("", "there is no suggestion any more: ask for one")
    design = design_of(state)
    seen = _seen(state, design, state.viewing.index, state.preview.images)
    after = accepted(design, suggestion, 0)
    return compare_order(design, paired(design, after), ("Before", "After, as suggested"), seen)


def chosen_split(state: Any, design: Design) -> str:
    """The split that the panel Preview shows: the one chosen there, else the first."""
    wanted = state.preview.split
    return wanted if wanted in [split.name for split in design.splits] else design.splits[0].name


def pin(state: Any) -> None:
    """Keep the design as it is, to compare later states with. Raises DesignError."""
    viewing = state.viewing
    viewing.pinned = json.dumps(to_document(design_of(state)), ensure_ascii=False)
    viewing.pinned_at = datetime.datetime.now().strftime("%Y-%m-%d %H:%M")
    viewing.pinned_folder = state.folder


def other_side(state: Any, design: Design) -> tuple[Design, str]:
    """The design that the panel says to compare with, and its name for a heading. Raises DesignError."""
    viewing = state.viewing
    return _SIDES[viewing.against](viewing, design)


def _seen(state: Any, design: Design, index: int, count: int) -> Seen:
    """Images of the split, and in the quality, that the panel Preview has."""
    split = chosen_split(state, design)
    image = draft_settings(overridden(design, design.split(split))) if state.preview.quality == "DRAFT" else {}
    return Seen(split, index, count, image)


def _state(scene_uid: int) -> Any:
    scene = next((scene for scene in bpy.data.scenes if scene.session_uid == scene_uid), None)
    if scene is None:
        raise DesignError("", "the scene of this preview is no longer there")
    return scene.simreal


def _pinned(viewing: Any, _design: Design) -> tuple[Design, str]:
    if not viewing.pinned:
        raise DesignError("", "nothing is pinned yet: pin the design, change it, then compare")
    folder = Path(bpy.path.abspath(viewing.pinned_folder))
    return from_document(json.loads(viewing.pinned), folder), f"Pinned {viewing.pinned_at}"


def _fixed(viewing: Any, design: Design) -> tuple[Design, str]:
    chosen = viewing.fixed_factor
    if chosen == "all":
        return with_fixed(design), "All factors fixed"
    return with_fixed(design, [chosen]), f"{FACTORS[chosen].label} fixed"


def _look(viewing: Any, design: Design) -> tuple[Design, str]:
    look, name = _preset(viewing, design)
    return with_look(design, look), f"With the look of {name}"


def _preset(viewing: Any, design: Design) -> tuple[Design, str]:
    if not viewing.preset:
        raise DesignError("", "no preset is chosen to compare with")
    found = find_preset(viewing.preset)
    return expanded(with_remembered(load_preset(found, design.folder))), found.name


def _file(viewing: Any, _design: Design) -> tuple[Design, str]:
    if not viewing.file:
        raise DesignError("", "no design file is chosen to compare with")
    loaded = expanded(with_remembered(load(Path(bpy.path.abspath(viewing.file)))))
    return loaded, loaded.name


_SIDES = {"pinned": _pinned, "fixed": _fixed, "look": _look, "preset": _preset, "file": _file}
