"""Which photos `simreal score` takes, which class each shows, and what it does with damaged ones."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from simreal.datasets.messages import Log, Message
from simreal.datasets.preprocessing import load_rgb, resize_and_crop
from simreal.scoring.photos import find_photos, known_names, parse_aliases
from simreal.scoring.score import score

from .colour_classifier import BLUE, COLOURS, GREEN, RED, picture, run

# Which class a photo shows


def test_folder_names_match_whatever_their_case_and_spaces(tmp_path: Path) -> None:
    classes = ["coffee_cup", "Motor Bike", "lamp"]
    for folder in ("Coffee Cup", "motor-bike/indoors", "LAMP", "bench"):
        picture(tmp_path / "p" / folder / "1.jpg", RED)
    found = find_photos(tmp_path / "p", classes)
    assert {photo.name: photo.true_class for photo in found.photos} == {
        "Coffee Cup/1.jpg": "coffee_cup",
        "LAMP/1.jpg": "lamp",
        "bench/1.jpg": None,
        "motor-bike/indoors/1.jpg": "Motor Bike",
    }
    assert found.unknown_folders == {"bench": 1}


def test_an_unknown_folder_is_named_in_a_warning(colour_model: Path, photos: Path) -> None:
    picture(photos / "crimson" / "1.png", RED)
    messages: list[Message] = []
    scores = score(colour_model, photos, report=messages.append)
    warnings = [message.text for message in messages if isinstance(message, Log)]
    assert len(warnings) == 1
    assert "'crimson'" in warnings[0]
    assert "--alias crimson=CLASS" in warnings[0]
    assert scores.accuracy is not None
    assert (scores.accuracy.n, len(scores.predictions)) == (5, 6)


@pytest.mark.parametrize("alias", ["Crimson=red", "red=crimson"])
def test_an_alias_counts_a_folder_in_either_order(alias: str, colour_model: Path, photos: Path, tmp_path: Path) -> None:
    picture(photos / "crimson" / "1.png", RED)
    assert run("score", colour_model, photos, "--alias", alias, "--out", tmp_path / "s") == 0
    assert json.loads((tmp_path / "s" / "summary.json").read_text())["n"] == 6


def test_aliases_come_from_a_file_in_two_shapes(tmp_path: Path) -> None:
    file = tmp_path / "aliases.json"
    file.write_text('{"crimson": "red", "green": ["lime", "Olive Oil"]}')
    aliases = parse_aliases(["sky=blue"], file)
    names = known_names(list(COLOURS), aliases)
    assert {name: names[name] for name in ("crimson", "lime", "oliveoil", "sky")} == {
        "crimson": "red",
        "lime": "green",
        "oliveoil": "green",
        "sky": "blue",
    }


def test_a_folder_of_one_class_is_told_by_its_own_name(colour_model: Path, photos: Path) -> None:
    scores = score(colour_model, photos / "red")
    assert [prediction.true_class for prediction in scores.predictions] == ["red", "red"]
    assert score(colour_model, photos / "red" / "1.png").accuracy is None


def test_a_folder_named_after_a_class_that_holds_others_is_no_class(photos: Path) -> None:
    holder = photos.rename(photos.parent / "Green")
    picture(holder / "bench" / "1.png", GREEN)
    found = find_photos(holder, list(COLOURS))
    assert {photo.true_class for photo in found.photos if photo.name.startswith("bench")} == {None}
    assert found.own_class is None


def test_links_between_folders_do_no_harm(tmp_path: Path) -> None:
    picture(tmp_path / "p" / "red" / "1.png", RED)
    picture(tmp_path / "elsewhere" / "2.png", GREEN)
    (tmp_path / "p" / "red" / "up").symlink_to(tmp_path / "p")
    (tmp_path / "p" / "green").symlink_to(tmp_path / "elsewhere")
    names = [photo.name for photo in find_photos(tmp_path / "p", list(COLOURS)).photos]
    assert names == ["green/2.png", "red/1.png"]


# Photos as they are in the wild


def test_all_kinds_of_photos_are_read(colour_model: Path, tmp_path: Path) -> None:
    root = tmp_path / "p"
    half = Image.new("RGB", (80, 40), RED)
    half.paste(BLUE, (40, 0, 80, 40))
    (root / "x").mkdir(parents=True)
    cmyk = (30, 220, 220, 10)
    picture(root / "x" / "cmyk.jpg", cmyk, "CMYK")
    picture(root / "x" / "webp.WEBP", BLUE)
    picture(root / "x" / "bmp.bmp", GREEN)
    picture(root / "x" / "tiff.tif", GREEN)
    picture(root / "x" / "alpha.png", (*BLUE, 200), "RGBA")
    Image.new("RGB", (40, 40), RED).quantize(8).save(root / "x" / "palette.png")
    Image.new("L", (40, 40), 200).save(root / "x" / "grey.jpg")
    Image.fromarray(np.full((40, 40), 50_000, np.uint16)).save(root / "x" / "grey16.png")
    exif = Image.Exif()
    exif[0x0112] = 6
    half.save(root / "x" / "turned.jpg", exif=exif, quality=95)
    scores = score(colour_model, root)
    said = {prediction.path.stem: prediction for prediction in scores.predictions}
    assert len(said) == 9
    assert {name: said[name].predicted for name in ("cmyk", "webp", "bmp", "tiff", "alpha", "palette")} == {
        "cmyk": "red",
        "webp": "blue",
        "bmp": "green",
        "tiff": "green",
        "alpha": "blue",
        "palette": "red",
    }
    assert said["grey16"].confidence == pytest.approx(1 / 3, abs=1e-3)  # a grey leans to no colour
    assert resize_and_crop(load_rgb(said["turned"].path), 36, 32)[4, 16, 0] > 150  # red at the top: turned upright
    assert scores.skipped == ()


def test_what_cannot_be_read_is_skipped_with_its_reason(
    colour_model: Path, photos: Path, kit: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = next((kit / "photos" / "cup").glob("*.jpg")).read_bytes()
    (photos / "red" / "truncated.jpg").write_bytes(whole[: len(whole) // 2])
    (photos / "red" / "empty.jpg").write_bytes(b"")
    (photos / "red" / "text.jpg").write_text("this is not a photo")
    (photos / "red" / "folder.jpg").mkdir()
    (photos / "red" / "dangling.png").symlink_to("nowhere.png")
    (photos / "red" / "phone.heic").write_bytes(b"ftypheic")
    (photos / "red" / "readme.txt").write_text("no photo, no matter")
    (photos / "red" / "._1.png").write_bytes(b"a file system's own")
    out = tmp_path / "scores"
    assert run("score", colour_model, photos, "--out", out) == 0
    summary = json.loads((out / "summary.json").read_text())
    assert summary["n"] == 5
    reasons = {each["path"]: each["reason"] for each in summary["skipped"]}
    assert set(reasons) == {
        f"red/{name}" for name in ("truncated.jpg", "empty.jpg", "text.jpg", "dangling.png", "phone.heic")
    }
    assert "convert it" in reasons["red/phone.heic"]
    assert str(tmp_path) not in "".join(reasons.values())
    warnings = [line for line in capsys.readouterr().err.splitlines() if line.startswith("warning: skipped red/")]
    assert len(warnings) == 5
