"""A study that is about to be run, or looked at: its plan and its folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from ..datasets.lock import holding
from ..datasets.messages import Report
from ..datasets.writing import writing_to
from ..design.errors import StudyError
from .crew import Crew
from .data_designs import Shelf, what_is_missing
from .execution import Execution, Standing, states_in
from .graph import plan_of
from .plan import Plan
from .status import StatusFile
from .study_file import StudyFile, study_from_text
from .study_folder import DESIGNS, LOCK, SETTINGS, STATUS, STUDY, Settings, StudyFolder, read_json


@attrs.frozen
class OpenStudy:
    """A plan, the folder it is for, and what the folder will keep of it."""

    plan: Plan
    folder: StudyFolder
    text: str
    settings: Settings


def opened(file: StudyFile, settings: Settings, folder: StudyFolder) -> OpenStudy:
    """Plan a study for a folder; nothing is written. StudyError where the folder holds something else."""
    _check_folder(folder, file)
    study = file.at(settings.scale)
    own = Path(settings.design) if settings.design else None
    shelf = Shelf(Path(settings.origin), folder.path.resolve() / DESIGNS, _paths(settings.libraries), own)
    plan = plan_of(study, shelf, _paths(settings.photos), settings.seeds, settings.only)
    for library in settings.libraries:
        if not any(library in design.libraries for design in plan.designs.values()):
            raise StudyError(f"--library {library}: no design of {study.name} has a library of that name")
    return OpenStudy(plan, folder, file.text, settings)


def reopened(path: Path) -> OpenStudy:
    """The study in a folder, as it was last run."""
    return settled(StudyFolder(path), {})


def settled(folder: StudyFolder, changes: Mapping[str, Any]) -> OpenStudy:
    """The study in a folder, with some settings changed."""
    settings = attrs.evolve(folder.settings(), **changes)
    try:
        text = (folder.path / STUDY).read_text(encoding="utf-8")
    except OSError as error:
        raise StudyError(f"cannot read {folder.path / STUDY}: {error.strerror}") from None
    return opened(study_from_text(text, folder.path / STUDY), settings, folder)


def conduct(study: OpenStudy, crew: Crew, report: Report) -> Standing:
    """Run all that is not finished, keeping ``status.json``, and write the report, also where the user stops it.

    StudyError, before anything runs, where files of a design are missing or another process runs this study.
    """
    from .report import write_report  # needs matplotlib, which Blender's Python has not: planning goes without

    plan, folder = study.plan, study.folder
    for design in plan.designs.values():
        if missing := what_is_missing(design):
            raise StudyError(missing)
    with writing_to(folder.path):
        folder.path.mkdir(parents=True, exist_ok=True)
    busy = StudyError(f"{folder.path}: this study is being run by another process; see `simreal study status`")
    with holding(folder.path / LOCK, busy), crew:
        folder.keep(study.text, study.settings)
        status = StatusFile(plan, folder)
        execution = Execution(plan, folder, crew, report, status.write)
        state = "stopped"
        try:
            standing = execution.run()
            state = "finished" if standing.count("finished") == len(standing.states) else "incomplete"
        finally:
            write_report(plan, folder)
            status.write(execution.standing(), state)
    return standing


def status_now(study: OpenStudy) -> dict[str, Any]:
    """How far a study is: as ``status.json`` has it while it is run, else by what is finished."""
    plan, folder = study.plan, study.folder
    busy = StudyError(f"{folder.path} is being run")
    try:
        with holding(folder.path / LOCK, busy):
            states = states_in(plan, folder)
            whole = all(state == "finished" for state in states.values())
            state = "finished" if whole else "stopped"
            return StatusFile(plan, folder).document(Standing(states, None, {}), state)
    except StudyError as error:
        if error is not busy:
            raise
        return read_json(folder.path / STATUS) or {}


def _check_folder(folder: StudyFolder, file: StudyFile) -> None:
    path = folder.path
    if path.is_file():
        raise StudyError(f"{path} is a file; --out needs a folder")
    if not path.is_dir():
        return
    if (path / SETTINGS).is_file():
        there = study_from_text((path / STUDY).read_text(encoding="utf-8"), path / STUDY).name
        if there != file.name:
            raise StudyError(f"{path} holds the study '{there}'; choose another folder with --out")
    elif any(path.iterdir()):
        raise StudyError(f"{path} holds other files; choose another folder with --out")


def _paths(named: Mapping[str, str]) -> dict[str, Path]:
    return {name: Path(place) for name, place in named.items()}
