"""From text to JSON, strictly: what a design's text may be before anyone looks at what it says.

Beyond JSON's own grammar it is refused where a name stands twice in an object (the last would win, unseen), where a
number is not finite or too long, where text holds characters that no file or name can have, and where it is nested
deeper or longer than any design: so nothing that follows can run out of stack or memory.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any, NoReturn

from .errors import DesignError

MAX_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 32
_MAX_DIGITS = 30


def parsed(text: str) -> Any:
    """The JSON of a text. DesignError says in one line what is wrong with it."""
    if len(text) > MAX_BYTES:
        raise DesignError("", f"is too large for a design ({len(text) >> 20} MB; at most {MAX_BYTES >> 20})")
    if not text.strip():
        raise DesignError("", "is empty")
    try:
        document = json.loads(
            text, object_pairs_hook=_object, parse_constant=_constant, parse_int=_whole, parse_float=_real
        )
    except json.JSONDecodeError as error:
        raise DesignError("", f"is not JSON: {error.msg} (line {error.lineno}, column {error.colno})") from None
    except RecursionError:
        raise DesignError("", f"is nested deeper than any design ({MAX_DEPTH} levels)") from None
    _check(document)
    return document


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        double = next(name for number, name in enumerate(names) if name in names[:number])
        raise DesignError("", f"the key {_shown(double)} stands twice in one object")
    return found


def _constant(name: str) -> NoReturn:
    raise DesignError("", f"the number {name} is not finite")


def _whole(digits: str) -> int:
    if len(digits) > _MAX_DIGITS:
        raise DesignError("", f"the number {digits[:10]}... has {len(digits)} digits")
    return int(digits)


def _real(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise DesignError("", f"the number {digits[:20]} is not finite")
    return number


def _check(document: Any) -> None:
    """Depth and characters, without recursion."""
    level: Iterable[Any] = (document,)
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                below += value
                below += value.values()
            elif isinstance(value, list):
                below += value
            elif isinstance(value, str):
                _check_text(value)
        if not below:
            return
        level = below
    raise DesignError("", f"is nested deeper than any design ({MAX_DEPTH} levels)")


def _check_text(text: str) -> None:
    if text.isprintable():
        return
    for character in text:
        if "\ud800" <= character <= "\udfff" or (character < " " and character not in "\n\t"):
            raise DesignError("", f"{_shown(text)} has the character {_shown(character)}, which no text can have")


def _shown(text: str) -> str:
    return json.dumps(text if len(text) <= 40 else f"{text[:37]}...")
