"""What renders shards: the pool of this machine's workers, or a cluster."""

from __future__ import annotations

from typing import Protocol

import attrs

from ..datasets.shards import Shard
from .shard_source import ShardSource


@attrs.frozen
class SetAside:
    """A shard that was given up, and why."""

    shard: Shard
    reason: str


class Engine(Protocol):
    """Renders what a source gives out."""

    def run(self, source: ShardSource, total: int, done: int = 0) -> tuple[SetAside, ...]:
        """Render all shards of ``source`` until it is exhausted. Returns those given up.

        Of ``total`` images ``done`` are counted as done before. Raises the SimrealError with which no shard can be
        rendered. Whatever it raises, KeyboardInterrupt too, nothing of it runs on when it returns.
        """
