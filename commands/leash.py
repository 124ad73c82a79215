"""A command on a leash: it is interrupted when whoever started it says so, or is gone."""

from __future__ import annotations

import os
import signal
import threading

from ..rendering.stdin_lines import stdin_lines


def end_with_stdin() -> None:
    """From now on the first line of stdin, or its end, interrupts this process as SIGTERM does."""
    threading.Thread(target=_wait, daemon=True).start()


def _wait() -> None:
    next(iter(stdin_lines()), b"")
    os.kill(os.getpid(), signal.SIGTERM)
