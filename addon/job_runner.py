"""The program beside a job: waits for its turn, runs its steps, writes down how they go, and stops when asked to.

    python -m addon.job_runner JOB_FOLDER

It uses the standard library only, so that any Python runs it, and outlives the Blender that started it. In the job's
folder it reads ``job.json`` (``commands``, run one after the other while they succeed; ``files`` to write before them)
and looks for ``pause`` and ``cancel``, which ask it to stop; it writes what ``job_record`` tells. As long as it or its
step lives the lock on ``lock`` is held.

Pausing interrupts the step, as Ctrl-C does, and ends this program too: that frees the memory and the GPU, and lasts
through a restart of the computer. To resume is to run the interrupted step again, which goes on from what is finished.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, BinaryIO

from .job_record import CANCELLED, DONE, FAILED, LOCK, PAUSED, RUNNING, SKIPPED, Record, read_object
from .job_system import interrupt, kill, stand_back, step_group, try_lock
from .job_turn import JOB, Line

POLL_S = 0.1
TURN_S = 0.3
LOCK_S = 5.0
PATIENCE_S = 20.0
FULL_BYTES = 1 << 20


class Runner:
    """One run of a job, from its place in the queue to its end, its pause or its failure."""

    def __init__(self, folder: Path, lock: BinaryIO) -> None:
        self._folder = folder
        self._lock = lock
        self._record = Record(folder)
        self._mark = time.monotonic()

    def run(self) -> None:
        end = self._wait_for_turn() or self._work()
        if self._folder.is_dir():  # deleted in mid-job: nobody wants to know
            self._record.end(end)

    def _wait_for_turn(self) -> str:
        """Returns what ends the wait other than its turn; "" where the job runs now."""
        line = Line(self._folder)
        while True:
            asked, culprit = self._asked(), line.failed_before()
            if asked or culprit:
                self._record.tell(by=culprit)
                return asked or SKIPPED
            if line.take_turn(self._start):
                return ""
            time.sleep(TURN_S)

    def _start(self) -> None:
        self._record.tell(state=RUNNING, since=time.time(), by="", problem="")
        self._record.save(durable=True)
        self._mark = time.monotonic()

    def _work(self) -> str:
        job = read_object(self._folder / JOB)
        commands, patience_s = job["commands"], job.get("patience_s", PATIENCE_S)
        try:
            for path, text in job.get("files", {}).items():
                Path(path).parent.mkdir(parents=True, exist_ok=True)
                Path(path).write_text(text, encoding="utf-8")
        except OSError as error:
            self._record.tell(problem=f"cannot write {error.filename}: {error.strerror}")
            return FAILED
        while self._record.state["step"] < len(commands):
            if asked := self._asked():
                return asked
            command = commands[self._record.state["step"]]
            self._record.begin_step()
            status = self._run_step(command, patience_s)
            if status == 0:
                self._record.tell(step=self._record.state["step"] + 1)
            elif asked := self._asked():
                return asked
            else:
                self._record.tell(problem=self._reason(command, status))
                return FAILED
        return DONE

    def _run_step(self, command: list[str], patience_s: float) -> int:
        """Run one command line until it ends, or until it is stopped and made to end."""
        try:
            child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=secluded(self._folder / "extensions"),
                **step_group(self._lock),
            )
        except OSError as error:
            self._record.hear_stderr(f"cannot start {command[0]}: {error.strerror}".encode())
            return 127
        listeners = [
            listen(child.stdout, self._record.hear_stdout),
            listen(child.stderr, self._record.hear_stderr),
        ]
        deadline = None
        while child.poll() is None:
            self._count_time()
            self._record.save()
            if deadline is None and self._asked():
                interrupt(child)
                deadline = time.monotonic() + patience_s
            elif deadline is not None and time.monotonic() > deadline:
                kill(child)
            time.sleep(POLL_S)
        for listener in listeners:
            listener.join(2.0)  # what a step leaves running behind it may hold its pipes open
        self._count_time()
        return child.returncode

    def _count_time(self) -> None:
        now = time.monotonic()
        self._record.count(now - self._mark)
        self._mark = now

    def _asked(self) -> str:
        """The state that the job is asked to end in; "" where it may go on."""
        if (self._folder / "cancel").exists() or not self._folder.is_dir():
            return CANCELLED
        return PAUSED if (self._folder / "pause").exists() else ""

    def _reason(self, command: list[str], status: int) -> str:
        if shutil.which(command[0]) is None:
            return f"cannot start {command[0]}: there is no such program any more"
        if status < 0:
            killed = signal.Signals(-status).name
            hint = ", perhaps because memory ran out" if killed == "SIGKILL" else ""
            return f"it was killed ({killed}{hint}); what is finished is kept"
        said = self._record.last_words()
        if shutil.disk_usage(self._folder).free < FULL_BYTES and "disk is full" not in said:
            return f"the disk of {self._folder} is full: free some space, then resume"
        return said or f"it ended with exit status {status}"


def listen(stream: IO[bytes] | None, hear: Callable[[bytes], None]) -> threading.Thread:
    """Hand every line of a stream to ``hear``, in a thread of its own."""

    def work() -> None:
        for line in stream or ():
            hear(line)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def secluded(folder: Path) -> dict[str, str]:
    """The environment for Blenders that shall leave the user's extensions alone: theirs are in ``folder``, and none.

    A Blender with factory settings, as render workers are, otherwise deletes the packages (wheels) of the extensions
    that its settings do not enable: all of the user's, ours among them (seen in 4.5 and 5.2, addon_utils.reset_all).
    """
    folder.mkdir(exist_ok=True)
    return {**os.environ, "BLENDER_USER_EXTENSIONS": str(folder)}


def main(folder: Path) -> int:
    """Run the job in ``folder``. Returns 1 where another runner does already."""
    os.chdir(folder)
    stand_back()
    # A Blender that a script started in the background ignores Ctrl-C, and so would every step that is to be stopped.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    deadline = time.monotonic() + LOCK_S
    with (folder / LOCK).open("ab") as lock:
        while not try_lock(lock):  # whoever looks whether the job lives holds it for a moment
            if time.monotonic() > deadline:
                return 1
            time.sleep(POLL_S)
        Runner(folder, lock).run()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[-1])))
