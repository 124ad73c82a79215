"""Searching settings that are on or off, each costly: better than by chance on tables of rewards, and repeatable."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
import task2sim_replay

from simreal.design.errors import RunError
from simreal.studies.weighting.replay import (
    SEARCHES,
    RandomSearch,
    RewardTable,
    Setting,
    TunerSearch,
    read_rewards,
    replay,
    standing,
)

SWITCHES = 6


def planted(seed: int) -> dict[Setting, float]:
    """Rewards with three switches that matter, two of them together, and a little noise."""
    random = np.random.default_rng(seed)
    effects = random.permutation([4.0, -3.0, 2.0, 0.0, 0.0, 0.0])
    one, other = random.permutation(SWITCHES)[:2]
    return {
        setting: float(50 + np.dot(effects, setting) + 3 * (setting[one] != setting[other]) + random.normal(0, 0.3))
        for setting in itertools.product((False, True), repeat=SWITCHES)
    }


def table_file(path: Path, tasks: int = 2) -> Path:
    """As Task2Sim's is written: a factor that never moves, and one whose two levels are 1 and 3."""
    document = {
        f"task{task}": {
            "_".join(map(str, (*map(int, setting[:3]), 0, 3 if setting[3] else 1, *map(int, setting[4:])))): value
            for setting, value in planted(task).items()
        }
        for task in range(tasks)
    }
    path.write_text(json.dumps(document))
    return path


def test_a_table_is_read_as_settings_that_are_on_or_off(tmp_path: Path) -> None:
    table = read_rewards(table_file(tmp_path / "rewards.json"))
    assert table.switches == SWITCHES
    assert table.rewards == {"task0": planted(0), "task1": planted(1)}
    assert table.best("task1") == max(planted(1).values())


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[]", "is no table of rewards"),
        ("{}", "is no table of rewards"),
        ('{"a": {"0_x": 1}}', "is no table of rewards"),
        ('{"a": {"0_0": 1, "0_1": 2, "1_0": 3}}', "not every setting"),
        ('{"a": {"0": 1, "1": 2, "2": 3}}', "not every setting"),
        ('{"a": {"0": 1, "1": 2}, "b": {"0": 1}}', "do not have the same settings"),
    ],
)
def test_what_is_no_table_is_refused_in_one_line(text: str, problem: str, tmp_path: Path) -> None:
    (tmp_path / "rewards.json").write_text(text)
    with pytest.raises(RunError, match=problem) as caught:
        read_rewards(tmp_path / "rewards.json")
    assert "\n" not in str(caught.value)


def test_the_search_finds_the_best_setting_sooner_than_chance() -> None:
    table = RewardTable({f"task{seed}": planted(seed) for seed in range(8)}, SWITCHES)

    def behind(name: str) -> float:
        tasks = enumerate(table.rewards)
        return float(np.mean([replay(table, task, SEARCHES[name](SWITCHES, seed), 16) for seed, task in tasks]))

    assert behind("tuner") < 0.5
    assert behind("tuner") < 0.6 * behind("random")


def test_what_is_asked_for_depends_on_the_seed_and_on_what_was_told() -> None:
    rewards = planted(3)

    def asked(seed: int) -> list[Setting]:
        search, found = TunerSearch(SWITCHES, seed), []
        for _ in range(20):
            found.append(search.ask())
            search.tell(found[-1], rewards[found[-1]])
        return found

    assert asked(1) == asked(1) != asked(2)
    assert len(set(asked(1))) == 20, "no setting twice"
    assert asked(1)[:2] == [(True,) * SWITCHES, (False, *(True,) * (SWITCHES - 1))]


@pytest.mark.parametrize("search", SEARCHES.values())
def test_every_setting_is_tried_once(search: type[TunerSearch | RandomSearch]) -> None:
    searcher, asked = search(3, 0), []
    for _ in range(8):
        asked.append(searcher.ask())
        searcher.tell(asked[-1], 1.0)  # all alike: there is nothing to learn
    assert len(set(asked)) == 8


def test_the_tuner_says_when_all_was_tried() -> None:
    search = TunerSearch(1, 0)
    for _ in range(2):
        search.tell(search.ask(), 1.0)
    with pytest.raises(ValueError, match="all settings were tried"):
        search.ask()


def test_a_standing_is_over_seeds_and_tasks() -> None:
    found = standing("any", {0: {"a": 0.0, "b": 2.0}, 1: {"a": 1.0, "b": 3.0}})
    assert (found.regret, found.within, found.by_task) == (1.5, 0.5, {"a": 0.5, "b": 2.5})
    assert found.low == pytest.approx(1.5 - 12.7062 * 0.5, abs=1e-3), "Student's t with one degree of freedom"


def test_a_replay_that_is_run_again_replays_nothing_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    table = table_file(tmp_path / "rewards.json")
    words = ["--table", str(table), "--out", str(tmp_path / "out"), "--quick", "--budget", "12", "--search", "random"]
    monkeypatch.setattr("sys.argv", ["task2sim_replay", *words])
    assert task2sim_replay.main() == 0
    first = capsys.readouterr().out
    assert "| random |" in first and "| task1 |" in first
    lines = (tmp_path / "out" / "regrets.jsonl").read_text()
    (tmp_path / "out" / "regrets.jsonl").write_text(lines[: len(lines) - 5])
    monkeypatch.setattr(task2sim_replay, "replay", lambda table, task, searcher, budget: 0.25)
    assert task2sim_replay.main() == 0
    kept = task2sim_replay.read_regrets(tmp_path / "out" / "regrets.jsonl")
    assert len(kept) == 4
    assert sum(regret == 0.25 for regret in kept.values()) == 1, "only the line that was cut off"
    table.write_text("nothing")
    assert task2sim_replay.main() == 2
    assert "is no table of rewards" in capsys.readouterr().err
