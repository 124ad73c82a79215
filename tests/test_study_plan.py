"""From a grid to a graph: what is the same is done once, and known again by what it is."""

import copy
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from simreal.design.document import load
from simreal.design.errors import StudyError
from simreal.studies.estimates import Estimates, costs_of
from simreal.studies.opened import opened
from simreal.studies.plan import Plan, Step
from simreal.studies.study_file import read_study
from simreal.studies.study_folder import Settings, StudyFolder

from .studies import study_document, write_study


def planned(folder: Path, document: dict[str, Any] | None = None, **settings: Any) -> Plan:
    file = read_study(write_study(folder, document))
    return opened(file, Settings(str(folder), **settings), StudyFolder(folder / "out")).plan


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    for name in ("cup/1.jpg", "chair/2.jpg"):
        (tmp_path / "photos" / name).parent.mkdir(parents=True)
        (tmp_path / "photos" / name).write_bytes(b"x")
    return tmp_path / "photos"


def names(steps: Sequence[Step]) -> Counter[str]:
    return Counter(step.name for step in steps)


def test_what_several_cells_need_is_one_step(tmp_path: Path) -> None:
    plan = planned(tmp_path)
    assert len(plan.cells) == 4 and plan.seeds == (0, 1)
    expected = {"render-images": 4, "render-tests": 2, "training": 8, "evaluate-training-tests": 8}
    assert names(tuple(plan.steps.values())) == expected, "both augmentations learn from one render"
    assert len(plan.values) == 4 * 2 * 2
    assert len({value.key for value in plan.values}) == 8, "both splits are measured by one command"


def test_a_checkpoint_serves_all_that_start_from_it(tmp_path: Path) -> None:
    document = study_document()
    document["steps"]["training"]["options"] |= {"weights": "{first}/model.pt", "from-scratch": None}
    plan = planned(tmp_path, document)
    first = [step for step in plan.steps.values() if step.name == "first"]
    assert len(first) == 2, "one a seed"
    trainings = [step for step in plan.steps.values() if step.name == "training"]
    assert {key for step in trainings for key in step.needs} >= {step.key for step in first}
    command = StudyFolder(tmp_path / "out").command(plan, trainings[0])
    assert f"--weights={(tmp_path / 'out' / 'steps' / first[0].folder / 'out' / 'model.pt').resolve()}" in command
    assert not any(word.startswith("--from-scratch") for word in command)


def test_steps_come_after_what_they_need(tmp_path: Path) -> None:
    seen: set[str] = set()
    for step in planned(tmp_path).steps.values():
        assert set(step.needs) <= seen
        seen.add(step.key)


def test_a_step_is_known_by_what_it_is_and_by_nothing_else(tmp_path: Path) -> None:
    before = {step.folder for step in planned(tmp_path).steps.values()}
    renamed = study_document(title="Other", description="Other", paper=None, figures=[], table={"rows": []})
    del renamed["paper"]
    assert {step.folder for step in planned(tmp_path, renamed).steps.values()} == before
    more = {step.folder for step in planned(tmp_path, seeds=3).steps.values()}
    fewer = {step.folder for step in planned(tmp_path, only=("case=nothing",)).steps.values()}
    assert fewer < before < more, "a study that grows keeps what it has"

    other = study_document()
    other["steps"]["training"]["options"]["lr"] = 0.5
    changed = {step.folder for step in planned(tmp_path, other).steps.values()}
    assert {name for name in before & changed if not name.startswith("render-")} == set()
    assert {name for name in before if name.startswith("render-")} <= changed

    other = study_document()
    other["data"]["tests"]["per_class"]["test_iid"] = 3
    again = {step.folder for step in planned(tmp_path, other).steps.values()}
    assert {name.rpartition("-")[0] for name in before & again} == {"render-images"}


def test_a_folder_is_where_it_was_in_another_process(tmp_path: Path) -> None:
    """Recorded: folders of studies that were begun must be found again."""
    render = next(step for step in planned(tmp_path).steps.values() if step.name == "render-tests")
    assert render.arguments[0].startswith("{design:")
    assert (len(render.key), render.options) == (12, {"split": ["test_iid", "test_iid_wo_bg"]})
    first = [step.folder for step in planned(tmp_path / "a", _made(tmp_path / "a")).steps.values()]
    second = [step.folder for step in planned(tmp_path / "b", _made(tmp_path / "b")).steps.values()]
    assert first == second


def _made(folder: Path) -> dict[str, Any]:
    folder.mkdir()
    return study_document()


def test_photos_are_known_by_names_and_sizes(tmp_path: Path, photos: Path) -> None:
    def folders() -> set[str]:
        steps = planned(tmp_path, photos={"": str(photos)}).steps.values()
        return {step.folder for step in steps if step.name == "evaluate-training-real"}

    before = folders()
    assert len(before) == 8
    (photos / ".cache").mkdir()
    (photos / ".cache" / "features").write_bytes(b"anything")
    assert folders() == before
    (photos / "cup" / "1.jpg").write_bytes(b"xy")
    assert not folders() & before


def test_without_photos_what_needs_them_is_left_out(tmp_path: Path, photos: Path) -> None:
    plan = planned(tmp_path)
    assert plan.without_photos == ("real",) and plan.measures == ("IID", "plain")
    training = next(step for step in plan.steps.values() if step.name == "training")
    assert len(training.options["measure"]) == 1, "learning curves go without them too"
    plan = planned(tmp_path, photos={"real": str(photos)})
    assert plan.without_photos == () and plan.measures == ("IID", "plain", "real")
    training = next(step for step in plan.steps.values() if step.name == "training")
    assert len(training.options["measure"]) == 2
    command = StudyFolder(tmp_path / "out").command(plan, training)
    assert f"--measure={photos.resolve()}" in command


