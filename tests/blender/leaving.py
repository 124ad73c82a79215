"""Runs a test script and leaves its process at once: bpy 4.5 may wait for its own threads for ever at exit."""

import os
import sys
import traceback
from collections.abc import Callable
from typing import Any, NoReturn


def run(main: Callable[..., None], *arguments: Any) -> NoReturn:
    """Call ``main``; leave with status 1, its traceback printed, where it raises."""
    status = 0
    try:
        main(*arguments)
    except BaseException:
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
