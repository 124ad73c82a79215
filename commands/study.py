"""``simreal study``: grids of designs and trainings, run as one, ending in a table with intervals and figures."""

from __future__ import annotations

import argparse
import contextlib
import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from ..datasets.messages import Log, Result
from ..design.errors import StudyError, ToolError
from .help_text import SubVerbs, add_sub_verb
from .study_text import plan_text, status_text, studies_text
from .tables import table
from .train import require_torch

if TYPE_CHECKING:
    from ..studies.crew import Crew
    from ..studies.estimates import Cost
    from ..studies.opened import OpenStudy

HELP = "run the paper's tables, or a grid of your own: designs x trainings x seeds, with intervals and figures"

DETAILS = """
  simreal study list                                       those that come with Simreal, and what they cost
  simreal study run table2 --dry-run                       what it would do, how long it takes, how much disk
  simreal study run table2 --out t2                        run it, or go on with it; ends in t2/report.html
  simreal study run table2 --only "case=viewpoint*,all random" --seeds 1
  simreal study run table1 --design my.simreal.json --photos path/to/photos     on your own classes
  simreal study run my.study.json                          a study of your own
  simreal study run t2 --jobs 2                            go on with the one in that folder, two steps at a time
  simreal study status t2                                  how far it is, and what it has measured so far
  simreal study report t2                                  write the report of what is finished

A study is a small JSON file (docs/studies.md). Each of its steps is a command of Simreal's, with a folder of its own;
what several cells need is done once. Stop it whenever you like: the same command goes on.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = f"{HELP[0].upper()}{HELP[1:]}."
    parser.epilog = DETAILS
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", required=True, dest="study_verb")
    _verb(verbs, "list", "list the studies that come with Simreal, with their scales and what these cost").set_defaults(
        run=list_studies
    )
    _configure_run(_verb(verbs, "run", "run a study, or go on with it"))
    status = _verb(verbs, "status", "say how far a study is, and what it has measured so far")
    status.add_argument("study", type=Path, metavar="FOLDER", help="the folder of a study")
    status.set_defaults(run=show_status)
    report = _verb(verbs, "report", "write the report of what is finished, and print its table")
    report.add_argument("study", type=Path, metavar="FOLDER", help="the folder of a study")
    report.set_defaults(run=write)


def _verb(verbs: SubVerbs, name: str, text: str) -> argparse.ArgumentParser:
    return add_sub_verb(verbs, "study", name, text, DETAILS)


def _configure_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "study", metavar="STUDY", help="name of a study, its file (.study.json), or the folder of one to go on with"
    )
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="folder for all of it (default: <name>-<scale>)")
    parser.add_argument("--scale", help="one of the study's scales (default: mini, or its first)")
    parser.add_argument("--seeds", type=int, metavar="N", help="seeds of every cell, instead of the study's")
    parser.add_argument(
        "--only",
        action="append",
        metavar="AXIS=OPTION,...",
        help="these options of an axis only (patterns allowed); may be given for several axes",
    )
    parser.add_argument(
        "--photos",
        action="append",
        metavar="[NAME=]DIR",
        help="real photos, for what is measured on them: class folders, for all of the study's photo sets or for one",
    )
    parser.add_argument(
        "--design", type=Path, metavar="FILE", help="your own design in place of the study's (its look, if any, stays)"
    )
    parser.add_argument(
        "--library", action="append", metavar="NAME=DIR", help="folder of a library of the designs (ShapeNet, ...)"
    )
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="say what there is to do, how long it takes and how much disk; do nothing",
    )
    parser.add_argument(
        "--offline", action="store_true", help="use no network: weights have to be on this machine, or their step fails"
    )
    where = parser.add_argument_group("where")
    where.add_argument("--jobs", type=int, metavar="N", help="steps at a time, the cores shared out (default: 1)")
    where.add_argument("--blender", type=Path, metavar="PATH", help="Blender's executable, to render with that one")
    where.add_argument("--engine", choices=("local", "ray"), default="local", help="ray: on a Ray cluster")
    where.add_argument("--address", default="auto", help="of the Ray cluster: auto, ray://HOST:10001, or local")
    where.add_argument("--threads", type=int, metavar="N", help="with Ray: CPUs of a step (default: 4)")
    parser.set_defaults(run=run)


def list_studies(args: argparse.Namespace) -> int:
    """``simreal study list``."""
    from ..studies.study_file import shipped_studies

    studies = list(shipped_studies())
    args.report(Result("text", {"text": studies_text(studies)}))
    told = [
        {
            "name": one.name,
            "title": one.title,
            "description": one.description,
            "scales": {name: scale.about for name, scale in one.scales.items()},
        }
        for one in studies
    ]
    args.report(Result("studies", {"studies": told}))
    return 0


def run(args: argparse.Namespace) -> int:
    """``simreal study run``. Returns 1 where a step failed."""
    from ..studies.estimates import costs_of
    from ..studies.opened import conduct

    if args.offline and args.engine != "local":
        raise StudyError("--offline is for this machine; what nodes of a cluster may do is set there")
    opened = _opened(args)
    check_commands(opened)
    if args.dry_run:
        costs = costs_of(opened.plan, opened.folder)
        args.report(Result("text", {"text": plan_text(opened, costs)}))
        args.report(Result("plan", _plan(opened, costs)))
        return 0
    if args.offline:
        os.environ["HF_HUB_OFFLINE"] = "1"  # which the steps on this machine inherit
    require_torch()
    for name in opened.plan.without_photos:
        args.report(Log(f"{name}: left out, as it needs photos (--photos DIR)", "warning"))
    standing = conduct(opened, _crew(args), args.report)
    failed = standing.count("failed", "blocked")
    _report_table(opened, args)
    if failed:
        text = f"{failed} of {len(standing.states)} steps failed or wait for one that did; the same command tries again"
        args.report(Log(text, "warning"))
    return 1 if failed else 0


def _plan(opened: OpenStudy, costs: Sequence[Cost]) -> dict[str, Any]:
    """A dry run, for programs."""
    from ..studies.data_designs import libraries_of

    plan = opened.plan
    return {
        "name": plan.study.name,
        "costs": [attrs.asdict(one) for one in costs],
        "left_out": list(plan.without_photos),
        "libraries": libraries_of(plan.designs.values()),
    }


def show_status(args: argparse.Namespace) -> int:
    """``simreal study status``."""
    from ..studies.opened import reopened, status_now

    known = status_now(reopened(args.study))
    args.report(Result("text", {"text": status_text(known)}))
    args.report(Result("status", known))
    return 0


def write(args: argparse.Namespace) -> int:
    """``simreal study report``."""
    require_torch()
    from ..studies.opened import reopened
    from ..studies.report import write_report

    opened = reopened(args.study)
    write_report(opened.plan, opened.folder)
    _report_table(opened, args)
    return 0


def check_commands(opened: OpenStudy) -> None:
    """Read every command line of a plan as it will be read when it runs. StudyError for the first that is refused."""
    from . import parser

    root = parser()
    for step in opened.plan.steps.values():
        said = io.StringIO()
        try:
            with contextlib.redirect_stderr(said):
                root.parse_args(opened.folder.command(opened.plan, step))
        except SystemExit:
            fault = (said.getvalue().strip().splitlines() or ["is no command"])[-1].partition("error: ")[2]
            raise StudyError(f"step {step.name} ({step.title}), simreal {step.verb}: {fault}") from None


def _opened(args: argparse.Namespace) -> OpenStudy:
    from ..studies.opened import opened, settled
    from ..studies.study_file import find_study
    from ..studies.study_folder import SETTINGS, Settings, StudyFolder

    given: dict[str, Any] = {
        "scale": args.scale,
        "seeds": args.seeds,
        "only": None if args.only is None else tuple(args.only),
        "design": None if args.design is None else str(_there(args.design).resolve()),
        "photos": _pairs(args.photos, "--photos", named=False),
        "libraries": _pairs(args.library, "--library", named=True),
    }
    given = {name: value for name, value in given.items() if value not in (None, {})}
    folder = Path(args.study)
    if (folder / SETTINGS).is_file():
        if args.out is not None:
            raise StudyError(f"{folder} is a study's folder and goes on where it is; leave --out away")
        return settled(StudyFolder(folder), given)
    file = find_study(args.study)
    study = file.at(given.get("scale", ""))
    given["scale"] = study.scale
    out = args.out or Path(f"{study.name}-{study.scale}" if study.scale else study.name)
    origin = str(file.path.resolve().parent)
    return opened(file, Settings(origin=origin, **given), StudyFolder(out))


def _there(design: Path) -> Path:
    if not design.is_file():
        raise StudyError(f"--design {design}: there is no such file")
    return design


def _pairs(given: Sequence[str] | None, option: str, named: bool) -> dict[str, str]:
    """``NAME=DIR`` texts as a mapping; without a name, "" stands for all."""
    found = {}
    for text in given or ():
        name, equals, place = text.partition("=")
        if not equals and not named:
            name, place = "", text
        if not place or (named and not name):
            raise StudyError(f"{option} needs {'NAME=DIR' if named else '[NAME=]DIR'}, not '{text}'")
        found[name] = str(Path(place).resolve())
    return found


def _crew(args: argparse.Namespace) -> Crew:
    for option, value in (("--jobs", args.jobs), ("--threads", args.threads)):
        if value is not None and value < 1:
            raise StudyError(f"{option} must be at least 1, is {value}")
    if args.engine == "local":
        from ..studies.crew import ThisMachine

        if args.threads is not None:
            raise StudyError("--threads is for --engine ray; on this machine the cores are shared out among --jobs")
        return ThisMachine(args.jobs or 1, args.blender)
    try:
        from ..studies.cluster import RayNodes
    except ImportError:
        raise ToolError('--engine ray needs Ray: pip install "simreal[cluster]" (here, and on all nodes)') from None
    return RayNodes(args.address, args.threads or 4, args.jobs, args.blender)


def _report_table(opened: OpenStudy, args: argparse.Namespace) -> None:
    from ..studies.outcome import outcome_of
    from ..studies.report_table import report_table, table_texts
    from ..studies.study_folder import REPORT_HTML

    laid = report_table(outcome_of(opened.plan, opened.folder))
    lines = table(table_texts(laid), left=range(len(laid.axes)))
    page = opened.folder.path / REPORT_HTML
    args.report(Result("text", {"text": "\n".join((*lines, "", f"The report: {page}"))}))
    args.report(Result("study", {"folder": str(opened.folder.path), "report": str(page)}))
