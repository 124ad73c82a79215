"""``simreal bench``: a published benchmark from what a user has to its table, as a plain sequence of commands."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from ..datasets.benchmarks import BENCHMARKS, PHOTO_SOURCES, photo_source
from ..datasets.benchmarks.benchmark import Benchmark
from ..datasets.benchmarks.photo_source import image_set_of
from ..datasets.benchmarks.rendered_source import OTHER_MODELS, SHAPENET
from ..datasets.image_sets import IMAGE_SET_SUFFIX, save_image_set, set_listings
from ..datasets.messages import Result
from ..design.errors import DataSetError
from ..training.adaptation.config import METHOD_NAMES
from .bench_inputs import DEFAULT_SCALE, PUBLISHED_PER_CLASS
from .image_options import add_image_options
from .tables import table

HELP = "run a published benchmark: render or read its source domain, train, adapt, measure on its photos"

DETAILS = """
  simreal bench list                                          what there is, what it needs, and where to get that
  simreal bench s2rda-49 --shapenet SHAPENET --other-models MODELS --real S2RDA --plan      how long, how much disk
  simreal bench s2rda-49 --shapenet SHAPENET --other-models MODELS --real S2RDA --out bench
  simreal bench visda-2017 --photos VISDA --method none --method cdan_mcc --train="--backbone resnet50 --pretrained"
  simreal bench images subvisda-10 VISDA                      subvisda-10.images.json, for everything that takes DATA

