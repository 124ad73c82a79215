"""Overrides of splits as people edit them, and which distributions suit a parameter."""

import pytest

from simreal.design.declaration import Parameter
from simreal.design.distributions import (
    NUMERIC_KINDS,
    Choice,
    Constant,
    Distribution,
    LogUniform,
    Normal,
    SphereShell,
    Uniform,
)
from simreal.design.errors import DesignError
from simreal.design.factors import FACTORS
from simreal.design.overrides import (
    changes,
    overrides_problem,
    overrides_text,
    parsed_overrides,
    with_fixed,
    with_weight,
    without,
    without_weights,
)

NO_BACKGROUND = {"factors": {"background": {"weight": 0.0, "kind": {"fixed": "none"}}}}


def texts(overrides: dict) -> list[str]:
    return [change.text for change in changes(overrides)]


def test_overrides_are_put_into_words() -> None:
    assert texts(NO_BACKGROUND) == ["Background: weight 0", "Background, kind: fixed none"]
    assert texts({"image": {"samples": 64}, "seed": 3, "classes": [1, 2]}) == [
        "Image, samples: 64",
        "Seed: 3",
        "Classes: 2 of its own",
    ]
    drawn = {"distribution": "uniform", "min": -5.0, "max": 45.0, "fixed": 20.0}
    assert texts({"factors": {"camera_viewpoint": {"elevation_deg": drawn}}}) == [
        "Camera viewpoint, elevation: uniform min -5, max 45",
        "Camera viewpoint, elevation: fixed 20",
    ]
    assert texts({"factors": {"nothing": {"at_all": 3}, "lens": 7}}) == ["nothing, at_all: 3", "Lens: 7"]
    assert texts({}) == []


def test_what_is_in_words_can_be_taken_off() -> None:
    left = NO_BACKGROUND
    for change in changes(NO_BACKGROUND):
        left = without(left, change.path)
    assert left == {}
    assert without({"seed": 1, "image": {"samples": 2}}, ("image", "samples")) == {"seed": 1}


def test_common_overrides_are_built() -> None:
    built = with_fixed(with_weight({}, "background", 0.0), "background", "kind", "none")
    assert built == NO_BACKGROUND
    assert parsed_overrides(overrides_text(built)) == built
    assert not overrides_problem(overrides_text(built))
    assert without_weights({**built, "seed": 3}, {"lens"}) == {**built, "seed": 3}
    drawn = with_weight(built, "background", 0.7)
    assert without_weights(drawn, {"background"}) == built


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "is not JSON"),
        ("[]", "must be a JSON object"),
        ('{"nmae": 1}', "may change factors, image, classes, seed and views_per_scene only"),
        ('{"factors": {"backgroud": {}}}', "factors.backgroud: there is no such factor; did you mean 'background'?"),
        ('{"factors": {"lens": {"weight": 2}}}', "factors.lens.weight: must be between 0 and 1"),
        ('{"factors": {"background": {"environment": {"options": {"hdri:x.exr": 1}}}}}', "names the library 'hdri'"),
        ('{"image": {"samples": 0}}', "image.samples: must be between"),
    ],
)
def test_faulty_overrides_are_told(text: str, problem: str) -> None:
    assert problem in overrides_problem(text)


def test_assets_of_the_designs_libraries_can_be_named() -> None:
    text = '{"factors": {"background": {"environment": {"options": {"hdri:x.exr": 1}}}}}'
    assert not overrides_problem(text, (("hdri", "environments"),))
    assert "holds photos, not environments" in overrides_problem(text, (("hdri", "photos"),))


def test_labels_for_people_come_of_names_unless_they_are_declared() -> None:
    named = [FACTORS[factor].parameter(name) for factor, name in (("lens", "focal_length_mm"), ("sensor", "noise"))]
    assert [parameter.label for parameter in named] == ["Focal length", "Noise"]
    assert [parameter.words for parameter in named] == ["focal length", "noise"]
    quality, stop = FACTORS["sensor"].parameter("jpeg_quality"), FACTORS["lens"].parameter("f_stop")
    assert (quality.label, quality.words, stop.label, stop.words) == (
        "JPEG quality",
        "JPEG quality",
        "f-stop",
        "f-stop",
    )


@pytest.mark.parametrize(
    ("parameter", "unsuitable"),
    [
        (Parameter("elevation_deg", Uniform(0, 1), 0.0, unit="deg", hard_range=(-90, 90)), {"log_uniform"}),
        (
            Parameter("azimuth_deg", Uniform(0, 1), 0.0, unit="deg", hard_range=(-360, 720)),
            {"log_uniform", "sphere_shell"},
        ),
        (Parameter("distance_m", Uniform(1, 2), 1.0, unit="m", hard_range=(0.1, 1000)), {"sphere_shell"}),
        (Parameter("noise", Uniform(0, 1), 0.0, hard_range=(0, 1)), {"sphere_shell"}),
        (Parameter("shift", Normal(0, 1, -1, 1), 0.0, hard_range=(-1, 1)), {"log_uniform", "sphere_shell"}),
        (Parameter("odd", SphereShell(0, 1), 0.0), {"log_uniform"}),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_only_distributions_that_suit_are_offered(parameter: Parameter, unsuitable: set[str]) -> None:
    assert set(parameter.kinds) == set(NUMERIC_KINDS) - unsuitable
    tries: tuple[Distribution, ...] = (
        Constant(0.5), Uniform(0.5, 0.6), LogUniform(0.5, 0.6), Normal(0.5, 0.1, 0.5, 0.6), SphereShell(0.5, 0.6)
    )  # fmt: skip
    for distribution in tries:
        if distribution.kind in unsuitable:
            with pytest.raises(DesignError, match=f"{distribution.kind} does not suit it"):
                parameter.check_distribution(distribution)
        else:
            parameter.check_distribution(distribution)


def test_declared_distributions_suit() -> None:
    for factor in FACTORS.values():
        for parameter in factor.parameters:
            assert parameter.default.kind in parameter.kinds
            parameter.check_distribution(parameter.default)
    assert FACTORS["background"].parameter("kind").kinds == (Choice.kind,)
