"""``simreal data VERB DATA``: look at, check and re-make data sets that were rendered."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import attrs

from ..datasets.messages import Result
from ..datasets.storage import LAYOUTS, METADATA_FORMATS
from ..design.errors import DataSetError
from .data_text import statistics_text, verification_text
from .help_text import SubVerbs, add_sub_verb

HELP = "check, describe, convert, thin and merge data sets"

DETAILS = """
  simreal data verify data --fast                     names, counts and sizes: seconds for a million images
  simreal data verify data --repair                   decode and hash everything; what is damaged can be rendered again
  simreal data stats data --picture stats.png         what was drawn, how often, and how it is spread
  simreal data convert data --layout webdataset --out tars
  simreal data convert data --metadata parquet        in place
  simreal data thin data --per-class 100 --where "object_scale.scale<2" --out small
  simreal data merge indoor outdoor --out both

New data sets are written aside and appear when they are finished; what is there is never overwritten.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = f"{HELP[0].upper()}{HELP[1:]}."
    parser.epilog = DETAILS
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", required=True, dest="data_verb")
    _verify(_verb(verbs, "verify", "compare the files with what was committed, and the rows with the design's draws"))
    _stats(_verb(verbs, "stats", "images a class, how often factors were drawn, and histograms of their values"))
    _convert(_verb(verbs, "convert", "write a data set in another layout, or its metadata in another format"))
    _thin(_verb(verbs, "thin", "a smaller data set: the first images, by class or by what they drew"))
    _merge(_verb(verbs, "merge", "one data set of several with the same classes"))


def _verb(verbs: SubVerbs, name: str, text: str) -> argparse.ArgumentParser:
    return add_sub_verb(verbs, "data", name, text, DETAILS)


def _verify(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("data", type=Path, metavar="DATA")
    parser.add_argument("--fast", action="store_true", help="names, counts, sizes and headers only")
    parser.add_argument(
        "--repair", action="store_true", help="make damaged images missing, so that `simreal render DATA` renders them"
    )
    parser.set_defaults(run=verify)


def _stats(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("data", type=Path, metavar="DATA")
    parser.add_argument("--split", nargs="+", default=(), metavar="NAME", help="of these splits only")
    parser.add_argument("--json", action="store_true", help="write everything as JSON to stdout")
    parser.add_argument("--picture", type=Path, metavar="PNG", help="draw the first split's histograms")
    parser.set_defaults(run=stats)


def _convert(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("data", type=Path, metavar="DATA")
    parser.add_argument("--layout", choices=LAYOUTS)
    parser.add_argument("--metadata", choices=METADATA_FORMATS)
    parser.add_argument("--out", type=Path, metavar="DIR", help="the new data set; --metadata alone works in place")
    parser.set_defaults(run=convert)


def _thin(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("data", type=Path, metavar="DATA")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--split", nargs="+", default=(), metavar="NAME", help="these splits only")
    parser.add_argument("--count", type=_count, metavar="N", help="at most so many images of a split")
    parser.add_argument("--per-class", type=_count, metavar="N", help="at most so many of each class")
    parser.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="COND",
        help="a column of the metadata <, <=, =, !=, >= or > a value",
    )
    parser.set_defaults(run=thin)


def _merge(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("data", type=Path, nargs="+", metavar="DATA")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.set_defaults(run=merge)


def run(args: argparse.Namespace) -> int:
    """Each verb of ``simreal data`` sets its own."""
    raise AssertionError(args.data_verb)


def verify(args: argparse.Namespace) -> int:
    from ..datasets.lock import exclusive
    from ..datasets.verification import verify as look

    _rendered(args.data)
    if args.repair:
        with exclusive(args.data):
            found = look(args.data, args.report, fast=args.fast, repair=True)
    else:
        found = look(args.data, args.report, fast=args.fast)
    args.report(Result("verification", attrs.asdict(found)))
    args.report(Result("text", {"text": verification_text(found, args.data, repaired=args.repair)}))
    return 1 if found.faults else 0


def stats(args: argparse.Namespace) -> int:
    from ..datasets.statistics import statistics
    from ..datasets.statistics_picture import statistics_picture
    from ..datasets.writing import writing_to

    found = statistics(_rendered(args.data), args.report, args.split)
    if args.picture:
        if args.picture.exists():
            raise DataSetError(f"{args.picture}: is there already; choose another --picture")
        with writing_to(args.picture.absolute().parent):
            statistics_picture(found[0], f"{args.data.resolve().name}: {found[0].name}").save(args.picture, "PNG")
    documents = {split.name: attrs.asdict(split) for split in found}
    args.report(Result("statistics", {"splits": documents}))
    text = json.dumps(documents, ensure_ascii=False, indent=1) if args.json else statistics_text(found)
    args.report(Result("text", {"text": text}))
    return 0


def convert(args: argparse.Namespace) -> int:
    from ..datasets.deriving import convert as write
    from ..datasets.deriving import convert_metadata
    from ..datasets.storage import read_storage

    _rendered(args.data)
    if args.layout is None and args.metadata is None:
        raise DataSetError("say what is to be changed: --layout or --metadata")
    if args.out is None:
        if args.layout is not None:
            raise DataSetError("--layout needs --out: the images are written to a new data set")
        convert_metadata(args.data, args.metadata, args.report)
        return _done(args, args.data)
    before = read_storage(args.data)
    storage = attrs.evolve(before, layout=args.layout or before.layout, metadata=args.metadata or before.metadata)
    write(args.data, args.out, storage, args.report)
    return _done(args, args.out)


def thin(args: argparse.Namespace) -> int:
    from ..datasets.deriving import thin as write

    write(
        _rendered(args.data), args.out, args.report,
        splits=args.split, count=args.count, per_class=args.per_class, where=args.where,
    )  # fmt: skip
    return _done(args, args.out)


def merge(args: argparse.Namespace) -> int:
    from ..datasets.deriving import merge_data_sets

    if len(args.data) < 2:
        raise DataSetError("merge needs at least two data sets")
    merge_data_sets([_rendered(path) for path in args.data], args.out, args.report)
    return _done(args, args.out)


def _done(args: argparse.Namespace, out: Path) -> int:
    args.report(Result("data", {"data": str(out)}))
    args.report(Result("text", {"text": f"{out} is written. Look at it: simreal data stats {out}"}))
    return 0


def _rendered(path: Path) -> Path:
    if not path.is_dir():
        raise DataSetError(f"{path}: there is no such folder")
    return path


def _count(text: str) -> int:
    if not text.isdigit() or not int(text):
        raise argparse.ArgumentTypeError(f"must be a whole number above 0, is '{text}'")
    return int(text)
