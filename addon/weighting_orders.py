"""What the panel Weighting asks for: the command lines that measure, suggest and advise, and the jobs made of them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import bpy

from ..datasets.effect_records import IMPORTANCE_FILE
from ..design.design import FILE_SUFFIX
from .command_lines import own_blender, training
from .environment_jobs import environment_job
from .job_watch import watch
from .jobs import Job, Order
from .places import places
from .preferences import settings
from .study_design import design_text
from .training_environment import standing
from .training_runs import last_run
from .weights_shown import newest

IMPORTANCE, TUNE, ADVISE = "importance", "tune", "advise"
TITLES = {IMPORTANCE: "Importance for", TUNE: "Weights for", ADVISE: "Advice on"}
FROM_IMAGES, TEST_SETS = "images", "test-sets"
PATIENCE_S = 90.0  # a data set among its steps ends with the images in flight


def weighting_job(scene: bpy.types.Scene, verb: str) -> Job | None:
    """The newest job of that verb for this scene's output folder."""
    return watch().board.latest(verb, str(places(scene).folder))


def weighting_order(scene: bpy.types.Scene, verb: str) -> Order:
    """Measure importance, suggest weights, or advise; asked for the same again, it goes on where it was.

    DesignError where the scene's design is faulty, ToolError where there is no training Python.
    """
    there, words = places(scene), arguments(scene, verb)
    folder = {IMPORTANCE: there.importance, TUNE: there.tuning, ADVISE: there.advice}[verb]
    text = design_text(scene, there.folder)
    if verb != ADVISE:  # which replaces what it said before; the others keep to one order a folder
        folder /= _digest(text, *words, *_listing(Path(words[1])))
    design = there.folder / f"{verb}{FILE_SUFFIX}"
    return Order(
        verb,
        f"{TITLES[verb]} {scene.simreal.title}",
        str(there.folder),
        (training(settings(), verb, design, *words, "--out", folder, *_rendering(scene, verb)),),
        needs=(str(there.data),) if takes_data(scene, verb) else (),
        makes=(str(folder),),
        patience_s=PATIENCE_S,
        files={str(design): text},
    )


def arguments(scene: bpy.types.Scene, verb: str) -> tuple[str, ...]:
    """``--photos FOLDER`` and the options that say what is wanted."""
    state: Any = scene.simreal.weighting
    there = places(scene)
    words = ["--photos", str(bpy.path.abspath(state.photos))]
    for alias in scene.simreal.scoring.aliases:
        words += ["--alias", f"{alias.name}={alias.target}"] if alias.name and alias.target else []
    if verb == ADVISE:
        words += ["--data", str(there.data), *(["--model", str(there.run)] if last_run(there.run) else [])]
    elif verb == IMPORTANCE:
        words += ["--from", state.source]
        words += ["--data", str(there.data)] if takes_data(scene, verb) else ["--images", str(state.images)]
        words += ["--model", str(there.run)] if state.source == TEST_SETS and last_run(there.run) else []
    else:
        words += ["--budget", state.budget, "--objective", state.objective, "--seeds", str(state.seeds)]
        words += ["--shots", str(state.shots)] if state.objective == "few" else []
        measured = newest(there.importance, IMPORTANCE_FILE)
        words += ["--importance", str(measured)] if measured is not None else []
    return tuple(words)


def weighting_problem(scene: bpy.types.Scene, verb: str) -> str:
    """Why that cannot be asked for now; "" where it can."""
    if problem := _photos_problem(bpy.path.abspath(scene.simreal.weighting.photos)) or _busy(scene, verb):
        return problem
    if problem := standing().problem:
        return problem
    return "There is no data set of this design: render it first" if verb == ADVISE and not _has_data(scene) else ""


def _photos_problem(folder: str) -> str:
    if not folder:
        return "Choose a folder of real photos"
    return "" if Path(folder).is_dir() else f"{folder} is not there: choose another folder of photos"


def _busy(scene: bpy.types.Scene, verb: str) -> str:
    job, making = weighting_job(scene, verb), environment_job()
    if job is not None and job.is_unfinished:
        return f"{job.order.title} is {job.state.value}: {'wait for it' if job.is_live else 'resume it'}, or cancel it"
    is_made = making is not None and making.is_live
    return "The training environment is being made: wait for it" if is_made else ""


def takes_data(scene: bpy.types.Scene, verb: str) -> bool:
    """Whether it rests on the data set of the panel Render: advice always does, importance where there is one."""
    wanted = verb == IMPORTANCE and scene.simreal.weighting.source == FROM_IMAGES
    return verb == ADVISE or (wanted and _has_data(scene))


def _has_data(scene: bpy.types.Scene) -> bool:
    data = places(scene).data
    return (data / "design.json").is_file() or watch().board.will_make(data) is not None


def _rendering(scene: bpy.types.Scene, verb: str) -> tuple[str, ...]:
    """What renders, and whether the network may be used; no part of what is wanted."""
    if verb == ADVISE:
        return ()
    offline = () if bpy.app.online_access else ("--offline",)
    return offline if takes_data(scene, verb) else (*offline, *own_blender())


def _listing(photos: Path) -> list[str]:
    """The photos by name and size: others make another order."""
    return [f"{file.relative_to(photos)} {file.stat().st_size}" for file in sorted(photos.rglob("*")) if file.is_file()]


def _digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:8]
