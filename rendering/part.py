"""A part of a data set, where several processes that know nothing of each other render it together."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import attrs

from ..datasets.records import Shard
from ..datasets.shards import SHARD_SIZE, missing

SMALLEST_SHARD = 10
SHARDS_A_PART = 4


@attrs.frozen
class Part:
    """The ``number``-th of ``parts``, counted from 1.

    Which images are whose depends on the counts of the splits and the number of parts alone, not on what is there: so
    parts may begin and end at any time, and be rendered again.
    """

    number: int
    parts: int

    def __str__(self) -> str:
        return f"{self.number}/{self.parts}"

    def of(self, data: Path, counts: Mapping[str, int], *, retry_failed: bool = False) -> list[Shard]:
        """The shards of this part that are missing. Shards are dealt out in turn, so that parts are alike."""
        size = math.ceil(sum(counts.values()) / (SHARDS_A_PART * self.parts))
        size = min(max(size, SMALLEST_SHARD), SHARD_SIZE)
        mine: list[Shard] = []
        dealt = 0
        for split, count in counts.items():
            for shard in missing(data, split, count, size, retry_failed=retry_failed):
                if (dealt + shard.start // size) % self.parts == self.number - 1:
                    mine.append(shard)
            dealt += math.ceil(count / size)
        return mine
