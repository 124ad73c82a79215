"""The report that a run of weighting leaves, shown in the web browser."""

from __future__ import annotations

from pathlib import Path

import bpy

from ..design.errors import RunError

REPORT = "report.html"


def open_report(report: Path, otherwise: str) -> None:
    """Open a report. RunError says ``otherwise`` where it is not there."""
    if not report.is_file():
        raise RunError(f"{report} is not there: {otherwise}")
    bpy.ops.wm.url_open(url=report.resolve().as_uri())
