"""Simreal: design synthetic image data sets by eye, render them, train on them, and score real photos.

This folder is both the Blender extension and the Python package ``simreal``; importing it needs neither bpy nor torch.
"""


def register() -> None:
    """Called by Blender when the extension is enabled."""
    from .addon import registration

    registration.register()


def unregister() -> None:
    """Called by Blender when the extension is disabled."""
    from .addon import registration

    registration.unregister()
