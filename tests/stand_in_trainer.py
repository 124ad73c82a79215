"""Stands for the Python that trains, for jobs that run studies: the steps of a study are stand-ins.

It is called as that Python is: ``HEADLESS study ...``.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from simreal.commands import main, study
from tests.stand_in_study import StandInCrew


def trainer(folder: Path, python: str) -> Path:
    """The program, to be named as the Python that trains; ``python`` is one that draws reports."""
    program = folder / "trainer"
    program.write_text(f'#!/bin/sh\nexec {python} {__file__} "$@"\n')
    program.chmod(0o755)
    return program


if __name__ == "__main__":
    study._crew = lambda args: StandInCrew(args.jobs or 1)
    study.require_torch = lambda: None
    sys.exit(main(sys.argv[2:]))
