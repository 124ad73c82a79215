"""Data sets read by the libraries that people train with, offline."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import mlcroissant
import pytest
import torch
import webdataset
from PIL import Image
from torchvision.datasets import ImageFolder

from simreal.commands import main
from simreal.datasets.reading import open_data_set
from simreal.design.design import Design, DesignClass, Split
from simreal.design.document import save
from simreal.training.loading import batches, epoch_order, read_samples
from simreal.training.transforms import CentreCrop

STAND_IN = Path(__file__).parent / "stand_in_blender.py"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The same design rendered in both layouts."""
    root = tmp_path_factory.mktemp("made")
    classes = tuple(DesignClass(name, (f"starter:{name}/00",)) for name in ("cup", "chair"))
    save(Design("mini", classes, splits=(Split("train", 30), Split("test-iid", 4))), root / "mini.simreal.json")
    before = os.environ["PATH"]
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{before}"
    for layout in ("folders", "webdataset"):
        out = ["--out", str(root / layout), "--layout", layout, "--blender", str(STAND_IN), "--workers", "1"]
        assert main(["render", str(root / "mini.simreal.json"), *out]) == 0
    os.environ["PATH"] = before
    return {layout: root / layout for layout in ("folders", "webdataset")}


# In a process of its own, where "datasets" is Hugging Face's and not our room of that name.
HUGGING_FACE = """
import json, sys
from datasets import load_dataset

folders, parquet, tars, cache = sys.argv[1:]
loaded = {
    "imagefolder": {"train": load_dataset("imagefolder", data_dir=f"{folders}/train", cache_dir=cache)["train"]},
    "folders": load_dataset(folders, cache_dir=cache),
    "parquet": load_dataset(parquet, cache_dir=cache),
    "webdataset": load_dataset("webdataset", data_files={"train": f"{tars}/train/*.tar"}, cache_dir=cache),
    "tars": load_dataset(tars, cache_dir=cache),
}
def plain(row):
    return {name: value.size if hasattr(value, "size") else value for name, value in row.items()}
found = {way: {name: [plain(row) for row in split] for name, split in splits.items()} for way, splits in loaded.items()}
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def hugging_face(made: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict:
    """What Hugging Face's datasets read, in five ways."""
    root = tmp_path_factory.mktemp("hugging-face")
    parquet = root / "parquet"
    assert main(["data", "convert", str(made["folders"]), "--metadata", "parquet", "--out", str(parquet)]) == 0
    command = [sys.executable, "-c", HUGGING_FACE, *map(str, (made["folders"], parquet, made["webdataset"], root))]
    offline = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(root)}
    done = subprocess.run(command, cwd=root, env=offline, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_torchvision(made: dict[str, Path]):
    folder = ImageFolder(str(made["folders"] / "train"))
    assert (folder.classes, len(folder)) == (["chair", "cup"], 30)


@pytest.mark.parametrize("way", ["imagefolder", "folders", "parquet"])
def test_hugging_face_reads_every_column(made: dict[str, Path], hugging_face: dict, way: str):
    """By ``load_dataset("imagefolder", data_dir=...)``, and by the card with either metadata."""
    rows = open_data_set(made["folders"]).rows("train")
    found = {row["index"]: row for row in hugging_face[way]["train"]}
    assert sorted(found) == list(range(30))
    for row in rows:
        read = found[row["index"]]
        assert read.pop("image") == [8, 8]
        assert read == {name: value for name, value in row.items() if name != "file_name"}


@pytest.mark.parametrize("way", ["webdataset", "tars"])
def test_hugging_face_reads_tars(made: dict[str, Path], hugging_face: dict, way: str):
    rows = open_data_set(made["webdataset"]).rows("train")
    found = hugging_face[way]["train"]
    assert [row["__key__"] for row in found] == [f"{row['index']:08d}" for row in rows]
    assert [row["cls"] for row in found] == [row["label"] for row in rows]
    assert [row["json"] for row in found] == rows
    assert all(row["jpg"] == [8, 8] for row in found)


def test_hugging_face_finds_all_splits(hugging_face: dict):
    for way in ("folders", "parquet", "tars"):
        assert {name: len(rows) for name, rows in hugging_face[way].items()} == {"train": 30, "test_iid": 4}


def test_webdataset(made: dict[str, Path]):
    tars = sorted(map(str, made["webdataset"].glob("train/*.tar")))
    images = webdataset.WebDataset(tars, shardshuffle=False).decode("pil").to_tuple("jpg", "cls", "json")
    found = list(images)
    rows = open_data_set(made["webdataset"]).rows("train")
    assert [row for _, _, row in found] == rows
    assert [label for _, label, _ in found] == [row["label"] for row in rows]
    assert all(isinstance(image, Image.Image) for image, _, _ in found)


@pytest.mark.parametrize("layout", ["folders", "webdataset"])
def test_croissant(made: dict[str, Path], layout: str):
    data = made[layout]
    found = mlcroissant.Dataset(jsonld=data / "croissant.json")
    assert not found.metadata.ctx.issues.errors
    names = [record.id for record in found.metadata.record_sets]
    part = "train" if layout == "folders" else "train/metadata-00000"
    assert names[:2] == ["classes", part]
    records = list(found.records(part))
    rows = open_data_set(data).rows("train")
    assert [record[f"{part}/index"] for record in records] == [row["index"] for row in rows]
    scales = [row["object_scale.scale"] for row in rows]
    assert [record[f"{part}/object_scale.scale"] for record in records] == pytest.approx(scales)  # pandas rounds JSON
    assert [record["classes/name"] for record in found.records("classes")] == ["cup", "chair"]


@pytest.mark.parametrize("workers", [0, 2])
def test_training_sees_the_same_in_both_layouts(made: dict[str, Path], workers: int):
    seen = []
    for layout in ("folders", "webdataset"):
        samples = read_samples(open_data_set(made[layout]), "train")
        order = epoch_order(len(samples), seed=0, epoch=1)
        seen.append(list(batches(samples, order, 8, CentreCrop(8, 8), workers=workers)))
    for (images, labels), (other_images, other_labels) in zip(*seen, strict=True):
        assert torch.equal(images, other_images)
        assert torch.equal(labels, other_labels)


def test_a_tar_that_is_gone_is_named(made: dict[str, Path], tmp_path: Path):
    data = Path(shutil.copytree(made["webdataset"], tmp_path / "data"))
    (data / "train" / "train-000000.tar").unlink()
    with pytest.raises(Exception, match=r"train-000000\.tar is in the metadata but not on disk"):
        read_samples(open_data_set(data), "train")
