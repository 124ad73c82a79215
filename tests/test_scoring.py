"""`simreal score`: what it finds and what it writes, with real photos and real onnxruntime."""

import csv
import json
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from simreal.datasets.messages import Message, Progress
from simreal.datasets.preprocessing import load_rgb, resize_and_crop
from simreal.scoring.report import write_report
from simreal.scoring.score import score

from .colour_classifier import BLUE, picture, run, save_model


def test_scoring_the_kit_agrees_with_a_calculation_by_hand(kit: Path, tmp_path: Path) -> None:
    files = sorted((kit / "photos").rglob("*.jpg"))
    classes = sorted({file.parent.name for file in files})
    rng = np.random.default_rng(1)
    weights, bias = rng.normal(size=(10, 3)) * 30, rng.normal(size=10)
    model = save_model(tmp_path / "m.onnx", classes, weights, bias)
    scores = score(model, kit / "photos", batch=7)
    assert [prediction.path for prediction in scores.predictions] == files
    colours = np.array([resize_and_crop(load_rgb(file), 36, 32).mean(axis=(0, 1)) / 255 for file in files])
    logits = colours @ weights.T + bias
    expected = np.exp(logits - logits.max(axis=1, keepdims=True))
    expected /= expected.sum(axis=1, keepdims=True)
    for prediction, row in zip(scores.predictions, expected, strict=True):
        assert prediction.predicted == classes[int(row.argmax())]
        assert prediction.confidence == pytest.approx(row.max(), abs=1e-4)
        assert prediction.true_class == prediction.path.parent.name
        assert [share for _, share in prediction.top5] == pytest.approx(np.sort(row)[::-1][:5], abs=1e-4)
    assert scores.accuracy is not None
    assert (scores.accuracy.n, scores.skipped) == (300, ())
    right = [classes[int(row.argmax())] == file.parent.name for row, file in zip(expected, files, strict=True)]
    assert scores.accuracy.top1 == np.mean(right)


def test_the_command_writes_tables_and_pictures_and_prints_one_table(
    colour_model: Path, photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "deep" / "scores"
    assert run("score", colour_model, photos, "--out", out) == 0
    text = capsys.readouterr().out
    assert "all                   5      4    80.0 %" in text
    assert "red                   2      1    50.0 %  blue (1)" in text
    summary = json.loads((out / "summary.json").read_text())
    assert (summary["n"], summary["top1"], summary["skipped"]) == (5, 0.8, [])
    assert summary["mean_class_accuracy"] == pytest.approx(2.5 / 3)
    assert summary["per_class"]["red"]["correct"] == 1
    assert summary["model"]["design_hash"] == "0123abcd"
    with (out / "predictions.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["path"], row["predicted"], row["correct"]) for row in rows] == [
        ("blue/1.png", "blue", "1"),
        ("blue/2.png", "blue", "1"),
        ("green/1.png", "green", "1"),
        ("red/1.png", "red", "1"),
        ("red/2.png", "blue", "0"),
    ]
    assert all(float(row["confidence"]) > 0.9 for row in rows)
    predictions = json.loads((out / "predictions.json").read_text())
    assert predictions[4]["top5"][0][0] == "blue"
    for name in ("confusion.png", "mistakes.png", "overview.png"):
        assert load_rgb(out / name).width > 100
    assert sorted(path.name for path in out.iterdir()) == sorted(
        [
            *("predictions.csv", "predictions.json", "summary.json", "confusion.png", "per_class.png"),
            *("mistakes.png", "overview.png"),
        ]
    )


def test_the_default_folder_is_named_after_the_photos(
    colour_model: Path, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("score", colour_model, photos) == 0
    assert (tmp_path / "photos-scores" / "summary.json").exists()
    assert run("score", colour_model, photos / "red" / "1.png") == 0
    assert (tmp_path / "1-scores" / "summary.json").exists()


def test_scoring_again_replaces_its_own_files_and_leaves_others(
    colour_model: Path, photos: Path, tmp_path: Path
) -> None:
    out = tmp_path / "scores"
    assert run("score", colour_model, photos, "--out", out) == 0
    (out / "notes.txt").write_text("mine")
    (photos / "red" / "2.png").unlink()
    assert run("score", colour_model, photos, "--out", out) == 0
    assert json.loads((out / "summary.json").read_text())["top1"] == 1.0
    assert not (out / "mistakes.png").exists()  # there is none any more
    assert (out / "notes.txt").read_text() == "mine"


def test_its_own_pictures_are_not_scored_as_photos(colour_model: Path, photos: Path) -> None:
    assert run("score", colour_model, photos, "--out", photos / "scores") == 0
    assert len(score(colour_model, photos).predictions) == 5


def test_photos_of_no_class_are_predicted_only(
    colour_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for index in range(3):
        picture(tmp_path / "holiday" / f"{index}.png", BLUE)
    out = tmp_path / "scores"
    assert run("score", colour_model, tmp_path / "holiday", "--out", out) == 0
    assert "blue                      3" in capsys.readouterr().out
    summary = json.loads((out / "summary.json").read_text())
    assert (summary["n"], summary["n_predicted"], summary["top1"]) == (0, 3, None)
    assert {path.name for path in out.iterdir()} == {
        "predictions.csv",
        "predictions.json",
        "summary.json",
        "overview.png",
    }


def test_progress_is_told(colour_model: Path, photos: Path) -> None:
    messages: list[Message] = []
    score(colour_model, photos, batch=2, report=messages.append)
    progress = [message for message in messages if isinstance(message, Progress)]
    assert [(each.done, each.total) for each in progress] == [(2, 5), (4, 5), (5, 5)]


def test_an_interruption_leaves_no_thread(colour_model: Path, photos: Path) -> None:
    def interrupt(message: Message) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        score(colour_model, photos, batch=1, report=interrupt)
    assert [thread for thread in threading.enumerate() if "ThreadPool" in thread.name] == []


def test_a_scoring_that_was_killed_is_taken_over(colour_model: Path, photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "scores"
    (out / ".simreal-partial").mkdir(parents=True)
    (out / ".simreal-partial" / "predictions.csv").write_text("half a li")
    assert run("score", colour_model, photos, "--out", out) == 0
    assert not (out / ".simreal-partial").exists()


def test_photos_that_vanish_before_the_pictures_are_drawn_get_a_placeholder(
    colour_model: Path, photos: Path, tmp_path: Path
) -> None:
    scores = score(colour_model, photos)
    shutil.rmtree(photos)
    assert {path.name for path in write_report(scores, tmp_path / "s")} >= {"overview.png", "mistakes.png"}


def test_neither_torch_nor_blender_is_imported(colour_model: Path, photos: Path, tmp_path: Path) -> None:
    script = (
        "import sys; from simreal.commands import main; status = main(sys.argv[1:]);"
        "loaded = {'torch', 'bpy', 'matplotlib', 'scipy'} & set(sys.modules);"
        "sys.exit(f'{status} {loaded}' if status or loaded else 0)"
    )
    command = [sys.executable, "-c", script, "score", str(colour_model), str(photos), "--out", str(tmp_path / "s")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
