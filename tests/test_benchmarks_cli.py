"""``simreal bench``: what is missing is told, plans are told, and a miniature of S2RDA-49 runs from end to end."""

import argparse
import json
from collections.abc import Sequence
from math import cos, sin, tau
from pathlib import Path
from typing import Any

import pytest

from simreal.commands import evaluate, main
from simreal.datasets.benchmarks import BENCHMARKS
from simreal.datasets.benchmarks.rendered_source import SHAPENET, of_classes, preset_design, with_models, without_models
from simreal.datasets.benchmarks.s2rda import synset_of
from simreal.datasets.reading import open_data_set
from simreal.design.checking import check_explicit

from .photo_trees import photos, s2rda, visda_2017

CLASSES = ("airplane", "bicycle", "motorcycle", "mug")
TINY_RENDER = (
    "--per-class",
    "3",
    "--resolution",
    "24",
    "--samples",
    "1",
    "--denoiser",
    "none",
    "--render",
    "--workers 1",
)
TINY_TRAINING = "--from-scratch --backbone resnet10t --image-size 32 --iterations 2 --batch-size 8 --workers 0"


def model(file: Path, sides: int) -> Path:
    """A pyramid as ShapeNetCore v2 keeps its models: an OBJ of about unit size with its MTL beside it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    corners = [f"v {cos(tau * k / sides) / 2:.4f} -0.4 {sin(tau * k / sides) / 2:.4f}" for k in range(sides)]
    sheets = [f"f {k + 1} {(k + 1) % sides + 1} {sides + 1}" for k in range(sides)]
    floor = "f " + " ".join(str(k + 1) for k in reversed(range(sides)))
    lines = [f"mtllib {file.stem}.mtl", *corners, "v 0 0.4 0", "usemtl paint", *sheets, floor]
    file.write_text("\n".join(lines) + "\n")
    file.with_suffix(".mtl").write_text("newmtl paint\nKd 0.8 0.2 0.1\n")
    return file


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """ShapeNetCore with models of three classes, models of bicycles, and S2RDA's photos of all four."""
    root = tmp_path_factory.mktemp("trees")
    for number, name in enumerate(CLASSES):
        for place in range(2):
            if synset_of(name):
                folder = root / "ShapeNetCore.v2" / synset_of(name) / f"1a{place}f" / "models"
                model(folder / "model_normalized.obj", 3 + 2 * number + place)
            else:
                model(root / "more" / name / f"{place}.obj", 3 + 2 * number + place)
    s2rda(root / "S2RDA-49", dict.fromkeys(CLASSES, 2))
    return root


def bench(*words: Any) -> int:
    return main(["bench", *map(str, words)])


def inputs(trees: Path) -> Sequence[Any]:
    return ("--shapenet", trees / "ShapeNetCore.v2", "--other-models", trees / "more", "--real", trees / "S2RDA-49")


