"""Replacing materials: every one renders, nothing is made twice, and an object gets its own back exactly."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import bpy
import numpy as np
import pytest
from PIL import Image

from simreal.design.errors import AssetError
from simreal.design.materials_catalogue import MATERIAL_NAMES, MATERIALS
from simreal.design.texture_sets import pbr_sets
from simreal.rendering.material_recipes import RECIPES
from simreal.rendering.materials import MaterialLibrary
from simreal.rendering.starter.to_blender import make_object

pytestmark = pytest.mark.blender


@pytest.fixture(autouse=True)
def _empty_file() -> None:
    bpy.ops.wm.read_factory_settings(use_empty=True)


@pytest.fixture
def library() -> Iterator[MaterialLibrary]:
    made = MaterialLibrary()
    yield made
    made.close()


@pytest.fixture
def texture_folder(tmp_path: Path) -> Path:
    """One set in Poly Haven's naming: orange, fully rough, with relief."""
    size = (16, 16)
    for channel, colour in (("diff", (230, 110, 20)), ("arm", (255, 250, 0)), ("disp", (128, 128, 128))):
        Image.new("RGB", size, colour).save(tmp_path / f"clay_{channel}_1k.png")
    return tmp_path


def small_scene(obj: bpy.types.Object) -> None:
    """The object in front of a camera under an even white light, 32 px, Cycles."""
    scene = bpy.context.scene
    scene.collection.objects.link(obj)
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    camera.location, camera.rotation_euler = (0.0, -2.2, 0.0), (np.pi / 2, 0.0, 0.0)
    scene.collection.objects.link(camera)
    scene.camera = camera
    scene.world = bpy.data.worlds.new("world")
    if bpy.app.version < (5, 0):
        scene.world.use_nodes = True
    scene.world.node_tree.nodes["Background"].inputs[0].default_value = (0.6, 0.6, 0.6, 1.0)
    scene.render.engine = "CYCLES"
    scene.cycles.samples, scene.cycles.use_denoising = 4, False
    scene.render.resolution_x = scene.render.resolution_y = 32
    scene.render.film_transparent = True
    scene.render.image_settings.file_format = "PNG"
    scene.render.image_settings.color_mode = "RGBA"
    scene.view_settings.view_transform = "Standard"


def object_pixels(folder: Path) -> np.ndarray:
    """Render; the pixels (N, 3) in 0..1 that the object covers."""
    bpy.context.scene.render.filepath = str(folder / "image.png")
    bpy.ops.render.render(write_still=True)
    picture = np.asarray(Image.open(folder / "image.png").convert("RGBA"), dtype=np.float64) / 255
    return picture[picture[..., 3] > 0.5][:, :3]


def data_blocks() -> dict[str, list[str]]:
    kinds = ("materials", "images", "node_groups", "textures", "meshes", "objects")
    return {kind: sorted(block.name for block in getattr(bpy.data, kind)) for kind in kinds}


def slots(obj: bpy.types.Object) -> list[tuple[str, str | None]]:
    return [(slot.link, slot.material.name if slot.material else None) for slot in obj.material_slots]


def test_catalogue_and_recipes_name_the_same_materials() -> None:
    assert len(MATERIAL_NAMES) >= 12
    assert set(RECIPES) == set(MATERIAL_NAMES)


def test_colours_are_mixed_as_far_as_a_material_takes_them() -> None:
    kinds = {kind.name: kind for kind in MATERIALS}
    assert kinds["plastic"].colour((0.1, 0.2, 0.3)) == pytest.approx((0.1, 0.2, 0.3))
    assert kinds["wood"].colour(None) == kinds["wood"].natural
    red, _, blue = kinds["wood"].colour((0.0, 0.0, 1.0))
    assert red > blue  # wood stays brown


@pytest.mark.parametrize("name", MATERIAL_NAMES)
def test_every_material_renders(name: str, library: MaterialLibrary, tmp_path: Path) -> None:
    obj = make_object("cup/00")
    small_scene(obj)
    library.apply(obj, name, None, 0.5, 1.0)
    pixels = object_pixels(tmp_path)
    assert len(pixels) > 100
    mean = pixels.mean(axis=0)
    assert mean.max() > 0.03, "black"
    assert not (mean[0] > 0.8 and mean[1] < 0.2 and mean[2] > 0.8), "magenta: a broken node tree"
    assert pixels.mean() < 0.999, "blown out"


def test_drawn_colour_shows(library: MaterialLibrary, tmp_path: Path) -> None:
    obj = make_object("cup/00")
    small_scene(obj)
    library.apply(obj, "plastic", (0.02, 0.5, 0.02), 0.9, 1.0)
    green = object_pixels(tmp_path).mean(axis=0)
    library.apply(obj, "plastic", (0.5, 0.02, 0.02), 0.9, 1.0)
    red = object_pixels(tmp_path).mean(axis=0)
    assert green[1] > 1.5 * green[0]
    assert red[0] > 1.5 * red[1]


