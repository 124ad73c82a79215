"""What the panel asks of scoring: orders of jobs, and what stands in their way."""

from __future__ import annotations

from pathlib import Path

import bpy

from .command_lines import in_blenders_python
from .job_watch import watch
from .jobs import Order
from .places import Places, model_file
from .preferences import user_folder

IMAGE_VERB = "score_image"


def photos_order(scene: bpy.types.Scene, there: Places) -> Order:
    """Scoring a scene's photos: all of the folder, or those chosen. It comes after the training of its model."""
    state, model = scene.simreal.scoring, model_file(scene)
    photos = Path(bpy.path.abspath(state.photos))
    arguments: list[str | Path] = ["--activation", "--thumbnails"]
    for alias in state.aliases:
        if alias.name and alias.target:
            arguments += ["--alias", f"{alias.name}={alias.target}"]
    names = there.folder / "photos.txt"
    if state.files:
        arguments += ["--only", names]
    return Order(
        "score",
        f"Score {f'{state.file_count} photos of ' if state.files else ''}{photos.name}",
        str(there.folder),
        (in_blenders_python("score", model, photos, "--out", there.scores, *arguments),),
        needs=(str(model),),
        files={str(names): f"{state.files}\n"} if state.files else {},
    )


def photos_problem(scene: bpy.types.Scene) -> str:
    """Why a scene's photos cannot be scored; "" where they can, also once its model will have been trained."""
    problem = model_problem(scene)
    photos = scene.simreal.scoring.photos
    if problem or not photos:
        return problem or "Choose a folder of photos"
    return "" if Path(bpy.path.abspath(photos)).exists() else "The photos' folder is not there"


def model_problem(scene: bpy.types.Scene) -> str:
    """Why there is no classifier to score with; "" where there is one, or a job will have made it."""
    model = model_file(scene)
    if model.is_file() or watch().board.will_make(model) is not None:
        return ""
    if scene.simreal.scoring.model:
        return f"{model.name} is not there: choose another .onnx file"
    return "There is no classifier: train one, or choose an .onnx file"


def image_order(scene: bpy.types.Scene, image_name: str, file: Path) -> Order:
    """Scoring one picture, beside the queue: it takes a second."""
    step = in_blenders_python("score", model_file(scene), file, "--out", image_scores(), "--activation")
    return Order(
        IMAGE_VERB,
        f"Score {image_name}",
        str(image_scores()),
        (step,),
        needs=(str(model_file(scene)),),
        in_line=False,
        facts={"image": image_name},
    )


def image_scores() -> Path:
    """Where the scores of the last image of an Image Editor lie."""
    return user_folder() / "image-scores"
