"""Planted truth: "photos" are renders of a hidden design, so that what tuning ought to find is known.

    .venv/bin/python benchmarks/planted_truth.py --out planted
    .venv/bin/python benchmarks/planted_truth.py --out planted-quick --quick

For each seed another hidden design: of what a wide design draws, a window of the camera's elevation, three of eight
materials and four of eight environments, and nothing but these behind the object. Asked is
  - whether importance, on the images that were rendered to tune with, ranks camera_viewpoint, material_texture and
    background before the other factors (wanted: in at least 9 of 10 seeds);
  - how far tuning gets from the wide design with all weights 1 to the hidden design itself, in accuracy on fresh
    "photos", each with as many images (wanted: 80 % of the way, at 2,000 images of budget).

Hidden designs 0 to 9 were looked at while the tuner was made: --first is 10, so that what is reported is of others.
The starter library's ten classes at 64 px. All that is finished is kept: run it again after a stop. Writes table.md and
table.json into --out after every seed; exit status 1 where a whole run misses what is wanted.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
import numpy as np

from simreal.commands.reporting import TerminalReport
from simreal.datasets.effect_records import read_importance
from simreal.design.asset_folders import expanded
from simreal.design.design import Design, FactorSettings, ImageSettings
from simreal.design.distributions import Choice, Distribution, SphereShell
from simreal.design.document import load, save
from simreal.design.presets import SHIPPED, load_preset, preset_named
from simreal.rendering.data_set import render_data_set
from simreal.rendering.render_request import RenderRequest
from simreal.studies.weighting.budget import Budget
from simreal.studies.weighting.comparison import accuracy, compare
from simreal.studies.weighting.effects import ranked_factors
from simreal.studies.weighting.photo_features import FeatureExtractor
from simreal.studies.weighting.pool import read_pool
from simreal.studies.weighting.renders import SPLIT, Renderer, Renders
from simreal.studies.weighting.search_space import all_weights
from simreal.studies.weighting.tuning_run import DATA, FEATURES, TUNED, Order, run_tuning

SIMREAL = (sys.executable, str(Path(__file__).resolve().parent.parent / "headless.py"))
PLANTED = ("camera_viewpoint", "material_texture", "background")
MATERIALS = ("metal", "rust", "plastic", "wood", "fabric", "stone", "paper", "moss")
BACKBONE = "efficientnet_lite0"
WANTED_RANKED, WANTED_WAY = 0.9, 0.8
PHOTO_SEED, TEST_SEED, COMPARED_SEEDS = 50_000, 60_000, 3


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="folder of all of it")
    parser.add_argument("--seeds", type=int, default=10, metavar="N", help="hidden designs (default: 10)")
    parser.add_argument("--first", type=int, default=10, metavar="N", help="seed of the first of them (default: 10)")
    parser.add_argument("--budget", type=int, default=2000, metavar="N", help="images to tune with (default: 2000)")
    parser.add_argument(
        "--photos", type=int, default=600, metavar="N", help="'photos' to tune by, before they are parted"
    )
    parser.add_argument("--tests", type=int, default=600, metavar="N", help="fresh 'photos' to report on")
    parser.add_argument("--images", type=int, default=600, metavar="N", help="images of each design that is compared")
    parser.add_argument("--resolution", type=int, default=64, metavar="PX", help="width of all images (default: 64)")
    parser.add_argument("--workers", type=int, metavar="N", help="render processes")
    parser.add_argument("--quick", action="store_true", help="1 seed, 240 images: to see that it runs")
    args = parser.parse_args()
    if args.quick:
        args.seeds, args.budget, args.photos, args.tests, args.images = 1, 240, 120, 80, 80
    return args


def wide_design(resolution: int, folder: Path) -> Design:
    """The starter's, with eight materials and without distractors, all weights 1."""
    starter = expanded(load_preset(preset_named("starter", SHIPPED), folder))
    design = attrs.evolve(starter, image=ImageSettings(resolution_px=resolution, samples=8), name="wide")
    design = drawn_as(design, "material_texture", "material", Choice(dict.fromkeys(MATERIALS, 1.0)))
    design = all_weights(design, 1.0)
    silent = attrs.evolve(design.factors["distractors"], weight=0.0)
    return attrs.evolve(design, factors={**design.factors, "distractors": silent})


def hidden_design(wide: Design, seed: int) -> Design:
    """What the "photos" of a seed are drawn from."""
    random = np.random.default_rng([seed, 0x41D])
    low = float(random.choice([-5.0, 0.0, 15.0, 30.0]))
    environments = wide.factors["background"].parameters["environment"].distribution
    assert isinstance(environments, Choice)
    some = random.choice(sorted(environments.options), 4, replace=False)
    materials = random.choice(MATERIALS, 3, replace=False)
    design = drawn_as(wide, "camera_viewpoint", "elevation_deg", SphereShell(low, low + 30.0))
    design = drawn_as(design, "material_texture", "material", Choice({str(name): 1.0 for name in materials}))
    design = drawn_as(design, "background", "kind", Choice({"environment": 1.0}))
    return drawn_as(design, "background", "environment", Choice({str(name): 1.0 for name in some}))


