"""Where classes come from in Blender: folders, the starter library, this file's collections, asset catalogues."""

from __future__ import annotations

import math
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest

import simreal
from simreal.addon.conversion import design_of
from simreal.design.asset_catalogues import CATALOGUES_FILE
from simreal.design.catalogue import split_fragment
from simreal.design.design import split_asset
from simreal.design.sampling import Sampler
from simreal.rendering.models import load_model
from simreal.rendering.session import RenderSession, SessionSettings
from simreal.rendering.workshop import all_blocks

pytestmark = pytest.mark.blender

ADD = bpy.ops.simreal


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Any]:
    """``Scene.simreal`` of an empty, unsaved file, with an output folder."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    simreal.register()
    bpy.context.scene.simreal.output = str(tmp_path / "out")
    yield bpy.context.scene.simreal
    simreal.unregister()


def classes(state: Any) -> dict[str, int]:
    return {entry.name: entry.model_count for entry in state.classes}


def collection(name: str, parent: bpy.types.Collection | None = None) -> bpy.types.Collection:
    made = bpy.data.collections.new(name)
    (parent or bpy.context.scene.collection).children.link(made)
    return made


def box(name: str, into: bpy.types.Collection | None, size: tuple[float, float, float] = (1, 1, 1)) -> bpy.types.Object:
    """A box of a size, with a material of its own."""
    corners = [(x * size[0], y * size[1], z * size[2]) for x in (0, 1) for y in (0, 1) for z in (0, 1)]
    faces = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(corners, [], faces)
    mesh.materials.append(bpy.data.materials.new(f"{name} paint"))
    one = bpy.data.objects.new(name, mesh)
    if into is not None:
        into.objects.link(one)
    return one


def loaded(state: Any, asset: str) -> bpy.types.Object:
    """What a worker makes of an asset."""
    design = design_of(state)
    library, path = split_asset(asset)
    file, fragment = split_fragment(path)
    return load_model(design.library_folder(library) / file, name=asset, fragment=fragment)


def chosen(*names: str) -> list[dict[str, Any]]:
    """What a dialog was left with."""
    return [{"name": name, "use": True, "detail": ""} for name in names]


def take(*names: str) -> None:
    assert ADD.classes_from_collections(choices=chosen(*names)) == {"FINISHED"}


def models(state: Any, name: str) -> list[str]:
    return state.classes[name].models.split("\n")


def user_data() -> dict[str, Any]:
    """All data-blocks of the user, with the values that a snapshot could change."""
    return {
        block.name_full: [
            getattr(block, name, None) if not hasattr(getattr(block, name, None), "to_tuple") else None
            for name in ("users", "use_fake_user", "hide_render", "hide_viewport", "frame_current", "filepath")
        ]
        for block in all_blocks()
    }


def test_a_folder_joins_a_design_by_class_names(state: Any, kit: Path) -> None:
    assert ADD.classes_from_starter(classes={"chair", "cup"}) == {"FINISHED"}
    assert (state.title, classes(state)) == ("starter", {"chair": 12, "cup": 12})
    state.classes["cup"].enabled = False
    assert ADD.classes_from_folder(directory=str(kit / "models")) == {"FINISHED"}
    assert classes(state)["chair"] == 12 + 18
    assert classes(state)["cup"] == 12 + 5
    assert [entry.name for entry in state.classes][:3] == ["chair", "cup", "airplane"], "labels of before have changed"
    assert not state.classes["cup"].enabled
    assert len(design_of(state).classes) == len(state.classes) - 1
    before = classes(state)
    assert ADD.classes_from_folder(directory=str(kit / "models")) == {"FINISHED"}
    assert (classes(state), len(state.libraries)) == (before, 1), "what is there already is doubled"


def test_a_design_over_some_starter_classes(state: Any) -> None:
    assert ADD.design_starter(classes={"cup", "car"}) == {"FINISHED"}
    assert classes(state) == {"car": 12, "cup": 12}
    with pytest.raises(RuntimeError, match="at least one class"):
        ADD.design_starter(classes=set())


def test_a_second_folder_is_a_second_library(state: Any, kit: Path, tmp_path: Path) -> None:
    (tmp_path / "more" / "CUP").mkdir(parents=True)
    (tmp_path / "more" / "CUP" / "own.obj").write_text("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n")
    assert ADD.classes_from_folder(directory=str(kit / "models")) == {"FINISHED"}
    assert state.title == "kit"
    assert ADD.classes_from_folder(directory=str(tmp_path / "more")) == {"FINISHED"}
    assert {entry.name for entry in state.libraries} == {"models", "models_2"}
    assert models(state, "cup")[-1] == "models_2:CUP/own.obj"
    assert "CUP" not in classes(state)


def test_what_a_worker_loads_of_a_collection_is_what_is_seen(state: Any) -> None:
    """Modifiers, parents, scale, instances, hidden parts, the present frame: all as they look."""
    shelf = collection("shelves")
    body = box("Shelf", shelf, (1, 1, 2))
    body.scale, body.rotation_euler = (2, 1, 1), (0, 0, math.radians(90))
    array = body.modifiers.new("Array", "ARRAY")
    array.count, array.relative_offset_displace = 3, (1.5, 0, 0)
    child = box("Board", shelf)
    child.parent, child.location = body, (0, 0, 4)
    hidden = box("Helper", shelf, (50, 50, 50))
    hidden.parent = body
    hidden.hide_set(True)
    crate = collection("crate parts")
    box("Crate", crate, (1, 2, 1)).location = (5, 0, 0)
    instance = bpy.data.objects.new("Crates", None)
    instance.instance_type, instance.instance_collection = "COLLECTION", crate
    instance.scale = (3, 1, 1)
    shelf.objects.link(instance)
    moving = box("Lift", shelf, (1, 1, 1))
    moving.scale = (1, 1, 1)
    moving.keyframe_insert("scale", frame=1)
    moving.scale = (1, 1, 5)
    moving.keyframe_insert("scale", frame=10)
    bpy.context.scene.frame_set(10)
    before = user_data()
    take("shelves")
    assert user_data() == before, "the user's data have changed"
    assert {one.rpartition("/")[2].removesuffix(" (snapshot)") for one in models(state, "shelves")} == {
        "Shelf",
        "Crates",
        "Lift",
    }
    sizes = {asset: loaded(state, asset).bounds_original for asset in models(state, "shelves")}
    expected = {"Shelf": _size_of(body, child), "Crates": (3, 2, 1), "Lift": (1, 1, 5)}
    for asset, size in sizes.items():
        name = asset.rpartition("/")[2].removesuffix(" (snapshot)")
        assert size == pytest.approx(expected[name], abs=1e-4), name
    shelf_loaded = next(loaded(state, asset) for asset in sizes if "Shelf" in asset)
    assert shelf_loaded.triangles == 12 * 4
    assert [slot.name.partition(".")[0] for slot in shelf_loaded.object.data.materials] == [
        "Shelf paint",
        "Board paint",
    ]


def _size_of(*objects: bpy.types.Object) -> list[float]:
    depsgraph = bpy.context.evaluated_depsgraph_get()
    points = []
    for one in objects:
        evaluated = one.evaluated_get(depsgraph)
        mesh = evaluated.to_mesh()
        points += [evaluated.matrix_world @ vertex.co for vertex in mesh.vertices]
        evaluated.to_mesh_clear()
    return list(np.ptp(np.array(points), axis=0))


def test_materials_go_along_as_they_are_seen(state: Any) -> None:
    things = collection("things")
    box("Bare", things).data.materials.clear()
    box("Painted", things)
    seen = box("Repainted", things).material_slots[0]
    seen.link, seen.material = "OBJECT", bpy.data.materials.new("Gold")
    text = bpy.data.objects.new("Word", bpy.data.curves.new("Word", "FONT"))
    text.data.body, text.data.extrude = "Hi", 0.1
    things.objects.link(text)
    take("things")
    found = {asset.rpartition("/")[2]: loaded(state, asset).object.data.materials for asset in models(state, "things")}
    names = {model.removesuffix(" (snapshot)"): slots[0].name.partition(".")[0] for model, slots in found.items()}
    assert (names["Painted"], names["Repainted"]) == ("Painted paint", "Gold")
    assert names["Bare"].startswith("collections:") and names["Word"].startswith("collections:"), "a neutral surface"


def test_collections_start_a_design_that_renders(state: Any) -> None:
    for name in ("boxes", "bars"):
        box(f"{name} 1", collection(name), (1, 1, 1 if name == "boxes" else 3))
    take("boxes", "bars")
    state.image.resolution_px, state.image.samples = 32, 1
    design = design_of(state)
    assert design.class_names == ("boxes", "bars")
    assert not Path(design.libraries["collections"].path).is_absolute()
    with RenderSession(design, SessionSettings(threads=1), lambda message: None) as renders:
        assert renders.render(Sampler(design, "train").spec(0)).coverage > 0


def test_children_of_a_collection_are_offered(state: Any) -> None:
    from simreal.addon.class_sources import candidates

    furniture = collection("furniture")
    box("Windsor", collection("chairs", furniture))
    collection("empty")
    assert candidates(bpy.context.scene) == {"furniture": 1, "chairs": 1}


def test_updating_follows_the_collections_into_a_file_of_its_own(state: Any) -> None:
    cups = collection("cups")
    mug = box("Mug", cups)
    take("cups")
    first = models(state, "cups")
    assert first == ["collections:collections_001.blend#cups (snapshot)/Mug (snapshot)"]
    state.classes["cups"].weight = 2.0
    state.classes["cups"].name = "mug"
    mug.scale = (1, 1, 7)
    box("Cup", cups)
    assert ADD.classes_update() == {"FINISHED"}
    second = models(state, "mug")
    assert len(second) == 2 and not set(first) & set(second), "images of before would show other models"
    assert state.classes["mug"].weight == 2.0
    tall = next(asset for asset in second if "Mug" in asset)
    assert loaded(state, tall).bounds_original == pytest.approx((1, 1, 7))
    assert loaded(state, first[0]).bounds_original == pytest.approx((1, 1, 1)), "the first snapshot is gone"
    take("cups")
    assert classes(state) == {"mug": 2}, "taking a collection again doubles it"
    cups.name = "teacups"
    with pytest.raises(RuntimeError, match="cups is not in this file any more"):
        ADD.classes_update()
    assert classes(state) == {"mug": 2}


def test_what_is_not_to_be_seen_is_refused_and_begins_no_design(state: Any) -> None:
    ghosts = collection("ghosts")
    box("Ghost", ghosts).hide_render = True
    for names, reason in ((["ghosts"], "nothing to be seen"), (["nowhere"], "not in this file"), ([], "choose")):
        with pytest.raises(RuntimeError, match=reason):
            ADD.classes_from_collections(choices=chosen(*names))
        assert not state.title


def test_an_output_folder_that_cannot_be_written_is_told(state: Any, tmp_path: Path) -> None:
    box("Mug", collection("cups"))
    (tmp_path / "file").write_text("")
    state.output = str(tmp_path / "file")
    with pytest.raises(RuntimeError, match="choose another output folder"):
        take("cups")
    assert not state.title and not state.classes


@pytest.fixture
def asset_library(tmp_path: Path) -> Iterator[Path]:
    """An asset library in the preferences: two files, nested catalogues, a light, an asset of no catalogue."""
    root = tmp_path / "assets"
    (root / "deep").mkdir(parents=True)
    ids = {path: str(uuid.uuid5(uuid.NAMESPACE_URL, path)) for path in ("Things/Cups", "Things/Cups/Tea", "Boxes")}
    lines = ["# comment", "", "VERSION 1", "nonsense", *(f"{ids[path]}:{path}:name" for path in ids)]
    (root / CATALOGUES_FILE).write_text("\n".join(lines))
    plain, grouped = box("Mug", None), collection("Tea set")
    box("Pot", grouped, (1, 1, 2))
    box("Plate", grouped)
    light = bpy.data.objects.new("Lamp", bpy.data.lights.new("Lamp", "POINT"))
    crate = box("Crate/small", None, (1, 3, 1))
    for one, path in ((plain, "Things/Cups"), (grouped, "Things/Cups/Tea"), (light, "Things/Cups"), (crate, "Boxes")):
        one.asset_mark()
        one.asset_data.catalog_id = ids[path]
    loose = box("Loose", None)
    loose.asset_mark()
    bpy.data.libraries.write(str(root / "a.blend"), {plain, grouped, light, loose}, fake_user=True)
    bpy.data.libraries.write(str(root / "deep" / "b.blend"), {crate}, fake_user=True)
    (root / "broken.blend").write_bytes(b"BLENDER")
    bpy.ops.wm.read_homefile(use_empty=True)
    library = bpy.context.preferences.filepaths.asset_libraries.new(name="Mine", directory=str(root))
    yield root
    bpy.context.preferences.filepaths.asset_libraries.remove(library)


def test_catalogues_of_an_asset_library_are_classes(state: Any, asset_library: Path) -> None:
    before = {block.name_full for block in all_blocks()}
    paths = ("Things/Cups", "Boxes")
    assert ADD.classes_from_catalogues(library="Mine", choices=chosen(*paths)) == {"FINISHED"}
    state = bpy.context.scene.simreal
    assert {block.name_full for block in all_blocks()} == before, "data-blocks are left"
    assert classes(state) == {"Cups": 2, "Boxes": 1}
    assert models(state, "Cups") == ["assets:a.blend#/Mug", "assets:a.blend#Tea set"]
    assert models(state, "Boxes") == ["assets:deep/b.blend#/Crate/small"]
    sizes = [loaded(state, asset).bounds_original for name in ("Cups", "Boxes") for asset in models(state, name)]
    assert np.allclose(sizes, [(1, 1, 1), (1, 1, 2), (1, 3, 1)], atol=1e-5)


def test_a_catalogue_below_can_be_a_class_of_its_own(state: Any, asset_library: Path) -> None:
    paths = ("Things/Cups", "Things/Cups/Tea")
    assert ADD.classes_from_catalogues(library="Mine", choices=chosen(*paths)) == {"FINISHED"}
    assert classes(bpy.context.scene.simreal) == {"Cups": 1, "Tea": 1}


def test_catalogues_of_this_file_are_a_snapshot(state: Any, tmp_path: Path) -> None:
    root = tmp_path / "mine"
    root.mkdir()
    key = str(uuid.uuid4())
    (root / CATALOGUES_FILE).write_text(f"VERSION 1\n{key}:Cups:Cups\n")
    mug = box("Mug", bpy.context.scene.collection)
    mug.scale = (1, 1, 4)
    mug.asset_mark()
    mug.asset_data.catalog_id = key
    bpy.ops.wm.save_as_mainfile(filepath=str(root / "scene.blend"))
    assert ADD.classes_from_catalogues(library="Current File", choices=chosen("Cups")) == {"FINISHED"}
    state = bpy.context.scene.simreal
    assert (state.title, classes(state)) == ("scene", {"Cups": 1})
    assert loaded(state, models(state, "Cups")[0]).bounds_original == pytest.approx((1, 1, 4))
    mug.scale = (1, 1, 2)
    assert ADD.classes_update() == {"FINISHED"}
    assert loaded(state, models(state, "Cups")[0]).bounds_original == pytest.approx((1, 1, 2))


def test_folders_of_assets_become_options_and_go_again(state: Any, kit: Path) -> None:
    ADD.classes_from_starter(classes={"cup"})
    start = design_of(state)
    assert ADD.library_add(kind="photos", directory=str(kit / "photos")) == {"FINISHED"}
    assert ADD.library_add(kind="environments", directory=str(kit / "hdri")) == {"FINISHED"}
    background = design_of(state).factors["background"].parameters
    assert len(background["photo"].distribution.options) == 300 and "" not in background["photo"].distribution.options
    assert background["kind"].distribution.options["photo"] == pytest.approx(0.3)
    assert len(background["environment"].distribution.options) == 8 + 18
    assert ADD.library_add(kind="photos", directory=str(kit / "photos")) == {"FINISHED"}
    assert len(state.libraries) == 2
    choose = {"factor": "background", "parameter": "environment", "library": "builtin"}
    assert ADD.option_weights(action="toggle", **choose) == {"FINISHED"}
    assert len(design_of(state).factors["background"].parameters["environment"].distribution.options) == 18
    for library in ("photos", "environments"):
        assert ADD.library_remove(library=library) == {"FINISHED"}
    assert design_of(state) == start


def test_a_library_that_is_needed_stays(state: Any, kit: Path) -> None:
    assert ADD.classes_from_folder(directory=str(kit / "models")) == {"FINISHED"}
    with pytest.raises(RuntimeError, match="no class would be left"):
        ADD.library_remove(library="models")
    ADD.classes_from_starter(classes={"cup"})
    assert ADD.library_remove(library="models") == {"FINISHED"}
    assert classes(state) == {"cup": 12}


def test_a_folder_without_anything_of_use_changes_nothing(state: Any, tmp_path: Path) -> None:
    ADD.classes_from_starter(classes={"cup"})
    start = design_of(state)
    for name in ("environments", "textures", "photos"):
        with pytest.raises(RuntimeError, match=r"no .*found|no texture set"):
            ADD.library_add(kind=name, directory=str(tmp_path))
    with pytest.raises(RuntimeError, match="no model found"):
        ADD.classes_from_folder(directory=str(tmp_path))
    assert design_of(state) == start and not state.libraries
