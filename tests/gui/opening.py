"""Opening a windowed Blender with the extension installed, and someone before it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .designer import Designer
from .display import Display
from .screen import Screen


@contextmanager
def opened(
    folder: Path, archive: Path, shots: Path, *arguments: str, also_at: Path | None = None
) -> Iterator[Designer]:
    """A Blender whose user folder is new, with the zip installed through its own command and the tab open.

    ``folder`` is for all that comes into being, ``shots`` for photographs, ``arguments`` are Blender's.
    ``also_at`` is another path of the folder in there.
    """
    with Display(folder, also_at) as display:
        display.run(f"blender --command extension install-file --repo user_default --enable {archive}")
        display.start_blender(*arguments)
        designer = Designer(Screen(display, shots))
        designer.arrive()
        designer.arrange()
        designer.screen.shot("blender")
        designer.open_tab()
        designer.screen.shot("tab")
        yield designer
