"""Run by a Python with bpy: makes, checks and removes a training environment from Blender, and trains with a real one.

BLENDER_USER_RESOURCES=FOLDER python check_training.py DATA TRAINING_PYTHON

pip is set to a folder of tiny wheels by environment variables. DATA is a rendered data set, TRAINING_PYTHON has torch.
"""

import json
import shutil
import sys
import time
from pathlib import Path

import bpy

sys.path.insert(0, str(Path(__file__).parent))
from leaving import run
from recording_layout import RecordingLayout, draw

import simreal
from simreal.addon import curve_icons, environment_jobs, job_watch, preferences, training_environment, training_orders
from simreal.addon.jobs import State
from simreal.addon.places import places
from simreal.addon.preferences import SIMREAL_AP_preferences, own_environment, settings
from simreal.addon.training_environment import standing
from simreal.addon.training_properties import _backbones, _devices
from simreal.panels.preferences import draw_preferences
from simreal.training.config import EPOCHS

WAIT_S = 120.0


def main(data, training_python):
    simreal.register()
    preferences.preferences = lambda: Named  # simreal is no enabled add-on here: its preferences are these
    training_environment.preferences = preferences.preferences
    scene = bpy.context.scene
    bpy.ops.simreal.design_starter()
    scene.simreal.output = str(Path(bpy.utils.user_resource("CONFIG", create=True)).parent / "out")
    without_an_environment_all_is_explained(scene)
    nothing_is_downloaded_offline()
    an_environment_is_created_and_checked()
    its_backbones_and_devices_are_offered(scene)
    what_goes_wrong_with_it_is_told()
    one_that_is_cancelled_leaves_nothing()
    a_named_python_trains(scene, data, training_python)
    the_last_run_is_shown(scene)
    training_is_queued_behind_a_render(scene)
    simreal.unregister()
    assert not training_environment._memories
    print("training: ok")


class Named:
    """Stands for the add-on's preferences."""

    training_python = ""
    jobs_folder = ""
    jobs_at_once = 1
    workers = 0
    device = "auto"


def without_an_environment_all_is_explained(scene):
    assert settings().training_python == "" and "create one in Preferences" in standing().problem
    assert refusal("train") == standing().problem
    assert "There is no training environment" in refusal("environment_check")
    assert refusal("environment_remove") == "No training environment has been created here"
    assert "simreal.environment_create" in operators(draw(bpy.types.SIMREAL_PT_train, bpy.context))
    assert "all but Train works without one" in str(drawn_preferences())


def nothing_is_downloaded_offline():
    bpy.context.preferences.system.use_online_access = False
    assert refusal("environment_create").endswith("allow online access in Preferences > System > Network")
    assert "Allow Online Access" in str(drawn_preferences())
    bpy.context.preferences.system.use_online_access = True
    assert refusal("environment_create") == ""


def an_environment_is_created_and_checked():
    Named.training_python = "/some/other/python"
    assert bpy.ops.simreal.environment_create(torch="cpu") == {"FINISHED"}
    job = environment_jobs.environment_job()
    assert "worked on" in refusal("environment_create") and "worked on" in refusal("environment_remove")
    wait(lambda: job.progress is not None)
    assert any(name == "progress" for name, _ in drawn_preferences())
    assert any(name == "progress" for name, _ in draw(bpy.types.SIMREAL_PT_train, bpy.context))
    wait(lambda: not job.is_live)
    assert job.state is State.DONE, (job.state, job.problem, job.log)
    assert own_environment().is_ready
    assert Named.training_python == "", "what was created is not what trains"
    now = standing()
    assert settings().training_python == now.program == str(own_environment().python)
    assert (now.problem, now.summary) == ("", "torch 99.0, CPU"), now
    assert "torch 99.0, CPU" in str(drawn_preferences())
    assert "torch 99.0, CPU" in str(draw(bpy.types.SIMREAL_PT_train, bpy.context))
    simreal.unregister()
    simreal.register()
    assert standing().summary == "torch 99.0, CPU", "forgotten by another Blender"


