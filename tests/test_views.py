"""Several views of a scene: all but the camera's factors are drawn once a scene; one view a scene is as it ever was."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simreal.commands import main
from simreal.datasets.metadata import image_row
from simreal.design.design import Design
from simreal.design.distributions import Value
from simreal.design.document import from_document, load, overridden, to_document
from simreal.design.errors import DesignError
from simreal.design.factors import FACTORS
from simreal.design.identity import design_hash
from simreal.design.sampling import ImageSpec, Sampler

from .test_laws import design

OF_VIEW = {"camera_viewpoint", "lens", "sensor"}
HASH = "7dcc713c333a007bc5efb7b011bcd96d0e9a160dcd3596a164cfac312d35e0dd"
RECORDED = "cfd4260f4148d5bd90aa2365c38ba1657933ec0a1931dc8639e7fa841220a16c"


def views(count: int) -> Design:
    return design(views_per_scene=count)


def _rounded(values: Mapping[str, Value]) -> list[tuple[str, Value]]:
    return [(name, value if isinstance(value, str) else round(value, 9)) for name, value in values.items()]


def as_before(spec: ImageSpec) -> tuple[object, ...]:
    """What a spec was before scenes and distractors were thought of, to nine digits."""
    factors = {
        name: (draw.drawn, sorted(_rounded(draw.values)))
        for name, draw in spec.factors.items()
        if name != "distractors"
    }
    return spec.split, spec.index, spec.label, spec.models, spec.seed, spec.sensor_key, factors


def test_one_view_a_scene_draws_what_was_drawn_before_there_were_views() -> None:
    sampler = Sampler(design(), "train")
    text = repr([as_before(sampler.spec(index)) for index in range(300)])
    assert hashlib.sha256(text.encode()).hexdigest() == RECORDED


def test_designs_that_say_nothing_new_keep_their_hash() -> None:
    assert "views_per_scene" in to_document(design())
    assert design_hash(design()) == HASH
    assert design_hash(views(2)) != HASH
    eevee = attrs.evolve(design(), image=attrs.evolve(design().image, engine="eevee"))
    assert design_hash(eevee) != HASH


def test_factors_say_themselves_whether_they_are_the_camera_s() -> None:
    assert {factor.name for factor in FACTORS.values() if factor.of_view} == OF_VIEW


@given(st.integers(0, 10**9), st.integers(2, 12), st.data())
def test_views_of_a_scene_differ_by_the_camera_alone(scene: int, count: int, data: st.DataObject) -> None:
    sampler = Sampler(views(count), "train")
    places = data.draw(st.lists(st.integers(0, count - 1), min_size=2, max_size=2, unique=True))
    one, other = (sampler.spec(scene * count + place) for place in places)
    assert one.scene == other.scene == scene
    assert (one.models, one.label, one.others, one.scene_seed) == (
        other.models,
        other.label,
        other.others,
        other.scene_seed,
    )
    assert one.distractor_key(3) == other.distractor_key(3)
    for name in FACTORS:
        assert (one.factors[name] == other.factors[name]) == (name not in OF_VIEW)
    assert one.seed != other.seed and one.sensor_key != other.sensor_key


@given(st.integers(0, 10**9), st.integers(2, 12))
def test_a_scene_is_the_image_of_its_number(scene: int, count: int) -> None:
    """So a data set of many views shows the same objects as one of single views."""
    seen, single = Sampler(views(count), "train").spec(scene * count), Sampler(views(1), "train").spec(scene)
    assert seen.models == single.models
    assert {k: v for k, v in seen.factors.items() if k not in OF_VIEW} == {
        k: v for k, v in single.factors.items() if k not in OF_VIEW
    }


def test_classes_are_balanced_in_every_block_of_scenes() -> None:
    sampler = Sampler(views(4), "train")
    labels = [sampler.spec(index).label for index in range(40)]
    assert sorted(labels) == sorted(list(range(10)) * 4)
    assert [sampler.class_name(index) for index in range(8)] == [sampler.spec(index).class_name for index in range(8)]


def test_a_split_may_have_views_of_its_own() -> None:
    document = to_document(views(1))
    document["splits"]["train"]["overrides"] = {"views_per_scene": 5}
    changed = from_document(document)
    assert overridden(changed, changed.split("train")).views_per_scene == 5
    assert [Sampler(changed, "train").spec(index).scene for index in (4, 5)] == [0, 1]
    assert Sampler(changed, "test_iid").spec(4).scene == 4


def test_the_scene_is_in_the_metadata() -> None:
    spec = Sampler(views(3), "train").spec(7)
    assert image_row(spec, spec.models[0], None, 0.0)["scene"] == 2


@pytest.mark.parametrize("count", [0, -1, 10_001])
def test_impossible_numbers_of_views_are_refused(count: int) -> None:
    with pytest.raises(DesignError, match="views_per_scene: must be between 1 and 10000"):
        from_document({**to_document(views(1)), "views_per_scene": count})


def test_the_command_line_sets_and_shows_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "views.simreal.json"
    assert main(["design", "new", "--classes", "cup", "--views-per-scene", "6", "--out", str(file)]) == 0
    assert load(file).views_per_scene == 6
    assert main(["design", "show", str(file)]) == 0
    assert "6 views of each scene" in capsys.readouterr().out
