"""The protocol between processes: typed messages as JSON text sequences (RFC 7464).

Each message is one JSON object behind a record separator (0x1E) and before a newline, so whatever else a process prints
(Blender's own chatter, warnings of libraries) does no harm: bytes outside a record are skipped.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeAlias

import attrs

RECORD_SEPARATOR = b"\x1e"


@attrs.frozen
class Progress:
    """How far a job is. ``rate`` is in units a second, ``eta_s`` in seconds; both None until they can be estimated.

    ``note`` is what else a person should know of it now, mostly nothing.
    """

    stage: str
    done: int
    total: int
    unit: str = "images"
    rate: float | None = None
    eta_s: float | None = None
    note: str = ""


@attrs.frozen
class Log:
    """A line for the user. ``level`` is ``info`` or ``warning``."""

    text: str
    level: str = "info"


@attrs.frozen
class Result:
    """What a job, or a part of one, produced: JSON values under a name of what it is."""

    kind: str
    data: dict[str, Any]


@attrs.frozen
class Error:
    """Why a job, or a part of one, failed. ``fatal`` is False where the rest goes on."""

    text: str
    fatal: bool = True


Message: TypeAlias = Progress | Log | Result | Error
Report: TypeAlias = Callable[[Message], None]

_TYPES: dict[str, type[Progress] | type[Log] | type[Result] | type[Error]] = {
    "progress": Progress,
    "log": Log,
    "result": Result,
    "error": Error,
}
_NAMES = {cls: name for name, cls in _TYPES.items()}


def encode(message: Message) -> bytes:
    """One message as an RFC 7464 record."""
    record = {"type": _NAMES[type(message)], **attrs.asdict(message)}
    return RECORD_SEPARATOR + json.dumps(record, ensure_ascii=False, allow_nan=False).encode() + b"\n"


class Decoder:
    """Turns a byte stream, in pieces of any size, into messages. What is no message, or a damaged one, is kept apart.

    ``chatter`` collects the last lines of everything that was not a message: what a crashed child said.
    """

    def __init__(self, keep_lines: int = 50) -> None:
        self._pending = b""
        self._keep_lines = keep_lines
        self.chatter: list[str] = []

    def feed(self, data: bytes) -> list[Message]:
        """All messages completed by ``data``."""
        self._pending += data
        *lines, self._pending = self._pending.split(b"\n")
        messages = []
        for line in lines:
            noise, separator, record = line.rpartition(RECORD_SEPARATOR)
            message = _decode(record) if separator else None
            if message is not None:
                messages.append(message)
                record = b""
            self._remember(noise + record)
        return messages

    def _remember(self, noise: bytes) -> None:
        text = noise.decode(errors="replace").strip()
        if text:
            self.chatter = [*self.chatter, text][-self._keep_lines :]


def _decode(record: bytes) -> Message | None:
    try:
        fields = json.loads(record)
        return _TYPES[fields.pop("type")](**fields)
    except (ValueError, KeyError, TypeError, AttributeError):  # RFC 7464, 2.3: a truncated or foreign record is skipped
        return None
