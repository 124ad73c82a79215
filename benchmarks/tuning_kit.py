"""The kit: a design of real models and environment maps, tuned by half of its photos and judged by the other half.

    .venv/bin/python benchmarks/tuning_kit.py ../shared/kit --out tuning-kit
    .venv/bin/python benchmarks/tuning_kit.py ../shared/kit --out tuning-kit --quick

It is `simreal tune` on a new design of models/ and hdri/, by photos/: tuned against all weights 1, all weights 0 and
the design as it begins, each with as many images, five seeds, on photos that tuning never saw. Run it again after a
stop. Writes result.json and, in tune/, the report.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import attrs

from simreal.commands.reporting import TerminalReport
from simreal.design.design import Design, ImageSettings
from simreal.design.document import save
from simreal.design.starting import Sources, start_design
from simreal.studies.weighting.budget import Budget
from simreal.studies.weighting.comparison import accuracy
from simreal.studies.weighting.renders import Renderer
from simreal.studies.weighting.tuning_report import REPORT_MD, lead_text
from simreal.studies.weighting.tuning_run import SPENT, Order, run_tuning

WANTED_GAIN, WANTED_ACCURACY = 5.0, 85.0


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kit", type=Path, help="folder with models/, hdri/ and photos/")
    parser.add_argument("--out", type=Path, required=True, help="folder of all of it")
    parser.add_argument("--budget", type=int, default=4000, metavar="N", help="images to tune with (default: 4000)")
    parser.add_argument(
        "--images", type=int, default=1000, metavar="N", help="of each data set compared (default: 1000)"
    )
    parser.add_argument("--seeds", type=int, default=5, metavar="N", help="of the comparison (default: 5)")
    parser.add_argument("--resolution", type=int, default=128, metavar="PX", help="width of the images (default: 128)")
    parser.add_argument("--workers", type=int, metavar="N", help="render processes")
    parser.add_argument("--quick", action="store_true", help="320 images, 1 seed, 64 px: to see that it runs")
    args = parser.parse_args()
    if args.quick:
        args.budget, args.images, args.seeds, args.resolution = 320, 100, 1, 64
    return args


def kit_design(args: argparse.Namespace) -> Design:
    """A design as anyone begins with: all models, all environment maps, factors as declared."""
    sources = Sources(models=args.kit / "models", environments=args.kit / "hdri")
    design = start_design(sources, "kit", args.out).design
    return attrs.evolve(design, image=ImageSettings(resolution_px=args.resolution))


def main() -> int:
    args = arguments()
    args.out.mkdir(parents=True, exist_ok=True)
    design = kit_design(args)
    save(design, args.out / "kit.simreal.json")
    order = Order(
        design,
        args.kit / "photos",
        args.out / "tune",
        Budget(images=args.budget),
        seeds=args.seeds,
        compared=args.images,
        renderer=Renderer(workers=args.workers),
    )
    outcome = run_tuning(order, TerminalReport())
    shares = {one.name: attrs.asdict(accuracy(one)) for one in outcome.contenders}
    gains = {name: attrs.asdict(gain) for name, gain in outcome.gains.items()}
    result = {
        "accuracy": shares,
        "gains": gains,
        "changes": [
            f"{one.factor} {one.parameter} {one.option}: {one.before} -> {one.after}" for one in outcome.record.changes
        ],
        "warnings": list(outcome.record.warnings),
        "seconds": json.loads((args.out / "tune" / SPENT).read_text(encoding="utf-8")),
    }
    (args.out / "result.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(f"{lead_text(outcome)}\n\nwanted: {WANTED_GAIN:+.0f} points, {WANTED_ACCURACY:.0f} %")
    print(f"The report: {args.out / 'tune' / REPORT_MD}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