def its_backbones_and_devices_are_offered(scene):
    state = scene.simreal.training
    assert _backbones(state, bpy.context, "")[0] == ("efficientnet_lite0", "on this machine")
    assert ("resnet50", "to download") in _backbones(state, bpy.context, "RESNET")
    assert [name for name, _ in _devices(state, bpy.context, "")] == ["auto", "cpu"]
    state.backbone = "resnet50"
    assert training_orders.needs_download(state)
    bpy.context.preferences.system.use_online_access = False
    scene_data = places(scene).data
    scene_data.mkdir(parents=True)
    (scene_data / "design.json").touch()
    assert refusal("train").startswith("The weights of resnet50 have to be downloaded: allow online access")
    state.regime = "scratch"
    assert refusal("train") == ""
    assert training_orders.arguments(state) == ("--backbone", "resnet50", "--from-scratch", "--offline")
    state.epochs, state.augmentation, state.seed, state.crop_px = 3, "weak", 7, 64
    assert training_orders.arguments(state)[4:] == (
        *("--epochs", "3", "--image-size", "64", "--augmentation", "weak", "--seed", "7"),
    )
    state.regime, state.backbone = "head", "efficientnet_lite0"
    assert "--epochs" not in training_orders.arguments(state)
    for name in ("epochs", "augmentation", "seed", "crop_px"):
        state.property_unset(name)
    numbers_are_left_open_or_chosen(state)
    shutil.rmtree(scene_data)
    bpy.context.preferences.system.use_online_access = True


def numbers_are_left_open_or_chosen(state):
    drawn = [arguments for name, arguments in draw(bpy.types.SIMREAL_PT_train, bpy.context) if name == "prop"]
    said = [arguments["property"] for arguments in drawn if arguments.get("text") == "Automatic"]
    assert said == ["automatic_crop_px", "automatic_views"]
    assert state.automatic_crop_px and "--image-size" not in training_orders.arguments(state)
    state.automatic_crop_px = False
    assert state.crop_px == 224 and "--image-size" in training_orders.arguments(state)
    state.crop_px, state.automatic_crop_px = 64, False
    assert state.crop_px == 64
    state.automatic_crop_px = True
    assert state.crop_px == 0 and "--image-size" not in training_orders.arguments(state)
    state.regime, state.automatic_epochs = "scratch", False
    assert state.epochs == EPOCHS[True]
    state.regime, state.automatic_epochs = "head", True


def what_goes_wrong_with_it_is_told():
    """Broken, taken away behind Blender's back, or not a Python: a sentence each, in the panel and on the button."""
    environment = own_environment()
    site = next(environment.path.glob("lib/python*/site-packages"))
    (site / "torch.py").write_text("raise OSError('libtorch_cpu.so is damaged')")
    (site / "changed.dist-info").mkdir()
    assert standing().summary == "Not checked yet", "a changed environment still counts as checked"
    check()
    assert standing().problem == "torch: 99.0: libtorch_cpu.so is damaged"
    assert refusal("train") == standing().problem
    assert "libtorch_cpu.so" in "".join(labels(draw(bpy.types.SIMREAL_PT_train, bpy.context)))
    Named.training_python = str(shutil.which("true"))
    check()
    assert "is not a Python that can train" in standing().problem
    Named.training_python = "/no/such/python"
    assert "there is no such Python" in refusal("train") == standing().problem
    Named.training_python = ""
    shutil.rmtree(environment.path)
    assert "create one in Preferences" in standing().problem
    environment.path.mkdir()
    (environment.path / "simreal-environment.json").write_text("{}")
    assert "is not finished: create it again" in standing().problem
    assert bpy.ops.simreal.environment_remove() == {"FINISHED"}
    job = environment_jobs.environment_job()
    wait(lambda: not job.is_live)
    assert job.state is State.DONE and not environment.path.exists(), job.problem


def one_that_is_cancelled_leaves_nothing():
    assert bpy.ops.simreal.environment_create(torch="cpu") == {"FINISHED"}
    job = environment_jobs.environment_job()
    wait(lambda: job.progress is not None and job.progress.stage.startswith("torch"))
    assert bpy.ops.simreal.job_cancel(job=job.name) == {"FINISHED"}
    wait(lambda: not job.is_live)
    assert job.state is State.CANCELLED and not own_environment().path.exists(), (job.state, job.problem)
    assert "create one in Preferences" in standing().problem
    drawn_preferences()
    assert bpy.ops.simreal.job_forget(job=job.name) == {"FINISHED"}


