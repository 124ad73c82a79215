"""What running a study is about to take: steps, images, disk and time, as ``simreal study run --dry-run`` tells.

A panel asks for it at every redraw. Planning takes seconds, so it is done by a program beside Blender, once the
settings have rested for a moment, and what it says is kept until they change or the study has got on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import attrs
import bpy

from ..datasets.messages import Decoder, Error, Result
from ..datasets.writing import write_bytes
from ..design.design import FILE_SUFFIX
from ..design.errors import DataSetError, DesignError, StudyError, ToolError
from ..studies.study_folder import STATUS
from .command_lines import HEADLESS
from .hooks import stop_timer
from .inquiry import Answer, Inquiry
from .job_board import runner_python
from .redrawing import redraw
from .study_design import design_text
from .study_orders import VERB, run_arguments
from .study_properties import chosen
from .study_shown import study_folder

INTERVAL_S = 0.1
REST_S = 0.3
LIMIT_S = 120.0


@attrs.frozen
class Outlook:
    """``steps`` of which are ``finished``; of the others the images to render, and seconds and bytes.

    ``is_guess``: the time is not told by steps that have been done here. ``left_out`` are measures without photos,
    ``libraries`` those of the study's designs, and whether they are where they should be.
    """

    steps: int = 0
    finished: int = 0
    images: int = 0
    seconds: float = 0.0
    bytes: float = 0.0
    is_guess: bool = True
    left_out: tuple[str, ...] = ()
    libraries: Mapping[str, bool] = attrs.field(factory=dict)
    problem: str = ""

    @property
    def missing(self) -> tuple[str, ...]:
        """The libraries that are not where they should be."""
        return tuple(name for name, is_there in self.libraries.items() if not is_there)


@attrs.frozen
class Question:
    """What is asked: the arguments of ``simreal study``, when what they name was last changed, and the design that is
    to lie where they say."""

    arguments: tuple[str, ...]
    stamps: tuple[int, ...]
    design: str = ""

    @property
    def folder(self) -> str:
        """The study's folder."""
        return self.arguments[self.arguments.index("--out") + 1]


class Asker:
    """The last answer for each scene, and the questions that are open."""

    def __init__(self) -> None:
        self.answers: dict[int, tuple[Question, Outlook]] = {}
        self._wanted: dict[int, tuple[Question, float]] = {}
        self._asked: Question | None = None
        self._inquiry = Inquiry(LIMIT_S)

    def want(self, scene: int, question: Question) -> None:
        """Have a question answered for a scene, in place of any other that it has."""
        if scene not in self._wanted or self._wanted[scene][0] != question:
            self._wanted[scene] = question, time.monotonic()
        if not bpy.app.timers.is_registered(poll):
            bpy.app.timers.register(poll, first_interval=INTERVAL_S, persistent=True)

    def work(self) -> bool:
        """Ask, or look for an answer. Returns whether anything is left to do."""
        if self._inquiry.is_running and self._asked not in [question for question, _ in self._wanted.values()]:
            self._inquiry.stop()  # the settings are others by now
        if not self._inquiry.is_running:
            self._ask()
        answer = self._inquiry.poll()
        if answer is not None and self._asked is not None:
            self._take(self._asked, told(answer))
        return bool(self._wanted)

    def stop(self) -> None:
        self._inquiry.stop()

    def _ask(self) -> None:
        rested = [one for one, since in self._wanted.values() if time.monotonic() - since > REST_S]
        if not rested:
            return
        self._asked = rested[0]
        try:
            if rested[0].design:
                write_bytes(_design_file(), rested[0].design.encode())
            self._inquiry.start((runner_python(), str(HEADLESS), VERB, "--messages", *rested[0].arguments, "--dry-run"))
        except (ToolError, DataSetError) as error:
            self._take(rested[0], Outlook(problem=str(error)))

    def _take(self, question: Question, outlook: Outlook) -> None:
        for scene in [scene for scene, (wanted, _) in self._wanted.items() if wanted == question]:
            before = self.answers.get(scene)
            if outlook.problem and before is not None and before[0].folder == question.folder:
                outlook = attrs.evolve(outlook, libraries=before[1].libraries)  # a wrong folder can be put right
            self.answers[scene] = question, outlook
            del self._wanted[scene]
        redraw()


_askers: list[Asker] = []


def outlook(scene: bpy.types.Scene) -> Outlook | None:
    """The outlook for the study that a scene asks for; None while it is worked out. Made for panels: takes no time."""
    known = known_outlook(scene)
    if known is None:
        _askers[0].want(scene.session_uid, _question(scene))
    return known


def known_outlook(scene: bpy.types.Scene) -> Outlook | None:
    """The outlook, if it has been worked out; nothing is set going."""
    try:
        question = _question(scene)
    except (StudyError, DesignError) as error:
        return Outlook(problem=str(error))
    asked, answer = _askers[0].answers.get(scene.session_uid, (None, None))
    return answer if asked == question else None


def libraries_of(scene: bpy.types.Scene) -> Mapping[str, bool]:
    """The libraries of the study's designs, as far as they are known."""
    known = _askers[0].answers.get(scene.session_uid)
    folder = study_folder(scene)
    return known[1].libraries if known is not None and known[0].folder == str(folder) else {}


def _question(scene: bpy.types.Scene) -> Question:
    """StudyError where there is no such study, DesignError where the scene's design is asked for and faulty."""
    arguments = run_arguments(scene, libraries_of(scene), _design_file())
    file, folder = chosen(scene.simreal.studies).file, study_folder(scene)
    assert file is not None and folder is not None
    design = design_text(scene, _design_file().parent, lenient=True) if scene.simreal.studies.use_design else ""
    return Question(arguments, (_changed(file.path), _changed(folder / STATUS)), design)


def _design_file() -> Path:
    return Path(bpy.app.tempdir) / f"study-design{FILE_SUFFIX}"


def told(answer: Answer) -> Outlook:
    """What a dry run said."""
    messages = Decoder().feed(answer.stdout)
    plan = next((one.data for one in messages if isinstance(one, Result) and one.kind == "plan"), None)
    if plan is not None:
        return _of_plan(plan)
    error = next((one.text for one in messages if isinstance(one, Error)), "")
    said = [line for line in answer.stderr.decode(errors="replace").splitlines() if line.strip()]
    silence = "it said nothing" if answer.in_time else "it took too long"
    return Outlook(problem=error or f"The study could not be planned: {said[-1] if said else silence}")


def _of_plan(plan: Mapping[str, Any]) -> Outlook:
    costs = plan["costs"]
    return Outlook(
        steps=sum(one["steps"] for one in costs),
        finished=sum(one["finished"] for one in costs),
        images=sum(one["images"] for one in costs),
        seconds=sum(one["seconds"] for one in costs),
        bytes=sum(one["bytes"] for one in costs),
        is_guess=not all(one["measured"] for one in costs),
        left_out=tuple(plan["left_out"]),
        libraries=plan["libraries"],
    )


def poll() -> float | None:
    """The timer of an open question."""
    return INTERVAL_S if _askers[0].work() else None


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def register() -> Callable[[], None]:
    """Begin to answer. Returns what ends it."""
    _askers.append(Asker())
    return unregister


def unregister() -> None:
    stop_timer(poll)
    _askers.pop().stop()
