"""Walking a library's folder: sorted, tolerant of what cannot be read, never caught in a loop of symbolic links."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import attrs

from .errors import AssetError

DEFAULT_MAX_BYTES = 500_000_000
_JUNK = frozenset({"__MACOSX", "Thumbs.db", "desktop.ini"})


@attrs.frozen
class Skipped:
    """A file or folder that was left out, as a path relative to the library's folder, and why."""

    path: str
    reason: str


@attrs.frozen
class Entry:
    """A file or folder: its ``path`` relative to the library's folder with forward slashes, ``size`` in bytes.

    ``ancestors`` are the (device, inode) pairs of the folders above it, by which loops are seen.
    """

    path: str
    name: str
    is_dir: bool
    size: int
    ancestors: frozenset[tuple[int, int]]

    @property
    def suffix(self) -> str:
        """Lower case, with its dot."""
        return Path(self.name).suffix.lower()

    @property
    def hidden(self) -> bool:
        """Whether an operating system keeps it out of sight (``.DS_Store``, ``._chair.obj``)."""
        return self.name.startswith(".") or self.name in _JUNK


class Walk:
    """Reads folders below ``folder`` and collects what it leaves out in ``skipped``, each path once."""

    def __init__(self, folder: Path, max_bytes: int = DEFAULT_MAX_BYTES) -> None:
        self.folder = folder
        self.max_bytes = max_bytes
        self._skipped: dict[str, Skipped] = {}

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """What was left out so far."""
        return tuple(self._skipped.values())

    def skip(self, path: str, reason: str) -> None:
        """Record that ``path`` is left out; the first reason counts."""
        self._skipped.setdefault(path, Skipped(path, reason))

    def root(self) -> Entry:
        """The library's folder itself. AssetError where it is missing, no folder, or not readable."""
        try:
            os.scandir(self.folder).close()
        except FileNotFoundError:
            raise AssetError(f"{self.folder}: there is no such folder") from None
        except NotADirectoryError:
            raise AssetError(f"{self.folder}: is a file, not a folder") from None
        except OSError as error:
            raise AssetError(f"{self.folder}: cannot be read ({error.strerror})") from None
        return Entry("", self.folder.name, True, 0, frozenset())

    def entries(self, folder: Entry) -> list[Entry]:
        """What lies in ``folder``, sorted by name, without what is hidden (which is recorded)."""
        found = self.peek(folder)
        for entry in found:
            if entry.hidden:
                self.skip(entry.path, "hidden folder" if entry.is_dir else "hidden file")
        return [entry for entry in found if not entry.hidden]

    def peek(self, folder: Entry) -> list[Entry]:
        """What lies in ``folder``, sorted by name; broken links, loops and unreadable folders are recorded."""
        path = self.folder / folder.path
        try:
            status = path.stat()
            with os.scandir(path) as scan:
                names = sorted(entry.name for entry in scan)
        except OSError as error:
            self.skip(folder.path or ".", f"cannot be read ({error.strerror})")
            return []
        ancestors = folder.ancestors | {(status.st_dev, status.st_ino)}
        return [entry for name in names if (entry := self._entry(folder, name, ancestors)) is not None]

    def fits(self, entry: Entry) -> bool:
        """Whether a file has a usable size; where it has not, that is recorded."""
        if entry.size == 0:
            self.skip(entry.path, "empty file")
        elif entry.size > self.max_bytes:
            size, limit = entry.size / 1e6, self.max_bytes / 1e6
            self.skip(entry.path, f"{size:.0f} MB, more than the limit of {limit:.0f} MB")
        elif not os.access(self.folder / entry.path, os.R_OK):
            self.skip(entry.path, "cannot be read (permission denied)")
        else:
            return True
        return False

    def _entry(self, folder: Entry, name: str, ancestors: frozenset[tuple[int, int]]) -> Entry | None:
        relative = f"{folder.path}/{name}" if folder.path else name
        try:
            status = (self.folder / relative).stat()
        except OSError as error:
            self.skip(relative, f"cannot be read ({error.strerror})")
            return None
        is_dir = stat.S_ISDIR(status.st_mode)
        if is_dir and (status.st_dev, status.st_ino) in ancestors:
            self.skip(relative, "a symbolic link to a folder it lies in")
            return None
        if not is_dir and not stat.S_ISREG(status.st_mode):
            self.skip(relative, "not a regular file")
            return None
        return Entry(relative, name, is_dir, status.st_size, ancestors)
