"""What is to be rendered, and how."""

from __future__ import annotations

from pathlib import Path

import attrs

from ..datasets.remote import PATIENCE_S
from ..datasets.storage import Storage
from ..design.design import Design
from .part import Part
from .seats import Seat


@attrs.frozen
class RenderRequest:
    """What to render and how. ``splits`` are names, all if empty; ``workers`` and ``threads`` None: what suits here.

    ``gpus`` are the numbers of those to use, all if empty; ``seats`` say all of this at once, a worker each, in place
    of the four. ``image_timeout_s`` is the longest an image may take before its worker counts as hung; None: by how
    long images take. ``engine`` is ``local``, the workers of this machine, or ``ray``, those of the cluster at
    ``address`` (see ``cluster.connected``).

    Where there is a ``url`` the data set is to lie there, and not in ``out``; a storage that is away is waited for,
    ``patience_s`` at a time. Of a ``part`` of the data set only its share is rendered, and nothing is finished.

    ``storage`` is how a new data set is to lie on disk; None: as the one that is there, else in class folders.

    With ``follow`` the one split named is rendered ahead of whoever consumes it (see ``ahead``), until interrupted.
    With ``set_aside`` a folder that holds images of another design is renamed, and a new one begun in its place.
    """

    design: Design
    out: Path
    splits: tuple[str, ...] = ()
    workers: int | None = None
    threads: int | None = None
    device: str = "auto"
    gpus: tuple[int, ...] = ()
    seats: tuple[Seat, ...] = ()
    image_timeout_s: float | None = None
    blender: Path | None = None
    retry_failed: bool = False
    set_aside: bool = False
    storage: Storage | None = None
    engine: str = "local"
    address: str = "auto"
    url: str = ""
    patience_s: float = PATIENCE_S
    part: Part | None = None
    follow: bool = False
