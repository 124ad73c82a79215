"""Colours and marks by which classes are told apart, also by people who see colours differently.

Ten colours of Petroff ("Accessible color sequences for data visualization", arXiv 2107.02270), which were chosen by
their distance under the common kinds of colour-blindness; from the eleventh class on, other marks with the same ones.
"""

from __future__ import annotations

import attrs

COLOURS = (
    *("#3f90da", "#ffa90e", "#bd1f01", "#94a4a2", "#832db6"),
    *("#a96b59", "#e76300", "#b9ac70", "#717581", "#92dadd"),
)
MARKS = ("o", "s", "^", "D", "P", "v", "X", "*")


@attrs.frozen
class Style:
    """How a class, or a run, is drawn: a Matplotlib colour and marker."""

    colour: str
    mark: str


def run_style(number: int) -> Style:
    """The style of the run of that number: here the marks differ from the first on."""
    return Style(COLOURS[number % len(COLOURS)], MARKS[number % len(MARKS)])


def class_style(label: int) -> Style:
    """The style of the class of that label: all differ for 80 classes, and begin again after them."""
    return Style(COLOURS[label % len(COLOURS)], MARKS[label // len(COLOURS) % len(MARKS)])
