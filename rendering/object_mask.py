"""Which part of a render is the object, where other things are in it too: by Cryptomatte, at no cost to speak of.

Cryptomatte (Friedman and Jones, 2015) has for each pixel the objects seen in it, by a hash of their names, with the
share of the pixel that each covers. So depth of field and edges count as they do in alpha.
"""

from __future__ import annotations

from collections.abc import Mapping

import bpy
import numpy as np

LEVELS = 4
_MASK = 0xFFFFFFFF


def ask_for_objects(scene: bpy.types.Scene) -> bool:
    """Have renders hold what ``object_alpha`` reads from now on. Returns whether they did not before.

    Then nothing that Cycles keeps must be used for the next one: it writes past the end of a buffer that was made for
    fewer passes (4.5 and 5.2; heap corruption, seen where the pass came and went between images of one size).
    """
    layer = scene.view_layers[0]
    if layer.use_pass_cryptomatte_object:
        return False
    layer.pass_cryptomatte_depth = LEVELS
    layer.use_pass_cryptomatte_object = True
    return True


def object_alpha(channels: Mapping[str, np.ndarray], name: str) -> np.ndarray:
    """The share of each pixel (height, width) that the object of that name covers."""
    wanted = hashed_name(name)
    covered = np.zeros_like(channels["Combined.A"])
    for level in range(LEVELS // 2):
        for key, share in ("rg", "ba"):
            layer = f"CryptoObject{level:02d}"
            covered += np.where(channels[f"{layer}.{key}"] == wanted, channels[f"{layer}.{share}"], np.float32(0.0))
    return np.clip(covered, 0.0, 1.0)


def hashed_name(name: str) -> np.float32:
    """The number that Cryptomatte gives a name: MurmurHash3, made a finite float (specification, section 2.1)."""
    bits = _murmur3(name.encode())
    exponent = min(max(bits >> 23 & 0xFF, 1), 254)
    return np.uint32(bits & 0x807FFFFF | exponent << 23).view(np.float32)


def _murmur3(data: bytes) -> int:
    """MurmurHash3_x86_32 with seed 0 (Austin Appleby, public domain)."""
    state = 0
    whole = len(data) // 4 * 4
    for at in range(0, whole, 4):
        state ^= _mixed(int.from_bytes(data[at : at + 4], "little"))
        state = (state << 13 | state >> 19) & _MASK
        state = (state * 5 + 0xE6546B64) & _MASK
    if len(data) > whole:
        state ^= _mixed(int.from_bytes(data[whole:], "little"))
    state ^= len(data)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        state = ((state ^ state >> shift) * factor) & _MASK
    return state ^ state >> 16


def _mixed(block: int) -> int:
    block = block * 0xCC9E2D51 & _MASK
    return ((block << 15 | block >> 17) & _MASK) * 0x1B873593 & _MASK
