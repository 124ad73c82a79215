"""Running a plan: every step that is not finished, as soon as what it needs is there, some at a time.

A step that fails is named, and everything that does not depend on it goes on. Whatever ends this process, the children
end with it, and the next run goes on where they stopped.
"""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal, TypeAlias

import attrs

from ..datasets.messages import Error, Log, Message, Progress, Report, Result
from ..datasets.progress_text import describe
from ..design.errors import StudyError
from ..rendering.child import Event
from ..rendering.interruption import interruptible
from .crew import Crew, Work
from .estimates import Estimates
from .plan import Plan, Step
from .study_folder import FINISHED, LOG, StudyFolder

State: TypeAlias = Literal["waiting", "running", "finished", "failed", "blocked"]

LEAVE_S = 60.0  # for a training to make its last checkpoint
TICK_S = 1.0
TELL_S = 0.5  # between two words of how far a step is
LAST_LINES = 5
MOST_LOSSES = 5


@attrs.frozen
class Standing:
    """How far a study is: the state of every step by its key, and seconds left by what is known of its steps.

    ``now`` says of the steps that run how far they are, ``problems`` of those that failed why.
    """

    states: Mapping[str, State]
    eta_s: float | None
    now: Mapping[str, str]
    problems: Mapping[str, str] = attrs.field(factory=dict)

    def count(self, *states: State) -> int:
        """How many steps are in one of these states."""
        return sum(state in states for state in self.states.values())


@attrs.define
class _Running:
    """A step that runs."""

    step: Step
    work: Work
    log: Path
    since: float
    attempts: int
    last: Progress | None = None
    problem: str = ""


