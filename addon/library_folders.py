"""Where on this machine libraries lie that the user has located once, by their names: no preset asks for them twice."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from ..datasets.writing import write_bytes
from ..design.design import Design, names_folder
from ..design.errors import AssetError, DesignError
from ..design.missing import located, missing_libraries
from ..design.parsing import parsed
from .preferences import user_folder

FILE = "library_folders.json"


def remember_all(design: Design) -> None:
    """Note where the design's libraries lie, those that are there."""
    there = {name: design.library_folder(name) for name in design.libraries}
    found = {
        f"{design.libraries[name].kind}/{name}": str(path.resolve()) for name, path in there.items() if path.is_dir()
    }
    write_bytes(user_folder() / FILE, json.dumps({**_folders(), **found}, indent=2).encode())


def with_remembered(design: Design) -> Design:
    """The design with each library whose folder is missing in the folder that was noted, if its files are there."""
    folders = _folders()
    for one in missing_libraries(design, folders_only=True):
        folder = Path(folders.get(f"{one.kind}/{one.library}", ""))
        if not one.folder_is_there and folder.is_absolute() and folder.is_dir():
            try:
                found = located(design, one.library, folder)
            except (AssetError, DesignError):  # another library of the same name: it stays missing, and is listed
                continue
            if _holds_files(found, one.library):
                design = found
    return design


def _holds_files(design: Design, library: str) -> bool:
    """Whether every file that the design names in a library is there; what it names as folders may be missing."""
    missing = [one for one in missing_libraries(design) if one.library == library]
    return all(names_folder(asset) for one in missing for asset in one.assets)


def _folders() -> Mapping[str, str]:
    """What was noted; nothing where the file is missing or damaged, as it only saves a question."""
    try:
        noted = parsed((user_folder() / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError, DesignError):
        return {}
    return {str(name): str(folder) for name, folder in noted.items()} if isinstance(noted, dict) else {}
