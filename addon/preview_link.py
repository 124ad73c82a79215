"""The link to the preview process: one process, started when first needed and kept warm, and a timer while it works.

What waits for images is a task: the sheet (``preview_sheet``), or thumbnails that are made while there is nothing else
to do (``preview_thumbnails``). There is one task at a time; a new one takes the other's place.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import bpy

from ..datasets.messages import Error, Log, Message, Result
from ..datasets.preview_orders import PreviewOrder
from ..design.errors import ToolError
from ..rendering.launch import available_cores, rendering_command
from ..rendering.preview_client import PreviewClient
from .hooks import stop_timer
from .preferences import settings, user_folder

INTERVAL_S = 0.05
BUDGET_S = 0.02  # of Blender's time, each time the timer fires
KEPT_WARNINGS = 8


class Task(Protocol):
    """What waits for the images of an order. Its methods are called in Blender's main thread and must be quick."""

    @property
    def order(self) -> PreviewOrder: ...

    def receive(self, number: int, image: Mapping[str, Any]) -> None:
        """Image ``number`` has come: its "path" and a "note", or None and a "problem"; whether it was "cached"."""

    def end(self, problem: str, *, replaced: bool) -> None:
        """Nothing more will come, for the reason told; "" where all has come. ``replaced``: somebody wanted it so."""

    def tick(self, *, last: bool) -> None:
        """Some time has gone by; ``last`` where there will be no other tick."""


class PreviewLink:
    """Blender's end of the preview process. ``warnings`` are what it said of the task at hand."""

    def __init__(self) -> None:
        self.task: Task | None = None
        self.warnings: deque[str] = deque(maxlen=KEPT_WARNINGS)
        self.ready = False
        self.idle_work: list[Callable[[], Task | None]] = []
        self._client: PreviewClient | None = None
        self._number = 0
        self._pending: deque[Message] = deque()

    def begin(self, task: Task) -> None:
        """Have the images of a task rendered, instead of those of the one at hand. ToolError if that cannot be."""
        self.drop("Something else is shown instead")
        self.warnings.clear()
        self._send(task)
        self.task = task
        self.wake()

    def drop(self, reason: str) -> None:
        """Leave the task at hand. The process finishes the image that it is rendering."""
        task, self.task = self.task, None
        if task is not None:
            if self._client is not None:
                self._number = self._client.order(None)
            task.end(reason, replaced=True)
            task.tick(last=True)

    def wake(self) -> None:
        """See that the timer runs: there is something to wait for, or to be done when nothing else is."""
        if not bpy.app.timers.is_registered(poll):
            bpy.app.timers.register(poll, first_interval=INTERVAL_S, persistent=True)

    def poll(self) -> bool:
        """Take in what has come, for a short while. Returns whether there is more to wait for."""
        started = time.perf_counter()
        if self._client is not None:
            self._pending += self._client.messages()
        while self._pending and time.perf_counter() - started < BUDGET_S:
            self._take(self._pending.popleft())
        if self._client is not None and self._client.ended and not self._pending:
            self._bury()
        if self.task is not None:
            self.task.tick(last=False)
        elif not self._pending:
            self._idle()
        return self.task is not None or bool(self._pending)

    def close(self) -> None:
        """End the process, and wait until it is gone."""
        self.task = None
        if self._client is not None:
            self._client.close()
            self._client = None

    def _send(self, task: Task) -> None:
        """Give the process its order; start it where there is none."""
        if self._client is not None and not self._client.ended:
            self._pending += self._client.messages()
        if self._client is not None and self._client.ended:
            self._client.close()
            self._client = None
        if self._client is None:
            self._pending.clear()
            self.ready = False
            self._client = PreviewClient(command())
        self._number = self._client.order(task.order)

    def _take(self, message: Message) -> None:
        match message:
            case Result(kind="ready"):
                self.ready = True
            case Result(kind="preview_image", data=data) if self.task is not None and data["order"] == self._number:
                self.task.receive(data["number"], data)
            case Result(kind="preview_end", data=data) if self.task is not None and data["order"] == self._number:
                self._finish("")
            case Log(text=text) if text not in self.warnings:
                self.warnings.append(text)
            case Error(text=text):
                self._finish(text)

    def _bury(self) -> None:
        """The process has ended: where it just had nothing to do, what came too late for it goes to another one."""
        assert self._client is not None
        client, self._client = self._client, None
        words = client.last_words()
        rested = client.left_in_peace and self.ready
        client.close()
        if rested and self.task is not None:
            self._send(self.task)
        else:
            self._finish(f"The preview process has ended ({words}); the next preview starts it again")

    def _finish(self, problem: str) -> None:
        task, self.task = self.task, None
        if task is not None:
            task.end(problem, replaced=False)
            task.tick(last=True)

    def _idle(self) -> None:
        for work in self.idle_work:
            task = work()
            if task is not None:
                try:
                    self._send(task)
                except ToolError as error:
                    task.end(str(error), replaced=False)
                else:
                    self.task = task
                return


def command() -> tuple[str, ...]:
    """The command line of the preview process. ToolError where nothing here renders."""
    verb = ("previewer", str(user_folder() / "previews"), "--threads", str(available_cores()))
    return rendering_command((*verb, "--device", settings().device))


_links: list[PreviewLink] = []


def link() -> PreviewLink:
    """The link of the registered add-on."""
    return _links[0]


def poll() -> float | None:
    """The timer: runs only while there is something to wait for."""
    return INTERVAL_S if link().poll() else None


def register() -> Callable[[], None]:
    """Make the link; nothing is started before somebody wants a preview. Returns what ends it, and its process."""
    _links.append(PreviewLink())
    return unregister


def unregister() -> None:
    stop_timer(poll)
    _links.pop().close()
