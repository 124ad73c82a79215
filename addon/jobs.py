"""Jobs: child programs with a folder each, that survive Blender being closed and are found again by their folders.

No bpy here. A job's folder holds ``job.json``, and what ``job_runner`` writes (``job_record``); there is no other
state, so any number of Blenders may watch the same job.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any

import attrs

from ..datasets.messages import Progress
from ..design.errors import ToolError
from . import job_record
from .job_record import read_object, standing, write_object
from .job_turn import JOB


class State(Enum):
    """What a job is doing. ``SKIPPED``: one it comes after failed. ``LOST``: its runner died without a word."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSING = "pausing"
    PAUSED = "paused"
    CANCELLING = "cancelling"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"
    LOST = "lost"


RUNNER_SAID = "runner.txt"
LIVE = (State.QUEUED, State.RUNNING, State.PAUSING, State.CANCELLING)
RESUMABLE = (State.PAUSED, State.FAILED, State.CANCELLED, State.SKIPPED, State.LOST)


@attrs.frozen
class Order:
    """What a job is to do: ``verb`` names its kind, ``target`` the folder it works for, ``steps`` are command lines.

    ``needs`` and ``makes`` are paths: a job comes after the unfinished ones that make what it needs. With ``in_line``
    it takes its turn in the queue, else it starts beside it. ``files`` (path: text) are written before the first step.
    A step that is run again goes on from what is finished: pausing and resuming rest on that. One that does not end
    ``patience_s`` after it was interrupted is killed. ``facts`` are JSON values that are kept with the job.
    """

    verb: str
    title: str
    target: str
    steps: tuple[tuple[str, ...], ...]
    needs: tuple[str, ...] = ()
    makes: tuple[str, ...] = ()
    in_line: bool = True
    patience_s: float = 20.0
    files: Mapping[str, str] = attrs.field(factory=dict)
    facts: Mapping[str, Any] = attrs.field(factory=dict)


class Job:
    """A job as seen from its folder. ``poll`` brings it up to date."""

    def __init__(self, folder: Path) -> None:
        """Raises KeyError or TypeError where the folder holds no job."""
        self.folder = folder
        self.state = State.QUEUED
        self.step = 0
        self.progress: Progress | None = None
        self.results: dict[str, dict[str, Any]] = {}
        self.log: tuple[str, ...] = ()
        self.problem = ""
        self.skipped_by = ""
        self.seconds = 0.0
        self.since = 0.0
        self._seen: tuple[int, ...] = ()
        self._results_seen = 0
        self._read_order()

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def is_live(self) -> bool:
        """Whether a runner is at work, or waits for its turn."""
        return self.state in LIVE

    @property
    def is_unfinished(self) -> bool:
        """Live, or paused."""
        return self.is_live or self.state is State.PAUSED

    def poll(self) -> bool:
        """Take in what is new: a few hundred bytes, and nothing where the files have not changed."""
        before = self.state
        seen = _changed(self.folder / JOB, self.folder / job_record.STATE)
        news = seen != self._seen
        if news or self.is_live:
            self._take(standing(self.folder) if self.folder.is_dir() else None)
        if news:
            self._seen = seen
            self._read_order()
            self._read_results()
        return news or self.state is not before

    def cancel(self) -> None:
        """Ask the job to stop; ``poll`` tells when it has. ToolError where that cannot be."""
        self._ask("cancel")
        if self.state is State.PAUSED:
            self._write_state(State.CANCELLED)

    def pause(self) -> None:
        """Ask the job to stop for a while. ToolError where that cannot be."""
        if not self.is_live:
            raise ToolError(f"{self.order.title} does not run")
        self._ask("pause")

    def put(self, place: float) -> None:
        """Give the job another place in the queue."""
        self.write({"place": place})

    def prepare(self, commands: list[list[str]], after: list[str]) -> None:
        """Make the folder ready for a runner: what was asked of the one before is forgotten, what it did is kept."""
        self.write({"commands": commands, "after": after, "place": time.time()})
        for name in ("pause", "cancel"):
            (self.folder / name).unlink(missing_ok=True)
        self._write_state(State.QUEUED)

    def write(self, changes: Mapping[str, Any]) -> None:
        """Change job.json. ToolError where that cannot be."""
        try:
            write_object(self.folder / JOB, {**read_object(self.folder / JOB), **changes}, durable=True)
        except OSError as error:
            raise ToolError(f"cannot write to {self.folder}: {error.strerror}") from None
        self.poll()

    def forget(self) -> None:
        """Delete the job's folder (not what it produced). ToolError if it still runs."""
        if self.is_live:
            raise ToolError(f"{self.order.title} still runs: cancel it first")
        while self.folder.exists():
            try:
                shutil.rmtree(self.folder)
            except FileNotFoundError:  # its runner is on its way out, and deletes what it kept in reserve
                continue

    def _read_order(self) -> None:
        document = read_object(self.folder / JOB)
        if not document and self._seen:  # deleted in mid-job: what is known stays
            return
        fields = {field.name: document[field.name] for field in attrs.fields(Order) if field.name in document}
        fields["steps"] = tuple(tuple(step) for step in document["steps"])
        for name in ("needs", "makes"):
            fields[name] = tuple(fields.get(name, ()))
        self.order = Order(**fields)
        self.created: float = document["created"]
        self.place: float = document["place"]
        self.after: tuple[str, ...] = tuple(document["after"])

    def _read_results(self) -> None:
        path = self.folder / job_record.RESULTS
        seen = _changed(path)[0]
        if seen != self._results_seen:
            self._results_seen, self.results = seen, read_object(path)

    def _take(self, state: dict[str, Any] | None) -> None:
        if state is None:
            if self.is_live:
                self.state, self.problem = State.LOST, f"its folder was deleted: {self.folder}"
            return
        self.state = State(state["state"])
        if self.is_live and (self.folder / "cancel").exists():
            self.state = State.CANCELLING
        elif self.is_live and (self.folder / "pause").exists():
            self.state = State.PAUSING
        self.log, self.seconds, self.since = tuple(state["log"]), state["seconds"], state["since"]
        self.step = state["step"]
        self.progress = Progress(**state["progress"]) if state["progress"] else None
        self.problem, self.skipped_by = state["problem"], state["by"]
        if self.state is State.LOST:
            self.problem = self._runners_last_words() or "it was ended from outside, or the computer was restarted"

    def _runners_last_words(self) -> str:
        """Why the runner itself failed; it says nothing where it was killed."""
        path = self.folder / RUNNER_SAID
        lines = path.read_text(encoding="utf-8", errors="replace").split("\n") if path.is_file() else []
        return next((line.strip() for line in reversed(lines) if line.strip()), "")

    def _ask(self, name: str) -> None:
        try:
            (self.folder / name).touch()
        except OSError as error:
            raise ToolError(f"{self.order.title} cannot be stopped: {self.folder}: {error.strerror}") from None
        self.poll()

    def _write_state(self, state: State) -> None:
        """Only where no runner lives."""
        values = {**job_record.FRESH, **read_object(self.folder / job_record.STATE)}
        values |= {"state": state.value, "since": time.time(), "by": "", "problem": ""}
        try:
            write_object(self.folder / job_record.STATE, values, durable=True)
        except OSError as error:
            raise ToolError(f"cannot write to {self.folder}: {error.strerror}") from None
        self.poll()


def _changed(*paths: Path) -> tuple[int, ...]:
    """When files were last written, in nanoseconds; 0 where they are not there."""
    return tuple(_written(path) for path in paths)


def _written(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0
