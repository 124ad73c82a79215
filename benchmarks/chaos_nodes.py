"""A Ray cluster of three nodes on this machine, to strike at: a node dies with all its processes, and another comes."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chaos import Ordeal

NODES = 3
_OF_A_NODE = {"num_cpus": 1, "object_store_memory": 80_000_000, "include_dashboard": False}
_QUICK = {
    "health_check_failure_threshold": 2,
    "health_check_period_ms": 500,
    "health_check_initial_delay_ms": 0,
    "health_check_timeout_ms": 2000,
}


class Nodes:
    """Three nodes of a core each; the death of one is noticed within seconds."""

    def __init__(self) -> None:
        from ray.cluster_utils import Cluster

        os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
        self._cluster = Cluster(initialize_head=True, head_node_args={**_OF_A_NODE, "_system_config": _QUICK})
        self._others = [self._cluster.add_node(**_OF_A_NODE) for _ in range(NODES - 1)]

    def __enter__(self) -> Nodes:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._cluster.shutdown()

    @property
    def options(self) -> tuple[str, ...]:
        """The options of ``simreal render`` for this cluster."""
        return ("--engine", "ray", "--address", self._cluster.address)

    def strike(self, ordeal: Ordeal) -> bool:
        """Pull the plug of a random node that is not the head, and add another."""
        node = self._others.pop(ordeal.random.randrange(len(self._others)))
        raylet = node.all_processes["raylet"][0].process.pid
        processes = Path(f"/proc/{raylet}/task/{raylet}/children").read_text().split()
        self._cluster.remove_node(node, allow_graceful=False)
        for pid in processes:
            with suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
        self._others.append(self._cluster.add_node(**_OF_A_NODE))
        return True
