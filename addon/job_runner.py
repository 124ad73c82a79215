"""The program beside a job: runs its steps, writes down how they ended, and stops them when asked to.

    python job_runner.py JOB_FOLDER

It imports nothing of Simreal, so that any Python runs it, and outlives the Blender that started it. In the job's folder
it reads ``job.json`` (``steps``: command lines, run one after the other while they succeed) and ``cancel`` (stop now),
appends what the steps write to ``messages.jsonseq`` (stdout) and ``log.txt`` (stderr), and writes ``exit.json`` at the
end. As long as it lives it holds the lock on ``lock``.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, BinaryIO

POLL_S = 0.1
PATIENCE_S = 20.0


def main(folder: Path) -> int:
    """Run the job in ``folder``. Returns the exit status of the step that failed, or 0."""
    steps = json.loads((folder / "job.json").read_text(encoding="utf-8"))["steps"]
    status = 0
    with (
        (folder / "lock").open("ab") as lock,
        (folder / "messages.jsonseq").open("ab") as messages,
        (folder / "log.txt").open("ab") as log,
    ):
        while not try_lock(lock):  # whoever looks whether the job lives holds it for a moment
            time.sleep(POLL_S)
        for step in steps:
            status = 130 if (folder / "cancel").exists() else run_step(step, folder, messages, log)
            if status:
                break
        write_exit(folder, status)
    return status


def run_step(command: list[str], folder: Path, messages: BinaryIO, log: BinaryIO) -> int:
    """Run one command line until it ends, or until it is cancelled and made to end."""
    streams: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": messages, "stderr": log}
    try:
        child = subprocess.Popen(command, env=secluded(folder / "extensions"), **streams, **own_group())
    except OSError as error:
        log.write(f"cannot start {command[0]}: {error.strerror}\n".encode())
        return 127
    deadline = None
    while True:
        try:
            return child.wait(POLL_S)
        except subprocess.TimeoutExpired:
            if deadline is None and (folder / "cancel").exists():
                interrupt(child)
                deadline = time.monotonic() + PATIENCE_S
            elif deadline is not None and time.monotonic() > deadline:
                kill(child)


def secluded(folder: Path) -> dict[str, str]:
    """The environment for Blenders that shall leave the user's extensions alone: theirs are in ``folder``, and none.

    A Blender with factory settings, as render workers are, otherwise deletes the packages (wheels) of the extensions
    that its settings do not enable: all of the user's, ours among them (seen in 4.5 and 5.2, addon_utils.reset_all).
    """
    folder.mkdir(exist_ok=True)
    return {**os.environ, "BLENDER_USER_EXTENSIONS": str(folder)}


def write_exit(folder: Path, status: int) -> None:
    record = {"status": status, "cancelled": (folder / "cancel").exists(), "ended": time.time()}
    temporary = folder / "exit.json.tmp"
    temporary.write_text(json.dumps(record), encoding="utf-8")
    temporary.replace(folder / "exit.json")


if sys.platform == "win32":
    import msvcrt

    def own_group() -> dict[str, Any]:
        """Arguments of Popen that give a process a group of its own, and no console window."""
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}

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

    def own_group() -> dict[str, Any]:
        """Arguments of Popen that give a process a session of its own: it outlives its parent."""
        return {"start_new_session": True}

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


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[-1])))
