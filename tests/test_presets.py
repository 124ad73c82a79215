"""Presets: those that come with Simreal, the user's own, looks, and what to do where files are missing."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import attrs
import build_extension
import jsonschema
import pytest
from PIL import Image

from simreal.commands import main
from simreal.design.asset_folders import expanded
from simreal.design.checking import check_explicit
from simreal.design.design import Design, Library, names_folder
from simreal.design.distributions import Choice
from simreal.design.document import from_text, load, to_text
from simreal.design.errors import AssetError, DesignError
from simreal.design.factors import FACTORS
from simreal.design.missing import located, missing_libraries, without_missing
from simreal.design.presets import (
    SHIPPED,
    Preset,
    load_preset,
    preset_named,
    presets_in,
    remove_preset,
    rename_preset,
    save_preset,
    with_look,
)
from simreal.design.sampling import Sampler
from simreal.design.schema import design_schema
from simreal.design.shapenet import SYNSETS
from simreal.design.starting import Sources, start_design

ROOT = Path(__file__).resolve().parent.parent
ALL = presets_in(SHIPPED)
SHAPENET, OTHER = "ShapeNetCore-v2", "other-models"
TABLE_2 = {
    "object_scale": 4,
    "material_texture": 4,
    "illumination": 4,
    "camera_viewpoint": 4,
    "background": 1,
}


def shipped(name: str) -> Preset:
    return preset_named(name, SHIPPED)


@pytest.fixture(scope="module")
def shapenet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``ShapeNetCore-v2`` and ``other-models``, as they are laid out, of two small models a class."""
    root = tmp_path_factory.mktemp("shapenet")
    for synset in SYNSETS:
        for model in ("1a04e3", "9f8d72"):
            file = root / SHAPENET / synset / model / "models" / "model_normalized.obj"
            file.parent.mkdir(parents=True)
            file.write_text("v 0 0 0\n")
    for name in ("bicycle", "plant", "truck"):
        for number in range(2):
            file = root / OTHER / name / f"{number}.glb"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(b"glTF")
    return root


def first_specs(design: Design, split: str, count: int = 100) -> list:
    sampler = Sampler(design, split)
    return [sampler.spec(index) for index in range(count)]


# Those that come with Simreal


@pytest.mark.parametrize("preset", ALL, ids=lambda one: one.stem)
def test_every_preset_is_a_design_that_gives_images(preset: Preset, shapenet: Path) -> None:
    jsonschema.validate(json.loads(preset.file.read_text()), design_schema())
    assert preset.fault == ""
    assert preset.stem.isascii() and preset.stem == preset.stem.lower()
    design = load_preset(preset, shapenet)
    assert design.name == preset.name
    assert missing_libraries(design) == ()
    assert set(design.libraries) in (set(), {SHAPENET, OTHER})
    assert design.description.endswith(".") and len(design.description) > 60
    assert ("Needs ShapeNetCore v2" in design.description) == bool(design.libraries)
    assert ("Needs no files" in design.description) != bool(design.libraries)
    for split in design.splits:
        specs = first_specs(design, split.name)
        assert {spec.class_name for spec in specs} == set(design.class_names)
        assert not any(names_folder(model) for spec in specs for model in spec.models)


def test_every_preset_names_every_factor() -> None:
    """A factor that a file does not name has weight 0: where that is meant, it is said."""
    for preset in ALL:
        assert set(json.loads(preset.file.read_text())["factors"]) == set(FACTORS), preset.stem


def test_the_presets_that_were_promised_are_there() -> None:
    names = {preset.stem for preset in ALL}
    assert {"starter", "paper-10-classes", "s2rda-49", "s2rda-ms-39"} <= names
    assert {"product-on-white", "top-down-conveyor", "street-scene"} <= names
    assert sum(name.startswith("table2-") for name in names) == sum(TABLE_2.values())
    assert [preset.name for preset in ALL] == sorted((one.name for one in ALL), key=str.casefold)
    assert {preset.group for preset in ALL} == {"", "Paper", "Table 2"}


