"""Evidence in designs: kept, checked, told of another design once it changed, and no part of any image."""

from pathlib import Path

import attrs
import jsonschema
import pytest

from simreal.datasets.card import card_text
from simreal.datasets.state import State
from simreal.design.design import Design
from simreal.design.document import from_document, load, overridden, save, to_document
from simreal.design.errors import DesignError
from simreal.design.evidence import Evidence, evidence_text, with_newest
from simreal.design.identity import design_hash, is_of
from simreal.design.presets import with_look
from simreal.design.sampling import Sampler
from simreal.design.schema import design_schema
from simreal.design.starting import Sources, start_design

EVIDENCE = Evidence(
    date="2026-11-28T12:00:00Z",
    simreal="1.0.0",
    photos_sha256="a" * 64,
    photos_tuning=120,
    photos_reporting=1118,
    objective="accuracy",
    budget_images=5000,
    gain_points=2.14,
    low=0.4,
    high=3.9,
    against="weights 1",
    seeds=5,
    design_sha256="d" * 64,
)
DESIGN = start_design(Sources(), "starter", Path(), per_class=3).design


def with_evidence(design: Design) -> Design:
    """The design with a measurement of itself."""
    return attrs.evolve(design, evidence=(attrs.evolve(EVIDENCE, design_sha256=design_hash(design)),))


def test_a_design_keeps_its_evidence(tmp_path: Path) -> None:
    tuned = with_evidence(DESIGN)
    save(tuned, tmp_path / "tuned.simreal.json")
    loaded = load(tmp_path / "tuned.simreal.json")
    assert loaded.evidence == tuned.evidence and is_of(loaded.evidence[-1], loaded)
    jsonschema.Draft202012Validator(design_schema()).validate(to_document(tuned))
    assert "evidence" not in to_document(DESIGN), "a design without any is as it always was"


def test_it_changes_no_image() -> None:
    tuned = with_evidence(DESIGN)
    assert design_hash(tuned) == design_hash(DESIGN)
    assert Sampler(tuned, "train").spec(7) == Sampler(DESIGN, "train").spec(7)
    assert overridden(tuned, tuned.split("test_iid_wo_bg")).evidence == tuned.evidence


def test_a_changed_design_has_the_evidence_of_another() -> None:
    tuned = with_evidence(DESIGN)
    assert is_of(tuned.evidence[0], attrs.evolve(tuned, name="renamed"))
    factors = {**tuned.factors, "lens": attrs.evolve(tuned.factors["lens"], weight=0.25)}
    assert not is_of(tuned.evidence[0], attrs.evolve(tuned, factors=factors))
    assert not is_of(EVIDENCE, DESIGN)


def test_the_newest_stands_last_and_none_twice() -> None:
    later = attrs.evolve(EVIDENCE, date="2026-12-01T00:00:00Z")
    assert with_newest(with_newest((EVIDENCE,), later), EVIDENCE) == (later, EVIDENCE)


def test_a_look_brings_its_evidence() -> None:
    factors = {**DESIGN.factors, "lens": attrs.evolve(DESIGN.factors["lens"], weight=0.25)}
    look = with_evidence(attrs.evolve(DESIGN, factors=factors))
    few = attrs.evolve(DESIGN, classes=DESIGN.classes[:2])
    dressed = with_look(few, look)
    assert dressed.evidence == look.evidence and not is_of(dressed.evidence[0], dressed)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"low": 4.0}, r"evidence\[0\].low: must be <= high"),
        ({"seeds": -1}, r"evidence\[0\].seeds: must be >= 0"),
        ({"gain_points": float("nan")}, r"evidence\[0\].gain_points: must be a finite number"),
        ({"gain_points": "much"}, r"evidence\[0\].gain_points: must be a number"),
        ({"gains": 1}, r"evidence\[0\].gains: there is no such key"),
    ],
)
def test_a_fault_is_named_with_its_place(change: dict, message: str) -> None:
    document = to_document(with_evidence(DESIGN))
    document["evidence"][0] |= change
    with pytest.raises(DesignError, match=message):
        from_document(document)


@pytest.mark.parametrize("given", [{}, None, "much"])
def test_evidence_is_a_list(given: object) -> None:
    with pytest.raises(DesignError, match="evidence: must be a list"):
        from_document({**to_document(DESIGN), "evidence": given})


def test_it_is_told_in_words_with_its_doubt() -> None:
    text = evidence_text(EVIDENCE)
    for part in ("2026-11-28", "+2.1 [0.4, 3.9]", "weights 1", "1,118 photos", "5,000 images", "5 seeds"):
        assert part in text
    assert "noise" not in text
    assert "within the noise" in evidence_text(attrs.evolve(EVIDENCE, low=-0.3))


def test_a_data_sets_card_tells_of_it() -> None:
    assert "Evidence" not in card_text(DESIGN, [], State("x"))
    assert evidence_text(EVIDENCE) in card_text(with_evidence(DESIGN), [], State("x"))
