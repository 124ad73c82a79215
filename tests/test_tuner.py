"""The tuner on images whose truth is known: it finds what was planted, resumes to the same, and sees no other photo."""

import json
import shutil
from pathlib import Path

import attrs
import numpy as np
import pytest

from simreal.design.errors import RunError
from simreal.studies.weighting.comparison import accuracy, compare, comparison_warnings, detectable, difference
from simreal.studies.weighting.judgement import TuningPhotos
from simreal.studies.weighting.noise import Chance, judged
from simreal.studies.weighting.reweighting import effective_size
from simreal.studies.weighting.search import Effort
from simreal.studies.weighting.search_space import search_space
from simreal.studies.weighting.time_spent import TimeSpent
from simreal.studies.weighting.tuner import Task, Tuned, plain_points, round_counts, tune

from .planted_pools import CLASSES, GOOD_MATERIALS, MATERIALS, planted_design, planted_pool

USER = planted_design((0.0, 60.0), MATERIALS)
HIDDEN = planted_design((0.0, 20.0), GOOD_MATERIALS)
BUDGET = 480
EFFORT = Effort(joint=16, batch=8)


@pytest.fixture(scope="module")
def photos() -> TuningPhotos:
    pool = planted_pool(HIDDEN, 9001, 120)
    return TuningPhotos(pool.features.astype(np.float64), pool.labels)


def supply(design, number, count):
    return planted_pool(design, number, count)


def tuned(folder: Path, photos: TuningPhotos, source=supply) -> Tuned:
    given = plain_points(search_space(USER))
    return tune(
        Task(USER, "accuracy", BUDGET, given=given, effort=EFFORT),
        photos,
        source,
        folder,
        lambda message: None,
        TimeSpent(),
    )


@pytest.fixture(scope="module")
def once(photos, tmp_path_factory) -> tuple[Tuned, Path]:
    folder = tmp_path_factory.mktemp("rounds")
    return tuned(folder, photos), folder


def test_it_finds_what_was_planted(once) -> None:
    found = once[0]
    _, high = found.design.factors["camera_viewpoint"].parameters["elevation_deg"].distribution.support()
    assert high < 50
    options = found.design.factors["material_texture"].parameters["material"].distribution.options
    bad = sum(weight for name, weight in options.items() if name not in GOOD_MATERIALS)
    assert bad / sum(options.values()) < 0.4
    assert not any(name.startswith("sensor") for name in found.point), found.point


def test_tuning_gains_on_photos_it_never_saw(once) -> None:
    reporting = planted_pool(HIDDEN, 9002, 200)
    designs = {"tuned": once[0].design, "your design": USER, "hidden": HIDDEN}
    contenders = compare(
        designs,
        2,
        lambda name, design, seed: planted_pool(design, 100 + seed, 160),
        (reporting.features.astype(np.float64), reporting.labels),
        lambda message: None,
    )
    shares = {one.name: accuracy(one).mean for one in contenders}
    way = (shares["tuned"] - shares["your design"]) / (shares["hidden"] - shares["your design"])
    assert shares["hidden"] - shares["your design"] > 5
    assert way > 0.5, shares


def test_a_tuning_that_was_stopped_ends_in_the_same_bytes(once, photos, tmp_path) -> None:
    whole, folder = once
    shutil.copytree(folder, tmp_path / "again")
    (tmp_path / "again" / "2" / "found.json").unlink()
    lines = (folder / "2" / "trials.jsonl").read_text().splitlines(keepends=True)
    (tmp_path / "again" / "2" / "trials.jsonl").write_text("".join(lines[: EFFORT.batch * 3]))
    again = tuned(tmp_path / "again", photos)
    assert again.point == whole.point
    for name in ("found.json", "trials.jsonl"):
        assert (tmp_path / "again" / "2" / name).read_bytes() == (folder / "2" / name).read_bytes()


def test_a_damaged_round_is_told_in_one_line(once, photos, tmp_path) -> None:
    shutil.copytree(once[1], tmp_path / "again")
    (tmp_path / "again" / "0" / "found.json").write_text("{")
    with pytest.raises(RunError, match=r"found\.json: cannot be read .*searched again"):
        tuned(tmp_path / "again", photos)


def test_the_budget_is_kept(once) -> None:
    assert once[0].images <= BUDGET
    assert [one.images for one in once[0].rounds] == round_counts(BUDGET, len(CLASSES))
    with pytest.raises(RunError, match="54 is the least"):
        round_counts(53, len(CLASSES))
    assert min(round_counts(54, len(CLASSES))) == 2 * len(CLASSES)


