"""Rendering a data set: what is missing is rendered by workers, and what is complete is finished."""

from __future__ import annotations

import math
import shutil
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

import attrs

from ..datasets.card import write_card
from ..datasets.finishing import finish_split, split_contents
from ..datasets.layout import job_file, metadata_file, state_file
from ..datasets.lock import exclusive
from ..datasets.messages import Log, Report, Result
from ..datasets.shards import SHARD_SIZE, Shard, missing
from ..datasets.state import State, check_usable, free_name, kept_counts, prepare, read_state, sweep, write_state
from ..datasets.writing import writing_to
from ..design.assets import check_libraries
from ..design.counts import with_counts
from ..design.design import Design
from ..design.errors import SimrealError
from ..design.identity import design_hash
from .cluster import Cluster, connected
from .engine import Engine, SetAside
from .jobs import Job, read_job, write_job
from .launch import available_cores, gpu_possible, worker_command
from .pool import Pool
from .seats import Seat, described
from .shard_source import Listed
from .site import Site, ThisMachine
from .slot import Post
from .staffing import Fixed, Staffing, ThisMachinesStaffing, Wish
from .trial import Crew

SMALLEST_SHARD = 10


@attrs.frozen
class RenderRequest:
    """What to render and how. ``splits`` are names, all if empty; ``workers`` and ``threads`` None: what suits here.

    ``gpus`` are the numbers of those to use, all if empty; ``seats`` say all of this at once, a worker each, in place
    of the four. ``image_timeout_s`` is the longest an image may take before its worker counts as hung; None: by how
    long images take. ``engine`` is ``local``, the workers of this machine, or ``ray``, those of the cluster at
    ``address`` (see ``cluster.connected``).

    With ``set_aside`` a folder that holds images of another design is renamed, and a new one begun in its place.
    """

    design: Design
    out: Path
    splits: tuple[str, ...] = ()
    workers: int | None = None
    threads: int | None = None
    device: str = "auto"
    gpus: tuple[int, ...] = ()
    seats: tuple[Seat, ...] = ()
    image_timeout_s: float | None = None
    blender: Path | None = None
    retry_failed: bool = False
    set_aside: bool = False
    engine: str = "local"
    address: str = "auto"


@attrs.frozen
class SplitSummary:
    """What became of a split: ``images`` there, ``rendered`` just now in ``seconds``, ``failed``, still ``missing``."""

    name: str
    images: int
    rendered: int
    failed: int
    missing: int
    seconds: float


@attrs.frozen
class RenderSummary:
    """What became of a request."""

    splits: tuple[SplitSummary, ...]
    set_aside: tuple[SetAside, ...]
    renderer: str
    seconds: float


def render_data_set(request: RenderRequest, report: Report) -> RenderSummary:
    """Render all images that are missing. Blocks; Ctrl-C and SIGTERM end it with what is finished kept.

    Raises SimrealError where nothing can be rendered. If the folder was begun by this call and no shard was committed,
    it is removed again.
    """
    chosen = request.splits or tuple(split.name for split in request.design.splits)
    for name in chosen:
        request.design.split(name)
    check_usable(request.out)
    check_libraries(request.design)
    if request.engine == "local":
        worker_command(job_file(request.out), Seat(), request.blender)  # raises where there is nothing that renders
    if request.set_aside:
        _set_aside(request, report)
    with _cluster(request) as cluster, _begun(request.out), exclusive(request.out), _signals():
        kept = {name: count for name, count in kept_counts(request.out).items() if name not in chosen}
        design = with_counts(request.design, kept)
        return _Render(request, design, prepare(request.out, design), cluster, report).run(chosen)


