"""The images of a split in the order of its rows, in class folders or in tars, with some bytes of memory an image."""

from __future__ import annotations

import functools
import io
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol, TypeAlias, overload

import attrs
import numpy as np
import numpy.typing as npt

from ..design.errors import AssetError, DataSetError
from .layout import image_name, member_name
from .tars import members

OPEN_TARS = 256  # a table of a thousand images takes 0.2 MB

Numbers: TypeAlias = npt.NDArray[np.int64]


@attrs.frozen
class TarMember:
    """An image in a tar."""

    tar: Path
    name: str

    def __str__(self) -> str:
        return f"{self.tar}/{self.name}"

    def open(self) -> io.BytesIO:
        """Its content. AssetError where it cannot be read."""
        try:
            offset, size = _table(self.tar)[self.name]
            with self.tar.open("rb") as file:
                file.seek(offset)
                return io.BytesIO(file.read(size))
        except KeyError:
            raise AssetError(f"{self}: no such picture") from None
        except (OSError, ValueError) as error:
            raise AssetError(f"{self}: cannot be read ({error})") from None


@attrs.frozen
class FramedFile:
    """An image file with a frame, ``frame_px`` wide on every side, that is no part of the picture."""

    path: Path
    frame_px: int

    def __str__(self) -> str:
        return str(self.path)


PictureFile: TypeAlias = Path | TarMember | FramedFile


class Pictures(Protocol):
    """Where images lie, by number; made when asked for, as a million paths take hundreds of megabytes."""

    def __len__(self) -> int: ...

    def __getitem__(self, number: int) -> PictureFile: ...

    def name(self, number: int) -> str:
        """What an image is called in its split: ``cup/00000012.jpg``."""

    def stamps(self) -> Iterator[str]:
        """What changes when an image is added, removed, renamed or rewritten, by names, sizes and times alone.

        DataSetError where an image is not there.
        """

    def chosen(self, numbers: Sequence[int]) -> Pictures:
        """Some of the images, in that order."""


@attrs.frozen(eq=False)
class ListedPictures:
    """Files called anything below a folder; their ``paths`` in the system's own bytes. ``frame_px`` see FramedFile."""

    folder: Path
    paths: npt.NDArray[np.bytes_]
    frame_px: int = 0

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, number: int) -> Path | FramedFile:
        file = self.folder / self.name(number)
        return FramedFile(file, self.frame_px) if self.frame_px else file

    def name(self, number: int) -> str:
        return os.fsdecode(bytes(self.paths[number]))

    def stamps(self) -> Iterator[str]:
        root = os.fspath(self.folder)
        for number in range(len(self)):
            name = self.name(number)
            yield f"{name}\0{_stamp(os.path.join(root, name), 'listed')}"  # noqa: PTH118 (a Path each takes longer)

    def chosen(self, numbers: Sequence[int]) -> ListedPictures:
        return attrs.evolve(self, paths=self.paths[np.asarray(numbers, np.int64)])


@attrs.frozen(eq=False)
class FolderPictures:
    """``<class>/<index>.jpg`` in a split's folder."""

    folder: Path
    classes: tuple[str, ...]
    indices: Numbers
    labels: Numbers

    def __len__(self) -> int:
        return len(self.indices)

    def __getitem__(self, number: int) -> Path:
        return self.folder / self.name(number)

    def name(self, number: int) -> str:
        return image_name(self.classes[self.labels[number]], int(self.indices[number]))

    def stamps(self) -> Iterator[str]:
        root = f"{self.folder}/"
        for number in range(len(self)):
            name = self.name(number)
            yield f"{name}\0{_stamp(root + name)}"

    def chosen(self, numbers: Sequence[int]) -> FolderPictures:
        picked = np.asarray(numbers, np.int64)
        return attrs.evolve(self, indices=self.indices[picked], labels=self.labels[picked])


