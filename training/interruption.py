"""Ctrl-C at a moment that suits: between two steps, so that the step that is done is kept."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import attrs


@attrs.define
class Asked:
    """Whether the user has asked to stop."""

    stop: bool = False


@contextmanager
def interrupts_noted() -> Iterator[Asked]:
    """Inside it the first Ctrl-C is noted only; a second one raises KeyboardInterrupt as ever.

    Outside the main thread, where Python takes no signals, nothing changes.
    """
    asked = Asked()
    if threading.current_thread() is not threading.main_thread():
        yield asked
        return

    def note(_number: int, _frame: FrameType | None) -> None:
        if asked.stop:
            raise KeyboardInterrupt
        asked.stop = True

    before = signal.signal(signal.SIGINT, note)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)
