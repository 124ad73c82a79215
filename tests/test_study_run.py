"""Running studies: nothing finished is done again, whatever ends it; what fails is named, and the rest goes on.

The commands are stand-ins (``stand_in_study``); ``test_study_end_to_end`` runs real ones.
"""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from simreal.commands import main
from simreal.datasets.lock import holding
from simreal.datasets.messages import Error, Message, Progress
from simreal.design.errors import StudyError
from simreal.studies.opened import conduct, status_now
from simreal.studies.status import StatusFile
from simreal.studies.study_folder import StudyFolder

from .stand_in_step import accuracy
from .stand_in_study import StandInCrew, a_study, silent
from .studies import study_document, write_study

REPORTS = ("report.html", "report.md", "results.csv", "figures/1-bars.png", "figures/2-lines.png")
STEPS = 22  # 4 renders of images, 2 of tests, 8 trainings, 8 evaluations


def begun(journal: Path, word: str = "begin") -> Counter[str]:
    """How often each step was begun (ended)."""
    lines = journal.read_text().splitlines() if journal.is_file() else []
    return Counter(line.split()[2] for line in lines if line.split()[1] == word)


def reports(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in REPORTS}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a study that nobody interrupted."""
    root = tmp_path_factory.mktemp("whole")
    journal = root / "journal"
    study = a_study(write_study(root), root / "out")
    standing = conduct(study, StandInCrew(journal=str(journal)), silent)
    assert standing.count("finished") == len(standing.states) == STEPS
    assert set(begun(journal).values()) == {1} and len(begun(journal)) == STEPS
    return root / "out"


def test_a_study_ends_in_its_tables(whole: Path) -> None:
    rows = list(csv.DictReader((whole / "results.csv").open()))
    assert len(rows) == 4 * 2 * 2
    assert set(rows[0]) >= {"case", "augmentation", "seed", "measure", "n", "percent", "low_95", "high_95", "paper"}
    first = rows[0]
    assert (first["case"], first["augmentation"], first["measure"], first["paper"]) == (
        "viewpoint",
        "none",
        "IID",
        "20",
    )
    place = next(path.name for path in (whole / "steps").glob("evaluate-*") if _is_of(path, "viewpoint / none, seed 0"))
    assert float(first["percent"]) == pytest.approx(100 * accuracy(place, "test_iid")["top1"], abs=1e-3)
    status = json.loads((whole / "status.json").read_text())
    assert (status["state"], status["done"], status["total"], status["failed"]) == ("finished", STEPS, STEPS, 0)
    assert [cell["state"] for cell in status["cells"]] == ["finished"] * 4
    assert status["cells"][0]["choice"] == {"case": "viewpoint", "augmentation": "none"}
    assert status["cells"][0]["measures"]["IID"]["paper"] == 20
    assert Path(status["report"]) == (whole / "report.html").resolve()


def _is_of(step: Path, title: str) -> bool:
    return json.loads((step / "step.json").read_text())["title"] == title


def test_run_again_it_does_nothing_and_says_the_same(whole: Path, tmp_path: Path) -> None:
    before = reports(whole)
    study = a_study(whole.parent / "small.study.json", whole)
    journal = tmp_path / "journal"
    assert conduct(study, StandInCrew(journal=str(journal)), silent).count("finished") == STEPS
    assert not begun(journal) and reports(whole) == before


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_killed_anywhere_it_goes_on_and_ends_the_same(how: signal.Signals, whole: Path, tmp_path: Path) -> None:
    """It is ended again and again, after ever other times; no step that had finished runs again."""
    file, out, journal = write_study(tmp_path), tmp_path / "out", tmp_path / "journal"
    told = json.dumps({"journal": str(journal), "slow_s": 0.1})
    command = [sys.executable, "-m", "tests.stand_in_study", str(file), str(out)]
    environment = {**os.environ, "STAND_IN": told, "PYTHONPATH": str(Path(__file__).resolve().parent.parent)}
    done: set[str] = set()
    starts: Counter[str] = Counter()
    for kill in range(40):
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        steps_before = len(done)
        while process.poll() is None and len(_finished(out)) < steps_before + 4 + kill % 3:
            time.sleep(0.02)
        process.send_signal(how)
        process.wait(60)
        _wait_until_free(out, journal)
        finished = _finished(out)
        assert done <= finished
        for place in done:
            assert begun(journal)[place] <= starts[place], f"{place} was finished and ran again"
        done, starts = finished, begun(journal)
        if len(done) == STEPS and process.returncode == 0:
            break
    assert process.returncode == 0, "it came to its end"
    assert kill >= 3, "it was interrupted"
    assert reports(out) == reports(whole)
    assert set(begun(journal, "end")) == done


def _finished(out: Path) -> set[str]:
    return {path.parent.name for path in out.glob("steps/*/finished.json")}


def _wait_until_free(out: Path, journal: Path) -> None:
    """Until no step of a run that was killed is at work: each notices that its parent is gone."""
    quiet, last = 0.0, -1.0
    while quiet < 0.5:
        size = float(journal.stat().st_size) if journal.is_file() else 0.0
        quiet = quiet + 0.1 if size == last else 0.0
        last = size
        time.sleep(0.1)


def test_several_at_a_time_end_the_same(whole: Path, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    study = a_study(write_study(tmp_path), tmp_path / "out")
    conduct(study, StandInCrew(4, journal=str(journal), slow_s=0.3), silent)
    assert reports(tmp_path / "out") == reports(whole)
    lines = [line.split() for line in journal.read_text().splitlines()]
    running, most = 0, 0
    for _, word, _ in lines:
        running += 1 if word == "begin" else -1
        most = max(most, running)
    assert 1 < most <= 4
    order = [(word, place) for _, word, place in lines]
    for step in study.plan.steps.values():
        for key in step.needs:
            assert order.index(("end", study.plan.steps[key].folder)) < order.index(("begin", step.folder))


def test_a_step_that_fails_is_named_and_the_rest_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = a_study(write_study(tmp_path), tmp_path / "out")
    bad = next(step for step in study.plan.steps.values() if step.name == "training")
    sent: list[Message] = []
    standing = conduct(study, StandInCrew(fail=bad.folder), sent.append)
    assert (standing.count("failed"), standing.count("blocked")) == (1, 1)
    assert standing.count("finished") == STEPS - 2
    errors = [message for message in sent if isinstance(message, Error)]
    assert len(errors) == 1 and not errors[0].fatal
    assert errors[0].text.startswith(f"{bad.folder} (viewpoint / none, seed 0) failed: told to fail\n")
    assert f"at work on {bad.folder}" in errors[0].text, "the log's last lines"
    assert str(study.folder.step(bad) / "log.txt") in errors[0].text
    status = json.loads((tmp_path / "out" / "status.json").read_text())
    assert (status["state"], status["failed"]) == ("incomplete", 2)
    assert [cell["state"] for cell in status["cells"]] == ["failed", "finished", "finished", "finished"]
    assert status["cells"][0]["problem"] == "training (viewpoint / none, seed 0): told to fail"
    assert status["cells"][0]["measures"]["IID"]["seeds"] == 1, "its other seed is there"
    report = (tmp_path / "out" / "report.md").read_text()
    assert "Unfinished: 14 of 16 figures are there." in report
    assert "Where one seed is there, ± is over its test images (Wilson)." in report

    again = conduct(study, StandInCrew(), sent.append)
    assert again.count("finished") == STEPS, "the same command tries again"

    assert main(["study", "status", str(tmp_path / "out")]) == 0
    text = capsys.readouterr().out
    assert f"A small study: finished, {STEPS} of {STEPS} steps done" in text
    assert "viewpoint / strong" in text


def test_progress_is_over_all_steps_with_the_time_left(tmp_path: Path) -> None:
    sent: list[Message] = []
    conduct(a_study(write_study(tmp_path), tmp_path / "out"), StandInCrew(), sent.append)
    progress = [message for message in sent if isinstance(message, Progress)]
    assert {message.total for message in progress} == {STEPS}
    assert [message.done for message in progress] == sorted(message.done for message in progress)
    assert progress[-1].done == STEPS and progress[-1].eta_s == 0
    assert {message.done for message in progress} == set(range(STEPS + 1))
    assert all(message.eta_s is not None and message.eta_s > 0 for message in progress[:-1])


def test_two_processes_never_run_one_study(tmp_path: Path) -> None:
    study = a_study(write_study(tmp_path), tmp_path / "out")
    (tmp_path / "out").mkdir()
    with (
        holding(tmp_path / "out" / "lock", StudyError("taken")),
        pytest.raises(StudyError, match="is being run by another process"),
    ):
        conduct(study, StandInCrew(), silent)


def test_status_is_of_what_is_finished_where_nothing_runs(tmp_path: Path) -> None:
    """Also after a kill, when the file still says that it runs."""
    study = a_study(write_study(tmp_path), tmp_path / "out")
    bad = next(step for step in study.plan.steps.values() if step.name == "training")
    conduct(study, StandInCrew(fail=bad.folder), silent)
    file = tmp_path / "out" / "status.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "state": "running", "done": 0}))
    known = status_now(study)
    assert (known["state"], known["done"], known["failed"]) == ("stopped", STEPS - 2, 0)
    with holding(tmp_path / "out" / "lock", StudyError("taken")):
        assert status_now(study)["state"] == "running"


def test_a_study_goes_on_from_its_folder_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write_study(tmp_path)
    conduct(a_study(file, tmp_path / "out", only=("case=nothing",)), StandInCrew(), silent)
    file.unlink()
    assert main(["study", "run", str(tmp_path / "out"), "--dry-run"]) == 0
    assert "2 cell(s) x 2 seed(s)" in capsys.readouterr().out
    assert main(["study", "run", str(tmp_path / "out"), "--dry-run", "--seeds", "3"]) == 0
    rows = {line.split()[0]: line.split() for line in capsys.readouterr().out.splitlines() if line.strip()}
    assert rows["training"][1:3] == ["6", "4"]
    assert main(["study", "report", str(tmp_path / "out")]) == 0
    assert "Held fixed" in capsys.readouterr().out
    assert main(["study", "run", "table2", "--out", str(tmp_path / "out"), "--dry-run"]) == 2
    assert "holds the study 'small'" in capsys.readouterr().err


def test_results_that_lack_what_is_asked_of_them_are_named(tmp_path: Path) -> None:
    document = study_document()
    document["measures"]["real"] = {"run": "training", "result": "target.test"}
    study = a_study(write_study(tmp_path, document), tmp_path / "out")
    with pytest.raises(StudyError, match=r"results.json: target.test has no top1, which the measure 'real' asks for"):
        conduct(study, StandInCrew(), silent)
    document["measures"]["real"]["result"] = "target"
    study = a_study(write_study(tmp_path, document), tmp_path / "out2")
    assert conduct(study, StandInCrew(), silent).count("finished") == STEPS
    rows = list(csv.DictReader((tmp_path / "out2" / "results.csv").open()))
    assert sum(row["measure"] == "real" for row in rows) == 8


def test_the_status_file_is_whole_at_every_moment(tmp_path: Path) -> None:
    study = a_study(write_study(tmp_path), tmp_path / "out")
    seen: list[int] = []

    class Watching(StatusFile):
        def write(self, *arguments: object) -> None:  # type: ignore[override]
            super().write(*arguments)  # type: ignore[arg-type]
            seen.append(json.loads((tmp_path / "out" / "status.json").read_text())["done"])

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("simreal.studies.opened.StatusFile", Watching)
        conduct(study, StandInCrew(), silent)
    assert seen == sorted(seen) and seen[0] == 0 and seen[-1] == STEPS
    assert set(seen) == set(range(STEPS + 1)), "it was told of every step"


def test_a_result_without_its_mark_does_not_count(tmp_path: Path) -> None:
    """The mark is the last file of a step: one that was killed before it runs again."""
    study = a_study(write_study(tmp_path), tmp_path / "out")
    conduct(study, StandInCrew(), silent)
    folder = StudyFolder(tmp_path / "out")
    step = next(step for step in study.plan.steps.values() if step.name == "training")
    (folder.step(step) / "finished.json").unlink()
    journal = tmp_path / "journal"
    conduct(study, StandInCrew(journal=str(journal)), silent)
    assert set(begun(journal)) == {step.folder}
    assert json.loads((folder.step(step) / "step.json").read_text())["attempts"] == 2
