"""Where a tuning's time goes: counted once, kept over stops."""

import json
from pathlib import Path

import pytest

from simreal.design.errors import RunError
from simreal.studies.weighting import time_spent
from simreal.studies.weighting.time_spent import FEATURES, HEADS, RENDERING, TimeSpent


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that stands still until its one number is changed."""
    now = [100.0]
    monkeypatch.setattr(time_spent.time, "monotonic", lambda: now[0])
    return now


def test_what_is_within_counts_for_itself(clock: list[float], tmp_path: Path) -> None:
    file = tmp_path / "time.json"
    spent = TimeSpent(file)
    clock[0] += 5
    with spent.on(HEADS):
        clock[0] += 10
        with spent.on(RENDERING):
            clock[0] += 60
        clock[0] += 20
    assert json.loads(file.read_text()) == {"rendering": 60, "features": 0, "heads": 30, "all": 95}
    assert spent.text == "rendering 1:00, features 0:00, heads 0:30, the rest 0:05 (5.3 %)"


def test_a_run_that_goes_on_adds(clock: list[float], tmp_path: Path) -> None:
    for _ in range(2):
        spent = TimeSpent(tmp_path / "time.json")
        with pytest.raises(KeyboardInterrupt), spent.on(FEATURES):
            clock[0] += 7
            raise KeyboardInterrupt
        clock[0] += 1000  # between two runs nothing is spent
    assert json.loads((tmp_path / "time.json").read_text()) == {"rendering": 0, "features": 14, "heads": 0, "all": 14}


def test_without_a_file_nothing_is_written(clock: list[float], tmp_path: Path) -> None:
    spent = TimeSpent()
    with spent.on(HEADS):
        clock[0] += 3
    assert spent.text.endswith("heads 0:03, the rest 0:00 (0.0 %)")


@pytest.mark.parametrize("text", ["[]", "{", '{"rendering": 1}'])
def test_a_damaged_file_is_told(text: str, tmp_path: Path) -> None:
    (tmp_path / "time.json").write_text(text)
    with pytest.raises(RunError, match="time is counted anew"):
        TimeSpent(tmp_path / "time.json")
