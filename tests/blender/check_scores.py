"""Run by a Python with bpy: photos are scored by jobs, listed, filtered, looked at, exported, and found again.

BLENDER_USER_RESOURCES=FOLDER python check_scores.py FOLDER COUNT

FOLDER holds model.onnx and photos/ with COUNT photos in class folders, and mug/ with one more and a broken one.
"""

import csv
import os
import shutil
import sys
import time
from pathlib import Path

import bpy
import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent))
from recording_layout import draw

import simreal
from simreal.addon import job_watch, score_shown
from simreal.addon.image_files import picture_file
from simreal.addon.jobs import State
from simreal.addon.places import places
from simreal.addon.score_orders import IMAGE_VERB, image_order, image_scores
from simreal.addon.score_photo import PHOTO_IMAGE
from simreal.addon.shown_images import picture
from simreal.design.errors import AssetError

WAIT_S = 240.0
PANELS = ("SIMREAL_PT_score", "SIMREAL_PT_score_aliases", "SIMREAL_PT_score_results", "SIMREAL_PT_score_skipped")
DO = bpy.ops.simreal


def main(folder, count):
    simreal.register()
    bpy.context.scene.simreal.output = str(folder / "out")
    what_is_missing_is_told(folder)
    a_bad_model_is_told(folder)
    photos_are_scored(folder, count)
    the_list_is_filtered_and_walked_through(count)
    pictures_are_shown()
    the_table_is_exported(folder, count)
    neither_the_file_nor_undo_knows_the_list(folder, count)
    folders_of_other_names_are_counted()
    chosen_photos_are_scored(folder)
    scores_are_found_again_and_loaded(folder)
    a_scoring_that_was_cancelled_leaves_the_scores_before(folder)
    images_of_blender_are_scored(folder)
    simreal.unregister()
    assert PHOTO_IMAGE not in bpy.data.images
    assert not any("score_shown" in str(handler) for handler in bpy.app.handlers.load_post)
    assert not bpy.app.timers.is_registered(score_shown.on_load)
    print("scores: ok")


def rows():
    return bpy.context.window_manager.simreal.scores


def texts(*panels):
    drawn = [draw(getattr(bpy.types, name), bpy.context) or [] for name in panels or PANELS]
    return [str(arguments["text"]) for panel in drawn for _, arguments in panel if arguments.get("text")]


def refusal(name, **arguments):
    try:
        getattr(DO, name)(**arguments)
    except RuntimeError as error:
        return str(error)
    raise AssertionError(f"{name} was not refused")


def finished(verb, target):
    """The newest job of a kind, seen to its end by the timer, which no headless Blender runs."""
    job = job_watch.watch().board.latest(verb, str(target))
    deadline = time.monotonic() + WAIT_S
    while job.is_live:
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)
        job_watch.poll()
    return job


def what_is_missing_is_told(folder):
    scene = bpy.context.scene
    state = scene.simreal.scoring
    assert "There is no classifier: train one" in refusal("score")
    state.model = str(folder / "none.onnx")
    assert "none.onnx is not there" in refusal("score")
    state.model = str(folder / "model.onnx")
    assert "Choose a folder of photos" in refusal("score")
    state.photos = str(folder / "nowhere")
    assert "The photos' folder is not there" in refusal("score")
    for name in ("scores_show", "scores_step", "scores_export", "scores_open", "scores_picture"):
        assert "There are no scores yet" in refusal(name)
    assert "Open an image in this Image Editor" in refusal("score_image")
    assert "Score an image first" in refusal("score_image_show")
    assert draw(bpy.types.SIMREAL_PT_score_results, bpy.context) is None
    assert texts("SIMREAL_PT_score_aliases")


def a_bad_model_is_told(folder):
    scene = bpy.context.scene
    (folder / "text.onnx").write_text("no model")
    (folder / "empty").mkdir()
    scene.simreal.scoring.model, scene.simreal.scoring.photos = str(folder / "text.onnx"), str(folder / "photos")
    assert DO.score() == {"FINISHED"}
    assert finished("score", folder / "out").state is State.FAILED
    assert "not an ONNX model, or a damaged" in " ".join(texts("SIMREAL_PT_score"))
    scene.simreal.scoring.model, scene.simreal.scoring.photos = str(folder / "model.onnx"), str(folder / "empty")
    assert DO.score() == {"FINISHED"}
    assert "no photo in it" in finished("score", folder / "out").problem


