"""How fast a job goes: a rate smooth enough to be read, and quick enough to be true."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

WINDOW_S = 30.0
WINDOW_UNITS = 8


class Pace:
    """Units per second over the last ``WINDOW_S``, or, where units are slow, the last few. ``clock`` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._times: deque[float] = deque()

    def count(self) -> None:
        """One more unit is done."""
        self._times.append(self._clock())

    def rate(self) -> float | None:
        """The present rate; None before three units are done."""
        now = self._clock()
        while len(self._times) > WINDOW_UNITS and self._times[0] < now - WINDOW_S:
            self._times.popleft()
        if len(self._times) < 3 or now <= self._times[0]:
            return None
        return (len(self._times) - 1) / (now - self._times[0])
