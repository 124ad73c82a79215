"""An image in the 3D viewport: what is seen is what is rendered, and leaving it leaves no trace, whatever happened."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import bpy
import numpy as np
import pytest
from PIL import Image

import simreal
from simreal.addon.camera_framing import Part, camera_view, free_part
from simreal.addon.conversion import design_of, load_design
from simreal.addon.viewport import MARK, about, can_leave, is_shown
from simreal.addon.viewport_views import POINT_OF_VIEW
from simreal.design.design import Design, ImageSettings
from simreal.design.sampling import ImageSpec, Sampler
from simreal.design.starting import Sources, start_design
from simreal.rendering.session import RenderSession, SessionSettings
from simreal.rendering.viewport_scene import build_image_scene
from simreal.rendering.workshop import all_blocks

from .blender.recording_layout import draw

pytestmark = pytest.mark.blender

# On 96 px, of 255: what noise, blur, colour strength and JPEG compression of the sensor make, which are not shown.
MOST_DIFFERENT = 10.0


@pytest.fixture
def kit_design(kit: Path, tmp_path: Path) -> Design:
    """Designed over the kit's models, environments and photos."""
    sources = Sources(models=kit / "models", environments=kit / "hdri", photos=kit / "photos")
    design = start_design(sources, "kit", tmp_path).design
    return attrs.evolve(design, image=ImageSettings(resolution_px=96, samples=16))


@pytest.fixture
def registered() -> Iterator[None]:
    bpy.ops.wm.read_factory_settings()
    simreal.register()
    yield
    simreal.unregister()


@pytest.fixture
def starter(registered: None) -> Any:
    """``Scene.simreal`` of the default scene, with the starter design."""
    assert bpy.ops.simreal.design_starter() == {"FINISHED"}
    return bpy.context.scene.simreal


def area() -> bpy.types.Area:
    return next(one for one in bpy.context.window.screen.areas if one.type == "VIEW_3D")


def press(operator: str, **properties: Any) -> set[str]:
    """Call an operator as a button does, with a step of undo."""
    outcome: set[str] = getattr(bpy.ops.simreal, operator)("EXEC_DEFAULT", True, **properties)
    return outcome


def everything() -> dict[str, Any]:
    """All that a user could notice: data-blocks and their users, scenes' settings, selection, windows, viewports."""
    space = area().spaces.active
    return {
        "blocks": sorted((one.id_type, one.name_full, one.users, one.session_uid) for one in all_blocks()),
        "scenes": {scene.name: _scene(scene) for scene in bpy.data.scenes},
        "windows": [(one.scene.name, one.view_layer.name) for one in bpy.context.window_manager.windows],
        "active": getattr(bpy.context.view_layer.objects.active, "name", ""),
        "selected": {one.name for one in bpy.context.view_layer.objects if one.select_get()},
        "space": _plain(space, skip=("region_3d", "shading", "overlay", "icon_from_show_object_viewport")),
        "shading": _plain(space.shading),
        "overlay": _plain(space.overlay),
        "view": {name: str(getattr(space.region_3d, name)) for name in POINT_OF_VIEW},
    }


def changes(before: dict[str, Any]) -> dict[str, Any]:
    """What has become different, by its path: what it was and what it is."""
    old, new = dict(_flat("", before)), dict(_flat("", everything()))
    return {path: (old.get(path), new.get(path)) for path in old.keys() | new.keys() if old.get(path) != new.get(path)}


