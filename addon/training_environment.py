"""The training environment as Blender sees it: which Python trains, what its last check found, and a check now."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import attrs
import bpy

from . import training_check
from .command_lines import HEADLESS
from .hooks import stop_timer
from .jobs import Job
from .preferences import own_environment, preferences, settings, user_folder
from .redrawing import redraw
from .training_check import Checker, Findings, program_problem

INTERVAL_S = 0.2


@attrs.frozen
class Standing:
    """How it stands with training: ``problem`` "" is that it can be done, as far as is known."""

    program: str
    problem: str
    found: Findings | None
    is_checking: bool

    @property
    def is_there(self) -> bool:
        """Whether there is a Python to ask."""
        return not program_problem(self.program)

    @property
    def summary(self) -> str:
        """One line for a panel."""
        if self.is_checking:
            return "Checking ..."
        if self.problem:
            return self.problem
        return self.found.summary if self.found else "Not checked yet"


class Memory:
    """What the last check found, as kept in the user's folder, and the check that is running."""

    def __init__(self) -> None:
        self.checker = Checker()
        self._found: Findings | None = None
        self._is_read = False

    def found(self, program: str) -> Findings | None:
        """What is known of a program, unless it has changed since."""
        if not self._is_read:
            self._found, self._is_read = training_check.load(_record()), True
        found = self._found
        if found is None or found.program != program or tuple(found.stamp) != training_check.stamp(program):
            return None
        return found

    def keep(self, found: Findings) -> None:
        self._found, self._is_read = found, True
        training_check.save(found, _record())


_memories: list[Memory] = []


def standing() -> Standing:
    """How it stands with the Python that the preferences name."""
    memory, program = _memories[0], settings().training_python
    checking = memory.checker.is_running and memory.checker.program == program
    problem, found = program_problem(program), None
    if not program and own_environment().is_ours:
        problem = "The training environment is not finished: create it again in Preferences > Add-ons > Simreal"
    if not problem:
        found = memory.found(program)
        problem = found.problem if found else ""
    return Standing(program, problem, found, checking)


def check() -> None:
    """Begin to check the training Python; a timer takes in what is found. ToolError where it does not start."""
    program = settings().training_python
    command = (program, str(HEADLESS), "doctor", "--training", "--messages")
    _memories[0].checker.start(program, command)
    if not bpy.app.timers.is_registered(poll):
        bpy.app.timers.register(poll, first_interval=INTERVAL_S, persistent=True)


def check_new() -> None:
    """Check a Python that was newly named, where there is one and someone to look at what is found."""
    program = settings().training_python
    if not bpy.app.background and not program_problem(program) and _memories[0].found(program) is None:
        check()
    redraw()


def poll() -> float | None:
    """The timer of a check."""
    memory = _memories[0]
    found = memory.checker.poll()
    if found is not None:
        memory.keep(found)
    if not memory.checker.is_running:
        redraw()
    return INTERVAL_S if memory.checker.is_running else None


def take(job: Job) -> None:
    """After a job that made or removed the environment: it is the one that trains, and its check is known."""
    environment = own_environment()
    if environment.is_ready and "environment" in job.results:
        if "doctor" in job.results:
            _memories[0].keep(training_check.of_doctor(str(environment.python), job.results["doctor"]))
        named = preferences()
        if named is not None and named.training_python:
            named.training_python = ""  # which is the own one
            bpy.context.preferences.is_dirty = True
        if "doctor" not in job.results:  # it could not even be asked: a check says why
            check()
    redraw()


def _record() -> Path:
    return user_folder() / "training-check.json"


def register() -> Callable[[], None]:
    """Begin to remember. Returns what ends it."""
    _memories.append(Memory())
    return unregister


def unregister() -> None:
    stop_timer(poll)
    _memories.pop().checker.stop()
