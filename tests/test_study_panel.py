"""The panel Studies, on whichever version of Blender this Python has: from the choice of a study to its report."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from simreal.addon.inquiry import Answer
from simreal.addon.study_choice import choice_of, shipped
from simreal.addon.study_status import figures_in, status_of
from simreal.datasets.messages import Error, Result, encode
from simreal.studies.opened import OpenStudy, opened, status_now
from simreal.studies.study_file import find_study
from simreal.studies.study_folder import FIGURES, STATUS, Settings, StudyFolder, write_json

from .stand_in_trainer import trainer
from .studies import study_document, write_study

ROOT = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.blender


@pytest.mark.slow
def test_a_study_is_chosen_planned_run_stopped_and_found_again(tmp_path: Path) -> None:
    own = sys.executable if importlib.util.find_spec("matplotlib") else str(ROOT / ".venv" / "bin" / "python")
    for number, name in enumerate(("cup", "chair")):
        (tmp_path / "photos" / name).mkdir(parents=True)
        (tmp_path / "photos" / name / f"{number}.jpg").write_bytes(b"\xff\xd8\xff")
    environment = {**os.environ, "BLENDER_USER_RESOURCES": str(tmp_path / "user"), "OMP_NUM_THREADS": "1"}
    script = ROOT / "tests" / "blender" / "check_studies.py"
    arguments = [tmp_path, write_study(tmp_path), tmp_path / "photos", trainer(tmp_path, own)]
    command = [sys.executable, str(script), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert "studies: ok" in done.stdout, (done.stdout + done.stderr)[-4000:]


@pytest.fixture
def study(tmp_path: Path) -> OpenStudy:
    """A study that was planned for a folder."""
    file = write_study(tmp_path)
    folder = StudyFolder(tmp_path / "small")
    folder.path.mkdir()
    return opened(find_study(str(file)), Settings(str(tmp_path)), folder)


def test_every_shipped_study_can_be_chosen() -> None:
    assert len(shipped()) >= 5
    for file in shipped():
        for scale in file.scales:
            choice = choice_of(file.name, "", scale)
            assert choice.study is not None and choice.study.scale == scale
            assert choice.photo_sets == tuple(dict.fromkeys(choice.photo_sets))
    assert "real" in choice_of("table3", "", "mini").photo_sets


def test_a_file_is_read_again_when_it_has_changed(tmp_path: Path) -> None:
    file = write_study(tmp_path)
    first = choice_of("", str(file), "1")
    assert first.study is not None and (first.study.scale, first.photo_sets) == ("", ("real",))
    assert choice_of("", str(file), "").study is first.study
    write_study(tmp_path, study_document(title="Another title"))
    os.utime(file, (0, 0))
    second = choice_of("", str(file), "")
    assert second.study is not None and second.study.title == "Another title"
    file.unlink()
    assert choice_of("", str(file), "").problem == f"{file} is not there: choose another study"
    assert "any more" in choice_of("table99", "", "").problem


def test_photos_of_a_single_option_are_asked_for(tmp_path: Path) -> None:
    """A data set that only some cells have."""
    document = study_document()
    more = {"data": {"small": {"photos": True}}}
    document["axes"]["case"]["options"]["photos"] = more
    assert choice_of("", str(write_study(tmp_path, document)), "").photo_sets == ("real", "small")


def test_status_is_what_the_study_wrote(study: OpenStudy) -> None:
    assert status_of(study.folder.path) is None
    write_json(study.folder.path / STATUS, status_now(study))
    status = status_of(study.folder.path)
    assert status is not None and (status.total, status.done, status.failed) == (22, 0, 0)
    assert [cell.label for cell in status.cells][:2] == ["viewpoint / none", "viewpoint / strong"]
    assert status.measures == ("IID", "plain") and not status.is_finished
    assert status_of(study.folder.path) is status, "read again though nothing has changed"


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"cells": 3}', '{"state": "running", "cells": [{}]}'])
def test_a_damaged_status_is_none(study: OpenStudy, text: str) -> None:
    (study.folder.path / STATUS).write_text(text)
    assert status_of(study.folder.path) is None


def test_a_figure_says_what_the_paper_has(study: OpenStudy) -> None:
    known = status_now(study)
    known["cells"][0]["measures"]["IID"] = {"mean": 61, "half": 2, "low": 59, "high": 63, "seeds": 2, "paper": None}
    known["cells"][0]["problem"] = "told to fail"
    (study.folder.path / STATUS).write_text(json.dumps(known))
    status = status_of(study.folder.path)
    assert status is not None
    figure = status.cells[0].measures["IID"]
    assert (figure.mean, figure.low, figure.high, figure.seeds, figure.paper) == (61.0, 59.0, 63.0, 2, None)
    assert status.cells[0].problem == "told to fail"


def test_the_main_figure_comes_first(tmp_path: Path) -> None:
    assert figures_in(tmp_path) == ()
    (tmp_path / FIGURES).mkdir()
    for name in ("2-lines.png", "1-bars.png", "1-bars.svg"):
        (tmp_path / FIGURES / name).touch()
    assert [path.name for path in figures_in(tmp_path)] == ["1-bars.png", "2-lines.png"]


def test_a_plan_is_heard_or_why_there_is_none() -> None:
    from simreal.addon.study_outlook import told

    cost = {"name": "render", "steps": 3, "finished": 1, "images": 40, "seconds": 12.5, "bytes": 9e6, "measured": True}
    others = {**cost, "steps": 4, "finished": 0, "images": 0, "measured": False}
    plan = {"name": "x", "costs": [cost, others], "left_out": ["real"], "libraries": {"a": True, "b": False}}
    heard = told(Answer(b"chatter\n" + encode(Result("text", {"text": "..."})) + encode(Result("plan", plan)), b""))
    assert (heard.steps, heard.finished, heard.images, heard.seconds, heard.bytes) == (7, 1, 40, 25.0, 18e6)
    assert heard.is_guess and heard.left_out == ("real",) and heard.missing == ("b",)
    assert told(Answer(encode(Error("there is no scale")), b"")).problem == "there is no scale"
    assert told(Answer(b"", b"Traceback\nKeyError: 'x'\n")).problem.endswith("KeyError: 'x'")
    assert told(Answer(b"", b"", in_time=False)).problem.endswith("it took too long")
