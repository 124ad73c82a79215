"""The settings of scoring, kept in the scene, and the list of scored photos, kept for the moment."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from typing import Any

import bpy
from bpy.props import BoolProperty, CollectionProperty, EnumProperty, IntProperty, StringProperty

from . import score_photo, score_shown


class SIMREAL_PG_alias(bpy.types.PropertyGroup):
    """A folder of photos that shows a class."""

    name: StringProperty(name="Folder", description="Name of the folder, as it is called among the photos")
    target: StringProperty(
        name="Class",
        description="Class that the photos of the folder show",
        search=lambda group, context, typed: (
            score_shown.shown().class_names() or [entry.name for entry in context.scene.simreal.classes]
        ),
        search_options={"SUGGESTION"},
    )


def _photos_changed(group: Any, _context: bpy.types.Context) -> None:
    if group.files:
        group.files = ""


class SIMREAL_PG_scoring(bpy.types.PropertyGroup):
    """What to score."""

    model: StringProperty(
        name="Model", description="Exported classifier (.onnx); empty is the one trained here", subtype="FILE_PATH"
    )
    photos: StringProperty(
        name="Photos",
        description="Folder of photos; folders in it named after classes tell the truth",
        subtype="DIR_PATH",
        update=_photos_changed,
    )
    files: StringProperty(
        name="Chosen Photos", description="The photos of the folder to score, one a line; empty is all"
    )
    aliases: CollectionProperty(type=SIMREAL_PG_alias)
    active_alias: IntProperty(name="Folder", options={"HIDDEN"})

    @property
    def file_count(self) -> int:
        return self.files.count("\n") + 1 if self.files else 0


class SIMREAL_PG_score_row(bpy.types.PropertyGroup):
    """A row of the list: only the number of its prediction, so that no photo's name gets into a .blend."""

    number: IntProperty(name="Photo", description="Number of the prediction")


def _classes(_group: Any, _context: bpy.types.Context, _typed: str) -> list[str]:
    return score_shown.shown().class_names()


class SIMREAL_PG_scores(bpy.types.PropertyGroup):
    """The list of scored photos: which are shown, in which order, and which one is looked at."""

    rows: CollectionProperty(type=SIMREAL_PG_score_row)
    active: IntProperty(name="Photo", description="The photo that is looked at", update=score_photo.on_selected)
    search: StringProperty(
        name="Search", description="Show photos only whose name holds this text", options={"TEXTEDIT_UPDATE"}
    )
    predicted: StringProperty(
        name="Predicted", description="Show photos only that were taken for this class", search=_classes
    )
    true: StringProperty(name="True", description="Show photos only that show this class", search=_classes)
    mistakes_only: BoolProperty(name="Mistakes Only", description="Show photos only that were taken for another class")
    sort: EnumProperty(
        name="Sort By",
        description="The order of the photos",
        items=[
            ("name", "Name", "By name", "SORTALPHA", 0),
            ("predicted", "Predicted", "By predicted class", "OUTLINER_OB_FONT", 1),
            ("confidence", "Confidence", "By how sure the model is", "SORTSIZE", 2),
            ("true", "True Class", "By true class", "FAKE_USER_ON", 3),
            ("correct", "Right or Wrong", "Mistakes first", "CHECKMARK", 4),
        ],
    )
    descending: BoolProperty(name="Descending", description="Turn the order round")
    overlay: BoolProperty(
        name="Where It Looked",
        description="Lay over the photo, as heat, which of its places speak for the predicted class",
        update=score_photo.on_selected,
    )


SCENE_CLASSES = (SIMREAL_PG_alias, SIMREAL_PG_scoring)
WINDOW_CLASSES = (SIMREAL_PG_score_row, SIMREAL_PG_scores)
