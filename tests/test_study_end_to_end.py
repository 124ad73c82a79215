"""A study of real commands: rendered, trained, measured and told; and the same on a Ray cluster."""

import csv
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from simreal.commands import main
from simreal.datasets.reading import open_data_set

from .studies import CLASSES, study_document, write_study
from .test_demo import opened


def tiny(**changes: Any) -> dict[str, Any]:
    """Two classes at 32 px, seen from one place, and one network of one second."""
    document = study_document(seeds=1, **changes)
    small = {"classes": CLASSES, "image": {"resolution_px": 32, "samples": 1, "denoiser": "none"}}
    for name, per_class in (("images", {"train": 6}), ("tests", {"test_iid": 3, "test_iid_wo_bg": 3})):
        document["data"][name] = {"design": "starter", "per_class": per_class, "overrides": small}
    del document["axes"]["augmentation"]
    del document["axes"]["case"]["options"]["nothing"]
    document["figures"] = [{"kind": "bars", "x": "case"}, {"kind": "curves", "run": "training"}]
    document["paper"]["values"] = [{"case": "viewpoint", "IID": 20}]
    options = {"iterations": 6, "batch-size": 8, "workers": 0, "measure-every": 3, "validation": "none"}
    document["steps"]["training"]["options"] |= options
    return document


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_a_real_study_from_its_file_to_its_page(kit: Path, tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    for name in ("chair", "cup"):
        (photos / name).mkdir(parents=True)
        for photo in sorted((kit / "photos" / name).iterdir())[:2]:
            (photos / name / photo.name).symlink_to(photo)
    out = tmp_path / "out"
    command = [sys.executable, "-m", "simreal.commands", "study", "run", str(write_study(tmp_path, tiny()))]
    done = subprocess.run(
        [*command, "--out", str(out), "--photos", str(photos)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    assert "Held fixed" in done.stdout and f"The report: {out / 'report.html'}" in done.stdout
    assert "study small  5/5 steps  100 %" in done.stderr

    errors, _, text = opened(out / "report.html")
    assert errors == []
    rows = list(csv.DictReader((out / "results.csv").open()))
    assert len(rows) == 3 and {row["n"] for row in rows if row["measure"] == "IID"} == {"6"}
    assert {row["n"] for row in rows if row["measure"] == "real"} == {"4"}
    for row in rows:
        assert f"{float(row['percent']):.1f} ± " in text

    steps = {path.name.rpartition("-")[0]: path for path in (out / "steps").iterdir()}
    assert set(steps) == {
        *("render-images", "render-tests", "training", "evaluate-training-tests", "evaluate-training-real")
    }
    seen = {}
    for name, split in (("images", "train"), ("tests", "test_iid")):
        rows_of = open_data_set(steps[f"render-{name}"] / "data" / name).rows(split)
        seen[name] = {row["camera_viewpoint.azimuth_deg"] for row in rows_of}
    assert len(seen["images"]) == 1 and len(seen["tests"]) == 6, "what is held fixed is free in the tests"
    measures = csv.DictReader((steps["training"] / "out" / "measures.csv").open())
    assert {row["name"] for row in measures} == {"tests-test_iid", "photos"}
    assert (out / "figures" / "2-curves.png").is_file()
    assert "IID" in text and "images seen in training" in text

    before = {path: path.stat().st_mtime_ns for path in (out / "steps").rglob("*") if path.is_file()}
    assert main(["study", "run", str(out)]) == 0
    assert {path: path.stat().st_mtime_ns for path in (out / "steps").rglob("*") if path.is_file()} == before


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_on_a_cluster_of_rays_the_same_steps_are_done(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Trainings are actors of a cluster of this machine alone; renders start there and spread by themselves."""
    document = tiny()
    document["steps"]["training"] |= {"arguments": ["{tests}"]}
    document["steps"]["training"]["options"] |= {"split": "test_iid_wo_bg", "measure": None, "measure-every": None}
    file = write_study(tmp_path, document)
    where = ["--engine", "ray", "--address", "local", "--threads", "1"]
    assert main(["study", "run", str(file), "--out", str(tmp_path / "out"), *where]) == 0
    assert "Held fixed" in capsys.readouterr().out
    assert len(list((tmp_path / "out").glob("steps/*/finished.json"))) == 3
    rows = list(csv.DictReader((tmp_path / "out" / "results.csv").open()))
    assert len(rows) == 2 and all(row["n"] == "6" for row in rows)
