"""Image sets: which images of a folder are which class of which split."""

import json
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pytest

from simreal.datasets.image_sets import ImageSet, SplitSource, load_image_set, save_image_set
from simreal.datasets.preprocessing import load_rgb
from simreal.datasets.reading import open_data_set
from simreal.design.errors import DataSetError
from simreal.training.evaluation import split_title
from simreal.training.loading import read_samples

from .photo_trees import objectnet, photos, visda_2017


def written(path: Path, **document: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"simreal_images": 1, "name": "mine", "folder": ".", **document}))
    return path


def test_several_folders_are_one_class_under_another_name(tmp_path: Path) -> None:
    photos(tmp_path, [f"train/{name}/1.jpg" for name in ("n1", "n2", "n3", "n4")])
    classes = {"truck": ["n3", "n1"], "bicycle": ["n2"]}
    data = open_data_set(written(tmp_path / "sub.images.json", splits={"train": {"folder": "train"}}, classes=classes))
    assert data.classes == ("truck", "bicycle"), "in the order that is given"
    assert [(row["file_name"], row["class"], row["label"]) for row in data.rows("train")] == [
        ("n1/1.jpg", "truck", 0),
        ("n2/1.jpg", "bicycle", 1),
        ("n3/1.jpg", "truck", 0),
    ]
    samples = read_samples(data, "train")
    assert (samples.labels.tolist(), list(samples.models)) == ([0, 1, 0], [None] * 3)
    assert (data.name, split_title(data, "train", own=False)) == ("sub", "train")


def test_others_stay_where_that_is_said(tmp_path: Path) -> None:
    photos(tmp_path, [f"{name}/1.jpg" for name in ("n1", "n2", "n3")])
    merged = written(tmp_path / "990.images.json", splits={"train": {}}, classes={"n3": ["n3", "n2"]}, others=True)
    data = open_data_set(merged)
    assert (data.classes, data.images("train").labels.tolist()) == (("n3", "n1"), [1, 0, 0])


def test_labels_are_named_and_lists_lie_anywhere(tmp_path: Path) -> None:
    visda_2017(tmp_path / "visda")
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "few.txt").write_text("trunk00/0.jpg 0\ntrunk01/4.jpg 4\ntrunk02/11.jpg 11\n")
    numbers = [f"class {number}" for number in range(12)]
    file = written(
        tmp_path / "sets" / "few.images.json",
        folder="../visda",
        splits={"few": {"folder": "test", "list": "../lists/few.txt"}},
        numbers=numbers,
        classes={"lorry": ["class 11"], "aeroplane": ["class 0"]},
    )
    data = open_data_set(file)
    assert [(row["file_name"], row["class"]) for row in data.rows("few")] == [
        ("trunk00/0.jpg", "aeroplane"),
        ("trunk02/11.jpg", "lorry"),
    ]
    assert len(read_samples(data, "few")) == 2


def test_a_frame_is_cut_off(tmp_path: Path) -> None:
    objectnet(tmp_path / "objectnet")
    file = written(
        tmp_path / "o.images.json",
        folder="objectnet/images",
        splits={"test": {}},
        classes={"knife": ["butchers_knife", "bread_knife"]},
        frame_px=1,
    )
    samples = read_samples(open_data_set(file), "test")
    assert [load_rgb(one).size for one in (samples.files[0], samples.files[1])] == [(12, 12)] * 2
    assert not (np.asarray(load_rgb(samples.files[0])) == (255, 0, 0)).all(axis=2).any()


def test_a_set_that_is_written_elsewhere_means_the_same_images(tmp_path: Path) -> None:
    photos(tmp_path / "data", ("real/a/1.jpg", "real/b/1.jpg"))
    (tmp_path / "data" / "val.txt").write_text("real/b/1.jpg\n")
    images = ImageSet("s", "data", {"val": SplitSource(list="data/val.txt")}, {"b": ("b",)}, place=tmp_path)
    saved = save_image_set(images, tmp_path / "deep" / "down" / "s.images.json")
    back = load_image_set(tmp_path / "deep" / "down" / "s.images.json")
    assert back == saved
    assert back.folder == "../../data" and back.splits["val"].list == "../../data/val.txt", "both can be moved together"
    assert "others" not in (tmp_path / "deep" / "down" / "s.images.json").read_text(), "only what is to be said"
    assert len(read_samples(open_data_set(tmp_path / "deep" / "down" / "s.images.json"), "val")) == 1
    assert attrs.evolve(back, name="t") != back


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ({"simreal_images": 2}, "not an image set"),
        ({"splits": {}}, "splits: an image set needs at least one"),
        ({"splits": {"train": {"foldr": "x"}}}, r"splits.train.foldr: there is no such key; did you mean 'folder'\?"),
        ({"splits": {"train": {}}, "classes": {"a": "b"}}, "classes.a: must be a list of texts"),
        ({"splits": {"train": {}}, "frame_px": "1"}, "frame_px: must be a whole number"),
        ({"splits": {"train": {"folder": "nowhere"}}}, "there is no folder .*nowhere for its split 'train'"),
        ({"splits": {"train": {}}, "classes": {"b": ["c"]}}, r"no image of its split 'train' is of its classes \(c, "),
        ({"splits": {"train": {"list": "x.txt"}}}, "x.txt: the list of images cannot be read"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, document: dict[str, Any], problem: str) -> None:
    photos(tmp_path, ("a/1.jpg",))
    with pytest.raises(DataSetError, match=problem):
        open_data_set(written(tmp_path / "bad.images.json", **document))


def test_other_files_are_no_data_sets(tmp_path: Path) -> None:
    (tmp_path / "design.json").write_text("{}")
    with pytest.raises(DataSetError, match=r"is a file, and neither a list of images \(.txt\) nor an image set"):
        open_data_set(tmp_path / "design.json")