def test_starter_is_what_a_new_design_is(tmp_path: Path) -> None:
    started = start_design(Sources(), "Starter", tmp_path).design
    preset = load_preset(shipped("starter"), tmp_path)
    assert attrs.evolve(preset, description="") == started


def test_benchmark_classes_are_those_of_shapenet(shapenet: Path) -> None:
    for name, classes in (("s2rda-49", 49), ("s2rda-ms-39", 39)):
        design = load(shipped(name).file)
        assert len(design.classes) == classes
        assert design.split("train").count == 12_000 * classes
        for entry in design.classes:
            (model,) = entry.models
            library, _, folder = model.partition(":")
            synset = folder.rstrip("/")
            assert (library == OTHER) == (entry.name in {"bicycle", "plant", "truck"})
            assert (synset if library == OTHER else SYNSETS[synset]) == entry.name
    names = {name: set(load(shipped(name).file).class_names) for name in ("s2rda-49", "s2rda-ms-39")}
    assert names["s2rda-ms-39"] < names["s2rda-49"]


@pytest.mark.parametrize("preset", [one for one in ALL if one.group == "Table 2"], ids=lambda one: one.stem)
def test_rows_of_table_2_hold_one_factor_in_training_and_nothing_in_the_tests(preset: Preset, shapenet: Path) -> None:
    base = load_preset(shipped("paper-10-classes"), shapenet)
    row = load_preset(preset, shapenet)
    (factor,) = (name for name in FACTORS if row.factors[name] != base.factors[name])
    assert attrs.evolve(row, name=base.name, description=base.description, factors=base.factors, splits=()) == (
        attrs.evolve(base, splits=())
    )
    trained, free = first_specs(row, "train"), first_specs(base, "train")
    for one, other in zip(trained, free, strict=True):
        assert {name for name in FACTORS if one.factors[name] != other.factors[name]} == {factor}
    held = {name: {spec.factors[factor].values[name] for spec in trained} for name in trained[0].factors[factor].values}
    most = 3 if preset.stem == "table2-scale-mix" else 1  # 1, 1.5 and 2
    assert any(
        len(values) == most < len({spec.factors[factor].values[name] for spec in free}) for name, values in held.items()
    )
    for split in ("test_iid", "test_iid_wo_bg"):
        assert first_specs(row, split) == first_specs(base, split)


def test_rows_of_table_2_are_as_many_as_its_cases(shapenet: Path) -> None:
    base = load_preset(shipped("paper-10-classes"), shapenet)
    rows = [load_preset(one, shapenet) for one in ALL if one.group == "Table 2"]
    held = [next(name for name in FACTORS if row.factors[name] != base.factors[name]) for row in rows]
    assert {name: held.count(name) for name in held} == TABLE_2
    assert len({to_text(attrs.evolve(row, name="", description="")) for row in rows}) == len(rows)


def test_the_extension_carries_them() -> None:
    assert {preset.file for preset in ALL} <= set(build_extension.sources())


def test_the_docs_list_them() -> None:
    page = (ROOT / "docs" / "presets.md").read_text()
    rows = [line.split("|")[1] for line in page.splitlines() if line.startswith("| `")]
    stems = set()
    for row in rows:
        first, *others = re.findall(r"`([^`]+)`", row)
        stems |= {first, *(f"{first.rpartition('-')[0]}{one}" if one.startswith("-") else one for one in others)}
    assert stems == {preset.stem for preset in ALL}


# Files that only the user has


