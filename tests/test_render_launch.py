"""How workers are started, and how fast they are said to be."""

import importlib.util
import sys
from pathlib import Path

import pytest

from simreal.design.counts import resized
from simreal.design.design import Design, DesignClass, Split
from simreal.design.errors import DesignError, ToolError
from simreal.rendering import launch
from simreal.rendering.launch import worker_command
from simreal.rendering.pace import Pace
from simreal.rendering.seats import Seat

JOB = Path("/data/.simreal/job.json")


class Clock:
    """Seconds that pass when told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_this_python_where_it_has_bpy():
    if importlib.util.find_spec("bpy") is None:
        pytest.skip("this Python has no bpy")
    assert worker_command(JOB, Seat("optix", 2, 1)) == (
        *(sys.executable, str(launch.HEADLESS), "worker"),
        *("--device", "optix", "--threads", "2", "--gpu", "1", str(JOB)),
    )
    assert launch.HEADLESS.is_file()


def test_a_blender_that_is_named(tmp_path: Path):
    program = tmp_path / "blender"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    command = worker_command(JOB, Seat(cores=(0, 1)), program)
    assert command[0] == str(program)
    assert command[-9:-3] == ("--", "worker", "--device", "cpu", "--threads", "1")
    assert command[-3:] == ("--cores", "0,1", str(JOB))
    assert "--factory-startup" in command
    with pytest.raises(ToolError, match="no such program"):
        worker_command(JOB, Seat(), tmp_path / "none")


def test_without_any_blender_it_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolError, match=r'pip install "simreal\[render\]"'):
        worker_command(JOB, Seat())


def test_this_machine_has_cores_and_memory():
    assert launch.available_cores() >= 1
    assert launch.available_bytes() > 100_000_000


def test_the_pace_is_that_of_the_last_half_minute():
    clock = Clock()
    pace = Pace(clock)
    assert pace.rate() is None
    for _ in range(1000):
        pace.count()
        clock.now += 0.1
    assert pace.rate() == pytest.approx(10.0, rel=0.02)
    for _ in range(40):
        pace.count()
        clock.now += 1.0
    assert pace.rate() == pytest.approx(1.0, rel=0.1)


def test_slow_images_have_a_pace_too():
    clock = Clock()
    pace = Pace(clock)
    for _ in range(5):
        pace.count()
        clock.now += 90.0
    assert pace.rate() == pytest.approx(1 / 90, rel=0.3)


def mini(*counts: int) -> Design:
    classes = tuple(DesignClass(name, (f"starter:{name}/00",)) for name in ("cup", "chair", "table"))
    return Design("mini", classes, splits=tuple(Split(f"s{n}", count) for n, count in enumerate(counts)))


@pytest.mark.parametrize(
    ("counts", "chosen", "count", "expected"),
    [
        ((300, 60, 60), (0, 1, 2), 30, (30, 6, 6)),
        ((300, 60, 60), (0, 1, 2), 3, (3, 3, 3)),
        ((300, 60, 30), (1, 2), 90, (300, 90, 45)),
        ((0, 60), (0, 1), 6, (6, 6)),
    ],
)
def test_other_splits_follow_in_proportion(counts, chosen, count: int, expected):
    design = resized(mini(*counts), [f"s{n}" for n in chosen], count)
    assert tuple(split.count for split in design.splits) == expected


def test_no_images_is_no_data_set():
    with pytest.raises(DesignError, match="at least 1"):
        resized(mini(10), ["s0"], 0)
