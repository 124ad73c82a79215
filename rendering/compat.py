"""Where Blender 4.5 and 5.x differ, so that no other file has to know."""

from __future__ import annotations

from pathlib import Path

import bpy

from ..design.design import Engine

DATAFILES_ENVIRONMENTS = "studiolights/world"


def set_render_file(scene: bpy.types.Scene, path: Path) -> None:
    """Have ``scene`` write its render and passes to ``path``, uncompressed 32-bit OpenEXR with named layers."""
    scene.render.filepath = str(path)
    scene.render.use_file_extension = False
    settings = scene.render.image_settings
    if hasattr(settings, "media_type"):  # since 5.0 the media type limits which file formats can be set
        settings.media_type = "MULTI_LAYER_IMAGE"
    settings.file_format = "OPEN_EXR_MULTILAYER"
    settings.color_depth = "32"
    settings.color_mode = "RGBA"
    settings.exr_codec = "NONE"
    if hasattr(settings, "use_exr_interleave"):  # from 5.0 on passes are otherwise written as parts of their own
        settings.use_exr_interleave = True


def disable_compositing(scene: bpy.types.Scene) -> None:
    """Render without compositor and sequencer."""
    scene.render.use_compositing = False
    scene.render.use_sequencer = False


def engine_id(engine: Engine) -> str:
    """What Blender calls a design's engine."""
    if engine == "eevee":
        return "BLENDER_EEVEE_NEXT" if bpy.app.version < (5, 0, 0) else "BLENDER_EEVEE"
    return "CYCLES"


def enable_nodes(block: bpy.types.World | bpy.types.Material) -> bpy.types.NodeTree:
    """The node tree of a world or material (from 5.0 on it always has one, and setting ``use_nodes`` warns)."""
    if bpy.app.version < (5, 0, 0):
        block.use_nodes = True
    return block.node_tree


def builtin_environment_folder() -> Path:
    """Where Blender keeps its own environment maps."""
    return Path(bpy.utils.system_resource("DATAFILES", path=DATAFILES_ENVIRONMENTS))


def cycles_has_oidn() -> bool:
    """Whether this build's Cycles can denoise with Open Image Denoise (Debian's cannot)."""
    import _cycles

    return bool(_cycles.with_openimagedenoise)
