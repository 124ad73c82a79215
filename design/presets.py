"""Presets: designs in folders, by name. Those that come with Simreal, and the user's own.

A preset is a design's file and nothing else. Its name is the design's; where that has a colon, as in
``Table 2: metal``, what stands before it is the group it is shown in.
"""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Mapping
from pathlib import Path

import attrs

from .asset_folders import expanded, named_assets, replaced
from .design import FILE_SUFFIX, Design, Library, split_asset
from .document import from_document, load, relocated, save, to_document
from .errors import DesignError
from .evidence import evidence_text
from .migration import VERSION_KEY
from .missing import EMBEDDED
from .parsing import MAX_BYTES, parsed
from .structuring import structured_evidence

SHIPPED = Path(__file__).resolve().parent.parent / "presets"
LONGEST_NAME = 80
_LONGEST_STEM = 48  # of up to 4 bytes each; a file's name has 255
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}


@attrs.frozen
class Preset:
    """A design's file in a folder of presets. ``fault`` says why it cannot be used, "" where it looks like a design.

    ``evidence`` says what its weights were last measured to be worth; "" where they were not.
    """

    file: Path
    name: str
    description: str = ""
    fault: str = ""
    evidence: str = ""

    @property
    def stem(self) -> str:
        """``product-on-white`` of ``product-on-white.simreal.json``."""
        return self.file.name.removesuffix(FILE_SUFFIX)

    @property
    def group(self) -> str:
        """What stands before the colon of its name; "" where there is none."""
        before, colon, after = self.name.partition(": ")
        return before if colon and after else ""


def presets_in(folder: Path) -> tuple[Preset, ...]:
    """The presets of a folder, by name; none where there is no such folder."""
    try:
        files = [path for path in folder.iterdir() if path.name.endswith(FILE_SUFFIX) and not path.name.startswith(".")]
        stamped = [(path, status.st_mtime_ns, status.st_size) for path in files for status in (path.stat(),)]
    except OSError:
        return ()
    return tuple(sorted((_preset(*one) for one in stamped), key=lambda one: (one.name.casefold(), one.stem)))


def preset_named(name: str, *folders: Path) -> Preset:
    """The preset of that name or file name (without its suffix) in the first folder that has it, in any case."""
    wanted = name.casefold()
    every = [preset for folder in folders for preset in presets_in(folder)]
    for preset in every:
        if wanted in (preset.name.casefold(), preset.stem.casefold()):
            return preset
    close = difflib.get_close_matches(name, [one.name for one in every] + [one.stem for one in every], 1)
    raise DesignError("", f"there is no preset '{name}'" + (f"; did you mean '{close[0]}'?" if close else ""))


def load_preset(preset: Preset, folder: Path) -> Design:
    """The design of a preset, for a file in ``folder``, with what is on this machine filled in.

    The libraries of a shipped preset are looked for in ``folder``; those of a user's preset are where they were.
    """
    design = load(preset.file)
    shipped = preset.file.parent == SHIPPED
    return expanded(attrs.evolve(design, folder=folder) if shipped else relocated(design, folder, lenient=True))


def save_preset(design: Design, name: str, folder: Path, *, replace: bool = False) -> Preset:
    """Keep a design under a name. DesignError for a name that cannot be one, or is taken and not to be replaced."""
    name = checked_name(name)
    there = _taken(name, folder)
    if _taken(name, SHIPPED):
        raise DesignError("", f"a preset '{name}' comes with Simreal: choose another name")
    if there is not None and not replace:
        raise DesignError("", f"there is a preset '{there.name}' already: choose another name, or replace it")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DesignError("", f"cannot make the folder {folder}: {error.strerror}") from None
    file = there.file if there is not None else _free_file(name, folder)
    save(attrs.evolve(relocated(design, folder, lenient=True), name=name), file)
    return Preset(file, name, design.description)


def rename_preset(preset: Preset, name: str) -> Preset:
    """Give a preset another name; its file is named after it."""
    name = checked_name(name)
    folder = preset.file.parent
    there = _taken(name, folder)
    if _taken(name, SHIPPED):
        raise DesignError("", f"a preset '{name}' comes with Simreal: choose another name")
    if there is not None and there.file != preset.file:
        raise DesignError("", f"there is a preset '{there.name}' already: choose another name")
    design = load(preset.file)
    file = _free_file(name, folder, preset.file)
    save(attrs.evolve(design, name=name), file)
    if file != preset.file:
        remove_preset(preset)
    return Preset(file, name, design.description)


