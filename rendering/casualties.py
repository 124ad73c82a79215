"""Which image kills workers: deaths are counted where they happen, and narrowed down to the image.

An image at which three workers died is left out, and the rest of its shard rendered. A shard is set aside where workers
die before its first image, where it has several such images, or where they die all over it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import attrs

from ..datasets.shards import Shard

MAX_ATTEMPTS = 3
MOST_IMAGES = 3
MOST_DEATHS = 6


@attrs.frozen
class Verdict:
    """What becomes of a shard after a death: ``set_aside`` or rendered again; ``text`` says why, for the log."""

    set_aside: bool
    text: str


class Casualties:
    """Counts the deaths of workers."""

    def __init__(self) -> None:
        self._at: Counter[tuple[Shard, int | None]] = Counter()
        self._in: Counter[Shard] = Counter()
        self._given_up: dict[Shard, dict[int, str]] = {}

    def given_up(self, shard: Shard) -> Mapping[int, str]:
        """Images of a shard that are not to be tried again, and why."""
        return self._given_up.get(shard, {})

    def count(self, shard: Shard, index: int | None, death: str) -> Verdict:
        """A worker died rendering ``index`` of ``shard`` (None: before its first image, or after its last)."""
        self._at[shard, index] += 1
        self._in[shard] += 1
        deaths, where = self._at[shard, index], f"image {shard.split}/{index}"
        if index is None:
            where = f"images {shard}"
        if deaths < MAX_ATTEMPTS:
            if self._in[shard] >= MOST_DEATHS:
                return Verdict(True, f"{MOST_DEATHS} workers died rendering it, the last at {where}: {death}")
            return Verdict(False, f"{deaths} worker(s) died at {where} ({death}); the shard is rendered again")
        if index is None:
            return Verdict(True, f"{deaths} workers died rendering it: {death}")
        self._in[shard] = 0
        images = self._given_up.setdefault(shard, {})
        images[index] = f"killed {deaths} workers: {death}"
        if len(images) >= MOST_IMAGES:
            named = ", ".join(map(str, sorted(images)))
            return Verdict(True, f"its images {named} killed {deaths} workers each: {death}")
        return Verdict(False, f"{where} is left out: it killed {deaths} workers ({death})")
