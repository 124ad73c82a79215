"""``simreal data``: verify, stats, convert, thin and merge, on data sets rendered by the stand-in."""

import json
import os
import shutil
import sys
from pathlib import Path

import pytest
from PIL import Image

from simreal.commands import main
from simreal.datasets.finishing import data_hash
from simreal.datasets.reading import open_data_set
from simreal.datasets.state import read_state
from simreal.design.design import Design, DesignClass, Split
from simreal.design.document import load, save

STAND_IN = Path(__file__).parent / "stand_in_blender.py"
LAYOUTS = ("folders", "webdataset")


def render(design: Path, out: Path, *more: str) -> Path:
    before = os.environ["PATH"]
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{before}"  # it runs the stand-in
    try:
        arguments = ["render", str(design), "--out", str(out), "--blender", str(STAND_IN), "--workers", "1", *more]
        assert main(arguments) == 0
    finally:
        os.environ["PATH"] = before
    return out


@pytest.fixture(scope="module")
def design(tmp_path_factory: pytest.TempPathFactory) -> Path:
    classes = tuple(DesignClass(name, (f"starter:{name}/00", f"starter:{name}/01")) for name in ("cup", "chair"))
    file = tmp_path_factory.mktemp("design") / "mini.simreal.json"
    save(Design("mini", classes, splits=(Split("train", 40), Split("test-iid", 10))), file)
    return file


