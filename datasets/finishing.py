"""Finishing a split: from committed shards to a folder that holds exactly the images wanted, and their metadata."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import attrs

from ..design.document import load, to_document
from ..design.errors import DataSetError
from .layout import DESIGN_FILE, IMAGE_NAME, OWN_FOLDER, metadata_file, surplus_folder
from .shards import Row, committed, image_files, json_lines, missing
from .writing import write_whole, writing_to


@attrs.frozen
class FinishedSplit:
    """What a finished split holds: ``images`` by class in label order, and why images that are not there failed."""

    name: str
    images: Mapping[str, int]
    failures: Mapping[int, str]

    @property
    def total(self) -> int:
        return sum(self.images.values())


def split_contents(data: Path, name: str, count: int, classes: tuple[str, ...]) -> FinishedSplit:
    """What the committed shards of a split hold of its first ``count`` images."""
    rows, failures = _collect(data, name)
    counts = Counter(row["class"] for index, row in rows.items() if index < count)
    return FinishedSplit(
        name,
        {class_name: counts[class_name] for class_name in classes},
        {index: reason for index, reason in sorted(failures.items()) if index < count},
    )


def finish_split(data: Path, name: str, count: int) -> None:
    """Write a split's metadata.jsonl, once all its shards are there. However they came to be, the bytes are the same.

    Images beyond ``count`` (it was larger once) are laid aside, and fetched back when it grows again; images that no
    committed shard knows (a move was interrupted) are removed. DataSetError if shards are missing.
    """
    gaps = missing(data, name, count)
    if gaps:
        raise DataSetError(f"{data}: {sum(map(len, gaps))} images of {name} are not rendered yet")
    rows, _ = _collect(data, name)
    wanted = {row["file_name"] for index, row in rows.items() if index < count}
    surplus = {row["file_name"] for index, row in rows.items() if index >= count}
    shown, aside = data / name, surplus_folder(data, name)
    if not shown.is_dir():  # no image was ever wanted
        return
    with writing_to(data):
        for file in list(image_files(shown)):
            if file in surplus:
                _move(shown / file, aside / file)
            elif file not in wanted and IMAGE_NAME.fullmatch(Path(file).name):
                (shown / file).unlink()
        for file in list(image_files(aside)):
            if file in wanted:
                _move(aside / file, shown / file)
        for folder in shown.iterdir():
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
        write_whole(metadata_file(data, name), json_lines(rows[index] for index in sorted(rows) if index < count))


def data_hash(data: Path) -> str:
    """SHA-256 over the paths and bytes of all files, without ``.simreal``.

    Of design.json all counts but where its libraries lie, which depends on where the data set does.
    """
    digest = hashlib.sha256()
    for path in sorted(data.rglob("*"), key=lambda path: path.relative_to(data).as_posix()):
        relative = path.relative_to(data)
        if relative.parts[0] == OWN_FOLDER or not path.is_file():
            continue
        content = _design_without_places(path) if relative == Path(DESIGN_FILE) else path.read_bytes()
        digest.update(f"{relative.as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _collect(data: Path, name: str) -> tuple[dict[int, Row], dict[int, str]]:
    """Rows and failures by index. Of overlapping shards a row wins over a failure (it was tried again)."""
    rows: dict[int, Row] = {}
    failures: dict[int, str] = {}
    for record in committed(data, name):
        rows.update({row["index"]: row for row in record.rows})
        failures.update(record.failures)
    return rows, {index: reason for index, reason in failures.items() if index not in rows}


def _move(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    source.replace(target)


def _design_without_places(path: Path) -> bytes:
    document = to_document(load(path))
    for library in document["libraries"].values():
        del library["path"]
    return json.dumps(document, ensure_ascii=False).encode()
