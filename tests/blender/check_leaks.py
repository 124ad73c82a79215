"""Run by a Python with bpy: enabling, using and disabling ten times leaves nothing behind, however often.

    python check_leaks.py FOLDER SCORES

SCORES is the folder that scoring photos has written. Each time a design is made, all panels are drawn, a contact sheet
and thumbnails are rendered, an image is shown in the viewport, a job runs, and scores are looked at.
"""

import gc
import sys
import threading
import time
from pathlib import Path

import bpy
import bpy.utils.previews

import simreal
from simreal import panels
from simreal.addon import job_watch, preview_link
from simreal.addon.jobs import Order

sys.path.insert(0, str(Path(__file__).parent))
from leaving import run
from recording_layout import draw

TIMES = 10
WARM_UP = 4  # Blender's and Python's own caches have filled by then
MOST_GROWTH = 0.002
WAIT_S = 120.0
TIMERS = set()


def main(folder, scores):
    remember_timers()
    before, counts = traces(), []
    for _ in range(TIMES):
        simreal.register()
        use(folder, scores)
        bpy.ops.wm.read_homefile(use_factory_startup=True)
        simreal.unregister()
        after = traces()
        assert after == before, {key: (before[key], now) for key, now in after.items() if now != before[key]}
        counts.append(len(gc.get_objects()))
    growth = counts[-1] / counts[WARM_UP] - 1
    assert growth < MOST_GROWTH, f"objects of Python after each time: {counts}"
    print("leaks: none", counts)


def use(folder, scores):
    """A little of everything."""
    bpy.ops.simreal.design_starter()
    state = bpy.context.scene.simreal
    state.output = str(folder / "out")
    state.image.resolution_px, state.image.samples, state.preview.images = 16, 1, 3
    for entry in list(state.classes)[2:]:
        entry.enabled = False
    draw_all()
    bpy.ops.simreal.preview()
    wait(lambda: preview_link.link().task is None)
    bpy.ops.simreal.viewport_show(index=0)
    draw_all()
    bpy.ops.simreal.viewport_leave()
    bpy.ops.simreal.scores_load(directory=str(scores))
    draw_all()
    board = job_watch.watch().board
    others = set(children())
    job = board.start(Order("render", "Nothing", str(folder / "out"), ((sys.executable, "-c", "pass"),)))

    def has_ended():
        board.poll()
        runner_left = set(children()) <= others  # it says that it is over just before; others may end meanwhile
        return not job.is_live and runner_left

    wait(has_ended)
    board.forget(job)


def draw_all():
    for cls in panels.classes():
        parent = getattr(bpy.types, getattr(cls, "bl_parent_id", ""), None)  # drawn only where that one is
        is_ours = issubclass(cls, bpy.types.Panel) and cls.bl_space_type == "VIEW_3D"
        if is_ours and (not hasattr(parent, "poll") or parent.poll(bpy.context)):
            draw(cls, bpy.context)


def wait(until):
    """Blender without a window runs no timers of its own: they are run here, as it would."""
    deadline = time.monotonic() + WAIT_S
    while not until():
        assert time.monotonic() < deadline, "waited too long"
        for timer in [timer for timer in TIMERS if bpy.app.timers.is_registered(timer)]:
            if timer() is None and bpy.app.timers.is_registered(timer):
                bpy.app.timers.unregister(timer)
        time.sleep(0.02)


def remember_timers():
    """Every function that is made a timer from now on is known."""
    register = bpy.app.timers.register

    def remembering(function, **options):
        TIMERS.add(function)
        return register(function, **options)

    bpy.app.timers.register = remembering


def traces():
    """Everything that an add-on might leave in Blender, or around it."""
    gc.collect()
    left = [timer for timer in TIMERS if bpy.app.timers.is_registered(timer)]
    TIMERS.clear()
    return {
        "types": {name for name in dir(bpy.types) if "simreal" in name.lower()},
        "operators": set(dir(bpy.ops.simreal)),
        "handlers": {
            name: [repr(handler) for handler in getattr(bpy.app.handlers, name)]
            for name in dir(bpy.app.handlers)
            if isinstance(getattr(bpy.app.handlers, name), list)
        },
        "timers": left,
        "properties": {
            (owner.__name__, key)
            for owner in (bpy.types.Scene, bpy.types.WindowManager, bpy.types.Object, bpy.types.Image)
            for key in owner.bl_rna.properties.keys()  # noqa: SIM118
        },
        "keys": {k.name: sum(len(m.keymap_items) for m in k.keymaps) for k in bpy.context.window_manager.keyconfigs},
        "previews": sum(isinstance(each, bpy.utils.previews.ImagePreviewCollection) for each in gc.get_objects()),
        "images": sorted(image.name for image in bpy.data.images),
        "scenes": sorted(scene.name for scene in bpy.data.scenes),
        "threads": sorted(thread.name for thread in threading.enumerate()),
        "children": children(),
    }


def children():
    """Programs that this process has started and that have not ended (told on Linux only)."""
    listed = Path(f"/proc/self/task/{threading.main_thread().native_id}/children")
    return listed.read_text().split() if listed.is_file() else []


run(main, Path(sys.argv[1]), Path(sys.argv[2]))