def photos_are_scored(folder, count):
    scene = bpy.context.scene
    scene.simreal.scoring.photos = str(folder / "photos")
    started = time.monotonic()
    assert DO.score() == {"FINISHED"}
    assert time.monotonic() - started < 2.0, "starting a job blocks Blender"
    job = finished("score", folder / "out")
    assert job.state is State.DONE, (job.state, job.problem)
    assert len(rows().rows) == count + 1
    assert score_shown.shown().scores.folder == places(scene).scores
    told = texts()
    assert f"{count + 1:,} photos, 1 skipped" in told, told[:20]
    assert any(text.startswith("Right: ") and "95 %" in text for text in told)
    assert any("broken.jpg" in text for text in told)
    assert "mug: 2 not counted" in told
    thumbnail = score_shown.shown().icons
    assert len(thumbnail) == count + 1, "the list was drawn, whole, with thumbnails"
    assert tuple(thumbnail["0"].image_size) == (64, 64)


def the_list_is_filtered_and_walked_through(count):
    state, shown = rows(), score_shown.shown()
    assert len(shown.order(state)) == count + 1
    state.mistakes_only, state.sort, state.descending = True, "confidence", True
    mistakes = shown.order(state)
    assert mistakes and all(shown.scores.predictions[number].correct is False for number in mistakes)
    confidences = [shown.scores.predictions[number].confidence for number in mistakes]
    assert confidences == sorted(confidences, reverse=True)
    flags, order = list_filter(state)
    assert sum(map(bool, flags)) == len(mistakes) and sorted(order) == list(range(count + 1))
    assert [order.index(place) for place in range(len(mistakes))] == mistakes
    state.active = mistakes[0]
    for _ in range(3):
        assert DO.scores_step(direction="NEXT") == {"FINISHED"}
    assert state.active == mistakes[3]
    assert DO.scores_step(direction="PREVIOUS") == {"FINISHED"}
    assert state.active == mistakes[2]
    state.true, state.search = "cup", "cup/1"
    assert all("cup/1" in shown.scores.predictions[number].name for number in shown.order(state))
    assert f"{len(shown.order(state)):,} of {count + 1:,} photos" in texts("SIMREAL_PT_score_results")
    state.search = "no photo is called like this"
    assert DO.scores_step(direction="NEXT") == {"FINISHED"} and state.active == mistakes[2]
    state.true, state.search, state.mistakes_only, state.sort, state.descending = "", "", False, "name", False


def list_filter(state):
    cls = bpy.types.SIMREAL_UL_scores
    return cls.filter_items(type("List", (), {"bitflag_filter_item": 1 << 30}), bpy.context, state, "rows")


def pictures_are_shown():
    scene = bpy.context.scene
    state = rows()
    state.active = 7
    image = bpy.data.images[PHOTO_IMAGE]
    plain = pixels(image)
    assert tuple(image.size) == (1200, 760) and image.is_runtime_data and not image.is_dirty
    state.overlay = True
    assert bpy.data.images[PHOTO_IMAGE] == image and not np.array_equal(plain, pixels(image)), "no heat is shown"
    state.active = 8
    assert len([each for each in bpy.data.images if each.name.startswith(PHOTO_IMAGE)]) == 1
    for kind, name in (("CONFUSION", "Simreal Confusion Matrix"), ("PER_CLASS", "Simreal Per-Class Accuracy")):
        assert DO.scores_picture(kind=kind) == {"FINISHED"}
        assert bpy.data.images[name].size[0] > 400
    (places(scene).scores / "confusion.png").rename(places(scene).folder / "confusion.png")
    assert "holds no confusion.png; score the photos again" in refusal("scores_picture", kind="CONFUSION")
    (places(scene).folder / "confusion.png").rename(places(scene).scores / "confusion.png")


