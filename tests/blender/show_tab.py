"""Startup script of a windowed Blender: shows the tab Simreal, runs the steps of a scenario, then quits.

    blender --python tests/blender/show_tab.py -- FOLDER SCENARIO

Each step is a Python statement of the scenario file (JSON, ``[{"name": ..., "do": ..., "until": ...}]``); once what it
says ``until`` is true the screen is photographed into FOLDER/<name>.png. FOLDER/done.txt tells how it went.
"""

import json
import os
import subprocess
import sys
import traceback
from pathlib import Path

import bpy

FOLDER, SCENARIO = (Path(argument) for argument in sys.argv[sys.argv.index("--") + 1 :])
SETTLE_S = 1.0
STEPS = json.loads(SCENARIO.read_text())


def sidebar():
    """Window, 3D viewport and its sidebar region."""
    window = bpy.context.window_manager.windows[0]
    area = next(area for area in window.screen.areas if area.type == "VIEW_3D")
    return window, area, next(region for region in area.regions if region.type == "UI")


def show(tick):
    """First a 3D viewport with an open sidebar; once that is drawn, and so has its tabs, the tab Simreal."""
    _, area, region = sidebar()
    if tick == 0:
        area.spaces.active.show_region_ui = True
    else:
        region.active_panel_category = "Simreal"
    region.tag_redraw()


def photograph(name):
    bpy.ops.wm.redraw_timer(type="DRAW_WIN_SWAP", iterations=2)
    subprocess.run(["import", "-window", "root", str(FOLDER / f"{name}.png")], check=True)


def steps():
    """What to do, a part a tick of the timer; a part that is not ready yet yields again."""
    for tick in range(2):
        show(tick)
        yield
    for step in STEPS:
        names = {"bpy": bpy, "scene": bpy.context.scene}
        exec(step["do"], names)
        sidebar()[2].tag_redraw()
        yield
        while not eval(step.get("until", "True"), names):
            yield
        photograph(step["name"])


def tick(todo=steps()):  # noqa: B008 (one run of the steps is what is meant)
    window, area, region = sidebar()
    try:
        with bpy.context.temp_override(window=window, area=area, region=region):
            next(todo)
    except StopIteration:
        finish("ok")
    except Exception:
        finish(traceback.format_exc())
    return SETTLE_S


def finish(text):
    (FOLDER / "done.txt").write_text(text)
    sys.stdout.flush()
    os._exit(0)


bpy.context.preferences.view.show_splash = False
bpy.app.timers.register(tick, first_interval=2.0)
