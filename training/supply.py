"""What renders a stream, as training sees it: rendering is a room that training does not know."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ..datasets.reading import DataSet


class Supply(Protocol):
    """What renders, as training sees it. Its methods raise SimrealError where no image will come any more."""

    @property
    def data(self) -> DataSet:
        """The data set, as it will be."""

    def count(self, split: str) -> int:
        """How many images the design has in a split."""

    def render(self, splits: Sequence[str], count: int | None = None) -> None:
        """Render whole splits, and wait until they are there. ``count`` images, if not the design's."""

    def start(self, split: str) -> None:
        """Begin to render ahead, as the window in the folder says."""

    def check(self) -> None:
        """See that rendering goes on. It is started again if it has died, once."""

    def stop(self) -> None:
        """End rendering. What is finished stays."""

    def rate(self) -> float | None:
        """Images a second that its workers can render; None before the first shard."""
