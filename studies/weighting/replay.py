"""Replays of a search on a published table of rewards, where every setting of on/off factors was rendered and measured.

The table of Task2Sim (Mishra et al., CVPR 2022) is JSON: by task, by setting (a number a factor, joined by ``_``), the
accuracy in percent. It shows what a search is worth without rendering anything: how far what it finds in a few
evaluations stays behind the best of all.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol, TypeAlias

import attrs
import numpy as np

from ...design.errors import RunError
from ..intervals import mean_interval
from .proposals import Proposer
from .search_space import OptionDimension, Point

Setting: TypeAlias = tuple[bool, ...]
BATCH = 4  # proposals at a time


class Searcher(Protocol):
    """What is replayed."""

    def ask(self) -> Setting:
        """A setting to evaluate."""

    def tell(self, setting: Setting, value: float) -> None:
        """What it is worth."""


@attrs.frozen
class RewardTable:
    """``rewards`` in percent by task and setting, each a tuple of ``switches`` booleans."""

    rewards: Mapping[str, Mapping[Setting, float]]
    switches: int

    def best(self, task: str) -> float:
        return max(self.rewards[task].values())


@attrs.frozen
class Standing:
    """How a search did over tasks and seeds, in points behind each task's best: ``regret`` is the mean over tasks and
    seeds with its 95 % interval over the seeds (of all tasks' means), ``within`` the share of replays within one point.
    """

    search: str
    regret: float
    low: float
    high: float
    within: float
    by_task: Mapping[str, float]


def read_rewards(path: Path) -> RewardTable:
    """Read a table. RunError, in one line, where it is none. On is the larger number of the two that a factor has."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        numbers = {
            task: {tuple(map(int, key.split("_"))): float(value) for key, value in entries.items()}
            for task, entries in document.items()
        }
        settings = list(next(iter(numbers.values())))
        columns = [sorted(set(column)) for column in zip(*settings, strict=True)]
    except (OSError, ValueError, AttributeError, TypeError, StopIteration) as error:
        reason = str(error) or type(error).__name__
        raise RunError(f"{path}: is no table of rewards, {{task: {{setting: percent}}}} ({reason})") from None
    moving = [place for place, levels in enumerate(columns) if len(levels) == 2]
    if any(len(levels) > 2 for levels in columns) or len(settings) != 2 ** len(moving):
        raise RunError(f"{path}: not every setting of factors that are on or off is in it")
    if any(entries.keys() != set(settings) for entries in numbers.values()):
        raise RunError(f"{path}: the tasks do not have the same settings")
    rewards = {
        task: {tuple(key[place] == columns[place][1] for place in moving): value for key, value in entries.items()}
        for task, entries in numbers.items()
    }
    return RewardTable(rewards, len(moving))


def replay(table: RewardTable, task: str, searcher: Searcher, budget: int) -> float:
    """How many points the best of ``budget`` evaluations stays behind the task's best. The same one twice counts."""
    found = -np.inf
    for _ in range(budget):
        setting = searcher.ask()
        value = table.rewards[task][setting]
        searcher.tell(setting, value)
        found = max(found, value)
    return table.best(task) - float(found)


def standing(search: str, regrets: Mapping[int, Mapping[str, float]]) -> Standing:
    """Of regrets by seed and task. At least two seeds."""
    each = np.array([list(by_task.values()) for by_task in regrets.values()])
    mean, low, high = mean_interval(each.mean(1).tolist())
    tasks = next(iter(regrets.values()))
    by_task = dict(zip(tasks, each.mean(0).tolist(), strict=True))
    return Standing(search, mean, low, high, float((each <= 1.0).mean()), by_task)


class RandomSearch:
    """Settings by chance, none twice."""

    def __init__(self, switches: int, seed: int) -> None:
        self._order = iter(np.random.default_rng([seed, 0x52]).permutation(2**switches).tolist())
        self._switches = switches

    def ask(self) -> Setting:
        place = next(self._order)
        return tuple(bool(place >> switch & 1) for switch in range(self._switches))

    def tell(self, setting: Setting, value: float) -> None:
        """Learn nothing."""


class TunerSearch:
    """As ``simreal tune`` searches: everything on, each switch alone off, and then what its proposer says.

    A setting that was tried already costs nothing and is not tried again; where a whole batch of proposals was, one by
    chance is. ValueError where all were tried.
    """

    def __init__(self, switches: int, seed: int) -> None:
        self._switches = [str(switch) for switch in range(switches)]
        group = {name: OptionDimension("", name, ("one", "other")) for name in self._switches}  # in as it is, or out
        self._level = group["0"].levels()[0]
        self._proposer = Proposer(group, seed)
        self._points: list[Point] = [{}, *({name: self._level} for name in self._switches)]
        self._chance = RandomSearch(switches, seed)
        self._tried: set[Setting] = set()
        self._batch = 0

    def ask(self) -> Setting:
        if len(self._tried) == 2 ** len(self._switches):
            raise ValueError("all settings were tried")
        if not self._points:
            self._points = list(self._proposer.ask(self._batch, BATCH))
            self._batch += 1
        while self._points:
            point = self._points.pop(0)
            setting = tuple(name not in point for name in self._switches)
            if setting not in self._tried:
                return setting
        return next(setting for setting in iter(self._chance.ask, None) if setting not in self._tried)

    def tell(self, setting: Setting, value: float) -> None:
        self._tried.add(setting)
        off = (name for name, on in zip(self._switches, setting, strict=True) if not on)
        self._proposer.tell(dict.fromkeys(off, self._level), value)


SEARCHES: Mapping[str, Callable[[int, int], Searcher]] = {
    "tuner": TunerSearch,
    "random": RandomSearch,
}
