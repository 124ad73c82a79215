"""The confusion matrix and the contact sheet: nothing clipped, nothing overlapping, the right colours."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from simreal.datasets.accuracy import Accuracy, measure
from simreal.datasets.confusion import confusion_picture
from simreal.datasets.contact_sheet import GREEN, RED, Cell, contact_sheet
from simreal.datasets.lettering import ELLIPSIS, PAPER, fit, line_height, width, wrap

NAMES = {
    "short": lambda index: f"c{index}",
    "long": lambda index: f"a class with a very long name, number {index}, and more",
    "accented": lambda index: f"Stühle größer {index}",
}


def accuracy_of(count: int, names: str, images: int = 500) -> Accuracy:
    rng = np.random.default_rng(count)
    truth = rng.integers(0, count, images)
    predicted = np.where(rng.random(images) < 0.7, truth, rng.integers(0, count, images))
    return measure(truth, predicted, [NAMES[names](index) for index in range(count)])


def margin_is_blank(image: Image.Image, px: int) -> bool:
    pixels = np.asarray(image)
    edges = (pixels[:px], pixels[-px:], pixels[:, :px], pixels[:, -px:])
    return all((edge == PAPER).all() for edge in edges)


@pytest.mark.parametrize("names", NAMES)
@pytest.mark.parametrize("count", [1, 2, 3, 10, 24, 49])
def test_a_confusion_picture_keeps_its_margin(count: int, names: str) -> None:
    image = confusion_picture(accuracy_of(count, names), "Kit photos, " + "and a title that goes on " * (count % 7))
    assert image.mode == "RGB"
    assert max(image.size) < 2400
    assert margin_is_blank(image, 14)


def test_a_confusion_picture_is_blue_where_right_and_orange_where_wrong() -> None:
    right = np.asarray(confusion_picture(measure([0, 1], [0, 1], ["a", "b"]), "")).astype(int)
    wrong = np.asarray(confusion_picture(measure([0, 1], [1, 0], ["a", "b"]), "")).astype(int)
    blue_over_red = [pixels[..., 2] - pixels[..., 0] for pixels in (right, wrong)]
    assert (blue_over_red[0] > 100).sum() > 5000
    assert (blue_over_red[0] < -100).sum() == 0
    assert (blue_over_red[1] < -100).sum() > 5000
    assert (blue_over_red[1] > 100).sum() == 0


def test_a_confusion_picture_of_nothing_says_so_and_is_still_a_picture() -> None:
    assert margin_is_blank(confusion_picture(measure([], [], ["cup", "lamp"]), "Nothing"), 14)


def test_text_is_cut_to_its_width() -> None:
    for text in ("cup", "a very long class name", "Stühle", "", "W" * 200):
        for room in (20, 60, 200):
            cut = fit(text, 14, room)
            assert width(cut, 14) <= room
            start, ellipsis, end = cut.partition(ELLIPSIS)
            assert cut == text or (ellipsis and text.startswith(start) and text.endswith(end))
            assert not end or " " not in text, "what has spaces is cut at its end"


def test_names_that_differ_at_their_ends_still_do_when_cut() -> None:
    first, second = (fit(f"cellphone_image_00{number}.jpg", 14, 100) for number in (12, 31))
    assert first.startswith("cell") and first.endswith("12.jpg")
    assert first != second


def test_text_is_wrapped_at_spaces_into_few_lines() -> None:
    assert wrap("cup", 14, 200, 2) == ["cup"]
    assert wrap("one\ntwo", 14, 200, 2) == ["one", "two"]
    lines = wrap("motorbike -> cellphone_with_a_long_name 0.98", 14, 150, 2)
    assert len(lines) == 2
    assert lines[0] == "motorbike ->"
    assert all(width(line, 14) <= 150 for line in lines)
    assert wrap("a b c d e f " * 20, 14, 60, 2)[1].endswith(ELLIPSIS)


def test_a_contact_sheet_of_photos(kit: Path) -> None:
    files = sorted((kit / "photos").rglob("*.jpg"))[::30]
    assert len(files) == 10

    def cells() -> Iterator[Cell]:
        for index, file in enumerate(files):
            with Image.open(file) as photo:
                photo.load()
                yield Cell(photo, f"{file.parent.name} -> a long wrong class {index}", GREEN if index % 2 else RED)
        yield Cell(None, "broken.jpg")

    sheet = contact_sheet(cells(), columns=4, cell_px=120, title="Photos")
    pixels = np.asarray(sheet)
    assert margin_is_blank(sheet, 18)
    assert sheet.width == 2 * 20 + 4 * 120 + 3 * 12
    frame = 4 * (120 + 112)  # pixels of a border that is 4 px wide
    assert (pixels == GREEN).all(axis=2).sum() >= 5 * frame
    assert (pixels == RED).all(axis=2).sum() >= 5 * frame
    assert sheet.height > 3 * 120


def test_a_contact_sheet_fits_images_whole_and_shows_transparency_over_paper() -> None:
    clear = Image.new("RGBA", (40, 10), (255, 0, 0, 0))
    sheet = np.asarray(contact_sheet([Cell(clear), Cell(Image.new("L", (10, 40), 0))], columns=2, cell_px=40))
    assert sheet.shape == (2 * 20 + 44, 2 * 20 + 2 * 40 + 12, 3)
    first, second = sheet[20:60, 20:60], sheet[20:60, 72:112]
    assert (first == PAPER).all(axis=2).sum() == 40 * 10
    assert (second == (0, 0, 0)).all(axis=2).sum() == 10 * 40


def test_a_contact_sheet_of_nothing_is_its_title() -> None:
    sheet = contact_sheet([], title="Nothing to show")
    assert sheet.height < 2 * 20 + 3 * line_height(22)
    assert not margin_is_blank(sheet, 40)


def test_a_contact_sheet_refuses_sizes_that_make_no_sense() -> None:
    with pytest.raises(ValueError, match="at least 1 column"):
        contact_sheet([], columns=0)
