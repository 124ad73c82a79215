"""Which photos there are, and which class each shows: told by its folder's name."""

from __future__ import annotations

import json
import os
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

import attrs

from ..design.errors import AssetError, RunError

SUFFIXES = frozenset((".jpg", ".jpeg", ".jpe", ".png", ".webp", ".bmp", ".tif", ".tiff"))
OTHER_PICTURES = frozenset(
    (
        *(".heic", ".heif", ".avif", ".gif", ".jp2", ".jxl", ".svg", ".psd", ".exr", ".hdr", ".tga"),
        *(".dng", ".cr2", ".cr3", ".nef", ".arw", ".orf", ".rw2", ".raf"),
    )
)
SCORES_MARKER = "summary.json"
SCORES_KEY = "simreal_scores"


@attrs.frozen
class Photo:
    """A photo file. ``name`` is its path below the photos' folder; ``true_class`` is None where no folder tells."""

    path: Path
    name: str
    true_class: str | None


@attrs.frozen
class Skipped:
    """A file that was not scored, and why."""

    name: str
    reason: str


@attrs.frozen
class Found:
    """What a folder holds: ``photos`` by name, ``skipped`` files, and folders of no known class with their counts.

    ``own_class`` is the class that all photos show because the folder itself is named after it.
    """

    photos: tuple[Photo, ...]
    skipped: tuple[Skipped, ...]
    unknown_folders: Mapping[str, int]
    own_class: str | None = None


def find_photos(
    path: str | os.PathLike[str],
    classes: Sequence[str],
    aliases: Mapping[str, str] | None = None,
    only: Collection[str] | None = None,
) -> Found:
    """All photos of a folder and the folders in it, or one photo file. ``only`` names those of the folder to take.

    A photo shows the class that the nearest of its folders is named after; where no folder inside is named after a
    class, all show the class of the given folder's own name. Case, spaces, ``_`` and ``-`` do not matter. ``aliases``
    maps further names to classes, see ``known_names``. A single file shows no known class. Earlier scores' folders and
    hidden files are passed over. Raises AssetError where nothing is there, RunError for an alias that names no class.
    """
    root = Path(path)
    names = known_names(classes, aliases or {})
    if root.is_file():
        return Found((Photo(root, _text(root.name), None),), (), {})
    if not root.is_dir():
        raise AssetError(f"{root}: no such folder or photo")
    photos: list[Photo] = []
    skipped: list[Skipped] = []
    unknown: dict[str, int] = {}
    for file in _files(root, skipped) if only is None else _named(root, only, skipped):
        relative = file.relative_to(root)
        name = _text(relative.as_posix())
        if file.suffix.lower() in OTHER_PICTURES:
            skipped.append(Skipped(name, f"{file.suffix.lower()} pictures are not read; convert it to JPEG or PNG"))
        if file.suffix.lower() not in SUFFIXES:
            continue
        matches = (names[key] for key in map(_plain, reversed(relative.parent.parts)) if key in names)
        true_class = next(matches, None)
        photos.append(Photo(file, name, true_class))
        if true_class is None and relative.parent.parts:
            folder = _text(relative.parts[0])
            unknown[folder] = unknown.get(folder, 0) + 1
    if not photos:
        raise AssetError(f"{root}: no photo in it ({', '.join(sorted(SUFFIXES))} are looked for, in its folders too)")
    own_class = names.get(_plain(root.resolve().name))
    if own_class and all(photo.true_class is None for photo in photos):
        return Found(
            tuple(attrs.evolve(photo, true_class=own_class) for photo in photos), tuple(skipped), {}, own_class
        )
    return Found(tuple(photos), tuple(skipped), unknown)


def known_names(classes: Sequence[str], aliases: Mapping[str, str]) -> dict[str, str]:
    """Plain names of folders (see ``_plain``) and the class each means.

    An alias is ``folder -> class``; where only its left side is a class it is read the other way round, so that
    ``motorbike=motorcycle`` and ``motorcycle=motorbike`` both work. Raises RunError where neither side is a class.
    """
    own = {_plain(name): name for name in reversed(classes)}  # of two alike, the first
    names = dict(own)
    for left, right in aliases.items():
        if _plain(right) in own:
            names[_plain(left)] = own[_plain(right)]
        elif _plain(left) in own:
            names[_plain(right)] = own[_plain(left)]
        else:
            raise RunError(f"alias {left}={right}: neither is a class of the model ({', '.join(classes)})")
    return names


def parse_aliases(pairs: Iterable[str], file: str | os.PathLike[str] | None = None) -> dict[str, str]:
    """Aliases given as ``name=class``, and those of a JSON file: ``{"name": "class"}`` or ``{"class": ["name", ...]}``.

    Raises RunError for what is neither.
    """
    aliases = _read_aliases(Path(file)) if file is not None else {}
    for pair in pairs:
        name, sign, target = (part.strip() for part in pair.partition("="))
        if not (name and sign and target):
            raise RunError(f"--alias {pair}: write it as name=class, for example motorcycle=motorbike")
        aliases[name] = target
    return aliases


def read_names(file: str | os.PathLike[str]) -> list[str]:
    """Names of photos, a line each, from a text file. Raises RunError where it cannot be read or names none."""
    try:
        lines = Path(file).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise RunError(f"{file}: the names of photos cannot be read ({error})") from error
    names = [line.strip() for line in lines if line.strip()]
    if not names:
        raise RunError(f"{file}: names no photo")
    return names


def is_scores_folder(folder: Path) -> bool:
    """Whether an earlier ``simreal score`` wrote this folder."""
    try:
        summary = json.loads((folder / SCORES_MARKER).read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(summary, dict) and SCORES_KEY in summary


def _read_aliases(file: Path) -> dict[str, str]:
    try:
        table = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise RunError(f"{file}: the aliases cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise RunError(f"{file}: the aliases are not JSON ({error})") from error
    shape = f'{file}: aliases are {{"name": "class"}} or {{"class": ["name", ...]}}'
    if not isinstance(table, dict):
        raise RunError(shape)
    aliases: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, str):
            aliases[key] = value
        elif isinstance(value, list) and all(isinstance(name, str) for name in value):
            aliases.update(dict.fromkeys(value, key))
        else:
            raise RunError(shape)
    return aliases


def _files(root: Path, skipped: list[Skipped]) -> list[Path]:
    def note(error: OSError) -> None:
        skipped.append(Skipped(_text(str(error.filename)), f"the folder cannot be read ({error.strerror})"))

    files: list[Path] = []
    seen: set[str] = set()
    for folder, subfolders, names in os.walk(root, onerror=note, followlinks=True):
        where = Path(folder)
        real = os.path.realpath(folder)
        if real in seen or (where != root and is_scores_folder(where)):  # a link back up, or pictures of our own
            subfolders.clear()
            continue
        seen.add(real)
        subfolders[:] = [name for name in subfolders if not name.startswith(".")]
        files.extend(where / name for name in names if not name.startswith("."))
    return sorted(files)


def _named(root: Path, names: Collection[str], skipped: list[Skipped]) -> list[Path]:
    files = []
    for file in sorted({root / name for name in names}):
        name = _text(file.relative_to(root).as_posix())
        if not file.is_file():
            skipped.append(Skipped(name, "there is no such file"))
        elif file.suffix.lower() not in SUFFIXES | OTHER_PICTURES:
            skipped.append(Skipped(name, "this is not a photo"))
        else:
            files.append(file)
    return files


def _plain(name: str) -> str:
    return re.sub(r"[\s_\-]+", "", unicodedata.normalize("NFKC", name).casefold())


def _text(name: str) -> str:
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