def pixels(image):
    values = np.empty(len(image.pixels), dtype=np.float32)
    image.pixels.foreach_get(values)
    return values


def the_table_is_exported(folder, count):
    state = rows()
    shown = score_shown.shown()
    state.predicted = wanted = shown.scores.predictions[0].predicted
    for only_shown, expected in ((True, len(shown.order(state))), (False, count + 1)):
        assert DO.scores_export(filepath=str(folder / "table.csv"), only_shown=only_shown) == {"FINISHED"}
        with (folder / "table.csv").open(newline="") as file:
            table = list(csv.DictReader(file))
        assert len(table) == expected
        assert not only_shown or {row["predicted"] for row in table} == {wanted}
    assert "cannot be written" in refusal("scores_export", filepath=str(folder / "no" / "table.csv"))
    state.predicted = ""


def neither_the_file_nor_undo_knows_the_list(folder, count):
    state = rows()
    state.active = 5
    bpy.ops.ed.undo_push(message="before")
    bpy.context.scene.simreal.title = "renamed"
    bpy.ops.ed.undo_push(message="renamed")
    state.active = 6
    bpy.ops.ed.undo()
    assert bpy.context.scene.simreal.title == "" and rows().active == 6 and len(rows().rows) == count + 1
    assert PHOTO_IMAGE in bpy.data.images
    file = folder / "scene.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(file), compress=False)
    assert len(rows().rows) == count + 1 and rows().active == 6
    content = file.read_bytes()
    for trace in (PHOTO_IMAGE, "simreal-photo", "broken.jpg", str(folder / "photos" / "cup")):
        assert trace.encode() not in content, f"{trace} is in the .blend"


def folders_of_other_names_are_counted():
    scene = bpy.context.scene
    assert DO.score_alias_add(folder="mug") == {"FINISHED"}
    assert DO.score_alias_add(folder="mug") == {"FINISHED"}
    (alias,) = scene.simreal.scoring.aliases
    assert "mug: 2 not counted" not in texts()
    alias.target = "cup"
    before = score_shown.shown().scores.summary["n"]
    assert DO.score() == {"FINISHED"}
    finished("score", places(scene).folder)
    assert score_shown.shown().scores.summary["n"] == before + 1
    assert DO.score_alias_remove(index=0) == {"FINISHED"}
    assert not scene.simreal.scoring.aliases


def chosen_photos_are_scored(folder):
    scene = bpy.context.scene
    cups = sorted((folder / "photos" / "cup").iterdir())[:3]
    names = [{"name": path.name} for path in cups]
    assert DO.score_photos(directory=str(folder / "photos" / "cup"), files=[*names, {"name": ""}]) == {"FINISHED"}
    assert scene.simreal.scoring.file_count == 3
    assert "3 chosen photos of the folder" in texts("SIMREAL_PT_score")
    assert DO.score() == {"FINISHED"}
    finished("score", places(scene).folder)
    scores = score_shown.shown().scores
    assert [each.path for each in scores.predictions] == cups
    assert {each.true_class for each in scores.predictions} == {"cup"}
    scene.simreal.scoring.photos = str(folder / "photos")
    assert scene.simreal.scoring.files == "", "another folder has other photos"


def scores_are_found_again_and_loaded(folder):
    """After a file is opened, and by another Blender, the scene's last scores are there; others can be loaded."""
    bpy.context.scene.simreal.output = str(folder / "out")
    bpy.ops.wm.save_as_mainfile(filepath=str(folder / "scene.blend"))
    bpy.ops.wm.read_homefile(use_empty=True)
    assert score_shown.shown().scores is None and not rows().rows
    bpy.ops.wm.open_mainfile(filepath=str(folder / "scene.blend"))
    assert len(rows().rows) == 3
    simreal.unregister()
    simreal.register()
    assert not rows().rows
    score_shown.on_load()  # as its timer does
    assert len(rows().rows) == 3
    other = shutil.copytree(folder / "out" / "scores", folder / "other")
    for name in ("thumbnails.npy", "activation.npy"):
        (other / name).unlink()
    assert DO.scores_load(directory=str(other)) == {"FINISHED"}
    assert score_shown.shown().scores.folder == other and texts("SIMREAL_PT_score_results")
    rows().active = 2
    assert "holds no summary.json" in refusal("scores_load", directory=str(folder))
    assert score_shown.shown().scores.folder == other, "what was listed stays"
    (folder / "out" / "scores" / "predictions.json").write_text("[")
    score_shown.find_last()
    assert any("predictions.json is damaged" in text for text in [" ".join(texts("SIMREAL_PT_score"))])