def _flat(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _flat(f"{path}/{key}", one)
    else:
        yield path, str(value)


def _scene(scene: bpy.types.Scene) -> dict[str, Any]:
    return {
        "render": _plain(scene.render),
        "cycles": _plain(scene.cycles),
        "view": _plain(scene.view_settings),
        "world": scene.world,
        "camera": scene.camera,
        "objects": [(one.name, [tuple(row) for row in one.matrix_basis]) for one in scene.objects],
        "title": scene.simreal.title,
    }


def _plain(struct: Any, skip: tuple[str, ...] = ()) -> dict[str, str]:
    return {
        prop.identifier: str(getattr(struct, prop.identifier))
        for prop in struct.bl_rna.properties
        if prop.type != "POINTER" and prop.identifier not in skip
    }


def rendered(design: Design, specs: list[ImageSpec]) -> list[np.ndarray]:
    with RenderSession(design, SessionSettings(threads=2), lambda message: None) as session:
        return [np.asarray(Image.open(io.BytesIO(session.render(spec).jpeg)).convert("RGB"), float) for spec in specs]


def test_what_is_seen_is_what_is_rendered(kit_design: Design, tmp_path: Path) -> None:
    """F12 in the scene that is shown gives the engine's picture, over every kind of background."""
    sampler = Sampler(kit_design, "train")
    wanted = {"environment", "white", "flat", "gradient", "photo"}
    specs = {}
    for index in range(60):
        spec = sampler.spec(index)
        specs.setdefault(str(spec.factors["background"].values["kind"]), spec)
    assert wanted <= specs.keys()
    bare = Sampler(kit_design, "test_iid_wo_bg").spec(0)
    pictures = rendered(kit_design, [*specs.values(), bare])
    for spec, picture in zip([*specs.values(), bare], pictures, strict=True):
        scene, model = build_image_scene(kit_design, spec, "image", "CPU", lambda message: None)
        assert model in spec.models
        scene.render.image_settings.file_format = "PNG"
        scene.render.filepath = str(tmp_path / "seen.png")
        bpy.ops.render.render(write_still=True, scene=scene.name)
        seen = np.asarray(Image.open(tmp_path / "seen.png").convert("RGB"), float)
        kind = spec.factors["background"].values["kind"]
        assert np.abs(seen - picture).mean() < MOST_DIFFERENT, kind
        assert np.abs(seen.mean(axis=(0, 1)) - picture.mean(axis=(0, 1))).max() < MOST_DIFFERENT, kind


def test_leaving_leaves_no_trace(starter: Any) -> None:
    scene, cube = bpy.context.scene, bpy.data.objects["Cube"]
    cube.select_set(True)
    bpy.context.view_layer.objects.active = cube
    space = area().spaces.active
    space.shading.type = "WIREFRAME"
    space.region_3d.view_perspective = "ORTHO"
    space.region_3d.view_location = (1.0, 2.0, 3.0)
    space.overlay.show_floor = False
    space.lock_camera = True
    before = everything()
    assert press("viewport_show", index=3) == {"FINISHED"}
    assert bpy.context.window.scene != scene and is_shown(bpy.context.window.scene)
    assert bpy.context.window.scene.name == "Simreal Image 3"
    assert (space.region_3d.view_perspective, space.shading.type) == ("CAMERA", "RENDERED")
    space.region_3d.view_perspective, space.shading.type = "PERSP", "MATERIAL"  # the user looks around
    space.region_3d.view_rotation = (0.5, 0.5, 0.5, 0.5)
    assert press("viewport_show", index=3) == {"FINISHED"}, "another image of the design that is shown"
    for step in (1, 1, -1):
        assert press("viewport_step", step=step) == {"FINISHED"}
    assert about(bpy.context.window.scene)["index"] == 4
    assert [one.name for one in bpy.data.scenes if is_shown(one)] == ["Simreal Image 4"]
    assert press("viewport_leave") == {"FINISHED"}
    assert not changes(before)


def test_own_camera_and_view_through_it_come_back(starter: Any) -> None:
    space = area().spaces.active
    space.use_local_camera, space.camera = True, bpy.data.objects["Light"]
    space.region_3d.view_perspective = "CAMERA"
    space.region_3d.view_camera_zoom = 12.0
    before = everything()
    press("viewport_show", index=0)
    assert space.camera == bpy.context.window.scene.camera
    press("viewport_leave")
    assert not changes(before) and space.camera == bpy.data.objects["Light"]


def test_viewports_that_were_split_off_meanwhile_look_as_theirs_did(starter: Any) -> None:
    press("viewport_show", index=0)
    with bpy.context.temp_override(window=bpy.context.window, area=area()):
        bpy.ops.screen.area_split(direction="VERTICAL", factor=0.5)
    press("viewport_leave")
    spaces = [one.spaces.active for one in bpy.context.window.screen.areas if one.type == "VIEW_3D"]
    looks = [(space.shading.type, space.region_3d.view_perspective) for space in spaces]
    assert looks == [("SOLID", "PERSP")] * 2


def test_only_this_images_model_and_environment_are_loaded(starter: Any, kit_design: Design) -> None:
    load_design(starter, kit_design)
    meshes, worlds = len(bpy.data.meshes), len(bpy.data.worlds)
    press("viewport_show", index=0)
    assert (len(bpy.data.meshes) - meshes, len(bpy.data.worlds) - worlds) == (1, 1)
    press("viewport_step")
    assert (len(bpy.data.meshes) - meshes, len(bpy.data.worlds) - worlds) == (1, 1)


def test_images_that_the_user_has_open_stay_as_they_are(starter: Any, kit_design: Design, kit: Path) -> None:
    """Importers take up images that are in the file already; those are the user's, not to be scaled down or packed."""
    load_design(starter, kit_design)
    index = next(
        index
        for index in range(200)
        if (model := _textured(kit, Sampler(kit_design, "train").spec(index).models[0])) is not None
    )
    folder = kit / "models" / Path(Sampler(kit_design, "train").spec(index).models[0].partition(":")[2]).parent
    for file in sorted(folder.rglob("*")):
        if file.suffix.lower() in (".png", ".jpg"):
            bpy.data.images.load(str(file)).use_fake_user = True
    assert model is not None
    own = [(one.name, tuple(one.size), one.packed_file, one.filepath, one.users) for one in bpy.data.images]
    press("viewport_show", index=index)
    press("viewport_leave")
    assert [(one.name, tuple(one.size), one.packed_file, one.filepath, one.users) for one in bpy.data.images] == own


def _textured(kit: Path, asset: str) -> Path | None:
    folder = (kit / "models" / asset.partition(":")[2]).parent
    return next((file for file in folder.rglob("*") if file.suffix.lower() in (".png", ".jpg")), None)


def test_an_error_half_way_changes_nothing(starter: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    before = everything()
    monkeypatch.setattr("simreal.rendering.viewport_scene._grade", lambda *_: 1 / 0)
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        press("viewport_show", index=0)
    assert not changes(before)
    monkeypatch.undo()
    press("viewport_show", index=0)
    shown = everything()
    starter.classes[0].models = starter.classes[1].models = "nowhere:lost.obj"
    for entry in starter.classes:
        entry.models = "starter:no/such"
    with pytest.raises(RuntimeError, match="can be read"):
        press("viewport_step")
    assert not changes(shown), "what was shown stays"


def test_undo_and_redo_across_it(starter: Any) -> None:
    cube = bpy.data.objects["Cube"]
    bpy.ops.ed.undo_push(message="start")
    cube.location.x = 5.0
    bpy.ops.ed.undo_push(message="move")
    before = everything()
    press("viewport_show", index=1)
    bpy.context.window.scene.camera.location.x += 1.0
    bpy.ops.ed.undo_push(message="move the camera of the image")
    bpy.ops.ed.undo()
    assert not changes(before), "undoing to before it was shown leaves"
    bpy.ops.ed.redo()
    assert not changes(before), "redoing what was done in it does not bring it back"
    bpy.ops.ed.undo()
    press("viewport_show", index=2)
    press("viewport_step")
    press("viewport_leave")
    assert not changes(before)
    bpy.ops.ed.undo()
    assert bpy.data.objects["Cube"].location.x == 0.0, "looking takes no step of undo"
    bpy.ops.ed.redo()
    press("viewport_show", index=2)
    bpy.ops.ed.undo()
    assert bpy.data.objects["Cube"].location.x == 0.0 and not can_leave()
    assert not [one for one in all_blocks() if MARK in one]


def test_a_saved_file_does_not_have_it(starter: Any, tmp_path: Path) -> None:
    before = everything()
    press("viewport_show", index=1)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "saved.blend"), copy=True)
    assert not changes(before)
    with bpy.data.libraries.load(str(tmp_path / "saved.blend")) as (there, _):
        assert (there.scenes, len(there.meshes)) == (["Scene"], 1)


