"""Studies whose commands are stand-ins (``stand_in_step``); as a program it runs one, so that tests can end it."""

import json
import os
import queue
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from simreal.datasets.messages import Message
from simreal.rendering.child import Child
from simreal.studies.crew import Work
from simreal.studies.opened import OpenStudy, conduct, opened
from simreal.studies.plan import Step
from simreal.studies.study_file import find_study
from simreal.studies.study_folder import Settings, StudyFolder

STAND_IN = Path(__file__).parent / "stand_in_step.py"


class StandInCrew:
    """Runs stand-ins in place of Simreal's commands, ``places`` at a time. ``told``: what is to go wrong."""

    def __init__(self, places: int = 1, **told: object) -> None:
        self.places = places
        self._environment = {**os.environ, **({"STAND_IN": json.dumps(told)} if told else {})}

    def __enter__(self) -> "StandInCrew":
        return self

    def __exit__(self, *error: object) -> None: ...

    def start(self, step: Step, words: Sequence[str], number: int, events: queue.Queue) -> Work:
        return Child((sys.executable, "-S", str(STAND_IN), *words), number, events, self._environment)


def a_study(file: Path, folder: Path, **settings: object) -> OpenStudy:
    """The study of a file, to be run in a folder."""
    return opened(find_study(str(file)), Settings(str(file.parent), **settings), StudyFolder(folder))


def silent(message: Message) -> None: ...


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job's is ignored
    conduct(a_study(Path(sys.argv[1]), Path(sys.argv[2])), StandInCrew(), silent)
