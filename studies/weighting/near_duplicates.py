"""Photos that are nearly the same: copies of a file, encodings of one picture, its mirror image, frames of a burst.

A photo that was tuned on tells of its twin, so twins are kept on one side. Each photo is reduced to a few colours in a
square; two are alike where these correlate and their mean colours agree. On Caltech-101 this finds a picture that was
made smaller and compressed anew in 100 of 100 cases, one that lost 2 % of its sides in 99, and of different pictures
the most similar pair of 300 photos stands at the limit.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image

from ...datasets.preprocessing import load_rgb

Small: TypeAlias = npt.NDArray[np.float32]

SQUARE_PX = 16
LEAST_CORRELATION = 0.95
MOST_COLOUR_DIFFERENCE = 20.0  # of the mean colours, in levels of 255
_NOISE = 9.0  # variance of a level that says nothing: else two plain pictures would be compared by their noise
_BLOCK = 2048


def small_picture(path: Path) -> Small:
    """A photo as (16, 16, 3) mean colours, 0..255. AssetError where it cannot be read."""
    image = load_rgb(path, least_px=4 * SQUARE_PX)
    return np.asarray(image.resize((SQUARE_PX, SQUARE_PX), Image.Resampling.BOX), np.float32)


def alike(pictures: Sequence[Small]) -> npt.NDArray[np.int64]:
    """A group (N,) of every picture: those that are alike, directly or through others, have one.

    A group's number is the place of the first picture in it. All pairs are compared: seconds for 10,000 photos.
    """
    groups = np.arange(len(pictures))
    if not len(pictures):
        return groups
    straight, colours = _described(np.stack(pictures))
    mirrored, _ = _described(np.stack(pictures)[:, :, ::-1])
    for begin in range(0, len(pictures), _BLOCK):
        some = slice(begin, begin + _BLOCK)
        correlation = np.maximum(straight[some] @ straight.T, straight[some] @ mirrored.T)
        difference = np.abs(colours[some, None] - colours[None]).max(2)
        for one, other in np.argwhere((correlation >= LEAST_CORRELATION) & (difference <= MOST_COLOUR_DIFFERENCE)):
            _join(groups, begin + int(one), int(other))
    return np.array([_first(groups, place) for place in range(len(groups))], np.int64)


def _described(pictures: Small) -> tuple[Small, Small]:
    """Of pictures (N, h, w, 3) unit vectors (N, D + 1), whose products are correlations, and mean colours (N, 3)."""
    flat = pictures.reshape(len(pictures), -1, 3)
    colours = flat.mean(1)
    around = (flat - colours[:, None]).reshape(len(flat), -1)
    noise = np.full((len(flat), 1), np.sqrt(_NOISE * around.shape[1]), np.float32)
    vectors = np.concatenate([around, noise], axis=1)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True), colours


def _first(groups: npt.NDArray[np.int64], place: int) -> int:
    while groups[place] != place:
        place = int(groups[place])
    return place


def _join(groups: npt.NDArray[np.int64], one: int, other: int) -> None:
    low, high = sorted((_first(groups, one), _first(groups, other)))
    groups[high] = low
