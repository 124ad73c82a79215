"""What the doctor finds: checks, and child processes that find things out."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import subprocess
from collections.abc import Sequence

import attrs

from ..datasets.messages import Decoder, Result

OK, MISSING, HINT = "ok", "missing", "hint"


@attrs.frozen
class Check:
    """One line: ``state`` is ok, missing or hint. What is ``essential`` and missing makes the doctor exit with 1."""

    name: str
    state: str
    detail: str
    essential: bool = False


def installed_version(name: str) -> str:
    """A package's version; "found" where it was unpacked without its metadata."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "found"


def is_there(module: str) -> bool:
    """Whether a module can be found, without importing it."""
    return importlib.util.find_spec(module) is not None


def ask(command: Sequence[str], limit_s: float) -> tuple[list[Result], str]:
    """What a probe reports, and why it reported no more: a crash, an exception, or too slow a start; "" if it ended."""
    try:
        done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, timeout=limit_s, check=False)
    except subprocess.TimeoutExpired as error:
        late = f"did not answer within {limit_s:.0f} s; try again when the machine is less busy"
        return _results(error.stdout or b""), late
    except OSError as error:
        return [], f"does not start ({error.strerror})"
    found = _results(done.stdout)
    if any(result.kind == "probe" for result in found):
        return found, ""
    said = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
    how = f"crashed with signal {-done.returncode}" if done.returncode < 0 else f"failed with status {done.returncode}"
    return found, f"{how}: {said[-1] if said else 'it said nothing'}"


def _results(stdout: bytes) -> list[Result]:
    return [message for message in Decoder().feed(stdout) if isinstance(message, Result)]
