"""How many CPU cores Blender's task scheduler believes in.

TBB keeps a thread for every core it sees when it starts. Where Cycles is told to use fewer threads, those left over
spin for the whole render, so that two workers of one thread each keep four threads busy (measured with bpy 4.5 on two
cores: twice the CPU time an image). So it is started while the process sees only as many cores as it is to use.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager


def stay_on(cores: Sequence[int]) -> None:
    """Have this process run on these cores alone, from now on. Does nothing for none, or where the system cannot."""
    if cores and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, cores)


@contextmanager
def seeing_cores(count: int) -> Iterator[None]:
    """Inside it, the process sees ``count`` of its cores: import bpy there. Does nothing where the system cannot."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(allowed)[:count])
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)
