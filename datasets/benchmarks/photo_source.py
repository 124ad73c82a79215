"""Published data sets of photos as a benchmark reads them: where their images lie, and which are of which class."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import attrs

from ...design.errors import DataSetError
from ..image_sets import ImageSet, SplitSource
from ..list_files import read_list


@attrs.frozen
class PhotoSource:
    """A data set that a user has to have. ``page`` says where it is to be got; nothing of it is ever downloaded.

    ``splits``, ``classes``, ``others``, ``numbers`` and ``frame_px`` are those of an image set; without ``splits`` the
    folder needs none, as it is a data set already. ``probe`` lies in the folder that paths start from, which is one of
    ``roots`` below the user's. ``optional`` splits may be missing, or have lists without their labels. A
    split's list is looked for in the user's folder of lists, else in that of the images.
    """

    name: str
    title: str
    page: str
    layout: str
    splits: Mapping[str, SplitSource] = attrs.field(factory=dict)
    classes: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)
    others: bool = False
    numbers: tuple[str, ...] = ()
    frame_px: int = 0
    probe: str = "."
    roots: tuple[str, ...] = (".",)
    optional: tuple[str, ...] = ()
    lists_page: str = ""

    @property
    def where(self) -> str:
        """Where it is to be got, in a sentence."""
        return f"get it from {self.page}; it is read as {self.layout}"


def image_set_of(source: PhotoSource, folder: Path, lists: Path | None = None) -> ImageSet:
    """The image set of a user's ``folder``, its paths absolute until it is written.

    DataSetError, saying what is missing and where to get it, where the folder is another one.
    """
    root = _root(source, folder)
    splits = {name: _split(source, name, root, folder, lists) for name in source.splits}
    there = {name: split for name, split in splits.items() if split is not None}
    return ImageSet(
        source.name, str(root), there, source.classes, source.others, source.numbers, source.frame_px
    )  # fmt: skip


def _root(source: PhotoSource, folder: Path) -> Path:
    if not folder.is_dir():
        raise DataSetError(f"no {source.title} at {folder}, as there is no such folder; {source.where}")
    starts = [folder / root for root in source.roots] + ([folder.parent] if folder.name == source.probe else [])
    for start in starts:
        if (start / source.probe).exists():
            return start.resolve()
    raise DataSetError(f"no {source.title} at {folder}, as it has no '{source.probe}' in it; {source.where}")


def _split(source: PhotoSource, name: str, root: Path, folder: Path, lists: Path | None) -> SplitSource | None:
    """A split with the absolute path of its list; None for an optional one that is not there."""
    split = source.splits[name]
    if not (root / split.folder).is_dir():
        if name in source.optional:
            return None
        raise DataSetError(
            f"no {source.title} at {folder}, as there is no folder {root / split.folder}; {source.where}"
        )
    if not split.list:
        return split
    places = (
        [lists] if lists is not None else [root, folder, root / "splits", folder / "splits", root.parent / "splits"]
    )
    for place in places:
        if (place / split.list).is_file():
            file = (place / split.list).resolve()
            return None if _is_unlabelled(source, name, file) else attrs.evolve(split, list=str(file))
    if name in source.optional:
        return None
    raise DataSetError(
        f"no {Path(split.list).name} of {source.title} in {lists or folder}: name the folder that has it with --lists; "
        f"the lists are {source.lists_page or f'at {source.page}'}"
    )


def _is_unlabelled(source: PhotoSource, name: str, file: Path) -> bool:
    """Whether a list has no labels where it should: VisDA-2017's test images, as long as their labels were secret."""
    return name in source.optional and bool(source.numbers) and None in read_list(file).numbers