@pytest.fixture(scope="module")
def made(design: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("made")
    return {layout: render(design, root / layout, "--layout", layout) for layout in LAYOUTS}


@pytest.fixture(params=LAYOUTS)
def data(request: pytest.FixtureRequest, made: dict[str, Path], tmp_path: Path) -> Path:
    """A data set of the test's own, in either layout."""
    return Path(shutil.copytree(made[request.param], tmp_path / "data"))


def run(capsys: pytest.CaptureFixture, *arguments: object, status: int = 0) -> str:
    capsys.readouterr()
    assert main(["data", *map(str, arguments)]) == status
    said = capsys.readouterr()
    return said.err if status == 2 else said.out


@pytest.mark.parametrize("fast", [["--fast"], []])
def test_what_is_whole_is_said_to_be(data: Path, capsys, fast: list[str]):
    assert "50 images are as they were committed" in run(capsys, "verify", data, *fast)


def damage(data: Path, how: str) -> None:
    """Damage image 7 of train."""
    tar = data / "train" / "train-000000.tar"
    if tar.is_file():
        content = tar.read_bytes()
        at = content.index(b"00000007.jpg\0") + 512
        tar.write_bytes(content[:4096] if how == "cut" else content[: at + 300] + b"!!!" + content[at + 303 :])
        return
    image = next((data / "train").glob("*/00000007.jpg"))
    content = image.read_bytes()
    image.write_bytes(content[:99] if how == "cut" else content[:300] + b"!!!" + content[303:])


@pytest.mark.parametrize("how", ["cut", "changed"])
def test_damage_is_found_and_repaired(data: Path, design: Path, capsys, how: str):
    reference = data_hash(data)
    damage(data, how)
    fast = ["--fast"] if how == "cut" else []
    assert "images are damaged or gone" in run(capsys, "verify", data, *fast, status=1)
    assert f"Render them again: simreal render {data}" in run(capsys, "verify", data, *fast, "--repair", status=1)
    render(data, data)
    assert data_hash(data) == reference
    assert "as they were committed" in run(capsys, "verify", data)


def test_a_row_the_design_does_not_draw_is_found(made: dict[str, Path], tmp_path: Path, capsys):
    """As it would be if records of another design had been copied here."""
    data = Path(shutil.copytree(made["folders"], tmp_path / "data"))
    document = json.loads((data / "design.json").read_text())
    document["factors"]["object_scale"]["weight"] = 0.5
    (data / "design.json").write_text(json.dumps(document))
    said = run(capsys, "verify", data, status=1)
    assert "the row is not what the design draws: object_scale.drawn, object_scale.scale" in said


def test_render_finds_a_lost_image_itself(data: Path, capsys):
    """A resume looks for every image by name and size of tar, says what is lost and renders it."""
    reference = data_hash(data)
    tar = data / "train" / "train-000000.tar"
    tar.unlink() if tar.is_file() else next((data / "train").glob("*/00000007.jpg")).unlink()
    render(data, data)
    assert "images are damaged or gone (train " in capsys.readouterr().err
    assert data_hash(data) == reference


def test_statistics(data: Path, tmp_path: Path, capsys):
    text = run(capsys, "stats", data, "--picture", tmp_path / "stats.png")
    assert "train: 40 images" in text and "cup 20, chair 20" in text
    assert next(line for line in text.splitlines() if line.startswith("object_scale.scale")).split()[1:3] == [
        "100.0%",
        "100%",
    ]
    with Image.open(tmp_path / "stats.png") as picture:
        assert picture.width > 900
        assert len(picture.convert("L").getcolors()) > 10
    found = json.loads(run(capsys, "stats", data, "--json", "--split", "train"))["train"]
    rows = open_data_set(data).rows("train")
    scale = found["factors"]["object_scale"]["numbers"]["scale"]
    assert sum(scale["counts"]) == 40 and scale["outside"] == 0
    assert scale["mean"] == pytest.approx(sum(row["object_scale.scale"] for row in rows) / 40)
    kinds = found["factors"]["background"]["choices"]["kind"]
    assert kinds == {kind: sum(row["background.kind"] == kind for row in rows) for kind in kinds}
    assert found["boxes_cut"] == 1.0 if rows[0]["bbox"][0] == 0 else 0.0
    assert "choose another --picture" in run(capsys, "stats", data, "--picture", tmp_path / "stats.png", status=2)


def test_there_and_back_again(made: dict[str, Path], tmp_path: Path, capsys):
    """Converted to tars, a data set is what would have been rendered in tars; and the other way round."""
    run(capsys, "convert", made["folders"], "--layout", "webdataset", "--out", tmp_path / "tars")
    assert data_hash(tmp_path / "tars") == data_hash(made["webdataset"])
    run(capsys, "convert", tmp_path / "tars", "--layout", "folders", "--out", tmp_path / "folders")
    assert data_hash(tmp_path / "folders") == data_hash(made["folders"])
    image = next((made["folders"] / "train").glob("*/00000003.jpg"))
    run(capsys, "convert", made["folders"], "--metadata", "parquet", "--out", tmp_path / "linked")
    assert image.samefile(tmp_path / "linked" / "train" / image.parent.name / image.name)
    assert "is there already" in run(
        capsys, "convert", made["folders"], "--layout", "webdataset", "--out", tmp_path / "tars", status=2
    )


def test_metadata_in_parquet(data: Path, capsys):
    before = {split: open_data_set(data).rows(split) for split in ("train", "test-iid")}
    reference = data_hash(data)
    run(capsys, "convert", data, "--metadata", "parquet")
    assert not list(data.glob("*/metadata*.jsonl"))
    found = open_data_set(data)
    assert {split: found.rows(split) for split in found.splits} == before
    assert "50 images are as they were" in run(capsys, "verify", data)
    assert "train: 40 images" in run(capsys, "stats", data)
    render(data, data, "--count", "20", "--split", "train")
    assert len(open_data_set(data).rows("train")) == 20, "a render goes on in Parquet"
    render(data, data, "--count", "40", "--split", "train")
    run(capsys, "convert", data, "--metadata", "jsonl")
    assert data_hash(data) == reference


def test_a_thinned_data_set(data: Path, tmp_path: Path, capsys):
    out = tmp_path / "small"
    run(capsys, "thin", data, "--per-class", "3", "--where", "object_scale.scale<2.5", "--split", "train", "--out", out)
    rows = open_data_set(out).rows("train")
    assert [row["index"] for row in rows] == list(range(len(rows)))
    assert [row["class"] for row in rows].count("cup") == 3
    first = {name: [] for name in ("cup", "chair")}
    for row in open_data_set(data).rows("train"):
        if row["object_scale.scale"] < 2.5 and len(first[row["class"]]) < 3:
            first[row["class"]].append(row["index"])
    assert [row["source_index"] for row in rows] == sorted(first["cup"] + first["chair"])
    assert "6 images are as they were committed" in run(capsys, "verify", out)
    assert main(["render", str(out), "--blender", str(STAND_IN)]) == 2
    assert "was made by `simreal data thin`, and cannot be rendered on" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("object_scale.size<2", "there is no column 'object_scale.size'; there are: file_name, index"),
        ("smaller", "is no condition; write it as object_scale.scale<2"),
        ("class=teapot", "no image of split 'train' meets the conditions"),
    ],
)
def test_conditions_that_make_no_sense(made, tmp_path: Path, capsys, where: str, words: str):
    arguments = ("thin", made["folders"], "--where", where, "--out", tmp_path / "small")
    assert words in run(capsys, *arguments, status=2)
    assert not list(tmp_path.iterdir()), "nothing is left"


