"""The records of importance and of suggested weights: read as written, and refused in one line with the place."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest

from simreal.datasets.effect_records import (
    IMPORTANCE_FILE,
    Effect,
    ImportanceRecord,
    read_importance,
    write_importance,
)
from simreal.datasets.suggestion_records import (
    SUGGESTION_FILE,
    SuggestedChange,
    SuggestionRecord,
    read_suggestion,
    write_suggestion,
)
from simreal.design.errors import RunError

from .test_evidence import EVIDENCE

WEIGHT = Effect(
    factor="background",
    change="weight 0.6 -> 1.0",
    points=3.1,
    low=1.2,
    high=5.0,
    source="images",
    images=2000,
    photos=600,
)
RANGE = attrs.evolve(WEIGHT, factor="camera_viewpoint", parameter="elevation_deg", change="0 .. 30 deg only", low=-1.0)
OPTION = attrs.evolve(WEIGHT, factor="background", parameter="kind", option="white", source="experiment")
IMPORTANCE = ImportanceRecord(
    design_name="kit",
    design_sha256="d" * 64,
    classes=("cup", "chair"),
    photos_sha256="p" * 64,
    photos=600,
    date="2026-11-28T12:00:00Z",
    measure="top1",
    backbone="efficientnet_lite0",
    effects=(WEIGHT, RANGE, OPTION),
    warnings=("few photos",),
)
WEIGHTS = {"factors": {"background": {"weight": 1.0}}}
SUGGESTION = SuggestionRecord(
    design_name="kit",
    design_sha256="d" * 64,
    classes=("cup", "chair"),
    overrides={"factors": {"background": {"weight": 1.0}, "lens": {"f_stop": {"min": 4}}}},
    changes=(
        SuggestedChange(factor="background", before="0.6", after="1.0", overrides=WEIGHTS, effect=WEIGHT),
        SuggestedChange(
            factor="lens",
            parameter="f_stop",
            before="2 .. 16",
            after="4 .. 16",
            overrides={"factors": {"lens": {"f_stop": {"min": 4}}}},
            alike=5.5,
        ),
    ),
    evidence=EVIDENCE,
)


def test_records_come_back_as_they_were_written(tmp_path: Path) -> None:
    assert read_importance(write_importance(IMPORTANCE, tmp_path)) == read_importance(tmp_path) == IMPORTANCE
    assert read_suggestion(write_suggestion(SUGGESTION, tmp_path)) == read_suggestion(tmp_path) == SUGGESTION
    assert [effect.is_found for effect in IMPORTANCE.effects] == [True, False, True]


@pytest.mark.parametrize("read", [read_importance, read_suggestion])
def test_where_there_is_none_it_says_what_to_run(tmp_path: Path, read: Callable[[Path], Any]) -> None:
    with pytest.raises(RunError, match=r"is not there; run `simreal (importance|tune)`"):
        read(tmp_path / "none.json")


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('"low": 1.2', '"low": 9', r"effects\[0\].low: must be <= high"),
        ('"points": 3.1', '"points": NaN', "the number NaN is not finite"),
        ('"points": 3.1', '"points": 1e999', "finite"),
        ('"source": "images"', '"source": "dreams"', r"effects\[0\].source: must be one of images, experiment"),
        ('"photos": 600', '"photos": "many"', r"photos: must be a whole number"),
        ('"measure"', '"measured"', "measure"),
        ('"parameter": "kind"', '"parameter": ""', r"effects\[2\].option: is of no parameter"),
        ('"simreal_importance": 1', '"simreal_importance": 2', "another version"),
        ("simreal_importance", "simreal_other", 'has no "simreal_importance" key'),
        ("{", "", "is not JSON"),
    ],
)
def test_a_damaged_importance_is_refused_with_the_place(tmp_path: Path, before: str, after: str, message: str) -> None:
    path = write_importance(IMPORTANCE, tmp_path)
    path.write_text(path.read_text().replace(before, after, 1))
    with pytest.raises(RunError, match=message) as told:
        read_importance(path)
    assert "\n" not in str(told.value) and IMPORTANCE_FILE in str(told.value)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('"factors"', '"seed"', "overrides.seed: may change factors only"),
        ('"seeds": 5', '"seeds": -5', "evidence.seeds: must be >= 0"),
        ('"after": "1.0"', '"after": 1.0', r"changes\[0\].after: must be text"),
        ('"low": 1.2', '"low": 9', r"changes\[0\].effect.low: must be <= high"),
        ('"alike": 5.5', '"alike": NaN', "the number NaN is not finite"),
        ('"alike": 5.5', '"alike": "much"', r"changes\[1\].alike: must be"),
    ],
)
def test_a_damaged_suggestion_is_refused_with_the_place(tmp_path: Path, before: str, after: str, message: str) -> None:
    path = write_suggestion(SUGGESTION, tmp_path)
    path.write_text(path.read_text().replace(before, after, 1))
    with pytest.raises(RunError, match=message) as told:
        read_suggestion(path)
    assert "\n" not in str(told.value) and SUGGESTION_FILE in str(told.value)


def test_what_is_no_number_is_not_written(tmp_path: Path) -> None:
    bad = attrs.evolve(IMPORTANCE, effects=(attrs.evolve(WEIGHT, points=float("nan")),))
    with pytest.raises(RunError, match=r"effects\[0\].points: must be a finite number"):
        write_importance(bad, tmp_path)
    with pytest.raises(RunError, match=r"evidence.low: must be a finite number"):
        write_suggestion(attrs.evolve(SUGGESTION, evidence=attrs.evolve(EVIDENCE, low=float("-inf"))), tmp_path)
    assert not list(tmp_path.iterdir())
