"""Data sets read back: rendered ones, and plain folders of photos."""

import json
import os
import sys
from pathlib import Path

import pytest
from PIL import Image

from simreal.commands import main
from simreal.datasets.lock import exclusive
from simreal.datasets.reading import open_data_set
from simreal.datasets.state import State, prepare, read_state
from simreal.design.design import Design, DesignClass, Split
from simreal.design.document import save
from simreal.design.errors import DataSetError
from simreal.design.identity import design_hash

STAND_IN = Path(__file__).parent / "stand_in_blender.py"


def design(**changes) -> Design:
    classes = (DesignClass("cup", ("starter:cup/00",)), DesignClass("chair", ("starter:chair/00",)))
    return Design(
        **{"name": "mini", "classes": classes, "splits": (Split("train", 12), Split("test-iid", 4)), **changes}
    )


@pytest.fixture(autouse=True)
def this_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stand-in is run by the Python that runs the tests."""
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def rendered(tmp_path: Path) -> Path:
    save(design(), tmp_path / "mini.simreal.json")
    arguments = ["render", str(tmp_path / "mini.simreal.json"), "--out", str(tmp_path / "data"), "--workers", "1"]
    assert main([*arguments, "--blender", str(STAND_IN)]) == 0
    return tmp_path / "data"


def picture(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (4, 4)).save(path)


def test_a_rendered_data_set(rendered: Path):
    data = open_data_set(rendered)
    assert data.classes == ("cup", "chair"), "the design's order"
    assert data.splits == ("train", "test-iid")
    assert data.design_hash == design_hash(design())
    rows = data.rows("train")
    assert [row["index"] for row in rows] == list(range(12))
    for row in rows:
        assert data.classes[row["label"]] == row["class"]
        assert Image.open(data.image_path("train", row)).size == (8, 8)
        assert isinstance(row["object_scale.drawn"], bool)
        assert 1.0 < row["object_scale.scale"] < 5.0


def test_image_folder_reads_a_split_as_it_is(rendered: Path):
    folder = pytest.importorskip("torchvision.datasets").ImageFolder(str(rendered / "train"))
    assert folder.classes == ["chair", "cup"]
    assert len(folder) == 12


def test_the_card_names_every_column_and_split(rendered: Path):
    yaml = pytest.importorskip("yaml")
    _, front, text = (rendered / "README.md").read_text().split("---\n", 2)
    front = yaml.safe_load(front)
    row = open_data_set(rendered).rows("train")[0]
    columns = [feature["name"] for feature in front["dataset_info"]["features"]]
    assert columns == ["image", *(key for key in row if key != "file_name")]
    assert front["configs"][0]["data_files"] == [
        {"split": "train", "path": "train/**"},
        {"split": "test_iid", "path": "test-iid/**"},
    ]
    labels = next(one for one in front["dataset_info"]["features"] if one["name"] == "label")
    assert labels["dtype"]["class_label"]["names"] == {"0": "cup", "1": "chair"}
    assert front["task_categories"] == ["image-classification"]
    assert "| cup | 6 | 2 |" in text
    assert "Camera viewpoint | 1 |" in text


def test_an_unfinished_split_says_how_to_go_on(rendered: Path):
    (rendered / "test-iid" / "metadata.jsonl").unlink()
    data = open_data_set(rendered)
    assert data.splits == ("train",)
    with pytest.raises(DataSetError, match=r"'test-iid' is not finished; run `simreal render"):
        data.rows("test-iid")
    with pytest.raises(DataSetError, match="no split 'val'; there are: train"):
        data.rows("val")


def test_damaged_metadata_is_named(rendered: Path):
    (rendered / "train" / "metadata.jsonl").write_text('{"index": 0}\n')
    with pytest.raises(DataSetError, match=r"metadata\.jsonl: cannot be read"):
        open_data_set(rendered).rows("train")


def test_plain_class_folders_are_the_split_all(tmp_path: Path):
    for name in ("dog/1.jpg", "dog/0.PNG", "cat/x.webp"):
        picture(tmp_path / name)
    (tmp_path / "dog" / "notes.txt").write_text("no picture")
    data = open_data_set(tmp_path)
    assert (data.classes, data.splits, data.design_hash) == (("cat", "dog"), ("all",), "")
    rows = data.rows("all")
    assert [row["file_name"] for row in rows] == ["cat/x.webp", "dog/0.PNG", "dog/1.jpg"]
    assert [row["label"] for row in rows] == [0, 1, 1]
    assert data.image_path("all", rows[0]).is_file()


def test_plain_splits_share_their_classes(tmp_path: Path):
    for name in ("train/cat/0.jpg", "train/dog/0.jpg", "val/dog/0.jpg"):
        picture(tmp_path / name)
    data = open_data_set(tmp_path)
    assert (data.classes, data.splits) == (("cat", "dog"), ("train", "val"))
    assert [row["label"] for row in data.rows("val")] == [1]


def test_the_kits_photos(kit: Path):
    data = open_data_set(kit / "photos")
    assert len(data.classes) == 10
    assert len(data.rows("all")) == 300


def test_what_is_no_data_set(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DataSetError, match="there is no such folder"):
        open_data_set(tmp_path / "nowhere")
    with pytest.raises(DataSetError, match="is a file"):
        open_data_set(tmp_path / "file")
    with pytest.raises(DataSetError, match="no images in class folders"):
        open_data_set(tmp_path)


def test_a_folder_belongs_to_one_design(tmp_path: Path):
    assert prepare(tmp_path, design()) == State(design_hash(design()))
    prepare(tmp_path, design(name="renamed", splits=(Split("train", 99), Split("test-iid", 4))))
    assert json.loads((tmp_path / "design.json").read_text())["splits"]["train"]["count"] == 99
    with pytest.raises(DataSetError, match="another design; choose another folder with --out"):
        prepare(tmp_path, design(seed=1))
    assert read_state(tmp_path) == State(design_hash(design()))


def test_a_state_that_cannot_be_understood_is_not_overwritten(tmp_path: Path):
    prepare(tmp_path, design())
    (tmp_path / ".simreal" / "state.json").write_text("{")
    with pytest.raises(DataSetError, match="cannot be read"):
        prepare(tmp_path, design())
    for version, words in ((1, "an earlier version"), (9, "another version")):
        (tmp_path / ".simreal" / "state.json").write_text(json.dumps({"simreal_data": version, "design_hash": ""}))
        with pytest.raises(DataSetError, match=f"was made by {words} of Simreal; choose another folder"):
            prepare(tmp_path, design())


def test_one_writer_at_a_time(tmp_path: Path):
    with exclusive(tmp_path), pytest.raises(DataSetError, match="another render is writing"), exclusive(tmp_path):
        pass
    with exclusive(tmp_path):
        pass
