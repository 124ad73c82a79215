"""A scene of its own to import into, and the removal of all that an import leaves behind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import attrs
import bpy

# Window data, and the list of all data-blocks that Blender 5 adds to the lists by type.
_NOT_OURS = ("window_managers", "workspaces", "screens", "all_ids")


@attrs.define
class Workshop:
    """A scene nobody sees. ``keep`` names what outlives it; all else that came into being meanwhile is removed."""

    scene: bpy.types.Scene
    before: frozenset[int] = frozenset()
    kept: list[bpy.types.ID] = attrs.field(factory=list)

    def is_new(self, block: bpy.types.ID) -> bool:
        """Whether a data-block came into being here. Importers take up images of the file that is open, too."""
        return block.session_uid not in self.before

    def keep(self, *blocks: bpy.types.ID) -> None:
        """Let these data-blocks, and the images and node groups that materials among them use, outlive the workshop."""
        for block in blocks:
            if block in self.kept:
                continue
            self.kept.append(block)
            tree = getattr(block, "node_tree", None) if not isinstance(block, bpy.types.NodeTree) else block
            for node in tree.nodes if tree else ():
                self.keep(*filter(None, (getattr(node, name, None) for name in ("image", "node_tree"))))

    @contextmanager
    def at_hand(self) -> Iterator[None]:
        """Inside it, operators work on the workshop's scene.

        Not by ``temp_override``: an operator lets go of Python's lock, and asks what is overridden without taking it
        again where another thread has it at that moment (BPY_context_member_get, a crash in 4.5).
        """
        window = bpy.context.window
        shown = window.scene
        self.scene.view_layers[0].update()  # before it is shown: after that, 4.5 takes objects to stand at the origin
        window.scene = self.scene
        try:
            yield
        finally:
            window.scene = shown


@contextmanager
def workshop() -> Iterator[Workshop]:
    """Open a workshop; on leaving, also by an error, ``bpy.data`` has what it had before and what was kept."""
    before = frozenset(block.session_uid for block in all_blocks())
    filepaths = bpy.context.preferences.filepaths
    scripts = filepaths.use_scripts_auto_execute
    filepaths.use_scripts_auto_execute = False  # no Python of a downloaded .blend runs, not even in its drivers
    shown = [(window, window.scene) for manager in bpy.data.window_managers for window in manager.windows]
    here = Workshop(bpy.data.scenes.new("simreal import"), before)
    try:
        yield here
    except BaseException:
        here.kept.clear()
        raise
    finally:
        filepaths.use_scripts_auto_execute = scripts
        for (
            window,
            scene,
        ) in shown:  # the glTF add-on turns windows to the scene at hand; removed, it would crash Blender
            if window.scene != scene:
                window.scene = scene
        kept = {block.session_uid for block in here.kept}
        bpy.data.batch_remove(
            [block for block in all_blocks() if block.session_uid not in before and block.session_uid not in kept]
        )


def all_blocks() -> Iterable[bpy.types.ID]:
    """Every data-block in memory but those that Blender itself makes when it likes (render results, window data)."""
    for prop in bpy.data.bl_rna.properties:
        if prop.type == "COLLECTION" and prop.identifier not in _NOT_OURS:
            for block in getattr(bpy.data, prop.identifier):
                if getattr(block, "source", "") != "VIEWER":
                    yield block
