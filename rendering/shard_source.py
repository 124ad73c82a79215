"""Where an engine gets its shards from: a list that is worked through, or a stream that goes on as it is consumed."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Protocol

from ..datasets.shards import Shard


class ShardSource(Protocol):
    """Shards to render, given out one by one."""

    @property
    def exhausted(self) -> bool:
        """Whether no shard will ever come again."""

    def take(self) -> Shard | None:
        """The next shard to render; None if there is none now."""

    def put_back(self, shard: Shard) -> None:
        """Give a shard out again, before all others."""

    def give_up(self, shard: Shard, reason: str) -> None:
        """Be told that the engine has set a shard aside: it is not to be given out again."""


class Listed:
    """The shards of a list."""

    def __init__(self, shards: Iterable[Shard]) -> None:
        self._todo = deque(shards)

    @property
    def exhausted(self) -> bool:
        return not self._todo

    def take(self) -> Shard | None:
        return self._todo.popleft() if self._todo else None

    def put_back(self, shard: Shard) -> None:
        self._todo.appendleft(shard)

    def give_up(self, shard: Shard, reason: str) -> None:
        """Nothing to do: what is set aside stays missing."""
