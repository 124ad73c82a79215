"""The classes of ``Scene.simreal`` as a list that people edit: names, order, and the models of the active class."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from ..design.sources import free_name
from .snapshot import SUFFIX
from .touched import touched

_NO_FOLDER_NAME = re.compile(r'[/\\:*?"<>|\x00-\x1f]')


@attrs.frozen
class Added:
    """What adding models did: how many classes are new, how many were there already, and how many models came in."""

    new: int
    merged: int
    models: int

    @property
    def text(self) -> str:
        parts = [f"{self.new} new" if self.new else "", f"{self.merged} extended" if self.merged else ""]
        classes = " and ".join(filter(None, parts)) or "No"
        return f"{classes} {'class' if self.new + self.merged == 1 else 'classes'}, {self.models} models added"


def add_models(state: Any, classes: Mapping[str, Iterable[str]]) -> Added:
    """Add models (``library:path``) by class. Models of a class that is there, in any letter case, join it.

    New classes come behind those that are there, whose labels so stay. A model that is there already is not doubled.
    """
    there = {entry.name.casefold(): entry for entry in state.classes}
    new = merged = models = 0
    for wanted, assets in classes.items():
        name = clean_name(wanted) or "class"
        entry = there.get(name.casefold())
        known = entry.models.split("\n") if entry is not None and entry.models else []
        more = [asset for asset in dict.fromkeys(assets) if asset not in set(known)]
        if not more:
            continue
        if entry is None:
            entry = state.classes.add()
            entry.name = name
            there = {other.name.casefold(): other for other in state.classes}  # adding may move the others in memory
            new += 1
        else:
            merged += 1
        entry.models = "\n".join((*known, *more))
        models += len(more)
    return Added(new, merged, models)


def remove_class(state: Any, index: int) -> None:
    """Take a class off the list; the next one is active."""
    state.classes.remove(index)
    state.active_class = max(0, min(index, len(state.classes) - 1))


def move_class(state: Any, index: int, to: int) -> None:
    """Move a class to another place; it stays active."""
    state.classes.move(index, to)
    state.active_class = to


def sort_classes(state: Any, names: Iterable[str]) -> None:
    """Bring the classes into the order of ``names``; the active one stays active."""
    active = state.classes[state.active_class].name if state.active_class < len(state.classes) else ""
    for place, name in enumerate(names):
        state.classes.move(state.classes.find(name), place)
    state.active_class = max(0, state.classes.find(active))


def remove_model(state: Any, index: int, asset: str) -> None:
    """Take a model off a class."""
    entry = state.classes[index]
    entry.models = "\n".join(one for one in entry.models.split("\n") if one != asset)


def models_label(asset: str) -> str:
    """A model in few words: ``cup/mug.obj`` of ``models:cup/mug/mug.obj``, ``Mug`` of ``a:b.blend#cups/Mug``."""
    path = asset.partition(":")[2]
    inside = path.partition(".blend#")[2]
    if inside:
        return inside.rpartition("/")[2].removesuffix(SUFFIX)
    return "/".join(path.split("/")[-2:])


def clean_name(name: str) -> str:
    """A name that can be a folder's; "" where nothing is left."""
    return _NO_FOLDER_NAME.sub("_", name).strip().lstrip(".")


def class_renamed(entry: Any, _context: Any) -> None:
    """Keep names unique and usable; what was typed for the class before, and is exact, stays with it."""
    if entry.name == entry.known_name:
        return
    state, before = entry.id_data.simreal, entry.known_name
    others = [other.name for other in state.classes if other != entry]
    name = free_name(clean_name(entry.name) or before or "class", others)
    entry.known_name = name
    if name != entry.name:
        entry.name = name
    if before:
        exact = json.loads(state.exact)
        weight = exact.pop(f"classes.{before}.weight", None)
        if weight is not None:
            state.exact = json.dumps({**exact, f"classes.{name}.weight": weight}, ensure_ascii=False)
    touched(entry)


def models_changed(entry: Any, _context: Any) -> None:
    """List the models anew where they are the active class's."""
    state = entry.id_data.simreal
    if state.active_class < len(state.classes) and state.classes[state.active_class] == entry:
        list_models(state)
    touched(entry)


def active_changed(state: Any, _context: Any) -> None:
    """List the models of the class that is active now."""
    list_models(state)


def list_models(state: Any) -> None:
    """Have ``Scene.simreal.models`` list the active class's models: a panel's list needs a collection."""
    active = state.classes[state.active_class] if state.active_class < len(state.classes) else None
    assets = active.models.split("\n") if active is not None and active.models else []
    state.models.clear()
    for asset in assets:
        state.models.add().name = asset
    state.active_model = min(state.active_model, max(0, len(assets) - 1))
