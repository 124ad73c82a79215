"""The metadata of a finished split on disk: JSON lines or Parquet, in one file or in parts, written as it comes."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Protocol

from ..design.errors import DataSetError, ToolError
from .layout import METADATA_NAME
from .metadata import LISTS
from .records import Row
from .storage import Storage
from .writing import process_number, sync_folder

BLOCKS_A_PART = 100
BATCH_ROWS = 2000

_ALWAYS = {"file_name", "class", "index"}
_ARROW = {"int64": "int64", "label": "int64", "float64": "float64", "string": "string", "bool": "bool_"}


class MetadataWriter:
    """Writes a split's metadata block by block; ``commit`` renames it into existence in place of what was there.

    A split in class folders has one file, as Hugging Face reads it; one in tars a part per hundred tars.
    """

    def __init__(self, folder: Path, storage: Storage, columns: Mapping[str, str]) -> None:
        self._folder = folder
        self._storage = storage
        self._columns = columns
        self._names: list[str] = []
        self._blocks = 0
        self._file: _Part | None = None

    def __enter__(self) -> MetadataWriter:
        self._folder.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()
        for name in self._names:
            self._temporary(name).unlink(missing_ok=True)

    def add(self, lines: Sequence[bytes]) -> None:
        """The rows of the next block, as JSON."""
        whole = self._storage.layout == "folders"
        if self._file is None or (not whole and self._blocks % BLOCKS_A_PART == 0):
            self._next("" if whole else f"-{self._blocks // BLOCKS_A_PART:05d}")
        assert self._file is not None
        self._file.write(lines)
        self._blocks += 1

    def commit(self) -> None:
        """Make what was written the split's metadata."""
        if self._file is None:
            self.add(())
        assert self._file is not None
        self._file.close()
        for name in self._names:
            self._temporary(name).replace(self._folder / name)
        for path in self._folder.glob("metadata*.*"):
            if METADATA_NAME.fullmatch(path.name) and path.name not in self._names:
                path.unlink()
        self._names, self._file = [], None
        sync_folder(self._folder)

    def _next(self, part: str) -> None:
        if self._file is not None:
            self._file.close()
        name = f"metadata{part}.{self._storage.metadata}"
        self._names.append(name)
        path = self._temporary(name)
        self._file = _JsonLines(path) if self._storage.metadata == "jsonl" else _Parquet(path, self._columns)

    def _temporary(self, name: str) -> Path:
        return self._folder / f".{name}.{process_number()}"


def read_batches(path: Path, columns: Sequence[str] | None = None) -> Iterator[dict[str, list[Any]]]:
    """Columns of a metadata file, some thousand rows at a time; all columns if none are named.

    A column that a file lacks is all None. DataSetError where the file cannot be read.
    """
    try:
        yield from (_parquet_batches if path.suffix == ".parquet" else _json_batches)(path, columns)
    except (OSError, ValueError, AttributeError) as error:
        raise DataSetError(f"{path}: cannot be read ({error}); delete it and run `simreal render` again") from None


def count_rows(path: Path) -> int:
    """How many rows a metadata file has. DataSetError where it cannot be read."""
    try:
        if path.suffix == ".parquet":
            return int(_pyarrow("parquet").read_metadata(path).num_rows)
        with path.open("rb") as file:
            return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))
    except (OSError, ValueError) as error:
        raise DataSetError(f"{path}: cannot be read ({error}); delete it and run `simreal render` again") from None


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _Part(Protocol):
    def write(self, lines: Sequence[bytes]) -> None: ...
    def close(self) -> None: ...


class _JsonLines:
    def __init__(self, path: Path) -> None:
        self._file: IO[bytes] = path.open("wb")

    def write(self, lines: Sequence[bytes]) -> None:
        self._file.write(b"".join(line + b"\n" for line in lines))

    def close(self) -> None:
        if not self._file.closed:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()


class _Parquet:
    """A row group per block. The types of columns that the design does not know are those of the first rows."""

    def __init__(self, path: Path, columns: Mapping[str, str]) -> None:
        self._path = path
        self._columns = columns
        self._writer: Any = None

    def write(self, lines: Sequence[bytes]) -> None:
        arrow = _pyarrow()
        rows = [_loads(line) for line in lines]
        if self._writer is None:
            self._writer = _pyarrow("parquet").ParquetWriter(self._path, _schema(rows, self._columns))
        if rows:
            self._writer.write_table(arrow.Table.from_pylist(rows, schema=self._writer.schema))

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()


def _schema(rows: Sequence[Row], columns: Mapping[str, str]) -> Any:
    arrow = _pyarrow()
    known = {
        name: arrow.list_(getattr(arrow, LISTS[kind])()) if kind in LISTS else getattr(arrow, _ARROW[kind])()
        for name, kind in {"file_name": "string", **columns}.items()
    }
    names = list(dict.fromkeys(name for row in rows for name in row)) or list(known)
    guessed = arrow.Table.from_pylist(rows).schema if rows else arrow.schema([])
    return arrow.schema([(name, known[name] if name in known else guessed.field(name).type) for name in names])


def _json_batches(path: Path, columns: Sequence[str] | None) -> Iterator[dict[str, list[Any]]]:
    """Row by row where columns are named: rows that are parsed together, and kept, leave the processor's cache."""
    with path.open("rb") as file:
        while lines := list(itertools.islice(file, BATCH_ROWS)):
            rows: Iterable[Row] = map(_row, lines)
            names = columns
            if not names:
                rows = list(rows)
                names = list(dict.fromkeys(itertools.chain.from_iterable(rows)))
            values = ([row.get(name) for name in names] for row in rows)
            yield dict(zip(names, map(list, zip(*values, strict=True)), strict=True))


def _row(line: bytes) -> Row:
    row: Row = _loads(line)
    if not row.keys() >= _ALWAYS:
        raise ValueError("a row lacks its file_name, class or index")
    return row


def _parquet_batches(path: Path, columns: Sequence[str] | None) -> Iterator[dict[str, list[Any]]]:
    with _pyarrow("parquet").ParquetFile(path) as file:
        there = file.schema_arrow.names
        if not set(there) >= _ALWAYS:
            raise ValueError("it lacks the column file_name, class or index")
        names = list(columns or there)
        for batch in file.iter_batches(BATCH_ROWS, columns=[name for name in names if name in there]):
            found = dict(zip(batch.schema.names, (column.to_pylist() for column in batch.columns), strict=True))
            yield {name: found.get(name) or [None] * batch.num_rows for name in names}


def _loader() -> Callable[[bytes], Any]:
    """What parses JSON: orjson, which is faster, where it is installed; else Python's own."""
    try:
        import orjson
    except ImportError:
        return json.loads
    return orjson.loads


_loads = _loader()


def _pyarrow(module: str = "") -> Any:
    """pyarrow, or a module of it. ToolError where it is not installed."""
    import importlib

    try:
        return importlib.import_module(f"pyarrow.{module}" if module else "pyarrow")
    except ImportError:
        raise ToolError("this Python has no pyarrow, which Parquet needs: pip install 'simreal[data]'") from None
