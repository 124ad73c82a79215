"""Who runs a study's steps: child processes of this machine, some at a time."""

from __future__ import annotations

import os
import queue
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Protocol

from ..rendering.child import Child, Event
from ..rendering.launch import HEADLESS, available_cores
from ..rendering.site import Hand
from .plan import Step
from .verbs import verb


class Work(Hand, Protocol):
    """A step's process, wherever it runs."""

    @property
    def status(self) -> int | None:
        """The exit status, None while it runs and where it was lost."""

    @property
    def said(self) -> tuple[str, ...]:
        """The last lines on its stderr."""


class Crew(Protocol):
    """Runs steps. It is used as a context: leaving it takes away all that it made for them."""

    @property
    def places(self) -> int:
        """How many steps may run at once."""

    def start(self, step: Step, words: Sequence[str], number: int, events: queue.Queue[tuple[int, Event]]) -> Work:
        """Start ``simreal WORDS``. Its messages go to ``events`` as ``(number, message)``, its end as
        ``(number, None)``."""

    def __enter__(self) -> Crew: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...


class ThisMachine:
    """``jobs`` steps at a time, among which the cores are shared out; alone, a step decides itself how many it uses."""

    def __init__(self, jobs: int = 1, blender: Path | None = None) -> None:
        self.places = jobs
        self._blender = blender

    def __enter__(self) -> ThisMachine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        return

    def start(self, step: Step, words: Sequence[str], number: int, events: queue.Queue[tuple[int, Event]]) -> Work:
        share = max(1, available_cores() // self.places) if self.places > 1 else 0
        command = (sys.executable, str(HEADLESS), *words, *shares(step, share, self._blender))
        return Child(command, number, events, os.environ)


def shares(step: Step, cores: int, blender: Path | None) -> tuple[str, ...]:
    """The options that hold a step to so many cores (0: as it likes), and name its Blender. None changes what it is."""
    known = verb(step.verb)
    options: list[str] = []
    if known.renders:
        options += [f"--blender={blender}"] if blender else []
        options += [f"--workers={cores}", "--threads=1"] if cores else []
    elif cores and known.threads and known.threads.lstrip("-") not in step.options:
        options.append(f"{known.threads}={cores}")
    return tuple(options)
