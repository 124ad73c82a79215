"""``simreal design``: from folders to a design, and what is said of it."""

import json
from pathlib import Path

import pytest
from PIL import Image

from simreal.commands import main
from simreal.design.design import STARTER_LIBRARY
from simreal.design.document import load
from simreal.design.factors import FACTORS


def refused(capsys: pytest.CaptureFixture, *arguments: object) -> str:
    """The one line of an error."""
    assert main(["design", *map(str, arguments)]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("simreal: ")
    return lines[0]


@pytest.fixture
def made(kit: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> tuple[Path, str]:
    """A design over the whole kit, and what was said when it was made."""
    file = tmp_path / "kit.simreal.json"
    sources = ["--models", str(kit / "models"), "--environments", str(kit / "hdri"), "--photos", str(kit / "photos")]
    assert main(["design", "new", *sources, "--out", str(file), "--per-class", "50", "--seed", "7"]) == 0
    return file, capsys.readouterr().out


@pytest.fixture
def kit_design(made: tuple[Path, str]) -> Path:
    return made[0]


def test_the_kit(made: tuple[Path, str], kit: Path):
    kit_design, said = made
    assert "18 environments" in said
    assert "300 photos" in said
    assert f"simreal render {kit_design}" in said
    design = load(kit_design)
    assert (design.name, design.seed, len(design.classes)) == ("kit", 7, 10)
    assert design.splits[0].count == 500
    chairs = next(entry for entry in design.classes if entry.name == "chair")
    assert len(chairs.models) == 18
    for model in chairs.models:
        library, _, path = model.partition(":")
        assert (design.library_folder(library) / path).is_file()
    background = design.factors["background"].parameters
    assert next(iter(background["environment"].distribution.options)) == "environments:apartment.exr"
    assert background["environment"].fixed == "environments:apartment.exr"
    assert background["kind"].distribution.options["photo"] > 0
    assert len(background["photo"].distribution.options) == 300
    assert not any(
        Path(library["path"]).is_absolute() for library in json.loads(kit_design.read_text())["libraries"].values()
    )
    assert (design.library_folder("models")).samefile(kit / "models")


def test_without_options_it_is_the_starter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    assert main(["design", "new"]) == 0
    design = load(tmp_path / "starter.simreal.json")
    assert len(design.classes) == 10
    assert all(model.startswith(f"{STARTER_LIBRARY}:") for entry in design.classes for model in entry.models)


def test_chosen_classes_in_their_order(tmp_path: Path):
    assert main(["design", "new", "--classes", "cup, chair", "--out", str(tmp_path / "two.json"), "--name", "two"]) == 0
    assert load(tmp_path / "two.json").class_names == ("cup", "chair")


def test_a_file_that_is_there_is_not_replaced(kit_design: Path, capsys: pytest.CaptureFixture):
    before = kit_design.read_bytes()
    assert "is there already; --force replaces it" in refused(capsys, "new", "--out", kit_design)
    assert kit_design.read_bytes() == before
    assert main(["design", "new", "--out", str(kit_design), "--force"]) == 0
    assert kit_design.read_bytes() != before


def test_what_is_skipped_is_said(tmp_path: Path, capsys: pytest.CaptureFixture):
    for name, content in {"cup/a.obj": "v 0 0 0\n", "cup/b.obj": "", "cup/c.max": "x", "empty/d.obj": ""}.items():
        (tmp_path / "models" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "models" / name).write_text(content)
    assert main(["design", "new", "--models", str(tmp_path / "models"), "--out", str(tmp_path / "d.json")]) == 0
    said = capsys.readouterr()
    assert "skipped models/cup/b.obj: empty file" in said.err
    assert "skipped models/cup/c.max: the format .max is not supported" in said.err
    assert load(tmp_path / "d.json").class_names == ("cup",)


def test_what_cannot_be_made(tmp_path: Path, capsys: pytest.CaptureFixture):
    out = tmp_path / "d.json"
    assert "there is no such folder" in refused(capsys, "new", "--models", tmp_path / "none", "--out", out)
    (tmp_path / "empty").mkdir()
    assert "no model found" in refused(capsys, "new", "--models", tmp_path / "empty", "--out", out)
    assert "no environment map" in refused(capsys, "new", "--environments", tmp_path / "empty", "--out", out)
    assert "there are no models of 'cop'" in refused(capsys, "new", "--classes", "cop", "--out", out)
    assert "'cup' is there twice" in refused(capsys, "new", "--classes", "cup,cup", "--out", out)
    assert "at least 1" in refused(capsys, "new", "--per-class", "0", "--out", out)
    assert "there is no such folder" in refused(capsys, "new", "--out", tmp_path / "none" / "d.json")
    assert not out.exists()


def test_show_says_everything_once(kit_design: Path, capsys: pytest.CaptureFixture):
    assert main(["design", "show", str(kit_design)]) == 0
    said = capsys.readouterr().out
    for factor in FACTORS.values():
        assert factor.name in said
        assert all(parameter.name in said for parameter in factor.parameters)
    assert "log uniform 2 .. 22 f-stop" in said
    assert "test_iid_wo_bg" in said


def test_factors_are_explained(capsys: pytest.CaptureFixture):
    assert main(["design", "factors"]) == 0
    said = capsys.readouterr().out
    for factor in FACTORS.values():
        assert f"{factor.name}: {factor.help}" in said
        assert all(parameter.help in said for parameter in factor.parameters)


def test_validate(kit_design: Path, capsys: pytest.CaptureFixture):
    assert main(["design", "validate", str(kit_design), "--assets"]) == 0
    assert "ok (10 classes, 700 images in 3 splits)" in capsys.readouterr().out
    document = json.loads(kit_design.read_text())
    document["classes"][0]["models"].append("models:airplane/none.obj")
    document["factors"]["background"]["environment"]["options"]["builtin:mars.exr"] = 1.0
    kit_design.write_text(json.dumps(document))
    assert main(["design", "validate", str(kit_design)]) == 0
    line = refused(capsys, "validate", kit_design, "--assets")
    assert "classes.airplane: models:airplane/none.obj; factors.background.environment: builtin:mars.exr" in line
    document["factors"]["lens"]["weight"] = 1.5
    kit_design.write_text(json.dumps(document))
    assert "factors.lens.weight: must be between 0 and 1" in refused(capsys, "validate", kit_design)


def test_texture_sets_become_materials(tmp_path: Path):
    for name in ("rock_05_diff_1k.jpg", "rock_05_rough_1k.jpg", "deep/Wood023_1K-JPG_Color.jpg"):
        (tmp_path / "textures" / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (4, 4)).save(tmp_path / "textures" / name)
    file = tmp_path / "d.json"
    assert main(["design", "new", "--textures", str(tmp_path / "textures"), "--out", str(file)]) == 0
    options = load(file).factors["material_texture"].parameters["material"].distribution.options
    assert {"textures:rock_05", "textures:Wood023_1K-JPG", "wood"} <= set(options)
    assert main(["design", "validate", str(file), "--assets"]) == 0
    (tmp_path / "textures" / "rock_05_diff_1k.jpg").unlink()
    assert main(["design", "validate", str(file), "--assets"]) == 2
