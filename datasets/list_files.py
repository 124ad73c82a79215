"""Lists of images as text files: a path a line, as S2RDA has them, or a path and a label, as VisDA-2017 has them.

::

    real/mug/coffee mug_2353357.jpg       the class is the folder's name
    aeroplane/src_1_0001.png 0            the class is a number
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath

import attrs

from ..design.errors import DataSetError
from .listings import IMAGE_SUFFIXES, Listing, listing_of

LIST_NAME = "image_list.txt"  # what VisDA-2017 calls the list in a split's folder


@attrs.frozen
class ImageList:
    """A list as it was read: ``paths`` with slashes, and the ``numbers`` beside them; None where a line has none."""

    file: Path
    paths: tuple[str, ...]
    numbers: tuple[int | None, ...]

    @property
    def folder_names(self) -> tuple[str, ...]:
        """The folder that each image lies in: its class, where folders are called after classes."""
        return tuple(map(_class_folder, self.paths))

    def named_numbers(self) -> dict[int, str]:
        """What folders call the numbers; nothing where one number has several folders, or one folder several."""
        pairs = {(number, name) for number, name in zip(self.numbers, self.folder_names, strict=True)}
        names = {number: name for number, name in pairs if number is not None}
        return names if len(names) == len(pairs) == len(set(names.values())) else {}


def read_list(file: Path) -> ImageList:
    """Read a list. DataSetError where it cannot be read, or a line is no path of an image."""
    try:
        lines = file.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError as error:
        raise DataSetError(f"{file}: the list of images cannot be read ({error.strerror})") from None
    paths: list[str] = []
    numbers: list[int | None] = []
    for place, line in enumerate(lines, 1):
        if line.strip():
            path, number = _entry(line.strip())
            if not _is_image(path):
                shown = line.strip()[:80]
                raise DataSetError(
                    f"{file}, line {place}: '{shown}' is no path of an image, alone or with a label behind"
                )
            paths.append(path.removeprefix("./"))
            numbers.append(number)
    if not paths:
        raise DataSetError(f"{file}: lists no images")
    return ImageList(file, tuple(paths), tuple(numbers))


def listed(lists: Mapping[str, tuple[Path, ImageList]], numbers: Sequence[str] = ()) -> dict[str, Listing]:
    """The listings of splits, each with the folder that its list's paths start from.

    A class is called as its folder is. Where a list has labels, ``numbers`` are their names; if it is empty the names
    are those of folders, in this list or in another split's. DataSetError where none has a name for a label.
    """
    names = dict(enumerate(numbers)) or _names_of_numbers(one for _, one in lists.values())
    return {split: _listing(folder, found, names) for split, (folder, found) in lists.items()}


def folder_of_list(found: ImageList) -> Path:
    """The folder that a list's paths start from: that of the list or, of those it lies in, the next that has its first
    image. DataSetError where none has."""
    for folder in found.file.resolve().parents:
        if (folder / found.paths[0]).is_file():
            return folder
    raise DataSetError(
        f"{found.file}: {found.paths[0]} is in none of the folders above the list; put it beside the images it lists, "
        "or name their folder in an image set (docs/benchmarks.md)"
    )


def _listing(folder: Path, found: ImageList, names: Mapping[int, str]) -> Listing:
    classes = []
    for path, number, name in zip(found.paths, found.numbers, found.folder_names, strict=True):
        if number is not None and number not in names:
            raise DataSetError(
                f"{found.file}: {path} has the label {number}, for which there is no name; give the labels' names as "
                '"numbers" of an image set (docs/benchmarks.md)'
            )
        classes.append(name if number is None else names[number])
    known = [names[number] for number in sorted(names)] if any(n is not None for n in found.numbers) else []
    return listing_of(folder, zip(found.paths, classes, strict=True), known)


def _names_of_numbers(lists: Iterable[ImageList]) -> dict[int, str]:
    names: dict[int, str] = {}
    for one in lists:
        for number, name in one.named_numbers().items():
            names.setdefault(number, name)
    return names


def _entry(line: str) -> tuple[str, int | None]:
    """Paths may have blanks: what stands behind the last one is a label if it is a number, and before it an image."""
    path, _, last = line.rpartition(" ")
    if last.isascii() and last.isdigit() and _is_image(path.strip()):
        return path.strip(), int(last)
    return line, None


def _is_image(path: str) -> bool:
    return PurePosixPath(path).suffix.lower() in IMAGE_SUFFIXES


def _class_folder(path: str) -> str:
    """``cat`` of ``train/cat/1.jpg``, and of ``train/cat/cat(sofa)/1.jpg``."""
    folder = PurePosixPath(path).parent
    return (
        folder.parent.name if folder.parent.name and folder.name.startswith(f"{folder.parent.name}(") else folder.name
    )
