"""The render worker: a process that renders shards it is given on stdin and reports on stdout, until stdin ends.

Orders are JSON lines, ``{"split": "train", "start": 0, "stop": 50, "given_up": {"7": "killed 3 workers"}}``: images
given up are not tried. Answers are messages: ``Result("ready")`` once, ``Result("begin")`` and ``Result("image")`` for
each image, ``Result("shard")``, ``Error`` with ``fatal=False`` for a shard that came to nothing, and a fatal ``Error``
before leaving because no shard can be rendered; and ``Result("beat")`` every few seconds. Images are rendered in the
order that suits the session and written under their index; where stdin ends in the middle of a shard, what is rendered
of it is kept.
"""

from __future__ import annotations

import json
import os
import queue
import threading
import time
from collections.abc import Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path

import attrs

from ..datasets.layout import DESIGN_FILE, job_file
from ..datasets.messages import Error, Report, Result
from ..datasets.shards import Shard, ShardWriter
from ..design.design import Design
from ..design.document import load, overridden
from ..design.errors import SimrealError
from ..design.sampling import ImageSpec, Sampler
from .devices import count_gpus
from .finishing import ImageError, RenderedImage, finished
from .memory import resident_bytes
from .seats import Seat
from .session import RenderSession, SessionSettings
from .stdin_lines import stdin_lines
from .watch import BEAT_S


class Stopped(Exception):
    """Stdin has ended: nobody waits for this shard any more."""


@attrs.frozen
class Order:
    """A shard to render, and why some of its images are not to be tried."""

    shard: Shard
    given_up: Mapping[int, str] = attrs.field(factory=dict)


def serve(job: Path, seat: Seat, report: Report) -> int:
    """Work until stdin ends. Returns 0, or 2 after a fatal error, which is reported."""
    try:
        data = job.resolve().parent.parent
        assert job_file(data) == job.resolve(), "a job lies in its data set's own folder"
        threading.Thread(target=_beat, args=(report,), daemon=True).start()
        orders = Orders()
        with Bench(load(data / DESIGN_FILE), SessionSettings(seat.threads, seat.device, seat.gpu), report) as bench:
            device = {"device": bench.device, "gpus": count_gpus(bench.device)}
            report(Result("ready", {"renderer": bench.renderer, **device, "pid": os.getpid()}))
            for order in iter(orders.next, None):
                try:
                    render_shard(data, order, bench, orders, report)
                except MemoryError as error:
                    # at once: closing Blender's file without memory may wait for ever
                    os.write(2, (" ".join(f"MemoryError: {error}".split()) + "\n").encode())
                    os._exit(1)
    except Stopped:
        return 0
    except SimrealError as error:
        report(Error(str(error)))
        return 2
    return 0


def _beat(report: Report) -> None:
    """Tell from time to time that this process lives."""
    while True:
        report(Result("beat", {}))
        time.sleep(BEAT_S)


class Orders:
    """The shards asked for on stdin, read in a thread so that the end of stdin is noticed between two images."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Order | None] = queue.SimpleQueue()
        self.ended = False
        threading.Thread(target=self._read, daemon=True).start()

    def next(self) -> Order | None:
        """Wait for the next order; None when there are no more."""
        return self._queue.get()

    def _read(self) -> None:
        for line in stdin_lines():
            order = json.loads(line)
            given_up = {int(index): reason for index, reason in order.pop("given_up").items()}
            self._queue.put(Order(Shard(**order), given_up))
        self.ended = True
        self._queue.put(None)


class Bench:
    """The session at work. It is renewed only where a split asks for other image settings than the one before."""

    def __init__(self, design: Design, settings: SessionSettings, report: Report) -> None:
        self._design = design
        self._settings = settings
        self._report = report
        self._session = self._open(design)
        self._image = design.image
        self._samplers: dict[str, Sampler] = {}

    def __enter__(self) -> Bench:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    @property
    def device(self) -> str:
        """What renders, for people: ``CPU``, or ``OPTIX: NVIDIA H200``."""
        return self._session.device

    @property
    def renderer(self) -> str:
        """What bytes depend on besides the design: Blender's version and the kind of device."""
        return self._session.renderer

    def session(self, split: str) -> RenderSession:
        """The session for images of a split."""
        design = overridden(self._design, self._design.split(split))
        if design.image != self._image:
            self._session.close()
            self._session = self._open(design)
            self._image = design.image
        return self._session

    def specs(self, shard: Shard) -> list[ImageSpec]:
        """The shard's images."""
        if shard.split not in self._samplers:
            self._samplers[shard.split] = Sampler(self._design, shard.split)
        return [self._samplers[shard.split].spec(index) for index in shard.indices]

    def _open(self, design: Design) -> RenderSession:
        session = RenderSession(design, self._settings, self._report)
        session.check_classes()
        return session


