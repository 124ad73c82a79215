"""Studies as files: what comes with Simreal can be run as it is, and what is wrong is one line that names the place."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from simreal.commands import main
from simreal.commands.study import check_commands
from simreal.datasets.messages import Message
from simreal.design.design import Design
from simreal.design.errors import StudyError
from simreal.design.presets import SHIPPED, load_preset, preset_named
from simreal.design.sampling import Sampler
from simreal.studies.cells import cells
from simreal.studies.data_designs import Shelf, design_for
from simreal.studies.opened import opened
from simreal.studies.study_file import find_study, read_study, shipped_studies
from simreal.studies.study_folder import Settings, StudyFolder

from .studies import study_document, write_study

SHIPPED_STUDIES = {study.name: study for study in shipped_studies()}
EVERY_SCALE = [(study.name, scale) for study in SHIPPED_STUDIES.values() for scale in study.scales]


def changed(path: str, value: Any) -> dict[str, Any]:
    """The small study with another value at a path; ``None`` takes away what is there."""
    document = copy.deepcopy(study_document())
    place: Any = document
    *way, last = path.split("/")
    for name in way:
        place = place[int(name)] if isinstance(place, list) else place[name]
    key: Any = int(last) if isinstance(place, list) else last
    if value is None:
        del place[key]
    else:
        place[key] = value
    return document


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        ("simreal_study", None, 'not a study: it has no "simreal_study" key'),
        ("simreal_study", 2, "simreal_study: this version of Simreal reads 1"),
        ("title", None, "title: is missing"),
        ("title", 3, "title: must be text, not 3"),
        ("tabel", {}, "tabel: there is no such key; did you mean 'table'?"),
        ("seeds", 0, "seeds: must be between 1 and 1000, is 0"),
        ("seeds", "3", 'seeds: must be a whole number, not "3"'),
        ("data/images/per_class/train", "4", 'data.images.per_class.train: must be a whole number, not "4"'),
        ("data/images/design", None, 'data.images: needs either a "design" or "photos": true'),
        ("data/images/per_class", {}, 'data.images: needs "per_class": how many images a class of which split'),
        ("data/real/look", "starter", "data.real: photos are as they are"),
        ("steps/training/verb", None, "steps.training.verb: is missing"),
        ("steps/training/arguments", "{images}", 'steps.training.arguments: must be a list of texts, not "{images}"'),
        ("steps/training/arguments/0", "{image}", "'{image}' is no data set or step; did you mean 'images'?"),
        ("steps/training/arguments/0", "{real.design}", "'{real.design}': photos have no design"),
        ("steps/training/options/lr", {"a": 1}, "steps.training.options.lr: must be text, a number, true or false"),
        ("steps/images", {"verb": "train"}, "steps.images: a data set has this name too"),
        ("steps/first/arguments/0", "{training}", ""),
        ("steps/training/arguments/0", "{training}", "steps.training: needs its own result"),
        ("steps/first", {"like": "trainin"}, "steps.first.like: there is no step 'trainin'; did you mean 'training'?"),
        ("steps/first", {"like": "first"}, "steps.first.like: goes in a circle: first is like first"),
        ("steps/first/like", [3], "steps.first.like: there is no step '[3]'"),
        ("measures/IID/run", "trainin", "measures.IID.run: there is no step 'trainin'; did you mean 'training'?"),
        ("measures/IID/data", "test", "measures.IID.data: there is no data 'test'; did you mean 'tests'?"),
        ("measures/IID/of", "top5", 'measures.IID.of: must be one of top1, mean_class_accuracy, not "top5"'),
        ("measures/IID/result", "target", "measures.IID: needs either"),
        ("axes/case/options", {}, "axes.case.options: needs at least one"),
        ("axes/case/options/nothing", {"seeds": 1}, "axes.case.options.nothing.seeds: an option changes data, steps"),
        ("axes/case/options/nothing", {"measures": {"x": {"run": "first", "result": "a"}}}, "have the same measures"),
        (
            "axes/case/options/nothing",
            {"steps": {"training": {"verb": 3}}},
            "nothing.steps.training.verb: must be text",
        ),
        ("table/rows/0", "cases", "table.rows: there is no axis 'cases'; did you mean 'case'?"),
        ("figures/0/kind", "pie", 'figures[0].kind: must be one of bars, lines, curves, not "pie"'),
        ("figures/0/x", "cases", "figures[0].x: there is no axis 'cases'"),
        ("paper/values/0/case", "viewpont", "paper.values[0].case: there is no option 'viewpont'"),
        ("paper/values/0/IDD", 3, "paper.values[0]: there is no axis or measure 'IDD'; did you mean 'IID'?"),
        ("paper/values/0/IID", "20", "paper.values[0].IID: must be a number, in percent"),
        (
            "scales",
            {"mini": {"about": "x", "changes": {"colour": 1}}},
            "scales.mini.changes.colour: there is no such key",
        ),
        ("scales", {"mini": {"changes": {}}}, "scales.mini.about: is missing"),
    ],
)
def test_a_fault_is_one_line_with_its_place(path: str, value: Any, says: str, tmp_path: Path) -> None:
    file = write_study(tmp_path, changed(path, value))
    if not says:  # a step may learn from another
        assert read_study(file).at().name == "small"
        return
    with pytest.raises(StudyError) as caught:
        read_study(file)
    assert says in str(caught.value)
    assert str(file) in str(caught.value) and "\n" not in str(caught.value)


def test_what_is_no_json_or_not_there_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "broken.study.json"
    broken.write_text('{"simreal_study": 1,')
    for argument, says in ((str(broken), "is not JSON"), ("tabel2", "did you mean 'table2'?")):
        assert main(["study", "run", argument, "--dry-run"]) == 2
        said = capsys.readouterr().err.strip().splitlines()
        assert len(said) == 1 and says in said[0]


def test_circles_of_steps_are_refused(tmp_path: Path) -> None:
    document = changed("steps/training/arguments/0", "{first}")
    document["steps"]["first"]["arguments"] = ["{training}"]
    with pytest.raises(StudyError, match="must not go in a circle"):
        read_study(write_study(tmp_path, document))


def test_a_step_like_another_follows_it(tmp_path: Path) -> None:
    """At each scale and in each cell; what it says itself stays its own."""
    document = study_document()
    document["steps"] |= {
        "base": {"verb": "train", "arguments": ["{images}"], "options": {"lr": 0.1, "epochs": 5, "full": True}},
        "like-base": {"like": "base", "options": {"full": None, "augmentation": "strong"}},
        "like-that": {"like": "like-base", "arguments": ["{real}"], "options": {"lr": 0.3}},
    }
    cell = {"steps": {"base": {"options": {"lr": 0.2}}}}
    document["axes"] = {"case": {"options": {"as it is": {}, "faster": cell}}}
    document["table"], document["figures"], document["paper"] = {"rows": ["case"]}, [], None
    document["scales"] = {"mini": {"about": "small", "changes": {"steps": {"base": {"options": {"epochs": 1}}}}}}
    for cell, lr in zip(cells(read_study(write_study(tmp_path, document)).at(), ()), (0.1, 0.2), strict=True):
        steps = cell.recipe.steps
        assert steps["like-base"].arguments == ("{images}",) and steps["like-that"].arguments == ("{real}",)
        assert dict(steps["like-base"].options) == {"lr": lr, "epochs": 1, "augmentation": "strong"}
        assert dict(steps["like-that"].options) == {"lr": 0.3, "epochs": 1, "augmentation": "strong"}


@pytest.mark.parametrize(("name", "scale"), EVERY_SCALE)
def test_every_shipped_study_is_made_of_commands_that_exist(name: str, scale: str, tmp_path: Path) -> None:
    """With all photos named; each command line is read as it will be when it runs."""
    (tmp_path / "photos" / "cup").mkdir(parents=True)
    (tmp_path / "photos" / "cup" / "1.jpg").touch()
    settings = Settings(str(tmp_path), scale=scale, photos={"": str(tmp_path / "photos")})
    study = opened(SHIPPED_STUDIES[name], settings, StudyFolder(tmp_path / "out"))
    assert not study.plan.without_photos
    check_commands(study)
    assert len(study.plan.study.about) > 100, "says what the scale costs"
    assert not (tmp_path / "out").exists()


def test_the_list_says_what_each_study_costs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["study", "list"]) == 0
    text = capsys.readouterr().out
    for study in SHIPPED_STUDIES.values():
        assert f"{study.name}: {study.title}" in text
    assert text.count("--scale mini") == text.count("--scale 1:") == len(SHIPPED_STUDIES) == 5
    assert max(map(len, text.splitlines())) <= 120


def test_the_papers_tables_are_whole() -> None:
    values = {name: study.at("1").paper for name, study in SHIPPED_STUDIES.items()}
    assert values["table1"] and len(values["table1"].values) == 18
    assert values["table2"] and len(values["table2"].values) == 18
    assert values["table4"] and len(values["table4"].values) == 12
    at = {tuple(row[axis] for axis in ("backbone", "images", "augmentation")): row for row in values["table1"].values}
    assert at["Mixer", "non-repetitive", "strong"]["real Mean"] == 33.75
    case = {row["case"]: row for row in values["table2"].values}
    assert (case["no background"]["IID"], case["no background"]["IID w/o BG"]) == (17.68, 94.75)
    assert len(cells(SHIPPED_STUDIES["table1"].at("1"))) == 18


def table_2(scale: str, folder: Path) -> dict[str, tuple[Design, Design]]:
    """By case the design of the training images and that of the tests."""
    study = SHIPPED_STUDIES["table2"].at(scale)
    shelf = Shelf(folder, folder)
    designs = {}
    for cell in cells(study):
        data = cell.recipe.data
        designs[cell.label] = tuple(design_for(name, data[name], 3, shelf) for name in ("images", "tests"))
    return designs


def test_the_cases_of_table_2_are_those_of_the_presets(tmp_path: Path) -> None:
    for case, (images, _) in table_2("1", tmp_path).items():
        name = "paper-10-classes" if case == "all random" else f"table2-{case.replace(' ', '-')}"
        preset = load_preset(preset_named(name, SHIPPED), tmp_path)
        assert images.factors == preset.factors, case
        assert images.classes == preset.classes


def test_cases_share_their_random_numbers_and_tests(tmp_path: Path) -> None:
    """Images of one index differ between cases by the factor that is held fixed, and by nothing else."""
    designs = table_2("mini", tmp_path)
    free, tests = designs["all random"]
    assert all(test == tests for _, test in designs.values())
    assert tests.seed == free.seed == 3
    factor_of = {"scale": "object_scale", "texture": "material_texture", "light": "illumination"}
    factor_of |= {"viewpoint": "camera_viewpoint", "no": "background", "all": ""}
    for case, (images, _) in designs.items():
        for index in range(5):
            ours = Sampler(images, "train").spec(index)
            theirs = Sampler(free, "train").spec(index)
            assert (ours.models, ours.seed) == (theirs.models, theirs.seed)
            different = {name for name in ours.factors if ours.factors[name].values != theirs.factors[name].values}
            assert different <= {factor_of[case.split()[0]]}, case


def test_own_classes_take_the_place_of_the_studys(tmp_path: Path) -> None:
    own = tmp_path / "own.simreal.json"
    assert main(["design", "new", "--classes", "cup,chair", "--per-class", "30", "--out", str(own)]) == 0
    settings = Settings(str(tmp_path), scale="mini", only=("case=all*",), design=str(own))
    study = opened(find_study("table2"), settings, StudyFolder(tmp_path / "out"))
    for design in study.plan.designs.values():
        assert design.class_names == ("cup", "chair")
        assert design.factors["object_scale"].parameters["scale"].fixed == 1.5, "the look stays the study's"
    assert {design.split("train").count for design in study.plan.designs.values()} > {2 * 100}


def test_a_wrong_option_is_found_before_anything_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = study_document()
    document["steps"]["training"]["options"]["augmentatoin"] = "none"
    for axis in document["axes"].values():
        for option in axis["options"].values():
            option.pop("steps", None)
    out = tmp_path / "out"
    assert main(["study", "run", str(write_study(tmp_path, document)), "--out", str(out)]) == 2
    said = capsys.readouterr().err
    assert "step training" in said and "--augmentatoin=none" in said and len(said.strip().splitlines()) == 1
    assert not out.exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--scale", "huge"], "small has no scale 'huge'; there are: none"),
        (["--seeds", "0"], "--seeds must be at least 1, is 0"),
        (["--only", "case"], "--only needs AXIS=OPTION[,OPTION], not 'case'; axes: case, augmentation"),
        (["--only", "case=x*"], "--only: case has no option 'x*'; there are: viewpoint, nothing"),
        (["--photos", "nowhere"], "there is no such folder"),
        (["--photos", "tests=."], "small has no photos 'tests' to name a folder for"),
        (["--library", "ShapeNet"], "--library needs NAME=DIR, not 'ShapeNet'"),
        (["--library", "ShapeNet=."], "no design of small has a library of that name"),
        (["--design", "nowhere.json"], "--design nowhere.json: there is no such file"),
        (["--jobs", "0"], "--jobs must be at least 1, is 0"),
        (["--threads", "2"], "--threads is for --engine ray"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(
    arguments: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(["study", "run", str(write_study(tmp_path)), "--out", str(out), *arguments]) == 2
    errors = [line for line in capsys.readouterr().err.splitlines() if line.startswith("simreal: ")]
    assert len(errors) == 1 and says in errors[0]
    assert not out.exists()


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("x")
    assert main(["study", "run", str(write_study(tmp_path)), "--out", str(tmp_path / "mine"), "--dry-run"]) == 2
    assert "holds other files" in capsys.readouterr().err
    for verb in ("status", "report"):
        assert main(["study", verb, str(tmp_path / "mine")]) == 2
        assert "is not the folder of a study" in capsys.readouterr().err


def test_presets_that_need_shapenet_say_what_to_name(tmp_path: Path) -> None:
    from simreal.studies.opened import conduct

    from .stand_in_study import StandInCrew

    study = opened(SHIPPED_STUDIES["table2"], Settings(str(tmp_path), scale="1"), StudyFolder(tmp_path / "out"))
    with pytest.raises(StudyError, match="--library ShapeNetCore-v2=DIR --library other-models=DIR"):
        conduct(study, StandInCrew(), lambda message: None)
    assert not (tmp_path / "out").exists()


def test_a_dry_run_says_what_there_is_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sent: list[Message] = []
    assert main(["study", "run", str(write_study(tmp_path)), "--out", str(tmp_path / "out"), "--dry-run"]) == 0
    text = capsys.readouterr().out
    assert "4 cell(s) x 2 seed(s); measured: IID, plain" in text
    assert "left out, as they need photos (--photos DIR): real" in text
    rows = {line.split()[0]: line.split() for line in text.splitlines() if line.strip()}
    assert rows["render-images"][1:4] == ["4", "0", "160"]
    assert rows["render-tests"][1:4] == ["2", "0", "80"]
    assert rows["training"][1:3] == rows["evaluate-training-tests"][1:3] == ["8", "0"]
    assert "first" not in rows, "what no measure needs is not done"
    assert not (tmp_path / "out").exists() and not sent


def test_a_study_in_memory_is_the_study_in_its_file(tmp_path: Path) -> None:
    file = read_study(write_study(tmp_path))
    assert json.loads(file.text) == study_document()
    assert file.at() == read_study(file.path).at()
