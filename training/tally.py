"""Sums over the images of an epoch: how many, their loss, how many were right, and the time they took."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import attrs
import torch

from ..design.errors import RunError
from .distributed import Place
from .objective import Outcome

UNREAD_STEPS = 20  # reading a number has a GPU finish all it was given, and wait


@attrs.define
class Totals:
    """Sums over the images of the epoch so far. ``correct`` counts only where there is a right answer."""

    images: int = 0
    loss: float = 0.0
    correct: int = 0
    seconds: float = 0.0
    waited: float = 0.0


class Tally:
    """Adds up what steps come to, in all processes. Numbers stay on the device for some steps, then all are read."""

    def __init__(self, place: Place) -> None:
        self.totals = Totals()
        self._place = place
        self._unread: list[tuple[int, torch.Tensor]] = []

    def add(self, step: int, images: int, outcome: Outcome) -> None:
        """Count the step that ended as number ``step``. Raises ``RunError`` where a loss is no longer finite."""
        correct = outcome.correct if outcome.correct is not None else torch.zeros_like(outcome.loss)
        self._unread.append((images, torch.stack((outcome.loss.detach().float(), correct.float()))))
        if len(self._unread) >= UNREAD_STEPS:
            self.read(step)

    def read(self, step: int) -> Totals:
        """The sums up to and with ``step``. Raises ``RunError`` where a loss is no longer finite."""
        if self._unread:
            counts = [images for images, _ in self._unread]
            values = torch.stack([pair for _, pair in self._unread]).tolist()
            self._unread.clear()
            rows = [[images, loss * images, correct] for images, (loss, correct) in zip(counts, values, strict=True)]
            for number, (images, loss, correct) in enumerate(self._place.sums(rows), step - len(rows) + 1):
                if not math.isfinite(loss):
                    raise RunError(f"the loss is {loss} at step {number}; lower --lr, or start from other weights")
                self.totals.images += round(images)
                self.totals.loss += loss
                self.totals.correct += round(correct)
        return self.totals

    def start(self) -> None:
        """A new epoch."""
        self.totals = Totals()

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Go on from sums that were saved."""
        self.totals = Totals(**saved)
