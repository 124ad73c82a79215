"""Records that a run ends in: one JSON file each, for other programs and panels. Read strictly, never executed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

import attrs
from cattrs.errors import ClassValidationError

from ..design.errors import DesignError, RunError
from ..design.parsing import MAX_BYTES, parsed
from ..design.strict import first_fault
from .writing import write_bytes

FORMAT_VERSION = 1
Record = TypeVar("Record")


class DatedRecord(attrs.AttrsInstance, Protocol):
    """A record that says when it was made."""

    @property
    def date(self) -> str: ...


Dated = TypeVar("Dated", bound=DatedRecord)


def write_record(path: Path, key: str, document: Mapping[str, Any]) -> Path:
    """Write a record behind its ``key``, whole or not at all; returns the file. Numbers must be finite."""
    text = json.dumps({key: FORMAT_VERSION, **document}, indent=2, ensure_ascii=False, allow_nan=False)
    write_bytes(path, f"{text}\n".encode())
    return path


def now() -> str:
    """The time as records have it: ISO 8601 in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def dated_as_before(record: Dated, path: Path, read: Callable[[Path], Dated]) -> Dated:
    """The record, dated as the one in a file if nothing else differs: asked again, the bytes are the same."""
    if not path.is_file():
        return record
    try:
        before = read(path)
    except RunError:  # of another version: it is replaced
        return record
    return before if {**attrs.asdict(before), "date": record.date} == attrs.asdict(record) else record


def read_record(path: Path, key: str, command: str, structured: Callable[[Any], Record]) -> Record:
    """The record in a file. ``structured`` makes it of the document; ``command`` is what writes such records.

    RunError in one line, with the place of the fault, where there is none or it cannot be used.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise RunError(f"{path}: is too large for a record of `{command}`")
        document = parsed(path.read_text(encoding="utf-8"))
        if not isinstance(document, dict) or key not in document:
            raise RunError(f'{path}: has no "{key}" key: it is no record of `{command}`')
        if document.pop(key) != FORMAT_VERSION:
            raise RunError(f"{path}: was written by another version of Simreal; run `{command}` again")
        return structured(document)
    except FileNotFoundError:
        raise RunError(f"{path}: is not there; run `{command}`") from None
    except (OSError, UnicodeDecodeError) as error:
        raise RunError(f"{path}: cannot be read ({error}); run `{command}` again") from None
    except ClassValidationError as error:
        raise RunError(f"{path}: {first_fault(error)}; run `{command}` again") from None
    except DesignError as fault:
        raise RunError(f"{path}: {fault}; run `{command}` again") from None
