"""Whose images a folder holds: a render goes on only where it was begun with the same design."""

from __future__ import annotations

import itertools
import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import attrs

from ..design.design import Design
from ..design.document import load, save
from ..design.errors import DataSetError
from ..design.identity import design_hash
from .layout import (
    CARD_FILE,
    CROISSANT_FILE,
    DESIGN_FILE,
    OWN_FOLDER,
    own_folder,
    parts_folder,
    shards_folder,
    state_file,
)
from .shards import sweep_moves
from .storage import Storage, storage_from
from .writing import write_whole, writing_to

FORMAT_VERSION = 2
_OTHERWISE = "choose another folder with --out, or delete this one"


# What a render leaves in a split's folder.
_OURS = re.compile(r"\d{8,}\.jpg|.+-\d{6,}\.tar|metadata(-\d+)?\.(jsonl|parquet)|shards\.json")
# What a file is called until it is whole: ".README.md.1234" (write_whole), ".design.json.1234.tmp" (a design's save).
_UNFINISHED = re.compile(r"\..+\.\d+(\.tmp)?")


@attrs.frozen
class State:
    """What ``.simreal/state.json`` keeps. ``renderer`` is what rendered the first image, "" until it did.

    ``derived`` is how the data set was made from others (``merge``, ``thin``), "" if it was rendered.
    """

    design_hash: str
    renderer: str = ""
    storage: Storage = attrs.field(factory=Storage)
    derived: str = ""


def prepare(data: Path, design: Design, storage: Storage | None = None) -> State:
    """Make ``data`` a folder for this design's images, or see that it is one already, and write its design.json.

    The caller holds the folder's lock. Counts of splits may differ from those the folder was begun with; ``storage``,
    where it is given, may not. Raises DataSetError where the folder belongs to something else or cannot be written.
    """
    state = State(design_hash(design), storage=storage or Storage())
    found = read_state(data)
    ours = {OWN_FOLDER}
    if found is None and own_folder(data).is_dir():  # what is left of a data set that was deleted while it was rendered
        ours |= {DESIGN_FILE, CARD_FILE, CROISSANT_FILE, *(split.name for split in design.splits)}
    if found is None and (others := [path.name for path in data.iterdir() if path.name not in ours]):
        raise DataSetError(f"{data}: holds other files ({', '.join(sorted(others)[:3])}); {_OTHERWISE}")
    if found is not None and found.derived:
        raise DataSetError(f"{data}: was made by `simreal data {found.derived}`, and cannot be rendered on")
    if found is not None and found.design_hash != state.design_hash:
        raise DataSetError(f"{data}: holds the images of another design; {_OTHERWISE}")
    if found is not None and storage is not None and storage != found.storage:
        kept = f"--layout {found.storage.layout} --metadata {found.storage.metadata}"
        raise DataSetError(f"{data}: was begun with {kept}; `simreal data convert` changes that")
    (found or state).storage.check_possible()
    with writing_to(data):
        sweep(data)
        if found is None:
            for split in design.splits:  # commits without a state: nobody knows of which design
                shutil.rmtree(shards_folder(data, split.name), ignore_errors=True)
                _remove_images(data / split.name)
            write_state(data, state)
    save(design, data / DESIGN_FILE)
    return found or state


def _remove_images(split: Path) -> None:
    """Remove all that a render may have left in a split's folder, and nothing else."""
    for path in (*split.glob("*"), *split.glob("*/*.jpg")):
        if _OURS.fullmatch(path.name) and path.is_file():
            path.unlink()


def sweep(data: Path) -> None:
    """Remove shards and files left unfinished by processes that were killed. The caller holds the folder's lock."""
    sweep_moves(data)
    shutil.rmtree(parts_folder(data), ignore_errors=True)
    for path in (*data.glob(".*"), *data.glob("*/.*")):
        if _UNFINISHED.fullmatch(path.name) and path.is_file():
            path.unlink()


def check_usable(data: Path) -> None:
    """Raise DataSetError, before anything is written, where ``data`` is a file or a folder of something else."""
    if data.exists() and not data.is_dir():
        raise DataSetError(f"{data}: is a file, not a folder; choose another folder with --out")
    if data.is_dir() and not own_folder(data).is_dir() and (others := sorted(path.name for path in data.iterdir())):
        raise DataSetError(f"{data}: holds other files ({', '.join(others[:3])}); {_OTHERWISE}")


def read_state(data: Path) -> State | None:
    """The state of a folder, None if it has none. DataSetError where it cannot be understood."""
    try:
        document = json.loads(state_file(data).read_text(encoding="utf-8"))
        version = document["simreal_data"]
        if version == 1:
            raise DataSetError(f"{data}: was made by an earlier version of Simreal; {_OTHERWISE}")
        if version != FORMAT_VERSION:
            raise DataSetError(f"{data}: was made by another version of Simreal; {_OTHERWISE}")
        storage = storage_from(document)
        return State(document["design_hash"], document["renderer"], storage, document["derived"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataSetError(f"{state_file(data)}: cannot be read ({error}); {_OTHERWISE}") from None


def write_state(data: Path, state: State) -> None:
    """Keep a folder's state."""
    document = {"simreal_data": FORMAT_VERSION, **attrs.asdict(state)}
    document |= document.pop("storage")
    with writing_to(data):
        write_whole(state_file(data), (json.dumps(document, indent=2) + "\n").encode())


def free_name(data: Path) -> Path:
    """Where a folder is moved to when it is set aside: ``data-1``, or the next number that is free."""
    numbered = (data.with_name(f"{data.name}-{number}") for number in itertools.count(1))
    return next(path for path in numbered if not path.exists())


def kept_counts(data: Path) -> Mapping[str, int]:
    """How many images of each split the folder was last meant to have; empty for a new folder."""
    path = data / DESIGN_FILE
    return {split.name: split.count for split in load(path).splits} if path.is_file() else {}
