"""Render workers that stay up, so that blocks of images can be timed without what it costs to start them."""

from __future__ import annotations

import os
import queue
import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

import attrs

from simreal.datasets.layout import job_file
from simreal.datasets.messages import Error, Result
from simreal.datasets.shards import Shard
from simreal.datasets.state import prepare
from simreal.design.design import Design
from simreal.rendering.child import Event
from simreal.rendering.jobs import Job, write_job
from simreal.rendering.launch import worker_command
from simreal.rendering.seats import Seat
from simreal.rendering.site import ThisMachine


class RenderCrew:
    """The program's own render workers for one design, one on each seat; what they render goes to a temporary folder.

    A context manager. It is what ``simreal render`` does, less starting and finishing.
    """

    def __init__(self, design: Design, seats: Sequence[Seat]) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self.data = Path(self._folder.name) / "data"
        self.data.mkdir()
        prepare(self.data, design)
        write_job(self.data, Job())
        self._site = ThisMachine(lambda seat: worker_command(job_file(self.data), seat))
        self._seats = seats
        self._events: queue.Queue[tuple[int, Event]] = queue.Queue()

    def __enter__(self) -> RenderCrew:
        self._site.__enter__()
        self._workers = [self._site.start(number, seat, self._events) for number, seat in enumerate(self._seats)]
        for _ in self._workers:
            self._next("ready")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for worker in self._workers:
            worker.kill()
        self._site.__exit__(kind, error, traceback)
        self._folder.cleanup()

    def render(self, shards: Sequence[Shard]) -> float:
        """Render shards, as many at a time as there are workers. Returns the seconds until the last is committed."""
        start, todo = time.perf_counter(), list(shards)
        busy = 0
        for worker in self._workers[: len(todo)]:
            worker.send({**attrs.asdict(todo.pop(0)), "given_up": {}})
            busy += 1
        while busy:
            number = self._next("shard")
            busy -= 1
            if todo:
                self._workers[number].send({**attrs.asdict(todo.pop(0)), "given_up": {}})
                busy += 1
        return time.perf_counter() - start

    def forget(self) -> None:
        """Remove what is rendered, so that the same images can be rendered again."""
        for path in self.data.iterdir():
            if path.is_dir() and path.name != ".simreal":
                shutil.rmtree(path)
        for path in (self.data / ".simreal").iterdir():
            if path.is_dir():
                shutil.rmtree(path)

    def memory_mb(self) -> float:
        """What the workers hold of the machine's memory, together (Linux)."""
        pages = sum(int(Path(f"/proc/{worker.pid}/statm").read_text().split()[1]) for worker in self._workers)
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def _next(self, kind: str) -> int:
        while True:
            number, event = self._events.get()
            if event is None:
                raise SystemExit(f"a worker died: {self._workers[number].describe_death()}")
            if isinstance(event, Error):
                raise SystemExit(event.text)
            if isinstance(event, Result) and event.kind == kind:
                return number
