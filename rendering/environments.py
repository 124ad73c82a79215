"""Environment maps: each a world of its own, prepared once a session.

Putting another image into a world costs 0.7 s, switching to a world that is ready about 0.01 s. A map is brought to a
mean radiance of 1, so that ``strength`` means the same for a night street and a noon sky. Turning a map would have its
world synced again; the stage turns everything else instead.
"""

from __future__ import annotations

from pathlib import Path

import attrs
import bpy
import numpy as np

from ..datasets.file_stamps import Stamp, stamp
from ..design.errors import AssetError
from . import compat

MAX_WIDTH = 2048
IMPORTANCE_MAP_RESOLUTION = 256  # wide; half of it makes images 1 dB noisier, twice of it slower to change a world
BRIGHTEST = 65504.0


@attrs.frozen
class Environment:
    """A world that lights the scene, and its radiance for looking it up.

    ``radiance`` is float32 (height, width, 3), equirectangular, bottom row first, with a mean of 1 over the sphere;
    None for the even grey dome.
    """

    world: bpy.types.World
    radiance: np.ndarray | None


class Environments:
    """The environments of a session, by file; made when first asked for, kept to the end."""

    def __init__(self) -> None:
        self._made: dict[Path | None, Environment] = {}
        self._stamps: dict[Path, Stamp | None] = {}

    def get(self, path: Path | None) -> Environment:
        """The environment of a .hdr or .exr file, or the even grey dome for None. AssetError if it cannot be read."""
        if path not in self._made:
            if path is not None:
                self._stamps[path] = stamp(path)
            self._made[path] = _grey_dome() if path is None else _load(path)
        return self._made[path]

    def forget_changed(self) -> None:
        """Remove the environments whose files have changed since they were loaded."""
        for path in [path for path, loaded in self._stamps.items() if stamp(path) != loaded]:
            del self._stamps[path]
            if path in self._made:
                world = self._made.pop(path).world
                images = [node.image for node in world.node_tree.nodes if getattr(node, "image", None)]
                bpy.data.batch_remove([world, *images])


def _load(path: Path) -> Environment:
    if not path.is_file():
        raise AssetError(f"environment map {path} is not there")
    if path.stat().st_size == 0:
        raise AssetError(f"environment map {path} is empty (0 bytes)")
    try:
        image = bpy.data.images.load(str(path))
    except RuntimeError as error:
        raise AssetError(f"cannot read the environment map {path}: {str(error).strip()}") from None
    width, height = image.size
    if width == 0 or height == 0 or not image.has_data:
        bpy.data.images.remove(image)
        raise AssetError(f"cannot read the environment map {path}: it is damaged or not an image")
    if width > MAX_WIDTH:
        image.scale(MAX_WIDTH, max(1, height * MAX_WIDTH // width))
        width, height = image.size
    pixels = np.empty(width * height * image.channels, np.float32)
    image.pixels.foreach_get(pixels)
    # Maps that were scaled down with a sharpening filter have negative radiance round their lamps.
    sound = np.clip(np.nan_to_num(pixels, nan=0.0, posinf=BRIGHTEST), 0.0, BRIGHTEST)
    if not np.array_equal(sound, pixels):
        image.pixels.foreach_set(sound)
        image.update()
    radiance = sound.reshape(height, width, image.channels)[..., :3]
    mean = mean_radiance(radiance)
    if mean <= 0:
        bpy.data.images.remove(image)
        raise AssetError(f"environment map {path} is black all over")
    world, background = _world(path.stem)
    node = world.node_tree.nodes.new("ShaderNodeTexEnvironment")
    node.image = image
    world.node_tree.links.new(node.outputs["Color"], background.inputs["Color"])
    background.inputs["Strength"].default_value = 1.0 / mean
    return Environment(world, np.ascontiguousarray(radiance / mean, np.float32))


def _grey_dome() -> Environment:
    world, background = _world("grey dome")
    background.inputs["Color"].default_value = (1.0, 1.0, 1.0, 1.0)
    return Environment(world, None)


def _world(name: str) -> tuple[bpy.types.World, bpy.types.Node]:
    world = bpy.data.worlds.new(f"simreal {name}")
    tree = compat.enable_nodes(world)
    tree.nodes.clear()
    background = tree.nodes.new("ShaderNodeBackground")
    output = tree.nodes.new("ShaderNodeOutputWorld")
    tree.links.new(background.outputs["Background"], output.inputs["Surface"])
    world.cycles.sampling_method = "MANUAL"
    world.cycles.sample_map_resolution = IMPORTANCE_MAP_RESOLUTION
    return world, background


def mean_radiance(radiance: np.ndarray) -> float:
    """Mean over the sphere and the channels of an equirectangular map (height, width, 3)."""
    height = radiance.shape[0]
    area = np.cos((np.arange(height) + 0.5) / height * np.pi - np.pi / 2)
    return float((radiance.mean(axis=(1, 2)) * area).sum() / area.sum())


def look_up(radiance: np.ndarray, directions: np.ndarray) -> np.ndarray:
    """Radiance (..., 3) seen along unit ``directions`` (..., 3), bilinear, with Cycles' equirectangular mapping.

    Both are float32, and texels are found by one index each: an image looks up several directions for each of its
    pixels, and in float64, with an index for each axis, that takes two to five times as long.
    """
    height, width = radiance.shape[:2]
    across, away, up = np.moveaxis(directions, -1, 0)
    x = (np.float32(0.5) - np.arctan2(away, across) * np.float32(0.5 / np.pi)) * np.float32(width) - np.float32(0.5)
    y = (np.float32(0.5) + np.arcsin(np.clip(up, -1, 1)) * np.float32(1 / np.pi)) * np.float32(height) - np.float32(0.5)
    y = np.clip(y, 0, height - 1)
    column, row = np.floor(x), np.minimum(np.floor(y), max(height - 2, 0))
    fx, fy = (x - column)[..., None], (y - row)[..., None]
    left = column.astype(np.int32) % width
    right = np.where(left + 1 == width, 0, left + 1)
    lower = row.astype(np.int32)
    upper = np.minimum(lower + 1, height - 1)
    texels = radiance.reshape(-1, radiance.shape[2])
    low = _between(texels.take(lower * width + left, 0), texels.take(lower * width + right, 0), fx)
    high = _between(texels.take(upper * width + left, 0), texels.take(upper * width + right, 0), fx)
    return _between(low, high, fy)


def _between(first: np.ndarray, second: np.ndarray, share: np.ndarray) -> np.ndarray:
    """``first`` where ``share`` is 0, ``second`` where it is 1; written into ``second``."""
    second -= first
    second *= share
    second += first
    return second
