"""Loading models: any format becomes one upright mesh of unit size at the origin, and damaged files one clear line."""

import hashlib
import struct
import subprocess
import sys
from pathlib import Path

import bpy
import numpy as np
import pytest
from PIL import Image

from simreal.design.catalogue import scan_models
from simreal.design.errors import AssetError
from simreal.rendering.models import LoadedModel, blend_collections, load_model
from simreal.rendering.workshop import all_blocks, workshop

from .model_files import BLUE, RED, SIZE, box, export, save_scene, tower

pytestmark = pytest.mark.blender

SUFFIXES = (".obj", ".ply", ".stl", ".glb", ".gltf", ".fbx", ".usda", ".usdc", ".usdz", ".blend")
COLOURLESS = (".ply", ".stl")
TRIANGLE = "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n"


@pytest.fixture(autouse=True)
def clean():
    """Each test leaves Blender's memory as it was."""
    with workshop():
        yield


def vertices(model: LoadedModel) -> np.ndarray:
    mesh = model.object.data
    values = np.empty(3 * len(mesh.vertices), np.float32)
    mesh.vertices.foreach_get("co", values)
    return values.reshape(-1, 3)


def shader(material):
    return next(node for node in material.node_tree.nodes if node.bl_idname == "ShaderNodeBsdfPrincipled")


def base_colour(material) -> tuple[float, ...]:
    socket = shader(material).inputs["Base Color"]
    if socket.is_linked:
        return tuple(socket.links[0].from_node.outputs[0].default_value)
    return tuple(socket.default_value)


def heights(model: LoadedModel) -> dict[str, float]:
    """The mean height of the faces of each material, by the material's name without a number."""
    mesh = model.object.data
    found: dict[str, list[float]] = {}
    for face in mesh.polygons:
        found.setdefault(mesh.materials[face.material_index].name.split(".")[0].split("_")[0], []).append(face.center.z)
    return {name: float(np.mean(values)) for name, values in found.items()}


