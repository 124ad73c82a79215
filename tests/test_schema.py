"""The JSON Schema of designs says what the loader says, as far as a schema can."""

import copy
import json
from pathlib import Path

import jsonschema
import pytest

from simreal.commands import main
from simreal.design.design import Design, ImageSettings, default_splits
from simreal.design.document import from_document, to_document
from simreal.design.errors import DesignError
from simreal.design.factors import FACTORS
from simreal.design.qualities import QUALITIES, quality_of, with_quality
from simreal.design.schema import design_schema
from simreal.design.starting import Sources, start_design

VALIDATOR = jsonschema.Draft202012Validator(design_schema())
BREAKAGES = {
    "misspelt factor": lambda d: d["factors"].update(camera_viewpiont={"weight": 1}),
    "misspelt parameter": lambda d: d["factors"]["lens"].update(focal_lenght_mm={"fixed": 50}),
    "weight above 1": lambda d: d["factors"]["lens"].update(weight=1.5),
    "weight below 0": lambda d: d["factors"]["lens"].update(weight=-0.1),
    "text for a number": lambda d: d["factors"]["lens"]["f_stop"].update(min="2"),
    "outside what is possible": lambda d: d["factors"]["object_pose"]["shift_x"].update(max=3.0),
    "unknown distribution": lambda d: d["factors"]["lens"]["f_stop"].update(distribution="uniforn"),
    "field of another distribution": lambda d: d["factors"]["lens"]["f_stop"].update(std=1.0),
    "choice for a number": lambda d: d["factors"]["lens"].update(
        f_stop={"distribution": "choice", "options": {"a": 1}}
    ),
    "list that holds no number": lambda d: d["factors"]["lens"].update(
        f_stop={"distribution": "discrete", "values": []}
    ),
    "list with a value outside what is possible": lambda d: d["factors"]["lens"].update(
        f_stop={"distribution": "discrete", "values": [-3, 4]}
    ),
    "value with a weight of 0": lambda d: d["factors"]["lens"].update(
        f_stop={"distribution": "discrete", "values": [2, 4], "weights": [0, 1]}
    ),
    "unknown option": lambda d: d["factors"]["background"]["kind"]["options"].update(moon=1.0),
    "negative option": lambda d: d["factors"]["background"]["kind"]["options"].update(white=-1.0),
    "no classes": lambda d: d.update(classes=[]),
    "class without models": lambda d: d["classes"][0].update(models=[]),
    "class that is no folder name": lambda d: d["classes"][0].update(name="a/b"),
    "asset without library": lambda d: d["classes"][0].update(models=["cup.obj"]),
    "unknown key": lambda d: d.update(colour="red"),
    "no version": lambda d: d.pop("simreal_design"),
    "newer version": lambda d: d.update(simreal_design=99),
    "empty name": lambda d: d.update(name="  "),
    "fraction of an image": lambda d: d["splits"]["train"].update(count=1.5),
    "resolution of nothing": lambda d: d["image"].update(resolution_px=0),
    "override of nothing known": lambda d: d["splits"]["train"]["overrides"].update(name="x"),
    "no splits": lambda d: d.update(splits={}),
}


def document() -> dict:
    return to_document(start_design(Sources(), "starter", Path(), per_class=10).design)


def test_it_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(design_schema())


def test_designs_as_written_are_valid(kit: Path, tmp_path: Path):
    VALIDATOR.validate(document())
    sources = Sources(models=kit / "models", environments=kit / "hdri", photos=kit / "photos")
    VALIDATOR.validate(to_document(start_design(sources, "kit", tmp_path).design))


def test_what_is_left_out_is_as_declared():
    short = {
        "simreal_design": 1,
        "name": "short",
        "classes": [{"name": "cup", "models": ["starter:cup/00"]}],
        "splits": {"train": {"count": 3}},
        "factors": {"lens": {"f_stop": {"min": 4}}, "camera_viewpoint": {}},
    }
    VALIDATOR.validate(short)
    assert isinstance(from_document(short), Design)


@pytest.mark.parametrize("name", BREAKAGES)
def test_broken_designs_are_refused_by_schema_and_loader_alike(name: str):
    broken = copy.deepcopy(document())
    BREAKAGES[name](broken)
    assert not VALIDATOR.is_valid(broken)
    with pytest.raises(DesignError):
        from_document(broken)


def test_every_factor_and_parameter_is_described():
    factors = design_schema()["$defs"]["factors"]["properties"]
    assert list(factors) == list(FACTORS)
    for name, factor in FACTORS.items():
        assert list(factors[name]["properties"]) == ["weight", *(one.name for one in factor.parameters)]
        assert all(one["description"] for one in factors[name]["properties"].values())


def test_the_command_prints_it_and_writes_it(tmp_path: Path, capsys: pytest.CaptureFixture):
    assert main(["design", "schema"]) == 0
    assert json.loads(capsys.readouterr().out) == design_schema()
    assert main(["design", "schema", "--out", str(tmp_path / "schema.json")]) == 0
    assert json.loads((tmp_path / "schema.json").read_text()) == design_schema()


def test_default_splits_are_in_proportion():
    assert [split.count for split in default_splits(100, 10)] == [1000, 200, 200]


def test_named_qualities_say_how_images_are_sampled_and_nothing_else() -> None:
    image = ImageSettings(resolution_px=200, bounces=7, samples=3)
    assert quality_of(image) is None
    for name in QUALITIES:
        made = with_quality(image, name)
        assert quality_of(made) == name
        assert (made.resolution_px, made.bounces, made.engine) == (200, 7, "cycles")
    assert quality_of(ImageSettings()) == "standard"
    samples = [with_quality(image, name).samples for name in QUALITIES]
    assert samples == sorted(samples)


@pytest.mark.parametrize("threshold", [-0.1, 1.5, float("nan")])
def test_an_impossible_noise_threshold_is_refused(threshold: float) -> None:
    with pytest.raises(DesignError, match=r"image\.noise_threshold"):
        ImageSettings(noise_threshold=threshold).check()
