"""A Ray cluster: connecting to it, and how many workers of what kind it is asked for."""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import attrs

from ..datasets.messages import Result
from ..design.errors import ToolError
from .launch import WORKER_BYTES
from .seats import Seat
from .site import Site
from .slot import Post
from .staffing import Staffing, Wish

PROBE_S = 10.0
MOST_THREADS = 8
LEAST_WORKERS = 16
GROWTH = 4.0  # how much larger a cluster may grow than it is at the start
LOCAL_OBJECTS_BYTES = 100_000_000


@contextmanager
def connected(address: str) -> Iterator[Cluster]:
    """Inside it, this process is connected to a Ray cluster.

    ``auto`` is the cluster of this machine or of $RAY_ADDRESS, ``ray://HOST:10001`` one elsewhere, ``local`` a new one
    of this machine alone, which ends with this context. ToolError where there is none. Nothing is reported to anyone.
    """
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    try:
        import ray
    except ImportError:
        raise ToolError('--engine ray needs Ray: pip install "simreal[cluster]" (here, and on all nodes)') from None
    if ray.is_initialized():  # this process is part of a cluster already
        yield Cluster(ray.cluster_resources(), sum(node["Alive"] for node in ray.nodes()))
        return
    _probe(address)
    own = {"object_store_memory": LOCAL_OBJECTS_BYTES, "include_dashboard": False} if address == "local" else {}
    with suppress(AttributeError):  # Ray prints its daemons' logs into our output; it has no public way to stop it
        ray._private.worker._worker_logs_enabled = False
    try:
        ray.init(address=address, namespace="simreal", log_to_driver=False, logging_level="FATAL", **own)
    except (ConnectionError, ValueError, TimeoutError, ImportError, RuntimeError) as error:
        raise _unreachable(" ".join(str(error).split())[:200]) from None
    try:
        yield Cluster(ray.cluster_resources(), sum(node["Alive"] for node in ray.nodes()))
    finally:
        ray.shutdown()


def _probe(address: str) -> None:
    """Raise ToolError where nobody answers: Ray itself would try for minutes."""
    if address == "local":
        return
    if address == "auto":
        noted = Path(tempfile.gettempdir()) / "ray" / "ray_current_cluster"  # by `ray start`; it may be long gone
        address = os.environ.get("RAY_ADDRESS") or (noted.read_text().strip() if noted.is_file() else "")
    host, _, port = address.rpartition("://")[2].rpartition(":")
    if not host or not port.isdecimal():
        raise _unreachable("none is known" if not address else f"{address} is no address")
    try:
        socket.create_connection((host, int(port)), PROBE_S).close()
    except OSError as error:
        raise _unreachable(f"{address}: {error.strerror or error}") from None


def _unreachable(reason: str) -> ToolError:
    return ToolError(
        f"no Ray cluster can be reached ({reason}): start one (`ray start --head`), name it with "
        "--address ray://HOST:10001, or use --address local"
    )


@attrs.frozen
class Cluster:
    """The cluster this process is connected to, and what it has: ``CPU``, ``GPU``, bytes of ``memory``."""

    resources: Mapping[str, float]
    nodes: int

    def __str__(self) -> str:
        return f"{self.nodes} node(s)"

    def staffing(self, wish: Wish, most: int) -> Staffing:
        """Whom to have there; never more than ``most`` workers."""
        return ClusterStaffing(wish, most, self.resources)

    def site(self, post: Post) -> Site:
        """Where they work."""
        from .cluster_site import RayNodes

        return RayNodes(post)


@attrs.frozen
class Needs:
    """What a worker on a seat takes of a node, for Ray."""

    cpus: int
    gpus: int
    memory_bytes: int

    def __str__(self) -> str:
        gpus = f", {self.gpus} GPU" if self.gpus else ""
        return f"a worker needs {self.cpus} CPU(s){gpus} and {self.memory_bytes / 1e9:.1f} GB of memory"


def needs(seat: Seat) -> Needs:
    """What Ray is asked for."""
    return Needs(seat.threads, int(seat.device != "cpu"), WORKER_BYTES)


class ClusterStaffing:
    """Workers for a whole cluster, never more than ``most``: on its GPUs if it has any, one each, else on its CPUs.

    All render on the same kind of device, as bytes of images depend on that. On the CPU a worker has one thread: more
    workers use the same cores better.
    """

    def __init__(self, wish: Wish, most: int, resources: Mapping[str, float]) -> None:
        cpus, gpus = resources.get("CPU", 0.0), resources.get("GPU", 0.0)
        device = wish.device if wish.device != "auto" or gpus else "cpu"
        share = max(1, min(MOST_THREADS, int(cpus // gpus))) if gpus and device != "cpu" else 1
        suits = max(LEAST_WORKERS, int(GROWTH * cpus))
        self._count = max(1, min(wish.workers or suits, most))
        self._seat = Seat(device, wish.threads or share)
        self._memory = resources.get("memory", 0.0)
        self._cpus = max(1.0, cpus)

    @property
    def seats(self) -> tuple[Seat, ...]:
        """Until the first worker has said what it found, ``auto`` is the seat of one alone."""
        return (self._seat,) * (1 if self._seat.device == "auto" else self._count)

    @property
    def share_bytes(self) -> int:
        return max(WORKER_BYTES, int(self._memory * self._seat.threads / self._cpus))

    def on_ready(self, ready: Result) -> None:
        if self._seat.device == "auto":
            self._seat = attrs.evolve(self._seat, device=str(ready.data["device"]).partition(":")[0].lower())

    def on_image(self, worker: int, seconds: float, busy: Sequence[Seat], left: int) -> None:
        return

    def on_shard(self, resident_bytes: int) -> None:
        return
