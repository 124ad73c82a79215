"""``simreal design``: make, look at and check designs."""

from __future__ import annotations

import argparse
import importlib.util
import json
import typing
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import attrs

from ..datasets.messages import Log, Result
from ..datasets.writing import write_bytes
from ..design.assets import check_libraries, missing_assets
from ..design.checking import check
from ..design.design import FILE_SUFFIX, UpAxis
from ..design.document import load, save, to_document
from ..design.errors import AssetError, DesignError, ToolError
from ..design.identity import design_hash
from ..design.schema import design_schema
from ..design.sources import source_name
from ..design.starting import Sources, start_design
from . import design_presets
from .design_text import design_stem, design_text, factors_text, started_text
from .factors_page import factors_markdown
from .help_text import HelpFormatter

HELP = "make a design, look at it, check it"
_SHOWN_FAULTS = 5


def configure(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", required=True)

    def verb(name: str, text: str, do: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        child = verbs.add_parser(name, help=text, description=text, formatter_class=HelpFormatter)
        child.set_defaults(do=do)
        return child

    _configure_new(verb("new", "make a design from folders of models, or from the starter library", _new))
    show = verb("show", "print a design for people", _show)
    show.add_argument("file", type=Path)
    validate = verb(
        "validate", "check a design; exit status 2 and the place of the fault if it cannot be used", _validate
    )
    validate.add_argument("file", type=Path)
    validate.add_argument("--assets", action="store_true", help="check too that all its assets are there")
    schema = verb("schema", "print the JSON Schema of designs", _schema)
    schema.add_argument("--out", type=Path, metavar="FILE", help="write it to a file")
    factors = verb("factors", "print all factors and their parameters", _factors)
    factors.add_argument("--markdown", action="store_true", help="as the reference in docs/factors.md")
    factors.add_argument("--out", type=Path, metavar="FILE", help="write it to a file")
    design_presets.configure(verb)


def _configure_new(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--models",
        type=Path,
        metavar="DIR",
        help="folder with a folder per class, or a .blend with a collection per class; default: the starter library",
    )
    parser.add_argument("--environments", type=Path, metavar="DIR", help=".hdr and .exr maps that light the object")
    parser.add_argument("--textures", type=Path, metavar="DIR", help="PBR texture sets for the object's surface")
    parser.add_argument("--photos", type=Path, metavar="DIR", help="photos to stand behind the object")
    parser.add_argument("--classes", metavar="A,B", help="take these classes only, in this order")
    parser.add_argument("--up-axis", choices=typing.get_args(UpAxis), default="auto", help="up axis of the models")
    parser.add_argument("--name", help="name of the design (default: that of the file, or of the models' folder)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="seed of all draws")
    parser.add_argument(
        "--views-per-scene",
        type=int,
        default=1,
        metavar="N",
        help="images in a row that show one scene, each anew seen",
    )
    parser.add_argument("--per-class", type=int, default=100, metavar="N", help="training images a class")
    parser.add_argument("--out", type=Path, metavar="FILE", help=f"file to write (default: <name>{FILE_SUFFIX})")
    parser.add_argument("--force", action="store_true", help="replace the file if it is there")


def run(args: argparse.Namespace) -> int:
    do: Callable[[argparse.Namespace], int] = args.do
    return do(args)


def _new(args: argparse.Namespace) -> int:
    name = args.name or (design_stem(args.out) if args.out else source_name(args.models) if args.models else "starter")
    out: Path = args.out or Path(f"{name}{FILE_SUFFIX}")
    if out.exists() and not args.force:
        raise DesignError("", f"{out} is there already; --force replaces it")
    if not out.parent.is_dir():
        raise DesignError("", f"{out.parent}: there is no such folder")
    sources = Sources(
        models=args.models,
        collections=_collections(args.models) if args.models else None,
        environments=args.environments,
        textures=args.textures,
        photos=args.photos,
        classes=tuple(one.strip() for one in (args.classes or "").split(",") if one.strip()),
        up_axis=args.up_axis,
    )
    started = start_design(sources, name, out.resolve().parent, per_class=args.per_class, seed=args.seed)
    design = attrs.evolve(started.design, views_per_scene=args.views_per_scene)
    check(design)
    save(design, out)
    for library, skipped in started.skipped.items():
        for one in skipped:
            args.report(Log(f"skipped {library}/{one.path}: {one.reason}"))
    args.report(Result("text", {"text": started_text(started, out)}))
    args.report(Result("design", {"file": str(out), "design": to_document(design)}))
    return 0


def _collections(models: Path) -> Mapping[str, Sequence[str]] | None:
    """The collections of a .blend file, None for a folder."""
    if models.suffix != ".blend" or not models.is_file():
        return None
    if importlib.util.find_spec("bpy") is None:
        raise ToolError(
            f'to look into {models}, Blender is needed: `pip install "simreal[render]"`, or run this inside it'
        )
    from ..rendering.blend_files import blend_collections

    return blend_collections(models)


def _show(args: argparse.Namespace) -> int:
    design = load(args.file)
    args.report(Result("text", {"text": design_text(design)}))
    args.report(Result("design", {"file": str(args.file), "design": to_document(design)}))
    return 0


def _validate(args: argparse.Namespace) -> int:
    design = load(args.file)
    if args.assets:
        check_libraries(design)
        faults = missing_assets(design)
        if faults:
            more = f"; and {len(faults) - _SHOWN_FAULTS} more" if len(faults) > _SHOWN_FAULTS else ""
            raise AssetError(f"{args.file}: assets are missing: {'; '.join(faults[:_SHOWN_FAULTS])}{more}")
    images = sum(split.count for split in design.splits)
    words = f"{len(design.classes)} classes, {images} images in {len(design.splits)} splits"
    args.report(Result("text", {"text": f"{args.file}: ok ({words})"}))
    args.report(Result("valid", {"file": str(args.file), "design_hash": design_hash(design)}))
    return 0


def _schema(args: argparse.Namespace) -> int:
    return _tell(args, json.dumps(design_schema(), indent=2, ensure_ascii=False))


def _factors(args: argparse.Namespace) -> int:
    return _tell(args, factors_markdown() if args.markdown else factors_text())


def _tell(args: argparse.Namespace, text: str) -> int:
    """Print a text, or write it to the file that was asked for."""
    if args.out is None:
        args.report(Result("text", {"text": text}))
        return 0
    write_bytes(args.out, f"{text}\n".encode())
    args.report(Result("text", {"text": f"wrote {args.out}"}))
    return 0