def test_rounds_render_what_can_be_weighted_into_anything(photos, tmp_path) -> None:
    seen = []

    class Enough(Exception):
        pass

    def watched(design, number, count):
        seen.append(design)
        raise Enough

    with pytest.raises(Enough):
        tuned(tmp_path, photos, watched)
    weights = [seen[0].factors[name].weight for name in ("camera_viewpoint", "material_texture", "sensor")]
    assert weights == [0.75, 0.75, 0.75]


def test_an_objective_that_needs_labels_says_so(photos, tmp_path) -> None:
    bare = attrs.evolve(photos, truth=np.full(len(photos.truth), -1))
    with pytest.raises(RunError, match="needs labelled photos"):
        tuned(tmp_path, bare)


@pytest.mark.parametrize("count", ["perplexity", "Kish"])
def test_the_law_of_noise_tells_by_which_count_images_are_missed(count: str) -> None:
    """Of a judge of which all is known: the mean of what images are worth, and a cost of few images by one count."""
    random = np.random.default_rng(1)
    worth = random.normal(size=400)

    def judge(weights):
        shares = weights / weights.sum(1, keepdims=True)
        fewer = 1 / np.array([effective_size(one) for one in shares]) if count == "perplexity" else (shares**2).sum(1)
        return (shares @ worth - 60.0 * fewer)[:, None]

    chance = Chance(np.ones(400), np.random.default_rng(2))
    law = chance.law(judge(chance.shares)[:, 0])
    assert law.spread == pytest.approx(1.0, rel=0.35)
    right, other = law.costs if count == "perplexity" else law.costs[::-1]
    assert right == pytest.approx(60.0, abs=15.0)
    assert abs(other) < 15.0
    uneven = np.where(random.random((300, 400)) < 0.1, 8.0, 1.0)  # nothing that it was fitted to
    whole, *others = judged(judge, np.concatenate([np.ones((1, 400)), random.random((300, 400)) < 0.5, uneven]))
    ratios = np.array([law.gain(one, whole).ratio for one in others]).reshape(2, 300)
    assert (np.abs(ratios) < 1.96).mean(1) == pytest.approx([0.95, 0.95], abs=0.08)
    kept = judged(judge, np.where(worth > 0, 1.0, 0.0)[None])[0]
    assert law.gain(kept, whole).ratio > 5


@pytest.mark.parametrize("reference", [(1.0, 1.0), (1.0,) * 12, (0.0, 1.0, 1.0)])
def test_the_law_of_noise_holds_of_a_handful_of_images(reference) -> None:
    """Of so few a thinning keeps all, or none."""
    worth = np.arange(float(len(reference)))
    chance = Chance(np.array(reference), np.random.default_rng(0))
    law = chance.law(chance.shares @ worth)
    assert np.isfinite([*law.costs, law.spread]).all() and law.spread > 0


def test_intervals_are_over_photos_and_seeds_and_paired() -> None:
    truth = np.arange(200) % 4
    pools = {"a": USER, "b": HIDDEN}
    reporting = planted_pool(HIDDEN, 9003, 200)
    features = reporting.features.astype(np.float64)
    a, b = compare(
        pools,
        2,
        lambda name, design, seed: planted_pool(design, 300 + seed, 80),
        (features, reporting.labels),
        lambda message: None,
    )
    gain = difference(b, a)
    assert gain.mean == pytest.approx(accuracy(b).mean - accuracy(a).mean)
    assert gain.low < gain.mean < gain.high
    same = difference(a, a)
    assert (same.mean, same.low, same.high) == (0.0, 0.0, 0.0)
    few = attrs.evolve(gain, low=-3.0, high=9.0, error=4.0)
    assert detectable(few) == pytest.approx(11.2)
    told = comparison_warnings({"all weights 1": few}, 20)
    assert "within the noise" in told[0] and "20 photos of reporting" in told[1]
    clear = attrs.evolve(few, low=1.0)
    assert comparison_warnings({"all weights 0": clear}, 20) == [], "what is found needs no finer measurement"
    assert len(truth) == a.right.shape[1]


def test_trials_are_lines_of_json(once) -> None:
    lines = [json.loads(line) for line in (once[1] / "0" / "trials.jsonl").read_text().splitlines()]
    assert all(set(line) == {"point", "values"} for line in lines)
    assert len(lines) >= once[0].rounds[0].found.trials
