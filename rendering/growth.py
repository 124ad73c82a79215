"""When a worker has grown too large: it is then replaced between two shards.

Blender keeps something of much that it is shown, and what is loaded stays; a worker's second shard tells what is usual.
"""

from __future__ import annotations

import attrs

SETTLED_SHARDS = 2
GROWTH = 1.5
GROWTH_BYTES = 500_000_000
LEAST_GROWTH = 1.1


@attrs.define
class Growth:
    """The resident memory of one worker, shard by shard."""

    settled_bytes: int = 0
    shards: int = 0

    def limit_bytes(self, share_bytes: int) -> int:
        """The most it may take: half as much again as after its second shard, and 500 MB, but no more than its share of
        the machine; where it had that after its second shard already, a tenth more, as a new one would have it too."""
        most = max(share_bytes, int(LEAST_GROWTH * self.settled_bytes))
        return min(int(GROWTH * self.settled_bytes) + GROWTH_BYTES, most)

    def count(self, resident_bytes: int, share_bytes: int) -> bool:
        """A shard is done. Returns whether the worker is to be replaced."""
        self.shards += 1
        if self.shards <= SETTLED_SHARDS:
            self.settled_bytes = resident_bytes
            return False
        return resident_bytes > self.limit_bytes(share_bytes)