def test_what_is_missing_is_told_by_library(tmp_path: Path, shapenet: Path) -> None:
    design = load_preset(shipped("paper-10-classes"), tmp_path)
    first, second = missing_libraries(design)
    assert (first.library, first.kind, first.folder_is_there) == (SHAPENET, "models", False)
    assert (len(first.assets), first.named, len(second.assets)) == (7, 7, 3)
    assert "there is no folder" in first.text
    with pytest.raises(AssetError, match=r"classes\.airplane: needs the folder of the library 'ShapeNetCore-v2'"):
        Sampler(design, "train")
    found = located(design, SHAPENET, shapenet / SHAPENET)
    assert found.classes[0].models == tuple(
        f"{SHAPENET}:02691156/{model}/models/model_normalized.obj" for model in ("1a04e3", "9f8d72")
    )
    assert [one.library for one in missing_libraries(found)] == [OTHER]
    left = without_missing(found)
    assert left.class_names == tuple(name for name in design.class_names if name not in {"bicycle", "plant", "truck"})
    assert set(left.libraries) == {SHAPENET}
    check_explicit(left)


def test_another_folder_is_refused(tmp_path: Path, shapenet: Path) -> None:
    design = load_preset(shipped("paper-10-classes"), tmp_path)
    with pytest.raises(AssetError, match=r"holds none of the 7 models .* choose the folder in which 02691156 lies"):
        located(design, SHAPENET, shapenet / OTHER)
    with pytest.raises(AssetError, match="there is no such folder"):
        located(design, SHAPENET, tmp_path / "nowhere")
    with pytest.raises(DesignError, match="no such library; it has: ShapeNetCore-v2, other-models"):
        located(design, "shapes", shapenet)


def test_a_folder_of_which_a_part_is_there(tmp_path: Path) -> None:
    (tmp_path / OTHER / "plant").mkdir(parents=True)
    (tmp_path / OTHER / "plant" / "fern.glb").write_bytes(b"glTF")
    design = load_preset(shipped("paper-10-classes"), tmp_path)
    partly = missing_libraries(design)[1]
    assert partly.folder_is_there
    assert partly.text == "other-models (models): 2 of 3 are missing: bicycle/, truck/"
    assert missing_libraries(design, folders_only=True) == missing_libraries(design)
    with pytest.raises(DesignError, match="all models of the design are missing"):
        without_missing(load_preset(shipped("paper-10-classes"), tmp_path / "elsewhere"))


def options_of(design: Design, factor: str, parameter: str) -> dict[str, float]:
    distribution = design.factors[factor].parameters[parameter].distribution
    assert isinstance(distribution, Choice)
    return dict(distribution.options)


@pytest.fixture
def everything(kit: Path, tmp_path: Path) -> Design:
    """A design whose models, environment maps, photos and textures are folders; one split has others of its own."""
    for name in ("rock_05_diff_1k.jpg", "deep/Wood023_1K-JPG_Color.jpg"):
        (tmp_path / "textures" / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (4, 4)).save(tmp_path / "textures" / name)
    document = {
        "simreal_design": 1,
        "name": "everything",
        "libraries": {
            "models": {"kind": "models", "path": "models"},
            "hdris": {"kind": "environments", "path": "hdri"},
            "photos": {"kind": "photos", "path": "photos"},
            "textures": {"kind": "textures", "path": "textures"},
        },
        "classes": [{"name": name, "models": [f"models:{name}/"]} for name in ("cup", "chair")],
        "factors": {
            "background": {
                "kind": {"options": {"environment": 1, "photo": 1}, "fixed": "environment"},
                "environment": {"options": {"builtin:city.exr": 2, "hdris:./": 0.5}, "fixed": "hdris:./"},
                "photo": {"options": {"photos:cup/": 1}, "fixed": ""},
            },
            "material_texture": {"material": {"options": {"wood": 1, "textures:./": 3}, "fixed": "original"}},
        },
        "splits": {
            "train": {"count": 10},
            "night": {
                "count": 5,
                "overrides": {"factors": {"background": {"environment": {"options": {"hdris:./": 1}}, "photo": None}}},
            },
        },
    }
    for name in ("models", "hdri", "photos"):
        (tmp_path / name).symlink_to(kit / name)
    return from_text(json.dumps(document), tmp_path)