def test_a_file_that_kept_it_is_cleaned_when_it_is_loaded(starter: Any, tmp_path: Path) -> None:
    """An automatic save is written without asking; a crash brings it back."""
    press("viewport_show", index=1)
    handlers, kept = bpy.app.handlers.save_pre, list(bpy.app.handlers.save_pre)
    handlers.clear()
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "auto.blend"), copy=True)
    handlers.extend(kept)
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "auto.blend"), load_ui=True)
    assert [scene.name for scene in bpy.data.scenes] == ["Scene"]
    assert not [one for one in all_blocks() if MARK in one]
    assert bpy.context.window.scene.name == "Scene"


def test_loading_a_file_puts_the_viewports_back(starter: Any, tmp_path: Path) -> None:
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "own.blend"))
    press("viewport_show", index=1)
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "own.blend"), load_ui=False)
    space = area().spaces.active
    assert (space.shading.type, space.region_3d.view_perspective) == ("SOLID", "PERSP")
    assert [scene.name for scene in bpy.data.scenes] == ["Scene"]


def test_unregistering_leaves() -> None:
    bpy.ops.wm.read_factory_settings()
    simreal.register()
    bpy.ops.simreal.design_starter()
    objects = len(bpy.data.objects)
    press("viewport_show", index=1)
    simreal.unregister()
    assert len(bpy.data.objects) == objects
    assert bpy.context.window.scene.name == "Scene" and len(bpy.data.scenes) == 1


