"""The pool of render workers, the parent's side: gives out shards, gathers messages, replaces workers that die.

A worker is any program that speaks as ``worker.py`` does. What it commits is on disk; the pool itself keeps nothing.
"""

from __future__ import annotations

import queue
from collections import deque
from collections.abc import Callable

import attrs

from ..datasets.messages import Error, Log, Message, Progress, Report, Result
from ..datasets.shards import Shard
from ..design.errors import SimrealError, ToolError
from .child import Event
from .engine import SetAside
from .pace import Pace
from .shard_source import Listed, ShardSource
from .site import Hand, Site

MAX_ATTEMPTS = 3
SHOWN_FAILURES = 5
_POLL_S = 0.5


@attrs.define
class _Worker:
    child: Hand
    ready: bool = False
    shard: Shard | None = None
    images: int = 0


class Pool:
    """Renders shards with up to ``workers`` workers, which run at ``site``.

    ``on_ready`` is told what a worker says of itself, and returns how many workers there should be from then on;
    ``on_commit`` is told each committed shard. Both are called in the thread that called ``run``.
    """

    def __init__(
        self,
        site: Site,
        workers: int,
        report: Report,
        on_ready: Callable[[Result], int],
        on_commit: Callable[[Shard, Result], None],
    ) -> None:
        self._site = site
        self._wanted = workers
        self._report = report
        self._on_ready = on_ready
        self._on_commit = on_commit
        self._events: queue.Queue[tuple[int, Event]] = queue.Queue()
        self._workers: dict[int, _Worker] = {}
        self._started = 0
        self._false_starts = 0
        self._source: ShardSource = Listed(())
        self._kept: deque[Shard] = deque()  # taken for workers that are starting; whoever is ready first gets them
        self._attempts: dict[Shard, int] = {}
        self._set_aside: list[SetAside] = []
        self._committed = 0
        self._failed = 0
        self._told: set[str] = set()
        self._pace = Pace()
        self._done = 0
        self._total = 0
        self._shown = -1

    def run(self, source: ShardSource, total: int, done: int = 0) -> tuple[SetAside, ...]:
        """Render all shards of ``source``; see Engine. ToolError where no worker ever got ready."""
        self._source, self._done, self._total = source, done, total
        with self._site:
            return self._run()

    def _run(self) -> tuple[SetAside, ...]:
        try:
            while self._staff():
                self._progress()
                try:
                    number, event = self._events.get(timeout=_POLL_S)
                except queue.Empty:
                    continue
                self._handle(number, event)
            self._progress()
        except BaseException:
            self._dismiss(patience_s=10.0)
            raise
        self._dismiss(patience_s=20.0)
        return tuple(self._set_aside)

    def _staff(self) -> bool:
        """Have as many workers as there is work for, and give the idle ones a shard. Returns whether work is left."""
        for worker in self._workers.values():
            if worker.ready and worker.shard is None and (shard := self._take()):
                worker.shard = shard
                worker.child.send(attrs.asdict(shard))
        starting = sum(not worker.ready for worker in self._workers.values())
        while len(self._workers) < self._site.places(self._wanted) and self._keep(starting + 1):
            self._workers[self._started] = _Worker(self._site.start(self._started, self._events))
            self._started += 1
            starting += 1
        busy = any(worker.shard for worker in self._workers.values())
        return busy or bool(self._kept) or not self._source.exhausted

    def _take(self) -> Shard | None:
        return self._kept.popleft() if self._kept else self._source.take()

    def _keep(self, count: int) -> bool:
        """Have ``count`` shards at hand, if so many are there now."""
        while len(self._kept) < count and (shard := self._source.take()):
            self._kept.append(shard)
        return len(self._kept) >= count

    def _handle(self, number: int, event: Event) -> None:
        worker = self._workers[number]
        if event is None:
            del self._workers[number]
            self._bury(worker)
        else:
            self._hear(worker, event)

    def _hear(self, worker: _Worker, message: Message) -> None:
        match message:
            case Result(kind="ready"):
                worker.ready = True
                self._wanted = self._on_ready(message)
            case Result(kind="image"):
                worker.images += 1
                self._done += 1
                self._pace.count()
                if message.data.get("failed"):
                    self._tell_failure(message)
            case Result(kind="shard") if worker.shard is not None:
                shard, worker.shard, worker.images = worker.shard, None, 0
                self._committed += 1
                self._on_commit(shard, message)
            case Error(text=text, fatal=True):
                raise SimrealError(text)
            case Error(text=text, fatal=False) if worker.shard is not None:
                self._give_up(worker, worker.shard, text)
                worker.shard, worker.images = None, 0
            case Log(text=text) if text not in self._told:  # all workers warn of the same model
                self._told.add(text)
                self._report(message)

    def _bury(self, worker: _Worker) -> None:
        """A worker has died: its shard is tried again, or given up after ``MAX_ATTEMPTS``."""
        death = worker.child.describe_death("try fewer --workers")
        if not worker.ready:
            self._false_starts += not worker.child.lost
            if self._false_starts >= MAX_ATTEMPTS:
                raise ToolError(f"render workers do not start: {death}")
            return
        self._false_starts = 0
        if worker.shard is None:
            return
        attempts = self._attempts[worker.shard] = self._attempts.get(worker.shard, 0) + (not worker.child.lost)
        if attempts >= MAX_ATTEMPTS:
            self._give_up(worker, worker.shard, f"{attempts} workers died rendering it: {death}")
            return
        self._done -= worker.images
        self._report(Log(f"a worker died rendering {worker.shard} ({death}); the shard is rendered again", "warning"))
        self._source.put_back(worker.shard)

    def _give_up(self, worker: _Worker, shard: Shard, reason: str) -> None:
        self._done += len(shard) - worker.images
        self._set_aside.append(SetAside(shard, reason))
        self._source.give_up(shard, reason)
        if not self._committed and len(self._set_aside) >= MAX_ATTEMPTS:
            raise SimrealError(f"nothing can be rendered: {reason}")
        self._report(Log(f"images {shard} are set aside: {reason}", "warning"))

    def _tell_failure(self, image: Result) -> None:
        """The first few failed images are told one by one; all are in the data set's card."""
        self._failed += 1
        where = f"{image.data['split']}/{image.data['index']}"
        if self._failed <= SHOWN_FAILURES:
            self._report(Log(f"image {where} failed: {image.data['failed']}", "warning"))
        elif self._failed == SHOWN_FAILURES + 1:
            self._report(Log("more images failed; the data set's card will list them", "warning"))

    def _progress(self) -> None:
        if self._shown == self._done:
            return
        self._shown = self._done
        rate = self._pace.rate()
        eta_s = (self._total - self._done) / rate if rate else None
        self._report(Progress("render", self._done, self._total, "images", rate, eta_s))

    def _dismiss(self, patience_s: float) -> None:
        """End all workers: stdin is closed, which they notice between two images; the slow ones are killed."""
        workers = list(self._workers.values())
        self._workers.clear()
        try:
            for worker in workers:
                worker.child.close()
            for worker in workers:
                worker.child.wait(patience_s)
        finally:
            for worker in workers:
                worker.child.kill()
