"""A whole tuning in its folder, and its command line. Images are planted ones (``planted_pools``), but for the last."""

import argparse
import json
from pathlib import Path
from typing import ClassVar

import attrs
import numpy as np
import pytest
from PIL import Image

from simreal.commands import main
from simreal.commands.tune import budget
from simreal.datasets.suggestion_records import read_suggestion
from simreal.design.design import Split
from simreal.design.document import load, overridden, save
from simreal.design.errors import RunError
from simreal.design.identity import design_hash
from simreal.studies.weighting import tuning_run
from simreal.studies.weighting.budget import Budget
from simreal.studies.weighting.comparison import Share
from simreal.studies.weighting.judgement import tuning_photos
from simreal.studies.weighting.objectives import OBJECTIVES
from simreal.studies.weighting.photo_parts import part_photos
from simreal.studies.weighting.search import Effort
from simreal.studies.weighting.tuning_report import lead_text
from simreal.studies.weighting.tuning_run import Order, contenders_of, run_tuning

from .planted_pools import CLASSES, GOOD_MATERIALS, MATERIALS, planted_design, planted_pool

USER = planted_design((0.0, 60.0), MATERIALS)
HIDDEN = planted_design((0.0, 20.0), GOOD_MATERIALS)
PHOTOS = planted_pool(HIDDEN, 9001, 160)


@pytest.fixture(scope="module")
def photos(tmp_path_factory) -> Path:
    """Pictures of noise, one of a kind each; their names say which planted image they stand for."""
    folder = tmp_path_factory.mktemp("photos")
    random = np.random.default_rng(5)
    for number, label in enumerate(PHOTOS.labels):
        place = folder / CLASSES[label]
        place.mkdir(exist_ok=True)
        Image.fromarray(random.integers(0, 256, (24, 24, 3), dtype=np.uint8)).save(place / f"{number}.png")
    return folder


class PlantedExtractor:
    """Stands in for the frozen network. Photos whose name is in ``scrambled`` look like others."""

    scrambled: frozenset[str] = frozenset()
    asked: ClassVar[list[Path]] = []

    def __init__(self, *args, **kwargs) -> None:
        pass

    def of(self, paths, report):
        type(self).asked += paths
        numbers = [int(path.stem) for path in paths]
        turned = [(number * 7 + 3) % len(PHOTOS) if str(number) in self.scrambled else number for number in numbers]
        return PHOTOS.features[turned]


class PlantedRenders:
    """Stands in for rendering."""

    def __init__(self, folder: Path, *args) -> None:
        self._folder = folder

    def pool(self, name, design, *, seed, count, donors=()):
        pool = planted_pool(design, seed, count, self._folder / name)
        if name.startswith("compare"):
            (self._folder / name).mkdir(parents=True, exist_ok=True)
            for path in pool.paths:
                Image.new("RGB", (8, 8), "grey").save(path)
        return pool


@pytest.fixture
def planted(monkeypatch):
    monkeypatch.setattr(tuning_run, "FeatureExtractor", PlantedExtractor)
    monkeypatch.setattr(tuning_run, "Renders", PlantedRenders)
    monkeypatch.setattr(PlantedExtractor, "asked", [])


def order(photos: Path, out: Path, **changes) -> Order:
    small = Order(USER, photos, out, Budget(images=320), seeds=2, compared=120, effort=Effort(8, 8))
    return attrs.evolve(small, **changes)


def quiet(message) -> None:
    pass