def drawn_as(design: Design, factor: str, parameter: str, distribution: Distribution) -> Design:
    """The design with another distribution of a parameter."""
    settings: FactorSettings = design.factors[factor]
    given = attrs.evolve(settings.parameters[parameter], distribution=distribution)
    changed = attrs.evolve(settings, parameters={**settings.parameters, parameter: given})
    return attrs.evolve(design, factors={**design.factors, factor: changed})


def photos_of(hidden: Design, count: int, seed: int, place: Path, args: argparse.Namespace) -> Path:
    """A folder of "photos", in class folders."""
    split = attrs.evolve(hidden.splits[0], name=SPLIT, count=count, seed=seed)
    design = attrs.evolve(hidden, splits=(split,))
    render_data_set(RenderRequest(design=design, out=place, workers=args.workers), TerminalReport())
    return place / SPLIT


def ranks(run: Path, wide: Design, photos: Path) -> list[str]:
    """The factors as importance ranks them, from all images that were rendered to tune with."""
    out = run / "importance"
    design = run / "wide.simreal.json"
    save(wide, design)
    rounds = sorted(path for path in (run / DATA).iterdir() if path.is_dir())
    given = [word for path in rounds for word in ("--data", path)]
    words = ["importance", design, "--photos", photos, "--from", "images", *given, "--out", out]
    subprocess.run([*SIMREAL, *map(str, words)], check=True)
    return ranked_factors(read_importance(out / "importance.json").effects)


def measured(seed: int, args: argparse.Namespace) -> dict[str, Any]:
    """One hidden design: what was ranked first, and how far tuning got."""
    place = args.out / f"seed-{seed}"
    wide = wide_design(args.resolution, place)
    hidden = hidden_design(wide, seed)
    photos = photos_of(hidden, args.photos, PHOTO_SEED + seed, place / "photos", args)
    run = place / "tune"
    renderer = Renderer(workers=args.workers)
    order = Order(wide, photos, run, Budget(images=args.budget), seeds=0, backbone=BACKBONE, renderer=renderer)
    outcome = run_tuning(order, TerminalReport())
    extractor = FeatureExtractor(BACKBONE, cache=run / FEATURES)
    photos_of(hidden, args.tests, TEST_SEED + seed, place / "tests", args)
    tests = read_pool(place / "tests", SPLIT, extractor, TerminalReport())
    renders = Renders(place / "compared", extractor, renderer, TerminalReport())
    designs = {"wide": wide, "tuned": load(run / TUNED), "hidden": hidden}
    contenders = compare(
        {name: attrs.evolve(design, folder=place) for name, design in designs.items()},
        COMPARED_SEEDS,
        lambda name, design, number: renders.pool(f"{name}-{number}", design, seed=number, count=args.images),
        (tests.features.astype(np.float64), tests.labels),
        TerminalReport(),
    )
    shares = {one.name: accuracy(one).mean for one in contenders}
    ranked = ranks(place / "tune", wide, photos)
    return {
        "seed": seed,
        **shares,
        "way": (shares["tuned"] - shares["wide"]) / (shares["hidden"] - shares["wide"]),
        "ranked": ranked,
        "planted first": set(ranked[: len(PLANTED)]) == set(PLANTED),
        "changes": [
            f"{one.factor} {one.parameter} {one.option}: {one.before} -> {one.after}" for one in outcome.record.changes
        ],
        "images": outcome.tuned.images,
    }


def table(found: Sequence[Mapping[str, Any]]) -> str:
    """A row for each seed, and the means."""
    lines = ["| seed | wide, % | tuned, % | hidden, % | of the way | planted first |", "|---|---:|---:|---:|---:|---|"]
    for one in found:
        first = "yes" if one["planted first"] else f"no: {', '.join(one['ranked'][:3])}"
        shares = " | ".join(f"{one[name]:.1f}" for name in ("wide", "tuned", "hidden"))
        lines.append(f"| {one['seed']} | {shares} | {one['way']:.0%} | {first} |")
    wide, tuned, hidden = (np.mean([one[name] for one in found]) for name in ("wide", "tuned", "hidden"))
    first = sum(one["planted first"] for one in found)
    way = (tuned - wide) / (hidden - wide)
    lines.append(f"| all | {wide:.1f} | {tuned:.1f} | {hidden:.1f} | {way:.0%} | {first} of {len(found)} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    args = arguments()
    args.out.mkdir(parents=True, exist_ok=True)
    found: list[dict[str, Any]] = []
    for seed in range(args.first, args.first + args.seeds):
        kept = args.out / f"seed-{seed}.json"
        if not kept.is_file():
            kept.write_text(json.dumps(measured(seed, args), indent=2) + "\n", encoding="utf-8")
        found.append(json.loads(kept.read_text(encoding="utf-8")))
        (args.out / "table.md").write_text(table(found), encoding="utf-8")
        (args.out / "table.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print(table(found))
    wide, tuned, hidden = (float(np.mean([one[name] for one in found])) for name in ("wide", "tuned", "hidden"))
    ranked = sum(one["planted first"] for one in found) >= WANTED_RANKED * len(found)
    return 0 if args.quick or (ranked and tuned - wide >= WANTED_WAY * (hidden - wide)) else 1


if __name__ == "__main__":
    sys.exit(main())
