"""The board: all jobs of a folder, whoever started them; and how they are started, resumed and put in order."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

import attrs

from ..design.errors import ToolError
from .job_record import read_object, write_object
from .job_system import runner_group
from .job_turn import JOB, QUEUE
from .jobs import RESUMABLE, RUNNER_SAID, Job, Order, State

ROOT = Path(__file__).resolve().parent.parent
LOOK_S = 2.0
KEPT_JOBS = 50
KEPT_S = 30 * 86400.0

Programs: TypeAlias = Callable[[Order], Mapping[str, str]]


def as_written(_order: Order) -> Mapping[str, str]:
    """The words in an order's steps stand for themselves."""
    return {}


class JobBoard:
    """All jobs of a folder, newest first. ``programs`` tells what words such as ``{python}`` in an order stand for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._jobs: dict[str, Job] = {}
        self._seen: dict[str, int] = {}
        self._looked = 0.0
        self._runners: list[subprocess.Popen[bytes]] = []
        self.find()

    def __iter__(self) -> Iterator[Job]:
        return iter(sorted(self._jobs.values(), key=lambda job: -job.created))

    def find(self) -> list[Job]:
        """Look for jobs that are new or have changed, and return them. Folders that hold no job are passed over."""
        self._looked = time.monotonic()
        if not self.folder.is_dir():
            return []
        changed, there = [], set()
        with os.scandir(self.folder) as entries:
            for entry in entries:
                if not entry.is_dir():
                    continue
                there.add(entry.name)
                stamp = entry.stat().st_mtime_ns
                if self._seen.get(entry.name) == stamp:
                    continue
                self._seen[entry.name] = stamp
                job = self._jobs.get(entry.name) or _job(self.folder / entry.name)
                if job is not None:
                    self._jobs[entry.name] = job
                    changed.append(job)
                    job.poll()
        for name in self._seen.keys() - there:
            del self._seen[name]
            job = self._jobs.get(name)
            if job is not None and not job.is_live:  # another Blender forgot it; of a live one `poll` tells
                del self._jobs[name]
        return changed

    def poll(self) -> list[Job]:
        """Bring the live jobs up to date, and now and then the others. Returns those that have changed."""
        self._runners = [runner for runner in self._runners if runner.poll() is None]
        changed = [job for job in self._jobs.values() if job.is_live and job.poll()]
        if time.monotonic() - self._looked > LOOK_S:
            changed += [job for job in self.find() if job not in changed]
        return changed

    def start(self, order: Order, programs: Programs = as_written) -> Job:
        """Put a job into the queue. ToolError where it cannot be, or one for the same target is unfinished."""
        self._check_free(order)
        words = programs(order)
        try:
            folder = self._new_folder(order.verb)
            now = time.time()
            document = {**attrs.asdict(order), "created": now, "place": now, "after": []}
            write_object(folder / JOB, document, durable=True)
        except OSError as error:
            raise ToolError(f"cannot start a job in {self.folder}: {error.strerror or error}") from None
        job = self._jobs[folder.name] = Job(folder)
        self._launch(job, words)
        return job

    def resume(self, job: Job, programs: Programs = as_written) -> list[Job]:
        """Go on with a job that was paused or has ended otherwise than well, and with those skipped because of it.

        Returns them. ToolError where it cannot be.
        """
        if job.state not in RESUMABLE:
            raise ToolError(f"{job.order.title} cannot be resumed: it is {job.state.value}")
        self._check_free(job.order, job)
        blocker = self._blocker(job)
        if blocker is not None:
            raise ToolError(f"{job.order.title} needs what {blocker.order.title} makes: resume that first")
        self._launch(job, programs(job.order))
        resumed = [job]
        for other in reversed(list(self)):
            if other.state is State.SKIPPED and other.skipped_by == job.name:
                resumed += self.resume(other, programs)
        return resumed

    def latest(self, verb: str, target: str) -> Job | None:
        """The newest job of a kind for a target."""
        return next((job for job in self if (job.order.verb, job.order.target) == (verb, target)), None)

    def will_make(self, path: Path | str) -> Job | None:
        """The unfinished job (queued, running or paused) that makes a file or folder, if there is one.

        An operator whose input is not there yet asks this in its poll, and names the path in its order's ``needs``: so
        a job can be queued behind the one that makes its input.
        """
        return next((job for job in self if job.is_unfinished and str(path) in job.order.makes), None)

    def by_name(self, name: str) -> Job:
        """The job whose folder is called ``name``. ToolError if it is not there."""
        job = self._jobs.get(name)
        if job is None:
            raise ToolError("this job is no longer there")
        return job

    def named(self, name: str) -> Job | None:
        return self._jobs.get(name)

    def queue(self) -> list[Job]:
        """The jobs that wait for their turn, in order."""
        return sorted((job for job in self._jobs.values() if job.state is State.QUEUED), key=lambda job: job.place)

    def move(self, job: Job, by: int) -> None:
        """Exchange a queued job with its neighbour: -1 is to the front. ToolError where there is none."""
        queue = self.queue()
        index = queue.index(job) + by if job in queue else -1
        if not 0 <= index < len(queue):
            raise ToolError(f"{job.order.title} cannot be moved there in the queue")
        other = queue[index]
        places = job.place, other.place
        job.put(places[1])
        other.put(places[0])

    def waits_for(self, job: Job) -> list[Job]:
        """The unfinished jobs that a job comes after."""
        return [other for name in job.after if (other := self._jobs.get(name)) is not None and other.is_unfinished]

    def forget(self, job: Job) -> None:
        """Delete a job that is not live, and take it off the board. What it produced stays."""
        job.forget()
        del self._jobs[job.name]

    def clear(self) -> int:
        """Forget all jobs that are over. Returns how many."""
        over = [job for job in self if not job.is_unfinished]
        for job in over:
            self.forget(job)
        return len(over)

    def prune(self) -> None:
        """Forget the jobs that were over long ago, or are too many."""
        over = [job for job in self if not job.is_unfinished]
        for number, job in enumerate(over):
            if number >= KEPT_JOBS or time.time() - max(job.since, job.created) > KEPT_S:
                self.forget(job)

    def let_run_at_once(self, count: int) -> None:
        """How many jobs of the queue run at the same time. ToolError where the folder cannot be written."""
        if read_object(self.folder / QUEUE).get("at_once", 1) == count:
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            write_object(self.folder / QUEUE, {"at_once": count})
        except OSError as error:
            raise ToolError(f"cannot write to {self.folder}: {error.strerror or error}") from None

    @property
    def any_live(self) -> bool:
        return any(job.is_live for job in self._jobs.values())

    def _check_free(self, order: Order, but: Job | None = None) -> None:
        other = self.latest(order.verb, order.target)
        if other is None or other is but or not other.is_unfinished:
            return
        doing = "is paused: resume it" if other.state is State.PAUSED else f"is {other.state.value}: wait for it"
        raise ToolError(f"{other.order.title} {doing}, or cancel it")

    def _blocker(self, job: Job) -> Job | None:
        """What a skipped job was skipped for, if that has not succeeded since and is not about to."""
        for path in job.order.needs if job.state is State.SKIPPED else ():
            maker = next((other for other in self if path in other.order.makes), None)
            if maker is not None and not maker.is_unfinished and maker.state is not State.DONE:
                return maker
        return None

    def _launch(self, job: Job, words: Mapping[str, str]) -> None:
        after = dict.fromkeys(
            maker.name for path in job.order.needs if (maker := self.will_make(path)) is not None and maker is not job
        )
        commands = [[words.get(word, word) for word in step] for step in job.order.steps]
        job.prepare(commands, list(after))
        try:
            with (job.folder / RUNNER_SAID).open("wb") as said:
                self._runners.append(
                    subprocess.Popen(
                        [runner_python(), "-m", "addon.job_runner", str(job.folder)],
                        cwd=ROOT,
                        env={key: value for key, value in os.environ.items() if key != "PYTHONSAFEPATH"},
                        stdin=subprocess.DEVNULL,
                        stdout=said,
                        stderr=said,
                        **runner_group(),
                    )
                )
        except OSError as error:
            raise ToolError(f"cannot start a job in {self.folder}: {error.strerror or error}") from None

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


def _job(folder: Path) -> Job | None:
    try:
        return Job(folder)
    except (KeyError, TypeError, ValueError):  # no job's folder, written by another version, or damaged
        return None
