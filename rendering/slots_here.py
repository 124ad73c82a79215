"""Slots on this machine: for a data set in storage, when there is no cluster."""

from __future__ import annotations

import queue
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Any

import attrs

from .child import Event
from .seats import Seat
from .site import Hand
from .slot import Post, Slot


class _Hand:
    """A slot as the pool sees it."""

    lost = False

    def __init__(self, slot: Slot, number: int, events: queue.Queue[tuple[int, Event]]) -> None:
        self._slot = slot
        self._death = ""
        self._listener = threading.Thread(target=self._listen, args=(number, events), daemon=True)
        self._listener.start()

    def send(self, order: Mapping[str, Any]) -> None:
        self._slot.order(order)

    def close(self) -> None:
        self._slot.close()

    def wait(self, patience_s: float) -> None:
        self._listener.join(patience_s)
        if self._listener.is_alive():
            self.kill()

    def kill(self) -> None:
        self._slot.kill()

    def describe_death(self, advice: str = "") -> str:
        return self._death

    def _listen(self, number: int, events: queue.Queue[tuple[int, Event]]) -> None:
        while not self._death:
            heard = self._slot.hear()
            for message in heard.messages:
                events.put((number, message))
            self._death = heard.death
        events.put((number, None))


class HereSlots:
    """Workers on this machine, each with what brings its shards to the storage."""

    def __init__(self, post: Post) -> None:
        self._post = post

    def __enter__(self) -> HereSlots:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        return

    def start(self, number: int, seat: Seat, events: queue.Queue[tuple[int, Event]]) -> Hand:
        return _Hand(Slot(attrs.evolve(self._post, seat=seat)), number, events)

    def places(self, wanted: int) -> int:
        return wanted
