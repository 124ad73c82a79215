"""Run by a Python with bpy: broken designs through every door of Blender leave a report each and change nothing.

python check_broken_designs.py FOLDER
"""

import os
import sys
from pathlib import Path

import bpy

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import simreal
from simreal.addon.conversion import design_of
from tests.broken_designs import broken_designs, strange_files

SEED_TOO_LARGE = '{"simreal_design": 1, "name": "n", "seed": 4294967296, "classes": [{"name": "cup", "models": \
["starter:cup/00"]}], "splits": {"train": {"count": 1}}}'


def main(folder):
    simreal.register()
    bpy.ops.simreal.design_starter()
    state = bpy.context.scene.simreal
    state.factors.lens.weight = 0.25
    before = design_of(state)
    file = folder / "broken.simreal.json"
    for broken in broken_designs():
        file.write_bytes(broken.content)
        refused(broken.says, lambda: bpy.ops.simreal.design_import(filepath=str(file)))
        drop(file)  # its report goes to the window, or here to the console
        if broken.text:
            refused(broken.says, lambda text=broken.text: bpy.ops.simreal.design_paste(text=text))
    for path, says in strange_files(folder).values():
        refused(says, lambda path=path: bpy.ops.simreal.design_import(filepath=str(path)))
        drop(path)
    refused("Blender holds whole numbers up to", lambda: bpy.ops.simreal.design_paste(text=SEED_TOO_LARGE))
    assert design_of(state) == before
    presets_that_are_broken(folder)
    assert design_of(state) == before
    simreal.unregister()
    print("broken designs: ok", flush=True)


def drop(path):
    """What Blender does with a file that is dropped onto a 3D viewport."""
    window = bpy.data.window_managers[0].windows[0]
    area = next(area for area in window.screen.areas if area.type == "VIEW_3D")
    region = next(region for region in area.regions if region.type == "WINDOW")
    print(f"dropping {path.name}", flush=True)
    with bpy.context.temp_override(window=window, area=area, region=region):
        assert bpy.types.SIMREAL_FH_design.poll_drop(bpy.context)
        bpy.ops.wm.drop_import_file("INVOKE_DEFAULT", directory=f"{path.parent}/", files=[{"name": path.name}])


def presets_that_are_broken(folder):
    """They are listed with what is wrong with them, and say so when they are loaded."""
    from simreal.addon.preset_folders import own_folder, own_presets

    own_folder().mkdir(parents=True)
    broken = [one for one in broken_designs() if one.content]
    for number, one in enumerate(broken):
        (own_folder() / f"{number:03d}.simreal.json").write_bytes(one.content)
    listed = {preset.stem: preset for preset in own_presets()}
    assert len(listed) == len(broken)
    for number, one in enumerate(broken):
        preset = listed[f"{number:03d}"]
        refused(one.says, lambda stem=preset.stem: bpy.ops.simreal.preset_load(preset=stem))


def refused(says, action):
    """The operator ends with one error report, of one line."""
    try:
        action()
    except RuntimeError as error:
        lines = str(error).strip().splitlines()
        assert len(lines) == 1 and lines[0].startswith("Error: ") and says in lines[0], error
    else:
        raise AssertionError(f"accepted, not refused with {says!r}")


try:
    main(Path(sys.argv[1]))
except BaseException:
    import traceback

    traceback.print_exc()
    sys.stdout.flush()
    os._exit(1)
sys.stdout.flush()
os._exit(0)  # bpy 4.5 may wait for its own sound thread for ever at exit
