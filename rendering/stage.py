"""The stage: one scene, one camera, one light, kept for a whole session. Factors move what stands on it.

All that an image changes hangs from ``turn``, an empty at the object's place. An environment map is rotated by turning
everything else the other way, because a changed world costs a re-sync and a changed transform next to nothing.
"""

from __future__ import annotations

import math
from pathlib import Path

import attrs
import bpy
import numpy as np
from mathutils import Euler, Vector

from ..design.design import ImageSettings
from ..design.sampling import ImageSpec
from . import compat
from .backgrounds import photo_background, plain_background
from .clutter import Clutter
from .environments import Environment
from .materials import MaterialLibrary
from .silhouette import Trees


@attrs.define
class Backdrop:
    """What is laid under the render: the values of the background factor, and the environment or photo they name."""

    values: dict[str, float | str]
    environment: Environment
    photo: Path | None = None

    def still(self, size_px: int) -> np.ndarray | None:
        """The picture seen behind, linear (size, size, 3); None where that is the environment."""
        if self.photo is not None:
            return photo_background(self.photo, self.values, size_px)
        if self.values["kind"] not in ("environment", "photo") or self.environment.radiance is None:
            return plain_background(self.values, size_px)
        return None


@attrs.define
class Stage:
    """The session's scene and the things in it that factors change.

    ``object`` is the model shown now, ``spec`` the image that is being made. The world itself always has strength 1:
    ``gain``, the environment's strength, multiplies the rendered light, and ``settle`` divides the key light's
    ``light_power_w`` by it.
    """

    scene: bpy.types.Scene
    turn: bpy.types.Object
    camera: bpy.types.Object
    key_light: bpy.types.Object
    materials: MaterialLibrary
    clutter: Clutter
    trees: Trees = attrs.field(factory=Trees)
    object: bpy.types.Object | None = None
    spec: ImageSpec | None = None
    backdrop: Backdrop | None = None
    gain: float = 1.0
    light_power_w: float = 0.0

    def show(self, model: bpy.types.Object, spec: ImageSpec) -> None:
        """Have ``model`` be the one that is seen, for an image of ``spec``.

        The others are out of the scene, not hidden in it: Blender's dependency graph, which is built anew when a model
        or world changes, would have all their materials in it too (10 ms an image for the kit's 66 models, bpy 4.5).
        """
        if self.object is not model:
            if self.object is not None:
                self.scene.collection.objects.unlink(self.object)
            self.scene.collection.objects.link(model)
        self.object, self.spec = model, spec

    @property
    def shown(self) -> tuple[bpy.types.Object, ...]:
        """All objects that are seen."""
        return (*(() if self.object is None else (self.object,)), *self.clutter.shown)

    def remove(self, model: bpy.types.Object) -> None:
        """Take a model away for good; the caller removes it from memory."""
        self.materials.forget(model)
        self.clutter.forget(model.data)
        self.trees.forget(model.data)
        if self.object is model:
            self.object = None

    def settle(self) -> None:
        """What depends on more than one factor, after all have been applied."""
        self.key_light.data.energy = self.light_power_w / self.gain

    def add(self, model: bpy.types.Object) -> None:
        """Make a loaded model ready to be shown."""
        if model.parent != self.turn:
            model.parent = self.turn
            model.rotation_mode = "XYZ"


def build_stage(scene: bpy.types.Scene, materials: MaterialLibrary) -> Stage:
    """Put turn, camera and light into an empty scene."""
    turn = bpy.data.objects.new("simreal turn", None)
    camera = bpy.data.objects.new("simreal camera", bpy.data.cameras.new("simreal camera"))
    light = bpy.data.objects.new("simreal key light", bpy.data.lights.new("simreal key light", "POINT"))
    for thing in (turn, camera, light):
        scene.collection.objects.link(thing)
        thing.rotation_mode = "XYZ"
    for thing in (camera, light):
        thing.parent = turn
    camera.data.sensor_width = 36.0
    camera.data.clip_start, camera.data.clip_end = 0.01, 10000.0
    camera.data.dof.use_dof = True
    scene.camera = camera
    return Stage(scene, turn, camera, light, materials, Clutter(scene, turn))