def write(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def textured(folder: Path, reference: str) -> Path:
    """A quad whose material refers to a texture."""
    write(folder / "quad.mtl", f"newmtl paint\nKd 1 1 1\nmap_Kd {reference}\n")
    quad = "v 0 0 0\nv 2 0 0\nv 2 1 0\nv 0 1 0\nvt 0 0\nvt 1 0\nvt 1 1\nvt 0 1\nusemtl paint\nf 1/1 2/2 3/3 4/4\n"
    return write(folder / "quad.obj", f"mtllib quad.mtl\n{quad}")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_format_gives_the_same_upright_unit_model(suffix: str, tmp_path: Path) -> None:
    if suffix.startswith(".usd") and "usd_import" not in dir(bpy.ops.wm):
        pytest.skip("this Blender is built without USD")
    path = export(tmp_path / f"tower{suffix}")
    before = {block.session_uid for block in all_blocks()}
    shown = bpy.context.window.scene
    model = load_model(path, name="tower")

    assert model.bounds_original == pytest.approx(SIZE, rel=1e-5)
    assert vertices(model).min(axis=0) == pytest.approx([-0.25, -0.125, -0.5], abs=1e-6)
    assert vertices(model).max(axis=0) == pytest.approx([0.25, 0.125, 0.5], abs=1e-6)
    assert model.object.matrix_world.is_identity
    assert model.triangles == 24
    assert model.warnings == ()
    assert not model.object.users_scene
    assert bpy.context.window.scene == shown
    created = [block for block in all_blocks() if block.session_uid not in before]
    mesh = model.object.data
    assert set(created) == {model.object, mesh, *mesh.materials}
    if suffix not in COLOURLESS:
        colours = {material.name.split(".")[0].split("_")[0]: base_colour(material) for material in mesh.materials}
        assert colours["body"] == pytest.approx(BLUE, abs=0.01)
        assert colours["roof"] == pytest.approx(RED, abs=0.01)
        assert heights(model) == pytest.approx({"body": -0.125, "roof": 0.375}, abs=1e-5)


@pytest.mark.parametrize(
    ("up_axis", "size"),
    [("Y", (2, 4, 3)), ("-Y", (2, 4, 3)), ("Z", (2, 3, 4)), ("-Z", (2, 3, 4)), ("X", (4, 3, 2)), ("-X", (4, 3, 2))],
)
def test_up_axis_can_be_set(up_axis: str, size: tuple[int, ...], tmp_path: Path) -> None:
    """A pyramid, 2 x 3 x 4 in its file, with its tip towards ``up_axis``, stands with the tip on top."""
    axis, sign = "XYZ".index(up_axis[-1]), -1 if up_axis.startswith("-") else 1
    corners = np.array([[0, 0, 0], [2, 0, 0], [0, 3, 0], [0, 0, 4], [2, 3, 4]], dtype=float)
    corners[:, axis] = 0
    corners[4] = 0
    corners[4, axis] = sign * (2, 3, 4)[axis]
    lines = [f"v {x} {y} {z}" for x, y, z in corners]
    path = write(tmp_path / "tip.obj", "\n".join([*lines, "f 2 3 4", "f 2 3 5", "f 3 4 5", "f 4 2 5", ""]))
    model = load_model(path, name="tip", up_axis=up_axis)
    tip, *base = sorted(vertices(model)[:, 2], reverse=True)
    assert model.bounds_original == pytest.approx(size)
    assert tip > 0 > max(base)


def test_kit_models(kit: Path) -> None:
    """All 66 load, stand in the unit box, leave nothing behind, and have no texture that would be painted magenta."""
    for assets in scan_models(kit / "models").classes.values():
        for asset in assets:
            before = {block.session_uid for block in all_blocks()}
            model = load_model(kit / "models" / asset, name=asset)
            low, high = vertices(model).min(axis=0), vertices(model).max(axis=0)
            assert low == pytest.approx(-high, abs=1e-6), asset
            assert (high - low).max() == pytest.approx(1, abs=1e-6), asset
            mesh = model.object.data
            nodes = [node for material in mesh.materials for node in material.node_tree.nodes]
            images = {node.image for node in nodes if node.bl_idname == "ShaderNodeTexImage"}
            assert all(image.size[0] > 0 for image in images), asset
            created = {block for block in all_blocks() if block.session_uid not in before}
            assert created <= {model.object, mesh, *mesh.materials, *images}, asset


def test_kit_facts(kit: Path) -> None:
    phone = load_model(kit / "models/cellphone/iphone/iphone.obj", name="phone")
    assert phone.triangles == 432
    assert phone.warnings == ()
    plane = load_model(kit / "models/airplane/c172p/c172p.obj", name="plane")
    assert [warning for warning in plane.warnings if "c172p-01.rgb is missing" in warning]
    car = load_model(kit / "models/car/suv/suv.obj", name="car")
    assert np.argmax(car.bounds_original) == 1
    assert np.argmin(car.bounds_original) == 2


def test_models_are_imported_while_other_threads_run(tmp_path: Path) -> None:
    write(tmp_path / "one.obj", b"v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n")
    script = Path(__file__).parent / "blender" / "check_threads.py"
    command = [sys.executable, str(script), str(tmp_path / "one.obj"), "300"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "threads: ok" in done.stdout


def test_same_mesh_in_every_process(kit: Path) -> None:
    path = kit / "models/motorbike/scooter2/scooter2.obj"
    here = hashlib.sha256(vertices(load_model(path, name="a")).tobytes()).hexdigest()
    program = (
        "import hashlib, sys; from pathlib import Path; import numpy as np\n"
        "from simreal.rendering.models import load_model\n"
        "mesh = load_model(Path(sys.argv[1]), name='b').object.data\n"
        "values = np.empty(3 * len(mesh.vertices), np.float32); mesh.vertices.foreach_get('co', values)\n"
        "print('hash', hashlib.sha256(values.tobytes()).hexdigest())"
    )
    there = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True)
    assert f"hash {here}" in there.stdout


def test_modifiers_instances_and_mirrors_are_applied(tmp_path: Path) -> None:
    """A .blend with an array modifier, a collection instance and a negative scale; a hidden object stays out."""
    with workshop() as here:
        root = here.scene.collection
        bar = box("bar", (0, 0, 0), (1, 1, 1), BLUE)
        array = bar.modifiers.new("array", "ARRAY")
        array.count, array.relative_offset_displace = 3, (2, 0, 0)
        inner = bpy.data.collections.new("inner")
        inner.objects.link(box("knob", (0.5, 0, 0), (1, 1, 1), RED))
        instance = bpy.data.objects.new("instance", None)
        instance.instance_type, instance.instance_collection = "COLLECTION", inner
        instance.location, instance.scale = (0, 0, 5), (-1, 1, 1)
        hidden = box("hidden", (0, 0, 90), (1, 1, 1), RED)
        hidden.hide_render = True
        for one in (bar, instance, hidden, bpy.data.objects.new("light", bpy.data.lights.new("light", "POINT"))):
            root.objects.link(one)
        save_scene(tmp_path / "parts.blend", here)
    model = load_model(tmp_path / "parts.blend", name="parts")
    assert model.bounds_original == pytest.approx((5.5, 1, 6))
    assert model.triangles == 4 * 12
    for face in model.object.data.polygons:  # the mirrored box still faces outwards
        if model.object.data.materials[face.material_index].name.startswith("knob"):
            centre = np.array([-0.5 - 1.75, 0, 5 - 2.5]) / 6
            assert np.dot(np.array(face.normal), np.array(face.center) - centre) > 0


def test_far_crumbs_are_dropped_but_a_thin_pole_is_not(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    cloud = rng.random((900, 3)) + np.eye(3)[:, None, :].repeat(300, 1).reshape(-1, 3) * 0.001
    body = [*(f"v {x} {y} {z}" for x, y, z in cloud), *(f"f {i} {i + 1} {i + 2}" for i in range(1, 899, 1))]
    crumb = ["v 50 0 0", "v 50 1 0", "v 51 0 0", "f -1 -2 -3"]
    pole = ["v 0.5 0 0.5", "v 0.5 9 0.5", "v 0.52 0 0.5", "f -1 -2 -3"]
    model = load_model(write(tmp_path / "crumb.obj", "\n".join([*body, *crumb, ""])), name="crumb")
    assert model.warnings == ("1 stray faces far from the rest of the model are dropped",)
    assert max(model.bounds_original) < 1.1
    model = load_model(write(tmp_path / "lamp.obj", "\n".join([*body, *pole, ""])), name="lamp")
    assert model.warnings == ()
    assert model.bounds_original[2] == pytest.approx(9)


def test_loose_points_do_not_count(tmp_path: Path) -> None:
    path = write(tmp_path / "loose.obj", "v 0 0 0\nv 1 0 0\nv 0 2 0\nv 900 900 900\nv 901 0 0\nf 1 2 3\nl 4 5\n")
    model = load_model(path, name="loose")
    assert model.bounds_original == pytest.approx((1, 0, 2))
    assert len(model.object.data.vertices) == 3


def test_doubled_faces_are_dropped(tmp_path: Path) -> None:
    """Front and back of one sheet, and not the two triangles of one rectangle."""
    points = "v 0 0 0\nv 2 0 0\nv 2 1 0\nv 0 1 0\n"
    both = write(tmp_path / "sheet.obj", f"{points}{points}f 1 2 3 4\nf 8 7 6 5\n")
    assert load_model(both, name="sheet").triangles == 2
    halves = write(tmp_path / "halves.obj", f"{points}f 1 2 3\nf 1 3 4\n")
    assert load_model(halves, name="halves").triangles == 2


def test_custom_normals_survive(tmp_path: Path) -> None:
    text = "v 0 0 0\nv 1 0 0\nv 0 1 0\nvn 0.6 0 0.8\nvn 0 0.6 0.8\nvn 0 0 1\nf 1//1 2//2 3//3\n"
    model = load_model(write(tmp_path / "n.obj", text), name="n")
    mesh = model.object.data
    found = {tuple(round(float(x), 3) for x in corner.vector) for corner in mesh.corner_normals}
    assert found == {(0.6, -0.8, 0.0), (0.0, -0.8, 0.6), (0.0, -1.0, 0.0)}


def test_missing_texture_becomes_neutral_grey(tmp_path: Path) -> None:
    model = load_model(textured(tmp_path, "lost/paint.png"), name="quad")
    assert model.warnings == ("texture paint.png is missing or unreadable: replaced by neutral grey",)
    assert base_colour(model.object.data.materials[0])[:3] == pytest.approx([0.214] * 3)
    assert not [image for image in bpy.data.images if "paint" in image.name]


@pytest.mark.parametrize("reference", ["PAINT.PNG", "C:\\Users\\me\\Desktop\\paint.png", "/home/me/Paint.tga"])
def test_texture_is_searched_by_name(reference: str, tmp_path: Path) -> None:
    Image.new("RGB", (8, 4), (255, 0, 0)).save(tmp_path / "paint.png")
    folder = tmp_path / "source"
    write(tmp_path / "textures" / "paint.png", (tmp_path / "paint.png").read_bytes())
    (tmp_path / "paint.png").unlink()
    model = load_model(textured(folder, reference), name="quad")
    assert model.warnings == ()
    (image,) = [node.image for node in model.object.data.materials[0].node_tree.nodes if hasattr(node, "image")]
    assert tuple(image.size) == (8, 4)


def test_damaged_texture_counts_as_missing(tmp_path: Path) -> None:
    write(tmp_path / "paint.png", b"not a picture")
    assert "paint.png" in load_model(textured(tmp_path, "paint.png"), name="quad").warnings[0]
    write(tmp_path / "paint.png", b"")
    assert "paint.png" in load_model(textured(tmp_path, "paint.png"), name="quad").warnings[0]


def test_large_texture_is_scaled_down(tmp_path: Path) -> None:
    Image.new("RGB", (600, 300), (255, 0, 0)).save(tmp_path / "paint.png")
    model = load_model(textured(tmp_path, "paint.png"), name="quad", max_texture_px=200)
    (image,) = [node.image for node in model.object.data.materials[0].node_tree.nodes if hasattr(node, "image")]
    assert tuple(image.size) == (200, 100)
    assert image.packed_file is not None  # Cycles would read an unpacked one from its file, in full size
    assert image.pixels[0:4] == pytest.approx((1, 0, 0, 1), abs=0.01)


def test_invisible_material_is_made_opaque(tmp_path: Path) -> None:
    write(tmp_path / "t.mtl", "newmtl glass\nKd 0.5 0.5 0.5\nNi 1\nd 0\n")
    model = load_model(write(tmp_path / "t.obj", f"mtllib t.mtl\nusemtl glass\n{TRIANGLE}"), name="t")
    assert model.warnings == ("material 'glass' (100% of the surface) is invisible: made opaque",)
    surface = shader(model.object.data.materials[0])
    assert surface.inputs["Alpha"].default_value == 1
    assert surface.inputs["IOR"].default_value == pytest.approx(1.45)


def test_vertex_colours_are_shown(tmp_path: Path) -> None:
    rows = ["0 0 0 255 0 0", "1 0 0 255 0 0", "0 1 0 255 0 0"]
    kinds = [f"property float {axis}" for axis in "xyz"] + [
        f"property uchar {name}" for name in ("red", "green", "blue")
    ]
    head = ["ply", "format ascii 1.0", "element vertex 3", *kinds, "element face 1"]
    lines = [*head, "property list uchar int vertex_indices", "end_header", *rows, "3 0 1 2", ""]
    model = load_model(write(tmp_path / "t.ply", "\n".join(lines)), name="t")
    (colours,) = model.object.data.color_attributes
    assert tuple(colours.data[0].color) == pytest.approx((1, 0, 0, 1), abs=0.01)
    assert shader(model.object.data.materials[0]).inputs["Base Color"].is_linked


def test_models_inside_a_blend(tmp_path: Path) -> None:
    path = tmp_path / "library.blend"
    with workshop():
        towers, boxes = bpy.data.collections.new("towers"), bpy.data.collections.new("boxes")
        inside = bpy.data.collections.new("tall one")
        tower(inside)
        towers.children.link(inside)
        parent, child = box("crate", (0, 0, 0), (2, 2, 2), BLUE), box("lid", (0, 0, 1.5), (2, 2, 1), RED)
        child.parent = parent
        for one in (parent, child, box("other", (9, 0, 0), (1, 1, 5), RED), bpy.data.objects.new("empty", None)):
            boxes.objects.link(one)
        bpy.data.libraries.write(str(path), {towers, boxes})
    load_model(export(tmp_path / "crate.blend"), name="crate")  # a name that is taken does no harm
    assert blend_collections(path) == {"boxes": ("crate", "other"), "towers": ("tall one",)}
    assert load_model(path, name="a", fragment="boxes/crate").bounds_original == pytest.approx((2, 2, 3))
    assert load_model(path, name="b", fragment="boxes/other").bounds_original == pytest.approx((1, 1, 5))
    assert load_model(path, name="c", fragment="towers/tall one").bounds_original == pytest.approx(SIZE)
    assert load_model(path, name="d", fragment="towers").bounds_original == pytest.approx(SIZE)
    with pytest.raises(AssetError, match="no such collection or model; collections in it: boxes, tall one, towers"):
        load_model(path, name="e", fragment="boxes/sofa")
    with pytest.raises(AssetError, match="'other' is not in the collection 'towers'"):
        load_model(path, name="f", fragment="towers/other")


def test_scripts_of_a_blend_do_not_run(tmp_path: Path) -> None:
    with workshop() as here:
        one = box("driven", (0, 0, 0), (1, 1, 1), BLUE)
        driver = one.driver_add("location", 0).driver
        driver.expression = f"[open(r'{tmp_path / 'ran'}', 'w').close(), 7][1]"
        here.scene.collection.objects.link(one)
        save_scene(tmp_path / "driven.blend", here)
    (tmp_path / "ran").unlink(missing_ok=True)
    filepaths = bpy.context.preferences.filepaths
    filepaths.use_scripts_auto_execute = True
    try:
        load_model(tmp_path / "driven.blend", name="driven")
        assert filepaths.use_scripts_auto_execute
    finally:
        filepaths.use_scripts_auto_execute = False
    assert not (tmp_path / "ran").exists()


def test_too_many_triangles(tmp_path: Path) -> None:
    path = export(tmp_path / "tower.obj")
    with pytest.raises(AssetError, match="more than 20 triangles"):
        load_model(path, name="t", max_triangles=20)


NOT_A_NUMBER = bytes(80) + struct.pack("<I12fH", 1, 0, 0, 1, 0, 0, 0, float("nan"), 0, 0, 0, 1, 0, 0)
PLY_HEADER = (
    "ply\nformat ascii 1.0\nelement vertex {}\nproperty float x\nproperty float y\nproperty float z\n"
    "element face 1\nproperty list uchar int vertex_indices\nend_header\n"
)
BROKEN = {
    "empty.obj": ("", "the file is empty"),
    "prose.obj": ("It was a dark and stormy night.\n" * 20, "it has no vertices"),
    "points.obj": ("v 0 0 0\nv 1 0 0\nv 0 1 0\n", "it has no faces"),
    "cut.obj": (TRIANGLE + "v 1 1 1\nf 1 2 3\nf 1 ", "ends in the middle of a line"),
    "index.obj": (TRIANGLE + "f 1 2 90\n", "a face refers to vertex 90, but there are 3"),
    "words.obj": (TRIANGLE + "f one two three\n", "a face is not made of vertex numbers"),
    "point.obj": ("v 1 1 1\nv 1 1 1\nv 1 1 1\nf 1 2 3\n", "no extent|no faces"),
    "nan.obj": (TRIANGLE + "v 1 nan 1\nf 1 2 4\n", "not numbers"),
    "nan.ply": (PLY_HEADER.format(3) + "0 0 0\n1 nan 0\n0 1 0\n3 0 1 2\n", "not numbers"),
    "cut.ply": (PLY_HEADER.format(900) + "0 0 0\n1 0 0\n0 1 0\n3 0 1 2\n", "truncated: 4 lines"),
    "nan.stl": (NOT_A_NUMBER, "not numbers"),
    "magic.glb": ("GLTF" + "x" * 40, "not a GLB file"),
    "old.glb": (b"glTF" + struct.pack("<III", 1, 40, 4) + b"x" * 40, "glTF 1 is not supported"),
    "cut.glb": (b"glTF" + struct.pack("<III", 2, 4000, 300) + b"JSON{}", "truncated: 22 of 4000 bytes"),
    "json.gltf": ("{", "its JSON cannot be read"),
    "list.gltf": ('{"asset": {}, "meshes": [1], "buffers": [3]}', "wrong structure"),
    "buffer.gltf": (
        '{"asset": {}, "meshes": [{}], "buffers": [{"uri": "b.bin", "byteLength": 4}]}',
        "b.bin is missing",
    ),
    "prose.fbx": ("It was a dark and stormy night.", "not an FBX file"),
    "head.fbx": (b"Kaydara FBX Binary  \x00\x1a\x00" + struct.pack("<I", 7400), "cannot be imported"),
    "prose.usda": ("It was a dark and stormy night.", "not a USD file"),
    "prose.ply": ("It was a dark and stormy night.", "not a PLY file"),
    "cloud.ply": ("ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nend_header\n0\n", "point cloud"),
    "prose.stl": ("It was a dark and stormy night." * 9, "STL"),
    "cut.stl": (bytes(80) + struct.pack("<I", 9) + bytes(100), "truncated"),
    "cut_ascii.stl": ("solid x\nfacet normal 0 0 1\nouter loop\n", "truncated"),
    "prose.blend": ("It was a dark and stormy night.", "not a .blend file"),
    "cut.blend": (b"BLENDER-v405" + bytes(50), "cannot be read"),
    "future.blend": (b"BLENDER17-01v9901" + bytes(50), "cannot be read"),
    "model.max": ("x", "the format .max is not supported"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_damaged_file_is_one_clear_line(name: str, tmp_path: Path) -> None:
    content, message = BROKEN[name]
    path = write(tmp_path / name, content)
    before = {block.session_uid for block in all_blocks()}
    with pytest.raises(AssetError, match=message) as caught:
        load_model(path, name="broken")
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert {block.session_uid for block in all_blocks()} == before


@pytest.mark.parametrize("suffix", [".obj", ".glb", ".fbx", ".usdc", ".usdz", ".ply", ".stl", ".blend"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.97])
def test_truncated_file(suffix: str, share: float, tmp_path: Path) -> None:
    """Whatever is cut off, it is an error or still a model; never a crash."""
    if suffix.startswith(".usd") and "usd_import" not in dir(bpy.ops.wm):
        pytest.skip("this Blender is built without USD")
    data = export(tmp_path / f"whole{suffix}").read_bytes()
    path = write(tmp_path / f"cut{suffix}", data[: int(len(data) * share)])
    try:
        assert load_model(path, name="cut").triangles > 0
    except AssetError as error:
        assert str(path) in str(error)
        assert "\n" not in str(error)


def test_missing_file_and_unknown_axis(tmp_path: Path) -> None:
    with pytest.raises(AssetError, match="cannot be read"):
        load_model(tmp_path / "gone.obj", name="gone")
    with pytest.raises(AssetError, match="no up axis 'up'"):
        load_model(tmp_path / "gone.obj", name="gone", up_axis="up")
    with pytest.raises(AssetError, match=r"only a \.blend has models inside it"):
        load_model(write(tmp_path / "t.obj", TRIANGLE), name="t", fragment="a/b")
