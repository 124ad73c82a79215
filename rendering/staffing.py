"""Which workers there are: fixed by the user, one a GPU, or chosen by measurement on the CPU's cores."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import attrs

from ..datasets.messages import Log, Report, Result
from ..design.errors import ToolError
from .launch import WORKER_BYTES, available_bytes, available_cores
from .seats import Seat
from .trial import Crew, Trial

MANY = 1_000_000  # more workers than any machine has room for
MEMORY_MARGIN = 1.5  # of what a worker takes after its first shard: it will load more


class Staffing(Protocol):
    """Says on which seats there are to be workers, and is told how they do."""

    @property
    def seats(self) -> tuple[Seat, ...]:
        """The seats wanted now."""

    @property
    def share_bytes(self) -> int:
        """Each worker's share of the memory."""

    def on_ready(self, ready: Result) -> None:
        """A worker has started, and says what it renders on."""

    def on_image(self, worker: int, seconds: float, busy: Sequence[Seat], left: int) -> None:
        """A worker took so long for an image; ``busy`` are the seats at work, ``left`` images to go."""

    def on_shard(self, resident_bytes: int) -> None:
        """A worker has finished a shard, and takes this much memory."""


class Fixed:
    """Workers on these seats, whatever happens."""

    def __init__(self, seats: Sequence[Seat], share_bytes: int | None = None) -> None:
        self.seats = tuple(seats)
        self.share_bytes = share_bytes or available_bytes() // max(1, len(self.seats))

    def on_ready(self, ready: Result) -> None:
        return

    def on_image(self, worker: int, seconds: float, busy: Sequence[Seat], left: int) -> None:
        return

    def on_shard(self, resident_bytes: int) -> None:
        return


@attrs.frozen
class Wish:
    """What the user asked for; None: what suits here. ``gpus`` are numbers of GPUs of the device."""

    device: str = "auto"
    workers: int | None = None
    threads: int | None = None
    gpus: tuple[int, ...] = ()


class ThisMachinesStaffing:
    """Workers for this machine, never more than ``most``.

    On GPUs one worker each, with its share of the cores. On the CPU as many as cores and memory allow; where the user
    has fixed neither workers nor threads a Trial finds the best, which ``remember`` is told, unless it is ``known``.
    """

    def __init__(
        self, wish: Wish, most: int, known: Crew | None, report: Report, remember: Callable[[Crew], None]
    ) -> None:
        self._wish = wish
        self._most = most
        self._known = known
        self._report = report
        self._remember = remember
        self._memory = available_bytes()
        self._room = max(1, self._memory // WORKER_BYTES)
        self._trial: Trial | None = None
        self._found = False
        self._weighed = False
        if wish.device == "cpu":
            self._found = True
            self._take_cpu(Seat("cpu"))
        else:
            self.seats = tuple(
                self._gpu_seat(wish.device, number, max(1, len(wish.gpus))) for number in wish.gpus or (0,)
            )

    @property
    def share_bytes(self) -> int:
        return self._memory // max(1, len(self.seats))

    def on_ready(self, ready: Result) -> None:
        """The first worker knows what there is to render on."""
        if self._found:
            return
        self._found = True
        kind = str(ready.data["device"]).partition(":")[0].lower()
        if kind == "cpu":
            if self._wish.gpus:
                raise ToolError("Cycles finds no GPU here, but --gpus names some; leave it out to render on the CPU")
            self._take_cpu(self.seats[0])
            return
        if kind == "opengl":  # EEVEE renders on the GPU that OpenGL has, whatever Cycles finds
            kind = self._wish.device
        gpus = self._wish.gpus or tuple(range(int(ready.data["gpus"]) or 1))
        count = min(self._wish.workers or len(gpus), max(self._most, 1))
        self.seats = tuple(self._gpu_seat(kind, gpus[number % len(gpus)], count) for number in range(count))

    def on_image(self, worker: int, seconds: float, busy: Sequence[Seat], left: int) -> None:
        if self._trial is None or tuple(busy) != self.seats:
            return
        before = self._trial.crew
        if self._trial.count(worker, seconds, left):
            trial, self._trial = self._trial, None
            if len(trial.rates) > 1:
                self._report(Log(f"measured {trial.text}; goes on with {trial.crew}"))
                self._remember(trial.crew)
            self._take(trial.crew)
        elif self._trial.crew != before:
            self._take(self._trial.crew)

    def on_shard(self, resident_bytes: int) -> None:
        """The first shard tells what a worker takes, and so how many there is room for."""
        if self._weighed or self._trial is None:
            return
        self._weighed = True
        room = max(1, int(self._memory / max(MEMORY_MARGIN * resident_bytes, 1)))
        if self._crews(room) != self._crews(self._room):
            self._room = room
            self._measure()
            self._report(Log(f"a worker takes {resident_bytes / 1e9:.1f} GB of memory: {self._trial.crew} fit"))

    def _take_cpu(self, seat: Seat) -> None:
        """Have workers on the CPU; their seats are like the first one's, so that it stays."""
        self._seat = seat
        wish, cores = self._wish, available_cores()
        if wish.workers is None and wish.threads is None and self._known is None:
            self._measure()
        elif wish.workers is None and wish.threads is None and self._known is not None:
            self._take(attrs.evolve(self._known, workers=min(self._known.workers, self._most)))
        else:
            workers = wish.workers or max(1, min(cores // (wish.threads or 1), self._most, self._room))
            self._take(Crew(workers, wish.threads or max(1, cores // workers)))

    def _measure(self) -> None:
        self._trial = Trial(self._crews(self._room))
        self._take(self._trial.crew)

    def _crews(self, room: int) -> tuple[Crew, ...]:
        """As many workers as there are cores, if memory allows; and half as many, of twice the threads."""
        cores = available_cores()
        workers = max(1, min(cores, room, self._most))
        half = max(1, workers // 2)
        return tuple(dict.fromkeys((Crew(workers, max(1, cores // workers)), Crew(half, max(1, cores // half)))))

    def _take(self, crew: Crew) -> None:
        self.seats = crew.workers * (attrs.evolve(self._seat, threads=crew.threads),)

    def _gpu_seat(self, device: str, number: int, workers: int) -> Seat:
        threads = self._wish.threads or (1 if device == "auto" else max(1, available_cores() // workers))
        return Seat(device, threads, number)