def set_up_render(scene: bpy.types.Scene, image: ImageSettings, threads: int, file: Path) -> None:
    """Render settings of a session: nothing in them changes from image to image but Cycles' seed."""
    set_up_paths(scene, image)
    render = scene.render
    render.film_transparent = True
    render.use_persistent_data = True
    render.use_border = render.use_crop_to_border = True  # which part it is, each image says
    render.threads_mode = "FIXED"
    render.threads = threads
    scene.view_layers[0].cycles.denoising_store_passes = image.denoised
    compat.set_render_file(scene, file)


def set_up_paths(scene: bpy.types.Scene, image: ImageSettings) -> None:
    """What of an image's look is the renderer's: its size, and how Cycles traces light, or EEVEE approximates it."""
    render, cycles, eevee = scene.render, scene.cycles, scene.eevee
    render.engine = compat.engine_id(image.engine)
    render.resolution_x = render.resolution_y = image.resolution_px
    render.resolution_percentage = 100
    render.use_motion_blur = False
    cycles.samples = image.samples
    # Tabulated: 5 % faster, and no noisier. Denoised, blue noise, which is the automatic one, comes out 0.4 dB nearer.
    cycles.sampling_pattern = "AUTOMATIC" if image.denoised else "TABULATED_SOBOL"
    cycles.use_adaptive_sampling = image.noise_threshold > 0
    cycles.adaptive_threshold = image.noise_threshold
    cycles.use_light_tree = False  # it pays for many lights: one lamp and an environment are traced 12 % faster without
    cycles.use_denoising = False
    cycles.max_bounces = image.bounces
    cycles.diffuse_bounces = cycles.glossy_bounces = cycles.transmission_bounces = image.bounces
    cycles.transparent_max_bounces = 8
    cycles.caustics_reflective = cycles.caustics_refractive = False
    cycles.sample_clamp_indirect = 10.0
    eevee.taa_render_samples = image.samples
    eevee.use_raytracing = image.bounces > 0
    compat.disable_compositing(scene)


def on_shell(radius: float, elevation_deg: float, azimuth_deg: float) -> Vector:
    """A point on a sphere round the object; azimuth 0 is before its front (-Y), counter-clockwise from above."""
    elevation, azimuth = math.radians(elevation_deg), math.radians(azimuth_deg - 90.0)
    level = radius * math.cos(elevation)
    return Vector((level * math.cos(azimuth), level * math.sin(azimuth), radius * math.sin(elevation)))


def looking_at_centre(location: Vector, roll_deg: float) -> Euler:
    """The rotation of a camera at ``location`` that looks at the origin, rolled about its line of sight."""
    aim = (-location).to_track_quat("-Z", "Y")
    return (aim.to_matrix() @ Euler((0.0, 0.0, math.radians(roll_deg))).to_matrix()).to_euler("XYZ")


def blackbody_rgb(temperature_k: float) -> tuple[float, float, float]:
    """Linear sRGB of a black body, its largest channel 1.

    Planck's chromaticity by the cubic fits of Kang et al. (2002), valid from 1667 K to 25000 K.
    """
    t = min(max(temperature_k, 1667.0), 25000.0)
    if t <= 4000:
        x = -0.2661239e9 / t**3 - 0.2343589e6 / t**2 + 0.8776956e3 / t + 0.179910
    else:
        x = -3.0258469e9 / t**3 + 2.1070379e6 / t**2 + 0.2226347e3 / t + 0.240390
    if t <= 2222:
        y = -1.1063814 * x**3 - 1.34811020 * x**2 + 2.18555832 * x - 0.20219683
    elif t <= 4000:
        y = -0.9549476 * x**3 - 1.37418593 * x**2 + 2.09137015 * x - 0.16748867
    else:
        y = 3.0817580 * x**3 - 5.87338670 * x**2 + 3.75112997 * x - 0.37001483
    xyz = np.array([x / y, 1.0, (1.0 - x - y) / y])
    to_srgb = np.array([[3.2406, -1.5372, -0.4986], [-0.9689, 1.8758, 0.0415], [0.0557, -0.2040, 1.0570]])
    rgb = np.clip(to_srgb @ xyz, 0.0, None)
    red, green, blue = (float(c) for c in rgb / rgb.max())
    return red, green, blue
