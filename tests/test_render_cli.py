"""``simreal render``: resuming, crashes, full disks, and what it says. Its renderer is the stand-in."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from simreal.commands import main
from simreal.datasets.finishing import data_hash
from simreal.datasets.messages import Decoder, Progress, Result
from simreal.datasets.reading import open_data_set
from simreal.datasets.shards import claimed_images
from simreal.design.design import Design, DesignClass, Split
from simreal.design.document import load, save

STAND_IN = Path(__file__).parent / "stand_in_blender.py"
COUNT = 60


@pytest.fixture(autouse=True)
def this_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stand-in is run by the Python that runs the tests."""
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    classes = tuple(DesignClass(name, (f"starter:{name}/00", f"starter:{name}/01")) for name in ("cup", "chair"))
    splits = (Split("train", COUNT), Split("test_iid", 10))
    save(Design("mini", classes, splits=splits), tmp_path / "mini.simreal.json")
    return tmp_path / "mini.simreal.json"


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch):
    """Tell the stand-in what is to go wrong."""

    def tell(**behaviour: object) -> None:
        monkeypatch.setenv("STAND_IN", json.dumps(behaviour))

    return tell


def arguments(file: Path, out: Path, *more: str) -> list[str]:
    return ["render", str(file), "--out", str(out), "--blender", str(STAND_IN), *more]


def render(file: Path, out: Path, *more: str) -> int:
    return main(arguments(file, out, *more))


def start(file: Path, out: Path, *more: str) -> subprocess.Popen:
    command = [sys.executable, "-m", "simreal", *arguments(file, out, *more)]
    command[1:3] = ["-c", "import sys; from simreal.commands import main; sys.exit(main(sys.argv[1:]))"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)


def until(condition, seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.02)


def commits(out: Path) -> int:
    """How many images are committed."""
    return sum(claimed_images(out, split) for split in ("train", "test_iid"))


def alive(out: Path) -> list[int]:
    """Workers of a data set that still run."""
    job = str(out / ".simreal" / "job.json").encode()
    return [int(path.parent.name) for path in Path("/proc").glob("[0-9]*/cmdline") if job in _command_line(path)]


