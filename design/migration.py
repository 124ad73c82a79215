"""Older designs brought to the present format, one step a version."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .design import FORMAT_VERSION
from .errors import DesignError

VERSION_KEY = "simreal_design"

# STEPS[v] turns a document of version v into one of version v + 1.
STEPS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}


def migrate(document: dict[str, Any]) -> dict[str, Any]:
    """The document in the present format. DesignError if it is newer than this Simreal, or has no known version."""
    version = document[VERSION_KEY]
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise DesignError(VERSION_KEY, f"must be a whole number from 1 to {FORMAT_VERSION}, is {version!r}")
    if version > FORMAT_VERSION:
        raise DesignError(
            VERSION_KEY, f"is {version}; this Simreal reads designs up to {FORMAT_VERSION}: update the extension"
        )
    while version < FORMAT_VERSION:
        document = {**STEPS[version](document), VERSION_KEY: version + 1}
        version += 1
    return document
