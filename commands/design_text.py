"""Designs and factors as text for people."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..datasets.card import fixed_text, range_text
from ..design.declaration import Factor
from ..design.design import (
    BUILTIN_LIBRARY,
    ENGINES,
    STARTER_LIBRARY,
    Design,
    FactorSettings,
    ImageSettings,
    default_factors,
    split_asset,
)
from ..design.factors import FACTORS
from ..design.identity import design_hash, evidence_lines
from ..design.qualities import quality_of
from ..design.starting import Started
from .tables import table


def design_stem(file: Path) -> str:
    """``kit`` of ``kit.simreal.json``."""
    return file.name.removesuffix(".json").removesuffix(".simreal")


def started_text(started: Started, file: Path) -> str:
    """What a new design was made of, and how to go on."""
    design = started.design
    source = "the starter library" if not design.libraries.get("models") else design.libraries["models"].path
    rows = [("class", "models"), *((entry.name, str(len(entry.models))) for entry in design.classes)]
    lines = [*table(rows), ""]
    lines += [f"{count} {kind}" for kind, count in started.found.items()]
    left_out = sum(map(len, started.skipped.values()))
    if left_out:
        lines.append(f"{left_out} files skipped, listed above")
    images = ", ".join(f"{split.name} {split.count}" for split in design.splits)
    lines += [f"{len(design.classes)} classes from {source}; images: {images}", f"wrote {file}", ""]
    lines += [f"Look at it:  simreal preview {file}", f"Render it:   simreal render {file}"]
    return "\n".join(lines)


def design_text(design: Design) -> str:
    """A design as tables: classes, splits, factors."""
    image = design.image
    lines = [design.name, *([design.description] if design.description else []), ""]
    lines += [
        f"image     {image.resolution_px}x{image.resolution_px} px, {image.samples} samples, {image.bounces} bounces, "
        f"denoiser {image.denoiser}, {ENGINES[image.engine]}{_quality(image)}",
        f"seed      {design.seed}",
        *([f"scenes    {design.views_per_scene} views of each scene"] if design.views_per_scene > 1 else []),
        f"models    {design.instances} between splits",
        f"hash      {design_hash(design)}",
        *(f"evidence  {line}" for line in evidence_lines(design)),
    ]
    lines += [f"library   {name}: {one.kind} in {one.path}" for name, one in design.libraries.items()]
    classes = [("class", "models", "weight", "from")]
    classes += [(e.name, str(len(e.models)), f"{e.weight:g}", _libraries(e.models)) for e in design.classes]
    splits = [("split", "images", "seed", "differs by")]
    splits += [
        (s.name, str(s.count), str(s.seed), json.dumps(s.overrides) if s.overrides else "") for s in design.splits
    ]
    lines += ["", *table(classes, left=(0, 3)), "", *table(splits, left=(0, 3)), ""]
    return "\n".join([*lines, *_factor_lines(design)])


def factors_text() -> str:
    """All factors as declared, with their help."""
    lines = []
    defaults = default_factors()
    for factor in FACTORS.values():
        lines += [f"{factor.name}: {factor.help}", ""]
        lines += [*table(_help_rows(factor, defaults[factor.name]), left=(0, 1, 2, 3)), ""]
    return "\n".join(lines)


def _libraries(models: Sequence[str]) -> str:
    names = sorted({split_asset(model)[0] for model in models})
    known = {STARTER_LIBRARY: "the starter library", BUILTIN_LIBRARY: "Blender"}
    return ", ".join(known.get(name, name) for name in names)


def _factor_lines(design: Design) -> Iterator[str]:
    rows = [("factor", "weight", "parameter", "drawn", "fixed")]
    for factor in FACTORS.values():
        settings = design.factors[factor.name]
        first = (factor.name, f"{settings.weight:g}")
        for parameter in factor.parameters:
            given = settings.parameters[parameter.name]
            drawn, fixed = range_text(given, parameter.unit), fixed_text(given, parameter.unit)
            rows.append((*first, parameter.name, _cut(drawn, 46), fixed))
            first = ("", "")
    yield from table(rows, left=(0, 2, 3, 4))


def _help_rows(factor: Factor, settings: FactorSettings) -> Iterator[tuple[str, ...]]:
    for parameter in factor.parameters:
        given = settings.parameters[parameter.name]
        drawn = _cut(range_text(given, parameter.unit), 40)
        yield f"  {parameter.name}", drawn, f"fixed {fixed_text(given, parameter.unit)}", parameter.help


def _cut(text: str, width: int) -> str:
    return textwrap.shorten(text, width, placeholder=" ...")


def _quality(image: ImageSettings) -> str:
    adaptive = f", adaptive below {image.noise_threshold:g}" if image.noise_threshold else ""
    name = quality_of(image)
    return f"{adaptive} ({name} quality)" if name else adaptive