def _command_line(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # it ended while we looked
        return b""


@pytest.fixture
def reference(file: Path, tmp_path: Path) -> str:
    assert render(file, tmp_path / "reference", "--workers", "1") == 0
    return data_hash(tmp_path / "reference")


def test_any_number_of_workers_makes_the_same_data_set(file: Path, tmp_path: Path, reference: str):
    for workers in ("2", "3"):
        assert render(file, tmp_path / workers, "--workers", workers) == 0
        assert data_hash(tmp_path / workers) == reference


def test_it_says_what_it_did(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture):
    assert render(file, tmp_path / "data", "--workers", "1", "--messages") == 0
    messages = Decoder().feed(capsys.readouterr().out.encode())
    progress = [message for message in messages if isinstance(message, Progress)]
    assert [one.done for one in progress] == sorted(one.done for one in progress)
    assert (progress[-1].done, progress[-1].total, progress[-1].stage) == (70, 70, "render")
    assert any(one.eta_s for one in progress)
    result = next(message for message in messages if isinstance(message, Result) and message.kind == "render")
    assert result.data["splits"]["train"]["images"] == COUNT
    assert result.data["renderer"] == "Stand-in 1"
    text = next(message for message in messages if isinstance(message, Result) and message.kind == "text").data["text"]
    assert "train" in text
    assert f"Train on it: simreal train {tmp_path / 'data'}" in text


def test_a_second_call_renders_nothing(file: Path, tmp_path: Path, told, capsys: pytest.CaptureFixture):
    render(file, tmp_path / "data", "--workers", "1")
    before = data_hash(tmp_path / "data")
    told(refuse="nothing should be started")
    assert render(file, tmp_path / "data") == 0
    assert main(["render", str(tmp_path / "data"), "--blender", str(STAND_IN)]) == 0, "the folder itself will do"
    assert data_hash(tmp_path / "data") == before


def test_what_a_killed_writer_left_is_swept_away(file: Path, tmp_path: Path, reference: str):
    data = tmp_path / "data"
    assert render(file, data, "--workers", "1") == 0
    for name in (".design.json.4711.tmp", ".README.md.4711", "train/.metadata.jsonl.4711"):
        (data / name).write_bytes(b"cut sh")
    (data / ".notes").write_text("the user's own")
    assert data_hash(data) != reference
    assert render(file, data, "--workers", "1") == 0
    assert (data / ".notes").exists()
    (data / ".notes").unlink()
    assert data_hash(data) == reference


def test_splits_one_by_one_are_all_at_once(file: Path, tmp_path: Path, reference: str):
    for split in ("test_iid", "train"):
        assert render(file, tmp_path / "data", "--workers", "1", "--split", split) == 0
        assert split in open_data_set(tmp_path / "data").splits
    assert data_hash(tmp_path / "data") == reference


def test_counts_follow_the_first_split(file: Path, tmp_path: Path):
    assert render(file, tmp_path / "data", "--per-class", "6", "--workers", "1") == 0
    assert {one.name: one.count for one in load(tmp_path / "data" / "design.json").splits} == {
        "train": 12,
        "test_iid": 2,
    }
    assert render(file, tmp_path / "data", "--count", "20", "--split", "test_iid", "--workers", "1") == 0
    data = open_data_set(tmp_path / "data")
    assert [len(data.rows(name)) for name in ("train", "test_iid")] == [12, 20], "the other split stays as it was"


def test_a_smaller_count_keeps_what_was_rendered(file: Path, tmp_path: Path, told, reference: str):
    assert render(file, tmp_path / "data", "--workers", "1") == 0
    assert render(file, tmp_path / "data", "--per-class", "3", "--workers", "1") == 0
    assert len(list((tmp_path / "data" / "train").rglob("*.jpg"))) == 6
    told(refuse="nothing should be started")
    assert render(file, tmp_path / "data") == 0
    assert data_hash(tmp_path / "data") == reference


def test_a_worker_that_is_killed_is_replaced(file: Path, tmp_path: Path, told, reference: str, capsys):
    (tmp_path / "marks").mkdir()
    told(crash_at=33, marks=str(tmp_path / "marks"), times=2)
    assert render(file, tmp_path / "data", "--workers", "2") == 0
    assert "killed by SIGKILL" in capsys.readouterr().err
    assert data_hash(tmp_path / "data") == reference


def test_an_image_that_kills_three_workers_is_left_out(file: Path, tmp_path: Path, told, reference: str, capsys):
    (tmp_path / "marks").mkdir()
    told(crash_at=33, marks=str(tmp_path / "marks"), times=3)
    assert render(file, tmp_path / "data", "--workers", "2") == 0
    said = capsys.readouterr()
    assert "2 worker(s) died at image train/33 (killed by SIGKILL" in said.err
    assert "image train/33 is left out: it killed 3 workers (killed by SIGKILL" in said.err
    assert next(line for line in said.out.splitlines() if line.startswith("train")).split()[1:4] == ["59", "59", "1"]
    assert "- 33: killed 3 workers: killed by SIGKILL" in (tmp_path / "data" / "README.md").read_text()
    assert render(file, tmp_path / "data", "--retry-failed") == 0
    assert data_hash(tmp_path / "data") == reference


def test_a_shard_whose_start_kills_three_workers_is_set_aside(file: Path, tmp_path: Path, told, reference: str, capsys):
    (tmp_path / "marks").mkdir()
    told(crash_before=18, marks=str(tmp_path / "marks"), times=3)
    assert render(file, tmp_path / "data", "--workers", "2") == 1
    said = capsys.readouterr()
    assert "images train 18-35 are set aside: 3 workers died rendering it: killed by SIGKILL" in said.err
    assert "train (unfinished)" in said.out
    assert "Render what is missing: simreal render" in said.out
    assert open_data_set(tmp_path / "data").splits == ("test_iid",), "the rest went on"
    assert render(file, tmp_path / "data") == 0
    assert data_hash(tmp_path / "data") == reference


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_whatever_ends_it_what_is_finished_stays(file: Path, tmp_path: Path, told, reference: str, number: int):
    told(seconds=0.02)
    out = tmp_path / "data"
    process = start(file, out, "--workers", "2")
    until(lambda: commits(out) >= 1)
    process.send_signal(number)
    said = process.communicate(timeout=30)[1].decode()
    kept = commits(out)
    assert kept >= 1
    if number == signal.SIGKILL:
        until(lambda: not alive(out))  # stdin ends, and the workers with it
    else:
        assert process.returncode == 130
        assert f"stopped with {COUNT + 10 - commits(out)} images to go" in said, (
            "images of unfinished shards are kept too"
        )
        assert "goes on" in said
        assert "Traceback" not in said
    assert not alive(out)
    told()
    assert render(file, out, "--workers", "1") == 0
    assert commits(out) > kept
    assert data_hash(out) == reference
    assert not (out / ".simreal" / ".parts").exists()


def test_failed_images_are_stated_and_can_be_tried_again(file: Path, tmp_path: Path, told, reference: str, capsys):
    told(fail=[3, 5])
    assert render(file, tmp_path / "data", "--workers", "1") == 0
    row = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("train"))
    assert row.split()[:4] == ["train", "58", "58", "2"]
    assert "- 3: the object is nowhere" in (tmp_path / "data" / "README.md").read_text()
    assert [r["index"] for r in open_data_set(tmp_path / "data").rows("train")][:5] == [0, 1, 2, 4, 6]
    told()
    assert render(file, tmp_path / "data", "--retry-failed") == 0
    assert data_hash(tmp_path / "data") == reference


