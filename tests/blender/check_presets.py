"""Run by a Python with bpy: presets, looks, missing libraries, designs as files and text, as operators and panels.

python check_presets.py KIT FOLDER
"""

import json
import os
import shutil
import sys
import traceback
import types
from pathlib import Path

import bpy

import simreal
from simreal import operators
from simreal.addon.conversion import design_of
from simreal.addon.library_folders import FILE
from simreal.addon.missing_assets import look_in_file
from simreal.addon.preferences import user_folder
from simreal.design.document import load, save, to_text
from simreal.design.presets import SHIPPED, load_preset, presets_in
from simreal.design.starting import Sources, start_design

sys.path.insert(0, str(Path(__file__).parent))
from recording_layout import draw

ops = bpy.ops.simreal


def main(kit, folder):
    before = traces()
    simreal.register()
    shipped_presets_load()
    undo_takes_a_preset_back()
    looks_keep_the_classes(kit, folder)
    own_presets(folder)
    libraries_are_located(kit, folder)
    what_is_missing_is_removed(kit, folder)
    a_file_whose_folders_moved(kit, folder)
    designs_as_files_and_text(kit, folder)
    linked_scenes_are_left_alone(folder)
    simreal.unregister()
    assert traces() == before, set(traces()) ^ set(before)
    print("presets: ok")


def state():
    return bpy.context.scene.simreal


def shipped_presets_load():
    for preset in presets_in(SHIPPED):
        assert ops.preset_load(preset=preset.name) == {"FINISHED"}
        assert design_of(state()) == load_preset(preset, user_folder())
        assert bool(state().missing) == bool(state().libraries)
        assert all((entry.model_count == 0) == bool(state().libraries) for entry in state().classes)
        texts = drawn(bpy.types.SIMREAL_PT_presets)
        assert preset.name in texts and "Presets" not in texts
        assert ("Locate..." in texts) == bool(state().missing)
    for menu in (bpy.types.SIMREAL_MT_presets, bpy.types.SIMREAL_MT_looks):
        texts = drawn(menu)
        assert {"Table 2", "Paper", "Product on white", "Viewpoint 4", "S2RDA-49"} <= set(texts)
        assert "Yours" not in texts
    refused("there is no preset 'nothing'", lambda: ops.preset_load(preset="nothing"))


def undo_takes_a_preset_back():
    ops.design_starter()
    bpy.ops.ed.undo_push(message="starter")
    starter = design_of(state())
    ops.preset_load(preset="Paper: S2RDA-49")
    bpy.ops.ed.undo_push(message="preset")
    assert len(state().classes) == 49 and len(state().missing) == 2
    assert menu_label() == "Paper: S2RDA-49"
    bpy.ops.ed.undo()
    assert design_of(state()) == starter and not state().missing
    assert menu_label() == "Presets"
    bpy.ops.ed.redo()
    assert len(state().classes) == 49 and len(state().missing) == 2


def looks_keep_the_classes(kit, folder):
    ops.design_from_folder(directory=str(kit / "models"))
    ops.library_add(kind="environments", directory=str(kit / "hdri"))
    option = state().factors.background.environment.options[-1]
    name, option.enabled, option.weight = option.name, False, 0.25
    own = design_of(state())
    state().classes[1].enabled = False
    state().factors.lens.mute = True
    state().active_class = 3
    assert ops.preset_look(preset="Product on white") == {"FINISHED"}
    assert not state().classes[1].enabled and state().factors.lens.mute and state().active_class == 3
    state().classes[1].enabled, state().factors.lens.mute = True, False
    option = state().factors.background.environment.options[name]
    assert not option.enabled and option.weight == 0.25
    dressed = design_of(state())
    look = load(next(one.file for one in presets_in(SHIPPED) if one.name == "Product on white"))
    assert (dressed.classes, dressed.libraries, dressed.splits) == (own.classes, own.libraries, own.splits)
    assert (dressed.factors, dressed.image) == (look.factors, look.image)


