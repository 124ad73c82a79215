"""When a worker counts as hung: it says nothing at all, or an image takes far longer than images do.

A render lets Python's other threads run (measured with bpy 4.5: a thread that ticks every 0.05 s during a render of 5 s
was never more than 0.06 s late), so a worker's beat tells that the process lives, and only finished images tell that
the render does.
"""

from __future__ import annotations

import statistics
import time
from collections import deque
from collections.abc import Callable

import attrs

BEAT_S = 5.0
SILENCE_S = 120.0
LEAST_S = 60.0
TIMES_MEDIAN = 20.0
FIRST_IMAGE_S = 1200.0  # the first image on a GPU may wait for the driver to build Cycles' kernels, for minutes
START_S = 3600.0  # a worker loads all models of a design once before it is ready
FAREWELL_S = 20.0
_LONGEST_TICK_S = 5.0


@attrs.define
class Signs:
    """Signs of life of one worker, in seconds of the Watch: the last message, the last sign that its shard gets on.

    ``leaving`` is when it was asked to leave, None if it was not.
    """

    heard: float
    moved: float
    started: float
    images: int = 0
    ready: bool = False
    leaving: float | None = None


class Watch:
    """Judges signs of life. ``image_timeout_s`` is the longest an image may take; None: by how long images take.

    Its seconds stand still while this process does (Ctrl-Z, a laptop put to sleep): ``tick`` often.
    """

    def __init__(self, image_timeout_s: float | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._image_timeout_s = image_timeout_s
        self._clock = clock
        self._ticked = clock()
        self._images: deque[float] = deque(maxlen=200)
        self.now = 0.0

    def tick(self) -> None:
        """Time has passed."""
        ticked = self._clock()
        self.now += min(ticked - self._ticked, _LONGEST_TICK_S)
        self._ticked = ticked

    def new(self) -> Signs:
        """The signs of a worker that starts now."""
        return Signs(self.now, self.now, self.now)

    def count(self, seconds: float) -> None:
        """An image took so long."""
        self._images.append(seconds)

    def limit_s(self, signs: Signs) -> float:
        """How long the image that a worker is at may take."""
        if self._image_timeout_s is not None:
            return self._image_timeout_s
        if not signs.images:
            return FIRST_IMAGE_S
        return max(LEAST_S, TIMES_MEDIAN * statistics.median(self._images)) if self._images else FIRST_IMAGE_S

    def verdict(self, signs: Signs, busy: bool) -> str:
        """Why a worker is to be ended, "" if it is not."""
        if signs.leaving is not None:
            return "it did not leave" if self.now - signs.leaving > FAREWELL_S else ""
        if busy and self.now - signs.moved > (limit := self.limit_s(signs)):
            return f"hung: no image finished in {limit:g} s"
        if not signs.ready and self.now - signs.started > START_S:
            return f"hung: not ready in {START_S:g} s"
        if self.now - signs.heard > SILENCE_S:
            return f"hung: no sign of life in {SILENCE_S:g} s"
        return ""
