"""Data sets in object storage, or wherever else fsspec reaches: ``s3://bucket/cups``, ``gs://...``, ``sftp://...``.

Such a place knows whole objects: one is there or it is not, and none is renamed. So a shard's images are put first and
its record last, and the record is the commit, as in a folder.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from ..design.errors import DataSetError, SimrealError, ToolError
from .messages import Log, Report

PATIENCE_S = 300.0
FIRST_DELAY_S = 0.5
LONGEST_DELAY_S = 30.0

T = TypeVar("T")


def is_url(place: str) -> bool:
    """Whether ``--out`` names a place for fsspec, not a folder."""
    return "://" in place


class Remote:
    """A data set's place elsewhere, by names relative to it: ``train/cup/00000012.jpg``.

    While the storage is away all methods try again, ever more slowly, for ``patience_s``; then they raise DataSetError.
    So they do at once where access is denied. ToolError where what speaks to this kind of storage is not installed.
    """

    def __init__(self, url: str, report: Report, patience_s: float = PATIENCE_S) -> None:
        self.url = url.rstrip("/")
        self._report = report
        self._patience_s = patience_s
        self._filesystem, root = _opened(self.url)
        self._root = PurePosixPath(root)
        self._folders: set[str] = set()

    def read(self, name: str) -> bytes | None:
        """The content of an object, None where there is none of this name."""

        def content() -> bytes | None:
            try:
                return bytes(self._filesystem.cat_file(self._path(name)))
            except FileNotFoundError:
                return None

        return self._patiently(content)

    def names(self, folder: str) -> tuple[str, ...]:
        """The names (``.simreal/train/00000000-00000050.jsonl``) of what is right in a folder, sorted. "": in all."""

        def listed() -> tuple[str, ...]:
            self._filesystem.invalidate_cache()
            try:
                found = self._filesystem.ls(self._path(folder), detail=False)
            except FileNotFoundError:
                return ()
            names = (PurePosixPath(path).name for path in found)
            return tuple(sorted(f"{folder}/{name}" if folder else name for name in names))

        return self._patiently(listed)

    def put(self, folder: Path, names: Iterable[str]) -> None:
        """Put the files of a local folder that have these names; several at a time where the storage allows it."""
        wanted = sorted(names)
        if not wanted:
            return
        self._make_folders(wanted)
        local, remote = [str(folder / name) for name in wanted], [self._path(name) for name in wanted]
        self._patiently(lambda: self._filesystem.put(local, remote))

    def fetch(self, names: Iterable[str], folder: Path) -> None:
        """Get objects into a local folder, under their names."""
        wanted = sorted(names)
        if not wanted:
            return
        for parent in {(folder / name).parent for name in wanted}:
            parent.mkdir(parents=True, exist_ok=True)
        local, remote = [str(folder / name) for name in wanted], [self._path(name) for name in wanted]
        self._patiently(lambda: self._filesystem.get(remote, local))

    def remove(self, names: Iterable[str]) -> None:
        """Remove objects; one that is not there is removed already."""

        def gone(name: str) -> None:
            with suppress(FileNotFoundError):
                self._filesystem.rm_file(self._path(name))

        for name in sorted(names):
            self._patiently(lambda name=name: gone(name))  # type: ignore[misc]

    def _path(self, name: str) -> str:
        return str(self._root / name)

    def _make_folders(self, names: Iterable[str]) -> None:
        """Folders where the storage has any; in a bucket this does nothing."""
        for folder in sorted({str(PurePosixPath(self._path(name)).parent) for name in names} - self._folders):
            self._patiently(lambda folder=folder: self._filesystem.makedirs(folder, exist_ok=True))  # type: ignore[misc]
            self._folders.add(folder)

    def _patiently(self, action: Callable[[], T]) -> T:
        """Do it, if need be again."""
        end, delay = time.monotonic() + self._patience_s, FIRST_DELAY_S
        told = False
        while True:
            try:
                return action()
            except (SimrealError, ArithmeticError, AttributeError, LookupError, TypeError):  # no fault of the storage's
                raise
            except PermissionError as error:
                raise DataSetError(f"{self.url}: access is denied ({_words(error)})") from error
            except Exception as error:  # every kind of storage raises its own
                left = end - time.monotonic()
                if left <= 0:
                    raise DataSetError(
                        f"{self.url}: cannot be reached ({_words(error)}); when it can be again, the same command "
                        "goes on, what is finished is kept"
                    ) from error
                if not told:
                    told = True
                    text = f"{self.url}: cannot be reached ({_words(error)}); trying again for {self._patience_s:.0f} s"
                    self._report(Log(text, "warning"))
                time.sleep(min(delay, left))
                delay = min(2 * delay, LONGEST_DELAY_S)


def _opened(url: str) -> tuple[Any, str]:
    """fsspec's file system for a URL, and the path in it."""
    try:
        import fsspec
    except ImportError:
        raise ToolError(f'{url}: storage that is no folder needs fsspec: pip install "simreal[cluster]"') from None
    try:
        filesystem, root = fsspec.core.url_to_fs(url)
    except ImportError as error:
        raise ToolError(f"{url}: {error}") from None
    except ValueError as error:
        raise DataSetError(f"{url}: {_words(error)}") from None
    return filesystem, root


def _words(error: Exception) -> str:
    """What an error says, in one line."""
    return " ".join(str(error).split())[:200] or type(error).__name__
