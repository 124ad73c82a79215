"""What all lists share: Blender's many arguments, of which a row needs few."""

from __future__ import annotations

from typing import Any

import bpy


class Rows:
    """A mixin for ``UIList``: a list says in ``draw_row`` what a row looks like."""

    def draw_item(
        self,
        context: bpy.types.Context,
        layout: bpy.types.UILayout,
        _data: Any,
        item: Any,
        _icon: int,
        _active_data: Any,
        _active_property: str,
        index: int = 0,
    ) -> None:
        self.draw_row(context, layout, item, index)

    @staticmethod
    def draw_row(context: bpy.types.Context, layout: bpy.types.UILayout, item: Any, index: int) -> None:
        """Draw the item at ``index`` of the list's collection."""
        raise NotImplementedError