def remove_preset(preset: Preset) -> None:
    """Delete a preset's file."""
    try:
        preset.file.unlink(missing_ok=True)
    except OSError as error:
        raise DesignError("", f"cannot remove {preset.file}: {error.strerror}") from None


def file_stem(name: str) -> str:
    """A name as the beginning of a file's name that every file system takes."""
    stem = re.sub(r"[^\w.+-]+", "-", name).strip("-.")[:_LONGEST_STEM] or "preset"
    return f"preset-{stem}" if stem.casefold().partition(".")[0] in _RESERVED else stem


def own_name(name: str) -> str:
    """The name, or where a preset that comes with Simreal has it, the next that none has: ``Street scene 2``."""
    return next(one for one in (name, *(f"{name} {number}" for number in range(2, 1000))) if not _taken(one, SHIPPED))


def checked_name(name: str) -> str:
    """A preset's name, without space around it. DesignError where it cannot be one."""
    name = name.strip()
    if not name:
        raise DesignError("", "a preset needs a name")
    if len(name) > LONGEST_NAME:
        raise DesignError("", f"a preset's name has at most {LONGEST_NAME} characters, this has {len(name)}")
    if not name.isprintable():
        raise DesignError("", "a preset's name is one line of plain text")
    return name


def with_look(design: Design, look: Design) -> Design:
    """The design with the factors and image settings of another; classes, models, splits and seed stay its own.

    The libraries that those factors name come along, under another name where the design has one so named elsewhere;
    so does the evidence, which tells itself that it is of another design.
    """
    look = relocated(look, design.folder, lenient=True)
    libraries = dict(design.libraries)
    names: dict[str, str] = {}
    for asset, place in named_assets(look).items():
        library, _ = split_asset(asset)
        if place.startswith("factors.") and library not in EMBEDDED and library not in names:
            names[library] = _free_library(library, look.libraries[library], libraries)
            libraries[names[library]] = look.libraries[library]
    renamed = replaced(
        attrs.evolve(look, libraries={**libraries, **look.libraries}), lambda asset: (_renamed(asset, names),)
    )
    changed = attrs.evolve(design, libraries=libraries, factors=renamed.factors, image=look.image)
    changed = attrs.evolve(changed, evidence=look.evidence)
    return from_document(to_document(changed), design.folder)  # what its splits change has to fit the new factors


def _free_library(name: str, library: Library, there: Mapping[str, Library]) -> str:
    """The name for a library beside others: its own, unless another folder has it."""
    numbered = (name, *(f"{name}-{number}" for number in range(2, len(there) + 3)))
    return next(one for one in numbered if there.get(one, library) == library)


def _renamed(asset: str, names: Mapping[str, str]) -> str:
    library, relative = split_asset(asset)
    return f"{names.get(library, library)}:{relative}"


def _taken(name: str, folder: Path) -> Preset | None:
    return next((one for one in presets_in(folder) if one.name.casefold() == name.casefold()), None)


def _free_file(name: str, folder: Path, own: Path | None = None) -> Path:
    """A file for a preset's name, which every file system takes and no other preset has; ``own`` may be kept."""
    stem = file_stem(name)
    taken = {path.name.casefold() for path in folder.iterdir() if path != own}
    numbered = (stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 3)))
    return next(folder / f"{one}{FILE_SUFFIX}" for one in numbered if f"{one}{FILE_SUFFIX}".casefold() not in taken)


@functools.lru_cache(maxsize=512)
def _preset(file: Path, _changed_ns: int, size: int) -> Preset:
    """A preset as a menu shows it. Kept for as long as the file is the same: a menu is drawn many times."""
    stem = file.name.removesuffix(FILE_SUFFIX)
    try:
        if size > MAX_BYTES:
            raise DesignError("", "is too large for a design")
        document = parsed(file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError):
        return Preset(file, stem, fault="cannot be read")
    except DesignError as error:
        return Preset(file, stem, fault=error.problem)
    if not isinstance(document, dict) or VERSION_KEY not in document:
        return Preset(file, stem, fault="is not a design")
    name, description = document.get("name"), document.get("description")
    try:
        evidence = structured_evidence(document.get("evidence", []))
    except DesignError as error:
        return Preset(file, stem, fault=str(error))
    return Preset(
        file,
        name if isinstance(name, str) and name.strip() else stem,
        str(description or ""),
        evidence=evidence_text(evidence[-1]) if evidence else "",
    )
