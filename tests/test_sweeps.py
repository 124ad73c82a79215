"""Sweeps: from end to end, everything else held, and only what can be seen; designs compared with the same draws."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from simreal.datasets.preview_orders import PreviewGap, PreviewImage, order_from_json, order_to_json
from simreal.datasets.preview_strips import Seen, compare_order, strip_order
from simreal.design.comparing import paired, with_fixed
from simreal.design.design import Design, DesignClass, Split
from simreal.design.distributions import (
    Choice,
    Constant,
    Discrete,
    Distribution,
    LogUniform,
    Normal,
    SphereShell,
    Uniform,
)
from simreal.design.document import load, save
from simreal.design.errors import DesignError
from simreal.design.factors import FACTORS
from simreal.design.sampling import Sampler
from simreal.design.starting import Sources, start_design
from simreal.design.sweeps import MOST_OPTIONS, factor_sweep, overview_sweep, quantile, swept_values

from .colour_classifier import run

ends = st.tuples(st.floats(0.01, 50.0), st.floats(0.01, 50.0)).map(sorted)
numbers = st.one_of(
    ends.map(lambda pair: Uniform(*pair)),
    ends.map(lambda pair: LogUniform(*pair)),
    ends.map(lambda pair: SphereShell(*pair)),
    ends.filter(lambda pair: pair[1] - pair[0] > 0.1).map(lambda pair: Normal(sum(pair) / 2, 1.0 + pair[1], *pair)),
    st.floats(-5.0, 5.0).map(Constant),
)


@pytest.fixture
def design() -> Design:
    return start_design(Sources(), "starter", Path()).design


def with_parameter(design: Design, factor: str, name: str, **changes: Any) -> Design:
    old = design.factors[factor]
    changed = attrs.evolve(old, parameters={**old.parameters, name: attrs.evolve(old.parameters[name], **changes)})
    return attrs.evolve(design, factors={**design.factors, factor: changed})


@given(numbers, st.integers(2, 12))
def test_a_sweep_runs_from_one_end_to_the_other(distribution: Distribution, steps: int) -> None:
    values = swept_values(distribution, steps)
    assert not isinstance(distribution, Choice)
    assert (values[0], values[-1]) == distribution.support()
    assert list(values) == sorted(set(values))
    assert len(values) <= steps


@given(numbers)
def test_a_quantile_is_what_a_draw_gives(distribution: Distribution) -> None:
    assert quantile(distribution, 0.25) == distribution.draw(0.25)


@given(st.dictionaries(st.text("abc", min_size=1), st.floats(0.0, 3.0), min_size=1))
def test_a_choice_shows_every_option_that_can_be_drawn(options: dict[str, float]) -> None:
    assert swept_values(Choice(options), 3) == tuple(name for name, weight in options.items() if weight > 0)


def test_a_discrete_distribution_shows_each_of_its_values(design: Design) -> None:
    scale = Discrete((1.0, 1.5, 2.0), (3.0, 1.0, 1.0))
    assert swept_values(scale, 7) == (1.0, 1.5, 2.0)
    (row,) = factor_sweep(with_parameter(design, "object_scale", "scale", distribution=scale), "object_scale")
    assert [cell.values["scale"] for cell in row.cells] == [1.0, 1.5, 2.0]


@pytest.mark.parametrize("factor", FACTORS)
def test_a_row_varies_its_own_parameter_alone(design: Design, factor: str) -> None:
    for row in factor_sweep(design, factor):
        names = {name for name in row.cells[0].values if len({cell.values[name] for cell in row.cells}) > 1}
        (varied,) = names
        assert row.label == FACTORS[factor].parameter(varied).label
        assert len(row.cells) == len({cell.values[varied] for cell in row.cells})
        for parameter in FACTORS[factor].parameters:
            fixed = design.factors[factor].parameters[parameter.name].fixed
            held = row.cells[0].values[parameter.name]
            assert parameter.name == varied or held == fixed or parameter.label.lower() in row.beside


@pytest.mark.parametrize("factor", FACTORS)
def test_a_row_is_never_of_a_parameter_without_effect(design: Design, factor: str) -> None:
    for row in factor_sweep(design, factor):
        parameter = next(p for p in FACTORS[factor].parameters if p.label == row.label)
        for name, idle in parameter.idle_with.items():
            assert all(cell.values[name] not in idle for cell in row.cells)


def test_every_idle_value_is_one_that_its_parameter_can_have() -> None:
    for factor in FACTORS.values():
        for parameter in factor.parameters:
            for name, idle in parameter.idle_with.items():
                for value in idle:
                    factor.parameter(name).check_fixed(value)


def test_what_cannot_matter_in_this_design_is_left_out(design: Design) -> None:
    assert not any(row.label.startswith("Photo") for row in factor_sweep(design, "background"))
    only_white = with_parameter(
        with_parameter(design, "background", "kind", distribution=Choice({"white": 1.0}), fixed="white"),
        "background",
        "strength",
        distribution=Constant(0.8),
    )
    assert [row.label for row in factor_sweep(only_white, "background")] == ["Environment", "Rotation"]
    with pytest.raises(DesignError, match="nothing to sweep"):
        factor_sweep(with_parameter(design, "object_scale", "scale", distribution=Constant(2.0)), "object_scale")


def test_of_very_many_options_some_are_shown_from_end_to_end(design: Design) -> None:
    photos = {f"photos:{number}.jpg": 1.0 for number in range(500)}
    many = with_parameter(design, "background", "photo", distribution=Choice(photos))
    many = with_parameter(many, "background", "kind", distribution=Choice({"photo": 1.0}))
    row = next(row for row in factor_sweep(many, "background") if row.label == "Photo")
    assert (len(row.cells), row.of) == (MOST_OPTIONS, 500)
    assert (row.cells[0].text, row.cells[-1].text) == ("0", "499")
    both = with_parameter(many, "background", "kind", distribution=Choice({"white": 1.0, "photo": 1.0}))
    kinds = factor_sweep(both, "background")[0]
    assert kinds.beside == "photo 0" and {cell.values["photo"] for cell in kinds.cells} == {"photos:0.jpg"}
    assert "Photo (28 of 500, with kind photo)" in strip_order(many, Seen("train"), "background").headings


def test_values_are_said_with_their_unit() -> None:
    said = {
        ("camera_viewpoint", "elevation_deg"): (-5.0, "-5°"),
        ("object_pose", "pitch_deg"): (-8.35e-16, "0°"),
        ("illumination", "temperature_k"): (3583.333, "3583 K"),
        ("lens", "f_stop"): (4.4497, "f/4.4"),
        ("background", "environment"): ("hdri:night/street.exr", "street"),
        ("background", "photo"): ("", "none"),
        ("material_texture", "material"): ("car_paint", "car paint"),
    }
    for (factor, parameter), (value, text) in said.items():
        assert FACTORS[factor].parameter(parameter).value_text(value) == text


def test_the_overview_has_a_row_a_factor_with_all_of_it_at_its_ends(design: Design) -> None:
    rows = overview_sweep(design)
    assert [row.factor for row in rows] == list(FACTORS)
    first, last = (rows[list(FACTORS).index("camera_viewpoint")].cells[end].values for end in (0, -1))
    assert (first["azimuth_deg"], first["elevation_deg"]) == (0.0, -5.0)
    assert (last["azimuth_deg"], last["elevation_deg"]) == (360.0, 60.0)


def test_a_strip_is_an_order_with_full_rows(design: Design) -> None:
    for factor in (*FACTORS, ""):
        order = strip_order(design, Seen("train", 3), factor)
        assert len(order.images) == order.columns * len(order.headings)
        assert order_from_json(order_to_json(order)) == order
        for image in order.images:
            if isinstance(image, PreviewImage):
                assert (image.index, image.split) == (3, "train") and image.caption
                assert not factor or set(image.values) == {factor}


def test_a_strip_sweeps_the_design_as_its_split_sees_it(design: Design) -> None:
    headings = strip_order(design, Seen("test_iid_wo_bg"), "background").headings
    assert "Strength (with kind environment)" in headings


def test_compared_designs_draw_the_same(design: Design) -> None:
    other = attrs.evolve(
        with_parameter(design, "lens", "f_stop", distribution=Constant(2.0)),
        seed=99,
        classes=tuple(reversed(design.classes)),
        splits=(Split("train", 5, seed=7),),
    )
    aligned = paired(design, other)
    assert not aligned.lacking
    ours, theirs = Sampler(design, "train"), Sampler(aligned.design, "train")
    for index in range(20):
        first, second = ours.spec(index), theirs.spec(index)
        assert second.models == first.models
        assert {**second.factors, "lens": None} == {**first.factors, "lens": None}


def test_a_class_that_the_second_lacks_is_said(design: Design) -> None:
    other = attrs.evolve(design, name="few", classes=design.classes[:2])
    aligned = paired(design, other)
    assert aligned.lacking == set(design.class_names[2:])
    order = compare_order(design, aligned, ("Now", "few"), Seen("train", count=8))
    assert order.columns == 6 and order.headings == ("Now", "few") * 2
    sampler = Sampler(design, "train")
    for column, place in enumerate(order.images[6:12]):
        name = sampler.spec(column).class_name
        if name in aligned.lacking:
            assert place == PreviewGap(f"few has no {name}")
        else:
            assert place == PreviewImage(1, "train", column, caption=f"{name}  {column}")
    stranger = attrs.evolve(design, name="strange", classes=(DesignClass("moon", ("starter:cup/00",)),))
    with pytest.raises(DesignError, match="nothing to compare"):
        paired(design, stranger)


def test_fixing_a_factor_changes_that_factor_alone(design: Design) -> None:
    drawn = attrs.evolve(design, splits=(Split("train", 5, overrides={"factors": {"lens": {"weight": 1.0}}}),))
    ours, theirs = Sampler(drawn, "train"), Sampler(with_fixed(drawn, ["lens"]), "train")
    for index in range(10):
        first, second = ours.spec(index), theirs.spec(index)
        assert first.factors["lens"].drawn and not second.factors["lens"].drawn
        assert {**second.factors, "lens": None} == {**first.factors, "lens": None}
    assert not any(draw.drawn for draw in Sampler(with_fixed(drawn), "train").spec(0).factors.values())


@pytest.mark.slow
def test_the_command_line_shows_strips_and_comparisons(tmp_path: Path) -> None:
    file, other, small = tmp_path / "one.simreal.json", tmp_path / "two.simreal.json", ("--resolution", 32)
    assert run("design", "new", "--out", file) == 0
    changed = attrs.evolve(load(file), classes=load(file).classes[:4])
    save(attrs.evolve(with_fixed(changed, ["background"]), name="two"), other)
    strip, pairs = tmp_path / "strip.png", tmp_path / "pairs.png"
    assert run("preview", file, "--strip", "lens", "--index", 2, "--samples", 1, *small, "--out", strip) == 0
    assert run("preview", file, "--compare", other, "--images", 4, "--samples", 1, *small, "--out", pairs) == 0
    sizes = [Image.open(path).size for path in (strip, pairs)]
    assert sizes[0][0] > sizes[1][0] and all(height > 100 for _, height in sizes)
    assert run("preview", file, "--strip", "lens", "--split", "nowhere", "--out", strip) == 2
