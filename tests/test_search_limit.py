"""A search judges nothing that rests on fewer images than those by which it learnt what fewer images cost."""

import numpy as np

from simreal.studies.weighting.noise import SHARES, is_within
from simreal.studies.weighting.search import Effort, Search
from simreal.studies.weighting.search_space import explored, search_space
from simreal.studies.weighting.trials import Trials
from simreal.studies.weighting.weigher import Weigher

from .planted_pools import MATERIALS, planted_design, planted_pool

USER = planted_design((0.0, 60.0), MATERIALS)
FRAME = explored(USER, 0.25)
SPACE = search_space(USER)
ELEVATION = "camera_viewpoint.elevation_deg"
WORTH = {ELEVATION: (-1.0, 12.0), "sensor.blur_px": (-1.0, 0.4), "sensor.noise": (0.0025, 0.0125)}
START = {"sensor.noise": (0, 2)}


class LookAlike:
    """The start, and nothing else, is what photos look like."""

    def matched(self):
        return START

    def support(self, point):
        return {name: 9.0 if START.get(name) == level else 0.0 for name, level in point.items()}


def test_both_counts_of_images_have_a_limit() -> None:
    even = np.full(1000, 1 / 1000)
    third = np.repeat([1.0, 0.0], [340, 660]) / 340
    assert is_within(third, even, SHARES[-1])
    assert not is_within(third, even, 0.4)
    spiked = np.repeat([1.0, 100.0], [995, 5]) / 1495  # Kish's count, not the perplexity, tells
    assert np.exp(-(spiked * np.log(spiked)).sum()) > 0.22 * 1000
    assert 1 / np.square(spiked).sum() < 0.22**2 * 1000
    assert not is_within(spiked, even, 0.22)
    assert is_within(spiked, spiked, 1.0)


def test_a_search_judges_nothing_beyond_it(tmp_path) -> None:
    pool = planted_pool(FRAME, 3, 1500)
    weigh = Weigher(pool, FRAME, SPACE)
    noise = np.random.default_rng(5).normal(size=(len(pool), 9))
    worth = np.array([sum(low < (row[name] or 0.0) < high for name, (low, high) in WORTH.items()) for row in pool.rows])

    def judge(weights):
        """What lies in three ranges is worth most, in however few images; so a search is drawn beyond its limit. The
        start is half right in one of them: a wider range is worth more, and from there the way back is beyond it."""
        return (weights @ worth)[:, None] + weights @ noise * 0.02

    def shares(point):
        return weigh(point) / weigh(point).sum()

    trials = Trials(weigh, judge, tmp_path / "trials.jsonl", lambda done: None)
    found = Search(SPACE, trials, judge, LookAlike(), START, seed=0, effort=Effort(32)).run()
    assert found.point.keys() == WORTH.keys()
    for_the_report = [{name: found.point[name] for name in found.point if name != one} for one in found.point]
    beyond = [one.point for one in trials.every if not is_within(one.verdict.weights, shares(START), SHARES[-1])]
    assert all(point in for_the_report for point in beyond)
    assert is_within(shares(found.point), shares(START), SHARES[-1])


def test_what_lies_beyond_is_judged_where_it_is_asked_for_all_the_same(tmp_path) -> None:
    pool = planted_pool(FRAME, 3, 200)
    trials = Trials(Weigher(pool, FRAME, SPACE), lambda w: w @ np.eye(200)[:, :3], tmp_path / "t", lambda done: None)
    trials.keep_to(lambda weights: bool(weights.max() < 0.02))
    narrow = {ELEVATION: (0, 2)}
    assert trials.of([{}, narrow])[1] is None
    assert [trial.point for trial in trials.of([{}, narrow], anyway=True)] == [{}, narrow]
