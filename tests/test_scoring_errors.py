"""`simreal score` on bad input: one clear line, exit status 2, nothing half-written."""

import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from simreal.design.errors import AssetError, DataSetError, RunError
from simreal.scoring.model import load_classifier
from simreal.scoring.report import write_report
from simreal.scoring.score import score

from .colour_classifier import COLOURS, run, save_model


def one_error_line(capsys: pytest.CaptureFixture[str]) -> str:
    captured = capsys.readouterr()
    lines = [line for line in captured.err.splitlines() if not line.startswith(("score", "warning:"))]
    assert len(lines) == 1, captured.err
    assert captured.out == ""
    assert lines[0].startswith("simreal: ")
    return lines[0]


def broken_models(folder: Path) -> dict[str, tuple[Path, str]]:
    good = save_model(folder / "good.onnx", list(COLOURS), np.eye(3), np.zeros(3))
    content = good.read_bytes()
    files = {
        "truncated": (content[: len(content) // 2], "not an ONNX model, or a damaged one"),
        "text": (b"hello", "not an ONNX model, or a damaged one"),
        "empty": (b"", "is empty"),
        "checkpoint": (b"PK\x03\x04" + b"\0" * 100, "PyTorch checkpoint"),
    }
    cases = {"missing": (folder / "none.onnx", "no such model file"), "folder": (folder, "this is a folder")}
    for name, (data, said) in files.items():
        (folder / f"{name}.onnx").write_bytes(data)
        cases[name] = (folder / f"{name}.onnx", said)
    odd: dict[str, tuple[dict[str, str | None], str]] = {
        "foreign": ({"simreal_model": None}, "not a model exported by simreal"),
        "newer": ({"simreal_model": "2"}, "update Simreal"),
        "no_classes": ({"simreal_classes": None}, "lacks the metadata simreal_classes"),
        "bad_classes": ({"simreal_classes": "{"}, "simreal_classes is not JSON"),
        "twice": ({"simreal_classes": '["a", "a", "b"]'}, "names a class twice"),
        "too_few": ({"simreal_classes": '["a", "b"]'}, "gives 3 probabilities for 2 class names"),
        "no_sizes": ({"simreal_resize": "{}"}, "no usable resize_px"),
        "wrong_size": ({"simreal_resize": '{"resize_px": 64, "crop_px": 48}'}, "not float [N, 3, 48, 48]"),
        "bicubic": (
            {"simreal_resize": '{"resize_px": 36, "crop_px": 32, "interpolation": "bicubic"}'},
            "'bicubic' resizing",
        ),
    }
    for name, (metadata, said) in odd.items():
        cases[name] = (save_model(folder / f"{name}.onnx", list(COLOURS), np.eye(3), np.zeros(3), **metadata), said)
    return cases


def test_a_model_that_cannot_be_used_is_one_clear_line(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "models").mkdir()
    for name, (model, said) in broken_models(tmp_path / "models").items():
        assert run("score", model, photos, "--out", tmp_path / "scores") == 2, name
        line = one_error_line(capsys)
        assert said in line, name
        assert str(model) in line
        assert not (tmp_path / "scores").exists()


def test_a_model_that_answers_nonsense_is_refused(photos: Path, tmp_path: Path) -> None:
    model = save_model(tmp_path / "nan.onnx", list(COLOURS), np.full((3, 3), np.nan), np.zeros(3))
    with pytest.raises(RunError, match="not finite"):
        score(model, photos)


def test_a_device_that_is_not_there_is_one_clear_line(colour_model: Path) -> None:
    import onnxruntime

    if "CUDAExecutionProvider" in onnxruntime.get_available_providers():
        assert load_classifier(colour_model, "cuda").device == "cuda"
    else:
        with pytest.raises(RunError, match="cannot run on cuda: pip install onnxruntime-gpu"):
            load_classifier(colour_model, "cuda")


def test_photos_that_are_not_there_are_one_clear_line(
    colour_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    for count in (1, 3):
        folder = tmp_path / f"broken{count}"
        folder.mkdir()
        for index in range(count):
            (folder / f"{index}.jpg").write_text("no photo")
    cases = {
        tmp_path / "none": "no such folder or photo",
        tmp_path / "empty": "no photo in it",
        tmp_path / "broken1": "not a readable picture",
        tmp_path / "broken3": "none of its 3 photos can be read",
        tmp_path / "broken1" / "0.jpg": "not a readable picture",
    }
    for photos, said in cases.items():
        assert run("score", colour_model, photos, "--out", tmp_path / "scores") == 2
        assert said in one_error_line(capsys)
        assert not (tmp_path / "scores").exists()


def test_aliases_that_mean_nothing_are_one_clear_line(
    colour_model: Path, photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "list.json").write_text("[1]")
    (tmp_path / "text.json").write_text("red")
    cases: list[tuple[list[object], str]] = [
        (["--alias", "crimson"], "write it as name=class"),
        (["--alias", "crimson=scarlet"], "neither is a class of the model (red, green, blue)"),
        (["--aliases", tmp_path / "none.json"], "cannot be read"),
        (["--aliases", tmp_path / "list.json"], 'aliases are {"name": "class"}'),
        (["--aliases", tmp_path / "text.json"], "not JSON"),
    ]
    for arguments, said in cases:
        assert run("score", colour_model, photos, "--out", tmp_path / "scores", *arguments) == 2
        assert said in one_error_line(capsys)
        assert not (tmp_path / "scores").exists()


def test_a_folder_that_holds_something_else_is_left_alone(
    colour_model: Path, photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "thesis"
    out.mkdir()
    (out / "summary.json").write_text('{"chapter": 1}')
    assert run("score", colour_model, photos, "--out", out) == 2
    assert "holds something else (summary.json)" in one_error_line(capsys)
    assert (out / "summary.json").read_text() == '{"chapter": 1}'
    assert run("score", colour_model, photos, "--out", colour_model) == 2
    assert "is a file" in one_error_line(capsys)


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Makes small file systems, where that is allowed."""
    made: list[Path] = []

    def mount(options: str) -> Path:
        folder = tmp_path / f"mount{len(made)}"
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
        if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode != 0:
            pytest.skip("mounting a file system is not allowed here")
        made.append(folder)
        return folder

    yield mount
    for folder in made:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("deeper", ["", "new/scores"])
def test_a_full_disk_is_one_clear_line_and_leaves_nothing(
    deeper: str,
    mounted: Callable[[str], Path],
    colour_model: Path,
    photos: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    disk = mounted("size=16k")
    assert run("score", colour_model, photos, "--out", disk / deeper) == 2
    assert "the disk is full" in one_error_line(capsys)
    assert list(disk.iterdir()) == []


def test_a_full_disk_leaves_the_scores_before(
    mounted: Callable[[str], Path], colour_model: Path, photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    disk = mounted("size=200k")
    assert run("score", colour_model, photos, "--out", disk) == 0
    before = {path.name: path.read_bytes() for path in disk.iterdir()}
    (disk / "filler").write_bytes(b"\0" * (os.statvfs(disk).f_bavail * os.statvfs(disk).f_bsize))
    capsys.readouterr()
    assert run("score", colour_model, photos, "--out", disk) == 2
    assert "the disk is full" in one_error_line(capsys)
    assert {path.name: path.read_bytes() for path in disk.iterdir() if path.name != "filler"} == before


def test_a_read_only_disk_is_one_clear_line(
    mounted: Callable[[str], Path], colour_model: Path, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    disk = mounted("ro,size=64k")
    for out in (disk, disk / "scores"):
        assert run("score", colour_model, photos, "--out", out) == 2
        assert "cannot be written to" in one_error_line(capsys)


def test_a_failed_write_leaves_nothing_where_mounting_is_not_allowed(
    colour_model: Path, photos: Path, tmp_path: Path
) -> None:
    """The limit on file sizes fails a write in the middle, as a full disk does; a process of its own bears it."""
    script = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000));"
        "from simreal.commands import main; sys.exit(main(sys.argv[1:]))"
    )
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] in (resource.RLIM_INFINITY, -1)
    command = [sys.executable, "-c", script, "score", str(colour_model), str(photos), "--out", str(tmp_path / "s")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "the scores cannot be written (File too large)" in done.stderr
    assert not (tmp_path / "s").exists()


def test_the_errors_have_names(colour_model: Path, photos: Path, tmp_path: Path) -> None:
    with pytest.raises(AssetError):
        score(colour_model, tmp_path / "none")
    with pytest.raises(RunError):
        score(tmp_path / "none.onnx", photos)
    with pytest.raises(DataSetError):
        write_report(score(colour_model, photos), photos)
