"""A Python with PyTorch that runs where the real Blender lives: in there only /tmp and the checkout are seen."""

from __future__ import annotations

import shutil
import sys
import sysconfig
from pathlib import Path

LEFT_OUT = shutil.ignore_patterns("site-packages", "test", "idlelib", "config-*", "__pycache__")


def training_python(folder: Path) -> Path:
    """Copy this environment's interpreter into ``folder``, to run with the environment's packages. Its program."""
    base, name = Path(sys.base_prefix), f"python{sys.version_info.major}.{sys.version_info.minor}"
    library = folder / "lib" / name
    shutil.copytree(sysconfig.get_path("stdlib"), library, ignore=LEFT_OUT)
    for shared in (base / "lib").glob(f"lib{name}.so*"):
        shutil.copy2(shared, folder / "lib")
    (folder / "bin").mkdir()
    shutil.copy2(Path(getattr(sys, "_base_executable", sys.executable)).resolve(), folder / "bin" / name)
    packages = library / "site-packages"
    packages.mkdir()
    (packages / "environment.pth").write_text(f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n")
    program = folder / "bin" / "python"
    program.write_text(f'#!/bin/sh\nLD_LIBRARY_PATH={folder / "lib"} exec {folder / "bin" / name} "$@"\n')
    program.chmod(0o755)
    return program
