"""Where things lie in a data set's folder.

::

    design.json                            the design
    README.md                              the data set card
    <split>/<class>/<index>.jpg            images; torchvision's ImageFolder reads a split as it is
    <split>/metadata.jsonl                 a row per image; written when the split is finished
    .simreal/state.json                    which design and renderer the images are of
    .simreal/<split>/<start>-<stop>.jsonl  a committed shard
    .simreal/.parts/                       shards being rendered
    .simreal/.surplus/                     images beyond the number now wanted
"""

from __future__ import annotations

import re
from pathlib import Path

DESIGN_FILE = "design.json"
CARD_FILE = "README.md"
METADATA_FILE = "metadata.jsonl"
OWN_FOLDER = ".simreal"
IMAGE_NAME = re.compile(r"\d{8,}\.jpg")


def own_folder(data: Path) -> Path:
    """What Simreal keeps for itself; no part of the data set."""
    return data / OWN_FOLDER


def state_file(data: Path) -> Path:
    return own_folder(data) / "state.json"


def job_file(data: Path) -> Path:
    """What render workers are to do."""
    return own_folder(data) / "job.json"


def parts_folder(data: Path) -> Path:
    """Shards in the making. A split's name has no dot, so these folders never meet one."""
    return own_folder(data) / ".parts"


def surplus_folder(data: Path, split: str) -> Path:
    return own_folder(data) / ".surplus" / split


def shards_folder(data: Path, split: str) -> Path:
    return own_folder(data) / split


def metadata_file(data: Path, split: str) -> Path:
    return data / split / METADATA_FILE


def image_name(class_name: str, index: int) -> str:
    """An image's path in its split's folder, ``cup/00000012.jpg``."""
    return f"{class_name}/{index:08d}.jpg"
