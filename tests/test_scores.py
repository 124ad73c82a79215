"""Scores to look at: where the model looked, thumbnails, reading a scores folder back, its table, its pictures."""

import json
import shutil
from pathlib import Path

import attrs
import numpy as np
import pytest
from PIL import Image

from simreal.datasets.accuracy import measure
from simreal.datasets.accuracy_bars import accuracy_bars
from simreal.datasets.lettering import GREEN, RED
from simreal.datasets.messages import Log, Message
from simreal.datasets.preprocessing import load_rgb, resize_and_crop
from simreal.design.errors import DataSetError, RunError
from simreal.scoring.heat import Sight, heated
from simreal.scoring.model import load_classifier
from simreal.scoring.photo_arrangement import LEAST, SIZE, arranged
from simreal.scoring.photo_picture import photo_picture
from simreal.scoring.photos import find_photos
from simreal.scoring.reading import SavedScores, read_scores
from simreal.scoring.report import write_report
from simreal.scoring.score import THUMBNAIL_PX, score
from simreal.scoring.table import View, predictions_csv, visible

from .colour_classifier import BLUE, COLOURS, picture, run, save_model
from .colour_classifier import RED as RED_COLOUR


@pytest.fixture
def looking_model(tmp_path: Path) -> Path:
    """Tells colours apart, and where it sees them."""
    return save_model(tmp_path / "looking.onnx", list(COLOURS), 20 * np.eye(3), np.zeros(3), activation=True)


@pytest.fixture
def saved(looking_model: Path, photos: Path, tmp_path: Path) -> SavedScores:
    """Scores with all there is to look at, read back."""
    out = tmp_path / "scores"
    assert run("score", looking_model, photos, "--out", out, "--activation", "--thumbnails") == 0
    return read_scores(out)


def test_the_model_looks_where_the_colour_is(looking_model: Path, tmp_path: Path) -> None:
    photo = Image.new("RGB", (32, 32), BLUE)
    photo.paste(RED_COLOUR, (0, 0, 16, 32))
    photo.paste(RED_COLOUR, (0, 0, 32, 16))
    photo.save(tmp_path / "corner.png")
    pixels = resize_and_crop(photo, 32, 32)[None]
    probabilities, maps = load_classifier(looking_model).probabilities_and_activation(pixels)
    assert int(probabilities.argmax()) == list(COLOURS).index("red")
    assert maps.shape == (1, 4, 4)
    assert maps[0, 0, 0] > 4 * maps[0, 3, 3], "red is everywhere but in the lower right"
    np.testing.assert_allclose(maps.mean(), 20 * pixels[..., 0].mean() / 255, rtol=1e-4)


def test_maps_of_the_predicted_classes_are_kept_in_the_order_of_predictions(
    saved: SavedScores, looking_model: Path
) -> None:
    assert saved.places == (4, 4)
    model = load_classifier(looking_model)
    for number, prediction in enumerate(saved.predictions):
        pixels = resize_and_crop(load_rgb(prediction.path), model.resize_px, model.crop_px)
        expected = model.probabilities_and_activation(pixels[None])[1][0]
        np.testing.assert_allclose(saved.activation(number), expected, rtol=2e-3)  # kept in 16 bits
        thumbnail = saved.thumbnail(number)
        assert thumbnail.shape == (THUMBNAIL_PX, THUMBNAIL_PX, 3)
        np.testing.assert_allclose(thumbnail.mean((0, 1)), pixels.mean((0, 1)), atol=2)


def test_a_model_that_cannot_tell_where_it_looks_scores_all_the_same(
    colour_model: Path, photos: Path, tmp_path: Path
) -> None:
    messages: list[Message] = []
    scores = score(colour_model, photos, activation=True, report=messages.append)
    assert scores.activation is None
    told = [each.text for each in messages if isinstance(each, Log) and each.level == "warning"]
    assert told == ["colours.onnx cannot tell where it looks: it has no class activation maps"]
    write_report(scores, tmp_path / "scores")
    back = read_scores(tmp_path / "scores")
    assert back.places is None and back.activation(0) is None and back.thumbnail(0) is None


def test_metadata_that_promises_maps_which_are_not_there_is_an_error(tmp_path: Path) -> None:
    model = save_model(tmp_path / "m.onnx", list(COLOURS), np.eye(3), np.zeros(3), simreal_activation="{}")
    with pytest.raises(RunError, match="class activation maps that it does not give"):
        load_classifier(model)


