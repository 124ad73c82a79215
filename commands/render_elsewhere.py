"""The options of ``simreal render`` for many machines: clusters, storage, parts, and scripts for render farms."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING

from ..datasets.layout import DESIGN_FILE
from ..datasets.messages import Result
from ..datasets.remote import PATIENCE_S, Remote, is_url
from ..design.design import Design
from ..design.document import from_text, load
from ..design.errors import DataSetError, DesignError
from .design_text import design_stem

if TYPE_CHECKING:
    from ..rendering.part import Part
    from ..rendering.render_request import RenderRequest

FARMS = ("slurm", "flamenco")
TASKS = 8


def add_elsewhere_options(parser: argparse.ArgumentParser) -> None:
    """For many machines; docs/cluster.md says how they go together."""
    group = parser.add_argument_group("many machines")
    group.add_argument("--engine", choices=("local", "ray"), default="local", help="ray: render on a Ray cluster")
    group.add_argument(
        "--address",
        default="auto",
        help="of the Ray cluster: auto (that of this machine, or $RAY_ADDRESS), ray://HOST:10001, or local (start one)",
    )
    group.add_argument(
        "--patience", type=float, default=PATIENCE_S, metavar="S", help="seconds to wait for storage that is away"
    )
    group.add_argument(
        "--part", type=_part, metavar="K/N", help="render the K-th of N parts of a data set that was begun"
    )
    group.add_argument(
        "--emit",
        choices=FARMS,
        help="begin the data set, and write a script that renders it in parts on a farm, instead of rendering",
    )
    group.add_argument("--tasks", type=int, default=TASKS, metavar="N", help="parts for --emit")
    group.add_argument("--emit-to", type=Path, metavar="FILE", help="file for --emit (default: stdout)")


def places(design: str, out: str | None, patience_s: float, args: argparse.Namespace) -> tuple[Design, Path, str]:
    """The design, the data set's folder, and its URL ("" where it is a folder)."""
    if is_url(design):
        content = Remote(design, args.report, patience_s).read(DESIGN_FILE)
        if content is None:
            raise DataSetError(f"{design}: there is no data set")
        if out is not None and out.rstrip("/") != design.rstrip("/"):
            raise DesignError("", "--out names another place than the data set that is to go on; leave it out")
        return from_text(content.decode()), Path(), design
    path = Path(design)
    if out is not None and is_url(out):
        return load(path / DESIGN_FILE if (path / DESIGN_FILE).is_file() else path), Path(), out
    if (path / DESIGN_FILE).is_file():
        return load(path / DESIGN_FILE), Path(out) if out else path, ""
    return load(path), Path(out) if out else Path(f"{design_stem(path)}-data"), ""


def emit(args: argparse.Namespace, request: RenderRequest) -> int:
    """Begin the data set, and write a farm's script for it."""
    from ..rendering.data_set import begin_data_set
    from ..rendering.farm import FarmJob, flamenco_script, flamenco_submission, slurm_script

    if args.tasks < 1:
        raise DesignError("", f"--tasks must be at least 1, is {args.tasks}")
    begin_data_set(request, args.report)
    again = ("--retry-failed",) if args.retry_failed else ()
    job = FarmJob(request.url or str(request.out.resolve()), args.tasks, _passed_on(args), again, args.device)
    script = slurm_script(job) if args.emit == "slurm" else flamenco_script(job)
    if args.emit_to is None:
        args.report(Result("text", {"text": script.rstrip("\n")}))
        return 0
    try:
        args.emit_to.write_text(script, encoding="utf-8")
    except OSError as error:
        raise DataSetError(f"cannot write {args.emit_to}: {error.strerror}") from None
    submit = f"bash {args.emit_to}" if args.emit == "slurm" else flamenco_submission(job)
    args.report(Result("text", {"text": f"Submit it: {submit}"}))
    return 0


def _passed_on(args: argparse.Namespace) -> tuple[str, ...]:
    """The options that every task needs too; what the design says was written down when the data set was begun."""
    options: list[str] = []
    if args.split:
        options += ["--split", *args.split]
    if args.device != "auto":
        options += ["--device", args.device]
    given = {
        "--workers": args.workers,
        "--threads": args.threads,
        "--image-timeout": args.image_timeout,
        "--blender": args.blender.resolve() if args.blender else None,
    }
    for option, value in given.items():
        if value is not None:
            options += [option, str(value)]
    if args.patience != PATIENCE_S:
        options += ["--patience", f"{args.patience:g}"]
    return tuple(options)


def _part(text: str) -> Part:
    from ..rendering.part import Part

    match = re.fullmatch(r"(\d+)/(\d+)", text)
    if match is None or not 1 <= int(match[1]) <= int(match[2]):
        raise argparse.ArgumentTypeError(f"must be a part of so many, as 3/8; is '{text}'")
    return Part(int(match[1]), int(match[2]))
