"""A design's assets as the session has them: files found by name, models loaded once and kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import attrs
import bpy

from ..datasets.file_stamps import Stamp, stamp
from ..datasets.messages import Log, Report
from ..design.catalogue import split_fragment
from ..design.design import BUILTIN_LIBRARY, STARTER_LIBRARY, Design, split_asset
from ..design.distractors import drawn_distractors
from ..design.errors import AssetError
from ..design.sampling import ImageSpec
from ..design.texture_sets import PbrSet, pbr_sets
from . import compat
from .environments import Environment, Environments
from .model_shelf import ModelShelf, ModelSource, texture_px
from .models import load_model
from .starter.to_blender import make_object


class Assets:
    """Loads what a design names. A model that cannot be read is reported once, and another of its class stands in.

    What is loaded is known by where it lies, so that it serves the next design too (``adopt``).
    """

    def __init__(self, design: Design, report: Report) -> None:
        self._design = design
        self._report = report
        self._environments = Environments()
        self._models = ModelShelf()
        self._sets: dict[str, dict[str, PbrSet]] = {}
        self._folders: dict[str, Path] = {}

    def adopt(self, design: Design) -> None:
        """Name assets as another design does from now on."""
        self._design = design
        self._sets.clear()
        self._folders.clear()

    def forget_changed(self) -> tuple[bpy.types.Object, ...]:
        """Forget assets whose files have changed since they were loaded. Returns the models among them, to be removed
        from where they stand."""
        self._environments.forget_changed()
        return self._models.changed()

    @property
    def all_models_fit(self) -> bool:
        """Whether no model has been forgotten for want of memory."""
        return self._models.all_fit

    def surplus(self) -> tuple[bpy.types.Object, ...]:
        """Models that there is no memory for. They are forgotten, and to be removed from where they stand."""
        return self._models.surplus()

    def identities(self, spec: ImageSpec) -> list[list[str | Stamp | None]]:
        """Which assets an image reads if its first model can be read, and which state their files are in.

        AssetError if a texture set is not there.
        """
        source = self.source(spec.models[0])
        background = spec.factors["background"].values
        material = self.material(str(spec.factors["material_texture"].values["material"]))
        files = [source.file] if source.file else []
        if background["kind"] != "none":
            files.append(self._environment_file(str(background["environment"])))
        if background["kind"] == "photo" and background["photo"]:
            files.append(self.photo(str(background["photo"])))
        if isinstance(material, PbrSet):
            files += [path for path in attrs.astuple(material) if isinstance(path, Path)]
        beside = [self.source(one.asset) for one in drawn_distractors(spec) if one.asset]
        files += [one.file for one in beside if one.file]
        named: list[list[str | Stamp | None]] = [[one.name, one.up_axis] for one in (source, *beside)]
        return [*named, *([str(file), stamp(file)] for file in files)]

    def source(self, name: str) -> ModelSource:
        """Where the model of a design's name is."""
        library, path = split_asset(name)
        if library == STARTER_LIBRARY:
            return ModelSource(None, path)
        file, fragment = split_fragment(path)
        textures = texture_px(self._design.image.resolution_px)
        return ModelSource(
            self._folder(library) / file, fragment or "", self._design.libraries[library].up_axis, textures
        )

    def model(self, candidates: Sequence[str]) -> tuple[str, bpy.types.Object]:
        """The first of ``candidates`` that can be read, and its name. AssetError if there is none."""
        faults = []
        for name in candidates:
            found = self._model(name)
            if not isinstance(found, AssetError):
                return name, found
            faults.append(found)
        raise AssetError(f"no model of the class can be read; the first: {faults[0]}")

    def environment(self, name: str | None) -> Environment:
        """The environment of an asset's name; the even grey dome for None. AssetError if it cannot be read."""
        return self._environments.get(None if name is None else self._environment_file(name))

    def photo(self, name: str) -> Path:
        """The file of a photo."""
        library, path = split_asset(name)
        return self._folder(library) / path

    def material(self, name: str) -> str | PbrSet:
        """A procedural material's name as it is; the files of a texture set ``library:set``. AssetError if missing."""
        if ":" not in name:
            return name
        library, wanted = split_asset(name)
        if library not in self._sets:
            self._sets[library] = {found.name: found for found in pbr_sets(self._folder(library))}
        if wanted not in self._sets[library]:
            raise AssetError(f"texture set '{wanted}' is not in {self._folder(library)}")
        return self._sets[library][wanted]

    def _folder(self, library: str) -> Path:
        """A library's folder by its one true path: the same for all designs."""
        if library not in self._folders:
            self._folders[library] = self._design.library_folder(library).resolve()
        return self._folders[library]

    def _environment_file(self, name: str) -> Path:
        library, path = split_asset(name)
        if library == BUILTIN_LIBRARY:
            return compat.builtin_environment_folder() / path
        return self._folder(library) / path

    def _model(self, name: str) -> bpy.types.Object | AssetError:
        source = self.source(name)
        return self._models.get(source, lambda: self._attempt(name, source))

    def _attempt(self, name: str, source: ModelSource) -> bpy.types.Object | AssetError:
        try:
            return self._load(name, source)
        except AssetError as error:
            self._report(Log(f"model skipped: {error}", "warning"))
            return error

    def _load(self, name: str, source: ModelSource) -> bpy.types.Object:
        if source.file is None:
            return make_object(source.name)
        loaded = load_model(
            source.file,
            name=name,
            up_axis=source.up_axis,
            fragment=source.name or None,
            max_texture_px=source.texture_px,
        )
        for warning in loaded.warnings:
            self._report(Log(f"{name}: {warning}", "warning"))
        return loaded.object