def own_presets(folder):
    ops.design_starter()
    state().factors.sensor.weight = 0.125
    assert ops.preset_add(name="Noisy / quiet") == {"FINISHED"}
    assert menu_label() == "Noisy / quiet"
    state().factors.sensor.weight = 0.25
    assert menu_label() == "Noisy / quiet (modified)"
    state().factors.sensor.weight = 0.125
    assert menu_label() == "Noisy / quiet"
    refused("already", lambda: ops.preset_add(name="noisy / QUIET"))
    refused("comes with Simreal", lambda: ops.preset_add(name="Starter"))
    refused("at most 80", lambda: ops.preset_add(name="x" * 100))
    assert ops.preset_add() == {"FINISHED"}  # under the design's own name, or one like it
    assert [one.name for one in presets_in(user_folder() / "presets")] == ["Noisy / quiet", "starter 2"]
    assert {"Yours", "Noisy / quiet"} <= set(drawn(bpy.types.SIMREAL_MT_presets))
    assert "Noisy / quiet" in drawn(bpy.types.SIMREAL_PT_own_presets)
    state().factors.sensor.weight = 0.5
    assert ops.preset_add(name="Noisy / quiet", replace=True) == {"FINISHED"}
    state().factors.sensor.weight = 0.75
    assert ops.preset_replace(preset="Noisy / quiet") == {"FINISHED"}
    refused("already", lambda: ops.preset_rename(preset="starter 2", name="Noisy / quiet"))
    assert ops.preset_rename(preset="Noisy / quiet", name="Loud") == {"FINISHED"}
    ops.preset_load(preset="Loud")
    assert (state().title, state().factors.sensor.weight) == ("Loud", 0.75)
    assert menu_label() == "Loud"
    assert ops.preset_rename(preset="Loud", name="Louder") == {"FINISHED"}
    assert menu_label() == "Louder"
    assert ops.preset_rename(preset="Louder", name="Loud") == {"FINISHED"}
    assert ops.preset_remove(preset="Loud") == {"FINISHED"}
    assert menu_label() == "Presets"
    refused("there is no preset 'Loud'", lambda: ops.preset_remove(preset="Loud"))
    ops.preset_remove(preset="starter 2")
    assert not ops.preset_remove.poll() and not ops.preset_rename.poll()
    assert state().title == "Loud"


def libraries_are_located(kit, folder):
    """From a preset that names folders to a design that names files; the next preset finds the folder itself."""
    shapenet, other = folder / "ShapeNet", folder / "other"
    for synset in ("02691156", "02958343"):
        shutil.copytree(kit / "models" / "cup", shapenet / synset)
    shutil.copytree(kit / "models" / "chair", other / "plant")
    ops.preset_load(preset="Paper: 10 classes")
    assert [entry.name for entry in state().missing] == ["ShapeNetCore-v2", "other-models"]
    assert not ops.missing_remove.poll() or state().missing
    before = design_of(state())
    refused("holds none of the 7 models", lambda: ops.library_locate(library="ShapeNetCore-v2", directory=str(other)))
    refused("choose the folder", lambda: ops.library_locate(library="ShapeNetCore-v2"))
    refused("no such library", lambda: ops.library_locate(library="shapes", directory=str(other)))
    assert design_of(state()) == before
    state().classes[0].enabled = False
    assert menu_label() == "Paper: 10 classes (modified)"
    assert ops.library_locate(library="ShapeNetCore-v2", directory=str(shapenet)) == {"FINISHED"}
    assert not state().classes[0].enabled
    state().classes[0].enabled = True
    assert state().classes[0].model_count == 5
    texts = [entry.text for entry in state().missing]
    assert "5 of 15 are missing: 02924116/, 03624134/, 03790512/ and 2 more" in texts[0], texts
    assert ops.library_locate(library="other-models", directory=str(other)) == {"FINISHED"}
    assert ops.missing_remove() == {"FINISHED"}
    assert [entry.name for entry in state().classes] == ["airplane", "car", "plant"]
    assert not state().missing and "Check Assets" not in drawn(bpy.types.SIMREAL_PT_presets)
    assert ops.library_check() == {"FINISHED"}
    assert set(json.loads((user_folder() / FILE).read_text())) >= {"models/ShapeNetCore-v2", "models/other-models"}
    ops.preset_load(preset="Table 2: viewpoint 1")
    assert menu_label() == "Table 2: viewpoint 1"
    ops.library_locate(library="other-models", directory=str(other))
    assert menu_label() == "Table 2: viewpoint 1"
    ops.preset_load(preset="Table 2: viewpoint 1")
    assert state().classes[0].model_count == 5
    assert [entry.name for entry in state().missing] == ["ShapeNetCore-v2", "other-models"]  # not all classes
    ops.library_remove(library="other-models")
    assert drawn(bpy.types.SIMREAL_PT_presets).count("Locate...") == 1
    (user_folder() / FILE).write_text("damaged")
    ops.preset_load(preset="Table 2: viewpoint 1")
    assert "there is no folder" in state().missing[0].text
    (user_folder() / FILE).unlink()


