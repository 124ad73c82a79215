"""Importance: planted truths are found, from images, in an experiment and by test sets; what is written can be read."""

from collections.abc import Mapping
from pathlib import Path

import attrs
import numpy as np
import pytest

from simreal.commands import main
from simreal.datasets.effect_records import Effect, read_importance
from simreal.design.design import FILE_SUFFIX, Design
from simreal.design.errors import RunError
from simreal.studies.weighting.effects import effect_text, ranked_factors, summary_lines, warnings_of
from simreal.studies.weighting.factorial import folded
from simreal.studies.weighting.from_experiment import effects_of_experiment, experiment_of
from simreal.studies.weighting.from_images import effects_of_images
from simreal.studies.weighting.from_test_sets import FIXED, effects_of_test_sets, set_designs
from simreal.studies.weighting.influence import influences
from simreal.studies.weighting.pool import Pool
from simreal.studies.weighting.search_space import explored
from simreal.studies.weighting.weighted_heads import fit_weighted, probabilities

from . import planted_pools
from .planted_pools import GOOD_MATERIALS
from .weighted_space import MIXED, PHOTOS, design, images, pool

PLANTED = {"camera_viewpoint", "material_texture", "background"}


def quiet(message: object) -> None:
    """Nobody listens."""


def of_images(count: int = 900, seed: int = 0) -> tuple[Effect, ...]:
    _, truth, photos = images(design(PHOTOS, seed=100 + seed), 150, seed=1)
    mixed = design(MIXED, seed)
    return effects_of_images(pool(mixed, count), mixed, photos.astype(np.float64), truth, seed=0, report=quiet)


@pytest.fixture(scope="module")
def effects() -> tuple[Effect, ...]:
    return of_images()


def test_planted_factors_come_first(effects) -> None:
    assert set(ranked_factors(effects)[:3]) == PLANTED


def test_effects_have_the_right_sign(effects) -> None:
    by_change = {(one.factor, one.change): one for one in effects}
    assert by_change["material_texture", "material without wood"].high < 0
    assert by_change["camera_viewpoint", next(c for f, c in by_change if f == "camera_viewpoint" and "elevation" in c)]
    lowest = min((one for one in effects if one.parameter == "elevation_deg"), key=lambda one: one.points)
    best = max((one for one in effects if one.parameter == "elevation_deg"), key=lambda one: one.points)
    assert best.low > 0 > lowest.high
    without_white = next(one for one in effects if one.factor == "background" and one.option == "white")
    assert without_white.high < 0


def test_what_does_not_matter_mostly_has_zero_in_its_interval(effects) -> None:
    idle = [one for one in effects if one.factor in ("lens", "illumination", "object_pose", "sensor")]
    assert sum(one.is_found for one in idle) < 0.2 * len(idle)


def test_an_influence_is_what_more_of_an_image_does() -> None:
    """Against a head fitted anew with more of it: images that the influence's own head had not seen."""
    mixed = design(MIXED)
    drawn = pool(mixed, 240)
    features = drawn.features.astype(np.float64)
    scaled = (features - features.mean(0)) / np.sqrt(np.square(features - features.mean(0)).mean())
    _, truth, photos = images(design(PHOTOS, 5), 40, seed=1)
    photos = (photos.astype(np.float64) - features.mean(0)) / np.sqrt(np.square(features - features.mean(0)).mean())
    found = influences(scaled, drawn.labels, np.full(240, 1 / 240), photos, truth, 3, strength=0.05)
    order = [np.flatnonzero(drawn.labels == label) for label in range(3)]
    unseen = np.concatenate([members[::5] for members in order])[::2]  # the first of five folds
    kept = np.ones(240)
    kept[np.concatenate([members[::5] for members in order])] = 0.0
    kept /= kept.sum()
    step = 0.005
    moved = np.stack([kept + step * (np.arange(240) == image) for image in unseen])
    heads = fit_weighted(scaled, drawn.labels, np.concatenate([kept[None], moved]), 3, strength=0.05)
    given = probabilities(heads, photos)[:, np.arange(40), truth].mean(1)
    assert np.corrcoef(given[1:] - given[0], found[unseen].mean(1))[0, 1] > 0.95


def test_images_in_which_nothing_varies_tell_nothing() -> None:
    fixed = design({name: {"weight": 0.0} for name in design({}).factors})
    _, truth, photos = images(design(PHOTOS), 30)
    with pytest.raises(RunError, match="tell of no change"):
        effects_of_images(pool(fixed, 60), fixed, photos.astype(np.float64), truth, seed=0, report=quiet)


@pytest.mark.parametrize("factors", [1, 3, 7, 9, 12, 16, 21])
def test_columns_of_a_folded_experiment_are_orthogonal(factors: int) -> None:
    signs = folded(factors)
    assert (signs.T @ signs == len(signs) * np.eye(factors)).all()
    for one in range(factors):  # resolution IV: no effect is mixed up with that of two others together
        for other in range(one + 1, factors):
            assert not ((signs[:, one] * signs[:, other]) @ signs).any()


