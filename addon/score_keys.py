"""Keys of the Image Editor while it shows a scored photo: Page Down and Page Up go to the next and the one before."""

from __future__ import annotations

from collections.abc import Callable

import bpy

KEYS = {"PAGE_DOWN": "NEXT", "PAGE_UP": "PREVIOUS"}


def register() -> Callable[[], None]:
    """Add the keys. Returns what takes them back."""
    config = bpy.context.window_manager.keyconfigs.addon
    if config is None:  # a Blender without a window has none
        return lambda: None
    keymap = config.keymaps.new(name="Image", space_type="IMAGE_EDITOR")
    items = []
    for key, direction in KEYS.items():
        item = keymap.keymap_items.new("simreal.scores_step", type=key, value="PRESS", repeat=True)
        item.properties.direction = direction
        items.append(item)

    def unregister() -> None:
        for item in items:
            keymap.keymap_items.remove(item)

    return unregister
