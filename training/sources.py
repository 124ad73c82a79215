"""Where training gets its images from: a split that is there, gone through epoch after epoch, or a stream."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any, Protocol, TypeAlias

import attrs

from ..design.errors import RunError
from .config import RunConfig
from .distributed import Place
from .loading import Batch, Samples, batches, epoch_order
from .transforms import Transform

CHECKPOINT_STEPS = 2000  # besides every end of an epoch: an epoch of millions of images takes a day

Waiting: TypeAlias = Callable[[], bool]


class Source(Protocol):
    """What the loop takes its batches from."""

    @property
    def epoch_images(self) -> int:
        """Images in an epoch."""

    @property
    def checkpoint_steps(self) -> int:
        """Steps after which there is to be a checkpoint, besides the one at every end of an epoch."""

    @property
    def waited_s(self) -> float | None:
        """Seconds that training has waited for images so far; None where they are all there."""

    @property
    def note(self) -> str:
        """What a progress line is to say of it; mostly nothing."""

    def expect(self, images: int) -> None:
        """Be told how many images the whole run takes."""

    def open(self) -> None:
        """Be told that batches will be asked for."""

    def close(self) -> None:
        """Be told that the run is complete."""

    def batches(self, epoch: int, first: int, stop: int, size: int, waiting: Waiting) -> Iterator[Batch]:
        """The images ``first`` .. ``stop`` - 1 of an epoch, in batches of ``size``; the last may be smaller. Where
        several processes train, this one's part of each.

        A batch that has been given is taken for trained on. While there is none, ``waiting`` is called now and then;
        where it returns True, the iteration ends early.
        """

    def state(self) -> dict[str, Any]:
        """What a checkpoint has to know, as plain values."""

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a checkpoint. RunError where it was made with other images."""

    def checkpointed(self) -> None:
        """Be told that a checkpoint of the present state has been written."""

    def results(self) -> dict[str, Any]:
        """What ``results.json`` says of the images."""


@attrs.define
class Epochs:
    """A split that is there: a finite prefix of its sequence, in a new order every epoch."""

    samples: Samples
    config: RunConfig
    transform: Transform
    pin: bool = False
    place: Place = attrs.field(factory=Place)
    waited_s: float | None = None
    note: str = ""

    @property
    def epoch_images(self) -> int:
        return len(self.samples)

    @property
    def checkpoint_steps(self) -> int:
        return CHECKPOINT_STEPS

    def expect(self, images: int) -> None:
        """It makes no difference: they are all there."""

    def open(self) -> None:
        """Nothing to do."""

    def close(self) -> None:
        """Nothing to do."""

    def batches(self, epoch: int, first: int, stop: int, size: int, waiting: Waiting) -> Iterator[Batch]:
        config, order = self.config, epoch_order(len(self.samples), self.config.seed, epoch)
        return batches(
            self.samples, self.place.part(order[first:stop]), size // self.place.size, self.transform,
            seed=config.seed, epoch=epoch, workers=config.workers, pin=self.pin,
        )  # fmt: skip

    def state(self) -> dict[str, Any]:
        return {"samples": hashlib.sha256("\n".join(self.samples.names).encode()).hexdigest()}

    def restore(self, state: dict[str, Any]) -> None:
        if state != self.state():
            raise RunError("the checkpoint was made with other images; --overwrite starts again")

    def checkpointed(self) -> None:
        """Nothing to do: the images stay."""

    def results(self) -> dict[str, Any]:
        return {"images": len(self.samples)}
