"""Model files for tests, made by Blender's own exporters out of one small scene: a blue tower with a red roof.

The tower is 2 wide (x), 1 deep (y) and 4 high (z); the roof's flag points along +x, so that turns and mirrors show.
"""

from pathlib import Path

import bpy

from simreal.rendering.workshop import Workshop, workshop

SIZE = (2.0, 1.0, 4.0)
BLUE = (0.02, 0.05, 0.8, 1.0)
RED = (0.8, 0.05, 0.02, 1.0)


def export(path: Path) -> Path:
    """Write the tower in the format of the path's suffix."""
    with workshop() as here:
        tower(here.scene.collection)
        if path.suffix == ".blend":
            return save_scene(path, here)
        with here.at_hand():
            _EXPORTERS[path.suffix](str(path))
    return path


def save_scene(path: Path, here: Workshop) -> Path:
    """Write the workshop's scene as a .blend. Blender 5.2 crashes on a scene whose view layer was never updated."""
    with here.at_hand():
        bpy.context.view_layer.update()
    bpy.data.libraries.write(str(path), {here.scene})
    return path


def tower(collection) -> list:
    """Two boxes of two materials; the upper one is moved, turned and scaled by its object's transform."""
    body = box("body", (0, 0, 1.5), (2, 1, 3), BLUE)
    roof = box("roof", (0, 0, 0), (1, 1, 1), RED)
    roof.location, roof.scale, roof.rotation_euler = (0.5, 0, 3.5), (1, 1, 0.5), (0, 1.5707963267948966, 0)
    for one in (body, roof):
        collection.objects.link(one)
    return [body, roof]


def box(name: str, centre, size, colour):
    """A box object with its own mesh and material."""
    x, y, z = (side / 2 for side in size)
    corners = [
        (centre[0] + i * x, centre[1] + j * y, centre[2] + k * z) for i in (-1, 1) for j in (-1, 1) for k in (-1, 1)
    ]
    faces = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(corners, [], faces)
    material = bpy.data.materials.new(name)
    if material.node_tree is None:
        material.use_nodes = True
    shader = next(node for node in material.node_tree.nodes if node.bl_idname == "ShaderNodeBsdfPrincipled")
    shader.inputs["Base Color"].default_value = colour
    mesh.materials.append(material)
    return bpy.data.objects.new(name, mesh)


_EXPORTERS = {
    ".obj": lambda path: bpy.ops.wm.obj_export(filepath=path),
    ".ply": lambda path: bpy.ops.wm.ply_export(filepath=path),
    ".stl": lambda path: bpy.ops.wm.stl_export(filepath=path),
    ".glb": lambda path: bpy.ops.export_scene.gltf(filepath=path, export_format="GLB", use_active_scene=True),
    ".gltf": lambda path: bpy.ops.export_scene.gltf(
        filepath=path, export_format="GLTF_SEPARATE", use_active_scene=True
    ),
    ".fbx": lambda path: bpy.ops.export_scene.fbx(filepath=path),
    ".usda": lambda path: bpy.ops.wm.usd_export(filepath=path),
    ".usdc": lambda path: bpy.ops.wm.usd_export(filepath=path),
    ".usdz": lambda path: bpy.ops.wm.usd_export(filepath=path),
}
