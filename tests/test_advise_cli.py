"""``simreal advise``: what it writes, that it is the same again, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simreal.commands import main
from simreal.datasets.advice_records import AdviceRecord, read_advice
from simreal.datasets.messages import Decoder, Progress, Result

from .inspected_runs import COLOURS, colour_photos, fitted_run, rendered_colours

CLASSES = tuple(COLOURS)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rendered_colours(tmp_path_factory.mktemp("rendered") / "data", {"train": 150}, {})


@pytest.fixture(scope="module")
def run(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fitted_run(tmp_path_factory.mktemp("runs") / "small", data, "test_resnet")


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return colour_photos(tmp_path_factory.mktemp("real") / "photos", 24)


@pytest.fixture(scope="module")
def advised(data: Path, run: Path, photos: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out") / "advice"
    assert main(line(data, photos, "--model", run, "--out", out)) == 0
    return out


def line(data: Path, photos: Path, *more: object) -> list[str]:
    return ["advise", str(data / "design.json"), "--photos", str(photos), *map(str, more)]


def test_everything_is_written(advised: Path, photos: Path) -> None:
    record = read_advice(advised)
    parts = json.loads((advised / "photos.json").read_text())
    assert record.photos == len(parts["tuning"]) and record.photos_sha256 == parts["photos_sha256"]
    assert (record.design_name, record.images, record.backbone) == ("colours", 150, "test_resnet")
    assert record.classifier == "the run small"
    assert sum(one.photos for one in record.classes) == record.photos
    assert record.correct == sum(one.correct for one in record.classes)
    assert [one.accuracy for one in record.classes] == sorted(one.accuracy for one in record.classes)
    for advice in record.advice:
        assert (advised / advice.sheet).is_file() and advice.class_name in ("", *CLASSES)
        assert all((photos / name).is_file() for name in advice.photos)
    page = (advised / "report.html").read_text()
    assert "Advice on colours" in page and "What this rests on" in page
    assert page.count('src="data:image/png;base64,') == 2 + len(record.advice) and 'src="http' not in page
    markdown = (advised / "report.md").read_text()
    assert all(advice.finding in markdown and advice.hint in markdown for advice in record.advice)
    assert {path.name for path in advised.glob("*.png")} >= {"accuracy.png", "confusion.png"}


def test_photos_of_the_reporting_part_are_not_looked_at(advised: Path) -> None:
    parts = json.loads((advised / "photos.json").read_text())
    reporting = json.dumps(parts["reporting"])
    assert all(json.dumps(name) not in reporting for advice in read_advice(advised).advice for name in advice.photos)


def test_it_is_the_same_again(advised: Path, data: Path, run: Path, photos: Path) -> None:
    files = [path for path in advised.rglob("*") if path.is_file()]
    before = {path: path.read_bytes() for path in files}
    (advised / "report.html").unlink()
    assert main(line(data, photos, "--model", run, "--out", advised)) == 0
    assert {path: path.read_bytes() for path in files} == before


def test_programs_are_told(
    advised: Path, data: Path, run: Path, photos: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main([*line(data, photos, "--model", run, "--out", advised), "--messages"]) == 0
    messages = Decoder().feed(capsysbinary.readouterr().out)
    (told,) = (one.data for one in messages if isinstance(one, Result) and one.kind == "advice")
    record: AdviceRecord = read_advice(advised)
    assert told["top1"] == record.accuracy and len(told["advice"]) == len(record.advice)
    assert any(isinstance(one, Progress) for one in messages)
    (text,) = (one.data["text"] for one in messages if isinstance(one, Result) and one.kind == "text")
    assert "tuning photos are right" in text and str(advised / "report.html") in text


def test_what_cannot_be_used_is_refused_in_one_line(
    data: Path, run: Path, photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = tmp_path / "plain"
    plain.mkdir()
    for number, path in enumerate(sorted(photos.rglob("*.png"))):
        (plain / f"{number}.png").write_bytes(path.read_bytes())
    cases = {
        "whose class is known": line(data, plain, "--data", data),
        "was not rendered by Simreal": line(data, photos, "--data", photos),
        "must be at least 1": line(data, photos, "--data", data, "--worst", 0),
        "a run has its own": line(data, photos, "--model", run, "--image-size", 64),
        "no such run folder": line(data, photos, "--model", tmp_path / "none"),
    }
    for number, (problem, given) in enumerate(cases.items()):
        assert main([*given, "--out", str(tmp_path / f"out{number}")]) == 2
        said = capsys.readouterr().err.strip().splitlines()
        assert problem in said[-1], said


@pytest.mark.slow
def test_from_a_design_alone(tmp_path: Path, photos: Path) -> None:
    """Images are rendered first; the photos are matched to them in the features of ImageNet's network."""
    design = tmp_path / "starter.simreal.json"
    assert main(["design", "new", "--name", "starter", "--out", str(design)]) == 0
    document = json.loads(design.read_text())
    document["classes"] = [one for one in document["classes"] if one["name"] in ("cup", "chair", "lamp")][:3]
    document["image"] |= {"resolution_px": 48, "samples": 1}
    design.write_text(json.dumps(document))
    names = [one["name"] for one in document["classes"]]
    for source, name in zip(CLASSES, names, strict=True):
        (tmp_path / "photos").mkdir(exist_ok=True)
        (tmp_path / "photos" / name).symlink_to(photos / source)
    out = tmp_path / "advice"
    given = ["--photos", str(tmp_path / "photos"), "--per-class", "15", "--out", str(out), "--worst", "2"]
    assert main(["advise", str(design), *given]) == 0
    record = read_advice(out)
    assert record.images == 45 and record.backbone == "efficientnet_lite0"
    assert {one.name for one in record.classes} == set(names)
    assert record.advice, "plain colours are no cups, chairs and lamps"
