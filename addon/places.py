"""Where the files of a scene's design go: one output folder, and fixed names in it."""

from __future__ import annotations

import re
from pathlib import Path

import attrs
import bpy

from .preferences import user_folder


@attrs.frozen
class Places:
    """The files of one output folder."""

    folder: Path

    @property
    def design(self) -> Path:
        return self.folder / "design.simreal.json"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def run(self) -> Path:
        return self.folder / "run"

    @property
    def model(self) -> Path:
        return self.folder / "model.onnx"

    @property
    def scores(self) -> Path:
        return self.folder / "scores"

    @property
    def advice(self) -> Path:
        return self.folder / "advice"

    @property
    def importance(self) -> Path:
        return self.folder / "importance"

    @property
    def tuning(self) -> Path:
        return self.folder / "tuning"

    def study(self, name: str, scale: str, own_design: bool = False) -> Path:
        """The folder of a study at one of its scales; on the scene's own design, another one."""
        parts = (name, scale, "own-design" if own_design else "")
        return self.folder / "studies" / "-".join(part for part in parts if part)


def places(scene: bpy.types.Scene) -> Places:
    """A scene's places: the folder it names, else one named after the design, beside the .blend or the user's."""
    state = scene.simreal
    if state.output:
        return Places(Path(bpy.path.abspath(state.output)))
    name = re.sub(r"[^\w-]+", "_", state.title).strip("_") or "design"
    if bpy.data.filepath:
        return Places(Path(bpy.data.filepath).parent / f"simreal-{name}")
    return Places(user_folder() / "designs" / name)


def model_file(scene: bpy.types.Scene) -> Path:
    """The classifier to score with: the one chosen, else the one trained here."""
    chosen = scene.simreal.scoring.model
    return Path(bpy.path.abspath(chosen)) if chosen else places(scene).model
