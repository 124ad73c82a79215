"""What a tuner may change of a design: derived from the declarations, and never beyond what the design draws."""

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simreal.design.checking import check
from simreal.design.design import Design, DesignClass, Split
from simreal.design.distributions import Choice, Discrete
from simreal.design.document import overridden
from simreal.design.factors import FACTORS
from simreal.design.sampling import Sampler
from simreal.studies.weighting.search_space import (
    MOST_SINGLE_OPTIONS,
    OptionDimension,
    RangeDimension,
    WeightDimension,
    all_weights,
    design_at,
    explored,
    is_possible,
    level_text,
    overrides_between,
    search_space,
    subject_text,
)

DESIGN = Design("cups", (DesignClass("cup", ("starter:cup/00",)),), splits=(Split("train", 100),))
SPACE = search_space(DESIGN)


def test_every_factor_that_varies_has_a_weight_and_its_parameters() -> None:
    weights = {one.factor for one in SPACE.values() if isinstance(one, WeightDimension)}
    assert weights == set(FACTORS)
    assert isinstance(SPACE["camera_viewpoint.elevation_deg"], RangeDimension)
    assert isinstance(SPACE["material_texture.material=wood"], OptionDimension)
    assert "background.photo_zoom" not in SPACE  # a design without photos: it would change nothing


def test_a_factor_never_drawn_has_nothing_but_its_weight() -> None:
    assert [name for name in SPACE if name.startswith("distractors")] == ["distractors"]
    silent = attrs.evolve(DESIGN, factors={**DESIGN.factors, "lens": attrs.evolve(DESIGN.factors["lens"], weight=0.0)})
    assert [name for name in search_space(silent) if name.startswith("lens")] == ["lens"]


points = st.lists(st.sampled_from(sorted(SPACE)), max_size=8, unique=True).flatmap(
    lambda names: st.fixed_dictionaries({name: st.sampled_from(SPACE[name].levels()) for name in names})
)


@given(points)
@settings(max_examples=60, deadline=None)
def test_no_point_draws_what_the_design_cannot(point) -> None:
    if not is_possible(DESIGN, SPACE, point):
        return
    changed = design_at(DESIGN, SPACE, point)
    check(changed)
    for name, settings_ in changed.factors.items():
        for key, parameter in settings_.parameters.items():
            before = DESIGN.factors[name].parameters[key].distribution
            if isinstance(parameter.distribution, Choice):
                drawn = {option for option, weight in parameter.distribution.options.items() if weight > 0}
                assert drawn <= {option for option, weight in before.options.items() if weight > 0}
            else:
                (low, high), (least, most) = parameter.distribution.support(), before.support()
                assert least <= low <= high <= most
            assert parameter.fixed == DESIGN.factors[name].parameters[key].fixed


@given(points)
@settings(max_examples=30, deadline=None)
def test_overrides_make_a_split_draw_as_the_changed_design(point) -> None:
    if not is_possible(DESIGN, SPACE, point):
        return
    changed = design_at(DESIGN, SPACE, point)
    split = Split("train", 100, overrides=overrides_between(DESIGN, changed))
    assert overridden(DESIGN, split).factors == changed.factors


def test_a_point_is_what_it_says() -> None:
    point = {"background": 0.25, "camera_viewpoint.elevation_deg": (0, 4), "material_texture.material=wood": 0.0}
    changed = design_at(DESIGN, SPACE, point)
    assert changed.factors["background"].weight == 0.25
    elevations = [
        Sampler(changed, "train").spec(index).factors["camera_viewpoint"].values["elevation_deg"] for index in range(50)
    ]
    assert max(elevations) < 25  # the lower half of the area between -5 and 60 degrees
    texts = {name: (subject_text(SPACE[name]), level_text(DESIGN, SPACE[name], level)) for name, level in point.items()}
    assert texts["background"] == ("Background, weight", "0.25")
    assert texts["camera_viewpoint.elevation_deg"] == ("Camera viewpoint, elevation", "-5° .. 22.9°")
    assert texts["material_texture.material=wood"] == ("Material and texture, material wood", "left out")


def test_leaving_all_options_out_is_impossible() -> None:
    every = {name: 0.0 for name in SPACE if name.startswith("material_texture.material=")}
    assert not is_possible(DESIGN, SPACE, every)


def test_exploring_keeps_all_weights_from_the_ends() -> None:
    margins = {settings_.weight for settings_ in explored(DESIGN, 0.25).factors.values()}
    assert min(margins) >= 0.25 and max(margins) <= 0.75
    assert {settings_.weight for settings_ in all_weights(DESIGN, 0.0).factors.values()} == {0.0}


def test_very_many_options_are_grouped() -> None:
    many = Choice({f"maps:{folder}/{number:03d}.exr": 1.0 for folder in ("in", "out") for number in range(200)})
    background = DESIGN.factors["background"]
    parameters = {
        **background.parameters,
        "environment": attrs.evolve(background.parameters["environment"], distribution=many),
    }
    design = attrs.evolve(
        DESIGN, factors={**DESIGN.factors, "background": attrs.evolve(background, parameters=parameters)}
    )
    groups = [one for one in search_space(design).values() if isinstance(one, OptionDimension) and len(one.options) > 1]
    assert len(groups) == 2
    assert all(len({option.partition("/")[0] for option in one.options}) == 1 for one in groups)
    assert len(many.options) > MOST_SINGLE_OPTIONS


@pytest.mark.parametrize("level", [(0, 2), (3, 6), (1, 8)])
def test_a_discrete_range_keeps_some_of_its_values(level) -> None:
    lens = DESIGN.factors["lens"]
    given_ = attrs.evolve(lens.parameters["focal_length_mm"], distribution=Discrete((35.0, 50.0, 85.0, 100.0)))
    design = attrs.evolve(
        DESIGN,
        factors={
            **DESIGN.factors,
            "lens": attrs.evolve(lens, parameters={**lens.parameters, "focal_length_mm": given_}),
        },
    )
    changed = design_at(design, search_space(design), {"lens.focal_length_mm": level})
    kept = changed.factors["lens"].parameters["focal_length_mm"].distribution
    assert isinstance(kept, Discrete)
    assert set(kept.values) <= {35.0, 50.0, 85.0, 100.0}
    assert len(kept.values) < 4 or level == (1, 8)
