"""Photos as they were unpacked: each layout that is recognised, on a small tree of it."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from torchvision.datasets import Caltech101, ImageFolder

from simreal.datasets.preprocessing import load_rgb
from simreal.datasets.reading import DataSet, open_data_set
from simreal.design.errors import DataSetError
from simreal.training.loading import read_samples

from .photo_trees import VISDA_CLASSES, caltech_101, objectnet, photos, visda_2017


def pairs(data: DataSet, split: str) -> list[tuple[str, str]]:
    return [(row["file_name"], row["class"]) for row in data.rows(split)]


def test_imagenet_has_a_folder_a_synset(tmp_path: Path) -> None:
    names = ("train/n02835271/n02835271_1.JPEG", "train/n03792782/n03792782_7.JPEG", "val/n03792782/val_00000001.JPEG")
    data = open_data_set(photos(tmp_path, names))
    assert (data.classes, data.splits) == (("n02835271", "n03792782"), ("train", "val"))
    assert [row["label"] for row in data.rows("val")] == [1], "one order of classes for all splits"
    found = ImageFolder(str(tmp_path / "train"))
    assert [
        (str(tmp_path / "train" / name), found.class_to_idx[cls]) for name, cls in pairs(data, "train")
    ] == found.imgs


def test_office_31_has_a_folder_between(tmp_path: Path) -> None:
    names = [
        f"{domain}/images/{name}/frame_0001.jpg" for domain in ("amazon", "dslr", "webcam") for name in ("mug", "pen")
    ]
    data = open_data_set(photos(tmp_path, names))
    assert (data.classes, data.splits) == (("mug", "pen"), ("amazon", "dslr", "webcam"))
    assert pairs(data, "dslr") == [("mug/frame_0001.jpg", "mug"), ("pen/frame_0001.jpg", "pen")]
    assert len(read_samples(data, "webcam")) == 2, "the files are there"


def test_office_home_has_blanks_in_its_names(tmp_path: Path) -> None:
    data = open_data_set(photos(tmp_path, ("Art/Alarm_Clock/00001.jpg", "Real World/Alarm_Clock/00001.jpg")))
    assert data.splits == ("Art", "Real World")


def test_metashift_has_subsets_that_share_images(tmp_path: Path) -> None:
    photos(tmp_path, ("cat/cat(sofa)/11.jpg", "cat/cat(sofa)/12.jpg", "dog/dog(sofa)/12.jpg"))
    (tmp_path / "cat" / "cat(sink)").mkdir()
    (tmp_path / "cat" / "cat(sink)" / "11.jpg").symlink_to(tmp_path / "cat" / "cat(sofa)" / "11.jpg")
    data = open_data_set(tmp_path)
    assert (data.classes, data.splits) == (("cat", "dog"), ("all",))
    assert pairs(data, "all") == [
        ("cat/cat(sink)/11.jpg", "cat"),
        ("cat/cat(sofa)/12.jpg", "cat"),
        ("dog/dog(sofa)/12.jpg", "dog"),
    ]


def test_visda_2017_is_read_by_its_lists(tmp_path: Path) -> None:
    data = open_data_set(visda_2017(tmp_path))
    assert (data.classes, data.splits) == (VISDA_CLASSES, ("test", "train", "validation"))
    assert [row["label"] for row in data.rows("test")] == list(range(12)), "named by the lists of the other splits"
    assert pairs(data, "test")[0] == ("trunk00/0.jpg", "aeroplane")
    assert len(read_samples(data, "train")) == 24


def test_caltech_101_is_what_torchvision_reads(tmp_path: Path) -> None:
    theirs = Caltech101(str(caltech_101(tmp_path)), download=False)
    ours = open_data_set(tmp_path)
    assert ours.classes == tuple(theirs.categories) == ("Faces", "ant")
    samples = read_samples(ours, "all")
    assert samples.labels.tolist() == theirs.y
    for number, (picture, label) in enumerate(theirs):
        assert samples.labels[number] == label
        np.testing.assert_array_equal(np.asarray(load_rgb(samples.files[number])), np.asarray(picture.convert("RGB")))
    assert open_data_set(tmp_path / "caltech101").classes == ours.classes, "the folder itself does as well"


def test_objectnet_loses_its_red_line(tmp_path: Path) -> None:
    objectnet(tmp_path)
    photos(tmp_path / "images", ("not_a_class/1.png",))
    data = open_data_set(tmp_path)
    assert (data.classes, data.splits) == (("bench", "bread_knife", "butchers_knife", "mug"), ("test",))
    samples = read_samples(data, "test")
    image = load_rgb(samples.files[0])
    assert image.size == (12, 12)
    assert not (np.asarray(image) == (255, 0, 0)).all(axis=2).any()
    assert Image.open(str(samples.files[0])).size == (14, 14), "the file itself is left as it is"
    assert samples.names[0] == "bench/00f.png"


def test_objectnets_table_must_be_readable(tmp_path: Path) -> None:
    objectnet(tmp_path)
    (tmp_path / "mappings" / "folder_to_objectnet_label.json").write_text("{")
    with pytest.raises(DataSetError, match="ObjectNet's names of classes cannot be read"):
        open_data_set(tmp_path)


def test_hidden_files_and_empty_folders_are_passed_over(tmp_path: Path) -> None:
    photos(tmp_path, ("cat/1.jpg", "dog/2.jpg", ".thumbnails/cat/1.jpg", "cat/.1.jpg"))
    (tmp_path / "empty").mkdir()
    data = open_data_set(tmp_path)
    assert (data.classes, len(data.rows("all"))) == (("cat", "dog"), 2)
