"""One image's spec as a scene to look around in: built by what renders it, so that what is seen is what is rendered.

Finished pixels are where the two part: noise, blur, colour strength and JPEG compression of the sensor are not shown.
"""

from __future__ import annotations

import bpy
import numpy as np

from ..datasets.messages import Report
from ..design.design import Design, ImageSettings
from ..design.sampling import ImageSpec
from . import compat
from .assets import Assets
from .developing import SHOULDER, rolled_off
from .factors import apply_spec
from .materials import MaterialLibrary
from .stage import Stage, build_stage, set_up_paths

# Light above this is shown as white: the tone curve comes within a thousandth of 1 there.
WHITEST = 4.0
CURVE_POINTS = 16
# A picture behind the object is looked at in a viewport, which is larger than most images.
BACKDROP_PX = 512
PASSEPARTOUT = 0.9


def build_image_scene(
    design: Design, spec: ImageSpec, name: str, device: str, report: Report
) -> tuple[bpy.types.Scene, str]:
    """A new scene that shows ``spec`` of ``design``, and the asset of the model that it shows.

    Only this image's model, environment and material are loaded. ``device`` is Cycles' (CPU or GPU). AssetError where
    something of it cannot be read; what was made until then stays, to be removed by the caller.
    """
    scene = bpy.data.scenes.new(name)
    assets = Assets(design, report)
    stage = build_stage(scene, MaterialLibrary())
    shown = apply_spec(stage, assets, spec)
    stage.camera.data.passepartout_alpha = PASSEPARTOUT
    _lay_background(stage, max(design.image.resolution_px, BACKDROP_PX))
    _set_up(scene, design.image, device)
    scene.cycles.seed = spec.seed
    _grade(scene, stage.gain * 2.0 ** float(spec.factors["sensor"].values["exposure_ev"]))
    return scene, shown


def _lay_background(stage: Stage, size_px: int) -> None:
    """Have the camera see what is laid under the render, while the environment goes on lighting the object."""
    assert stage.backdrop is not None
    still = stage.backdrop.still(size_px)
    if still is None:
        return
    tree = stage.scene.world.node_tree
    output = next(node for node in tree.nodes if node.type == "OUTPUT_WORLD")
    lit = output.inputs["Surface"].links[0].from_socket
    seen, picture, place, rays, mix = (
        tree.nodes.new(f"ShaderNode{kind}") for kind in ("Background", "TexImage", "TexCoord", "LightPath", "MixShader")
    )
    picture.image = _image(still)
    picture.extension = "EXTEND"
    seen.inputs["Strength"].default_value = 1.0 / stage.gain
    for source, target in (
        (place.outputs["Window"], picture.inputs["Vector"]),
        (picture.outputs["Color"], seen.inputs["Color"]),
        (rays.outputs["Is Camera Ray"], mix.inputs["Fac" if "Fac" in mix.inputs else 0]),
        (lit, mix.inputs[1]),
        (seen.outputs["Background"], mix.inputs[2]),
        (mix.outputs["Shader"], output.inputs["Surface"]),
    ):
        tree.links.new(source, target)


def _image(light: np.ndarray) -> bpy.types.Image:
    """Linear light (size, size, 3), top row first, as an image; packed, so that undo keeps its pixels."""
    height, width = light.shape[:2]
    image = bpy.data.images.new("simreal backdrop", width, height, float_buffer=True)
    image.colorspace_settings.name = "Non-Color"
    pixels = np.ones((height, width, 4), np.float32)
    pixels[..., :3] = light[::-1]
    image.pixels.foreach_set(pixels.ravel())
    image.pack()
    return image


def _set_up(scene: bpy.types.Scene, image: ImageSettings, device: str) -> None:
    set_up_paths(scene, image)
    scene.render.film_transparent = False
    cycles = scene.cycles
    cycles.device = device
    cycles.preview_samples = image.samples
    scene.eevee.taa_samples = image.samples
    denoised = image.denoised and compat.cycles_has_oidn()
    cycles.use_denoising = cycles.use_preview_denoising = denoised
    if denoised:
        cycles.denoiser = cycles.preview_denoiser = "OPENIMAGEDENOISE"


def _grade(scene: bpy.types.Scene, gain: float) -> None:
    """Show light times ``gain`` through the tone curve that images are developed with.

    A curve mapping comes before exposure in Blender's colour management, so the gain is in the curve's range.
    """
    view = scene.view_settings
    view.view_transform = "Standard"
    view.look = "None"
    view.exposure, view.gamma = 0.0, 1.0
    view.use_curve_mapping = True
    mapping = view.curve_mapping
    mapping.white_level = (WHITEST / gain,) * 3
    mapping.extend = "HORIZONTAL"
    points = mapping.curves[3].points
    steps = np.linspace(0.0, 1.0, CURVE_POINTS) ** 2 * (WHITEST - SHOULDER) + SHOULDER
    for light in steps[:-1]:
        points.new(light / WHITEST, float(rolled_off(np.array(light))))
    points[0].location = (0.0, 0.0)
    points[len(points) - 1].location = (1.0, float(rolled_off(np.array(WHITEST))))
    for point in points:
        point.handle_type = "VECTOR"
    mapping.update()
