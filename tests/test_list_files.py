"""Lists of images: a path a line, with or without a label."""

from pathlib import Path

import pytest

from simreal.commands import main
from simreal.datasets.list_files import read_list
from simreal.datasets.reading import open_data_set
from simreal.design.errors import DataSetError
from simreal.training.loading import read_samples

from .photo_trees import photos


def written(path: Path, *lines: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n")
    return path


def test_paths_may_have_blanks_and_labels_follow_them(tmp_path: Path) -> None:
    lines = ("real/mug/coffee mug_2353357.jpg", "", "./real/bus/n02_1.JPEG", "bus/a b.png 11", "cat/cat(sofa)/5.jpg")
    found = read_list(written(tmp_path / "list.txt", *lines))
    assert found.paths == (
        "real/mug/coffee mug_2353357.jpg",
        "real/bus/n02_1.JPEG",
        "bus/a b.png",
        "cat/cat(sofa)/5.jpg",
    )
    assert found.numbers == (None, None, 11, None)
    assert found.folder_names == ("mug", "bus", "bus", "cat")


def test_a_list_of_s2rda_is_a_data_set(tmp_path: Path) -> None:
    """Its images lie beside the folder of lists, and a part of them is in no list."""
    photos(tmp_path, ("real/mug/coffee mug_1.jpg", "real/bus/2.png", "real/bus/3.jpg"))
    file = written(tmp_path / "splits" / "real_val.txt", "real/mug/coffee mug_1.jpg", "real/bus/2.png")
    data = open_data_set(file)
    assert (data.classes, data.splits, data.name) == (("bus", "mug"), ("all",), "real_val")
    samples = read_samples(data, "all")
    assert list(samples.names) == ["real/mug/coffee mug_1.jpg", "real/bus/2.png"], "in the order of the list"
    assert samples.labels.tolist() == [1, 0]
    assert samples.files[1].read_bytes()


def test_labels_are_named_by_folders_or_not_at_all(tmp_path: Path) -> None:
    photos(tmp_path, ("plane/1.jpg", "bus/1.jpg", "trunk/1.jpg", "trunk/2.jpg"))
    data = open_data_set(written(tmp_path / "named.txt", "plane/1.jpg 0", "bus/1.jpg 1"))
    assert data.classes == ("plane", "bus"), "in the order of their labels"
    with pytest.raises(DataSetError, match=r'label 0, for which there is no name; .* "numbers" of an image set'):
        open_data_set(written(tmp_path / "nameless.txt", "trunk/1.jpg 0", "trunk/2.jpg 1"))


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ((), "lists no images"),
        (("cat/1.jpg", "some words"), "line 2: 'some words' is no path of an image"),
        (("cat/1.jpg cat",), "line 1: .* is no path of an image, alone or with a label behind"),
        (("cat/9.jpg",), "cat/9.jpg is in none of the folders above the list"),
    ],
)
def test_what_is_no_list(tmp_path: Path, lines: tuple[str, ...], problem: str) -> None:
    photos(tmp_path, ("cat/1.jpg",))
    with pytest.raises(DataSetError, match=problem):
        open_data_set(written(tmp_path / "list.txt", *lines))


def test_an_image_that_is_not_there_is_named(tmp_path: Path) -> None:
    photos(tmp_path, ("cat/1.jpg",))
    data = open_data_set(written(tmp_path / "list.txt", "cat/1.jpg", "cat/2.jpg"))
    with pytest.raises(DataSetError, match=r"cat/2\.jpg is listed but not on disk"):
        read_samples(data, "all")


@pytest.mark.slow
def test_a_list_is_trained_on_and_evaluated(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    photos(tmp_path, [f"{name}/{number}.jpg" for name in ("cat", "dog") for number in range(4)])
    file = written(tmp_path / "train.txt", *(f"{name}/{number}.jpg" for name in ("cat", "dog") for number in range(3)))
    test = written(tmp_path / "test.txt", "cat/3.jpg", "dog/3.jpg")
    run = str(tmp_path / "run")
    small = ["--from-scratch", "--backbone", "resnet10t", "--image-size", "32", "--iterations", "2", "--workers", "0"]
    assert main(["train", str(file), "--out", run, *small]) == 0
    assert main(["evaluate", run, str(test)]) == 0
    assert (tmp_path / "run" / "evaluate" / "test" / "predictions.csv").read_text().count(".jpg") == 2
    assert main(["evaluate", run, str(tmp_path / "none.txt")]) == 2
    assert "there is no such folder or file" in capsys.readouterr().err
