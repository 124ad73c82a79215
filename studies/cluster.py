"""A study's steps on the nodes of a Ray cluster: each is an actor, which Ray places where there is room for it.

The study's folder must be one that all machines see under the same path. Renders are spread over the cluster by
``simreal render --engine ray`` itself, so they are started from here.
"""

from __future__ import annotations

import os
import queue
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

import attrs
import ray

from ..datasets.messages import Error, Message
from ..rendering.child import Child, Event
from ..rendering.cluster import connected
from ..rendering.launch import HEADLESS
from ..rendering.slot import Heard, this_machine
from .crew import Work, shares
from .plan import Step
from .verbs import verb

KILL_S = 2.0


class Seat:
    """A step's process on a node, and what it has said since it was last listened to."""

    def __init__(self, words: Sequence[str]) -> None:
        self._events: queue.Queue[tuple[int, Event]] = queue.Queue()
        self._child = Child((sys.executable, str(HEADLESS), *words), 0, self._events, os.environ)

    def hear(self, patience_s: float = 1.0) -> Heard:
        """Wait for messages, but not longer than ``patience_s``."""
        messages: list[Message] = []
        end = time.monotonic() + patience_s
        while True:
            try:
                event = self._events.get(timeout=max(0.0, end - time.monotonic()))[1]
            except queue.Empty:
                return Heard(tuple(messages))
            if event is None:
                return Heard(tuple(messages), f"{self._child.describe_death()} (node {this_machine()})")
            messages.append(event)

    def close(self) -> None:
        """Tell the process to leave."""
        self._child.send({"stop": True})
        self._child.close()

    def kill(self) -> None:
        """End the process now."""
        self._child.kill()

    def status(self) -> int | None:
        """Its exit status, None while it runs."""
        return self._child.status


@attrs.define(eq=False)
class _Hand:
    """A seat as the study sees it."""

    actor: Any
    number: int
    events: queue.Queue[tuple[int, Event]]
    status: int | None = None
    lost: bool = False
    death: str = ""
    said: tuple[str, ...] = ()
    ended: threading.Event = attrs.field(factory=threading.Event)

    def send(self, order: Mapping[str, Any]) -> None:
        """A step takes no orders but the one to leave, which is ``close``."""

    def close(self) -> None:
        self.actor.close.remote()

    def wait(self, patience_s: float) -> None:
        if not self.ended.wait(patience_s):
            self.kill()

    def kill(self) -> None:
        if not self.ended.is_set():
            ray.wait([self.actor.kill.remote()], timeout=KILL_S)
            self.ended.wait(KILL_S)
        ray.kill(self.actor)

    def describe_death(self, advice: str = "") -> str:
        return self.death

    def listen(self) -> None:
        """Pass on what the process says, until it has ended or its node is gone."""
        try:
            while not self.death:
                heard = ray.get(self.actor.hear.remote())
                for message in heard.messages:
                    self.events.put((self.number, message))
                self.death = heard.death
            self.status = ray.get(self.actor.status.remote())
        except ray.exceptions.RayTaskError as error:  # the node cannot run it at all: its Python lacks something
            self.death = str(error).strip().splitlines()[-1]
            self.events.put((self.number, Error(self.death)))
        except ray.exceptions.RayError:
            self.lost = not self.ended.is_set()
            self.death = "its node was lost"
        self.ended.set()
        self.events.put((self.number, None))
        ray.kill(self.actor)


class RayNodes:
    """The nodes of a Ray cluster. A step gets ``threads`` CPUs, and a GPU if it learns and there are any."""

    def __init__(self, address: str, threads: int, jobs: int | None, blender: Path | None) -> None:
        self._address = address
        self._threads = threads
        self._jobs = jobs
        self._blender = blender
        self._stack = ExitStack()
        self._gpus = 0

    def __enter__(self) -> RayNodes:
        cluster = self._stack.enter_context(connected(self._address))
        self._gpus = int(cluster.resources.get("GPU", 0))
        rooms = max(1, int(cluster.resources.get("CPU", 1)) // self._threads)
        self.places = self._jobs or (min(rooms, self._gpus) if self._gpus else rooms)
        if not self._address.startswith("ray://"):
            self._address = ray.get_runtime_context().gcs_address
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stack.close()

    def start(self, step: Step, words: Sequence[str], number: int, events: queue.Queue[tuple[int, Event]]) -> Work:
        known = verb(step.verb)
        if known.renders:
            spread = ("--engine=ray", f"--address={self._address}", *shares(step, 0, self._blender))
            return Child((sys.executable, str(HEADLESS), *words, *spread), number, events, os.environ)
        gpus = 1 if known.learns and self._gpus else 0
        seat = ray.remote(Seat).options(num_cpus=self._threads, num_gpus=gpus, max_concurrency=4)
        hand = _Hand(seat.remote((*words, *shares(step, self._threads, self._blender))), number, events)
        threading.Thread(target=hand.listen, daemon=True).start()
        return hand
