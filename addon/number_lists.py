"""Lists of numbers as text in one field, which Blender has no property for: ``1, 1.5, 2``. No digit is lost."""

from __future__ import annotations

from collections.abc import Iterable

from ..design.errors import DesignError

LISTS = ("values", "weights")  # the fields of distributions that are lists of numbers


def list_text(numbers: Iterable[float]) -> str:
    """The text of these numbers."""
    return ", ".join(repr(float(number)).removesuffix(".0") for number in numbers)


def parsed_list(path: str, text: str) -> list[float]:
    """The numbers in a text, with commas or spaces between them. DesignError with ``path`` where one is no number."""
    numbers = []
    for word in text.replace(",", " ").split():
        try:
            numbers.append(float(word))
        except ValueError:
            raise DesignError(path, f"must be numbers with commas between them; {word!r} is none") from None
    return numbers
