"""The folder of a data set before anything is rendered into it: made, set aside, and taken back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..datasets.lock import exclusive
from ..datasets.messages import Log, Report
from ..datasets.state import free_name, read_state
from ..datasets.writing import writing_to
from ..design.design import Design
from ..design.errors import SimrealError
from ..design.identity import design_hash


def set_aside(out: Path, design: Design, report: Report) -> None:
    """Rename the folder where it holds the images of another design than this, and no one renders into it."""
    state = read_state(out)
    if state is None or state.design_hash == design_hash(design):
        return
    with exclusive(out):
        pass  # given up again before the folder is renamed: Windows renames none with an open file
    aside = free_name(out)
    with writing_to(out):
        out.rename(aside)
    report(Log(f"the images of the design as it was before are now in {aside}"))


@contextmanager
def begun(out: Path) -> Iterator[None]:
    """Make the folder; if it is new, an error before the first commit takes back all that was made."""
    new = [path for path in (out, *out.absolute().parents) if not path.exists()]
    empty = bool(new) or not any(out.iterdir())
    try:
        with writing_to(out):
            out.mkdir(parents=True, exist_ok=True)
        yield
    except SimrealError:
        if empty and out.is_dir() and not any(out.glob(".simreal/*/*.jsonl")):
            with suppress(FileNotFoundError):  # somebody else is deleting it too
                for path in out.iterdir():
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
                for path in new:
                    path.rmdir()
        raise
