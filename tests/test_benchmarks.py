"""Benchmarks as data: class maps, layouts and lists, read on small trees laid out as they are published."""

import re
from pathlib import Path

import numpy as np
import pytest

from simreal.datasets.benchmarks import BENCHMARKS, PHOTO_SOURCES, photo_source
from simreal.datasets.benchmarks.imagenet import SUB_CLASSES
from simreal.datasets.benchmarks.photo_source import image_set_of
from simreal.datasets.benchmarks.s2rda import CLASSES_39, CLASSES_49, METASHIFT_NAMES, NOT_IN_SHAPENET, synset_of
from simreal.datasets.image_sets import save_image_set
from simreal.datasets.preprocessing import load_rgb
from simreal.datasets.reading import DataSet, open_data_set
from simreal.design.document import load
from simreal.design.errors import DataSetError
from simreal.design.presets import SHIPPED
from simreal.training.loading import read_samples

from .photo_trees import VISDA_CLASSES, objectnet, photos, s2rda, visda_2017


def opened(name: str, folder: Path, lists: Path | None = None) -> DataSet:
    """A data set of photos through its image set, written beside the photos' folder."""
    file = folder.parent / f"{name}.images.json"
    save_image_set(image_set_of(photo_source(name), folder, lists), file)
    return open_data_set(file)


def test_s2rda_has_the_classes_of_its_presets() -> None:
    for name, classes in (("s2rda-49", CLASSES_49), ("s2rda-ms-39", CLASSES_39)):
        design = load(SHIPPED / f"{name}.simreal.json")
        assert design.class_names == classes
        assert tuple(BENCHMARKS[name].photos.classes) == classes
        models = {entry.name: entry.models[0].partition(":")[2].rstrip("/") for entry in design.classes}
        assert models == {name: synset_of(name) or name for name in classes}
    assert [name for name in CLASSES_49 if not synset_of(name)] == list(NOT_IN_SHAPENET)
    assert (len(CLASSES_49), len(CLASSES_39)) == (49, 39)
    assert synset_of("motorcycle") == "03790512" and synset_of("airplane") == "02691156"
    assert set(METASHIFT_NAMES) < set(CLASSES_39)


def test_the_real_domain_of_s2rda_is_split_by_lists(tmp_path: Path) -> None:
    root = s2rda(tmp_path / "S2RDA-49", {"airplane": 2, "motorcycle": 1, "mug": 1})
    data = opened("s2rda-49-real", root)
    assert data.classes == CLASSES_49, "label order is the benchmark's, whatever is there"
    assert data.splits == ("real_val", "real_test")
    rows = data.rows("real_val")
    assert [(row["file_name"], row["class"]) for row in rows] == [
        ("real/airplane/airplane 0.jpg", "airplane"),
        ("real/airplane/airplane 2.jpg", "airplane"),
        ("real/motorcycle/motorcycle 0.jpg", "motorcycle"),
        ("real/mug/mug 0.jpg", "mug"),
    ]
    assert [row["label"] for row in rows] == [0, 0, CLASSES_49.index("motorcycle"), CLASSES_49.index("mug")]
    assert not {row["file_name"] for row in rows} & {row["file_name"] for row in data.rows("real_test")}


def test_lists_may_lie_elsewhere_and_call_motorcycles_motorbikes(tmp_path: Path) -> None:
    root = s2rda(tmp_path / "data", {"motorbike": 1})
    (root / "splits").rename(tmp_path / "lists")
    data = opened("s2rda-ms-39-real", root / "real", tmp_path / "lists")
    assert [row["class"] for row in data.rows("real_test")] == ["motorcycle"]
    with pytest.raises(DataSetError, match=r"no real_val.txt of real domain of S2RDA-49 .* with --lists; .*splits in"):
        image_set_of(photo_source("s2rda-49-real"), root)


