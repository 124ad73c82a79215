"""Rendering ahead of a training that streams: shards without end, as far beyond the training as it asks for."""

from __future__ import annotations

from collections import deque
from pathlib import Path

from ..datasets.records import Shard, claims
from ..datasets.shards import SHARD_SIZE
from ..datasets.streams import read_window, record_given_up


class Ahead:
    """A ShardSource of one split: the images its consumer's window holds, in index order, cut at multiples of ``size``.

    It is never exhausted: who renders is stopped from outside. What was committed before is not rendered again.
    """

    exhausted = False

    def __init__(self, data: Path, split: str, size: int = SHARD_SIZE) -> None:
        self._data = data
        self._split = split
        self._size = size
        window = read_window(data, split)
        self._next = window.first if window else 0
        self._claims = deque(claims(data, split))
        self._again: deque[Shard] = deque()

    def take(self) -> Shard | None:
        if self._again:
            return self._again.popleft()
        window = read_window(self._data, self._split)
        self._pass_claims()
        stop = window.stop if window else 0
        if self._next >= stop:
            return None
        end = min(stop, (self._next // self._size + 1) * self._size)
        if self._claims:
            end = min(end, self._claims[0].start)
        shard = Shard(self._split, self._next, end)
        self._next = end
        return shard

    def put_back(self, shard: Shard) -> None:
        self._again.appendleft(shard)

    def give_up(self, shard: Shard, reason: str) -> None:
        """Record the images as failed, so that the consumer goes past them."""
        record_given_up(self._data, shard, f"set aside: {reason}")

    def _pass_claims(self) -> None:
        """Go past what is committed; claims are in the order of their starts."""
        while self._claims and self._claims[0].start <= self._next:
            self._next = max(self._next, self._claims.popleft().stop)
