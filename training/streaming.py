"""Training on a stream: images are rendered while training goes on, and each is seen once, in the order of its index.

What renders is another process, which training sees as a ``Supply``. Both speak through the data set's folder
(``datasets.streams``): training says there how far ahead it wants images, and takes the shards that are committed.
A shard is deleted once a checkpoint is past it, so that whatever happens training goes on where that checkpoint is.
"""

from __future__ import annotations

import itertools
import math
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs

from ..datasets.layout import metadata_files
from ..datasets.messages import Log, Report
from ..datasets.records import Record, Row, json_line
from ..datasets.shards import SHARD_SIZE
from ..datasets.streams import Window, discard, discard_all, discard_strays, record_at, write_window
from .config import RunConfig
from .loading import Batch, Picture, load
from .run_folder import CONSUMED, write_bytes
from .sources import Waiting
from .stream_pace import StreamPace
from .supply import Supply
from .transforms import Transform

STREAM_CHECKPOINT_STEPS = 200  # what was seen since is on disk still
_POLL_S = 0.05
_NOTABLE, _MUCH = 0.005, 0.2  # shares of waiting that are shown, and that are worth a word of advice
_ADVICE_AFTER_S = 20.0


@attrs.frozen
class Range:
    """Images that were trained on: ``images`` of the indices ``first`` .. ``stop`` - 1; the others failed."""

    first: int
    stop: int
    images: int