def test_it_ends_in_a_suggestion_with_its_evidence(planted, photos, tmp_path) -> None:
    outcome = run_tuning(order(photos, tmp_path / "run"), quiet)
    record = read_suggestion(tmp_path / "run")
    assert record == outcome.record
    assert record.changes, "something was planted"
    assert record.evidence is not None and record.evidence.seeds == 2
    assert record.evidence.photos_tuning + record.evidence.photos_reporting == len(PHOTOS)
    tuned = load(tmp_path / "run" / "tuned.simreal.json")
    assert tuned.evidence[0] == record.evidence
    assert record.evidence.design_sha256 == design_hash(tuned)
    assert overridden(USER, Split("train", 40, overrides=record.overrides)).factors == tuned.factors
    for change in record.changes:
        assert overridden(USER, Split("train", 40, overrides=change.overrides)).factors != USER.factors
    page = (tmp_path / "run" / "report.html").read_text()
    assert "Accuracy on photos" in page and "What to doubt" in page
    assert (tmp_path / "run" / "comparison.png").stat().st_size > 1000
    with Image.open(tmp_path / "run" / "renders.png") as sheet:
        assert sheet.width > 8 * 128 and sheet.height > 4 * 128
    assert page.count("data:image/png") == 1 and "How renders change" in page
    assert "may as well stay" not in lead_text(outcome)
    for gain, stays in ((Share(0.1, -1.9, 1.3, 0.8), True), (Share(4.0, 1.0, 7.0, 1.5), False)):
        told = lead_text(attrs.evolve(outcome, gains={"your design": gain}))
        assert ("it may as well stay as it is" in told) is stays


def test_the_search_never_sees_a_photo_of_reporting(planted, photos, tmp_path, monkeypatch) -> None:
    """Other photos of reporting, the same search to the byte."""
    one = run_tuning(order(photos, tmp_path / "one"), quiet)
    reporting = frozenset(photo.path.stem for photo in one.facts.photos.reporting)
    monkeypatch.setattr(PlantedExtractor, "scrambled", reporting)
    other = run_tuning(order(photos, tmp_path / "other"), quiet)
    found = sorted((tmp_path / "one" / "rounds").rglob("*.json*"))
    assert len(found) == 10
    for path in found:
        assert path.read_bytes() == (tmp_path / "other" / path.relative_to(tmp_path / "one")).read_bytes()
    assert [one_.right.sum() for one_ in one.contenders] != [other_.right.sum() for other_ in other.contenders]


def test_photos_of_tuning_are_looked_at_alone(planted, photos) -> None:
    parts = part_photos(photos, CLASSES)
    given = tuning_photos(parts, CLASSES, PlantedExtractor(), quiet)
    assert PlantedExtractor.asked == [photo.path for photo in parts.tuning]
    assert [CLASSES[label] for label in given.truth] == [photo.true_class for photo in parts.tuning]


def test_the_same_again_changes_nothing(planted, photos, tmp_path) -> None:
    run_tuning(order(photos, tmp_path / "run"), quiet)
    before = {path: path.read_bytes() for path in (tmp_path / "run").rglob("*") if path.is_file()}
    run_tuning(order(photos, tmp_path / "run"), quiet)
    assert {path: path.read_bytes() for path in (tmp_path / "run").rglob("*") if path.is_file()} == before


def test_a_folder_is_not_used_for_two_things(planted, photos, tmp_path) -> None:
    run_tuning(order(photos, tmp_path / "run", seeds=0), quiet)
    with pytest.raises(RunError, match=r"another objective \(accuracy, not infomax\); choose another --out"):
        run_tuning(order(photos, tmp_path / "run", objective="infomax"), quiet)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("dear")
    with pytest.raises(RunError, match="holds other files"):
        run_tuning(order(photos, tmp_path / "full"), quiet)


def test_without_seeds_nothing_is_claimed(planted, photos, tmp_path) -> None:
    outcome = run_tuning(order(photos, tmp_path / "run", seeds=0), quiet)
    assert outcome.record.evidence is None and not outcome.contenders
    assert "was not measured" in outcome.record.warnings[0]
    assert not load(tmp_path / "run" / "tuned.simreal.json").evidence


