"""``simreal design presets``, ``preset`` and ``locate``: designs to start from, looks, and where libraries lie."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from ..datasets.messages import Result
from ..design.asset_folders import expanded
from ..design.design import FILE_SUFFIX, Design, names_folder
from ..design.document import load, relocated, save, to_document
from ..design.errors import DesignError
from ..design.missing import located, missing_libraries, without_missing
from ..design.presets import SHIPPED, load_preset, preset_named, presets_in, with_look
from .tables import table

AddVerb = Callable[[str, str, Callable[[argparse.Namespace], int]], argparse.ArgumentParser]


def configure(verb: AddVerb) -> None:
    """Add the verbs to ``simreal design``."""
    verb("presets", "list the presets that come with Simreal", _presets)
    preset = verb("preset", "make a design from a preset, or put a preset's look on a design", _preset)
    preset.add_argument("name", help="name of a preset, or a design's file to use like one")
    preset.add_argument(
        "--on", type=Path, metavar="FILE", help="a design that keeps its classes and splits and takes the look only"
    )
    preset.add_argument("--out", type=Path, metavar="FILE", help=f"file to write (default: <name>{FILE_SUFFIX})")
    preset.add_argument("--force", action="store_true", help="replace the file if it is there")
    _configure_libraries(preset)
    locate = verb("locate", "say where a design's libraries lie on this machine", _locate)
    locate.add_argument("file", type=Path)
    locate.add_argument("--out", type=Path, metavar="FILE", help="file to write (default: the design's own)")
    _configure_libraries(locate)


def _configure_libraries(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--library",
        action="append",
        default=[],
        metavar="NAME=DIR",
        help="folder of a library of the design; may be given several times",
    )
    parser.add_argument("--without-missing", action="store_true", help="leave out what is not there")


def _presets(args: argparse.Namespace) -> int:
    shipped = presets_in(SHIPPED)
    designs = [(preset, load(preset.file)) for preset in shipped]
    rows = [("preset", "name", "needs")]
    rows += [(preset.stem, preset.name, ", ".join(design.libraries) or "nothing") for preset, design in designs]
    args.report(Result("text", {"text": "\n".join(table(rows, left=(0, 1, 2)))}))
    told = [
        {"preset": preset.stem, "name": preset.name, "description": preset.description, "needs": list(design.libraries)}
        for preset, design in designs
    ]
    args.report(Result("presets", {"presets": told}))
    return 0


def _preset(args: argparse.Namespace) -> int:
    given = Path(args.name)
    stem = given.name.removesuffix(FILE_SUFFIX) if given.is_file() else preset_named(args.name, SHIPPED).stem
    out: Path = args.out or Path(f"{stem}{FILE_SUFFIX}")
    if out.exists() and not args.force:
        raise DesignError("", f"{out} is there already; --force replaces it")
    folder = out.resolve().parent
    if not folder.is_dir():
        raise DesignError("", f"{out.parent}: there is no such folder")
    if given.is_file():
        design = expanded(relocated(load(given), folder))
    else:
        design = load_preset(preset_named(args.name, SHIPPED), folder)
    design = _completed(design, args)
    if args.on is not None:
        design = with_look(relocated(load(args.on), folder), design)
    return _write(design, out, args)


def _locate(args: argparse.Namespace) -> int:
    out: Path = args.out or args.file
    design = _completed(expanded(relocated(load(args.file), out.resolve().parent)), args)
    return _write(design, out, args)


def _completed(design: Design, args: argparse.Namespace) -> Design:
    for given in args.library:
        name, equals, folder = given.partition("=")
        if not (equals and folder):
            raise DesignError("--library", f"must be NAME=DIR, is '{given}'")
        design = located(design, name, Path(folder))
    return without_missing(design) if args.without_missing else design


def _write(design: Design, out: Path, args: argparse.Namespace) -> int:
    save(design, out)
    missing = missing_libraries(design)
    models = [model for entry in design.classes for model in entry.models]
    folders = sum(names_folder(model) for model in models)
    to_come = f" and {folders} folders of models yet to be found" if folders else ""
    lines = [f"{design.name}: {len(design.classes)} classes, {len(models) - folders} models{to_come}", f"wrote {out}"]
    lines += [f"missing: {one.text}" for one in missing]
    if missing:
        options = " ".join(f"--library {one.library}=DIR" for one in missing)
        lines += ["", f"Say where they lie:  simreal design locate {out} {options}"]
    args.report(Result("text", {"text": "\n".join(lines)}))
    told = [{"library": one.library, "kind": one.kind, "missing": len(one.assets), "of": one.named} for one in missing]
    args.report(Result("design", {"file": str(out), "design": to_document(design), "missing": told}))
    return 0
