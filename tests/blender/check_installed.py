"""Run by a Python with bpy: installs the zip as a user would, uses it, and takes it off again.

BLENDER_USER_RESOURCES=FOLDER python check_installed.py ZIP MODEL PHOTOS PREDICTIONS

PREDICTIONS is what scoring PHOTOS with MODEL gives outside Blender.
"""

import gc
import importlib
import io
import subprocess
import sys
import time
from contextlib import redirect_stdout
from pathlib import Path

import bpy

sys.path.insert(0, str(Path(__file__).parent))
from leaving import run
from recording_layout import draw

MODULE = "bl_ext.user_default.simreal"
PANELS = (
    "SIMREAL_PT_design",
    "SIMREAL_PT_design_class",
    "SIMREAL_PT_design_libraries",
    "SIMREAL_PT_images",
    "SIMREAL_PT_splits",
    "SIMREAL_PT_factors",
    "SIMREAL_PT_preview",
    "SIMREAL_PT_render",
    "SIMREAL_PT_train",
    "SIMREAL_PT_score",
    "SIMREAL_PT_studies",
)
WAIT_S = 240.0


def main(archive, model, photos, predictions):
    # Installed but not enabled: what the package manager itself changes is no concern of ours.
    bpy.ops.extensions.package_install_files(filepath=str(archive), repo="user_default", enable_on_install=False)
    before = traces()
    for _ in range(10):
        bpy.ops.preferences.addon_enable(module=MODULE)
        bpy.ops.preferences.addon_disable(module=MODULE)
    same(before, traces())

    assert bpy.ops.preferences.addon_enable(module=MODULE) == {"FINISHED"}
    wheels_are_found()
    panels_draw_without_a_design()
    assert bpy.ops.simreal.design_starter() == {"FINISHED"}
    panels_draw_a_design()
    the_command_runs()
    a_preview_is_shown()
    jobs_run()
    photos_are_scored(model, photos, predictions)
    wheels_are_found()
    left = timers()
    bpy.ops.preferences.addon_disable(module=MODULE)
    same(before, traces())
    assert not any(bpy.app.timers.is_registered(timer) for timer in left), "a timer is left"
    half_a_registration_leaves_nothing(before)
    print("installed extension: ok")


def package(name):
    return importlib.import_module(f"{MODULE}.{name}")


def traces():
    """Everything an add-on might leave in Blender."""
    gc.collect()
    keymaps = bpy.context.window_manager.keyconfigs
    return {
        "types": set(dir(bpy.types)),
        "operators": set(dir(bpy.ops.simreal)),
        "handlers": {
            name: [repr(handler) for handler in getattr(bpy.app.handlers, name)]
            for name in dir(bpy.app.handlers)
            if isinstance(getattr(bpy.app.handlers, name), list)
        },
        "scene": set(bpy.types.Scene.bl_rna.properties.keys()),
        "other": {
            (cls.__name__, key)
            for cls in (bpy.types.WindowManager, bpy.types.Object, bpy.types.Collection, bpy.types.Material)
            for key in cls.bl_rna.properties.keys()  # noqa: SIM118
        },
        "keys": {k.name: sum(len(m.keymap_items) for m in k.keymaps) for k in keymaps},
        "previews": len(bpy.data.images),
        "panels": {
            cls.__name__
            for cls in bpy.types.Panel.__subclasses__()
            if "simreal" in cls.__module__ and is_registered(cls)
        },
    }


def is_registered(cls):
    return hasattr(bpy.types, cls.__name__)


def same(before, after):
    for kind, value in before.items():
        if kind != "previews":
            assert after[kind] == value, f"{kind} left behind: {difference(value, after[kind])}"


def difference(before, after):
    if isinstance(before, dict):
        return {
            key: (before.get(key), after.get(key))
            for key in before.keys() | after.keys()
            if before.get(key) != after.get(key)
        }
    return before ^ after


def timers():
    watch = package("addon.job_watch")
    return watch.begin, watch.poll


def wheels_are_found():
    """The bundled packages, and not only this environment's own, can be imported by this Python."""
    site = next(Path(bpy.utils.user_resource("EXTENSIONS")).glob(".local/**/site-packages"))
    numpy = Path(importlib.import_module("numpy").__file__).parents[1]
    code = (
        f"import sys; sys.path[:0] = [{str(site)!r}]; sys.path.append({str(numpy)!r})\n"
        "import attrs, cattrs, typing_extensions, PIL.Image, onnxruntime, pyoidn\n"
        "for module in (attrs, cattrs, typing_extensions, PIL, onnxruntime, pyoidn): print(module.__file__)\n"
        "assert pyoidn.Device()\n"
    )
    done = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert all(line.startswith(str(site)) for line in done.stdout.split("\n") if line), done.stdout


def panels_draw_without_a_design():
    drawn = {name: draw(getattr(bpy.types, name), bpy.context) for name in PANELS}
    offered = [arguments["operator"] for function, arguments in drawn["SIMREAL_PT_design"] if function == "operator"]
    sources = ("design_starter", "design_from_folder", "classes_from_collections", "classes_from_catalogues")
    assert offered == [f"simreal.{name}" for name in (*sources, "design_import")], offered
    assert [name for name in PANELS if drawn[name]] == ["SIMREAL_PT_design", "SIMREAL_PT_score", "SIMREAL_PT_studies"]


