"""The record of advice: written whole, read back the same, and refused in one line where it is something else."""

import json
from pathlib import Path
from typing import Any

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
ADVICE = {"kind": "models", "class_name": "cup", "finding": "f", "confidence": "low", "hint": "h"}


def test_a_record_comes_back_as_it_was_written(tmp_path: Path) -> None:
    path = write_advice(RECORD, tmp_path)
    assert path == tmp_path / ADVICE_FILE
    assert read_advice(tmp_path) == read_advice(path) == RECORD
    assert RECORD.classes[0].accuracy == 0.3 and RECORD.accuracy == 20 / 30


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"simreal_advice": 99}, "another version of Simreal"),
        ({"photos": "many"}, "photos: must be a whole number"),
        ({"classes": [{"name": "cup"}]}, r"classes\[0\].photos: is missing"),
        ({"advice": [{"kind": "magic"}]}, r"advice\[0\].kind"),
        ({"advice": [{**ADVICE, "overrides": 3}]}, r"advice\[0\].overrides: must be an object"),
        ({"advice": [{**ADVICE, "sheet": "../secret.png"}]}, r"advice\[0\].sheet: must be the name of a file"),
        ({"opinion": "good"}, "opinion: there is no such key"),
    ],
    ids=lambda given: str(given)[:40],
)
def test_what_is_wrong_is_named_in_one_line(tmp_path: Path, change: dict[str, Any], fault: str) -> None:
    path = write_advice(RECORD, tmp_path)
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(RunError, match=fault) as caught:
        read_advice(path)
    assert "simreal advise" in str(caught.value) and "\n" not in str(caught.value)


def test_where_there_is_none_it_says_what_makes_one(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="run `simreal advise`"):
        read_advice(tmp_path)
    (tmp_path / ADVICE_FILE).write_text("{")
    with pytest.raises(RunError, match="simreal advise"):
        read_advice(tmp_path)
