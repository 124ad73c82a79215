"""Rendering a data set: what is missing is rendered by workers, and what is complete is finished."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from typing import NoReturn

import attrs

from ..datasets.finishing import DamagedSplit, split_contents
from ..datasets.messages import Log, Report, Result
from ..datasets.shards import SHARD_SIZE, Shard, missing
from ..datasets.state import State
from ..design.assets import check_libraries
from ..design.counts import with_counts
from ..design.design import Design
from ..design.errors import SimrealError
from .ahead import Ahead
from .begun_folder import set_aside
from .engine import Engine, SetAside
from .interruption import interruptible
from .keeper import FolderKeeper, Keeper, PartKeeper
from .mirror import Mirror
from .pool import Pool
from .render_request import RenderRequest
from .shard_source import Listed
from .staffing import Fixed, Staffing
from .workforce import Workforce, gathered

SMALLEST_SHARD = 10
EXPECTED_GPUS = 4  # the first worker tells how many there are, when shards have long been cut


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
    check_libraries(request.design)
    keeper = _keeper(request, report)
    if request.set_aside:
        set_aside(request.out, request.design, report)
    with gathered(request) as workforce, keeper.held(), interruptible():
        kept = {name: count for name, count in keeper.kept_counts().items() if name not in chosen}
        design = with_counts(request.design, kept)
        state = keeper.open(design, request.storage)
        return _Render(request, design, keeper, state, workforce, report).run(chosen)


def begin_data_set(request: RenderRequest, report: Report) -> None:
    """Do what must be done once before others render parts of a data set: all but rendering."""
    check_libraries(request.design)
    keeper = _keeper(request, report)
    with keeper.held():
        chosen = request.splits or tuple(split.name for split in request.design.splits)
        kept = {name: count for name, count in keeper.kept_counts().items() if name not in chosen}
        keeper.note(keeper.open(with_counts(request.design, kept), request.storage))


class _Render:
    """One call of ``render_data_set``, once the folder is ours."""

    def __init__(  # noqa: PLR0917 - all that one call works with
        self,
        request: RenderRequest,
        design: Design,
        keeper: Keeper,
        state: State,
        workforce: Workforce,
        report: Report,
    ) -> None:
        self._request = request
        self._design = design
        self._keeper = keeper
        self._data = keeper.data
        self._state = state
        self._workforce = workforce
        self._report = report
        self._staffing: Staffing = Fixed(())
        self._damaged: set[str] = set()
        self._mark = time.monotonic()
        self._left: dict[str, int] = {}
        self._rendered: dict[str, int] = {}
        self._seconds: dict[str, float] = {}
        self._told = False

    def run(self, chosen: Sequence[str]) -> RenderSummary:
        if self._request.follow:
            self._follow(*chosen)
        start = time.monotonic()
        shards = self._missing(chosen)
        whole = sum(self._design.split(name).count for name in chosen)
        wanted = sum(map(len, shards)) if self._request.part else whole
        for name in chosen:
            if not self._left[name]:
                self._finish(name)
        if self._damaged:
            shards = self._missing(chosen)
        before = wanted - sum(map(len, shards))
        set_aside: tuple[SetAside, ...] = ()
        if shards:
            if before:
                self._report(Log(f"{before} of {wanted} images are there already"))
            set_aside = self._work(shards, before)
            if not any(self._rendered.values()) and not before:
                raise SimrealError(f"nothing can be rendered: {set_aside[0].reason}")
            damaged = [name for name in chosen if name in self._damaged and not self._left[name]]
            if damaged:  # found when the split was to be finished
                shards = self._missing(damaged)
                set_aside += self._work(shards, wanted - sum(map(len, shards)))
        splits = tuple(self._summary(name) for name in chosen)
        return RenderSummary(splits, set_aside, self._state.renderer, time.monotonic() - start)

    def _follow(self, split: str) -> NoReturn:
        """Render ahead until interrupted. Each shard is told with what it took, so that one knows how fast this is."""

        def tell(shard: Shard, result: Result) -> None:
            seats, seconds = len(self._staffing.seats), result.data["seconds"]
            self._report(Result("ahead", {"images": len(shard), "seconds": seconds, "workers": seats}))

        count = self._design.split(split).count
        self._staff(count)
        try:
            self._engine(tell).run(Ahead(self._data, split), count)
        finally:
            self._keeper.leave()
        raise AssertionError("a stream has no end of its own")

    def _missing(self, chosen: Sequence[str]) -> list[Shard]:
        """What to render, in shards so small that all workers have some, so large that they share what is loaded."""
        request = self._request
        counts = {name: self._design.split(name).count for name in chosen}
        if request.retry_failed:
            for name in chosen:
                self._keeper.look_up(name)

        def shards(size: int) -> list[Shard]:
            again = request.retry_failed
            return [
                shard
                for name, count in counts.items()
                for shard in missing(self._data, name, count, size, retry_failed=again)
            ]

        if request.part:
            found = request.part.of(self._data, counts, retry_failed=request.retry_failed)
            self._staff(sum(map(len, found)))
        else:
            total = sum(map(len, shards(SHARD_SIZE)))
            self._staff(total)
            expected = max(len(self._staffing.seats), 1 if self._staffing.seats[0].device == "cpu" else EXPECTED_GPUS)
            found = shards(min(max(math.ceil(total / (2 * expected)), SMALLEST_SHARD), SHARD_SIZE))
        self._left |= {name: sum(len(shard) for shard in found if shard.split == name) for name in chosen}
        return found

    def _staff(self, images: int) -> None:
        """Have workers for so many images."""
        most = max(1, math.ceil(images / SMALLEST_SHARD))
        self._staffing = self._workforce.staffing(self._data, self._report, most)

    def _engine(self, on_commit: Callable[[Shard, Result], None]) -> Engine:
        site = self._workforce.site(self._data, self._design)
        timeout_s = self._request.image_timeout_s
        return Pool(site, self._staffing, self._report, self._on_ready, on_commit, image_timeout_s=timeout_s)

    def _work(self, shards: Sequence[Shard], before: int) -> tuple[SetAside, ...]:
        engine = self._engine(self._on_commit)
        try:
            return engine.run(Listed(shards), before + sum(map(len, shards)), before)
        except KeyboardInterrupt:
            counts = {name: self._design.split(name).count for name in self._left}
            for name in counts:
                self._keeper.refresh(name)
            left = sum(len(shard) for name, count in counts.items() for shard in missing(self._data, name, count))
            text = (
                f"stopped with {left} images to go; the same command, or `simreal render {self._keeper.place}`, goes on"
            )
            self._report(Log(text))
            raise
        finally:
            self._keeper.leave()

    def _on_ready(self, ready: Result) -> None:
        """Note what renders."""
        renderer, device = str(ready.data["renderer"]), str(ready.data["device"])
        if not self._told:
            self._told = True
            self._report(Log(f"{renderer} ({device}): {self._workforce.described(self._staffing)}"))
            if not self._state.renderer:
                self._state = attrs.evolve(self._state, renderer=renderer)
                self._keeper.note(self._state)
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
        self._keeper.committed(shard)
        if not self._left[name]:
            self._finish(name)

    def _finish(self, name: str) -> None:
        """A split is complete: write its metadata, and the card anew; or note that some of it is damaged, once."""
        try:
            self._keeper.finish(self._design, name, self._state)
        except DamagedSplit as damage:
            if name in self._damaged:
                raise
            self._damaged.add(name)
            self._report(Log(str(damage), "warning"))
            return
        self._damaged.discard(name)

    def _summary(self, name: str) -> SplitSummary:
        self._keeper.look_up(name)
        contents = split_contents(self._data, name, self._design.split(name).count, self._design.class_names)
        return SplitSummary(
            name,
            contents.total,
            self._rendered.get(name, 0),
            len(contents.failures),
            self._left[name],
            self._seconds.get(name, 0.0),
        )


def _keeper(request: RenderRequest, report: Report) -> Keeper:
    if request.url:
        return Mirror(request.url, report, request.patience_s, part=request.part is not None)
    return PartKeeper(request.out) if request.part else FolderKeeper(request.out)
