"""What training needs beside Python, as ``pyproject.toml`` declares it: to make an environment and to check one."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path

import attrs

PROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"
EXTRA = "train"
OLDEST_PYTHON = (3, 11)

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_MINIMUM = re.compile(r">=\s*([0-9.]+)")
_OF_EXTRA = re.compile(rf"""\s*(;|and)\s*extra\s*==\s*['"]{EXTRA}['"]\s*$""")


@attrs.frozen
class Requirement:
    """A package with the range of versions that will do, in pip's words."""

    text: str

    @property
    def name(self) -> str:
        found = _NAME.match(self.text)
        return found.group() if found else self.text

    @property
    def minimum(self) -> tuple[int, ...]:
        """The oldest version that will do; () where any will."""
        found = _MINIMUM.search(self.text.partition(";")[0])
        return version_numbers(found.group(1)) if found else ()


def training_requirements() -> tuple[Requirement, ...]:
    """What Simreal needs anywhere, and what training needs on top."""
    if PROJECT.is_file():  # a checkout, or the extension
        project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
        texts = [*project["dependencies"], *project["optional-dependencies"][EXTRA]]
    else:
        declared = metadata.requires("simreal") or []
        texts = [_OF_EXTRA.sub("", text) for text in declared if "extra ==" not in text or _OF_EXTRA.search(text)]
    return tuple(Requirement(text) for text in texts)


def version_numbers(version: str) -> tuple[int, ...]:
    """The numbers a version begins with: ``2.14.1+cu130`` is (2, 14, 1)."""
    found = re.match(r"\d+(\.\d+)*", version)
    return tuple(int(number) for number in found.group().split(".")) if found else ()