class Stream:
    """A ``Source`` that never gives an image twice. ``position`` is the next index that training has not seen."""

    def __init__(
        self, supply: Supply, config: RunConfig, folder: Path, transform: Transform, *, pin: bool, report: Report
    ) -> None:
        self.position = 0
        self.seen: list[Picture] = []  # the batch that was given last
        self._supply = supply
        self._config = config
        self._folder = folder
        self._transform = transform
        self._pin = pin
        self._report = report
        self._pace = StreamPace()
        self._ranges: tuple[Range, ...] = ()
        self._images = self._reused = self._expected = 0
        self._window = Window(0, 0)
        self._keep = config.keep
        self._advised = False

    @property
    def epoch_images(self) -> int:
        """What the design says of the split: a stream has no end of its own."""
        return self._supply.count(self._config.split)

    @property
    def checkpoint_steps(self) -> int:
        return STREAM_CHECKPOINT_STEPS

    @property
    def waited_s(self) -> float:
        return self._pace.all_waiting_s

    @property
    def note(self) -> str:
        if not self._pace.seconds:
            return "waiting for the first renders"
        share = self._pace.waited_share
        return f"waiting for renders {100 * share:.0f} %" if share >= _NOTABLE else ""

    def expect(self, images: int) -> None:
        self._expected = images

    def open(self) -> None:
        """Have rendering begin, at the first index that was not seen."""
        data, split = self._supply.data.path, self._config.split
        self._window = Window(self.position, self.position)
        self._ask(self.position, self._expected - self._images)
        self._keep = self._config.keep or bool(metadata_files(data, split))  # an earlier run has kept them
        if not self._keep:
            discard(data, split, self.position)
            discard_strays(data, split, self.position)
        self._supply.start(split)

    def close(self) -> None:
        """The run is complete: rendering ends, and what is left is deleted, or kept and made a data set."""
        self._supply.stop()
        data, split = self._supply.data.path, self._config.split
        if self._keep:
            self._supply.render([split], count=self.position)
        else:
            discard_all(data, split)

    def batches(self, epoch: int, first: int, stop: int, size: int, waiting: Waiting) -> Iterator[Batch]:
        given: deque[list[Picture]] = deque()
        wanted = self._sequences(stop - first, size, given, waiting)
        mark = time.monotonic()
        for batch in load(wanted, self._transform, workers=self._config.workers, pin=self._pin):
            now, self.seen = time.monotonic(), given.popleft()
            self._pace.count(len(self.seen), now - mark)
            mark = now
            self._images += len(self.seen)
            self._reused += sum(picture.key[2] < self.position for picture in self.seen)
            self.position = self.seen[-1].key[2] + 1
            self._advise()
            self._supply.check()
            yield batch
        self._pace.count(0, time.monotonic() - mark)

    def state(self) -> dict[str, Any]:
        return {
            "position": self.position,
            "ranges": [attrs.astuple(each) for each in self._all_ranges()],
            "reused": self._reused,
            "pace": self._pace.to_json(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        self.position = int(state["position"])
        self._ranges = tuple(Range(*each) for each in state["ranges"])
        self._images = sum(each.images for each in self._ranges)
        self._reused = int(state["reused"])
        self._pace = StreamPace(**state["pace"])

    def checkpointed(self) -> None:
        """Log what was seen, let its renderer know, and delete the shards that nobody will ask for again."""
        self._ranges = self._all_ranges()
        lines = b"".join(json_line(attrs.asdict(each)) + b"\n" for each in self._ranges)
        write_bytes(self._folder / CONSUMED, lines)
        data, split = self._supply.data.path, self._config.split
        self._window = attrs.evolve(self._window, first=self.position)
        write_window(data, split, self._window)
        if not self._keep:
            discard(data, split, self.position)

    def results(self) -> dict[str, Any]:
        pace, rate = self._pace, self._supply.rate()
        implied = pace.implied_share(rate)
        return {
            "images": self._images,
            "stream": {
                "next_index": self.position,
                "images_reused": self._reused,
                "images_failed": self.position - self._images,
                "waited_share": round(pace.waited_share, 4),
                "implied_share": None if implied is None else round(implied, 4),
                "waited_s": round(pace.waited_s, 2),
                "first_images_s": round(pace.first_s, 2),
                "train_images_per_s": round(pace.images_per_s, 2),
                "render_images_per_s": None if rate is None else round(rate, 2),
            },
        }

    def _all_ranges(self) -> tuple[Range, ...]:
        """With what was seen since the last checkpoint."""
        first = self._ranges[-1].stop if self._ranges else 0
        if first == self.position:
            return self._ranges
        images = self._images - sum(each.images for each in self._ranges)
        return (*self._ranges, Range(first, self.position, images))

    def _sequences(
        self, images: int, size: int, given: deque[list[Picture]], waiting: Waiting
    ) -> Iterator[list[Picture]]:
        """The pictures of the next batches; they are noted in ``given`` too, for when they come back loaded."""
        pictures = self._pictures(waiting)
        while images:
            batch = list(itertools.islice(pictures, min(size, images)))
            if len(batch) < min(size, images):  # asked to stop
                return
            images -= len(batch)
            given.append(batch)
            yield batch

    def _pictures(self, waiting: Waiting) -> Iterator[Picture]:
        """All images from ``position`` on that did not fail."""
        index, left = self.position, self._expected - self._images
        while (record := self._next(index, left, waiting)) is not None:
            for row in record.rows():
                if row["index"] >= index:
                    yield self._picture(row)
                    left -= 1
            index = record.shard.stop

    def _next(self, index: int, left: int, waiting: Waiting) -> Record | None:
        """The record that holds an image; None where training is to stop. ``left`` images are wanted from there on."""
        data, split = self._supply.data.path, self._config.split
        self._ask(index, left)
        record = record_at(data, split, index)
        if record is not None:
            return record
        self._pace.wait()
        try:
            while record is None:
                self._supply.check()
                if waiting():
                    return None
                time.sleep(_POLL_S)
                record = record_at(data, split, index)
        finally:
            self._pace.go_on()
        return record

    def _ask(self, index: int, left: int) -> None:
        """Have ``ahead`` shards rendered from an index on, but no more images than are wanted."""
        start = math.ceil(index / SHARD_SIZE) * SHARD_SIZE
        stop = max(self._window.stop, min(start + self._config.ahead * SHARD_SIZE, index + left))
        if self._window.stop != stop:
            self._window = attrs.evolve(self._window, stop=stop)
            write_window(self._supply.data.path, self._config.split, self._window)

    def _picture(self, row: Row) -> Picture:
        data = self._supply.data
        file = data.path / self._config.split / str(row["file_name"])
        label = data.classes.index(row["class"])
        return Picture(file, label, (self._config.seed, 0, row["index"]), row.get("model"))

    def _advise(self) -> None:
        """Once, where it is clear: who waits, and what helps."""
        pace, share = self._pace, self._pace.waited_share
        if self._advised or pace.seconds < _ADVICE_AFTER_S or share < _MUCH:
            return
        self._advised = True
        rate = self._supply.rate()
        renders = f" ({rate:.1f} images/s, training {pace.images_per_s:.1f})" if rate else ""
        advice = (
            "render on a GPU (--render-device) or a cluster (--engine ray), take fewer samples, or a larger network"
        )
        self._report(Log(f"training waits for renders {100 * share:.0f} % of its time{renders}: {advice}", "warning"))
