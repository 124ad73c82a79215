"""A render session: one scene kept alive, through which any number of images go.

Nothing is made per image that could be kept: models, materials and worlds stay loaded, Cycles keeps its data, and what
is written to disk on the way is one small uncompressed file in a temporary folder.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

import attrs
import bpy
import numpy as np

from ..datasets.messages import Report
from ..datasets.preview_cache import image_key
from ..design.design import Design, ImageSettings
from ..design.distractors import drawn_distractors
from ..design.distributions import Value
from ..design.errors import SimrealError
from ..design.sampling import ImageSpec
from .assets import Assets
from .backgrounds import View, defocus_px
from .denoising import Denoiser
from .devices import choose_device
from .exr import read_exr
from .factors import apply_spec
from .finishing import Backing, ImageError, RenderedImage, Traced, finished
from .framing import Outlines, Region, frame, region_of
from .locality import ordered
from .materials import MaterialLibrary
from .models import remove_model
from .object_mask import ask_for_objects
from .opengl import OPENGL, check_engine
from .stage import Stage, build_stage, set_up_render

# Cycles keeps something of every world it has been shown: after 2,000 images with some 700 changes of world each image
# cost 0.035 s more and the process had grown by 50 MB (bpy 4.5). Its data are dropped after so many changes.
MOST_WORLD_CHANGES = 16


@attrs.frozen
class SessionSettings:
    """How a session renders: CPU threads, and ``device`` cpu, auto, optix, cuda, hip, metal or oneapi; of several GPUs
    the one numbered ``gpu``, all of them if None."""

    threads: int = 1
    device: str = "cpu"
    gpu: int | None = None


class RenderSession:
    """Renders image specs of one design at a time, which ``adopt`` changes; what was loaded for others stays loaded.

    A context manager; one at a time in a process: it empties Blender's file.
    """

    def __init__(self, design: Design, settings: SessionSettings, report: Report) -> None:
        check_engine(design.image)
        self._design = design
        self._settings = settings
        self._folder = tempfile.TemporaryDirectory(prefix="simreal-")
        self._file = Path(self._folder.name) / "render.exr"
        bpy.ops.wm.read_factory_settings(use_empty=True)
        scene = bpy.context.scene
        set_up_render(scene, design.image, settings.threads, self._file)
        self._cycles_device = choose_device(scene, settings.device, settings.gpu)
        self._assets = Assets(design, report)
        self._world_changes = 0
        self._kept_is_of_use = True  # what Cycles keeps, for the next image
        self._outlines = Outlines()
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
        blender = f"Blender {bpy.app.version_string.split(' ')[0]}"
        if self._design.image.engine == "eevee":
            return f"{blender}, EEVEE"
        return f"{blender}, Cycles on {self.device.split(':')[0]}"

    @property
    def device(self) -> str:
        """What renders, for people: ``CPU``, ``OPTIX: NVIDIA H200``, or ``OpenGL``."""
        return OPENGL if self._design.image.engine == "eevee" else self._cycles_device

    def adopt(self, design: Design) -> None:
        """Render another design, or the same one changed, from now on. ToolError where it asks for a denoiser or an
        engine that is not there; then the design is the one before."""
        if design.image != self._design.image:
            check_engine(design.image)
            denoiser = self._new_denoiser(design.image)
            if self._denoiser is not None:
                self._denoiser.close()
            self._denoiser = denoiser
            set_up_render(self._stage.scene, design.image, self._settings.threads, self._file)
            self._kept_is_of_use = False
        self._design = design
        self._assets.adopt(design)

    def forget_changed(self) -> None:
        """Have models, environments and textures whose files have changed since they were loaded be loaded anew."""
        self._remove(self._assets.forget_changed())
        self._stage.materials.forget_changed()

    def key(self, spec: ImageSpec, renderer: Mapping[str, str]) -> str:
        """A hash of all that the bytes of an image depend on. AssetError if it names an asset that is not there."""
        return image_key(spec, self._design.image, self._assets.identities(spec), renderer)

    def preload(self, spec: ImageSpec) -> None:
        """Load what an image needs, so that rendering it takes no longer than any other. Raises AssetError."""
        _, model = self._assets.model(spec.models)
        self._stage.add(model)
        for one in drawn_distractors(spec):
            if one.asset:
                self._assets.model((one.asset,))
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

    def ordered(self, specs: Sequence[ImageSpec]) -> list[ImageSpec]:
        """The images in the order in which they render fastest."""
        return ordered(specs, self._assets.all_models_fit)

    def render(self, spec: ImageSpec) -> RenderedImage:
        """Make one image. ImageError if this image cannot be made; AssetError if something is missing for good."""
        return finished(self.trace(spec))

    def trace(self, spec: ImageSpec) -> Traced:
        """Have the path tracer do its part of an image; ``finished`` does the rest, in another thread if need be."""
        start = time.perf_counter()
        model = self._apply(spec)
        stage, size = self._stage, self._design.image.resolution_px
        region = region_of(stage.shown, stage.camera, self._outlines, size)
        channels = {} if region is None else self._trace(spec, region)
        assert stage.object is not None
        return Traced(
            spec=spec,
            model=model,
            object_name=stage.object.name,
            distractors=tuple(stage.clutter.placed),
            visible_fraction=stage.clutter.visible_fraction,
            size_px=size,
            region=region,
            channels=channels,
            gain=stage.gain,
            denoiser=self._denoiser,
            behind=self._behind(spec),
            start=start,
        )

    def _new_denoiser(self, image: ImageSettings) -> Denoiser | None:
        return Denoiser(image.resolution_px, self._settings.threads) if image.denoised else None

    def _remove(self, models: Sequence[bpy.types.Object]) -> None:
        """Take models off the stage and out of memory."""
        for model in models:
            self._stage.remove(model)
            self._outlines.forget(model.data)
            remove_model(model)

    def _apply(self, spec: ImageSpec) -> str:
        self._remove(self._assets.surplus())
        world = self._stage.scene.world
        name = apply_spec(self._stage, self._assets, spec)
        self._world_changes += self._stage.scene.world is not world
        return name

    def _trace(self, spec: ImageSpec, region: Region) -> dict[str, np.ndarray]:
        """The channels that Cycles renders of ``region``."""
        scene = self._stage.scene
        if self._stage.clutter.placed and ask_for_objects(scene):
            self._kept_is_of_use = False
        frame(scene.render, region)
        scene.cycles.seed = spec.seed
        scene.render.use_persistent_data = self._kept_is_of_use and self._world_changes < MOST_WORLD_CHANGES
        if not scene.render.use_persistent_data:
            self._world_changes, self._kept_is_of_use = 0, True
        scene.update_tag()  # values of Cycles' own, like the seed, reach it only so
        self._file.unlink(missing_ok=True)
        try:
            bpy.ops.render.render(write_still=True)
        except RuntimeError as error:
            raise ImageError(f"image {spec.split}/{spec.index}: {str(error).strip()}") from None
        if not self._file.exists():
            raise ImageError(f"image {spec.split}/{spec.index}: Blender rendered nothing")
        return read_exr(self._file)

    def _behind(self, spec: ImageSpec) -> Backing:
        """What is seen behind the object, to be computed when it is needed."""
        backdrop = self._stage.backdrop
        assert backdrop is not None
        lens = spec.factors["lens"].values
        size = self._design.image.resolution_px
        blur = defocus_px(
            float(lens["focal_length_mm"]),
            float(lens["f_stop"]),
            float(spec.factors["camera_viewpoint"].values["distance_m"]),
            size,
        )
        return Backing(backdrop, self._view(lens), blur, self._stage.gain)

    def _view(self, lens: Mapping[str, Value]) -> View:
        camera = self._stage.camera
        rotation = np.array(self._stage.turn.rotation_euler.to_matrix() @ camera.rotation_euler.to_matrix())
        shift = (camera.data.shift_x, camera.data.shift_y)
        return View(rotation, float(lens["focal_length_mm"]), shift, self._design.image.resolution_px)