def test_several_scenes_and_a_scene_that_goes_away(starter: Any) -> None:
    first = bpy.context.scene
    second = bpy.data.scenes.new("Second")
    load_design(second.simreal, attrs.evolve(design_of(starter), name="second design"))
    bpy.context.window.scene = second
    press("viewport_show", index=0)
    assert about(bpy.context.window.scene)["design"] == "second design"
    bpy.data.scenes.remove(second)
    with pytest.raises(RuntimeError, match="poll"):
        press("viewport_step")
    press("viewport_leave")
    assert bpy.context.window.scene == first and list(bpy.data.scenes) == [first]


def test_a_window_that_has_gone_elsewhere_is_left_there(starter: Any) -> None:
    scene, other = bpy.context.scene, bpy.data.scenes.new("Other")
    blocks = everything()["blocks"]
    press("viewport_show", index=0)
    bpy.context.window.scene = other
    assert "simreal.viewport_leave" in panel_operators(scene)
    press("viewport_leave")
    assert bpy.context.window.scene == other and everything()["blocks"] == blocks
    press_in(scene, "viewport_show", index=0)
    bpy.data.scenes.remove(bpy.context.window.scene)
    assert area().spaces.active.shading.type == "RENDERED"
    press("viewport_leave")
    assert everything()["blocks"] == blocks and area().spaces.active.shading.type == "SOLID"
    assert not can_leave()


def press_in(scene: bpy.types.Scene, operator: str, **properties: Any) -> None:
    bpy.context.window.scene = scene
    press(operator, **properties)


def panel_operators(scene: bpy.types.Scene) -> list[str]:
    bpy.context.window.scene = scene
    drawn = draw(bpy.types.SIMREAL_PT_one_image, bpy.context) or []
    bpy.context.window.scene = bpy.data.scenes["Other"]
    return [arguments["operator"] for _, arguments in drawn if "operator" in arguments]