def panels_draw_a_design():
    state, factors = bpy.context.scene.simreal, package("design.factors").FACTORS
    for name in factors:
        getattr(state.factors, name).show_expanded = True
    drawn = {name: draw(getattr(bpy.types, name), bpy.context) for name in PANELS}
    assert all(drawn.values()), [name for name in PANELS if not drawn[name]]
    shown = {
        (arguments["data"].path_from_id(), arguments["property"])
        for function, arguments in drawn["SIMREAL_PT_factors"]
        if function == "prop"
    }
    for name, factor in factors.items():
        assert (f"simreal.factors.{name}", "weight") in shown
        for parameter in factor.parameters:
            assert (f"simreal.factors.{name}.{parameter.name}", "fixed") in shown, (name, parameter.name)
    declared = {cls.__name__ for cls in package("panels").classes() if issubclass(cls, bpy.types.Panel)}
    assert set(PANELS) <= declared and all(is_registered(getattr(bpy.types, name)) for name in declared)


def the_command_runs():
    run = package("addon.cli").run
    text = io.StringIO()
    with redirect_stdout(text):
        assert run(["design", "factors"]) == 0
        assert run(["--help"]) == 0
    assert "blender --command simreal" in text.getvalue() and "camera_viewpoint" in text.getvalue()
    assert run(["design", "show", "no such file"]) == 2
    assert run(["nonsense"]) == 2


def a_preview_is_shown():
    """A preview in the background, by the preview process of the installed extension."""
    scene, link = bpy.context.scene, package("addon.preview_link")
    scene.simreal.image.resolution_px, scene.simreal.image.samples, scene.simreal.preview.images = 32, 1, 2
    started = time.monotonic()
    assert bpy.ops.simreal.preview() == {"FINISHED"}
    assert time.monotonic() - started < 2.0, "asking for a preview blocks Blender"
    sheet = package("addon.preview_requests").current()
    wait(link, lambda: sheet.ended)
    assert (sheet.done, sheet.reason, sheet.problems) == (2, "", {})
    assert bpy.data.images["Simreal Preview"].size[0] > 32 and draw(bpy.types.SIMREAL_PT_preview, bpy.context)


def jobs_run():
    """A render that is cancelled, and found again."""
    scene, watch = bpy.context.scene, package("addon.job_watch")
    state = package("addon.jobs").State
    scene.simreal.output = str(Path(bpy.utils.user_resource("CONFIG", create=True)).parent / "out")
    places = package("addon.places").places(scene)
    scene.simreal.image.resolution_px, scene.simreal.image.samples = 32, 1
    assert bpy.ops.simreal.render() == {"FINISHED"}
    job = watch.watch().board.latest("render", str(places.folder))
    wait(watch, lambda: any((places.data / ".simreal" / "train").glob("*.jsonl")))
    labels = [str(arguments.get("text")) for _, arguments in draw(bpy.types.SIMREAL_PT_render, bpy.context)]
    assert any("images" in label and "/" in label for label in labels), labels
    assert bpy.ops.simreal.job_cancel(job=job.folder.name) == {"FINISHED"}
    wait(watch, lambda: not job.is_live)
    assert job.state is state.CANCELLED, (job.state, job.problem)
    assert any((places.data / ".simreal" / "train").glob("*.jsonl")), "what was finished is gone"
    found = package("addon.job_board").JobBoard(watch.watch().board.folder).by_name(job.folder.name)
    assert found.state is state.CANCELLED and found.progress == job.progress
    assert any("Cancelled" in str(a.get("text")) for _, a in draw(bpy.types.SIMREAL_PT_render, bpy.context))
    assert bpy.ops.simreal.job_forget(job=job.folder.name) == {"FINISHED"}
    assert not job.folder.exists()


def photos_are_scored(model, photos, predictions):
    """In Blender's Python a classifier says what it says outside, to the last digit."""
    scene, watch = bpy.context.scene, package("addon.job_watch")
    scene.simreal.scoring.model, scene.simreal.scoring.photos = str(model), str(photos)
    assert bpy.ops.simreal.score() == {"FINISHED"}
    places = package("addon.places").places(scene)
    job = watch.watch().board.latest("score", str(places.folder))
    wait(watch, lambda: not job.is_live)
    assert job.state is package("addon.jobs").State.DONE, job.problem
    assert (places.scores / "predictions.csv").read_text() == predictions.read_text()
    shown = [str(arguments.get("text")) for _, arguments in draw(bpy.types.SIMREAL_PT_score_results, bpy.context)]
    assert any(text.startswith("Right: ") for text in shown), shown


def wait(watch, condition):
    """Poll as the timer does, which no headless Blender runs."""
    deadline = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.1)
        watch.poll()


def half_a_registration_leaves_nothing(before):
    """Registering that fails at the last step takes back all the steps before it, and says why."""
    registration = package("addon.registration")
    registration.job_watch.register, real = failing, registration.job_watch.register
    try:
        registration.register()
    except OSError as error:
        assert str(error) == "a failing step"
    else:
        raise AssertionError("the error was swallowed")
    finally:
        registration.job_watch.register = real
    same(before, traces())


def failing():
    raise OSError("a failing step")


run(main, *(Path(argument).resolve() for argument in sys.argv[1:]))
