"""What tests share that render with the stand-in: a small design, and the stand-in told what is to go wrong."""

import json
import sys
from pathlib import Path

from simreal.design.design import Design, DesignClass, Split
from simreal.design.document import save

STAND_IN = Path(__file__).parent / "stand_in_blender.py"


def mini_design(folder: Path, count: int = 60) -> Path:
    """The file of a design of two classes, with ``count`` training images and 10 test images."""
    classes = tuple(DesignClass(name, (f"starter:{name}/00", f"starter:{name}/01")) for name in ("cup", "chair"))
    file = folder / "mini.simreal.json"
    save(Design("mini", classes, splits=(Split("train", count), Split("test_iid", 10))), file)
    return file


def told_stand_in(folder: Path, **behaviour: object) -> Path:
    """The stand-in as a program of its own, for workers that do not have this process' environment."""
    program = folder / f"stand_in_{len(list(folder.glob('stand_in_*')))}"
    told = json.dumps(behaviour).replace("'", "'\\''")
    program.write_text(f"#!/bin/sh\nSTAND_IN='{told}' exec {sys.executable} {STAND_IN} \"$@\"\n")
    program.chmod(0o755)
    return program