def test_folders_of_every_kind_become_their_files(everything: Design) -> None:
    design = expanded(everything)
    assert expanded(design) == design
    assert [len(entry.models) for entry in design.classes] == [5, 18]
    environments = options_of(design, "background", "environment")
    assert len(environments) == 19
    assert (environments["builtin:city.exr"], environments["hdris:night.exr"]) == (2.0, 0.5)
    assert design.factors["background"].parameters["environment"].fixed == "hdris:apartment.exr"
    assert len(options_of(design, "background", "photo")) == 30
    materials = options_of(design, "material_texture", "material")
    assert materials == {"wood": 1.0, "textures:Wood023_1K-JPG": 3.0, "textures:rock_05": 3.0}
    night = Sampler(design, "night").design
    assert set(options_of(night, "background", "environment")) == set(environments)
    assert options_of(night, "background", "photo") == {"": 1.0}
    assert missing_libraries(design) == ()


def test_without_what_is_missing_the_rest_is_whole(everything: Design, tmp_path: Path) -> None:
    for name in ("hdri", "photos"):
        (tmp_path / name).unlink()
    (tmp_path / "textures" / "rock_05_diff_1k.jpg").unlink()
    design = expanded(everything)
    assert [one.library for one in missing_libraries(design)] == ["hdris", "photos"]
    left = without_missing(design)
    assert options_of(left, "background", "environment") == {"builtin:city.exr": 2.0}
    assert left.factors["background"].parameters["environment"].fixed == "builtin:city.exr"
    assert options_of(left, "background", "photo") == {"": 1.0}
    assert set(left.libraries) == {"models", "textures"}
    assert len(first_specs(left, "night", 10)) == 10


def test_files_that_went_are_named(everything: Design, tmp_path: Path) -> None:
    design = expanded(everything)
    gone = attrs.evolve(
        design, classes=(attrs.evolve(design.classes[0], models=(*design.classes[0].models, "models:cup/gone.obj")),)
    )
    (missing,) = missing_libraries(gone)
    assert missing.text == "models (models): 1 of 6 are missing: cup/gone.obj"
    assert missing_libraries(gone, folders_only=True) == ()
    assert without_missing(gone).classes == design.classes[:1]
    newer = attrs.evolve(design, classes=(attrs.evolve(design.classes[0], models=("starter:zeppelin/00",)),))
    (embedded,) = missing_libraries(newer)
    assert "that this Simreal does not have: zeppelin/00" in embedded.text


# Looks


def test_a_look_keeps_classes_and_takes_factors(kit: Path, tmp_path: Path) -> None:
    own = start_design(Sources(models=kit / "models", environments=kit / "hdri"), "own", tmp_path, seed=3).design
    look = load_preset(shipped("product-on-white"), tmp_path / "elsewhere")
    dressed = with_look(own, look)
    assert (dressed.factors, dressed.image) == (look.factors, look.image)
    assert attrs.evolve(dressed, factors=own.factors, image=own.image) == own
    assert {spec.factors["background"].values["kind"] for spec in first_specs(dressed, "train")} == {"white"}


def test_libraries_of_a_look_come_along(everything: Design, tmp_path: Path, kit: Path) -> None:
    look = expanded(everything)
    own = start_design(Sources(), "own", tmp_path / "own").design
    dressed = with_look(own, look)
    assert set(dressed.libraries) == {"hdris", "photos", "textures"}
    assert missing_libraries(dressed) == ()
    taken = attrs.evolve(own, libraries={"hdris": Library("environments", "my-own")})
    dressed = with_look(taken, look)
    assert dressed.libraries["hdris"].path == "my-own"
    assert "hdris-2:night.exr" in options_of(dressed, "background", "environment")
    assert dressed.library_folder("hdris-2").samefile(kit / "hdri")
    assert with_look(dressed, look) == dressed


