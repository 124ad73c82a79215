"""Advice on a design: causes that were planted are found, where none was planted none is, and figures say how sure."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

from simreal.design.design import Split
from simreal.design.distributions import Choice
from simreal.design.document import overridden
from simreal.studies.weighting.advice_confusions import confusion_advice
from simreal.studies.weighting.advice_findings import find_advice
from simreal.studies.weighting.advice_models import ModelSigns, model_advice
from simreal.studies.weighting.advice_options import option_advice
from simreal.studies.weighting.advice_ranges import range_advice, readable_parameters
from simreal.studies.weighting.compared import Compared
from simreal.studies.weighting.findings import Finding
from simreal.studies.weighting.matched_shares import NEIGHBOURS, matched_shares

from .advice_space import NAMES, factor, toy_compared, toy_design

HIGH = factor("camera_viewpoint", elevation_deg={"distribution": "uniform", "min": 60, "max": 85})
NARROW = factor("object_scale", scale={"min": 2.2, "max": 2.6})
FLAT = factor("background", kind={"distribution": "choice", "options": {"flat": 1.0}})
WHITE = factor("background", kind={"distribution": "choice", "options": {"white": 1.0}})
CUP, CHAIR, LAMP = 0, 1, 2


def ranges(compared: Compared, label: int | None) -> list[Finding]:
    return range_advice(compared, compared.subject(label), readable_parameters(compared)[0])


@pytest.fixture(scope="module")
def alike() -> Compared:
    """Photos that are drawn as the renders are, of the same models, but a step off all of them."""
    return toy_compared(toy_design(), photos=15)


def test_where_nothing_is_planted_nothing_is_advised(alike: Compared) -> None:
    signs = ModelSigns(alike)
    for label in (*range(len(NAMES)), None):
        subject = alike.subject(label)
        assert model_advice(alike, signs, subject) == []
        assert [one.text for one in ranges(alike, label) if one.confidence != "low"] == []
        assert [one.text for one in option_advice(alike, subject) if one.confidence != "low"] == []


def test_what_features_do_not_tell_is_not_judged(alike: Compared) -> None:
    readable, unreadable = readable_parameters(alike)
    told = {f"{one.factor.name}.{one.parameter.name}" for one in readable}
    assert told == {"camera_viewpoint.elevation_deg", "object_scale.scale", "sensor.exposure_ev"}
    assert {"sensor.jpeg_quality", "lens.focal_length_mm"} <= {one.column for one in unreadable}
    assert all(one.r2 < 0.1 for one in unreadable)
    warning = next(text for text in find_advice(alike, 1).warnings if text.startswith("Not judged"))
    assert "sensor.jpeg_quality (0.00)" in warning


def test_a_class_of_one_model_lacks_models() -> None:
    compared = toy_compared(toy_design({"cup": 1}), photos=15, unseen_models=frozenset({"cup"}))
    found = find_advice(compared, 2)
    assert found.standings[0].name == "cup" and found.standings[0].accuracy < 0.6
    first = found.findings[0]
    assert (first.kind, first.label) == ("models", CUP)
    assert "it has 1 model, the classes have 6 (median)" in first.text and "Add 3D models to cup" in first.hint
    assert not first.overrides
    assert not compared.photos.hits[first.photos[0]], "mistakes are the first examples"
    assert {one.kind for one in found.findings if one.label not in (CUP, None)} <= {"confusion"}


def test_two_models_of_which_neither_tells_the_other() -> None:
    compared = toy_compared(toy_design({"cup": 2}), photos=15, unseen_models=frozenset({"cup"}))
    (found,) = model_advice(compared, ModelSigns(compared), compared.subject(CUP))
    gap = next(one for one in found.measured if one.name.startswith("accuracy lost"))
    assert gap.low is not None and 0.1 < gap.low <= gap.value
    assert found.confidence in ("medium", "high")
    for label in (CHAIR, LAMP):
        assert model_advice(compared, ModelSigns(compared), compared.subject(label)) == []


def test_photos_from_above_ask_for_a_higher_end() -> None:
    design = toy_design()
    compared = toy_compared(design, {"chair": HIGH}, photos=15)
    (found,) = ranges(compared, CHAIR)
    assert "Camera viewpoint, elevation: the photos pile up at the upper end of the range, 60°" in found.text
    assert found.measured[0].name == "held-out R²" and found.measured[0].value > 0.8
    assert found.measured[1].low is not None and found.measured[1].low >= 0.35
    changed = overridden(design, Split("advice", 0, overrides=found.overrides))
    new = changed.factors["camera_viewpoint"].parameters["elevation_deg"].distribution
    old = design.factors["camera_viewpoint"].parameters["elevation_deg"].distribution
    assert new.support()[0] == old.support()[0] and 70.0 < new.support()[1] <= 90.0
    assert attrs.evolve(changed, factors=design.factors) == design
    assert ranges(compared, LAMP) == [] and ranges(compared, CUP) == []


def test_a_range_that_all_classes_leave_mostly_unused_is_narrowed_for_all() -> None:
    compared = toy_compared(toy_design(), {"": NARROW}, photos=15)
    (found,) = ranges(compared, None)
    assert "the photos take a small part of the range, 2 m to 3.4 m" in found.text
    change = found.overrides["factors"]["object_scale"]["scale"]
    assert 2.0 < change["min"] <= 2.25 and 2.5 < change["max"] < 3.0
    assert ranges(compared, CUP) == [], "one class alone is no reason to narrow what all are drawn from"


def test_options_that_photos_match_get_more_weight() -> None:
    design = toy_design()
    compared = toy_compared(design, {"": FLAT}, photos=15)
    (found,) = option_advice(compared, compared.subject(None))
    new = found.overrides["factors"]["background"]["kind"]["options"]
    given = design.factors["background"].parameters["kind"].distribution
    assert isinstance(given, Choice)
    assert new["flat"] > 1.5 * given.options["flat"]
    assert all(new[option] < given.options[option] for option in new if option != "flat")
    lift = next(one for one in found.measured if one.name == "lift of flat")
    assert lift.low is not None and lift.low > 1.25 and found.confidence == "high"
    changed = overridden(design, Split("advice", 0, overrides=found.overrides))
    options = changed.factors["background"].parameters["kind"].distribution
    assert isinstance(options, Choice) and options.options.keys() == given.options.keys()


def test_what_mistaken_photos_share_is_told_and_changes_nothing() -> None:
    compared = toy_compared(toy_design(), {"cup": WHITE}, photos=15, look={"cup": "lamp"})
    found = confusion_advice(compared, 3)[0]
    assert (found.label, found.other) == (CUP, LAMP)
    assert "cup is taken for lamp in" in found.text and "Background, kind white" in found.text
    assert not found.overrides and found.confidence in ("medium", "low")
    assert all(compared.photos.predicted[number] == LAMP for number in found.photos)


def test_a_class_that_fails_for_no_reason_in_the_design_is_said_to() -> None:
    """Its labels are wrong: no range, option or model explains that."""
    compared = toy_compared(toy_design(), photos=15)
    probabilities = compared.photos.probabilities.copy()
    probabilities[:6] = np.roll(probabilities[:6], 1, axis=1)
    spoilt = Compared(compared.design, compared.pool, attrs.evolve(compared.photos, probabilities=probabilities))
    found = find_advice(spoilt, 3)
    assert found.standings[0].name == "cup" and found.standings[0].correct < 15
    (only,) = (one for one in found.findings if one.label == CUP and one.kind != "confusion")
    assert only.kind == "unexplained" and "No cause of cup's mistakes was found" in only.text


def test_matched_shares_by_hand(alike: Compared) -> None:
    """Without the bootstrap, the share of a category is that among the ten nearest of each photo."""
    subject = alike.subject(CHAIR)
    category = np.arange(len(alike.pool.rows)) % 3
    shares = matched_shares(alike, subject, category, 3)
    lists = [alike.of_true_class[number][:NEIGHBOURS] for number in subject.photos]
    assert np.allclose(shares.photos, [np.mean([(category[one] == k).mean() for one in lists]) for k in range(3)])
    assert np.allclose(shares.drawn, np.bincount(category[subject.renders]) / len(subject.renders))
    for k in range(3):
        low, high = shares.interval(k)
        assert low <= shares.photos[k] <= high
    first = int(subject.photos[0])
    cosines = alike.unit_renders[alike.of_true_class[first]] @ alike.unit_photos[first]
    assert (np.diff(cosines) <= 1e-12).all() and set(alike.of_true_class[first]) == set(subject.renders)


def test_the_same_again(alike: Compared) -> None:
    again = Compared(alike.design, alike.pool, alike.photos, alike.seed)
    assert find_advice(again, 2) == find_advice(alike, 2)
