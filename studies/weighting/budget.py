"""What a tuning may render."""

from __future__ import annotations

import attrs


@attrs.frozen
class Budget:
    """So many ``images``, or as many as ``seconds`` allow."""

    images: int | None = None
    seconds: float | None = None

    @property
    def text(self) -> str:
        """As it was asked for."""
        return f"{self.images} images" if self.images is not None else f"{self.seconds:g} s"