def test_values_change_without_new_data_blocks(library: MaterialLibrary) -> None:
    obj = make_object("car/00")
    first = library.material("wood")
    library.apply(obj, "wood", (0.2, 0.1, 0.0), 0.2, 1.0)
    before = data_blocks()
    nodes = len(first.node_tree.nodes)
    for scale in (0.5, 1.5, 3.0):
        library.apply(obj, "wood", (0.1, 0.1, scale / 3), scale / 3, scale)
    assert library.material("wood") == first
    assert data_blocks() == before
    assert len(first.node_tree.nodes) == nodes


def test_restoring_is_exact_and_closing_leaves_nothing_behind() -> None:
    obj, other = make_object("chair/01"), make_object("table/04")
    own = bpy.data.materials.new("own")
    obj.material_slots[1].link = "OBJECT"
    obj.material_slots[1].material = own
    other.material_slots[0].link = "OBJECT"
    other.material_slots[0].material = own
    other.material_slots[0].link = "DATA"  # hides a material that must survive
    before, worn = data_blocks(), (slots(obj), slots(other))
    shared = [material.name for material in obj.data.materials]
    library = MaterialLibrary()
    for name in ("metal", "moss"):
        for target in (obj, other):
            library.apply(target, name, (0.5, 0.4, 0.3), 0.3, 2.0)
        assert {slot.material for slot in obj.material_slots} == {library.material(name)}
        assert [material.name for material in obj.data.materials] == shared
    for target in (obj, other):
        library.restore(target)
        library.restore(target)  # a second time does nothing
    assert (slots(obj), slots(other)) == worn
    other.material_slots[0].link = "OBJECT"
    assert other.material_slots[0].material == own
    other.material_slots[0].link = "DATA"
    library.close()
    assert data_blocks() == before


def test_an_object_without_slots_is_dressed_and_undressed(library: MaterialLibrary) -> None:
    data = bpy.data.meshes.new("bare")
    data.from_pydata([(0, 0, 0), (1, 0, 0), (0, 1, 0)], [], [(0, 1, 2)])
    obj = bpy.data.objects.new("bare", data)
    library.apply(obj, "leather")
    assert slots(obj) == [("OBJECT", library.material("leather").name)]
    library.restore(obj)
    assert slots(obj) == []
    assert len(data.materials) == 0


def test_pattern_size_follows_the_object_not_its_units(library: MaterialLibrary) -> None:
    """A model made in millimetres shows as many checks as one made in metres."""
    obj = make_object("cup/00")
    library.apply(obj, "camouflage", None, 0.5, 2.0)
    value = next(
        node for node in library.material("camouflage").node_tree.nodes if node.type == "VALUE" and _feeds_scale(node)
    )
    near = value.outputs[0].default_value
    for vertex in obj.data.vertices:
        vertex.co *= 1000.0
    obj.data.update()
    bpy.context.scene.collection.objects.link(obj)
    bpy.context.view_layer.update()
    library.apply(obj, "camouflage", None, 0.5, 2.0)
    assert value.outputs[0].default_value == pytest.approx(near / 1000.0, rel=1e-3)


def _feeds_scale(node: bpy.types.Node) -> bool:
    return any(link.to_node.type == "VECT_MATH" for link in node.outputs[0].links)


def test_texture_sets_are_projected_without_uvs(library: MaterialLibrary, texture_folder: Path, tmp_path: Path) -> None:
    obj = make_object("cup/00")
    assert not obj.data.uv_layers
    small_scene(obj)
    (clay,) = pbr_sets(texture_folder)
    library.apply(obj, clay, None, 0.5, 1.0)
    red, green, blue = object_pixels(tmp_path).mean(axis=0)
    assert red > 1.3 * green > 1.3 * blue
    images = {image.name for image in bpy.data.images}
    library.apply(obj, clay, (0.0, 0.0, 1.0), 0.1, 3.0)
    assert {image.name for image in bpy.data.images} == images
    library.restore(obj)


def test_missing_names_and_images_are_named(library: MaterialLibrary, texture_folder: Path) -> None:
    with pytest.raises(AssetError, match="no material 'velvet'"):
        library.material("velvet")
    (clay,) = pbr_sets(texture_folder)
    (texture_folder / "clay_arm_1k.png").unlink()
    with pytest.raises(AssetError, match=r"clay: no image at .*clay_arm_1k\.png"):
        library.material(clay)


def test_starter_objects_arrive_unlinked_with_a_material_per_part() -> None:
    obj = make_object("bicycle/01")
    assert not obj.users_collection
    assert len(obj.material_slots) >= 4
    assert max(polygon.material_index for polygon in obj.data.polygons) == len(obj.material_slots) - 1
    assert not obj.data.validate()  # nothing to repair
    assert max(obj.dimensions) == pytest.approx(1.0, abs=1e-4)
