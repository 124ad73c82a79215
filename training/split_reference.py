"""``DATA:SPLIT``: a split of a data set, as options name it."""

from __future__ import annotations

import os
from pathlib import Path

import attrs

from ..datasets.reading import DataSet, open_data_set
from ..design.errors import RunError


@attrs.frozen
class SplitReference:
    """A split, or where ``split`` is None all of them. ``data`` None is the data set that is trained on."""

    data: Path | None
    split: str | None

    @classmethod
    def parse(cls, text: str) -> SplitReference:
        """``DATA``, ``DATA:SPLIT``, or ``:SPLIT`` of the data that is trained on."""
        if Path(text).exists():
            return cls(Path(text), None)
        before, colon, after = text.rpartition(":")
        if not colon or os.sep in after:
            return cls(Path(text), None)
        return cls(Path(before) if before else None, after or None)

    def open(self, own: DataSet, own_path: str) -> DataSet:
        """The data set. What is trained on is ``own``, named by the path ``own_path`` too (of a stream, its design)."""
        if self.data is None or self.data.resolve() == Path(own_path).resolve():
            return own
        return open_data_set(self.data)

    def splits(self, data: DataSet, trained_on: str | None) -> tuple[str, ...]:
        """The splits of ``data`` that are meant: the one that is named, else all but ``trained_on``.

        Raises ``RunError`` where none is left.
        """
        if self.split is not None:
            return (self.split,)
        splits = tuple(name for name in data.splits if name != trained_on)
        if not splits:
            raise RunError(f"{data.path}: has no split beside {trained_on!r}, which is trained on")
        return splits