def test_scores_come_back_as_they_were(looking_model: Path, photos: Path, tmp_path: Path) -> None:
    (photos / "red" / "broken.png").write_bytes(b"no picture")
    picture(photos / "purple" / "1.png", BLUE)
    scores = score(looking_model, photos)
    write_report(scores, tmp_path / "scores")
    back = read_scores(tmp_path / "scores")
    rounded = [
        attrs.evolve(
            each, confidence=round(each.confidence, 6), top5=tuple((name, round(share, 6)) for name, share in each.top5)
        )
        for each in scores.predictions
    ]
    assert list(back.predictions) == rounded
    assert (back.skipped, back.unknown_folders) == (scores.skipped, {"purple": 1})
    assert (back.classes, back.resize_px, back.crop_px) == (tuple(COLOURS), 36, 32)
    assert (back.photos, back.model) == (photos, looking_model)
    assert back.summary["n"] == 5
    assert all(prediction.path.is_file() for prediction in back.predictions)


def test_a_single_photo_and_photos_named_from_elsewhere_are_found_again(
    colour_model: Path, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("score", colour_model, "photos/red/1.png", "--out", "one") == 0
    assert run("score", colour_model, "photos", "--out", "all") == 0
    monkeypatch.chdir(photos)
    assert [each.path for each in read_scores(tmp_path / "one").predictions] == [photos / "red" / "1.png"]
    assert all(each.path.is_file() for each in read_scores(tmp_path / "all").predictions)


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (lambda folder: (folder / "summary.json").unlink(), "holds no summary.json"),
        (lambda folder: (folder / "predictions.json").write_text("["), "predictions.json is damaged"),
        (lambda folder: (folder / "summary.json").write_text('{"n": 3}'), "is not of scores"),
        (lambda folder: edit(folder, simreal_scores=2), "another version"),
        (lambda folder: edit(folder, n_predicted=7), "5 predictions of 7"),
        (lambda folder: edit(folder, model=None), "incomplete"),
        (lambda folder: np.save(folder / "thumbnails.npy", np.zeros((3, 2, 2, 3), np.uint8)), "of 3 photos, not of 5"),
        (lambda folder: (folder / "activation.npy").write_bytes(b"nonsense"), "incomplete"),
    ],
)
def test_a_folder_that_cannot_be_read_says_why(saved: SavedScores, harm, told: str) -> None:
    harm(saved.folder)
    with pytest.raises(DataSetError, match=told):
        read_scores(saved.folder)


def edit(folder: Path, **changes: object) -> None:
    path = folder / "summary.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_only_chosen_photos_are_scored(
    colour_model: Path, photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (photos / "notes.txt").write_text("no photo")
    names = tmp_path / "names.txt"
    names.write_text("red/1.png\nblue/2.png\ngone.png\nnotes.txt\n")
    out = tmp_path / "scores"
    assert run("score", colour_model, photos, "--out", out, "--only", names) == 0
    back = read_scores(out)
    assert [each.name for each in back.predictions] == ["blue/2.png", "red/1.png"]
    assert {each.name: each.reason for each in back.skipped} == {
        "gone.png": "there is no such file",
        "notes.txt": "this is not a photo",
    }
    names.write_text("\n")
    assert run("score", colour_model, photos, "--out", out, "--only", names) == 2
    assert "names no photo" in capsys.readouterr().err


def test_chosen_photos_show_the_class_of_the_folder_they_are_in(photos: Path) -> None:
    found = find_photos(photos / "red", list(COLOURS), only=["1.png"])
    assert [(each.name, each.true_class) for each in found.photos] == [("1.png", "red")]


def test_the_table_is_sorted_and_filtered(saved: SavedScores) -> None:
    def names(**view: object) -> list[str]:
        return [saved.predictions[number].name for number in visible(saved.predictions, View(**view))]

    every = ["blue/1.png", "blue/2.png", "green/1.png", "red/1.png", "red/2.png"]
    assert names() == every
    assert names(descending=True) == every[::-1]
    assert names(mistakes_only=True) == ["red/2.png"]
    assert names(true="red") == ["red/1.png", "red/2.png"]
    assert names(predicted="blue") == ["blue/1.png", "blue/2.png", "red/2.png"]
    assert names(predicted="blue", true="blue", search="2") == ["blue/2.png"]
    assert names(search="RED") == ["red/1.png", "red/2.png"]
    assert names(sort="correct")[0] == "red/2.png"
    assert names(sort="predicted") == ["blue/1.png", "blue/2.png", "red/2.png", "green/1.png", "red/1.png"]
    assert names(sort="true") == every
    confidences = [
        saved.predictions[number].confidence for number in visible(saved.predictions, View(sort="confidence"))
    ]
    assert confidences == sorted(confidences)
    assert View(search="a").filters and not View(sort="true").filters
    rows = predictions_csv(saved.predictions[:2]).decode().splitlines()
    assert rows[0].startswith("path,true_class,predicted,confidence,correct,class_2") and len(rows) == 3


