"""Which design an image belongs to: a hash over what determines images, and over nothing else."""

from __future__ import annotations

import hashlib
import json

from .design import Design
from .document import to_document


def design_hash(design: Design) -> str:
    """SHA-256 over all that determines the design's images.

    Left out: name, description, where libraries lie, and how many images of a split are wanted (image k is the same
    among ten and among a million).
    """
    document = to_document(design)
    for name in ("name", "description"):
        del document[name]
    for library in document["libraries"].values():
        del library["path"]
    for split in document["splits"].values():
        del split["count"]
    return hashlib.sha256(json.dumps(document, ensure_ascii=False).encode()).hexdigest()
