"""The models that a session keeps loaded: as many as fit into a budget of memory, those used longest ago go first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import attrs
import bpy

from ..datasets.file_stamps import Stamp, stamp
from ..design.errors import AssetError

BUDGET_BYTES = 1_000_000_000  # of one session
# A rough count: a triangle's share of vertices and corners with normals and texture coordinates, and the same again in
# Cycles with its tree for finding hits.
TRIANGLE_BYTES = 160


@attrs.frozen
class ModelSource:
    """Where a model really is, whatever a design calls it. ``file`` is None for a starter model, ``name`` then its own;
    else ``name`` is a fragment of the file, and its textures are at most ``texture_px`` wide."""

    file: Path | None
    name: str
    up_axis: str = ""
    texture_px: int = 0


@attrs.frozen
class _Kept:
    outcome: bpy.types.Object | AssetError
    stamp: Stamp | None
    size_bytes: int


class ModelShelf:
    """Models by where they come from, also those that cannot be read. It removes none from Blender: its user does.

    ``all_fit`` until one has had to go for want of memory.
    """

    def __init__(self, budget_bytes: int = BUDGET_BYTES) -> None:
        self._budget = budget_bytes
        self._kept: OrderedDict[ModelSource, _Kept] = OrderedDict()
        self.all_fit = True

    def get(
        self, source: ModelSource, load: Callable[[], bpy.types.Object | AssetError]
    ) -> bpy.types.Object | AssetError:
        """The model, loaded if it is not here, or why it cannot be read."""
        if source not in self._kept:
            before = stamp(source.file) if source.file else None
            outcome = load()
            size = 0 if isinstance(outcome, AssetError) else size_bytes(outcome)
            self._kept[source] = _Kept(outcome, before, size)
        self._kept.move_to_end(source)
        return self._kept[source].outcome

    def surplus(self) -> tuple[bpy.types.Object, ...]:
        """Take the models used longest ago off the shelf until what is left fits the budget; one is always left."""
        gone: list[bpy.types.Object] = []
        total = sum(kept.size_bytes for kept in self._kept.values())
        for source in [source for source, kept in self._kept.items() if kept.size_bytes][:-1]:
            if total <= self._budget:
                break
            kept = self._kept.pop(source)
            total -= kept.size_bytes
            assert not isinstance(kept.outcome, AssetError)
            gone.append(kept.outcome)
        self.all_fit = self.all_fit and not gone
        return tuple(gone)

    def changed(self) -> tuple[bpy.types.Object, ...]:
        """Take models off the shelf whose files have changed since they were loaded."""
        sources = [source for source, kept in self._kept.items() if source.file and stamp(source.file) != kept.stamp]
        gone = [self._kept.pop(source).outcome for source in sources]
        return tuple(model for model in gone if not isinstance(model, AssetError))


def size_bytes(model: bpy.types.Object) -> int:
    """About how much memory a loaded model takes while it is used: its mesh and its textures."""
    mesh = model.data
    mesh.calc_loop_triangles()
    trees = [material.node_tree for material in mesh.materials if material is not None and material.node_tree]
    images = {node.image for tree in trees for node in tree.nodes if getattr(node, "image", None) is not None}
    pixels = sum(image.size[0] * image.size[1] for image in images)
    return len(mesh.loop_triangles) * TRIANGLE_BYTES + pixels * 4


def texture_px(resolution_px: int) -> int:
    """The widest texture that pictures of a size can show: four texels a pixel, a power of two, no less than 1024."""
    return int(2 ** max(10, (4 * resolution_px - 1).bit_length()))
