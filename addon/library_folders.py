"""Where on this machine libraries lie that the user has located once, by their names: no preset asks for them twice."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from ..datasets.writing import write_bytes
from ..design.design import Design
from ..design.errors import AssetError, DesignError
from ..design.missing import located, missing_libraries
from ..design.parsing import parsed
from .preferences import user_folder

FILE = "library_folders.json"


def remember(library: str, kind: str, folder: Path) -> None:
    """Note where a library lies."""
    folders = {**_folders(), f"{kind}/{library}": str(folder)}
    write_bytes(user_folder() / FILE, json.dumps(folders, indent=2).encode())


def with_remembered(design: Design) -> Design:
    """The design with each library whose folder is missing in the folder that was noted, if its files are there."""
    folders = _folders()
    for one in missing_libraries(design, folders_only=True):
        folder = folders.get(f"{one.kind}/{one.library}")
        if folder is not None and not one.folder_is_there and Path(folder).is_dir():
            try:
                design = located(design, one.library, Path(folder))
            except (AssetError, DesignError):  # another library of the same name: it stays missing, and is listed
                continue
    return design


def _folders() -> Mapping[str, str]:
    """What was noted; nothing where the file is missing or damaged, as it only saves a question."""
    try:
        noted = parsed((user_folder() / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError, DesignError):
        return {}
    return {str(name): str(folder) for name, folder in noted.items()} if isinstance(noted, dict) else {}