def a_named_python_trains(scene, data, training_python):
    Named.training_python = str(training_python)
    check()
    assert standing().problem == "" and standing().found.device, standing()
    there, state = places(scene), scene.simreal.training
    shutil.copytree(data, there.data)
    state.crop_px, state.views = 64, 1
    assert refusal("train") == ""
    assert bpy.ops.simreal.train() == {"FINISHED"}
    job = job_watch.watch().board.latest("train", str(there.folder))
    wait(lambda: not job.is_live)
    assert job.state is State.DONE, (job.state, job.problem, job.log)
    assert there.model.is_file()
    assert json.loads((there.run / "config.json").read_text())["crop_px"] == 64


def the_last_run_is_shown(scene):
    drawn = draw(bpy.types.SIMREAL_PT_train, bpy.context)
    shown = labels(drawn)
    assert {"efficientnet_lite0", "Head only, 64 px"} <= set(shown), shown
    assert "test_iid" in shown and any(text.endswith(" %") for text in shown), shown
    (icons,) = curve_icons._collections  # a Blender without a window gives them no number, so none is drawn
    (icon,) = icons.values()
    assert icon.image_size[0] == curve_icons.WIDTH_PX and len(set(icon.image_pixels_float)) > 10
    assert bpy.ops.simreal.run_show() == {"FINISHED"}
    assert bpy.data.images["Simreal Learning Curve"].size[0] > 500
    (places(scene).run / "results.json").write_text("{")
    draw(bpy.types.SIMREAL_PT_train, bpy.context)


def training_is_queued_behind_a_render(scene):
    there = places(scene)
    shutil.rmtree(there.folder)
    assert refusal("train") == "There is no data set: render it first"
    scene.simreal.image.resolution_px, scene.simreal.image.samples = 32, 1
    assert bpy.ops.simreal.render() == {"FINISHED"}
    assert refusal("train") == ""
    assert any(
        "Waits in the queue for" in text for text in joined(labels(draw(bpy.types.SIMREAL_PT_train, bpy.context)))
    )
    assert bpy.ops.simreal.train() == {"FINISHED"}
    board = job_watch.watch().board
    training = board.latest("train", str(there.folder))
    wait(lambda: training.state is State.QUEUED and bool(board.waits_for(training)))
    assert "Training is running or queued" in refusal("environment_create")
    for verb in ("train", "render"):
        board.latest(verb, str(there.folder)).cancel()
    wait(lambda: not board.any_live)


def refusal(name):
    """Why an operator cannot run now; "" where it can."""
    try:
        can = getattr(bpy.ops.simreal, name).poll()
    except RuntimeError as error:
        return str(error)
    if can:
        return ""
    cls = getattr(bpy.types, f"SIMREAL_OT_{name}")
    said = []
    stand_in = type("Poll", (), {"poll_message_set": staticmethod(said.append)})
    cls.poll.__func__(stand_in, bpy.context)
    return said[0]


def check():
    assert bpy.ops.simreal.environment_check() == {"FINISHED"}
    assert standing().is_checking and "Checking" in standing().summary
    deadline = time.monotonic() + WAIT_S
    while standing().is_checking:
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)
        training_environment.poll()


def wait(condition):
    """Poll as the timer does, which no headless Blender runs."""
    deadline = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)
        job_watch.poll()


def drawn_preferences():
    layout = RecordingLayout()
    Named.bl_rna = SIMREAL_AP_preferences.bl_rna
    draw_preferences(layout, bpy.context, Named)
    return layout.drawn


def operators(drawn):
    return [arguments["operator"] for name, arguments in drawn if name == "operator"]


def labels(drawn):
    return [str(arguments.get("text", "")) for name, arguments in drawn if name == "label"]


def joined(texts):
    return [" ".join(texts)]


run(main, *(Path(argument).absolute() for argument in sys.argv[1:]))