def refused(capsys: pytest.CaptureFixture, status: int) -> str:
    """The one line of an error."""
    assert status == 2
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("simreal: ")]
    assert len(lines) == 1
    return lines[0]


def test_nothing_rendered_is_an_error_and_leaves_nothing(file: Path, tmp_path: Path, told, capsys):
    told(fail=list(range(COUNT)))
    out = tmp_path / "new" / "data"
    line = refused(capsys, render(file, out, "--workers", "1"))
    assert "nothing can be rendered: all" in line
    assert not (tmp_path / "new").exists()


def test_a_long_render_ends_early_where_nothing_comes_of_it(file: Path, tmp_path: Path, told, capsys):
    told(fail=list(range(1000)))
    out = tmp_path / "data"
    assert main(arguments(file, out, "--workers", "1", "--count", "1000")) == 2
    said = capsys.readouterr().err
    assert "nothing can be rendered: all 50 images failed; the first: the object is nowhere" in said
    assert said.count("failed: the object") == 5, "not a line per image"
    assert not out.exists()


def test_a_renderer_that_refuses_leaves_nothing(file: Path, tmp_path: Path, told, capsys):
    told(refuse="class 'cup': no model of the class can be read")
    out = tmp_path / "data"
    assert "class 'cup': no model" in refused(capsys, render(file, out))
    assert not out.exists()
    out.mkdir()
    assert "class 'cup': no model" in refused(capsys, render(file, out))
    assert list(out.iterdir()) == [], "a folder that was there stays, empty as it was"


def test_workers_that_do_not_start_say_why(file: Path, tmp_path: Path, told, capsys):
    told(no_start=True)
    line = refused(capsys, render(file, tmp_path / "data"))
    assert "render workers do not start: exit status 1: ImportError: no such thing" in line
    assert not (tmp_path / "data").exists()


def test_a_blender_that_is_not_there(file: Path, tmp_path: Path, capsys):
    status = main(["render", str(file), "--out", str(tmp_path / "data"), "--blender", "/nowhere/blender"])
    assert "there is no such program" in refused(capsys, status)


def test_folders_that_are_not_ours(file: Path, tmp_path: Path, capsys):
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "letter.txt").write_text("dear")
    assert "holds other files (letter.txt); choose another folder" in refused(capsys, render(file, mine))
    assert [path.name for path in mine.iterdir()] == ["letter.txt"]
    assert "is a file" in refused(capsys, render(file, mine / "letter.txt"))


def test_the_images_of_another_design(file: Path, tmp_path: Path, capsys):
    render(file, tmp_path / "data", "--workers", "1")
    before = data_hash(tmp_path / "data")
    capsys.readouterr()
    for changed in (["--seed", "1"], ["--samples", "2"], ["--resolution", "64"]):
        line = refused(capsys, render(file, tmp_path / "data", *changed))
        assert "holds the images of another design; choose another folder with --out, or delete this one" in line
    assert data_hash(tmp_path / "data") == before


