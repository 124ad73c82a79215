"""Measuring how many workers, of how many threads each, make the most of a machine's cores.

Several crews render the same number of images one after the other; the first images of a worker, for which it loads
what it shows, do not count. No image depends on who renders it, so nothing of a trial is lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import attrs

WARM_UP_IMAGES = 2
IMAGES_A_WORKER = 8
LEAST_IMAGES = 40
# A change of crew costs some seconds of starting Blender, and about half a shard of each worker's time, for which it
# waits for the others: a job of less stays with the first crew.
WORTH_S = 600.0
WORTH_IMAGES_A_WORKER = 1000


@attrs.frozen
class Crew:
    """How many workers there are, and CPU threads each."""

    workers: int
    threads: int

    def __str__(self) -> str:
        return f"{self.workers} worker(s) of {self.threads} thread(s)"


class Trial:
    """Compares ``crews``. ``crew`` is the one to work now."""

    def __init__(self, crews: Sequence[Crew]) -> None:
        self._waiting = list(crews)
        self.crew = self._waiting.pop(0)
        self.rates: dict[Crew, float] = {}
        self._enough = max(LEAST_IMAGES, IMAGES_A_WORKER * self.crew.workers)
        self._seen: Counter[int] = Counter()
        self._seconds: list[float] = []

    def count(self, worker: int, seconds: float, left: int) -> bool:
        """A worker has made an image while all of the crew were at work; ``left`` images are to go.

        Returns whether the trial is over, with the best crew as ``crew``.
        """
        self._seen[worker] += 1
        if self._seen[worker] > WARM_UP_IMAGES:
            self._seconds.append(seconds)
        if len(self._seconds) < self._enough:
            return False
        rate = self.rates[self.crew] = self.crew.workers * len(self._seconds) / max(sum(self._seconds), 1e-9)
        self._seconds = []
        worth = left / rate > WORTH_S and left >= WORTH_IMAGES_A_WORKER * self.crew.workers
        if self._waiting and worth:
            self.crew = self._waiting.pop(0)
            return False
        self.crew = max(self.rates, key=self.rates.__getitem__)
        return True

    @property
    def text(self) -> str:
        """What was measured, in words."""
        return ", ".join(f"{crew}: {rate:.2f} images/s" for crew, rate in self.rates.items())
