"""The record of advice: written whole, read back the same, and refused in one line where it is something else."""

import json
from pathlib import Path

import attrs
import pytest

from simreal.datasets.advice_records import (
    ADVICE_FILE,
    Advice,
    AdviceRecord,
    ClassStanding,
    Measured,
    read_advice,
    write_advice,
)
from simreal.design.errors import RunError

RANGE = {"factors": {"camera_viewpoint": {"elevation_deg": {"max": 70.0}}}}
RECORD = AdviceRecord(
    design_name="kit",
    design_sha256="d" * 64,
    photos_sha256="p" * 64,
    photos=30,
    images=200,
    date="2026-11-28T12:00:00Z",
    simreal="1.0.0",
    backbone="efficientnet_lite0",
    classifier="head on frozen features",
    correct=20,
    classes=(ClassStanding("cellphone", 10, 3, 0.1, 0.6, {"camera": 5, "laptop": 2}),),
    advice=(
        Advice(
            "range",
            "cellphone",
            "photos look from above",
            "medium",
            "raise the upper end",
            RANGE,
            (Measured("share beyond the upper fifth", 0.6, 0.4, 0.8), Measured("held-out R2", 0.7)),
            ("cellphone/1.jpg",),
            "advice-1.png",
        ),
    ),
    warnings=("few photos",),
)


def test_a_record_comes_back_as_it_was_written(tmp_path: Path) -> None:
    path = write_advice(RECORD, tmp_path)
    assert path == tmp_path / ADVICE_FILE
    assert read_advice(tmp_path) == read_advice(path) == RECORD
    assert RECORD.classes[0].accuracy == 0.3 and RECORD.accuracy == 20 / 30


def test_what_is_no_record_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="there is no advice yet; run `simreal advise`"):
        read_advice(tmp_path)
    path = write_advice(RECORD, tmp_path)
    document = json.loads(path.read_text())
    for damaged in ("{", "[]", "{}", json.dumps({**document, "simreal_advice": 99})):
        path.write_text(damaged)
        with pytest.raises(RunError, match="again"):
            read_advice(path)
    path.write_text(json.dumps({**document, "advice": [{"kind": "magic"}]}))
    with pytest.raises(RunError, match="damaged"):
        read_advice(path)


def test_an_unknown_kind_is_damage_too(tmp_path: Path) -> None:
    path = write_advice(attrs.evolve(RECORD, warnings=()), tmp_path)
    path.write_text(path.read_text().replace('"kind": "range"', '"kind": "magic"'))
    with pytest.raises(RunError, match="damaged"):
        read_advice(path)
