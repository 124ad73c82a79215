"""Where the time of a tuning goes: rendering, features, heads, and the rest, which is the tuner's own."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ...datasets.progress_text import duration
from ...datasets.writing import write_bytes
from ...design.errors import RunError

RENDERING, FEATURES, HEADS = "rendering", "features", "heads"
_ALL = "all"


class TimeSpent:
    """Seconds by what they were spent on, since it was made; with a ``file``, added to those that are kept there.

    What is begun within something else counts for itself alone. RunError where the file is damaged.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._seconds = dict.fromkeys((RENDERING, FEATURES, HEADS), 0.0)
        self._before = 0.0
        self._begun: list[str] = []
        if file is not None and file.is_file():
            self._read(file)
        self._start = self._last = time.monotonic()

    @contextmanager
    def on(self, what: str) -> Iterator[None]:
        """Count the time within for ``what``."""
        self._count()
        self._begun.append(what)
        try:
            yield
        finally:
            self._count()
            self._begun.pop()
            self._write()

    @property
    def text(self) -> str:
        """For people: ``rendering 41:02, features 9:10, heads 6:02, the rest 0:31 (0.9 %)``."""
        everything = max(self._everything(), 1e-9)
        rest = everything - sum(self._seconds.values())
        told = ", ".join(f"{what} {duration(seconds)}" for what, seconds in self._seconds.items())
        return f"{told}, the rest {duration(rest)} ({100 * rest / everything:.1f} %)"

    def _everything(self) -> float:
        return self._before + time.monotonic() - self._start

    def _count(self) -> None:
        now = time.monotonic()
        if self._begun:
            self._seconds[self._begun[-1]] += now - self._last
        self._last = now

    def _write(self) -> None:
        if self._file is not None:
            kept = {**self._seconds, _ALL: self._everything()}
            rounded = {what: round(seconds, 3) for what, seconds in kept.items()}
            write_bytes(self._file, (json.dumps(rounded) + "\n").encode())

    def _read(self, file: Path) -> None:
        try:
            kept = json.loads(file.read_text(encoding="utf-8"))
            self._seconds = {what: float(kept[what]) for what in self._seconds}
            self._before = float(kept[_ALL])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise RunError(f"{file}: cannot be read ({error}); delete it, and time is counted anew") from None
