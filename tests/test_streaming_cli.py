"""``simreal train DESIGN --stream``: two processes, whatever ends either of them. Its renderer is the stand-in."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest
import torch

from simreal.commands import main
from simreal.datasets.reading import open_data_set
from simreal.design.design import Design, DesignClass, Split
from simreal.design.document import load, save
from simreal.training.run_folder import load_torch

from .shapes import plain_folders

STAND_IN = Path(__file__).parent / "stand_in_blender.py"
NETWORK = ["--backbone", "test_resnet", "--from-scratch", "--image-size", "32", "--workers", "0", "--threads", "1"]
IMAGES = 400


@pytest.fixture(autouse=True, scope="module")
def this_python() -> Iterator[None]:
    """The stand-in is run by the Python that runs the tests."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
        yield


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch):
    """Tell the stand-in what is to go wrong."""

    def tell(**behaviour: object) -> None:
        monkeypatch.setenv("STAND_IN", json.dumps(behaviour))

    return tell


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return a_design(tmp_path / "mini.simreal.json")


def a_design(file: Path) -> Path:
    classes = tuple(DesignClass(name, (f"starter:{name}/00", f"starter:{name}/01")) for name in ("cup", "chair"))
    save(Design("mini", classes, splits=(Split("train", 100), Split("test_iid", 10))), file)
    return file


def arguments(file: Path, run: Path, *more: str) -> list[str]:
    options = ["--stream", "--images", str(IMAGES), "--batch-size", "20", "--render-workers", "2", "--ahead", "3"]
    blender = ["--blender", str(STAND_IN)]
    return ["train", str(file), "--out", str(run), *options, *NETWORK, *blender, *more]


def start(file: Path, run: Path, *more: str) -> subprocess.Popen:
    code = "import sys; from simreal.commands import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", code, *arguments(file, run, *more)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)


def until(condition, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.02)


