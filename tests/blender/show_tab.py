"""Startup script of a windowed Blender: shows the tab Simreal, runs the steps of a scenario, then quits.

    blender --python tests/blender/show_tab.py -- FOLDER SCENARIO

Each step is a Python statement of the scenario file (JSON, ``[{"name": ..., "do": ...}]``); after it the screen is
photographed into FOLDER/<name>.png. FOLDER/done.txt tells how it went.
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


def run():
    state = {"step": -2}

    def tick():
        try:
            window, area, region = sidebar()
            with bpy.context.temp_override(window=window, area=area, region=region):
                if state["step"] < 0:
                    show(state["step"] + 2)
                elif state["step"] < len(STEPS):
                    step = STEPS[state["step"]]
                    if not state.get("done"):
                        exec(step["do"], {"bpy": bpy, "scene": bpy.context.scene, "region": region})
                        state["done"] = True
                        region.tag_redraw()
                        return step.get("wait_s", SETTLE_S)
                    state["done"] = False
                    photograph(step["name"])
                else:
                    finish("ok")
            state["step"] += 1
        except Exception:
            finish(traceback.format_exc())
        return SETTLE_S

    bpy.context.preferences.view.show_splash = False
    bpy.app.timers.register(tick, first_interval=2.0)


def finish(text):
    (FOLDER / "done.txt").write_text(text)
    sys.stdout.flush()
    os._exit(0)


run()