class Execution:
    """Runs a plan in a folder with a crew. ``watch`` is told how things stand whenever that changes."""

    def __init__(
        self, plan: Plan, folder: StudyFolder, crew: Crew, report: Report, watch: Callable[[Standing], None]
    ) -> None:
        self._plan, self._folder, self._crew = plan, folder, crew
        self._report, self._watch = report, watch
        self._estimates = Estimates(plan, folder)
        self._states = states_in(plan, folder)
        self._running: dict[int, _Running] = {}
        self._losses: dict[str, int] = {}
        self._problems: dict[str, str] = {}
        self._events: queue.Queue[tuple[int, Event]] = queue.Queue()
        self._number = 0
        self._told = 0.0

    def run(self) -> Standing:
        """Run all that is left, and return how it ended. KeyboardInterrupt when the user stops it, with all left in
        peace."""
        self._folder.write_designs(self._plan)
        try:
            with interruptible():
                self._tell()
                self._fill()
                while self._running:
                    self._listen()
                    self._fill()
        finally:
            self._leave()
        standing = self.standing()
        self._watch(standing)
        return standing

    def standing(self) -> Standing:
        """How things stand."""
        left = [self._estimates.seconds(step) for step in self._steps("waiting")]
        now = {}
        for running in self._running.values():
            last = running.last
            spent = time.monotonic() - running.since
            rest = last.eta_s if last is not None else None
            left.append(max(0.0, self._estimates.seconds(running.step) - spent) if rest is None else rest)
            now[running.step.key] = describe(last) if last is not None else "starting"
        eta = sum(left) / max(1, min(self._crew.places, len(left))) if left else 0.0
        return Standing(dict(self._states), eta, now, dict(self._problems))

    def _steps(self, state: State) -> list[Step]:
        return [step for step in self._plan.steps.values() if self._states[step.key] == state]

    def _fill(self) -> None:
        """Start what can start while there is room."""
        for step in self._steps("waiting"):
            if len(self._running) >= self._crew.places:
                return
            states = {self._states[key] for key in step.needs}
            if states & {"failed", "blocked"}:
                self._states[step.key] = "blocked"
            elif states <= {"finished"}:
                self._start(step)

    def _start(self, step: Step) -> None:
        place = self._folder.step(step)
        words = self._folder.command(self._plan, step)
        attempts = self._folder.begin(step, words)
        self._number += 1
        spoken = ("--messages", "--leash", f"--hold={(place / 'lock').resolve()}")
        work = self._crew.start(step, (*words, *spoken), self._number, self._events)
        log = place / LOG
        self._running[self._number] = _Running(step, work, log, time.monotonic(), attempts)
        self._states[step.key] = "running"
        _note(log, f"$ simreal {' '.join(words)}")
        self._tell()

    def _listen(self) -> None:
        try:
            number, event = self._events.get(timeout=TICK_S)
        except queue.Empty:
            return
        running = self._running.get(number)
        if running is None:
            return
        if event is None:
            self._end(number, running)
        elif isinstance(event, Progress):
            running.last = event
            if time.monotonic() - self._told > TELL_S:
                self._tell()
        else:
            _note_message(running, event)

    def _end(self, number: int, running: _Running) -> None:
        """A step's process is no more."""
        del self._running[number]
        step, work = running.step, running.work
        death = work.describe_death()
        work.kill()
        if work.status == 0:
            took = {"seconds": round(time.monotonic() - running.since, 1), "attempts": running.attempts}
            self._folder.finish(step, took)
            self._states[step.key] = "finished"
            self._estimates.learn(step, took)
        elif work.lost and self._losses.get(step.key, 0) < MOST_LOSSES:
            self._losses[step.key] = self._losses.get(step.key, 0) + 1
            self._states[step.key] = "waiting"
            self._report(Log(f"{step.folder}: {death}; it is started again", "warning"))
        else:
            self._states[step.key] = "failed"
            self._problems[step.key] = running.problem or death
            self._mourn(running, self._problems[step.key])
        self._tell()

    def _mourn(self, running: _Running, reason: str) -> None:
        """Say which step failed, why, and where to read on."""
        for line in running.work.said:
            _note(running.log, line)
        _note(running.log, f"failed: {reason}")
        lines = running.log.read_text(encoding="utf-8").splitlines()[-LAST_LINES:]
        told = "\n".join(f"    {line[:300]}" for line in lines)
        text = f"{running.step.folder} ({running.step.title}) failed: {reason}\n{told}\n    {running.log}"
        self._report(Error(text, fatal=False))

    def _tell(self) -> None:
        self._told = time.monotonic()
        standing = self.standing()
        self._watch(standing)
        done, total = standing.count("finished"), len(self._states)
        now = "; ".join(f"{self._plan.steps[key].name}: {text}" for key, text in standing.now.items())
        failed = standing.count("failed", "blocked")
        note = f"{failed} failed or blocked; {now}" if failed else now
        self._report(Progress(f"study {self._plan.study.name}", done, total, "steps", eta_s=standing.eta_s, note=note))

    def _leave(self) -> None:
        """Have the children leave; each is given time to keep what it has done."""
        works = [running.work for running in self._running.values()]
        try:
            for work in works:
                work.send({"stop": True})
                work.close()
            for work in works:
                work.wait(LEAVE_S)
        finally:
            for work in works:
                work.kill()
            for running in self._running.values():
                self._states[running.step.key] = "waiting"
            self._running.clear()


def states_in(plan: Plan, folder: StudyFolder) -> dict[str, State]:
    """Which steps are finished in a folder; the others wait."""
    return {
        key: "finished" if (folder.step(step) / FINISHED).is_file() else "waiting" for key, step in plan.steps.items()
    }


def _note_message(running: _Running, message: Message) -> None:
    match message:
        case Log(text=text, level=level):
            _note(running.log, f"warning: {text}" if level == "warning" else text)
        case Error(text=text):
            running.problem = text
            _note(running.log, f"error: {text}")
        case Result(kind="text", data=data):
            _note(running.log, str(data["text"]))


def _note(log: Path, text: str) -> None:
    try:
        with log.open("a", encoding="utf-8") as file:
            file.write(f"{text}\n")
    except OSError as error:
        raise StudyError(f"cannot write {log}: {error.strerror}; what is finished is kept") from None
