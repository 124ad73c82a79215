"""Matching of photos: what can be read off features is, it leads to the photos' design, and what cannot be is left."""

import numpy as np
import pytest

from simreal.studies.weighting import matching as module
from simreal.studies.weighting.judgement import TuningPhotos, components_of
from simreal.studies.weighting.matching import CLEAR, KEPT, Matching, grouped, looked_like
from simreal.studies.weighting.moves import changed_names, exclusions, left_out, single_changes
from simreal.studies.weighting.pool import Pool
from simreal.studies.weighting.readings import reading_distances
from simreal.studies.weighting.reweighting import effective_size, importance_weights
from simreal.studies.weighting.search_space import design_at, explored, is_possible, search_space
from simreal.studies.weighting.weigher import Weigher

from . import planted_pools
from .planted_pools import GOOD_MATERIALS, MATERIALS, planted_design

USER = planted_design((0.0, 60.0), MATERIALS)
HIDDEN = planted_design((0.0, 20.0), GOOD_MATERIALS)
FRAME = explored(USER, 0.25)
SPACE = search_space(USER)
ELEVATION, MOSS = "camera_viewpoint.elevation_deg", "material_texture.material=moss"


def planted_pool(design, seed: int, count: int, legible: float = 0.6) -> Pool:
    return planted_pools.planted_pool(design, seed, count, legible=legible)


def photos_of(design, seed: int, count: int = 200, *, labelled: bool = True, legible: float = 0.6) -> TuningPhotos:
    pool = planted_pool(design, seed, count, legible)
    truth = pool.labels if labelled else np.full(count, -1)
    return TuningPhotos(pool.features.astype(np.float64), truth)


@pytest.fixture(scope="module")
def pool():
    return planted_pool(FRAME, 3, 600)


def matching(pool, photos: TuningPhotos) -> Matching:
    return Matching(SPACE, Weigher(pool, FRAME, SPACE), distances_of(pool, photos), {}, seed=0)


def distances_of(pool, photos: TuningPhotos):
    return reading_distances(SPACE, USER, pool, photos, components_of(pool, photos), 0)


def test_weights_of_points_are_those_of_their_designs(pool) -> None:
    weigh = Weigher(pool, FRAME, SPACE)
    random = np.random.default_rng(0)
    points = [{}, *single_changes(SPACE, {})]
    points += [{**points[int(random.integers(len(points)))], **one} for one in points[::7]]
    for point in points:
        if is_possible(FRAME, SPACE, point):
            assert weigh(point) == pytest.approx(importance_weights(pool, design_at(FRAME, SPACE, point)), abs=1e-12)
        else:
            assert weigh(point) is None


def test_a_point_without_options_or_without_images_has_no_weights(pool) -> None:
    none = {name: 0.0 for name in SPACE if name.startswith("material_texture.material=")}
    assert Weigher(pool, FRAME, SPACE)(none) is None
    assert Weigher(pool, planted_design((70.0, 80.0), MATERIALS), SPACE)({}) is None


def test_what_shows_in_features_is_read_and_what_does_not_is_not(pool) -> None:
    found = distances_of(pool, photos_of(HIDDEN, 5))
    assert {ELEVATION, MOSS} <= found.keys()
    assert not any(name.startswith("sensor") for name in found)


def test_the_distance_is_nought_on_average_for_photos_of_the_same_design() -> None:
    weights = np.ones((1, 300)) / 300

    def values(design, seed: int) -> list[float]:
        found = distances_of(planted_pool(FRAME, 200 + seed, 300), photos_of(design, 100 + seed, 120))
        return [found[name](weights)[0, 0] for name in (ELEVATION, MOSS)]

    same, other = (np.array([values(design, seed) for seed in range(16)]) for design in (FRAME, HIDDEN))
    error = same.std(0, ddof=1) / len(same) ** 0.5
    assert (np.abs(same.mean(0)) < 4 * error).all()
    assert (other.mean(0) < -5 * same.std(0)).all()  # less the distance: not mistaken for the same


def test_it_leads_to_the_design_of_the_photos(pool) -> None:
    point = matching(pool, photos_of(HIDDEN, 5)).matched()
    found = design_at(USER, SPACE, point)
    _, high = found.factors["camera_viewpoint"].parameters["elevation_deg"].distribution.support()
    assert high < 50
    assert share_of_good_materials(point) > 0.6
    assert not any(name.startswith("sensor") for name in point)


