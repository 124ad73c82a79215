"""How much memory this process takes."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path


def resident_bytes() -> int:
    """Memory of this process now; where the system tells only the most it ever had, that; 0 where it tells nothing."""
    statm = Path("/proc/self/statm")
    if statm.is_file():
        return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    if importlib.util.find_spec("resource") is None:
        return 0
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