def test_merged_data_sets(design: Path, made: dict[str, Path], tmp_path: Path, capsys):
    """Of two designs, in two layouts: the result is laid out as the first."""
    other = render(design, tmp_path / "other", "--seed", "1", "--count", "10", "--split", "train")
    out = tmp_path / "both"
    run(capsys, "merge", made["webdataset"], other, "--out", out)
    data = open_data_set(out)
    rows = data.rows("train")
    assert [row["index"] for row in rows] == list(range(50))
    assert [row["source"] for row in rows] == ["webdataset"] * 40 + ["other"] * 10
    assert [row["source_index"] for row in rows][38:43] == [38, 39, 0, 1, 2]
    first = data.images("train").pictures[40].open().getvalue()
    assert first == next(other.glob("train/*/00000000.jpg")).read_bytes()
    assert [load(out / "sources" / f"{name}.json").seed for name in ("webdataset", "other")] == [0, 1]
    assert read_state(out).derived == "merge"
    assert "60 images are as they were" in run(capsys, "verify", out)
    assert "train: 50 images" in run(capsys, "stats", out)


def test_only_the_same_classes_can_be_merged(design: Path, made, tmp_path: Path, capsys):
    fewer = load(design)
    save(Design("one", fewer.classes[:1], splits=(Split("train", 2),)), tmp_path / "one.simreal.json")
    render(tmp_path / "one.simreal.json", tmp_path / "one")
    said = run(capsys, "merge", made["folders"], tmp_path / "one", "--out", tmp_path / "both", status=2)
    assert "only data sets with the same classes" in said
    assert not (tmp_path / "both").exists()


def test_what_is_interrupted_leaves_nothing(made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Ctrl-C while images are written."""
    from simreal.datasets import deriving

    monkeypatch.setattr(deriving, "_add", lambda writer, image: (_ for _ in ()).throw(KeyboardInterrupt()))
    arguments = ["data", "convert", str(made["folders"]), "--layout", "webdataset", "--out", str(tmp_path / "tars")]
    assert main(arguments) == 130
    assert not list(tmp_path.iterdir())


def test_parquet_where_it_cannot_be_written(design: Path, tmp_path: Path, monkeypatch, capsys):
    """As in Blender's own Python."""
    import importlib.util

    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *more: None if name == "pyarrow" else find(name, *more)
    )
    arguments = ["render", str(design), "--out", str(tmp_path / "data"), "--metadata", "parquet"]
    assert main([*arguments, "--blender", str(STAND_IN)]) == 2
    assert "simreal data convert DATA --metadata parquet" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()


def test_a_data_set_keeps_its_layout(data: Path, capsys):
    there = read_state(data).storage.layout
    other = next(layout for layout in LAYOUTS if layout != there)
    assert main(["render", str(data), "--layout", other, "--blender", str(STAND_IN)]) == 2
    assert f"was begun with --layout {there} --metadata jsonl" in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["verify", "stats", "convert", "thin", "merge"])
def test_help_has_examples(verb: str, capsys):
    with pytest.raises(SystemExit):
        main(["data", verb, "--help"])
    assert f"simreal data {verb} " in capsys.readouterr().out.split("examples:")[1]