@attrs.frozen(eq=False)
class TarPictures:
    """``<index>.jpg`` in a split's tars; ``places`` says in which. A tar's table is read when its first image is."""

    folder: Path
    tars: tuple[str, ...]
    indices: Numbers
    places: Numbers

    @classmethod
    def of(cls, folder: Path, sizes: Sequence[tuple[str, int]], indices: Numbers) -> TarPictures:
        """From the tars in order with the number of images in each. DataSetError where these are not the indices'."""
        places = np.repeat(np.arange(len(sizes)), [size for _, size in sizes])
        if len(places) != len(indices):
            raise DataSetError(f"{folder}: its tars have {len(places)} images, its metadata has {len(indices)} rows")
        return cls(folder, tuple(name for name, _ in sizes), indices, places)

    def __len__(self) -> int:
        return len(self.indices)

    def __getitem__(self, number: int) -> TarMember:
        return TarMember(self.folder / self.tars[self.places[number]], member_name(int(self.indices[number])))

    def name(self, number: int) -> str:
        return f"{self.tars[self.places[number]]}/{member_name(int(self.indices[number]))}"

    def stamps(self) -> Iterator[str]:
        there = {int(place): _stamp(f"{self.folder}/{self.tars[place]}") for place in np.unique(self.places)}
        for number, place in enumerate(self.places):
            yield f"{self.name(number)}\0{there[int(place)]}"

    def chosen(self, numbers: Sequence[int]) -> TarPictures:
        picked = np.asarray(numbers, np.int64)
        return attrs.evolve(self, indices=self.indices[picked], places=self.places[picked])


@attrs.frozen
class Names(Sequence[str]):
    """What images are called, made when asked for."""

    pictures: Pictures

    def __len__(self) -> int:
        return len(self.pictures)

    @overload
    def __getitem__(self, number: int) -> str: ...
    @overload
    def __getitem__(self, number: slice) -> tuple[str, ...]: ...
    def __getitem__(self, number: int | slice) -> str | tuple[str, ...]:
        if isinstance(number, slice):
            return tuple(self.pictures.name(one) for one in range(*number.indices(len(self))))
        if not -len(self) <= number < len(self):
            raise IndexError(number)
        return self.pictures.name(number)


@attrs.frozen(eq=False)
class Words(Sequence[str | None]):
    """A column of few different words, as numbers into ``vocabulary``."""

    vocabulary: tuple[str | None, ...]
    codes: npt.NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.codes)

    @overload
    def __getitem__(self, number: int) -> str | None: ...
    @overload
    def __getitem__(self, number: slice) -> Words: ...
    def __getitem__(self, number: int | slice) -> str | Words | None:
        if isinstance(number, slice):
            return Words(self.vocabulary, self.codes[number])
        return self.vocabulary[int(self.codes[number])]

    def chosen(self, numbers: Sequence[int]) -> Words:
        """Some of the words, in that order."""
        return Words(self.vocabulary, self.codes[np.asarray(numbers, np.int64)])


class Vocabulary:
    """Makes ``Words`` of a column that comes in batches."""

    def __init__(self) -> None:
        self._numbers: dict[str | None, int] = {}
        self._codes = [np.zeros(0, np.int32)]

    def add(self, batch: Iterable[str | None]) -> None:
        numbers = self._numbers
        self._codes.append(np.array([numbers.setdefault(word, len(numbers)) for word in batch], np.int32))

    def words(self) -> Words:
        """All that was added."""
        return Words(tuple(self._numbers), np.concatenate(self._codes))


@functools.lru_cache(maxsize=OPEN_TARS)
def _table(tar: Path) -> dict[str, tuple[int, int]]:
    return {name: (offset, size) for name, offset, size in members(tar) if name.endswith(".jpg")}


def _stamp(file: str, known: str = "in the metadata") -> str:
    try:
        status = os.stat(file)  # noqa: PTH116 - for millions of files, a Path each costs as much as the call
    except OSError:
        raise DataSetError(f"{file} is {known} but not on disk") from None
    return f"{status.st_size}\0{status.st_mtime_ns}"