def test_a_look_that_a_split_cannot_bear_is_refused(tmp_path: Path) -> None:
    own = start_design(Sources(), "own", tmp_path).design
    high = {"factors": {"camera_viewpoint": {"elevation_deg": {"min": 50}}}}
    own = attrs.evolve(own, splits=(attrs.evolve(own.splits[0], overrides=high),))
    with pytest.raises(DesignError, match=r"splits\.train\.overrides\.factors\.camera_viewpoint"):
        with_look(own, load_preset(shipped("street-scene"), tmp_path))


# The user's own


def test_own_presets_are_added_renamed_replaced_and_removed(tmp_path: Path) -> None:
    folder = tmp_path / "presets"
    assert presets_in(folder) == ()
    design = start_design(Sources(), "mine", tmp_path / "designs").design
    added = save_preset(design, " Käse & Brot: hell / dunkel? ", folder)
    assert presets_in(folder) == (added,)
    assert added.name == "Käse & Brot: hell / dunkel?"
    assert added.group == "Käse & Brot"
    assert load_preset(added, tmp_path / "designs") == attrs.evolve(design, name=added.name)
    with pytest.raises(DesignError, match="already"):
        save_preset(design, added.name.upper(), folder)
    save_preset(attrs.evolve(design, seed=9), added.name, folder, replace=True)
    assert [load(preset.file).seed for preset in presets_in(folder)] == [9]
    other = save_preset(design, "Käse & Brot: hell ? dunkel/", folder)  # the same file name, were it not taken
    assert other.file != added.file
    with pytest.raises(DesignError, match="already"):
        rename_preset(other, added.name)
    renamed = rename_preset(other, "Plain")
    assert renamed.file.name == "Plain.simreal.json" and not other.file.exists()
    assert rename_preset(renamed, "plain").name == "plain"
    remove_preset(preset_named("plain", folder))
    assert [preset.name for preset in presets_in(folder)] == [added.name]


def test_names_that_no_file_can_have(tmp_path: Path) -> None:
    design = start_design(Sources(), "mine", tmp_path).design
    for name, says in (
        (" ", "needs a name"),
        ("x" * 81, "at most 80"),
        ("two\nlines", "one line"),
        ("STARTER", "comes with"),
    ):
        with pytest.raises(DesignError, match=says):
            save_preset(design, name, tmp_path / "presets")
    names = (
        "..",
        "../../up",
        "CON",
        "nul.json",
        "-",
        "a.simreal.json",
        "/etc/passwd",
        "日本",
        "x" * 80,
        "🐈" * 80,
        "𒐫" * 80,
        "𒐫" * 79,
        ".hidden",
    )
    for name in names:
        save_preset(design, name, tmp_path / "presets")
    assert {preset.name for preset in presets_in(tmp_path / "presets")} == set(names)
    files = sorted(path.name for path in (tmp_path / "presets").iterdir())
    assert len(files) == len(names) and not [name for name in files if name.startswith((".", "con.", "CON.", "nul."))]
    assert [path.name for path in tmp_path.iterdir()] == ["presets"]


def test_own_preset_finds_its_libraries_from_anywhere(kit: Path, tmp_path: Path) -> None:
    design = start_design(Sources(models=kit / "models"), "kit", tmp_path / "a").design
    preset = save_preset(design, "kit", tmp_path / "presets")
    assert not Path(json.loads(preset.file.read_text())["libraries"]["models"]["path"]).is_absolute()
    loaded = load_preset(preset, tmp_path / "b")
    assert loaded.library_folder("models").samefile(kit / "models")
    assert missing_libraries(loaded) == ()