def test_a_report_says_how_far_an_objective_without_labels_was_seen_to_rank(planted, photos, tmp_path) -> None:
    for objective, told in (("mmd", True), ("accuracy", False)):
        run = tmp_path / objective
        run_tuning(order(photos, run, seeds=0, objective=objective), quiet)
        report = (run / "report.md").read_text(encoding="utf-8")
        assert f"Objective: {objective}" in report
        assert (f"rank correlation with accuracy was {OBJECTIVES[objective].ranks}." in report) is told
    assert {name for name, one in OBJECTIVES.items() if one.ranks} == {"domain", "mmd", "fid", "infomax"}


def test_designs_that_draw_alike_are_compared_once() -> None:
    assert list(contenders_of(USER, HIDDEN)) == ["tuned", "all weights 1", "all weights 0"]
    half = attrs.evolve(USER, factors={n: attrs.evolve(f, weight=f.weight / 2) for n, f in USER.factors.items()})
    assert list(contenders_of(half, HIDDEN)) == ["tuned", "all weights 1", "all weights 0", "your design"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("5000", Budget(images=5000)), ("2h", Budget(seconds=7200.0)), ("90m", Budget(seconds=5400.0)),
     ("1.5 h", Budget(seconds=5400.0))],
)  # fmt: skip
def test_budgets_are_images_or_times(text, wanted) -> None:
    assert budget(text) == wanted


@pytest.mark.parametrize("text", ["", "0", "2.5", "many", "3d", "-5"])
def test_other_budgets_are_refused(text) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="a number of images, or a time"):
        budget(text)


def test_a_plan_renders_nothing(photos, tmp_path, capsys) -> None:
    design = tmp_path / "cups.simreal.json"
    save(USER, design)
    line = ["tune", str(design), "--photos", str(photos), "--budget", "400", "--out", str(tmp_path / "run"), "--plan"]
    assert main(line) == 0
    assert "images to tune: 120 + 80 + 80 + 60 + 60; to compare: at most 20 x 80" in capsys.readouterr().out
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--budget", "8"], "too small for 4 classes: 54 is the least"),
        (["--seeds", "-1"], "--seeds must be at least 0"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(more, told, photos, tmp_path, capsys) -> None:
    design = tmp_path / "cups.simreal.json"
    save(USER, design)
    assert main(["tune", str(design), "--photos", str(photos), "--budget", "400", *more]) == 2
    said = capsys.readouterr().err.strip()
    assert told in said and "\n" not in said


@pytest.mark.slow
def test_a_tuning_with_real_renders(tmp_path, capsys) -> None:
    """All of it, small: "photos" rendered from a design, images rendered to tune, the comparison."""
    classes = ["cup", "chair"]
    design = {
        "simreal_design": 1,
        "name": "small",
        "image": {"resolution_px": 32, "samples": 2},
        "classes": [{"name": name, "models": [f"starter:{name}/00", f"starter:{name}/01"]} for name in classes],
        "factors": {"camera_viewpoint": {}, "background": {}, "material_texture": {}},
        "splits": {"train": {"count": 48, "seed": 9}},
    }
    file = tmp_path / "small.simreal.json"
    file.write_text(json.dumps(design))
    assert main(["render", str(file), "--out", str(tmp_path / "photos"), "--workers", "1"]) == 0
    line = ["tune", str(file), "--photos", str(tmp_path / "photos" / "train"), "--budget", "54", "--seeds", "1",
            "--images", "16", "--trials", "8", "--image-size", "64", "--workers", "1"]  # fmt: skip
    assert main(line) == 0
    out = tmp_path / "small-tune"
    record = read_suggestion(out)
    assert (
        load(out / "tuned.simreal.json").factors
        == overridden(load(file), Split("train", 1, overrides=record.overrides)).factors
    )
    before = {path: path.read_bytes() for path in out.rglob("*.json*") if path.is_file()}
    assert main(line) == 0
    assert {path: path.read_bytes() for path in out.rglob("*.json*") if path.is_file()} == before
    assert "The report:" in capsys.readouterr().out