def a_scoring_that_was_cancelled_leaves_the_scores_before(folder):
    scene = bpy.context.scene
    bpy.ops.simreal.score()
    job = job_watch.watch().board.latest("score", str(folder / "out"))
    assert DO.job_cancel(job=job.name) == {"FINISHED"}
    assert finished("score", folder / "out").state is State.CANCELLED
    assert any("Cancelled" in text for text in texts("SIMREAL_PT_score"))
    assert scene.simreal.scoring.photos == str(folder / "photos")


def images_of_blender_are_scored(folder):
    scene = bpy.context.scene
    file = next((folder / "photos" / "cup").iterdir())
    assert picture_file(bpy.data.images.load(str(file)), scene, folder / "image.png") == file
    made = bpy.data.images.new("made", 20, 10, alpha=True)
    made.pixels.foreach_set(np.tile([0.0, 0.0, 1.0, 1.0] * 10 + [1.0, 0.0, 0.0, 1.0] * 10, 10).astype(np.float32))
    written = picture_file(made, scene, folder / "image.png")
    assert Image.open(written).convert("RGB").getpixel((2, 2)) == (0, 0, 255)
    assert made.is_dirty and not made.filepath, "the image is as it was"
    linear = bpy.data.images.new("linear", 8, 8, float_buffer=True)
    linear.pixels.foreach_set(np.full(256, 0.2158605, dtype=np.float32))
    assert Image.open(picture_file(linear, scene, folder / "image.png")).getpixel((1, 1))[0] in {127, 128}
    made.pack()
    assert picture_file(made, scene, folder / "image.png") == folder / "image.png"
    gone = bpy.data.images.new("gone", 4, 4)
    gone.source, gone.filepath = "FILE", str(folder / "gone.png")
    try:
        picture_file(gone, scene, folder / "image.png")
    except AssetError as error:
        assert "the image is empty" in str(error)
    else:
        raise AssertionError("an image without a file was scored")
    a_render_is_scored(folder)
    job_watch.watch().start(image_order(scene, "made", picture_file(made, scene, folder / "image.png")))
    job = finished(IMAGE_VERB, image_scores())
    assert job.state is State.DONE, job.problem
    assert len(job.results["scores"]["top5"]) == 5
    assert DO.score_image_show() == {"FINISHED"}
    assert "image.png" in str(score_shown.read_scores(image_scores()).predictions[0].path)
    assert bpy.types.SIMREAL_PT_score_image.bl_category == "Simreal"
    assert picture(folder / "image.png", "own").is_runtime_data


def a_render_is_scored(folder):
    scene = bpy.context.scene
    for name in ("resolution_x", "resolution_y"):
        setattr(scene.render, name, 16)
    scene.render.engine, scene.cycles.samples = "CYCLES", 1
    scene.camera = bpy.data.objects.new("eye", bpy.data.cameras.new("eye"))
    scene.collection.objects.link(scene.camera)
    settings = scene.render.image_settings
    if hasattr(settings, "media_type"):  # since 5.0
        settings.media_type = "MULTI_LAYER_IMAGE"
    settings.file_format, settings.color_depth = "OPEN_EXR_MULTILAYER", "32"
    bpy.ops.render.render()
    result = next(each for each in bpy.data.images if each.type == "RENDER_RESULT")
    assert Image.open(picture_file(result, scene, folder / "render.png")).size == (16, 16)
    assert (settings.file_format, settings.color_depth) == ("OPEN_EXR_MULTILAYER", "32"), "the scene is changed"


main(Path(sys.argv[1]), int(sys.argv[2]))
sys.stdout.flush()
os._exit(0)  # after a render, bpy 4.5 may wait for its own threads for ever at exit
