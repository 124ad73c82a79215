"""A worker process as its parent sees it: orders in, messages out, and what it said before it died."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, TypeAlias

from ..datasets.messages import Decoder, Message
from ..design.errors import ToolError

Event: TypeAlias = Message | None
_KEPT_LINES = 20


def secluded(extensions: Path) -> dict[str, str]:
    """The environment for a Blender that shall leave the user's extensions alone: its own are in that empty folder.

    One with factory settings, as ours have, deletes the packages of all extensions that its settings do not enable
    (seen in 4.5 and 5.2).
    """
    return {**os.environ, "BLENDER_USER_EXTENSIONS": str(extensions)}


class Child:
    """Starts ``command``. Its messages go to ``events`` as ``(number, message)``, its end as ``(number, None)``.

    It has a process group of its own, so that Ctrl-C in the terminal reaches the parent alone, and ends when its stdin
    does: also when the parent is killed. ToolError where the program cannot be started.
    """

    def __init__(
        self,
        command: Sequence[str],
        number: int,
        events: queue.Queue[tuple[int, Event]],
        environment: Mapping[str, str],
    ) -> None:
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                process_group=0,  # not a session: Linux would share processors anew between it and whoever works here
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # Windows would open a console
                bufsize=0,
                env=environment,
            )
        except OSError as error:
            raise ToolError(f"cannot start {command[0]}: {error.strerror}") from None
        self._said: deque[str] = deque(maxlen=_KEPT_LINES)
        self._listener = threading.Thread(target=self._listen, args=(number, events), daemon=True)
        self._overhearer = threading.Thread(target=self._overhear, daemon=True)
        self._overhearer.start()
        self._listener.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def status(self) -> int | None:
        """The exit status, None while the child runs."""
        return self._process.poll()

    @property
    def said(self) -> tuple[str, ...]:
        """The last lines on its stderr."""
        return tuple(self._said)

    @property
    def lost(self) -> bool:
        """Whether its machine went away: its parent would not be there to ask."""
        return False

    def send(self, order: Mapping[str, Any]) -> None:
        """Give an order. If the child is dead already its end is told through the events."""
        try:
            _pipe(self._process.stdin).write(json.dumps(order).encode() + b"\n")
        except BrokenPipeError:
            return

    def close(self) -> None:
        """Close stdin: the child is to leave."""
        try:
            _pipe(self._process.stdin).close()
        except BrokenPipeError:
            return

    def wait(self, patience_s: float) -> None:
        """Wait for the child to leave; it is killed when it takes longer."""
        try:
            self._process.wait(patience_s)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End the child now, if it has not ended, and take it off the system's list."""
        self._process.kill()
        self._process.wait()
        self._listener.join(5.0)
        self._overhearer.join(5.0)

    def describe_death(self, advice: str = "") -> str:
        """How the child ended, with its last words: ``killed by SIGSEGV``, ``exit status 1: MemoryError``.

        ``advice`` is what to do where memory may have run out.
        """
        status = self._process.wait()
        self._overhearer.join(5.0)
        how = f"exit status {status}" if status >= 0 else f"killed by {_signal_name(-status)}"
        if status == -getattr(signal, "SIGKILL", 0):
            how += f", perhaps because memory ran out{': ' if advice else ''}{advice}"
        return f"{how}: {self._said[-1]}" if self._said and status >= 0 else how

    def _listen(self, number: int, events: queue.Queue[tuple[int, Event]]) -> None:
        decoder = Decoder()
        while piece := _pipe(self._process.stdout).read(65536):
            for message in decoder.feed(piece):
                events.put((number, message))
        events.put((number, None))
        self._process.wait()  # whoever started it may never look at it again

    def _overhear(self) -> None:
        for line in _pipe(self._process.stderr):
            text = line.decode(errors="replace").strip()
            if text:
                self._said.append(text)


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None
    return stream


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