@pytest.mark.parametrize("plan", ["one-at-a-time", "factorial"])
def test_an_experiment_measures_what_was_planted(plan) -> None:
    only = {name: {"weight": 0.0} for name in design({}).factors} | {"lens": {"weight": 0.5}}
    mixed = design(only | {"material_texture": {"weight": 0.0, **WOOD}})
    _, truth, photos = images(
        design({**PHOTOS, "camera_viewpoint": {"weight": 0.0}, "background": {"weight": 0.0}}), 300
    )
    photos = photos + 0.8 * np.random.default_rng(0).normal(size=photos.shape)  # else all are told apart anyhow

    def rendering(name: str, given: Design, seed: int) -> Pool:
        return pool(attrs.evolve(given, seed=seed), 90)

    found = effects_of_experiment(
        experiment_of(mixed, plan), mixed, 1, rendering, (photos.astype(np.float64), truth), quiet
    )
    by_factor = {one.factor: one for one in found}
    assert set(ranked_factors(found)[:2]) == {"material_texture", "background"}
    assert by_factor["material_texture"].low > 0
    assert by_factor["material_texture"].change == "weight 0 -> 1"
    assert by_factor["background"].high < 0, "photos have the background that images have where it is fixed"


WOOD = {"material": {"distribution": "choice", "options": {"wood": 1.0}}}


def test_test_sets_tell_where_a_classifier_fails() -> None:
    whole = design({})

    def answers(shown: Pool) -> np.ndarray:
        high = (shown.columns["camera_viewpoint.elevation_deg"] > 35) & shown.columns["camera_viewpoint.drawn"]
        return np.where(high, (shown.labels + 1) % 3, shown.labels)

    found = effects_of_test_sets(whole, lambda name, given: pool(given, 120), answers, quiet)
    assert set(set_designs(whole)) - {FIXED} == {one.factor for one in found}
    failed = [one for one in found if one.is_found]
    assert {one.factor for one in failed} == {"camera_viewpoint"}
    worst = min(failed, key=lambda one: one.points)
    assert worst.parameter == "elevation_deg" and worst.points < -50


def test_words_say_what_was_found_and_what_to_doubt() -> None:
    clear = Effect(factor="background", change="weight 0.6 -> 1", points=3.1, low=1.2, high=5.0, source="images",
                   images=400, photos=80)  # fmt: skip
    none = attrs.evolve(clear, factor="sensor", points=0.2, low=-2.0, high=2.4)
    assert effect_text(clear) == "weight 0.6 -> 1 is worth +3.1 points [1.2, 5.0]"
    lines = summary_lines([none, clear])
    assert lines[1].strip() == "Background: weight 0.6 -> 1 is worth +3.1 points [1.2, 5.0]"
    assert lines[2].strip().endswith("no effect found")
    assert any("every interval contains 0" in text for text in warnings_of([none]))
    assert not any("every interval" in text for text in warnings_of([none, clear]))


@pytest.mark.slow
def test_from_a_design_and_photos_to_a_record(tmp_path: Path) -> None:
    """By the command line: renders of the starter library stand for photos; asked again, nothing is done anew."""
    starter = tmp_path / f"starter{FILE_SUFFIX}"
    assert main(["design", "new", "--out", str(starter), "--classes", "cup,chair,lamp"]) == 0
    render = ["render", str(starter), "--resolution", "32", "--samples", "1", "--split", "test_iid"]
    assert main([*render, "--per-class", "40", "--out", str(tmp_path / "data")]) == 0
    line = ["importance", str(starter), "--photos", str(tmp_path / "data" / "test_iid"), "--image-size", "32"]
    line += ["--data", f"{tmp_path / 'data'}:test_iid", "--out", str(tmp_path / "run")]
    assert main(line) == 0
    record = read_importance(tmp_path / "run")
    assert record.effects and {one.source for one in record.effects} == {"images"}
    before: Mapping[str, bytes] = {
        path.name: path.read_bytes() for path in (tmp_path / "run").iterdir() if path.is_file()
    }
    assert {"importance.json", "report.html", "report.md", "effects.csv", "images.png", "photos.json"} <= before.keys()
    assert main(line) == 0
    assert before == {path.name: path.read_bytes() for path in (tmp_path / "run").iterdir() if path.is_file()}


def test_what_photos_look_like_is_one_change_of_each_parameter_and_comes_first() -> None:
    user = planted_pools.planted_design((0.0, 60.0), planted_pools.MATERIALS)
    hidden = planted_pools.planted_design((0.0, 20.0), GOOD_MATERIALS)
    mixed = planted_pools.planted_pool(explored(user, 0.25), 3, 600, legible=0.6)
    shown = planted_pools.planted_pool(hidden, 5, 200, legible=0.6)
    found = effects_of_images(mixed, user, shown.features.astype(np.float64), shown.labels, seed=0, report=quiet)
    alike = {(one.factor, one.parameter): one for one in found if one.alike is not None}
    assert alike.keys() == {("camera_viewpoint", "elevation_deg"), ("material_texture", "material")}
    assert all(one.alike > 3 and one.points > 0 and not one.option for one in alike.values())
    text = alike["material_texture", "material"].change
    assert text.startswith("material as photos look: ")
    assert not any(f"{name} {less}" in text for name in GOOD_MATERIALS for less in ("left out", "a third"))
    assert ranked_factors(found)[:2] == sorted({factor for factor, _ in alike}, key=lambda one: -max(
        effect.alike for (factor, _), effect in alike.items() if factor == one
    ))  # fmt: skip
    told = " ".join(summary_lines(found))
    assert text in told and "photos look so by" in told


def test_factors_that_photos_look_otherwise_in_come_before_those_that_are_sure_by_chance() -> None:
    sure = Effect(factor="sensor", parameter="noise", change="noise only 0 .. 0.01", points=4.0, low=1.0, high=7.0,
                  source="images", images=300, photos=90)  # fmt: skip
    alike = attrs.evolve(sure, factor="background", parameter="kind", points=0.5, low=-2.0, high=3.0, alike=4.2)
    clearer = attrs.evolve(alike, factor="lens", parameter="f_stop", points=0.1, alike=9.0)
    assert ranked_factors([sure, alike, clearer]) == ["lens", "background", "sensor"]
