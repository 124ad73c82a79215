"""A model's own numbers: each drawn by name, so that adding one changes none of the others."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

from attrs import frozen

T = TypeVar("T")


@frozen
class Draws:
    """Draws that depend on the model's name and the draw's own name only: the same in every process and version."""

    model: str

    def uniform(self, name: str, low: float, high: float) -> float:
        """A number in [low, high)."""
        digest = hashlib.blake2b(f"{self.model}:{name}".encode(), digest_size=8).digest()
        return low + (high - low) * (int.from_bytes(digest, "big") >> 11) / (1 << 53)

    def whole(self, name: str, low: int, high: int) -> int:
        """An integer in [low, high], both included."""
        return min(high, int(self.uniform(name, low, high + 1)))

    def pick(self, name: str, options: Sequence[T]) -> T:
        """One of ``options``."""
        return options[self.whole(name, 0, len(options) - 1)]