def what_is_missing_is_removed(kit, folder):
    models = folder / "models"
    shutil.copytree(kit / "models" / "cup", models / "cup")
    shutil.copytree(kit / "models" / "lamp", models / "lamp")
    ops.design_from_folder(directory=str(models), environments=str(kit / "hdri"))
    assert not state().missing
    shutil.rmtree(models / "cup")
    said = []
    checking = types.SimpleNamespace(report=lambda _kind, text: said.append(text))
    assert operators.library_check.SIMREAL_OT_library_check.execute(checking, bpy.context) == {"FINISHED"}
    assert said == ["A library is missing or not complete (models): locate them in the panel Presets"]
    (entry,) = state().missing
    assert "5 of" in entry.text and "Locate..." in drawn(bpy.types.SIMREAL_PT_presets)
    ops.missing_remove()
    assert [cls.name for cls in state().classes] == ["lamp"] and not state().missing
    assert not ops.missing_remove.poll()


def a_file_whose_folders_moved(kit, folder):
    """A .blend is opened after its library's folder went elsewhere."""
    bpy.ops.wm.save_as_mainfile(filepath=str(folder / "scene.blend"))
    (folder / "models").rename(folder / "moved")
    bpy.ops.wm.open_mainfile(filepath=str(folder / "scene.blend"))
    assert [entry.name for entry in state().missing] == ["models"]
    assert look_in_file in bpy.app.handlers.load_post
    before = design_of(state())
    ops.library_locate(library="models", directory=str(folder / "moved"))
    assert not state().missing
    after = design_of(state())
    assert after.classes == before.classes and after.library_folder("models") == (folder / "moved").resolve()
    bpy.ops.wm.read_homefile()


def designs_as_files_and_text(kit, folder):
    design = start_design(Sources(models=kit / "models"), "kit", folder).design
    save(design, folder / "kit.simreal.json")
    assert ops.design_import(filepath=str(folder / "kit.simreal.json")) == {"FINISHED"}
    assert design_of(state()) == design
    ops.design_starter()
    drop(folder / "kit.simreal.json")
    assert design_of(state()) == design
    assert ops.design_copy() == {"FINISHED"}
    ops.design_starter()
    assert ops.design_paste(text=to_text(start_design(Sources(), "pasted", folder).design)) == {"FINISHED"}
    assert state().title == "pasted"
    handler = bpy.types.SIMREAL_FH_design
    assert handler.bl_import_operator == "simreal.design_import" and handler.bl_file_extensions == ".json"
    assert not handler.poll_drop(bpy.context)  # nothing to drop on


def drop(path):
    """What Blender does with a file that is dropped onto a 3D viewport."""
    window = bpy.data.window_managers[0].windows[0]
    area = next(area for area in window.screen.areas if area.type == "VIEW_3D")
    region = next(region for region in area.regions if region.type == "WINDOW")
    with bpy.context.temp_override(window=window, area=area, region=region):
        bpy.ops.wm.drop_import_file("INVOKE_DEFAULT", directory=f"{path.parent}/", files=[{"name": path.name}])


def linked_scenes_are_left_alone(folder):
    ops.design_starter()
    bpy.ops.wm.save_as_mainfile(filepath=str(folder / "linked.blend"))
    bpy.ops.wm.read_homefile(use_empty=True)
    with bpy.data.libraries.load(str(folder / "linked.blend"), link=True) as (there, here):
        here.scenes = there.scenes
    with bpy.context.temp_override(scene=here.scenes[0]):
        look_in_file()
        for operator in (ops.preset_load, ops.preset_look, ops.design_paste, ops.design_import, ops.missing_remove):
            assert not operator.poll()
        assert ops.design_copy.poll() and ops.preset_add.poll()
        assert draw(bpy.types.SIMREAL_PT_presets, bpy.context)
    bpy.ops.wm.read_homefile(use_empty=True)


def drawn(cls):
    return [arguments.get("text") for _, arguments in draw(cls, bpy.context)]


def menu_label():
    return next(text for text in drawn(bpy.types.SIMREAL_PT_presets) if text)


def refused(says, action):
    try:
        action()
    except RuntimeError as error:
        assert says in str(error), error
    else:
        raise AssertionError(f"accepted, not refused with {says!r}")


def traces():
    return [*sorted(name for name in dir(bpy.types) if "SIMREAL" in name), len(bpy.app.handlers.load_post)]


try:
    main(Path(sys.argv[1]), Path(sys.argv[2]))
    status = 0
except BaseException:
    traceback.print_exc()
    status = 1
sys.stdout.flush()
os._exit(status)  # bpy 4.5 may wait for its own sound thread for ever at exit