def test_a_linked_scene_can_be_looked_at(starter: Any, tmp_path: Path) -> None:
    file = tmp_path / "library.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(file))
    bpy.ops.wm.read_factory_settings(use_empty=True)
    with bpy.data.libraries.load(str(file), link=True) as (there, wanted):
        wanted.scenes = there.scenes
    linked = next(scene for scene in bpy.data.scenes if scene.library)
    bpy.context.window.scene = linked
    before = everything()
    assert press("viewport_show", index=2) == {"FINISHED"}
    assert press("viewport_step") == {"FINISHED"}
    assert press("viewport_leave") == {"FINISHED"}
    assert not changes(before)


def test_it_says_why_it_cannot_be_shown(starter: Any) -> None:
    bpy.context.view_layer.objects.active = bpy.data.objects["Cube"]
    bpy.ops.object.mode_set(mode="EDIT")
    with pytest.raises(RuntimeError, match="Object Mode"):
        press("viewport_show")
    with pytest.raises(RuntimeError, match="No image is shown"):
        press("viewport_leave")
    with pytest.raises(RuntimeError, match="No image is shown"):
        press("viewport_step")


def test_a_scene_that_shows_an_image_takes_no_design(starter: Any) -> None:
    press("viewport_show", index=0)
    for operator in ("design_starter", "render", "preview", "strip_show"):
        with pytest.raises(RuntimeError, match="leave it first"):
            press(operator)


def test_panels_say_what_is_shown(starter: Any) -> None:
    tab = [cls for cls in bpy.types.Panel.__subclasses__() if getattr(cls, "bl_category", "") == "Simreal"]
    tab = [cls for cls in tab if cls.bl_space_type == "VIEW_3D"]
    assert draw(bpy.types.SIMREAL_PT_viewport, bpy.context) is None
    texts = [arguments.get("operator") for _, arguments in draw(bpy.types.SIMREAL_PT_one_image, bpy.context)]
    assert {"simreal.viewport_show", "simreal.strip_show"} <= set(texts)
    press("viewport_show", index=3, split="test_iid")
    assert {cls.bl_idname for cls in tab if not hasattr(cls, "poll") or cls.poll(bpy.context)} == {
        "SIMREAL_PT_viewport",
        "SIMREAL_PT_viewport_factors",
    }
    spec = Sampler(design_of(starter), "test_iid").spec(3)
    drawn = draw(bpy.types.SIMREAL_PT_viewport, bpy.context)
    assert drawn is not None
    said = [arguments.get("text") for _, arguments in drawn]
    assert {"Previous", "Next", f"test_iid 3: {spec.class_name}", spec.models[0]} <= set(said)
    values = draw(bpy.types.SIMREAL_PT_viewport_factors, bpy.context)
    assert values is not None
    said = [arguments.get("text") for _, arguments in values]
    elevation = spec.factors["camera_viewpoint"].values["elevation_deg"]
    assert {"Camera viewpoint", "Drawn", f"{round(elevation, 1):g}°"} <= set(said)


@pytest.mark.parametrize(
    "free",
    [Part(100, 50, 1140, 850), Part(160, 50, 740, 820), Part(700, 400, 1140, 850)],
    ids=["all", "left", "corner"],
)
def test_the_camera_frame_stands_in_the_middle_of_what_the_sidebar_leaves_free(free: Part) -> None:
    window = Part(100, 50, 1140, 850)
    zoom, offset = camera_view(window, free)
    share = (math.sqrt(2) + zoom / 50) ** 2 / 4  # as Blender draws the frame
    side = share * max(window.width, window.height)
    assert 0.9 * min(free.width, free.height) < side < min(free.width, free.height)
    sizes = (window.width, window.height)
    middle = [at - 2 * way * share * size for at, way, size in zip(window.middle, offset, sizes, strict=True)]
    assert middle == pytest.approx(free.middle)
    assert all(abs(way) <= 1 for way in offset), "Blender moves it no further"


def test_a_viewport_without_room_keeps_blenders_own_view(starter: Any) -> None:
    assert camera_view(Part(0, 0, 1000, 800), Part(500, 400, 510, 410)) == (0.0, (0.0, 0.0))
    window, free = free_part(area())
    assert window.left <= free.left and free.right <= window.right and free.bottom >= window.bottom