def test_visda_2017_and_its_ten_classes(tmp_path: Path) -> None:
    root = visda_2017(tmp_path / "visda")
    whole, ten = opened("visda-2017", root), opened("subvisda-10", root)
    assert whole.classes == VISDA_CLASSES and whole.splits == ("train", "validation", "test")
    assert whole.images("test").labels.tolist() == list(range(12)), "the trunks' labels are numbers"
    assert ten.classes[0] == "airplane" and ten.classes[5] == "motorbike" and len(ten.classes) == 10
    assert np.bincount(ten.images("validation").labels).tolist() == [2] * 10
    test_list = root / "test" / "image_list.txt"
    test_list.write_text("".join(f"{line.partition(' ')[0]}\n" for line in test_list.read_text().splitlines()))
    assert opened("visda-2017", root).splits == ("train", "validation"), "as long as its labels were secret"
    test_list.unlink()
    assert opened("visda-2017", root).splits == ("train", "validation")


def test_imagenet_by_synset(tmp_path: Path) -> None:
    synsets = [synset for synsets in SUB_CLASSES.values() for synset in synsets] + ["n01440764", "n04557648"]
    root = photos(tmp_path / "imagenet", [f"ILSVRC/Data/CLS-LOC/train/{synset}/{synset}_1.JPEG" for synset in synsets])
    sub, merged = opened("subimagenet", root), opened("imagenet-990", root)
    assert (sub.classes, sub.splits) == (tuple(SUB_CLASSES), ("train",))
    assert np.bincount(sub.images("train").labels).tolist() == [len(synsets) for synsets in SUB_CLASSES.values()]
    assert len(merged.classes) == len(synsets) - 10, "of 1,000 synsets it has 990 classes"
    assert {"n03792782", "n04552348", "n01440764"} <= set(merged.classes) and "n02835271" not in merged.classes
    assert len(merged.rows("train")) == len(synsets), "none of its images is left out"


def test_objectnet_by_the_names_of_s2rda(tmp_path: Path) -> None:
    objectnet(tmp_path / "objectnet-1.0", ("butchers_knife", "bread_knife", "cellphone", "ladle"))
    data = opened("objectnet", tmp_path)
    samples = read_samples(data, "test")
    assert [data.classes[label] for label in samples.labels] == ["knife", "knife", "telephone"]
    assert load_rgb(samples.files[0]).size == (12, 12), "without its red line"


def test_metashift_by_the_names_of_s2rda(tmp_path: Path) -> None:
    names = ("coffee mug/coffee mug(desk)/1.jpg", "boat/boat(water)/2.jpg", "giraffe/giraffe(tree)/3.jpg")
    data = opened("metashift", photos(tmp_path / "MetaDataset-full", names))
    assert data.classes == CLASSES_39
    assert [(row["file_name"], row["class"]) for row in data.rows("all")] == [
        ("boat/boat(water)/2.jpg", "watercraft"),
        ("coffee mug/coffee mug(desk)/1.jpg", "mug"),
    ]


def test_office_has_its_domains_and_nothing_else(tmp_path: Path) -> None:
    names = [f"{domain}/images/{name}/1.jpg" for domain in ("amazon", "dslr", "webcam") for name in ("mug", "pen")]
    data = opened("office-31", photos(tmp_path / "office", [*names, "thumbnails/mug/1.jpg"]))
    assert (data.classes, data.splits) == (("mug", "pen"), ("amazon", "dslr", "webcam"))


@pytest.mark.parametrize("name", [name for name, source in PHOTO_SOURCES.items() if source.splits])
def test_what_is_missing_is_named_with_where_to_get_it(name: str, tmp_path: Path) -> None:
    source = photo_source(name)
    expected = re.escape(f"no {source.title} at {tmp_path / 'nowhere'}, as there is no such folder; get ")
    with pytest.raises(DataSetError, match=expected) as told:
        image_set_of(source, tmp_path / "nowhere")
    assert source.page in str(told.value) and source.layout in str(told.value)
    with pytest.raises(DataSetError):
        opened(name, tmp_path)


def test_a_misspelt_name_is_corrected() -> None:
    with pytest.raises(DataSetError, match="did you mean 'subvisda-10'"):
        photo_source("subvisda10")
