"""A data set is the same whoever was killed while it was made. With 30 kills and more: benchmarks/chaos.py."""

import json
import os
import sys
from pathlib import Path

import pytest
from chaos import STRIKERS, Ordeal, faults, starter_design

from simreal.commands import main
from simreal.datasets.finishing import data_hash
from simreal.design.document import save

STAND_IN = Path(__file__).parent / "stand_in_blender.py"


def test_stand_ins_and_their_parent_killed_at_random(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    design, peace, war = tmp_path / "chaos.simreal.json", tmp_path / "peace", tmp_path / "war"
    save(starter_design(images=400, size_px=32), design)
    assert main(["render", str(design), "--out", str(peace), "--blender", str(STAND_IN), "--workers", "1"]) == 0
    monkeypatch.setenv("STAND_IN", json.dumps({"seconds": 0.02}))
    ordeal = Ordeal((str(design), "--out", str(war), "--blender", str(STAND_IN), "--workers", "3"), war, seed=4)
    ordeal.endure(STRIKERS, blows=6, pause_s=(0.3, 0.9))
    monkeypatch.setenv("STAND_IN", "{}")
    ordeal.finish()
    assert ordeal.struck.total() == 6
    assert data_hash(war) == data_hash(peace)
    assert faults(war) == []


@pytest.mark.slow
@pytest.mark.blender
def test_blender_and_its_parent_killed_at_random(tmp_path: Path):
    design, peace, war = tmp_path / "chaos.simreal.json", tmp_path / "peace", tmp_path / "war"
    save(starter_design(images=100, size_px=32), design)
    assert main(["render", str(design), "--out", str(peace), "--workers", "1"]) == 0
    ordeal = Ordeal((str(design), "--out", str(war), "--workers", "2"), war, seed=1)
    ordeal.endure(STRIKERS, blows=3, pause_s=(2.0, 4.0))
    ordeal.finish()
    assert ordeal.struck
    assert data_hash(war) == data_hash(peace)
    assert faults(war) == []
