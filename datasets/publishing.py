"""What a data set says of itself: its card for people and Hugging Face, and croissant.json for machines."""

from __future__ import annotations

from pathlib import Path

from ..design.design import Design
from .card import card_text
from .croissant import croissant_text
from .finishing import split_contents
from .layout import CARD_FILE, CROISSANT_FILE, metadata_files
from .state import State
from .writing import write_whole, writing_to


def publish(data: Path, design: Design, state: State) -> None:
    """Write both for the splits that are finished. They hold no date, so that the same data is the same."""
    finished = [split for split in design.splits if metadata_files(data, split.name)]
    contents = [split_contents(data, split.name, split.count, design.class_names) for split in finished]
    with writing_to(data):
        write_whole(data / CARD_FILE, card_text(design, contents, state).encode())
        write_whole(data / CROISSANT_FILE, croissant_text(data, design, contents, state.storage).encode())
