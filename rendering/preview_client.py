"""The parent's side of a preview process: orders go out, messages come in, and nothing here ever waits for it."""

from __future__ import annotations

import queue
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..datasets.messages import Message
from ..datasets.preview_orders import PreviewOrder, order_to_json
from .child import Child, Event, secluded

PATIENCE_S = 2.0


class PreviewClient:
    """Starts a preview process of ``command``. ToolError where it cannot be started.

    It works in a temporary folder that is removed with it, and sees no extensions of the user's.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="simreal-previews-", ignore_cleanup_errors=True)
        extensions = Path(self._folder.name) / "extensions"
        extensions.mkdir()
        places = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), self._folder.name)
        self._events: queue.Queue[tuple[int, Event]] = queue.Queue()
        self._orders: queue.SimpleQueue[Mapping[str, Any] | None] = queue.SimpleQueue()
        self._ended = False
        self._number = 0
        try:
            self._child = Child(command, 0, self._events, {**secluded(extensions), **places})
        except BaseException:
            self._folder.cleanup()
            raise
        self._writer = threading.Thread(target=self._write, daemon=True)
        self._writer.start()

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def ended(self) -> bool:
        """Whether the end of the process is among the messages taken so far."""
        return self._ended

    def order(self, preview: PreviewOrder | None) -> int:
        """Ask for a preview instead of what is being rendered; None for nothing. Returns the order's number."""
        self._number += 1
        document: dict[str, Any] = {"order": self._number}
        if preview is not None:
            document["preview"] = order_to_json(preview)
        self._orders.put(document)
        return self._number

    def messages(self, patience_s: float = 0.0) -> list[Message]:
        """What the process has said since the last call; waits for the first message as long as asked to."""
        found: list[Message] = []
        while not self._ended:
            try:
                _, event = (
                    self._events.get(timeout=patience_s) if patience_s and not found else self._events.get_nowait()
                )
            except queue.Empty:
                break
            if event is None:
                self._ended = True
            else:
                found.append(event)
        return found

    def last_words(self) -> str:
        """How the process ended, once it has."""
        return self._child.describe_death()

    @property
    def left_in_peace(self) -> bool:
        """Whether a process that has ended did so because it had nothing to do."""
        self._child.wait(PATIENCE_S)  # its stdout ends a moment before it does
        return self._child.status == 0

    def close(self, patience_s: float = PATIENCE_S) -> None:
        """End the process: it leaves between two images, or is killed when it takes longer."""
        self._orders.put(None)
        self._writer.join(patience_s)
        self._child.wait(patience_s)
        self._child.kill()
        self._folder.cleanup()

    def _write(self) -> None:
        """In a thread of its own: a process that is still starting does not read, and a pipe holds 64 KB."""
        while (order := self._orders.get()) is not None:
            self._child.send(order)
        self._child.close()
