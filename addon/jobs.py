"""Jobs: child programs with a folder each, that survive Blender being closed and are found again by their folders.

No bpy here. A job's folder holds ``job.json`` and what ``job_runner`` writes; there is no other state, so any number of
Blenders may watch the same job.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

import attrs

from ..datasets.messages import Decoder, Error, Log, Message, Progress, Result
from ..design.errors import ToolError
from .job_runner import own_group, try_lock

RUNNER = Path(__file__).with_name("job_runner.py")
START_S = 10.0
LOG_LINES = 8


class State(Enum):
    """What a job is doing. ``LOST``: its runner died without a word (a power cut, a kill)."""

    RUNNING = "running"
    CANCELLING = "cancelling"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"


LIVE = (State.RUNNING, State.CANCELLING)


@attrs.frozen
class Order:
    """What a job is to do: ``verb`` names its kind, ``target`` the folder it works for, ``steps`` are command lines."""

    verb: str
    title: str
    target: str
    steps: tuple[tuple[str, ...], ...]


class Job:
    """A job as seen from its folder. ``poll`` brings it up to date."""

    def __init__(self, folder: Path) -> None:
        document = json.loads((folder / "job.json").read_text(encoding="utf-8"))
        self.folder = folder
        self.started: float = document["started"]
        self.order = Order(
            document["verb"], document["title"], document["target"], tuple(tuple(step) for step in document["steps"])
        )
        self.state = State.RUNNING
        self.progress: Progress | None = None
        self.results: dict[str, dict[str, object]] = {}
        self.log: deque[str] = deque(maxlen=LOG_LINES)
        self.problem = ""
        self._decoder = Decoder()
        self._read_bytes = 0

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    def poll(self) -> bool:
        """Take in what is new. Returns whether anything is."""
        before = self.state
        after = self._look()  # before the messages: once a job is over there are no further ones
        messages = self._new_messages()
        for message in messages:
            self._take(message)
        self.state = after
        if after is not before and after in (State.FAILED, State.LOST):
            self.problem = self.problem or self._last_words()
        return bool(messages) or after is not before

    def cancel(self) -> None:
        """Ask the job to stop; ``poll`` tells when it has. ToolError where its folder is gone."""
        try:
            (self.folder / "cancel").touch()
        except OSError as error:
            raise ToolError(f"{self.order.title} cannot be stopped: {self.folder}: {error.strerror}") from None

    def forget(self) -> None:
        """Delete the job's folder (not what it produced). ToolError if it still runs."""
        if self.is_live:
            raise ToolError(f"{self.order.title} still runs: cancel it first")
        shutil.rmtree(self.folder, ignore_errors=not self.folder.exists())

    def _look(self) -> State:
        if not self.is_live:
            return self.state
        cancelled = (self.folder / "cancel").exists()
        exit_record = self._exit_record()
        if exit_record is None and not _is_held(self.folder / "lock"):
            # It may have ended between the two looks, or not have begun.
            exit_record = self._exit_record()
            if exit_record is None and time.time() - self.started > START_S:
                return State.LOST
        if exit_record is None:
            return State.CANCELLING if cancelled else State.RUNNING
        if exit_record["status"] == 0:
            return State.DONE
        return State.CANCELLED if exit_record["cancelled"] else State.FAILED

    def _exit_record(self) -> dict[str, int] | None:
        path = self.folder / "exit.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None

    def _new_messages(self) -> list[Message]:
        path = self.folder / "messages.jsonseq"
        if not path.is_file():
            return []
        with path.open("rb") as file:
            file.seek(self._read_bytes)
            data = file.read()
        self._read_bytes += len(data)
        return self._decoder.feed(data)

    def _take(self, message: Message) -> None:
        match message:
            case Progress():
                self.progress = message
            case Log(text=text):
                self.log.append(text)
            case Error(text=text, fatal=fatal):
                self.log.append(text)
                if fatal:
                    self.problem = text
            case Result(kind=kind, data=data):
                self.results[kind] = data

    def _last_words(self) -> str:
        """What a job that reported no error said last."""
        for name in ("log.txt", "runner.txt"):
            path = self.folder / name
            lines = path.read_text(encoding="utf-8", errors="replace").split("\n") if path.is_file() else []
            said = [line.strip() for line in lines if line.strip()]
            if said:
                return said[-1]
        if self._decoder.chatter:
            return self._decoder.chatter[-1]
        if self.state is State.LOST:
            return "it was ended from outside; start it again to go on"
        return f"it ended with exit status {(self._exit_record() or {}).get('status')}"


