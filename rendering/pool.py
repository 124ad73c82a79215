"""The pool of render workers, the parent's side: gives out shards, gathers messages, replaces workers that die.

A worker is any program that speaks as ``worker.py`` does. What it commits is on disk; the pool itself keeps nothing.
"""

from __future__ import annotations

import queue
import threading
from collections import Counter, deque
from collections.abc import Callable

import attrs

from ..datasets.messages import Error, Log, Message, Report, Result
from ..datasets.shards import Shard
from ..design.errors import SimrealError, ToolError
from .casualties import MAX_ATTEMPTS, Casualties
from .child import Event
from .engine import SetAside
from .growth import Growth
from .seats import Seat
from .shard_source import Listed, ShardSource
from .site import Hand, Site
from .staffing import Staffing
from .tally import Tally
from .watch import Signs, Watch

MOST_BARREN = 20  # shards set aside one after the other, without one between that was rendered
_POLL_S = 0.5


@attrs.define
class _Worker:
    child: Hand
    seat: Seat
    signs: Signs
    growth: Growth = attrs.field(factory=Growth)
    ready: bool = False
    shard: Shard | None = None
    at: int | None = None  # the image it has begun
    images: int = 0
    said: str = ""


class Pool:
    """Renders shards with workers that run at ``site``, one on each of the seats that ``staffing`` wants at the time.

    ``on_ready`` is told what a worker says of itself, ``on_commit`` each committed shard. Both are called in the thread
    that called ``run``. ``image_timeout_s`` is the longest an image may take; None: by how long images take.
    """

    def __init__(
        self,
        site: Site,
        staffing: Staffing,
        report: Report,
        on_ready: Callable[[Result], None],
        on_commit: Callable[[Shard, Result], None],
        *,
        image_timeout_s: float | None = None,
    ) -> None:
        self._site = site
        self._staffing = staffing
        self._report = report
        self._on_ready = on_ready
        self._on_commit = on_commit
        self._watch = Watch(image_timeout_s)
        self._events: queue.Queue[tuple[int, Event]] = queue.Queue()
        self._workers: dict[int, _Worker] = {}
        self._started = 0
        self._false_starts = 0
        self._source: ShardSource = Listed(())
        self._kept: deque[Shard] = deque()  # taken for workers that are starting; whoever is ready first gets them
        self._casualties = Casualties()
        self._set_aside: list[SetAside] = []
        self._committed = 0
        self._barren = 0
        self._replaced = False
        self._tally = Tally(report, 0, 0)

    def run(self, source: ShardSource, total: int, done: int = 0) -> tuple[SetAside, ...]:
        """Render all shards of ``source``; see Engine. ToolError where no worker ever got ready."""
        self._source, self._tally = source, Tally(self._report, total, done)
        with self._site:
            return self._run()

    def _run(self) -> tuple[SetAside, ...]:
        try:
            while self._staff():
                self._tally.show()
                try:
                    number, event = self._events.get(timeout=_POLL_S)
                except queue.Empty:
                    self._look_after()
                    continue
                self._handle(number, event)
                self._look_after()
            self._tally.show()
        except BaseException:
            self._dismiss(patience_s=10.0)
            raise
        self._dismiss(patience_s=20.0)
        return tuple(self._set_aside)

    def _staff(self) -> bool:
        """Have a worker on each seat for which there is work, and give the idle ones a shard. Returns whether work is
        left."""
        seats = self._staffing.seats[: self._site.places(len(self._staffing.seats))]
        self._let_go(seats)
        for worker in self._workers.values():
            if worker.ready and worker.shard is None and worker.signs.leaving is None and (shard := self._take()):
                worker.shard = shard
                worker.signs.moved = self._watch.now
                given_up = {str(index): reason for index, reason in self._casualties.given_up(shard).items()}
                worker.child.send({**attrs.asdict(shard), "given_up": given_up})
        starting = sum(not worker.ready for worker in self._workers.values())
        free = Counter(seats) - Counter(worker.seat for worker in self._workers.values())
        for seat in free.elements():
            if len(self._workers) >= len(seats) or not self._keep(starting + 1):
                break
            hand = self._site.start(self._started, seat, self._events)
            self._workers[self._started] = _Worker(hand, seat, self._watch.new())
            self._started += 1
            starting += 1
        busy = any(worker.shard for worker in self._workers.values())
        return busy or bool(self._kept) or not self._source.exhausted

    def _let_go(self, seats: tuple[Seat, ...]) -> None:
        """Have idle workers leave whose seat is wanted no more."""
        surplus = Counter(worker.seat for worker in self._workers.values()) - Counter(seats)
        for worker in self._workers.values():
            if surplus[worker.seat] > 0 and worker.ready and worker.shard is None:
                surplus[worker.seat] -= 1
                self._send_home(worker)

    def _send_home(self, worker: _Worker) -> None:
        if worker.signs.leaving is None:
            worker.signs.leaving = self._watch.now
            worker.child.close()

    def _take(self) -> Shard | None:
        return self._kept.popleft() if self._kept else self._source.take()

    def _keep(self, count: int) -> bool:
        """Have ``count`` shards at hand, if so many are there now."""
        while len(self._kept) < count and (shard := self._source.take()):
            self._kept.append(shard)
        return len(self._kept) >= count

    def _look_after(self) -> None:
        """End the workers that hang. They are dropped at once: not even a kill ends one that waits for a lost disk."""
        self._watch.tick()
        for number, worker in list(self._workers.items()):
            if reason := self._watch.verdict(worker.signs, worker.shard is not None):
                threading.Thread(target=worker.child.kill, daemon=True).start()
                del self._workers[number]
                self._bury(worker, reason)

    def _handle(self, number: int, event: Event) -> None:
        worker = self._workers.get(number)
        if worker is None:  # dropped, and still talking
            return
        if event is None:
            del self._workers[number]
            self._bury(worker, worker.child.describe_death("try fewer --workers"))
        else:
            worker.signs.heard = self._watch.now
            self._hear(number, worker, event)

    def _hear(self, number: int, worker: _Worker, message: Message) -> None:
        match message:
            case Result(kind="ready"):
                worker.ready = worker.signs.ready = True
                self._staffing.on_ready(message)
                self._on_ready(message)
            case Result(kind="begin"):
                worker.at, worker.signs.moved = message.data["index"], self._watch.now
            case Result(kind="image"):
                self._hear_image(number, worker, message)
            case Result(kind="shard") if worker.shard is not None:
                self._hear_shard(worker, worker.shard, message)
            case Error(text=text, fatal=True):
                if worker.ready or not self._committed:
                    raise SimrealError(text)
                worker.said = text  # others did start: perhaps there is no memory for it just now
            case Error(text=text, fatal=False) if worker.shard is not None:
                self._give_up(worker, worker.shard, text)
            case Log():
                self._tally.once(message)

    def _hear_image(self, number: int, worker: _Worker, image: Result) -> None:
        seconds = float(image.data["seconds"])
        worker.images += 1
        worker.signs.images += 1
        worker.signs.moved = self._watch.now
        self._watch.count(seconds)
        self._tally.count(image)
        busy = [other.seat for other in self._workers.values() if other.shard is not None]
        self._staffing.on_image(number, seconds, busy, self._tally.left)

    def _hear_shard(self, worker: _Worker, shard: Shard, result: Result) -> None:
        worker.shard, worker.at, worker.images = None, None, 0
        self._committed += 1
        self._barren = 0
        self._on_commit(shard, result)
        resident = int(result.data["resident_bytes"])
        self._staffing.on_shard(resident)
        if worker.growth.count(resident, self._staffing.share_bytes):
            if not self._replaced:
                grown = f"from {worker.growth.settled_bytes / 1e9:.1f} to {resident / 1e9:.1f} GB"
                self._report(Log(f"a worker grew {grown} and is replaced, as others will be that do"))
            self._replaced = True
            self._send_home(worker)

    def _bury(self, worker: _Worker, death: str) -> None:
        """A worker is no more. What it was at is tried again, or given up."""
        if not worker.ready:
            self._false_starts += not worker.child.lost
            if self._false_starts >= MAX_ATTEMPTS:
                raise ToolError(f"render workers do not start: {worker.said or death}")
            return
        self._false_starts = 0
        shard = worker.shard
        if shard is None:
            return
        if worker.child.lost:
            self._report(Log(f"a worker was lost with its machine ({death}); {shard} is rendered again", "warning"))
        else:
            verdict = self._casualties.count(shard, worker.at, death)
            if verdict.set_aside:
                self._give_up(worker, shard, verdict.text)
                return
            self._report(Log(verdict.text, "warning"))
        self._tally.correct(-worker.images)
        self._source.put_back(shard)

    def _give_up(self, worker: _Worker, shard: Shard, reason: str) -> None:
        self._tally.correct(len(shard) - worker.images)
        worker.shard, worker.at, worker.images = None, None, 0
        self._set_aside.append(SetAside(shard, reason))
        self._source.give_up(shard, reason)
        self._barren += 1
        if self._barren >= (MOST_BARREN if self._committed else MAX_ATTEMPTS):
            what = "nothing more" if self._committed else "nothing"
            raise SimrealError(f"{what} can be rendered: {reason}")
        self._report(Log(f"images {shard} are set aside: {reason}", "warning"))

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
