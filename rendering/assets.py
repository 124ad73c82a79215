"""A design's assets as the session has them: files found by name, models loaded once and kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import bpy

from ..datasets.messages import Log, Report
from ..design.catalogue import split_fragment
from ..design.design import BUILTIN_LIBRARY, STARTER_LIBRARY, Design, split_asset
from ..design.errors import AssetError
from ..design.texture_sets import PbrSet, pbr_sets
from . import compat
from .environments import Environment, Environments
from .models import load_model
from .starter.to_blender import make_object


class Assets:
    """Loads what a design names. A model that cannot be read is reported once, and another of its class stands in."""

    def __init__(self, design: Design, report: Report) -> None:
        self._design = design
        self._report = report
        self._environments = Environments()
        self._models: dict[str, bpy.types.Object | AssetError] = {}
        self._sets: dict[str, dict[str, PbrSet]] = {}

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
        return self._design.library_folder(library) / path

    def material(self, name: str) -> str | PbrSet:
        """A procedural material's name as it is; the files of a texture set ``library:set``. AssetError if missing."""
        if ":" not in name:
            return name
        library, wanted = split_asset(name)
        if library not in self._sets:
            self._sets[library] = {found.name: found for found in pbr_sets(self._design.library_folder(library))}
        if wanted not in self._sets[library]:
            raise AssetError(f"texture set '{wanted}' is not in {self._design.library_folder(library)}")
        return self._sets[library][wanted]

    def _environment_file(self, name: str) -> Path:
        library, path = split_asset(name)
        if library == BUILTIN_LIBRARY:
            return compat.builtin_environment_folder() / path
        return self._design.library_folder(library) / path

    def _model(self, name: str) -> bpy.types.Object | AssetError:
        if name not in self._models:
            try:
                self._models[name] = self._load(name)
            except AssetError as error:
                self._report(Log(f"model skipped: {error}", "warning"))
                self._models[name] = error
        return self._models[name]

    def _load(self, name: str) -> bpy.types.Object:
        library, path = split_asset(name)
        if library == STARTER_LIBRARY:
            return make_object(path)
        given = self._design.libraries[library]
        file, fragment = split_fragment(path)
        loaded = load_model(
            self._design.library_folder(library) / file,
            name=name,
            up_axis=given.up_axis,
            fragment=fragment,
        )
        for warning in loaded.warnings:
            self._report(Log(f"{name}: {warning}", "warning"))
        return loaded.object
