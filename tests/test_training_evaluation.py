"""Evaluating a run: Acc, Mean and their intervals, the files it leaves, other people's folders, and what it refuses."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from simreal.commands import main
from simreal.datasets.accuracy import measure, wilson_interval
from simreal.training.config import RunConfig
from simreal.training.evaluation import mean_interval, table
from simreal.training.trainer import train

from .shapes import SHAPES, plain_folders, rendered

torch.set_num_threads(1)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rendered(tmp_path_factory.mktemp("shapes") / "data", {"train": 12, "test_iid": 5, "test_iid_wo_bg": 4})


@pytest.fixture(scope="module")
def run(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "run"
    config = RunConfig(data=str(data), backbone="test_resnet", weights="none", crop_px=32, resize_px=36, epochs=1)
    train(config, folder, lambda message: None)
    return folder


def test_every_split_by_default(run: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(run), str(data), "--out", str(tmp_path)]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["test_iid", "test_iid_wo_bg", "train"]
    printed = capsys.readouterr().out
    assert printed.count("Mean of classes") == 3 and "disc" in printed
    for split, count in {"train": 36, "test_iid": 15, "test_iid_wo_bg": 12}.items():
        folder = tmp_path / split
        results = json.loads((folder / "results.json").read_text())
        rows = list(csv.DictReader((folder / "predictions.csv").open()))
        assert results["n"] == len(rows) == count
        assert results["top1"] == pytest.approx(np.mean([row["truth"] == row["predicted"] for row in rows]))
        assert results["top1_interval_95"] == pytest.approx(wilson_interval(round(results["top1"] * count), count))
        low, high = results["mean_class_accuracy_interval_95"]
        assert low <= results["mean_class_accuracy"] <= high
        with Image.open(folder / "confusion.png") as picture:
            assert picture.width > 200
        assert [row["class"] for row in csv.DictReader((folder / "per_class.csv").open())] == list(SHAPES)


def test_unseen_leaves_out_what_was_trained_on(run: Path, data: Path, tmp_path: Path) -> None:
    assert main(["evaluate", str(run), str(data), "--unseen", "--out", str(tmp_path)]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["test_iid", "test_iid_wo_bg"]


def test_one_split_lies_in_the_run(run: Path, data: Path) -> None:
    assert main(["evaluate", str(run), str(data), "--split", "test_iid"]) == 0
    assert (run / "evaluate" / "test_iid" / "results.json").is_file()
    assert not (run / "evaluate" / "train").exists()


def test_batch_size_and_workers_change_nothing(run: Path, data: Path, tmp_path: Path) -> None:
    for workers in ("0", "2"):
        out = tmp_path / workers
        assert (
            main(["evaluate", str(run), str(data), "--split", "test_iid", "--workers", workers, "--out", str(out)]) == 0
        )
    texts = [(tmp_path / workers / "test_iid" / "predictions.csv").read_text() for workers in ("0", "2")]
    assert texts[0] == texts[1]


def test_photos_with_other_names_and_classes(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    photos = plain_folders(tmp_path / "photos", {"": 3})
    (photos / "disc").rename(photos / "circle")
    (photos / "cross").rename(photos / "zebra")
    out = tmp_path / "out"
    assert main(["evaluate", str(run), str(photos), "--alias", "circle=disc", "--out", str(out)]) == 0
    assert "left out, as the model does not know them: zebra" in capsys.readouterr().err
    results = json.loads((out / "photos" / "results.json").read_text())
    assert results["n"] == 6
    assert {name for name, share in results["per_class"].items() if share["n"]} == {"disc", "square"}


@pytest.mark.parametrize(
    "case",
    [
        (["{run}", "{data}", "--split", "nothing"], "no split 'nothing'"),
        (["{run}", "{tmp}/nowhere"], "no such folder"),
        (["{tmp}/nowhere", "{data}"], "no such run folder"),
        (["{data}", "{data}"], "is not a run folder"),
        (["{run}", "{photos}"], "has no class of the model"),
        (["{run}", "{data}", "--alias", "circle"], "--alias needs FOLDER=CLASS"),
    ],
)
def test_unusable_input_is_one_line(
    run: Path, data: Path, tmp_path: Path, case: tuple[list[str], str], capsys: pytest.CaptureFixture[str]
) -> None:
    arguments, problem = case
    photos = plain_folders(tmp_path / "photos", {"": 1}, ("disc", "square"))
    for name in ("disc", "square"):
        (photos / name).rename(photos / f"a-{name}")
    out = tmp_path / "out"
    filled = [text.format(run=run, data=data, tmp=tmp_path, photos=photos) for text in arguments]
    assert main(["evaluate", *filled, "--out", str(out)]) == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1 and problem in lines[0]
    assert not out.exists()


def test_a_damaged_model_is_one_line(run: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / "config.json").write_bytes((run / "config.json").read_bytes())
    (copy / "model.pt").write_bytes((run / "model.pt").read_bytes()[:3000])
    assert main(["evaluate", str(copy), str(data)]) == 2
    assert "model.pt: damaged model" in capsys.readouterr().err


def test_interval_of_the_mean() -> None:
    """One class only: Wilson's own. Many classes: narrower than any of them; never outside 0..1."""
    one = measure([0] * 20, [0] * 15 + [1] * 5, ("a", "b"))
    assert mean_interval(one) == pytest.approx(wilson_interval(15, 20))
    truth = np.repeat(np.arange(10), 20)
    predicted = np.where(np.arange(200) % 4 == 0, (truth + 1) % 10, truth)
    many = measure(truth, predicted, [str(label) for label in range(10)])
    low, high = mean_interval(many)
    assert low < 0.75 < high
    assert high - low < 0.5 * (wilson_interval(15, 20)[1] - wilson_interval(15, 20)[0])
    assert mean_interval(measure([0, 1], [0, 1], ("a", "b")))[1] == 1.0


def test_the_interval_of_the_mean_covers() -> None:
    """Simulated: about 95 % of the intervals hold the true mean."""
    random = np.random.default_rng(0)
    accuracies = np.array([0.9, 0.7, 0.5, 0.95, 0.3])
    hits = 0
    for _ in range(400):
        truth = np.repeat(np.arange(5), 30)
        right = random.random(150) < accuracies[truth]
        low, high = mean_interval(measure(truth, np.where(right, truth, (truth + 1) % 5), "abcde"))
        hits += low <= accuracies.mean() <= high
    assert 0.92 <= hits / 400 <= 0.98


def test_the_table_is_readable() -> None:
    text = table(measure([0, 0, 1, 1], [0, 0, 1, 0], ("airplane", "cup", "never seen")))
    assert "airplane" in text and "never seen" not in text
    assert "75.0 %" in text and "Mean of classes" in text
    assert len({len(line) for line in text.splitlines()}) <= 2
