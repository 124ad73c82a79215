"""A command on a leash: it is interrupted when whoever started it says so, or is gone."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..datasets.lock import holding
from ..design.errors import DataSetError
from ..rendering.stdin_lines import stdin_lines

PATIENCE_S = 60.0
_POLL_S = 0.2


def end_with_stdin() -> None:
    """From now on the first line of stdin, or its end, interrupts this process as Ctrl-C does."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell's background jobs and their children have it
        signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Thread(target=_wait, daemon=True).start()


@contextmanager
def held(lock: Path) -> Iterator[None]:
    """Hold the lock on a file, so that two commands never work on one folder; wait while another is on its way out.

    DataSetError where that one does not leave.
    """
    end = time.monotonic() + PATIENCE_S
    refusal = DataSetError(f"{lock.parent}: another process still works on this folder; wait for it, or end it")
    while True:
        try:
            with holding(lock, refusal):
                yield
                return
        except DataSetError as error:
            if error is not refusal or time.monotonic() > end:
                raise
        time.sleep(_POLL_S)


def _wait() -> None:
    next(iter(stdin_lines()), b"")
    os.kill(os.getpid(), signal.SIGINT)