def test_all_that_is_missing_is_told_at_once(tmp_path: Path, trees: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert bench("s2rda-49", "--out", tmp_path / "b") == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    for words in (
        "no ShapeNetCore v2",
        "--shapenet",
        "shapenet.org",
        "no real domain of S2RDA-49",
        "--real",
        "github.com",
    ):
        assert words in told
    assert bench("s2rda-49", "--shapenet", trees / "more", "--real", trees / "S2RDA-49", "--out", tmp_path / "b") == 2
    assert "no ShapeNetCore v2 at" in capsys.readouterr().err
    assert not (tmp_path / "b").exists()


def test_classes_without_models_or_photos_are_named(
    tmp_path: Path, trees: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = ("--out", tmp_path / "b", "--plan")
    assert bench("s2rda-49", *inputs(trees), *out) == 2
    told = capsys.readouterr().err
    assert (
        "classes without models: bag, basket, bathtub, bed, bench, birdhouse and 39 more; classes without photos: bag"
        in told
    )
    assert "--allow-missing goes on without them, --classes A,B,C with those named" in told
    without = [word for word in inputs(trees) if word not in ("--other-models", trees / "more")]
    assert bench("s2rda-49", *without, "--classes", "bicycle,mug", *out) == 2
    assert "classes without models: bicycle (name a folder of models that ShapeNetCore lacks" in capsys.readouterr().err
    assert bench("s2rda-49", *inputs(trees), "--classes", "mug,bycicle", *out) == 2
    assert "S2RDA-49 has no class 'bycicle'" in capsys.readouterr().err
    assert bench("s2rda-49", *without, "--allow-missing", *out) == 0
    said = capsys.readouterr()
    assert "warning: classes without models: bag" in said.err and "render" in said.out
    assert not (tmp_path / "b").exists(), "a plan writes nothing"


def test_a_library_that_no_class_needs_is_left_out(trees: Path, tmp_path: Path) -> None:
    design = with_models(preset_design(BENCHMARKS["s2rda-49"], tmp_path), SHAPENET, trees / "ShapeNetCore.v2")
    assert set(without_models(design)) >= {"bicycle", "bag"} and "mug" not in without_models(design)
    two = of_classes(design, ("airplane", "mug"), 5)
    assert (two.class_names, set(two.libraries), two.split("train").count) == (("airplane", "mug"), {SHAPENET.name}, 10)
    check_explicit(two)


def test_a_plan_tells_time_and_disk(tmp_path: Path, trees: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("s2rda-49", *inputs(trees), "--allow-missing", "--out", tmp_path / "b", "--plan", "--messages")
    plans = []
    for scale in ("0.01", "1"):
        assert bench(*words, "--scale", scale, "--method", "none", "--method", "mcc") == 0
        records = [
            json.loads(line.lstrip("\x1e")) for line in capsys.readouterr().out.splitlines() if "bench_plan" in line
        ]
        plans.append(records[0]["data"])
    small, published = plans
    assert small["classes"] == list(CLASSES)
    assert [step["images"] for step in small["steps"]] == [480, 488, 16, 488, 16]
    assert [step["step"].partition(",")[0] for step in small["steps"]] == [
        "render", "adapt by none", "evaluate none", "adapt by mcc", "evaluate mcc"
    ]  # fmt: skip
    assert published["steps"][0]["images"] == 48_000
    assert published["steps"][0]["bytes"] == 48_000 * 256**2 * 0.25
    assert published["steps"][0]["seconds"] > 50 * small["steps"][0]["seconds"]


def test_options_that_a_command_does_not_have_are_told_first(
    tmp_path: Path, trees: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("s2rda-49", *inputs(trees), "--allow-missing", "--out", tmp_path / "b")
    assert bench(*words, "--train=--no-such-option") == 2
    assert "cannot be run as it is" in capsys.readouterr().err
    assert not (tmp_path / "b").exists()


@pytest.mark.slow
def test_s2rda_49_in_miniature_from_end_to_end(tmp_path: Path, trees: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "b"
    words = (
        "s2rda-49",
        *inputs(trees),
        "--classes",
        ",".join(CLASSES),
        *TINY_RENDER,
        "--train",
        TINY_TRAINING,
        "--out",
        out,
    )
    assert bench(*words) == 0
    said = capsys.readouterr().out
    assert (
        "51.89" in said and "42.19" in said and "4 of 49 classes took part: figures of all 49 do not compare." in said
    )
    source = open_data_set(out / "source")
    assert source.classes == CLASSES and len(source.rows("train")) == 12
    assert {row["model"].partition(":")[0] for row in source.rows("train")} == {"ShapeNetCore-v2", "other-models"}
    target = open_data_set(out / "target.images.json")
    assert target.classes == CLASSES, "labels are the same in both domains"
    results = json.loads((out / "results.json").read_text())
    assert [(row["run"], row["split"], row["n"]) for row in results["rows"]] == [
        ("train", "real_val", 8),
        ("train", "real_test", 8),
    ]
    measured = json.loads((out / "results" / "train" / "target-real_test" / "results.json").read_text())
    assert results["rows"][1]["top1"] == measured["top1"]
    assert "published" in (out / "report.html").read_text()

    made = {path: path.stat().st_mtime_ns for path in (out / "runs").rglob("model.pt")}
    assert bench(*words) == 0
    assert "done before" in capsys.readouterr().err
    assert {path: path.stat().st_mtime_ns for path in (out / "runs").rglob("model.pt")} == made, "nothing is done twice"
    assert bench(*words, "--classes", "airplane,mug,motorcycle") == 2, (
        "another design does not go on in the same folder"
    )
    assert "another design" in capsys.readouterr().err


@pytest.mark.slow
def test_from_train_to_validation_images_by_two_methods(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = visda_2017(tmp_path / "visda", per_class=2)
    methods = ("--method", "none", "--method", "dann")
    small = "--from-scratch --backbone resnet10t --image-size 32 --epochs 1 --batch-size 8 --workers 0"
    assert bench("subvisda-10", "--photos", root, *methods, "--train", small, "--out", tmp_path / "b") == 0
    results = json.loads((tmp_path / "b" / "results.json").read_text())
    assert [(row["run"], row["split"], row["n"]) for row in results["rows"]] == [
        ("none", "validation", 20),
        ("dann", "validation", 20),
    ]
    assert results["complete"] and results["classes"][0] == "airplane"
    assert "evaluate" in capsys.readouterr().err


def test_an_interrupted_bench_goes_on_where_it_stopped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(args: argparse.Namespace) -> int:
        raise KeyboardInterrupt

    photos(
        tmp_path / "office", [f"{d}/{n}/{k}.jpg" for d in ("Art", "Product") for n in ("mug", "pen") for k in range(3)]
    )
    photos(tmp_path / "office", ["Clipart/mug/1.jpg", "Real World/mug/1.jpg"])
    words = ("office-home", "--photos", tmp_path / "office", "--source", "Art", "--target", "Product")
    words = (*words, "--train", TINY_TRAINING, "--out", tmp_path / "b")
    with monkeypatch.context() as patched:
        patched.setattr(evaluate, "run", interrupted)
        assert bench(*words) == 130
    capsys.readouterr()
    assert bench(*words) == 0
    said = capsys.readouterr().err
    assert "step 1 of 2" in said and said.count("done before") == 1 and "evaluate Product" in said
    others = [word.replace("--iterations 2", "--iterations 3") for word in map(str, words)]
    for changed in (others, words):
        assert bench(*changed) == 0
        said = capsys.readouterr().err
        assert "done before" not in said and "evaluate Product" in said, "another network is measured anew"


@pytest.mark.slow
def test_one_domain_of_office_to_another(tmp_path: Path) -> None:
    names = [f"{d}/images/{n}/{k}.jpg" for d in ("amazon", "dslr", "webcam") for n in ("mug", "pen") for k in range(3)]
    photos(tmp_path / "office", names)
    words = ("office-31", "--photos", tmp_path / "office", "--source", "amazon", "--target", "webcam")
    assert bench(*words, "--train", TINY_TRAINING, "--out", tmp_path / "b") == 0
    results = json.loads((tmp_path / "b" / "results.json").read_text())
    assert [(row["run"], row["split"], row["n"]) for row in results["rows"]] == [("train", "webcam", 6)]


def test_photos_that_are_listed_and_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = s2rda(tmp_path / "S2RDA-49", dict.fromkeys(CLASSES, 2))
    gone = root / "real" / "mug" / "mug 0.jpg"
    gone.unlink()
    shapenet = ("--shapenet", model(tmp_path / "sn" / synset_of("mug") / "1" / "models" / "m.obj", 4).parents[3])
    model(tmp_path / "sn" / synset_of("airplane") / "1" / "models" / "m.obj", 5)
    words = ("s2rda-49", *shapenet, "--real", root, "--classes", "airplane,mug", "--plan", "--out", tmp_path / "b")
    assert bench(*words) == 2
    assert f"1 of 8 listed photos are not there, such as {gone}" in capsys.readouterr().err
    assert bench(*words, "--allow-missing") == 0


def test_image_sets_are_written_for_other_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = visda_2017(tmp_path / "visda", per_class=1)
    file = tmp_path / "ten.images.json"
    assert bench("images", "subvisda-10", root, "--out", file) == 0
    said = capsys.readouterr().out
    assert "motorbike" in said and "give it as DATA" in said
    assert open_data_set(file).splits == ("train", "validation")
    assert bench("images", "caltech-101", root, "--out", file) == 2
    assert "needs no image set: its folder is DATA as it is" in capsys.readouterr().err
    assert bench("images", "subvisda-10", root, "--out", tmp_path / "ten.json") == 2


def test_everything_is_listed_with_where_to_get_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench("list") == 0
    said = capsys.readouterr().out
    for words in (
        "s2rda-ms-39",
        "visda-2017",
        "office-home",
        "subimagenet",
        "shapenet.org",
        "objectnet.dev",
        "never train",
    ):
        assert words in said