def test_cells_that_need_photos_that_are_not_there_are_left_out(tmp_path: Path, photos: Path) -> None:
    document = study_document()
    patch = {"steps": {"training": {"arguments": ["{real}"]}}}
    document["axes"]["case"]["options"]["viewpoint"] = patch
    plan = planned(tmp_path, document)
    assert [cell.choice["case"] for cell in plan.cells] == ["nothing", "nothing"]
    assert plan.without_photos == ("viewpoint / none", "viewpoint / strong", "real")
    assert len(planned(tmp_path, document, photos={"": str(photos)}).cells) == 4
    document["axes"]["case"]["options"]["nothing"] = patch
    with pytest.raises(StudyError, match="measures on photos only: choose their folder"):
        planned(tmp_path, document)


def test_all_cells_of_a_seed_share_the_seed(tmp_path: Path) -> None:
    plan = planned(tmp_path)
    assert {design.seed for design in plan.designs.values()} == {0, 1}
    trainings = [step for step in plan.steps.values() if step.name == "training"]
    assert Counter(step.options["seed"] for step in trainings) == {0: 4, 1: 4}
    fixed = study_document()
    fixed["data"]["tests"]["seed"] = 7
    fixed["steps"]["training"]["options"]["seed"] = 5
    plan = planned(tmp_path, fixed)
    assert names(tuple(plan.steps.values()))["render-tests"] == 1, "one test for all seeds"
    assert {step.options["seed"] for step in plan.steps.values() if step.name == "training"} == {5}


def test_designs_are_written_as_they_are_rendered(tmp_path: Path) -> None:
    plan = planned(tmp_path)
    folder = StudyFolder(tmp_path / "out")
    folder.write_designs(plan)
    for key, design in plan.designs.items():
        assert load(folder.design(key)) == design
    images = next(step for step in plan.steps.values() if step.name == "render-images")
    command = folder.command(plan, images)
    assert command[0] == "render" and Path(command[1]).is_file()
    assert command[2:4] == ["--out", str((tmp_path / "out" / "steps" / images.folder / "data" / "images").resolve())]
    assert command[4:] == ["--split=train"]


def test_a_command_takes_every_kind_of_option(tmp_path: Path) -> None:
    document = study_document()
    options = {"lr": 1e-4, "no-amp": True, "from-scratch": False, "backbone": None, "alias": ["a=b", "c=d"]}
    options |= {"x": -1, "y": 0}
    document["steps"]["training"]["options"] = options
    plan = planned(tmp_path, document, only=("augmentation=none",))
    training = next(step for step in plan.steps.values() if step.name == "training")
    words = StudyFolder(tmp_path / "out").command(plan, training)
    assert words[4:] == [
        *("--continue", "--lr=0.0001", "--no-amp", "--alias=a=b", "--alias=c=d", "--x=-1", "--y=0"),
        *("--augmentation=none", "--seed=0"),
    ]


def test_a_stream_learns_from_a_designs_file(tmp_path: Path) -> None:
    document = study_document()
    document["steps"]["training"] = {"verb": "train", "arguments": ["{images.design}"], "options": {"stream": True}}
    plan = planned(tmp_path, document)
    assert "render-images" not in names(tuple(plan.steps.values()))
    training = next(step for step in plan.steps.values() if step.name == "training")
    words = StudyFolder(tmp_path / "out").command(plan, training)
    assert words[1].endswith(".simreal.json") and "--stream" in words
    assert len(plan.designs) == 2 * (2 + 1)


def test_time_is_guessed_until_it_is_measured(tmp_path: Path) -> None:
    plan = planned(tmp_path)
    folder = StudyFolder(tmp_path / "out")
    renders = [step for step in plan.steps.values() if step.name == "render-images"]
    guessed = {one.name: one for one in costs_of(plan, folder)}
    assert not any(one.measured for one in guessed.values())
    assert guessed["render-images"].images == 160
    assert guessed["training"].bytes > 8 * 1e6
    folder.finish(renders[0], {"seconds": 1006.0, "attempts": 1})
    told = {one.name: one for one in costs_of(plan, folder)}
    assert told["render-images"].measured and not told["training"].measured
    assert told["render-images"].finished == 1 and told["render-images"].images == 120
    assert told["render-images"].seconds == pytest.approx(3 * 1006, rel=0.01)
    assert Estimates(plan, folder).seconds(renders[1]) == pytest.approx(1006, rel=0.01)
    assert told["render-tests"].measured, "another render is of the same kind"
    folder.finish(renders[1], {"seconds": 9999.0, "attempts": 2})  # interrupted: it says nothing of the pace
    assert Estimates(plan, folder).seconds(renders[2]) == pytest.approx(1006, rel=0.01)


def test_scales_change_all_of_a_study(tmp_path: Path) -> None:
    document = study_document()
    changes: dict[str, Any] = {
        "seeds": 3,
        "data": {"images": {"per_class": {"train": 6}}},
        "axes": {"augmentation": {"options": {"strong": None}}},
        "paper": None,
    }
    document["scales"] = {"mini": {"about": "small", "changes": changes}, "1": {"about": "large"}}
    plan = planned(tmp_path, copy.deepcopy(document))
    assert plan.study.scale == "mini" and plan.study.paper is None
    assert len(plan.cells) == 2 and len(plan.seeds) == 3
    assert {design.split("train").count for design in plan.designs.values()} >= {60}
    large = planned(tmp_path, document, scale="1")
    assert len(large.cells) == 4 and len(large.seeds) == 2 and large.study.paper is not None
