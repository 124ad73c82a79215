"""Numbers drawn from a list: how often each, what is refused, and what a design's other parts make of it."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simreal.datasets.card import range_text
from simreal.design.design import Design, ParameterSettings
from simreal.design.distributions import Discrete
from simreal.design.document import from_document, from_text, to_document, to_text
from simreal.design.errors import DesignError
from simreal.design.identity import design_hash
from simreal.design.overrides import changes
from simreal.design.sampling import Sampler
from simreal.design.starting import Sources, start_design

ascending = st.lists(st.floats(-100.0, 100.0), min_size=1, max_size=6, unique=True).map(sorted).map(tuple)
uniform = st.integers(0, 2**53 - 1).map(lambda bits: bits / 2**53)


def scaled(**scale: Any) -> Design:
    """The starter design with a scale drawn from a list."""
    document = to_document(start_design(Sources(), "starter", Path(), per_class=10).design)
    document["factors"]["object_scale"] = {"weight": 1, "scale": {"distribution": "discrete", "fixed": 1, **scale}}
    return from_document(json.loads(json.dumps(document)))


def scales(design: Design, split: str = "train", count: int = 4000) -> Counter[Any]:
    sampler = Sampler(design, split)
    return Counter(sampler.spec(index).factors["object_scale"].values["scale"] for index in range(count))


def test_each_value_is_drawn_as_often_as_its_weight_says() -> None:
    even, uneven = scales(scaled(values=[1, 1.5, 2])), scales(scaled(values=[1, 1.5, 2], weights=[2, 1, 1]))
    assert set(even) == set(uneven) == {1.0, 1.5, 2.0}
    assert all(abs(count / 4000 - 1 / 3) < 0.03 for count in even.values())
    assert abs(uneven[1.0] / 4000 - 0.5) < 0.03 and abs(uneven[2.0] / 4000 - 0.25) < 0.03


@given(ascending, uniform, uniform)
def test_a_larger_uniform_number_gives_no_smaller_value(values: tuple[float, ...], one: float, other: float) -> None:
    drawn = [Discrete(values).draw(u) for u in sorted((one, other))]
    assert drawn == sorted(drawn) and set(drawn) <= set(values)


def test_it_shares_its_random_numbers_with_the_range() -> None:
    """Common random numbers: an image of the lower third of the range has the lowest of three values."""
    listed, ranged = scaled(values=[1, 1.5, 2]), scaled(distribution="uniform", min=1, max=2)
    for index in range(100):
        of_list, of_range = (Sampler(one, "train").spec(index).factors["object_scale"] for one in (listed, ranged))
        place = int((float(of_range.values["scale"]) - 1.0) * 3.0)
        assert of_list.values["scale"] == (1.0, 1.5, 2.0)[place]


@pytest.mark.parametrize(
    ("scale", "fault"),
    [
        ({}, "scale.values: is needed for a discrete distribution"),
        ({"values": []}, "scale.values: needs at least one number"),
        ({"values": 3}, "scale.values: must be a list of numbers, not 3"),
        ({"values": [1, "2"]}, r'scale.values\[1\]: must be a number, not "2"'),
        ({"values": [2, 1]}, r"scale.values\[1\]: must be above the one before \(2\)"),
        ({"values": [1, 1]}, r"scale.values\[1\]: must be above the one before \(1\)"),
        ({"values": [-1, 1]}, "scale.values: must be between"),
        ({"values": [1, 2], "weights": [1]}, "scale.weights: must be 2, one a value, or none; are 1"),
        ({"values": [1, 2], "weights": [1, 0]}, r"scale.weights\[1\]: must be a weight above 0, not 0"),
        ({"values": [1, 2], "min": 1}, "scale.min: a discrete distribution has values, weights and fixed"),
    ],
)
def test_what_cannot_be_drawn_is_refused(scale: dict[str, Any], fault: str) -> None:
    with pytest.raises(DesignError, match=f"factors.object_scale.{fault}"):
        scaled(**scale)


def test_a_file_gives_back_the_same_design() -> None:
    design = scaled(values=[0.1, 1 / 3], weights=[1, 3])
    assert from_text(to_text(design), Path()) == design
    assert design_hash(design) != design_hash(scaled(values=[0.1, 1 / 3]))


def test_a_split_can_have_other_values() -> None:
    design = scaled(values=[1, 1.5, 2])
    (first, *others) = design.splits
    own = {"factors": {"object_scale": {"scale": {"values": [3.0, 4.0]}}}}
    changed = attrs.evolve(design, splits=(attrs.evolve(first, overrides=own), *others))
    assert set(scales(changed, first.name, 50)) == {3.0, 4.0}
    assert [change.text for change in changes(own)] == ["Object scale, scale: values 3, 4"]


def test_it_is_put_into_words() -> None:
    even, uneven = Discrete((1.0, 1.5, 2.0)), Discrete((1.0, 2.0), (3.0, 1.0))
    assert range_text(ParameterSettings(even, 1.0), "") == "one of 1, 1.5, 2"
    assert range_text(ParameterSettings(uneven, 1.0), "m") == "one of 1 75%, 2 25% m"
