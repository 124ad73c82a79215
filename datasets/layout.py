"""Where things lie in a data set's folder.

::

    design.json                            the design
    README.md                              the data set card
    croissant.json                         the same for machines: MLCommons Croissant

    layout "folders"
    <split>/<class>/<index>.jpg            images; torchvision's ImageFolder reads a split as it is
    <split>/metadata.jsonl                 a row per image (or metadata.parquet); written when the split is finished

    layout "webdataset"
    <split>/<split>-000012.tar             images 12,000 .. 12,999, each as 00012000.cls, .jpg and .json
    <split>/metadata-00000.jsonl           the rows of 100 tars (or .parquet)
    <split>/shards.json                    the tars with their sizes, as wids reads it; the last file of a split

    .simreal/state.json                    which design and renderer the images are of, and the layout
    .simreal/<split>/<start>-<stop>.jsonl  the record of committed images; its name says which
    .simreal/<split>/<start>-<stop>.tar    their images, until a whole block is packed (layout "webdataset")
    .simreal/.parts/                       shards being rendered
    .simreal/.streams/<split>.json         how far the consumer of a stream is
    .simreal/.moves/                       images on their way from there into their class folders
    .simreal/.surplus/                     images beyond the number now wanted
"""

from __future__ import annotations

import re
from pathlib import Path

DESIGN_FILE = "design.json"
CARD_FILE = "README.md"
CROISSANT_FILE = "croissant.json"
OWN_FOLDER = ".simreal"
METADATA_NAME = re.compile(r"metadata(-\d{5,})?\.(jsonl|parquet)")
RECORD_NAME = re.compile(r"(\d{8,})-(\d{8,})\.jsonl")


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


def moves_folder(data: Path) -> Path:
    """Lists of images that are being moved to where they belong, so that a kill leaves none that nobody knows of."""
    return own_folder(data) / ".moves"


def stream_file(data: Path, split: str) -> Path:
    """How far the training that consumes a split is."""
    return own_folder(data) / ".streams" / f"{split}.json"


def surplus_folder(data: Path, split: str) -> Path:
    return own_folder(data) / ".surplus" / split


def shards_folder(data: Path, split: str) -> Path:
    return own_folder(data) / split


def record_file(data: Path, split: str, start: int, stop: int) -> Path:
    """The record of the committed images ``start`` .. ``stop`` - 1."""
    return shards_folder(data, split) / f"{start:08d}-{stop:08d}.jsonl"


def metadata_files(data: Path, split: str) -> list[Path]:
    """The metadata of a finished split, in the order of its rows; none where it is not finished."""
    folder = data / split
    files = sorted(path for path in folder.glob("metadata*.*") if METADATA_NAME.fullmatch(path.name))
    return [] if not index_file(data, split).is_file() and any("-" in path.name for path in files) else files


def index_file(data: Path, split: str) -> Path:
    """What tars a split has, in the form that wids reads; the last file written of a split in tars."""
    return data / split / "shards.json"


def tar_name(split: str, block: int) -> str:
    """The tar of a block of images, ``train-000012.tar``."""
    return f"{split}-{block:06d}.tar"


def image_name(class_name: str, index: int) -> str:
    """An image's path in its split's folder, ``cup/00000012.jpg``."""
    return f"{class_name}/{index:08d}.jpg"


def member_name(index: int) -> str:
    """An image's name in its tar, ``00000012.jpg``."""
    return f"{index:08d}.jpg"
