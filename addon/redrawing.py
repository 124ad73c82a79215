"""What shows jobs, checks and results, drawn again once there is something new."""

from __future__ import annotations

import bpy


def redraw() -> None:
    """Have the sidebars of every 3D viewport and Image Editor, and the preferences, drawn again."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "PREFERENCES":
                area.tag_redraw()
            elif area.type in ("VIEW_3D", "IMAGE_EDITOR"):
                for region in area.regions:
                    if region.type == "UI":
                        region.tag_redraw()