def at_work(run: Path) -> dict[int, str]:
    """The processes that render for a run, with their command lines."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            text = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:  # it ended while we looked
            continue
        if str(run / "stream") in text and " train " not in text.split(" --split ")[0]:
            found[int(path.parent.name)] = text
    return found


def follower(run: Path) -> int | None:
    return next((pid for pid, text in at_work(run).items() if "--follow" in text), None)


def seen(run: Path) -> list[int]:
    """Where the ranges that were trained on begin and end; one after the other, if they are unbroken."""
    file = run / "consumed.jsonl"
    parts = [json.loads(line) for line in file.read_text().splitlines()] if file.is_file() else []
    ends = [0, *(part["stop"] for part in parts)]
    assert [part["first"] for part in parts] == ends[:-1]
    return ends


def weights(run: Path) -> dict[str, torch.Tensor]:
    return load_torch(run / "model.pt", "model")["state_dict"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, this_python: None) -> Path:
    """A run that nobody interrupted."""
    folder = tmp_path_factory.mktemp("whole")
    process = start(a_design(folder / "mini.simreal.json"), folder / "run")
    out, err = (text.decode() for text in process.communicate(timeout=120))
    assert process.returncode == 0, err
    assert f"trained on {IMAGES} images" in out
    assert f"0 images seen twice, 0 failed; the next index is {IMAGES}" in out
    assert "waited for renders" in out and "(the rates imply" in out
    assert seen(folder / "run")[-1] == IMAGES
    assert open_data_set(folder / "run" / "stream").splits == ("test_iid",), "rendered beforehand; and train is deleted"
    assert json.loads((folder / "run" / "results.json").read_text())["validation"]["split"] == "test_iid"
    return folder / "run"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_whatever_ends_training_it_goes_on_where_it_was(
    whole: Path, file: Path, tmp_path: Path, told, number: int
) -> None:
    told(seconds=0.03)
    run = tmp_path / "run"
    process = start(file, run)
    until(lambda: seen(run)[-1] >= 100)
    process.send_signal(number)
    said = process.communicate(timeout=60)[1].decode()
    until(lambda: not at_work(run))
    assert not (run / "model.pt").exists()
    if number == signal.SIGINT:
        assert process.returncode == 130
        assert said.rstrip().endswith("interrupted; what is finished is kept") and "Traceback" not in said
    before = seen(run)
    told()
    assert main(arguments(file, run, "--continue")) == 0
    assert seen(run)[: len(before)] == before and seen(run)[-1] == IMAGES
    assert json.loads((run / "results.json").read_text())["stream"]["images_reused"] == 0
    one, other = weights(whole), weights(run)
    assert all(torch.equal(one[key], other[key]) for key in one), "the same network, to the bit"


def test_a_renderer_that_dies_is_started_again(whole: Path, file: Path, tmp_path: Path, told) -> None:
    told(seconds=0.01)
    run = tmp_path / "run"
    process = start(file, run)
    until(lambda: seen(run)[-1] >= 100)
    os.kill(follower(run) or 0, signal.SIGKILL)
    said = process.communicate(timeout=120)[1].decode()
    assert process.returncode == 0, said
    assert "warning: the renderer died (killed by SIGKILL" in said and "it is started again" in said
    assert seen(run)[-1] == IMAGES
    assert all(torch.equal(value, weights(run)[key]) for key, value in weights(whole).items())


def test_a_renderer_that_cannot_render_ends_training(file: Path, tmp_path: Path, told, capsys) -> None:
    told(no_start=True)
    run = tmp_path / "run"
    assert main(arguments(file, run)) == 2
    line = capsys.readouterr().err.strip().splitlines()[-1]
    assert line.startswith("simreal: render workers do not start: exit status 1: ImportError: no such thing")
    assert json.loads((run / "run.json").read_text())["state"] == "failed"
    assert not at_work(run)


def test_images_that_fail_and_shards_that_kill_are_gone_past(file: Path, tmp_path: Path, told, capsys) -> None:
    (tmp_path / "marks").mkdir()
    told(fail=[5, 60, 61], crash_before=100, marks=str(tmp_path / "marks"), times=3)
    run = tmp_path / "run"
    options = [text for text in arguments(file, run, "--keep") if text not in ("--images", str(IMAGES))]
    assert main([*options, "--iterations", "10"]) == 0
    told_of = capsys.readouterr()
    assert "images train 100-149 are set aside" in told_of.err
    assert "0 images seen twice, 53 failed; the next index is 253" in told_of.out
    kept = open_data_set(run / "stream")
    assert [row["index"] for row in kept.rows("train")][:6] == [0, 1, 2, 3, 4, 6]
    assert len(kept.rows("train")) == 200, "what is kept is a data set"


def test_another_design_begins_a_stream_of_its_own(file: Path, tmp_path: Path, capsys) -> None:
    run = tmp_path / "run"
    few = ["--images", "40"]
    assert main([*arguments(file, run, "--keep"), *few]) == 0
    design = load(file)
    save(attrs.evolve(design, seed=design.seed + 1), file)
    capsys.readouterr()
    assert main([*arguments(file, run), *few]) == 2
    assert "--overwrite replaces it" in capsys.readouterr().err
    assert main([*arguments(file, run, "--continue"), *few]) == 0
    assert f"are now in {run / 'stream-1'}" in capsys.readouterr().err
    assert len(open_data_set(run / "stream-1").rows("train")) == 40, "what was kept is not deleted"
    assert seen(run)[-1] == 40


def refused(capsys: pytest.CaptureFixture[str], *given: str) -> str:
    """The one line with which a command ends, its exit status being 2."""
    assert main(list(given)) == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1, lines
    return lines[0]


def test_options_that_make_no_sense(file: Path, tmp_path: Path, capsys) -> None:
    out = ("--out", str(tmp_path / "run"))
    assert "there is no such design" in refused(capsys, "train", str(tmp_path / "nowhere.json"), "--stream", *out)
    assert "--views has no meaning with --stream" in refused(
        capsys, "train", str(file), "--stream", "--views", "2", *out
    )
    data = str(plain_folders(tmp_path / "data", {"train": 2}))
    assert "--keep has no meaning without --stream" in refused(capsys, "train", data, "--keep", *out)
    assert "--ahead must be more than 0" in refused(capsys, *arguments(file, tmp_path / "run", "--ahead", "0"))
    assert "no split 'val'; there are: train, test_iid" in refused(
        capsys, *arguments(file, tmp_path / "run", "--validation", "val")
    )
    save(attrs.evolve(load(file), splits=(Split("train", 0), Split("test_iid", 10))), tmp_path / "none.simreal.json")
    assert "no images in split 'train'" in refused(capsys, *arguments(tmp_path / "none.simreal.json", tmp_path / "run"))
    assert "--follow needs --split" in refused(capsys, "render", str(file), "--follow")
    assert "is a design; add --stream" in refused(capsys, "train", str(file), *out)
    assert not (tmp_path / "run").exists()
