"""Where a pool's workers run: as processes of this machine, or on the nodes of a cluster."""

from __future__ import annotations

import queue
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

from .child import Child, Event, secluded
from .seats import Seat


class Hand(Protocol):
    """A worker as the pool sees it, wherever it runs. What it says comes through the queue its site was given."""

    @property
    def lost(self) -> bool:
        """Whether it ended because its machine went away: no fault of the shard it had."""

    def send(self, order: Mapping[str, Any]) -> None:
        """Give an order. If the worker is dead already its end is told through the events."""

    def close(self) -> None:
        """Tell the worker to leave."""

    def wait(self, patience_s: float) -> None:
        """Wait for the worker to leave; it is killed when it takes longer."""

    def kill(self) -> None:
        """End the worker now, if it has not ended."""

    def describe_death(self, advice: str = "") -> str:
        """How it ended: ``killed by SIGSEGV``. ``advice`` is what to do where memory may have run out."""


class Site(Protocol):
    """Starts workers. It is used as a context: leaving it takes away all that the site made for them."""

    def __enter__(self) -> Site: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...

    def start(self, number: int, seat: Seat, events: queue.Queue[tuple[int, Event]]) -> Hand:
        """Start a worker on a seat. Its messages go to ``events`` as ``(number, message)``, its end as
        ``(number, None)``."""

    def places(self, wanted: int) -> int:
        """How many workers to have just now, where ``wanted`` are of use."""


class ThisMachine:
    """Workers are child processes of this one; ``command`` tells the command line for a seat."""

    def __init__(self, command: Callable[[Seat], Sequence[str]]) -> None:
        self._command = command
        self._extensions: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> ThisMachine:
        self._extensions = tempfile.TemporaryDirectory(prefix="simreal-extensions-")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._extensions is not None
        self._extensions.cleanup()

    def start(self, number: int, seat: Seat, events: queue.Queue[tuple[int, Event]]) -> Child:
        assert self._extensions is not None, "used as a context"
        return Child(self._command(seat), number, events, secluded(Path(self._extensions.name)))

    def places(self, wanted: int) -> int:
        return wanted