def share_of_good_materials(point) -> float:
    options = design_at(USER, SPACE, point).factors["material_texture"].parameters["material"].distribution.options
    return sum(options[name] for name in GOOD_MATERIALS) / sum(options.values())


def test_options_follow_where_one_of_their_parameter_is_clear(monkeypatch) -> None:
    faint = planted_pool(FRAME, 3, 600, 0.2)
    photos = [photos_of(HIDDEN, seed, 100, legible=0.2) for seed in (5, 6, 7, 8)]
    led = [share_of_good_materials(matching(faint, some).matched()) for some in photos]
    monkeypatch.setattr(module, "FOLLOWING", CLEAR)
    alone = [share_of_good_materials(matching(faint, some).matched()) for some in photos]
    assert np.mean(led) > np.mean(alone) + 0.04


def test_photos_look_like_what_is_clear_and_like_options_that_follow_it() -> None:
    wood, paper = (MOSS.replace("moss", name) for name in ("wood", "paper"))
    support = {MOSS: 4.0, wood: 1.8, paper: 1.2, ELEVATION: 2.0, "material_texture": 2.0, "sensor": 5.0}
    assert looked_like(SPACE, support) == {MOSS, wood, "sensor"}
    assert looked_like(SPACE, {**support, MOSS: 2.9}) == {"sensor"}
    assert looked_like(SPACE, {}) == set()


def test_it_leads_there_without_labels_as_well(pool) -> None:
    point = matching(pool, photos_of(HIDDEN, 5, 400, labelled=False)).matched()
    assert any(name.startswith(("camera_viewpoint", "material_texture")) for name in point), point


def test_photos_of_the_users_own_design_change_nothing() -> None:
    own = planted_pool(USER, 4, 600)
    frame_photos = photos_of(USER, 6)
    distances = distances_of(own, frame_photos)
    assert Matching(SPACE, Weigher(own, USER, SPACE), distances, {}, seed=0).matched() == {}


def test_it_ends_where_too_few_images_are_left(pool) -> None:
    photos = photos_of(planted_design((0.0, 5.0), ("paper",)), 5)
    weigh = Weigher(pool, FRAME, SPACE)
    whole, left = (effective_size(weigh(point)) for point in ({}, matching(pool, photos).matched()))
    assert KEPT * whole < left < whole


def test_support_is_of_each_change_and_turns_where_one_is_wrong(pool) -> None:
    photos = photos_of(HIDDEN, 5)
    right = {ELEVATION: (0, 4), "sensor.noise": (0, 4), MOSS: 0.0}
    support = matching(pool, photos).support(right)
    assert support[ELEVATION] > CLEAR and support[MOSS] > CLEAR
    assert support["sensor.noise"] == 0.0  # it cannot be read
    wrong = matching(pool, photos).support({ELEVATION: (4, 8)})
    assert wrong[ELEVATION] < -CLEAR


def test_steps_differ_in_one_thing_or_leave_out_the_worst() -> None:
    start = {"camera_viewpoint.elevation_deg": (2, 6)}
    steps = list(single_changes(SPACE, start))
    assert all(len(changed_names(SPACE, step, start)) == 1 for step in steps)
    ranges = {step.get("camera_viewpoint.elevation_deg") for step in steps}
    assert {(1, 6), (3, 6), (2, 5), (2, 7), (0, 2), None} <= ranges
    names = [f"material_texture.material={name}" for name in ("moss", "wood", "metal", "paper")]
    worth = dict(zip(names, (3.0, 2.0, -1.0, -2.0), strict=True))
    groups = list(exclusions(SPACE, {}, worth))
    assert groups == [dict.fromkeys(names[:2], 0.0), dict.fromkeys(names[:3], 0.0)]
    assert left_out(SPACE, {names[0]: 0.0}, {}) == names[0]
    assert left_out(SPACE, {names[0]: 3.0}, {}) is None
    assert left_out(SPACE, groups[0], {}) is None
    assert grouped(SPACE, [*names[:2], "sensor"]) == [names[:2], ["sensor"]]