def test_a_library_on_another_drive_is_to_be_located_anew(
    kit: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What Windows does where no relative path leads from one drive to the other."""
    design = start_design(Sources(models=kit / "models"), "kit", tmp_path).design
    relative = os.path.relpath

    def on_drives(path: str, start: str) -> str:
        if str(path).startswith(str(kit)) != str(start).startswith(str(kit.parent)):
            raise ValueError("path is on mount 'D:', start on mount 'C:'")
        return relative(path, start)

    monkeypatch.setattr(os.path, "relpath", on_drives)
    preset = save_preset(design, "kit", tmp_path / "presets")
    loaded = load_preset(preset, tmp_path)
    assert not missing_libraries(loaded)[0].folder_is_there
    found = located(loaded, "models", kit / "models")
    assert missing_libraries(found) == ()
    assert found.folder == kit


def test_a_preset_is_read_again_when_it_changes(tmp_path: Path) -> None:
    file = tmp_path / "a.simreal.json"
    file.write_text('{"simreal_design": 1, "name": "one"}')
    assert [one.name for one in presets_in(tmp_path)] == ["one"]
    file.write_text('{"simreal_design": 1, "name": "another"}')
    assert [one.name for one in presets_in(tmp_path)] == ["another"]
    (tmp_path / "b.json").write_text("{}")
    (tmp_path / "c.simreal.json").mkdir()
    assert [(one.name, one.fault) for one in presets_in(tmp_path)] == [("another", ""), ("c", "cannot be read")]


# On the command line


def test_presets_on_the_command_line(
    tmp_path: Path, shapenet: Path, kit: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["design", "presets"]) == 0
    said = capsys.readouterr().out
    assert all(preset.stem in said for preset in ALL)
    assert main(["design", "preset", "table 2: SCALE 1.5"]) == 0
    said = capsys.readouterr().out
    assert "0 models and 10 folders of models yet to be found" in said
    assert "--library ShapeNetCore-v2=DIR --library other-models=DIR" in said
    file = tmp_path / "table2-scale-1.5.simreal.json"
    assert main(["render", str(file), "--out", str(tmp_path / "data")]) == 2
    assert "locate it" in capsys.readouterr().err
    libraries = [f"--library={name}={shapenet / name}" for name in (SHAPENET, OTHER)]
    assert main(["design", "locate", str(file), *libraries]) == 0
    assert "10 classes, 20 models" in capsys.readouterr().out
    assert main(["design", "validate", str(file), "--assets"]) == 0
    assert main(["design", "preset", "paper-10-classes", *libraries, "--out", "p.simreal.json"]) == 0
    one, other = load(file), load(tmp_path / "p.simreal.json")
    assert (one.classes, one.libraries) == (other.classes, other.libraries)
    assert main(["design", "new", "--models", str(kit / "models"), "--out", "kit.simreal.json"]) == 0
    assert main(["design", "preset", "street-scene", "--on", "kit.simreal.json", "--out", "s.simreal.json"]) == 0
    dressed = load(tmp_path / "s.simreal.json")
    assert dressed.classes == load(tmp_path / "kit.simreal.json").classes
    assert dressed.factors == load(shipped("street-scene").file).factors
    capsys.readouterr()
    for arguments, says in (
        (["preset", "street"], "there is no preset 'street'; did you mean 'street-scene'?"),
        (["preset", "street-scene", "--out", "s.simreal.json"], "--force replaces it"),
        (["preset", "s2rda-49", "--library", "x"], "must be NAME=DIR"),
        (["preset", "s2rda-49", "--without-missing"], "all models of the design are missing"),
        (["locate", "none.json"], "No such file"),
    ):
        assert main(["design", *arguments]) == 2
        assert says in capsys.readouterr().err


# In Blender


@pytest.mark.blender
def test_presets_in_blender(kit: Path, tmp_path: Path) -> None:
    script = ROOT / "tests" / "blender" / "check_presets.py"
    environment = {**os.environ, "BLENDER_USER_RESOURCES": str(tmp_path / "user")}
    command = [sys.executable, str(script), str(kit), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    said = done.stdout + done.stderr
    assert done.returncode == 0 and "presets: ok" in said, said[-4000:]
    assert "Traceback" not in said, said[-4000:]
