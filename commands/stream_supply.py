"""What renders for a training that streams: ``simreal render`` beside it, on a leash, with its messages passed on."""

from __future__ import annotations

import os
import queue
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from ..datasets.layout import own_folder
from ..datasets.lock import holding
from ..datasets.messages import Error, Log, Progress, Report, Result
from ..datasets.reading import DataSet
from ..design.design import Design
from ..design.errors import DataSetError, RunError, SimrealError
from ..design.identity import design_hash
from ..rendering.begun_folder import set_aside
from ..rendering.child import Child, Event
from ..rendering.launch import HEADLESS

PATIENCE_S = 30.0
_POLL_S = 0.2


class StreamSupply:
    """A ``training.supply.Supply``: renders ``design``, which is in ``file``, into ``out``.

    ``options`` are those of ``simreal render`` that say with what.
    """

    def __init__(self, file: Path, design: Design, out: Path, options: Sequence[str], report: Report) -> None:
        names = tuple(split.name for split in design.splits)
        places = {name: out / name for name in names}
        self.data = DataSet(out, design.class_names, names, design_hash(design), places)
        self._design = design
        self._command = (
            sys.executable, str(HEADLESS), "render", str(file), "--out", str(out), "--messages", "--leash", *options
        )  # fmt: skip
        self._report = report
        self._events: queue.Queue[tuple[int, Event]] = queue.Queue()
        self._child: Child | None = None
        self._split = ""
        self._number = 0
        self._deaths = 0
        self._refusal = ""
        self._images = self._workers = 0
        self._seconds = 0.0

    def count(self, split: str) -> int:
        return self._design.split(split).count

    def rate(self) -> float | None:
        return self._workers * self._images / self._seconds if self._seconds else None

    def render(self, splits: Sequence[str], count: int | None = None) -> None:
        _wait_until_free(self.data.path)
        set_aside(self.data.path, self._design, self._report)
        if not splits:
            return
        self._split = ""
        self._start("--split", *splits, *(() if count is None else ("--count", str(count))))
        while self._child is not None:
            event = self._next(_POLL_S)
            if isinstance(event, Progress):
                self._report(event)

    def start(self, split: str) -> None:
        self._split = split
        self._deaths = 0
        self._start("--split", split, "--follow")

    def check(self) -> None:
        while self._child is not None and not self._events.empty():
            self._next(0)
        if self._child is None:
            self._start("--split", self._split, "--follow")

    def stop(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        try:
            child.send({"stop": True})  # its stdin may not end yet: processes that load images have it open too
            child.close()
            child.wait(PATIENCE_S)
        finally:
            child.kill()

    def _start(self, *more: str) -> None:
        _wait_until_free(self.data.path)
        self._number += 1
        self._child = Child((*self._command, *more), self._number, self._events, os.environ)

    def _next(self, patience_s: float) -> Event:
        """The next message, heard already; None where there is none."""
        try:
            number, event = self._events.get(timeout=patience_s) if patience_s else self._events.get_nowait()
        except queue.Empty:
            return None
        if self._child is None or number != self._number:
            return None
        match event:
            case None:
                self._bury(self._child)
            case Log():
                self._report(event)
            case Error(text=text):
                self._refusal = text
            case Result(kind="ahead", data=data):
                self._workers = data["workers"]
                self._images += data["images"]
                self._seconds += data["seconds"]
                self._deaths = 0
        return event

    def _bury(self, child: Child) -> None:
        """The renderer has ended: well, or with an error of its own. If it streams, it may die once between shards."""
        death, self._child = child.describe_death(), None
        child.kill()
        if child.status in (0, 1) and not self._split:
            return
        if self._refusal:
            raise SimrealError(self._refusal)
        self._deaths += 1
        if self._deaths > 1 or not self._split:
            raise RunError(f"the renderer died ({death}); the same command with --continue goes on from here")
        self._report(Log(f"the renderer died ({death}); it is started again", "warning"))


def _wait_until_free(data: Path) -> None:
    """Wait while the renderer of a training that was killed is on its way out. DataSetError if it does not leave."""
    lock = own_folder(data) / "lock"
    end = time.monotonic() + PATIENCE_S
    while lock.is_file():
        try:
            with holding(lock, DataSetError(f"{data}: another training renders into this folder; wait for it")):
                return
        except DataSetError:
            if time.monotonic() > end:
                raise
        time.sleep(_POLL_S)