class _Render:
    """One call of ``render_data_set``, once the folder is ours."""

    def __init__(
        self, request: RenderRequest, design: Design, state: State, cluster: Cluster | None, report: Report
    ) -> None:
        self._request = request
        self._design = design
        self._data = request.out
        self._state = state
        self._cluster = cluster
        self._report = report
        self._staffing: Staffing = Fixed(())
        self._mark = time.monotonic()
        self._left: dict[str, int] = {}
        self._rendered: dict[str, int] = {}
        self._seconds: dict[str, float] = {}
        self._told = False

    def run(self, chosen: Sequence[str]) -> RenderSummary:
        start = time.monotonic()
        shards = self._missing(chosen)
        wanted = sum(self._design.split(name).count for name in chosen)
        before = wanted - sum(map(len, shards))
        self._left = {name: sum(len(shard) for shard in shards if shard.split == name) for name in chosen}
        for name in chosen:
            if not self._left[name]:
                self._finish(name)
        set_aside: tuple[SetAside, ...] = ()
        if shards:
            if before:
                self._report(Log(f"{before} of {wanted} images are there already"))
            set_aside = self._work(shards, before)
            if not any(self._rendered.values()) and not before:
                raise SimrealError(f"nothing can be rendered: {set_aside[0].reason}")
        splits = tuple(self._summary(name) for name in chosen)
        return RenderSummary(splits, set_aside, self._state.renderer, time.monotonic() - start)

    def _missing(self, chosen: Sequence[str]) -> list[Shard]:
        """What to render, in shards so small that all workers have some, so large that they share what is loaded."""
        request = self._request

        def shards(size: int) -> list[Shard]:
            return [
                shard
                for name in chosen
                for shard in missing(
                    self._data, name, self._design.split(name).count, size, retry_failed=request.retry_failed
                )
            ]

        total = sum(map(len, shards(SHARD_SIZE)))
        self._staffing = self._staff(max(1, math.ceil(total / SMALLEST_SHARD)))
        size = math.ceil(total / (2 * len(self._staffing.seats)))
        return shards(min(max(size, SMALLEST_SHARD), SHARD_SIZE))

    def _staff(self, most: int) -> Staffing:
        """Who is to render: as the user wished, or as was measured here before, or as is to be found out."""
        request, job = self._request, read_job(self._data)
        write_job(self._data, job)
        if request.seats:
            return Fixed(request.seats)
        if self._cluster:
            return self._cluster.staffing(Wish(request.device, request.workers, request.threads), most)
        device = "cpu" if request.device == "auto" and not request.gpus and not gpu_possible() else request.device
        wish = Wish(device, request.workers, request.threads, request.gpus)
        known = Crew(job.workers, job.threads) if job.cores == available_cores() else None
        return ThisMachinesStaffing(wish, most, known, self._report, self._remember)

    def _remember(self, crew: Crew) -> None:
        write_job(self._data, Job(crew.workers, crew.threads, available_cores()))

    def _engine(self) -> Engine:
        job, request = job_file(self._data.resolve()), self._request
        site: Site = ThisMachine(lambda seat: worker_command(job, seat, request.blender))
        if self._cluster:
            state = state_file(self._data).read_bytes()
            site = self._cluster.site(Post(self._design, state, self._data.resolve(), blender=request.blender))
        hear = (self._report, self._on_ready, self._on_commit)
        return Pool(site, self._staffing, *hear, image_timeout_s=request.image_timeout_s)

    def _work(self, shards: Sequence[Shard], before: int) -> tuple[SetAside, ...]:
        engine = self._engine()
        try:
            return engine.run(Listed(shards), before + sum(map(len, shards)), before)
        except KeyboardInterrupt:
            counts = {name: self._design.split(name).count for name in self._left}
            left = sum(len(shard) for name, count in counts.items() for shard in missing(self._data, name, count))
            text = f"stopped with {left} images to go; the same command, or `simreal render {self._data}`, goes on"
            self._report(Log(text))
            raise
        finally:
            sweep(self._data)

    def _on_ready(self, ready: Result) -> None:
        """Note what renders."""
        renderer, device = str(ready.data["renderer"]), str(ready.data["device"])
        if not self._told:
            self._told = True
            where = f"{self._cluster}, up to " if self._cluster else ""
            self._report(Log(f"{renderer} ({device}): {where}{described(self._staffing.seats)}"))
            if not self._state.renderer:
                self._state = attrs.evolve(self._state, renderer=renderer)
                write_state(self._data, self._state)
            elif self._state.renderer != renderer:
                text = f"this data set was begun with {self._state.renderer}; images of {renderer} may differ slightly"
                self._report(Log(text, "warning"))

    def _on_commit(self, shard: Shard, result: Result) -> None:
        now = time.monotonic()
        name = shard.split
        self._seconds[name] = self._seconds.get(name, 0.0) + now - self._mark
        self._mark = now
        self._rendered[name] = self._rendered.get(name, 0) + len(shard) - int(result.data["failed"])
        self._left[name] -= len(shard)
        if not self._left[name]:
            self._finish(name)

    def _finish(self, name: str) -> None:
        """A split is complete: write its metadata, and the card anew."""
        finish_split(self._data, name, self._design.split(name).count)
        finished = [split for split in self._design.splits if metadata_file(self._data, split.name).is_file()]
        contents = [split_contents(self._data, s.name, s.count, self._design.class_names) for s in finished]
        write_card(self._data, self._design, contents, self._state.renderer)

    def _summary(self, name: str) -> SplitSummary:
        contents = split_contents(self._data, name, self._design.split(name).count, self._design.class_names)
        return SplitSummary(
            name,
            contents.total,
            self._rendered.get(name, 0),
            len(contents.failures),
            self._left[name],
            self._seconds.get(name, 0.0),
        )


@contextmanager
def _cluster(request: RenderRequest) -> Iterator[Cluster | None]:
    """The cluster asked for, None for this machine."""
    if request.engine == "local":
        yield None
        return
    with connected(request.address) as cluster:
        yield cluster


def _set_aside(request: RenderRequest, report: Report) -> None:
    """Rename the folder where it holds the images of another design, and no one renders into it."""
    out = request.out
    state = read_state(out)
    if state is None or state.design_hash == design_hash(request.design):
        return
    with exclusive(out):
        pass  # given up again before the folder is renamed: Windows renames none with an open file
    aside = free_name(out)
    with writing_to(out):
        out.rename(aside)
    report(Log(f"the images of the design as it was before are now in {aside}"))


@contextmanager
def _begun(out: Path) -> Iterator[None]:
    """Make the folder; if it is new, an error before the first commit takes back all that was made."""
    new = [path for path in (out, *out.absolute().parents) if not path.exists()]
    empty = bool(new) or not any(out.iterdir())
    try:
        with writing_to(out):
            out.mkdir(parents=True, exist_ok=True)
        yield
    except SimrealError:
        if empty and out.is_dir() and not any(out.glob(".simreal/*/*.jsonl")):
            with suppress(FileNotFoundError):  # somebody else is deleting it too
                for path in out.iterdir():
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
                for path in new:
                    path.rmdir()
        raise


@contextmanager
def _signals() -> Iterator[None]:
    """SIGTERM and Ctrl-C raise KeyboardInterrupt (Blender has a handler of its own for Ctrl-C), in the main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, _interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            # None: a handler that is not Python's, as Blender's own for Ctrl-C; it cannot be put back from here
            signal.signal(number, signal.SIG_DFL if handler is None else handler)


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