def test_the_images_of_another_design_can_be_set_aside(file: Path, tmp_path: Path, reference: str, capsys):
    out = tmp_path / "data"
    for seed in ("1", "2"):
        assert render(file, out, "--workers", "1", "--count", "4", "--seed", seed, "--set-aside") == 0
    assert f"are now in {tmp_path / 'data-1'}" in capsys.readouterr().err
    assert render(file, out, "--workers", "1", "--set-aside") == 0
    assert data_hash(out) == reference
    assert [load(tmp_path / name / "design.json").seed for name in ("data-1", "data-2")] == [1, 2]
    assert render(file, out, "--workers", "1", "--set-aside") == 0, "the same design goes on"
    assert not (tmp_path / "data-3").exists()


def test_a_data_set_that_is_deleted_in_mid_render(file: Path, tmp_path: Path, told, reference: str):
    told(seconds=0.02)
    out = tmp_path / "data"
    process = start(file, out, "--workers", "2")
    until(lambda: commits(out) >= 1)
    out.rename(tmp_path / "gone")  # at once: deleting file by file would race with the workers
    said = process.communicate(timeout=30)[1].decode()
    assert process.returncode == 2, said
    assert f"cannot write to {out}: it was deleted or moved meanwhile; started again, it begins anew" in said
    told()
    assert render(file, out, "--workers", "1") == 0
    assert data_hash(out) == reference


def test_what_is_left_of_a_deleted_data_set_is_no_hindrance(file: Path, tmp_path: Path, reference: str):
    out = tmp_path / "data"
    assert render(file, out, "--workers", "1", "--seed", "1") == 0
    (out / ".simreal" / "state.json").unlink()
    next(out.glob("train/*/*.jpg")).unlink()
    assert render(file, out, "--workers", "1") == 0
    assert data_hash(out) == reference


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, 1 MB large."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only root can make a small disk")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk(file: Path, disk: Path, told, capsys):
    told(padding=20_000)
    line = refused(capsys, render(file, disk / "data", "--workers", "1"))
    assert f"cannot write to {disk / 'data'}: the disk is full; free some space" in line
    assert commits(disk / "data") >= 1, "what is finished is kept"
    assert not (disk / "data" / ".simreal" / ".parts").exists()
    told(padding=500_000)
    assert "the disk is full" in refused(capsys, render(file, disk / "other", "--workers", "1"))
    assert not (disk / "other").exists()


def test_a_read_only_disk(file: Path, disk: Path, capsys):
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    line = refused(capsys, render(file, disk / "data"))
    assert f"cannot write to {disk / 'data'}: the file system is read-only; choose another folder with --out" in line


@pytest.mark.skipif(os.name == "nt", reason="/proc")
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d["factors"].update(object_scael={}), "factors.object_scael: there is no such factor; did you mean"),
        (lambda d: d["factors"]["lens"]["f_stop"].update(min=9, max=3), "factors.lens.f_stop.max: must be >= min"),
        (lambda d: d["factors"]["lens"].update(weight=1.5), "factors.lens.weight: must be between 0 and 1"),
        (lambda d: d["classes"][0].update(models=["models:a.obj"]), "names the library 'models'"),
        (lambda d: d.update(libraries={"x": {"kind": "models", "path": "nowhere"}}), "there is no folder"),
    ],
)
def test_designs_that_cannot_be_used(file: Path, tmp_path: Path, change, words: str, capsys):
    document = json.loads(file.read_text())
    change(document)
    file.write_text(json.dumps(document))
    assert words in refused(capsys, render(file, tmp_path / "data"))
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--count", "0"], "the number of images must be at least 1"),
        (["--workers", "0"], "--workers must be at least 1"),
        (["--resolution", "2"], "image.resolution_px: must be between"),
        (["--split", "val"], "no split 'val'; there are: train, test_iid"),
    ],
)
def test_options_that_make_no_sense(file: Path, tmp_path: Path, more: list[str], words: str, capsys):
    assert words in refused(capsys, render(file, tmp_path / "data", *more))
    assert not (tmp_path / "data").exists()


def test_a_design_that_is_not_there(tmp_path: Path, capsys):
    assert "cannot read the design" in refused(capsys, render(tmp_path / "none.json", tmp_path / "data"))
