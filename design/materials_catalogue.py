"""The procedural materials by name, each with a line of help. What they look like is ``rendering.materials``."""

MATERIALS: dict[str, str] = {
    "metal": "Polished metal",
    "plastic": "Smooth plastic",
    "wood": "Wood grain",
}
