"""A program that is asked something: a child beside Blender, looked at until it has answered. No bpy here."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Sequence
from typing import IO

import attrs

from ..design.errors import ToolError


@attrs.frozen
class Answer:
    """What a program said until it ended. ``in_time`` is False where it had to be given up."""

    stdout: bytes
    stderr: bytes
    in_time: bool = True


class Inquiry:
    """One question at a time, which may take ``limit_s``."""

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._child: subprocess.Popen[bytes] | None = None
        self._said: tuple[IO[bytes], IO[bytes]] | None = None
        self._deadline = 0.0

    @property
    def is_running(self) -> bool:
        return self._child is not None

    def start(self, command: Sequence[str]) -> None:
        """Begin to ask; a question that is open is given up. ToolError where the program does not start."""
        self.stop()
        said = tempfile.TemporaryFile(), tempfile.TemporaryFile()  # noqa: SIM115  # closed by stop
        self._said = said
        try:
            self._child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=said[0],
                stderr=said[1],
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # Windows would open a console
            )
        except OSError as error:
            self.stop()
            raise ToolError(f"{command[0]} does not start: {error.strerror}") from None
        self._deadline = time.monotonic() + self._limit_s

    def poll(self) -> Answer | None:
        """The answer, once there is one."""
        if self._child is None or self._said is None:
            return None
        in_time = self._child.poll() is not None
        if not in_time and time.monotonic() < self._deadline:
            return None
        for file in self._said:
            file.seek(0)
        answer = Answer(self._said[0].read(), self._said[1].read(), in_time)
        self.stop()
        return answer

    def stop(self) -> None:
        """Give up the question that is open."""
        if self._child is not None and self._child.poll() is None:
            self._child.kill()
            self._child.wait()
        for file in self._said or ():
            file.close()
        self._child, self._said = None, None
