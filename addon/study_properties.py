"""``Scene.simreal.studies``: which study is run, and how; and for the moment the list of its cells.

Studies and their scales come from files, so both are kept by name: what a number of a list means may change.
"""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from typing import Any

import bpy
from bpy.props import BoolProperty, CollectionProperty, EnumProperty, IntProperty, StringProperty

from .study_choice import Choice, choice_of, shipped

OWN = "FILE"
Item = tuple[str, str, str]

_items: dict[tuple[Item, ...], list[Item]] = {}  # of an enumeration's texts Blender keeps none


def chosen(group: Any) -> Choice:
    """The study that is asked for, at its scale."""
    name = _name(group)
    return choice_of("" if name == OWN else name, bpy.path.abspath(group.file), group.chosen_scale)


def _name(group: Any) -> str:
    if group.chosen_study:
        return str(group.chosen_study)
    return shipped()[0].name if shipped() else OWN


def _scale(group: Any) -> str:
    study = chosen(group).study
    return study.scale if study else ""


def _studies(group: Any, _context: Any) -> list[Item]:
    items = [(one.name, one.title, one.description) for one in shipped()]
    name = _name(group)
    if name not in (OWN, *(one.name for one in shipped())):
        items.append((name, name, "A study that this version of Simreal does not have"))
    return _kept([*items, (OWN, "Study File", "A study of your own, or of somebody else's: a .study.json file")])


def _scales(group: Any, _context: Any) -> list[Item]:
    found = chosen(group).file
    items = [(name, name.capitalize(), scale.about) for name, scale in (found.scales if found else {}).items()]
    return _kept(items or [("ONLY", "The Only One", "This study has no scales to choose from")])


def _kept(items: list[Item]) -> list[Item]:
    return _items.setdefault(tuple(items), items)


def _get(items: Any, current: Any) -> Any:
    def get(group: Any) -> int:
        names = [item[0] for item in items(group, None)]
        name = current(group)
        return names.index(name) if name in names else 0

    return get


def _set(items: Any, field: str) -> Any:
    def set_to(group: Any, number: int) -> None:
        setattr(group, field, items(group, None)[number][0])

    return set_to


class SIMREAL_PG_study_folder(bpy.types.PropertyGroup):
    """A folder that studies ask for by name: of real photos, or of a library of their designs."""

    kind: StringProperty(name="Kind", description="What lies there", options={"HIDDEN"})
    folder: StringProperty(name="Folder", description="Where it lies on this computer", subtype="DIR_PATH")


class SIMREAL_PG_studies(bpy.types.PropertyGroup):
    """Which study to run, and how."""

    study: EnumProperty(
        name="Study",
        description="The paper's tables, or a grid of your own: data sets x trainings x seeds",
        items=_studies,
        get=_get(_studies, _name),
        set=_set(_studies, "chosen_study"),
    )
    chosen_study: StringProperty(name="Name of the study", options={"HIDDEN"})
    file: StringProperty(name="Study File", description="A study's file (.study.json)", subtype="FILE_PATH")
    scale: EnumProperty(
        name="Scale",
        description="How large the study is: what it costs, and what it can show",
        items=_scales,
        get=_get(_scales, _scale),
        set=_set(_scales, "chosen_scale"),
    )
    chosen_scale: StringProperty(name="Name of the scale", options={"HIDDEN"})
    use_design: BoolProperty(
        name="This Scene's Design",
        description="Take the classes and models of this scene's design in place of the study's, and its factors where "
        "the study names no look of its own",
    )
    folders: CollectionProperty(type=SIMREAL_PG_study_folder)
    use_seeds: BoolProperty(
        name="Seeds", description="Take another number of seeds than the study says: more of them, narrower intervals"
    )
    seeds: IntProperty(
        name="Seeds",
        description="How often every cell is done, each time with designs, initial weights and order of its own",
        default=3,
        min=1,
        soft_max=10,
    )
    at_once: IntProperty(
        name="Steps at Once",
        description="How many steps run at the same time, the processor's cores shared out among them",
        default=1,
        min=1,
        max=64,
        soft_max=8,
    )

    def folder(self, kind: str, name: str) -> str:
        """The folder that was chosen for something; "" where none was."""
        found = next((one.folder for one in self.folders if (one.kind, one.name) == (kind, name)), "")
        return str(bpy.path.abspath(found)) if found else ""


class SIMREAL_PG_study_row(bpy.types.PropertyGroup):
    """A row of the list: only the number of its cell; what the cell is, the study's folder says."""

    number: IntProperty(name="Cell", description="Number of the cell")


class SIMREAL_PG_study_list(bpy.types.PropertyGroup):
    """The cells of the study that is shown, and which one is looked at."""

    rows: CollectionProperty(type=SIMREAL_PG_study_row)
    active: IntProperty(name="Cell", description="The cell whose figures are shown below", options={"HIDDEN"})


SCENE_CLASSES = (SIMREAL_PG_study_folder, SIMREAL_PG_studies)
WINDOW_CLASSES = (SIMREAL_PG_study_row, SIMREAL_PG_study_list)
