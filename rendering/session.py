"""A render session: one scene kept alive, through which any number of images go.

Nothing is made per image that could be kept: models, materials and worlds stay loaded, Cycles keeps its data, and what
is written to disk on the way is one small uncompressed file in a temporary folder.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

import attrs
import bpy
import numpy as np

from ..datasets.messages import Report
from ..datasets.preview_cache import image_key
from ..design.design import Design, ImageSettings
from ..design.distributions import Value
from ..design.errors import SimrealError
from ..design.factors import FACTORS
from ..design.sampling import ImageSpec
from .assets import Assets
from .backgrounds import View, defocus_px, environment_background
from .denoising import Denoiser
from .developing import develop
from .devices import choose_device
from .exr import read_exr
from .factors import APPLIES
from .materials import MaterialLibrary
from .models import remove_model
from .stage import Stage, build_stage, set_up_cycles

COVERED = 0.5
# Cycles keeps something of every world it has been shown: after 2,000 images with some 700 changes of world each image
# cost 0.035 s more and the process had grown by 50 MB (bpy 4.5). Its data are dropped after so many changes.
MOST_WORLD_CHANGES = 16


class ImageError(SimrealError):
    """One image could not be made; the others can."""


@attrs.frozen
class SessionSettings:
    """How a session renders: CPU threads, and ``device`` cpu, auto, optix, cuda, hip, metal or oneapi; of several GPUs
    the one numbered ``gpu``, all of them if None."""

    threads: int = 1
    device: str = "cpu"
    gpu: int | None = None


@attrs.frozen
class RenderedImage:
    """A finished image. ``bbox`` (x0, y0, x1, y1) px encloses the object, None if none of it is seen;
    ``coverage`` is the fraction of the picture it covers; ``model`` is the one really shown."""

    jpeg: bytes
    bbox: tuple[int, int, int, int] | None
    coverage: float
    model: str
    seconds: float


class RenderSession:
    """Renders image specs of one design at a time, which ``adopt`` changes; what was loaded for others stays loaded.

    A context manager; one at a time in a process: it empties Blender's file.
    """

    def __init__(self, design: Design, settings: SessionSettings, report: Report) -> None:
        self._design = design
        self._settings = settings
        self._folder = tempfile.TemporaryDirectory(prefix="simreal-")
        self._file = Path(self._folder.name) / "render.exr"
        bpy.ops.wm.read_factory_settings(use_empty=True)
        scene = bpy.context.scene
        set_up_cycles(scene, design.image, settings.threads, self._file)
        self.device = choose_device(scene, settings.device, settings.gpu)
        self._assets = Assets(design, report)
        self._world_changes = 0
        self._stage: Stage = build_stage(scene, MaterialLibrary())
        self._denoiser = self._new_denoiser(design.image)

    def __enter__(self) -> RenderSession:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    @property
    def renderer(self) -> str:
        """What bytes depend on besides the design: Blender's version and the kind of device."""
        return f"Blender {bpy.app.version_string.split(' ')[0]}, Cycles on {self.device.split(':')[0]}"

    def adopt(self, design: Design) -> None:
        """Render another design, or the same one changed, from now on. ToolError where it asks for a denoiser that is
        not there; then the design is the one before."""
        if design.image != self._design.image:
            denoiser = self._new_denoiser(design.image)
            if self._denoiser is not None:
                self._denoiser.close()
            self._denoiser = denoiser
            set_up_cycles(self._stage.scene, design.image, self._settings.threads, self._file)
        self._design = design
        self._assets.adopt(design)

    def forget_changed(self) -> None:
        """Have models, environments and textures whose files have changed since they were loaded be loaded anew."""
        for model in self._assets.forget_changed():
            self._stage.remove(model)
            remove_model(model)
        self._stage.materials.forget_changed()

    def key(self, spec: ImageSpec, renderer: Mapping[str, str]) -> str:
        """A hash of all that the bytes of an image depend on. AssetError if it names an asset that is not there."""
        return image_key(spec, self._design.image, self._assets.identities(spec), renderer)

    def preload(self, spec: ImageSpec) -> None:
        """Load what an image needs, so that rendering it takes no longer than any other. Raises AssetError."""
        _, model = self._assets.model(spec.models)
        if model.name not in self._stage.scene.collection.objects:
            self._stage.add(model)
        background = spec.factors["background"].values
        self._assets.environment(None if background["kind"] == "none" else str(background["environment"]))

    def close(self) -> None:
        """Empty the file and remove the temporary folder."""
        if self._denoiser is not None:
            self._denoiser.close()
        bpy.ops.wm.read_factory_settings(use_empty=True)
        self._folder.cleanup()

    def check_classes(self) -> None:
        """Raise AssetError unless every class has a model that can be read, and every environment that can be drawn."""
        for entry in self._design.classes:
            try:
                self._assets.model(entry.models)
            except SimrealError as error:
                raise type(error)(f"class '{entry.name}': {error}") from None
        settings = self._design.factors["background"].parameters["environment"]
        options = getattr(settings.distribution, "options", {})
        for name in {str(settings.fixed), *(option for option, weight in options.items() if weight > 0)}:
            self._assets.environment(name)

    def locality(self, spec: ImageSpec) -> tuple[str, ...]:
        """A sort key that brings images together which share what is slow to change: world, then model."""
        background = spec.factors["background"].values
        world = "" if background["kind"] == "none" else str(background["environment"])
        return world, spec.models[0], str(spec.factors["material_texture"].values["material"])

    def render(self, spec: ImageSpec) -> RenderedImage:
        """Make one image. ImageError if this image cannot be made; AssetError if something is missing for good."""
        start = time.perf_counter()
        model = self._apply(spec)
        light, alpha = self._trace(spec)
        picture = light + (1.0 - alpha)[..., None] * self._background(spec)
        jpeg = develop(picture, spec.factors["sensor"].values, spec.sensor_key)
        covered = alpha > COVERED
        return RenderedImage(jpeg, bounding_box(covered), float(alpha.mean()), model, time.perf_counter() - start)

    def _new_denoiser(self, image: ImageSettings) -> Denoiser | None:
        return Denoiser(image.resolution_px, self._settings.threads) if image.denoiser == "oidn" else None

    def _apply(self, spec: ImageSpec) -> str:
        name, model = self._assets.model(spec.models)
        if model.name not in self._stage.scene.collection.objects:
            self._stage.add(model)
        self._stage.show(model)
        world = self._stage.scene.world
        for factor in FACTORS:
            if factor in APPLIES:
                APPLIES[factor](self._stage, self._assets, spec.factors[factor].values)
        self._stage.settle()
        self._world_changes += self._stage.scene.world is not world
        return name

    def _trace(self, spec: ImageSpec) -> tuple[np.ndarray, np.ndarray]:
        """Render: premultiplied linear light (size, size, 3) and coverage (size, size)."""
        self._stage.scene.cycles.seed = spec.seed
        self._stage.scene.render.use_persistent_data = self._world_changes < MOST_WORLD_CHANGES
        if not self._stage.scene.render.use_persistent_data:
            self._world_changes = 0
        self._file.unlink(missing_ok=True)
        try:
            bpy.ops.render.render(write_still=True)
        except RuntimeError as error:
            raise ImageError(f"image {spec.split}/{spec.index}: {str(error).strip()}") from None
        if not self._file.exists():
            raise ImageError(f"image {spec.split}/{spec.index}: Blender rendered nothing")
        channels = read_exr(self._file)
        light = _stacked(channels, "Combined.", "RGB")
        if self._denoiser is not None:
            albedo, normal = (
                _stacked(channels, "Denoising Albedo.", "RGB"),
                _stacked(channels, "Denoising Normal.", "XYZ"),
            )
            light = self._denoiser.denoise(light, albedo, normal)
        light *= np.float32(self._stage.gain)
        if not np.isfinite(light).all():
            raise ImageError(f"image {spec.split}/{spec.index}: the render holds values that are not numbers")
        return light, np.clip(channels["Combined.A"], 0.0, 1.0)

    def _background(self, spec: ImageSpec) -> np.ndarray:
        """Linear light (size, size, 3) behind the object."""
        backdrop = self._stage.backdrop
        assert backdrop is not None
        size = self._design.image.resolution_px
        still = backdrop.still(size)
        if still is not None:
            return still
        assert backdrop.environment.radiance is not None
        lens = spec.factors["lens"].values
        blur = defocus_px(
            float(lens["focal_length_mm"]),
            float(lens["f_stop"]),
            float(spec.factors["camera_viewpoint"].values["distance_m"]),
            size,
        )
        return environment_background(backdrop.environment.radiance, self._view(lens), blur) * np.float32(
            self._stage.gain
        )

    def _view(self, lens: Mapping[str, Value]) -> View:
        camera = self._stage.camera
        rotation = np.array(self._stage.turn.rotation_euler.to_matrix() @ camera.rotation_euler.to_matrix())
        shift = (camera.data.shift_x, camera.data.shift_y)
        return View(rotation, float(lens["focal_length_mm"]), shift, self._design.image.resolution_px)


def _stacked(channels: Mapping[str, np.ndarray], layer: str, names: str) -> np.ndarray:
    return np.stack([channels[layer + name] for name in names], axis=-1)


def bounding_box(mask: np.ndarray) -> tuple[int, int, int, int] | None:
    """(x0, y0, x1, y1) of the True pixels of (height, width), x1 and y1 exclusive; None if there are none."""
    columns, rows = np.flatnonzero(mask.any(axis=0)), np.flatnonzero(mask.any(axis=1))
    if not len(columns):
        return None
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
