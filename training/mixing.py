"""Big synthesis, small real: every batch holds a given share of images from a second labelled data set."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
import torch

from ..datasets.messages import Report
from ..datasets.reading import DataSet
from ..design.errors import RunError
from .config import RunConfig
from .defaults import default_split
from .distributed import Place
from .evaluation import samples_for
from .loading import Batch, Picture, Samples, epoch_order, load
from .sources import Source, Waiting
from .split_reference import SplitReference
from .transforms import Transform

_SECOND = 1 << 32  # added to the seed: the second set's order and augmentation are draws of their own


@attrs.frozen
class Mix:
    """Samples that are mixed in, labelled as the classes of the data trained on, and their share of every batch."""

    samples: Samples
    share: float

    def per_batch(self, size: int) -> int:
        """Images of a batch of ``size`` that are mixed in. Raises ``RunError`` where that would be none, or all."""
        count = round(size * self.share)
        if not 0 < count < size:
            raise RunError(
                f"--mix: a share of {self.share:g} of {size} images is {count}; choose a larger --batch-size"
            )
        return count


def read_mix(config: RunConfig, own: DataSet, report: Report) -> Mix | None:
    """What ``config.mix``, ``DATA[:SPLIT]:SHARE``, says. None where it says nothing.

    Raises ``RunError`` for a share that is none, ``DataSetError`` where the data is not there or shares no class.
    """
    if config.mix is None:
        return None
    name, _, text = config.mix.rpartition(":")
    try:
        share = float(text)
    except ValueError:
        share = 0.0
    if not name or not 0 < share < 1:
        raise RunError(f"--mix needs DATA:SHARE with a share between 0 and 1 (photos:0.1), not {config.mix}")
    reference = SplitReference.parse(name)
    data = reference.open(own, config.data)
    split = reference.split or default_split(data)
    mix = Mix(samples_for(data, split, own.classes, {}, report), share)
    mix.per_batch(config.batch_size)
    return mix


class Mixed:
    """A ``Source`` of batches that another source and a ``mix`` fill, the mix with its share, over and over.

    Which images a batch has depends on nothing but the seed and the step. An epoch is one of the other source.
    """

    def __init__(
        self, source: Source, mix: Mix, config: RunConfig, transform: Transform, *, pin: bool, place: Place
    ) -> None:
        self._source, self._mix, self._config = source, mix, config
        self._transform, self._pin, self._place = transform, pin, place
        self._size, self._count = config.batch_size, mix.per_batch(config.batch_size)
        self._steps = source.epoch_images // (self._size - self._count)
        if not self._steps or 0 < config.images < self._size:
            raise RunError(f"--mix: there are fewer images than a batch takes; lower --batch-size (now {self._size})")
        if self._count % place.size:
            raise RunError(f"--mix: its {self._count} images of a batch cannot be split among {place.size} devices")

    @property
    def epoch_images(self) -> int:
        return self._steps * self._size

    @property
    def checkpoint_steps(self) -> int:
        return self._source.checkpoint_steps

    @property
    def waited_s(self) -> float | None:
        return self._source.waited_s

    @property
    def note(self) -> str:
        return self._source.note

    def expect(self, images: int) -> None:
        self._source.expect(images // self._size * (self._size - self._count))

    def open(self) -> None:
        self._source.open()

    def close(self) -> None:
        self._source.close()

    def batches(self, epoch: int, first: int, stop: int, size: int, waiting: Waiting) -> Iterator[Batch]:
        start, end, own = first // size, stop // size, size - self._count
        workers = self._config.workers and max(1, round(self._config.workers * self._mix.share))
        more = load(self._wanted(epoch, start, end), self._transform, workers=workers, pin=self._pin)
        batches = self._source.batches(epoch, start * own, end * own, own, waiting)
        for (images, labels), (other_images, other_labels) in zip(batches, more, strict=False):  # it may end early
            yield torch.cat([images, other_images]), torch.cat([labels, other_labels])

    def state(self) -> dict[str, Any]:
        return {"source": self._source.state(), "mix": self._mix.samples.fingerprint()}

    def restore(self, state: dict[str, Any]) -> None:
        self._source.restore(state["source"])
        if state["mix"] != self._mix.samples.fingerprint():
            raise RunError("the checkpoint was made with other images mixed in; --overwrite starts again")

    def checkpointed(self) -> None:
        self._source.checkpointed()

    def results(self) -> dict[str, Any]:
        told = {"images": len(self._mix.samples), "share": self._count / self._size, "per_batch": self._count}
        return {**self._source.results(), "mix": {"data": self._config.mix, **told}}

    def _wanted(self, epoch: int, start: int, end: int) -> Iterator[list[Picture]]:
        """The pictures that are mixed into the steps ``start`` .. ``end`` - 1 of an epoch."""
        samples, seed = self._mix.samples, self._config.seed + _SECOND
        order: list[int] = []
        known = -1
        for step in range(epoch * self._steps + start, epoch * self._steps + end):
            batch: list[Picture] = []
            for position in range(step * self._count, (step + 1) * self._count):
                turn, place = divmod(position, len(samples))
                if turn != known:
                    order, known = epoch_order(len(samples), seed, turn), turn
                number = order[place]
                batch.append(Picture(samples.files[number], int(samples.labels[number]), (seed, turn, number)))
            yield list(self._place.part(batch))