def test_heat_lies_on_what_the_model_saw_and_the_rest_is_dark() -> None:
    photo = Image.new("RGB", (120, 60), (100, 100, 100))
    sight = Sight(resize_px=40, crop_px=20)
    assert sight.box(120, 60) == (45, 15, 75, 45)
    activation = np.zeros((3, 3), np.float32)
    activation[0, 0] = 5.0
    shown = heated(photo, activation, sight)
    assert shown.size == photo.size
    assert shown.getpixel((10, 10)) == (45, 45, 45)
    red, _, blue = shown.getpixel((47, 17))
    assert red > 120 and blue < 80
    assert shown.getpixel((72, 42)) == (100, 100, 100), "no heat leaves the photo as it is"
    flat = heated(photo, np.ones((3, 3), np.float32), sight)
    assert flat.getpixel((60, 30)) == (100, 100, 100), "a map that says nothing shows no heat"


def test_a_photo_is_drawn_beside_its_best_classes(saved: SavedScores) -> None:
    sight = Sight(saved.resize_px, saved.crop_px)

    def colours(number: int, **options: object) -> set[tuple[int, ...]]:
        drawn = photo_picture(saved.predictions[number], sight, **options)
        assert drawn.size == SIZE
        return {colour for _, colour in drawn.getcolors(1 << 20)}

    assert GREEN in colours(0) and RED not in colours(0)
    assert {RED, GREEN} <= colours(4), "a mistake is red, the truth among the five best is green"
    plain = photo_picture(saved.predictions[4], sight)
    assert plain.tobytes() != photo_picture(saved.predictions[4], sight, saved.activation(4)).tobytes()
    unknown = attrs.evolve(saved.predictions[0], true_class=None)
    assert not {RED, GREEN} & {colour for _, colour in photo_picture(unknown, sight).getcolors(1 << 20)}
    shutil.rmtree(saved.photos)
    assert photo_picture(saved.predictions[0], sight).size == SIZE, "a photo that is gone leaves its figures"


@pytest.mark.parametrize("size", [(540, 630), (1200, 760), (400, 380), (900, 420), (1700, 1000), (420, 900)])
def test_a_photos_picture_is_laid_out_to_any_size(saved: SavedScores, size: tuple[int, int]) -> None:
    place, sight = arranged(size), Sight(saved.resize_px, saved.crop_px)
    assert photo_picture(saved.predictions[4], sight, size=size).size == size
    left, top, right, bottom = place.photo
    assert 0 < left < right <= size[0] and 0 < top < bottom <= size[1] and min(place.photo_size) > 0.25 * min(size)
    assert place.column[0] + place.column_px < size[0] and place.bottom < size[1]
    assert place.column[0] > right or place.column[1] > bottom, "beside the photo, or under it"
    assert place.px(21, 13) >= 13, "lettering can be read"


def test_a_window_too_small_for_a_photos_picture_gets_the_smallest_there_is() -> None:
    assert arranged((50, 40)).size == LEAST


def test_large_jpegs_are_read_small_for_looking(tmp_path: Path) -> None:
    Image.new("RGB", (4000, 3000), BLUE).save(tmp_path / "large.jpg")
    assert load_rgb(tmp_path / "large.jpg", least_px=600).size == (1000, 750)
    assert load_rgb(tmp_path / "large.jpg").size == (4000, 3000)
    picture(tmp_path / "small.png", BLUE)
    assert load_rgb(tmp_path / "small.png", least_px=600).size == (60, 40)


def test_per_class_bars_show_classes_without_images_too() -> None:
    drawn = accuracy_bars(measure([0, 0, 1], [0, 1, 1], ["red", "green", "a class with a very long name" * 3]), "title")
    assert drawn.width < 1200 and drawn.height > 150
    assert accuracy_bars(measure([], [], ["red"]), "nothing").height > 100


def test_scoring_again_without_them_takes_old_maps_away(saved: SavedScores, looking_model: Path) -> None:
    assert {"activation.npy", "thumbnails.npy", "mistakes_seen.png"} <= {path.name for path in saved.folder.iterdir()}
    assert run("score", looking_model, saved.photos, "--out", saved.folder) == 0
    assert not {"activation.npy", "thumbnails.npy", "mistakes_seen.png"} & {
        path.name for path in saved.folder.iterdir()
    }
    assert saved.activation(0) is None and saved.thumbnail(0) is None, "what was read before lives on without them"
