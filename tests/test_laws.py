"""The laws that sampling stands on, as properties: see docs/design.md."""

import json
import subprocess
import sys

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from simreal.design.design import Design, DesignClass, FactorSettings, Split, default_factors, default_splits
from simreal.design.distributions import Choice
from simreal.design.factors import FACTORS
from simreal.design.sampling import FactorDraw, Sampler
from simreal.design.starter_catalogue import STARTER_CLASSES, starter_model_names

INDICES = st.integers(0, 10**12)


def design(**changes: object) -> Design:
    classes = tuple(
        DesignClass(name, tuple(f"starter:{model}" for model in starter_model_names(name))) for name in STARTER_CLASSES
    )
    return attrs.evolve(Design("laws", classes, splits=default_splits(100, len(classes))), **changes)


def with_weight(base: Design, factor: str, weight: float) -> Design:
    factors = {**base.factors, factor: attrs.evolve(base.factors[factor], weight=weight)}
    return attrs.evolve(base, factors=factors)


@given(INDICES, st.sampled_from(sorted(FACTORS)), st.floats(0, 1))
def test_changing_one_weight_changes_no_other_factor(index: int, factor: str, weight: float) -> None:
    before = Sampler(design(), "train").spec(index)
    after = Sampler(with_weight(design(), factor, weight), "train").spec(index)
    assert {k: v for k, v in before.factors.items() if k != factor} == {
        k: v for k, v in after.factors.items() if k != factor
    }
    assert attrs.evolve(before, factors={}) == attrs.evolve(after, factors={})


@given(INDICES, st.sampled_from(sorted(FACTORS)), st.floats(0, 1), st.floats(0, 1))
def test_raising_a_weight_only_adds_drawn_images(index: int, factor: str, one: float, other: float) -> None:
    low, high = sorted((one, other))
    drawn_low = Sampler(with_weight(design(), factor, low), "train").spec(index).factors[factor]
    drawn_high = Sampler(with_weight(design(), factor, high), "train").spec(index).factors[factor]
    if drawn_low.drawn:
        assert drawn_low == drawn_high


@given(INDICES, st.sampled_from(sorted(FACTORS)))
def test_a_weight_of_0_is_fixed_and_of_1_is_drawn(index: int, factor: str) -> None:
    fixed = Sampler(with_weight(design(), factor, 0.0), "train").spec(index).factors[factor]
    assert fixed == FactorDraw(False, {p.name: p.fixed for p in FACTORS[factor].parameters})
    assert Sampler(with_weight(design(), factor, 1.0), "train").spec(index).factors[factor].drawn


@settings(deadline=None, max_examples=20)
@given(st.lists(st.integers(0, 5000), min_size=2, max_size=8, unique=True))
def test_order_does_not_matter(indices: list[int]) -> None:
    forwards, backwards = Sampler(design(), "train"), Sampler(design(), "train")
    specs = {index: forwards.spec(index) for index in indices}
    assert {index: backwards.spec(index) for index in reversed(indices)} == specs


def test_another_process_draws_the_same() -> None:
    program = (
        "import tests.test_laws as t, json;"
        "s = t.Sampler(t.design(), 'test_iid');"
        "print(json.dumps([repr(s.spec(i)) for i in (0, 1, 7, 10**9)]))"
    )
    sampler = Sampler(design(), "test_iid")
    here = [repr(sampler.spec(index)) for index in (0, 1, 7, 10**9)]
    there = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert json.loads(there.stdout) == here


def test_draws_are_the_same_in_every_version() -> None:
    """Recorded once: whoever breaks this breaks every data set that exists."""
    spec = Sampler(design(), "train").spec(12345)
    assert (spec.class_name, spec.models[0], spec.seed) == RECORDED[:3]
    assert round(float(spec.factors["camera_viewpoint"].values["azimuth_deg"]), 9) == RECORDED[3]
    assert round(float(spec.factors["sensor"].values["exposure_ev"]), 9) == RECORDED[4]


RECORDED: tuple[str, str, int, float, float] = (
    "laptop",
    "starter:laptop/02",
    1499239759,
    102.179945526,
    -0.589057096,
)


@given(INDICES)
def test_splits_share_no_draws(index: int) -> None:
    train, test = (Sampler(design(), name).spec(index) for name in ("train", "test_iid"))
    assert train.seed != test.seed
    assert train.factors["camera_viewpoint"] != test.factors["camera_viewpoint"]


def test_a_count_changes_no_image() -> None:
    longer = attrs.evolve(design(), splits=(Split("train", 10**6),))
    assert Sampler(longer, "train").spec(17) == Sampler(design(), "train").spec(17)


@settings(max_examples=30)
@given(st.integers(0, 1000))
def test_classes_are_balanced_in_every_block(block: int) -> None:
    sampler = Sampler(design(), "train")
    labels = [sampler.spec(block * 10 + place).label for place in range(10)]
    assert sorted(labels) == list(range(10))


def test_every_model_of_a_class_is_shown_equally_often() -> None:
    sampler = Sampler(design(), "train")
    shown: dict[str, int] = {}
    for index in range(10 * 12 * 2):
        model = sampler.spec(index).models[0]
        shown[model] = shown.get(model, 0) + 1
    assert set(shown.values()) == {2}
    assert len(shown) == 120


def test_class_weights_are_proportions() -> None:
    base = design()
    classes = tuple(attrs.evolve(entry, weight=3.0 if entry.name == "cup" else 1.0) for entry in base.classes)
    sampler = Sampler(attrs.evolve(base, classes=classes), "train")
    cups = sum(sampler.spec(index).class_name == "cup" for index in range(2000))
    assert abs(cups / 2000 - 3 / 12) < 0.04


def test_disjoint_splits_share_no_model() -> None:
    base = attrs.evolve(design(), instances="disjoint")
    shown = {
        split.name: {Sampler(base, split.name).spec(index).models[0] for index in range(400)} for split in base.splits
    }
    names = list(shown)
    for place, name in enumerate(names):
        for other in names[place + 1 :]:
            assert not shown[name] & shown[other]
    assert len(shown["train"]) > len(shown["test_iid"])


@given(
    st.integers(0, 2**53 - 1), st.sampled_from([p for f in default_factors().values() for p in f.parameters.values()])
)
def test_draws_stay_in_their_range(bits: int, parameter: object) -> None:
    distribution = parameter.distribution  # type: ignore[attr-defined]
    value = distribution.draw(bits / 2**53)
    if isinstance(distribution, Choice):
        assert distribution.options[value] > 0
    else:
        low, high = distribution.support()
        assert low <= value <= high


def test_a_weight_is_the_share_of_drawn_images() -> None:
    sampler = Sampler(with_weight(design(), "lens", 0.3), "train")
    share = sum(sampler.spec(index).factors["lens"].drawn for index in range(2000)) / 2000
    assert abs(share - 0.3) < 0.04


def test_all_settings_are_frozen() -> None:
    settings_ = default_factors()["lens"]
    assert isinstance(settings_, FactorSettings)
    try:
        settings_.weight = 0.5  # type: ignore[misc]
    except attrs.exceptions.FrozenInstanceError:
        return
    raise AssertionError("a design can be changed in place")