def render_shard(data: Path, order: Order, bench: Bench, orders: Orders, report: Report) -> None:
    """Render and commit one shard. Raises Stopped, SimrealError where no further shard can be rendered either, and
    MemoryError, after which this process is not to be trusted.

    While an image is traced, the one before it is finished in another thread.
    """
    start = time.perf_counter()
    shard = order.shard
    session = bench.session(shard.split)
    with ShardWriter(data, shard) as writer, ThreadPoolExecutor(1) as finisher:
        work = _Work(shard, writer, report, dict(order.given_up))
        for spec in session.ordered(bench.specs(shard)):
            if orders.ended:  # paused or cancelled: what is rendered is kept
                work.settle()
                writer.commit_part()
                raise Stopped
            if spec.index in order.given_up:
                work.leave_out(spec)
                continue
            report(Result("begin", {"split": shard.split, "index": spec.index}))
            image = _attempted(session, spec, finisher)
            work.settle()
            work.pending = spec, image
        work.settle()
        if len(work.failed) == len(shard):
            reason = work.failed[shard.start]
            report(Error(f"all {len(shard)} images failed; the first: {reason}", fatal=False))
            return
        writer.commit()
    seconds = time.perf_counter() - start
    figures = {"failed": len(work.failed), "seconds": seconds, "resident_bytes": resident_bytes()}
    report(Result("shard", {**attrs.asdict(shard), **figures}))


def _attempted(session: RenderSession, spec: ImageSpec, finisher: Executor) -> Future[RenderedImage]:
    """The image, or why there is none, as it will be known when it is finished."""
    try:
        return finisher.submit(finished, session.trace(spec))
    except MemoryError:
        raise
    except Exception as error:
        if "out of" in str(error).lower() and "memory" in str(error).lower():
            # Blender's "Out of memory", Cycles' "System is out of GPU memory": what it renders from now on is wrong,
            # and it does not say so again (bpy 4.5, short of address space: black images)
            raise MemoryError(str(error)) from None
        failed: Future[RenderedImage] = Future()
        failed.set_exception(error)
        return failed


@attrs.define
class _Work:
    """A shard in the making: ``pending`` is being finished, ``failed`` are the images that came to nothing, and why.

    ``lap`` is when the image before was done.
    """

    shard: Shard
    writer: ShardWriter
    report: Report
    failed: dict[int, str]
    pending: tuple[ImageSpec, Future[RenderedImage]] | None = None
    lap: float = attrs.field(factory=time.perf_counter)

    def settle(self) -> None:
        """Wait for the pending image, and write it or note why there is none."""
        if self.pending is None:
            return
        (spec, image), self.pending = self.pending, None
        try:
            made = image.result()
        except ImageError as error:
            self.failed[spec.index] = str(error)
        except (ArithmeticError, LookupError, RuntimeError, TypeError, ValueError) as error:
            # a spec that a factor or Blender cannot make true: this image fails, the worker does not
            self.failed[spec.index] = f"{type(error).__name__}: {error}"
        else:
            self.writer.add(made.jpeg, made.row(spec))
        self._tell(spec)

    def leave_out(self, spec: ImageSpec) -> None:
        """Do without an image that has been given up."""
        self._tell(spec)

    def _tell(self, spec: ImageSpec) -> None:
        if spec.index in self.failed:
            self.writer.fail(spec.index, self.failed[spec.index])
        now = time.perf_counter()
        done = {"split": self.shard.split, "index": spec.index, "failed": self.failed.get(spec.index)}
        self.report(Result("image", {**done, "seconds": now - self.lap}))
        self.lap = now
