"""The splits of ``Scene.simreal`` as a list that people edit."""

from __future__ import annotations

import re
from typing import Any

from ..design.sources import free_name
from .touched import touched


def add_split(state: Any, name: str) -> Any:
    """A new split behind the others, with as many images and the same overrides as the active one; it is active."""
    active = state.splits[state.active_split] if state.active_split < len(state.splits) else None
    count, overrides = (active.count, active.overrides) if active is not None else (100, "{}")
    split = state.splits.add()
    split.name = name
    split.count, split.overrides = count, overrides
    state.active_split = len(state.splits) - 1
    return split


def split_renamed(split: Any, _context: Any) -> None:
    """Keep names unique and usable: letters, digits, - and _."""
    if split.name == split.known_name:
        return
    state, before = split.id_data.simreal, split.known_name
    others = [other.name for other in state.splits if other != split]
    wanted = re.sub(r"[^\w-]+", "_", split.name.strip())
    split.known_name = free_name(wanted if wanted.strip("_-") else before or "split", others)
    if split.known_name != split.name:
        split.name = split.known_name
    touched(split)
