"""Looking inside a run from end to end: what it writes, that a planted failure is found, and what it refuses."""

from __future__ import annotations

import importlib.util
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from simreal.commands import main
from simreal.datasets.messages import Decoder, Result
from simreal.studies.inspection.inspection import run_names

from .inspected_runs import FAILS_ABOVE_DEG, colour_photos, fitted_run, rendered_colours
from .test_demo import opened


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    counts = {"train": 60, "test_iid": 300, "test_iid_wo_bg": 30}
    weights = {"camera_viewpoint": 0.7, "background": 1.0, "sensor": 1.0}
    return rendered_colours(tmp_path_factory.mktemp("inspected") / "data", counts, weights)


@pytest.fixture(scope="module")
def run(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fitted_run(tmp_path_factory.mktemp("runs") / "convolving", data, "test_resnet")


@pytest.fixture(scope="module")
def attending(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fitted_run(tmp_path_factory.mktemp("runs") / "attending", data, "test_vit")


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return colour_photos(tmp_path_factory.mktemp("real") / "photos", 6)


@pytest.fixture(scope="module")
def inspected(run: Path, attending: Path, data: Path, photos: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out") / "look"
    given = [run, data, photos, "--compare", attending, "--out", out, "--pick", 2]
    assert main(["inspect", *map(str, given)]) == 0
    return out


@pytest.fixture(scope="module")
def numbers(inspected: Path) -> dict[str, Any]:
    return json.loads((inspected / "inspection.json").read_text())


def test_everything_is_there(inspected: Path, numbers: dict[str, Any]) -> None:
    pictures = {path.name for path in inspected.glob("*.png")}
    wanted = {"reliability.png", "sight.png", "tsne.png", "factors.png", "factor-camera_viewpoint.png"}
    for stem in ("data-test_iid", "photos"):
        wanted |= {f"confusion-{stem}.png", f"classes-{stem}.png", f"changes-{stem}.png"}
    assert wanted <= pictures
    assert ("umap.png" in pictures) == (importlib.util.find_spec("umap") is not None)
    for path in inspected.glob("*.png"):
        with Image.open(path) as picture:
            assert picture.width > 300 and picture.height > 150
    assert [each["name"] for each in numbers["domains"]] == ["data test_iid", "photos"]
    assert set(numbers) >= {"accuracy", "changes", "factors", "calibration", "sight", "features"}


def test_the_page_opens_with_all_of_it(inspected: Path) -> None:
    errors, widths, text = opened(inspected / "inspection.html")
    assert errors == []
    assert len(widths) == len(list(inspected.glob("*.png"))) and all(width > 300 for width in widths)
    assert "Camera viewpoint: elevation" in text and "class activation maps" in text.lower()


def test_a_planted_failure_is_the_first_that_is_named(inspected: Path, numbers: dict[str, Any]) -> None:
    first = numbers["factors"]["ranking"][0]
    assert first["column"] == "camera_viewpoint.elevation_deg"
    assert first["p_holm"] < 0.05
    assert first["worst"]["low"] > FAILS_ABOVE_DEG - 5 and first["worst"]["accuracy"] < 0.2
    assert first["best"]["accuracy"] > 0.9
    assert "Most does Camera viewpoint: elevation" in (inspected / "inspection.html").read_text()
    clear = {row["column"] for row in numbers["factors"]["ranking"] if row["p_holm"] < 0.05}
    assert clear <= {"camera_viewpoint.elevation_deg", "camera_viewpoint.drawn"}


def test_accuracy_is_that_of_evaluate(run: Path, data: Path, numbers: dict[str, Any], tmp_path: Path) -> None:
    assert main(["evaluate", str(run), str(data), "--split", "test_iid", "--out", str(tmp_path)]) == 0
    measured = json.loads((tmp_path / "test_iid" / "results.json").read_text())
    assert numbers["accuracy"]["data test_iid"]["confusion"] == measured["confusion"]
    assert 0.6 < measured["top1"] < 0.95, "some of it has to fail for these tests to say anything"


def test_changes_are_of_the_same_images(numbers: dict[str, Any]) -> None:
    (change,) = numbers["changes"]["data test_iid"]
    assert change["run"] == "attending" and change["overall"]["n"] == 300
    assert sum(each["n"] for each in change["per_class"].values()) == 300
    gained = sum(each["gained"] - each["lost"] for each in change["per_class"].values())
    assert change["overall"]["change"] == pytest.approx(gained / 300)


def test_mistakes_are_looked_at(numbers: dict[str, Any]) -> None:
    sight = numbers["sight"]
    assert sight["way"] == "class activation maps"
    groups = {group["title"].partition(":")[0]: group["images"] for group in sight["groups"]}
    assert all(each["truth"] == each["predicted"] for each in groups["Surest of all, and right"])
    assert all(each["truth"] != each["predicted"] for each in groups["Surest of all, and wrong"])
    files = [each["file"] for images in groups.values() for each in images]
    assert len(files) == len(set(files))


def test_the_temperature_is_fitted_on_images_that_are_not_reported(
    run: Path, numbers: dict[str, Any], tmp_path: Path
) -> None:
    assert "random half" in numbers["calibration"]["fitted_on"]
    assert numbers["calibration"]["domains"]["data test_iid, other half"]["before"]["n"] == 150
    for split, each in (("val", 4), ("test", 3)):
        colour_photos(tmp_path / "real" / split, each)
    arguments = [str(run), f"{tmp_path / 'real'}:test", "--calibrate-on", "val", "--out", str(tmp_path / "out")]
    assert main(["inspect", *arguments, "--pick", "1"]) == 0
    other = json.loads((tmp_path / "out" / "inspection.json").read_text())["calibration"]
    assert other["fitted_on"] == "real val (12 images)"
    assert other["domains"]["real test"]["after"]["n"] == 9


def test_images_are_not_gone_through_again(
    run: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    arguments = ["inspect", str(run), f"{data}:test_iid_wo_bg", "--out", str(out), "--pick", "1"]
    assert main(arguments) == 0
    assert "convolving on data test_iid_wo_bg" in capsys.readouterr().err
    before = (out / "inspection.json").read_bytes()
    assert main(arguments) == 0
    assert "convolving on" not in capsys.readouterr().err
    assert (out / "inspection.json").read_bytes() == before, "and all that is drawn by chance is drawn by the seed"
    for kept in (out / "measured").iterdir():
        kept.write_bytes(kept.read_bytes()[:100])
    assert main(arguments) == 0, "what is damaged is measured again"
    assert (out / "inspection.json").read_bytes() == before


def test_chosen_images_of_a_transformer(attending: Path, data: Path, photos: Path, tmp_path: Path) -> None:
    chosen = [photos / "red" / "0.png", tmp_path / "unknown.png"]
    Image.fromarray(np.full((50, 80, 3), 90, np.uint8)).save(chosen[1])
    out = tmp_path / "out"
    given = [attending, f"{data}:test_iid_wo_bg", "--out", out, "--images", *chosen]
    assert main(["inspect", *map(str, given)]) == 0
    sight = json.loads((out / "inspection.json").read_text())["sight"]
    assert sight["way"] == "attention roll-out"
    assert [each["truth"] for each in sight["groups"][0]["images"]] == ["red", None]


def test_plain_photos_have_no_factors(run: Path, photos: Path, tmp_path: Path) -> None:
    assert main(["inspect", str(run), str(photos), "--out", str(tmp_path / "out"), "--pick", "1"]) == 0
    numbers = json.loads((tmp_path / "out" / "inspection.json").read_text())
    assert "factors" not in numbers
    assert numbers["accuracy"]["photos"]["n"] == 18


def test_programs_get_the_numbers(
    run: Path, photos: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    arguments = ["inspect", str(run), str(photos), "--out", str(tmp_path / "out"), "--pick", "1", "--messages"]
    assert main(arguments) == 0
    messages = Decoder().feed(capfdbinary.readouterr().out)
    (found,) = [each for each in messages if isinstance(each, Result) and each.kind == "inspection"]
    assert Path(found.data["page"]).is_file()
    assert found.data["accuracy"]["photos"]["top1"] == pytest.approx(15 / 18)


@pytest.mark.parametrize(
    "case",
    [
        (["{run}", "{data}:nothing"], "no split 'nothing'"),
        (["{run}", "{tmp}/nowhere"], "no such folder"),
        (["{tmp}/nowhere", "{data}"], "config.json"),
        (["{run}", ":test_iid"], "name a data set before the split"),
        (["{run}", "{data}", "--compare", "{tmp}/nowhere"], "no such run folder"),
        (["{run}", "{data}", "--compare", "{other}"], "other classes"),
        (["{run}", "{data}", "--calibrate-on", "test_iid"], "it is the split that is reported"),
        (["{run}", "{data}", "--images", "{tmp}/none.png"], "no such picture"),
        (["{run}", "{data}", "{data}"], "is given twice"),
        (["{run}", "{data}", "--embed", "0"], "--embed must be at least 1"),
        (["{run}", "{data}", "--alias", "circle"], "--alias needs FOLDER=CLASS"),
        (["{run}", "{split}"], "name one as"),
    ],
)
def test_unusable_input_is_one_line(
    run: Path, data: Path, tmp_path: Path, case: tuple[list[str], str], capsys: pytest.CaptureFixture[str]
) -> None:
    arguments, problem = case
    other = tmp_path / "other"
    if "{other}" in arguments:
        shutil.copytree(data, tmp_path / "renamed")
        design = (tmp_path / "renamed" / "design.json").read_text().replace('"blue"', '"azure"')
        (tmp_path / "renamed" / "design.json").write_text(design)
        for split in (tmp_path / "renamed").iterdir():
            if split.is_dir():
                (split / "blue").rename(split / "azure")
                lines = (split / "metadata.jsonl").read_text().replace("blue", "azure")
                (split / "metadata.jsonl").write_text(lines)
        fitted_run(other, tmp_path / "renamed", "test_resnet")
    for name in ("first", "second"):
        colour_photos(tmp_path / "splits" / name, 1)
    known = {"run": run, "data": data, "tmp": tmp_path, "other": other, "split": tmp_path / "splits"}
    out = tmp_path / "out"
    assert main(["inspect", *(text.format(**known) for text in arguments), "--out", str(out)]) == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert len([line for line in lines if line.startswith("simreal: ")]) == 1 and problem in lines[-1]
    assert not out.exists()


def test_runs_are_told_apart_by_as_much_of_their_paths_as_is_needed() -> None:
    assert list(run_names([Path("a/run"), Path("a/other")]).values()) == ["run", "other"]
    assert list(run_names([Path("a/run"), Path("b/run")]).values()) == ["a/run", "b/run"]
