"""One run on several devices: every batch is split among processes, one a device (torch's DistributedDataParallel).

Started here by ``--devices N``, or by ``torchrun``, on one machine or several. The first process leads: it alone
writes, measures and speaks. Batches, seeds and schedules are those of a run on one device.
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from multiprocessing.process import BaseProcess
from typing import TypeVar, cast

import attrs
import torch
from torch import distributed, nn

from ..design.errors import RunError, ToolError
from .devices import find_device

PATIENCE = timedelta(hours=2)  # while the first process measures, the others wait
_GOODBYE_S = 30.0

Value = TypeVar("Value")


@attrs.frozen
class Place:
    """Which of the processes that train together this is: ``rank`` of ``size``, and of those on this machine.

    ``address`` is where all meet, "" where the others are still to be started.
    """

    rank: int = 0
    size: int = 1
    local_rank: int = 0
    address: str = ""

    @property
    def leads(self) -> bool:
        """Whether this process writes and speaks."""
        return self.rank == 0

    @property
    def alone(self) -> bool:
        return self.size == 1

    def part(self, batch: Sequence[Value]) -> Sequence[Value]:
        """This process' part of what is in batches of a multiple of ``size``."""
        return batch[self.rank :: self.size]

    def device(self, name: str) -> torch.device:
        """The device of this process. Raises ``ToolError`` where it is not there."""
        device = find_device(name)
        if self.alone or device.type != "cuda":
            return device
        if self.local_rank >= torch.cuda.device_count() or (not self.address and self.size > torch.cuda.device_count()):
            raise ToolError(f"--devices {self.size}: this machine has {torch.cuda.device_count()} GPUs")
        return torch.device("cuda", self.local_rank)

    def threads(self, asked: int, device: torch.device) -> int:
        """CPU threads of this process; 0 is torch's choice. Processes on one CPU share its cores."""
        if asked or self.alone or device.type != "cpu":
            return asked
        return max(1, torch.get_num_threads() // self.size)

    def environment(self) -> dict[str, str]:
        """The variables by which ``torchrun`` would say so."""
        host, _, port = self.address.rpartition(":")
        size, rank, local = str(self.size), str(self.rank), str(self.local_rank)
        return {"WORLD_SIZE": size, "RANK": rank, "LOCAL_RANK": local, "MASTER_ADDR": host, "MASTER_PORT": port}

    def any(self, said: bool) -> bool:
        """Whether any process says so."""
        if self.alone:
            return said
        told = torch.tensor([int(said)])
        distributed.all_reduce(told, distributed.ReduceOp.MAX)
        return bool(told.item())

    def sums(self, rows: list[list[float]]) -> list[list[float]]:
        """The sums of these numbers over all processes."""
        if self.alone:
            return rows
        table = torch.tensor(rows, dtype=torch.float64)
        distributed.all_reduce(table)
        return cast(list[list[float]], table.tolist())

    def shared(self, value: Value) -> Value:
        """What the first process says."""
        if self.alone:
            return value
        told = [value]
        distributed.broadcast_object_list(told, device=torch.device("cpu"))
        return told[0]

    def normed(self, network: nn.Module, device: torch.device) -> nn.Module:
        """The network with batch norm over the whole batch, where there are GPUs: torch cannot do it on CPUs."""
        if self.alone or device.type != "cuda":
            return network
        return cast(nn.Module, nn.SyncBatchNorm.convert_sync_batchnorm(network))

    def spread(self, network: nn.Module, device: torch.device) -> nn.Module:
        """The network, with its gradients averaged over all processes."""
        if self.alone:
            return network
        if device.type == "cuda":
            return nn.parallel.DistributedDataParallel(network, device_ids=[device.index])
        return nn.parallel.DistributedDataParallel(network)


def find_place(devices: int) -> Place:
    """Where ``torchrun`` has put this process, else the first place of ``devices``. ``RunError`` where they differ."""
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        return Place(size=devices)
    if devices not in (1, size):
        raise RunError(f"--devices {devices} with torchrun, which has started {size} processes; leave --devices out")
    address = f"{os.environ['MASTER_ADDR']}:{os.environ['MASTER_PORT']}"
    return Place(int(os.environ["RANK"]), size, int(os.environ.get("LOCAL_RANK", "0")), address)


@contextmanager
def together(place: Place, device: torch.device, beside: Callable[[Place], None]) -> Iterator[None]:
    """Inside it all processes of a run are there; those of ``--devices`` are started, and run ``beside`` (picklable).

    Raises ``RunError`` where one of them has ended.
    """
    if place.alone:
        yield
        return
    if device.type not in ("cpu", "cuda"):
        raise RunError(f"several devices are for CUDA GPUs or CPUs, not {device.type}; leave --devices out")
    address = place.address or f"127.0.0.1:{_free_port()}"
    started = [] if place.address else _start(place.size, address, beside)
    try:
        if device.type == "cuda":
            torch.cuda.set_device(device)
        backend = "cpu:gloo,cuda:nccl" if device.type == "cuda" else "gloo"
        distributed.init_process_group(
            backend, init_method=f"tcp://{address}", rank=place.rank, world_size=place.size, timeout=PATIENCE
        )
        yield
    except RuntimeError as error:  # what torch raises where a process has gone, and SimrealErrors are none
        for rank, process in enumerate(started, 1):
            process.join(1.0)
            if process.exitcode:
                raise RunError(
                    f"the process of device {rank} has ended ({process.exitcode}); --resume goes on from the checkpoint"
                ) from error
        raise
    finally:
        if distributed.is_initialized():
            distributed.destroy_process_group()
        _end(started, well=sys.exc_info()[0] is None)


def _start(size: int, address: str, beside: Callable[[Place], None]) -> list[BaseProcess]:
    context = torch.multiprocessing.get_context("spawn")  # a CUDA context does not survive a fork
    processes: list[BaseProcess] = [
        context.Process(target=beside, args=(Place(rank, size, rank, address),), daemon=False)
        for rank in range(1, size)
    ]
    for process in processes:
        process.start()
    return processes


def _end(processes: Sequence[BaseProcess], well: bool) -> None:
    for process in processes:
        process.join(_GOODBYE_S if well else 1.0)
        if process.is_alive():
            process.kill()
            process.join()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
