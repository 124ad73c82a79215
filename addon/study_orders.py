"""What the panel Studies asks for: the command line that runs a study, and the job that is made of it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import bpy

from ..design.design import FILE_SUFFIX
from ..design.errors import StudyError
from .command_lines import own_blender, training
from .job_watch import watch
from .jobs import Job, Order
from .preferences import settings
from .study_design import design_text
from .study_properties import OWN, chosen
from .study_shown import study_folder

VERB, PHOTOS, LIBRARY = "study", "photos", "library"
PATIENCE_S = 90.0  # a training among the steps is given 60 to make its last checkpoint


def study_job(scene: bpy.types.Scene) -> Job | None:
    """The newest job that runs that study, or has run it."""
    folder = study_folder(scene)
    return None if folder is None else watch().board.latest(VERB, str(folder))


def study_order(scene: bpy.types.Scene, libraries: Iterable[str]) -> Order:
    """Run the study, or go on with it. ``libraries`` are the names of its designs' libraries.

    StudyError where there is no such study, DesignError where the scene's design is faulty, ToolError where nothing can
    train.
    """
    state, folder = scene.simreal.studies, _folder(scene)
    design = folder.with_name(f"{folder.name}{FILE_SUFFIX}")
    words = run_arguments(scene, libraries, design)
    words += own_blender()
    if state.at_once > 1:
        words += ("--jobs", str(state.at_once))
    if not bpy.app.online_access:
        words += ("--offline",)
    study = chosen(state).study
    assert study is not None
    return Order(
        VERB,
        f"{study.title}{f' ({study.scale})' if study.scale else ''}",
        str(folder),
        (training(settings(), VERB, *words),),
        makes=(str(folder),),
        patience_s=PATIENCE_S,
        files={str(design): design_text(scene, design.parent)} if state.use_design else {},
    )


def run_arguments(scene: bpy.types.Scene, libraries: Iterable[str], design: Path) -> tuple[str, ...]:
    """``run STUDY --out FOLDER`` and the options that say what the study is. ``design`` is where the scene's lies.

    StudyError where there is no such study.
    """
    state, folder = scene.simreal.studies, _folder(scene)
    choice = chosen(state)
    assert choice.file is not None and choice.study is not None
    study = str(choice.file.path) if state.study == OWN else choice.file.name
    words = ["run", study, "--out", str(folder)]
    words += ["--scale", choice.study.scale] if choice.study.scale else []
    words += ["--seeds", str(state.seeds)] if state.use_seeds else []
    words += ["--design", str(design)] if state.use_design else []
    for option, kind, names in (("--photos", PHOTOS, choice.photo_sets), ("--library", LIBRARY, libraries)):
        for name in names:
            if place := state.folder(kind, name):
                words += [option, f"{name}={place}"]
    return tuple(words)


def _folder(scene: bpy.types.Scene) -> Path:
    folder = study_folder(scene)
    if folder is None:
        raise StudyError(chosen(scene.simreal.studies).problem)
    return folder