class JobBoard:
    """All jobs of a folder, newest first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._jobs: dict[Path, Job] = {}
        self._runners: list[subprocess.Popen[bytes]] = []
        self.find()

    def __iter__(self) -> Iterator[Job]:
        return iter(sorted(self._jobs.values(), key=lambda job: -job.started))

    def find(self) -> None:
        """Take up the jobs that lie in the folder and are not known yet. A folder that holds no job is passed over."""
        for path in self.folder.glob("*/job.json"):
            if path.parent not in self._jobs:
                try:
                    self._jobs[path.parent] = Job(path.parent)
                except (ValueError, KeyError, TypeError):  # written by another version, or damaged
                    continue
                self._jobs[path.parent].poll()

    def start(self, order: Order) -> Job:
        """Start a job. ToolError where it cannot be started, or one for the same target is running."""
        running = self.latest(order.verb, order.target)
        if running is not None and running.is_live:
            raise ToolError(f"{running.order.title} is running: wait for it, or cancel it")
        try:
            folder = self._new_folder(order.verb)
            document = {**attrs.asdict(order), "started": time.time()}
            (folder / "job.json").write_text(json.dumps(document, indent=1), encoding="utf-8")
            with (folder / "runner.txt").open("wb") as said:
                command = [runner_python(), str(RUNNER), str(folder)]
                runner = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, **own_group())
        except OSError as error:
            raise ToolError(f"cannot start a job in {self.folder}: {error.strerror or error}") from None
        self._runners.append(runner)
        self._jobs[folder] = Job(folder)
        return self._jobs[folder]

    def poll(self) -> list[Job]:
        """Bring the running jobs up to date. Returns those that have changed."""
        self._runners = [runner for runner in self._runners if runner.poll() is None]
        return [job for job in self._jobs.values() if job.is_live and job.poll()]

    def latest(self, verb: str, target: str) -> Job | None:
        """The newest job of a kind for a target."""
        return next((job for job in self if (job.order.verb, job.order.target) == (verb, target)), None)

    def by_name(self, name: str) -> Job:
        """The job whose folder is called ``name``. ToolError if it is not there."""
        job = self._jobs.get(self.folder / name)
        if job is None:
            raise ToolError("this job is no longer there")
        return job

    def forget(self, job: Job) -> None:
        """Delete a job that has ended, and take it off the board."""
        job.forget()
        del self._jobs[job.folder]

    @property
    def any_live(self) -> bool:
        return any(job.is_live for job in self._jobs.values())

    def _new_folder(self, verb: str) -> Path:
        stamp = time.strftime("%Y%m%d-%H%M%S")
        for number in range(1000):
            folder = self.folder / f"{stamp}-{verb}{f'-{number}' if number else ''}"
            try:
                folder.mkdir(parents=True)
            except FileExistsError:
                continue
            return folder
        raise ToolError(f"{self.folder}: no free name for another job")


def runner_python() -> str:
    """The Python that runs jobs: the one Blender comes with. ToolError where there is none as a program."""
    if not os.access(sys.executable or "", os.X_OK):
        raise ToolError("this Blender has no Python program of its own, which jobs need: use an official build")
    return sys.executable


def _is_held(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("ab") as file:
        return not try_lock(file)