Nothing is ever downloaded. What is missing is named, with where to get it, before anything is begun. A bench that was
interrupted goes on where it stopped when the same command is run again. docs/benchmarks.md tells more.
"""

RENDERED = """
The source domain is rendered from the preset of this name, the real domain is read by its lists. Without --method one
classifier is trained on the source alone (simreal train); with it, one each is adapted (simreal adapt) to the photos of
{target}, whose labels are not looked at. All are measured on {tests}.
"""

READ = """
Source and target are splits of the photos. Without --method one classifier is trained on the source alone (simreal
train); with it, one each is adapted (simreal adapt) to the target, whose labels are not looked at.
"""

AddVerb = Callable[[str, str, Callable[[argparse.Namespace], int]], argparse.ArgumentParser]


def configure(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = f"{HELP[0].upper()}{HELP[1:]}."
    parser.epilog = DETAILS
    verbs = parser.add_subparsers(title="benchmarks and verbs", metavar="NAME", required=True)

    def verb(name: str, help_text: str, run: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        child = verbs.add_parser(
            name, help=help_text, description=f"{help_text}.", formatter_class=argparse.RawDescriptionHelpFormatter
        )
        child.add_argument("--messages", action="store_true", help="write RFC 7464 messages to stdout instead of text")
        child.set_defaults(run=run)
        return child

    verb("list", "The benchmarks and data sets of photos, and where to get what they need", _list)
    _configure_images(verb)
    for benchmark in BENCHMARKS.values():
        child = verb(benchmark.name, f"{benchmark.title}: {_summary(benchmark)}", run)
        child.set_defaults(benchmark=benchmark)
        _configure_inputs(child, benchmark)
        _configure_work(child)


def _configure_images(verb: AddVerb) -> None:
    images = verb("images", "Write an image set: a published data set as a benchmark's classes and splits", _images)
    named = [name for name, source in PHOTO_SOURCES.items() if source.splits]
    images.add_argument("name", metavar="DATASET", help=", ".join(named))
    images.add_argument("folder", type=Path, metavar="DIR", help="where it was unpacked")
    images.add_argument("--lists", type=Path, metavar="DIR", help="folder of its split lists, if they lie elsewhere")
    images.add_argument("--out", type=Path, metavar="FILE", help=f"file to write (default: DATASET{IMAGE_SET_SUFFIX})")


def _configure_inputs(parser: argparse.ArgumentParser, benchmark: Benchmark) -> None:
    if benchmark.is_rendered:
        parser.epilog = RENDERED.format(target=benchmark.target, tests=" and ".join(benchmark.tests))
        parser.add_argument("--shapenet", type=Path, metavar="DIR", help=f"{SHAPENET.title}, {SHAPENET.layout}")
        parser.add_argument(
            "--other-models", type=Path, metavar="DIR", help=f"{OTHER_MODELS.title}, {OTHER_MODELS.layout}"
        )
        real = f"{benchmark.photos.title}, {benchmark.photos.layout}"
        parser.add_argument("--real", dest="photos", type=Path, metavar="DIR", help=real)
        parser.add_argument("--lists", type=Path, metavar="DIR", help="folder of real_val.txt and real_test.txt")
        rendering = parser.add_argument_group("source domain")
        wanted = rendering.add_mutually_exclusive_group()
        wanted.add_argument(
            "--scale",
            type=float,
            metavar="X",
            help=f"share of the published {PUBLISHED_PER_CLASS:,} images a class (default: {DEFAULT_SCALE})",
        )
        wanted.add_argument("--per-class", type=int, metavar="N", help="the same as a number of images")
        add_image_options(parser, "width of the square images, instead of 256")
        rendering.add_argument(
            "--render", default="", metavar="OPTIONS", help='options of simreal render: --render="--workers 8"'
        )
        return
    parser.epilog = READ
    parser.add_argument(
        "--photos", type=Path, metavar="DIR", help=f"{benchmark.photos.title}: {benchmark.photos.layout}"
    )
    if not benchmark.source:
        domains = ", ".join(benchmark.photos.splits)
        parser.add_argument("--source", metavar="DOMAIN", required=True, help=f"one of {domains}")
        parser.add_argument("--target", metavar="DOMAIN", required=True, help="another of them")


def _configure_work(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder for all that is made (default: NAME-bench)")
    parser.add_argument("--plan", action="store_true", help="say how long it takes and how much disk, and do nothing")
    parser.add_argument("--classes", metavar="A,B,C", help="these classes only")
    parser.add_argument(
        "--allow-missing", action="store_true", help="go on without classes and photos that are not there"
    )
    parser.add_argument(
        "--method", action="append", default=[], choices=METHOD_NAMES, help="adapt by this method; may be repeated"
    )
    parser.add_argument(
        "--train",
        default="",
        metavar="OPTIONS",
        help='options of simreal train and adapt: --train="--backbone resnet50 --pretrained --full"',
    )


def _summary(benchmark: Benchmark) -> str:
    if benchmark.is_rendered:
        return f"{len(benchmark.photos.classes)} classes rendered from ShapeNet, measured on real photos"
    if benchmark.source:
        return f"from its {benchmark.source} images to its {benchmark.target} images"
    return f"between its domains {', '.join(benchmark.photos.splits)}"


def run(args: argparse.Namespace) -> int:
    from .bench_steps import run_bench

    return run_bench(args.benchmark, args)


def _list(args: argparse.Namespace) -> int:
    rows = [("benchmark", "what it is")]
    rows += [(one.name, _summary(one)) for one in BENCHMARKS.values()]
    photos = [("data set", "layout")]
    photos += [(name, source.layout) for name, source in PHOTO_SOURCES.items()]
    pages = {source.title: source.page for source in PHOTO_SOURCES.values()}
    pages |= {library.title: f"{library.page}; {library.layout}" for library in (SHAPENET, OTHER_MODELS)}
    where = [("needed", "where to get it"), *pages.items()]
    lines = [*table(rows, left=(0, 1)), "", *table(photos, left=(0, 1)), "", *table(where, left=(0, 1))]
    args.report(Result("text", {"text": "\n".join(lines)}))
    told = [{"name": one.name, "title": one.title, "rendered": one.is_rendered} for one in BENCHMARKS.values()]
    args.report(Result("benchmarks", {"benchmarks": told, "photos": list(PHOTO_SOURCES)}))
    return 0


def _images(args: argparse.Namespace) -> int:
    source = photo_source(args.name)
    if not source.splits:
        raise DataSetError(f"{source.title} needs no image set: its folder is DATA as it is, {source.layout}")
    file = args.out or Path(f"{args.name}{IMAGE_SET_SUFFIX}")
    if not file.name.endswith(IMAGE_SET_SUFFIX):
        raise DataSetError(f"{file}: an image set's name ends in {IMAGE_SET_SUFFIX}")
    listings = set_listings(save_image_set(image_set_of(source, args.folder, args.lists), file))
    classes = next(iter(listings.values())).classes
    rows = [("class", *listings)]
    rows += [(name, *(str(one.counts.get(name, 0)) for one in listings.values())) for name in classes]
    rows += [("all", *(str(len(one)) for one in listings.values()))]
    args.report(Result("text", {"text": "\n".join([*table(rows), "", f"wrote {file}: give it as DATA"])}))
    args.report(Result("images", {"file": str(file), "splits": {name: one.counts for name, one in listings.items()}}))
    return 0
