"""What a job needs of the operating system: locks that vanish with their holder, and processes that can be stopped.

Standard library only: ``job_runner`` runs without Simreal's packages.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, BinaryIO

NICENESS = 10


def is_held(path: Path) -> bool:
    """Whether a living process holds the lock on a file."""
    if not path.is_file():
        return False
    with path.open("ab") as file:
        return not try_lock(file)


if sys.platform == "win32":
    import msvcrt

    def runner_group() -> dict[str, Any]:
        """Arguments of Popen for a process that outlives its parent, with a console that nobody sees."""
        quiet = subprocess.CREATE_NO_WINDOW | subprocess.BELOW_NORMAL_PRIORITY_CLASS  # which steps inherit
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | quiet}

    def stand_back() -> None:
        """Leave the processor to whoever works at the machine: done by ``runner_group`` here."""

    def step_group(_lock: BinaryIO) -> dict[str, Any]:
        """Arguments of Popen for a step: a group of its own in the runner's console, which carries the interrupt."""
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}

    def interrupt(child: subprocess.Popen[bytes]) -> None:
        """Ask a step to end: what is finished stays."""
        os.kill(child.pid, signal.CTRL_BREAK_EVENT)

    def kill(child: subprocess.Popen[bytes]) -> None:
        child.kill()

    def try_lock(file: BinaryIO) -> bool:
        """Lock a file until it is closed. False if another process holds it."""
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def runner_group() -> dict[str, Any]:
        """Arguments of Popen for a process that outlives its parent: a session of its own."""
        return {"start_new_session": True}

    def stand_back() -> None:
        """Leave the processor to whoever works at the machine; steps and their workers inherit this.

        Linux shares processors among sessions before it asks how nice a process is within one (CONFIG_SCHED_AUTOGROUP,
        on by default on desktops), so the runner's session is made nice too.
        """
        os.nice(NICENESS)
        session = Path("/proc/self/autogroup")
        if session.exists() and os.access(session, os.W_OK):  # /proc may be read-only in a container
            session.write_text(str(NICENESS))

    def step_group(lock: BinaryIO) -> dict[str, Any]:
        """Arguments of Popen for a step: a group of its own in the runner's session, and a share in the runner's lock.

        So a job whose runner was killed counts as running until its step has noticed, and is not resumed beside it.
        """
        return {"process_group": 0, "pass_fds": (lock.fileno(),)}

    def interrupt(child: subprocess.Popen[bytes]) -> None:
        """Ask a step and all it started to end, as Ctrl-C does: what is finished stays."""
        os.killpg(child.pid, signal.SIGINT)

    def kill(child: subprocess.Popen[bytes]) -> None:
        os.killpg(child.pid, signal.SIGKILL)

    def try_lock(file: BinaryIO) -> bool:
        """Lock a file until it is closed. False if another process holds it."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
