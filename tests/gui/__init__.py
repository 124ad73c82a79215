"""A windowed Blender, driven by mouse and keyboard and read from its screen."""
