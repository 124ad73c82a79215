"""A data set is the same whoever was killed while it was made. With 30 kills and more: benchmarks/chaos.py."""

import json
import os
import resource
import sys
import time
from pathlib import Path

import pytest
from chaos import STRIKERS, Ordeal, faults, starter_design, starve_worker

from simreal.commands import main
from simreal.datasets.finishing import data_hash
from simreal.design.document import save

STAND_IN = Path(__file__).parent / "stand_in_blender.py"


def test_stand_ins_and_their_parent_killed_at_random(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    design, peace, war = tmp_path / "chaos.simreal.json", tmp_path / "peace", tmp_path / "war"
    save(starter_design(images=300, size_px=32), design)
    assert main(["render", str(design), "--out", str(peace), "--blender", str(STAND_IN), "--workers", "1"]) == 0
    monkeypatch.setenv("STAND_IN", json.dumps({"seconds": 0.02}))
    ordeal = Ordeal((str(design), "--out", str(war), "--blender", str(STAND_IN), "--workers", "3"), war, seed=4)
    ordeal.endure(STRIKERS, blows=5, pause_s=(0.2, 0.6))
    monkeypatch.setenv("STAND_IN", "{}")
    ordeal.finish()
    assert ordeal.struck.total() == 5
    assert data_hash(war) == data_hash(peace)
    assert faults(war) == []


@pytest.fixture(scope="module")
def peace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data set that Blender rendered undisturbed; its design lies beside it."""
    peace = tmp_path_factory.mktemp("chaos") / "peace"
    design = peace.with_name("chaos.simreal.json")
    save(starter_design(images=60, size_px=32), design)
    assert main(["render", str(design), "--out", str(peace), "--workers", "1"]) == 0
    return peace


@pytest.mark.slow
@pytest.mark.blender
def test_blender_and_its_parent_killed_at_random(peace: Path, tmp_path: Path):
    design, war = peace.with_name("chaos.simreal.json"), tmp_path / "war"
    ordeal = Ordeal((str(design), "--out", str(war), "--workers", "2"), war, seed=1)
    ordeal.endure(STRIKERS, blows=2, pause_s=(2.0, 4.0))
    ordeal.finish()
    assert ordeal.struck
    assert data_hash(war) == data_hash(peace)
    assert faults(war) == []


@pytest.mark.slow
@pytest.mark.blender
@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="memory is taken away by prlimit, which is Linux's")
def test_blender_without_memory_makes_no_wrong_image(peace: Path, tmp_path: Path):
    """What Blender renders once an allocation has failed is black, and only the first time does it say so."""
    design, war = peace.with_name("chaos.simreal.json"), tmp_path / "war"
    arguments = (str(design), "--out", str(war), "--workers", "1", "--image-timeout", "20")
    ordeal = Ordeal(arguments, war, seed=1)
    while ordeal.running and not list(war.glob(".simreal/.parts/*/*/*.jpg")):
        time.sleep(0.02)
    assert starve_worker(ordeal)
    ordeal.finish()
    assert data_hash(war) == data_hash(peace)
