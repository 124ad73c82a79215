"""Which design an image belongs to: a hash over what determines images, and over nothing else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import attrs

from .design import Design, ImageSettings, default_factors
from .document import factor_document, to_document
from .evidence import Evidence, evidence_text

LATER_FACTORS = ("distractors",)
_FIRST_IMAGE_SETTINGS = ("resolution_px", "samples", "bounces", "denoiser")


def design_hash(design: Design) -> str:
    """SHA-256 over all that determines the design's images.

    Left out: name, description, evidence, where libraries lie, how many images of a split are wanted (image k is the
    same among ten and among a million), and what designs say since a later version, where it is as before.
    """
    document = to_document(attrs.evolve(design, evidence=()))
    for name in ("name", "description"):
        del document[name]
    _leave_out_later(document)
    for library in document["libraries"].values():
        del library["path"]
    for split in document["splits"].values():
        del split["count"]
    return hashlib.sha256(json.dumps(document, ensure_ascii=False).encode()).hexdigest()


def is_of(evidence: Evidence, design: Design) -> bool:
    """Whether it was measured of this very design, and not of what that was before it was changed."""
    return evidence.design_sha256 == design_hash(design)


def evidence_lines(design: Design) -> Iterator[str]:
    """All measurements in a sentence each, the newest first; those of another design say so."""
    for one in reversed(design.evidence):
        yield evidence_text(one) if is_of(one, design) else f"{evidence_text(one)} (the design was changed since)"


def _leave_out_later(document: dict[str, Any]) -> None:
    """Take out what designs could not say at first, where it is as it was then: data sets begun before stay usable."""
    if document["views_per_scene"] == 1:
        del document["views_per_scene"]
    for field in attrs.fields(ImageSettings):
        if field.name not in _FIRST_IMAGE_SETTINGS and document["image"][field.name] == field.default:
            del document["image"][field.name]
    for name in LATER_FACTORS:
        silent = factor_document(attrs.evolve(default_factors()[name], weight=0.0))
        if document["factors"].get(name) == silent:
            del document["factors"][name]
