"""The data set card: README.md with the front matter that Hugging Face reads, and a text for people."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from ..design.design import Design, ParameterSettings
from ..design.distributions import Choice, Constant, Discrete, Normal
from ..design.factors import FACTORS
from ..design.identity import design_hash, evidence_lines
from .finishing import FinishedSplit
from .metadata import LISTS, column_types
from .state import State
from .storage import Storage

_SHOWN_OPTIONS = 6
_SHOWN_FAILURES = 5
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


def card_text(design: Design, splits: Sequence[FinishedSplit], state: State) -> str:
    """The card's Markdown, for a data set with these finished splits."""
    lines = [*_front_matter(design, splits, state.storage), "", f"# {design.name}", ""]
    if design.description:
        lines += [design.description, ""]
    image = design.image
    lines += [
        f"Synthetic images of {len(design.classes)} classes, {image.resolution_px}x{image.resolution_px} px, "
        f"rendered from 3D models by Simreal with {state.renderer or 'Cycles'}, {image.samples} samples a pixel. "
        "How strongly each factor is randomised is below; what each image drew is in its split's metadata.",
        "",
        f"Design `{design_hash(design)}`, the whole of it in `design.json`.",
        "",
        *_views_section(design.views_per_scene),
        *_splits_section(design, splits),
        *_factors_section(design),
        *_evidence_section(design),
        *_loading_section(splits, state.storage),
        "## Licence",
        "",
        "Unknown: images inherit the licences of the 3D models, textures, photos and environment maps they show. "
        "State them here before you publish.",
    ]
    return "\n".join(lines) + "\n"


def _views_section(views: int) -> Iterator[str]:
    if views > 1:
        yield f"Every {views} images in a row are views of one scene, numbered in `scene`: they are not independent."
        yield ""


def _evidence_section(design: Design) -> Iterator[str]:
    """What the weights were measured to be worth, where they were."""
    if design.evidence:
        yield from ("## Evidence", "", "What was measured of the weights above on real photos:", "")
        yield from (f"- {line}" for line in evidence_lines(design))
        yield ""


def range_text(settings: ParameterSettings, unit: str) -> str:
    """How a parameter is drawn, in words: ``uniform 4.5 .. 6 m``."""
    distribution = settings.distribution
    unit = f" {unit}" if unit else ""
    if isinstance(distribution, Choice):
        total = sum(distribution.options.values())
        shown = [f"{_option(name)} {weight / total:.0%}" for name, weight in distribution.options.items() if weight > 0]
        rest = len(shown) - _SHOWN_OPTIONS
        return ", ".join(shown[:_SHOWN_OPTIONS]) + (f" and {rest} more" if rest > 0 else "")
    if isinstance(distribution, Constant):
        return f"always {distribution.value:g}{unit}"
    if isinstance(distribution, Discrete):
        shares = [f" {share:.0%}" if distribution.weights else "" for share in distribution.shares]
        return (
            f"one of {', '.join(f'{v:g}{share}' for v, share in zip(distribution.values, shares, strict=True))}{unit}"
        )
    low, high = distribution.support()
    words = distribution.kind.replace("_", " ")
    if isinstance(distribution, Normal):
        words += f" {distribution.mean:g} ± {distribution.std:g} within"
    return f"{words} {low:g} .. {high:g}{unit}"


def fixed_text(settings: ParameterSettings, unit: str) -> str:
    """A parameter's fixed value, in words: ``5 m``."""
    if isinstance(settings.fixed, str):
        return _option(settings.fixed)
    return f"{settings.fixed:g}{f' {unit}' if unit else ''}"


def _option(name: str) -> str:
    return name or "none"


def _front_matter(design: Design, splits: Sequence[FinishedSplit], storage: Storage) -> Iterator[str]:
    total = sum(split.total for split in splits)
    size = next((name for limit, name in _SIZES if total < limit), "n>1M")
    yield from (
        "---",
        "license: unknown",
        "task_categories:",
        "- image-classification",
        "size_categories:",
        f"- {size}",
    )
    yield from (f"pretty_name: {json.dumps(design.name, ensure_ascii=False)}", "tags:", "- synthetic", "- simreal")
    if storage.layout == "folders":
        yield from _features(design)
    yield from ("configs:", "- config_name: default", "  data_files:")
    files = "**" if storage.layout == "folders" else "*.tar"
    for split in splits:
        yield from (f"  - split: {_hub_split(split.name)}", f"    path: {split.name}/{files}")
    yield "---"


def _features(design: Design) -> Iterator[str]:
    yield from ("dataset_info:", "  features:", "  - name: image", "    dtype: image")
    for column, kind in column_types(design).items():
        if kind in LISTS:
            yield from (f"  - name: {column}", f"    sequence: {LISTS[kind]}")
        elif kind == "label":
            yield from (f"  - name: {column}", "    dtype:", "      class_label:", "        names:")
            for label, name in enumerate(design.class_names):
                yield f"          '{label}': {json.dumps(name, ensure_ascii=False)}"
        else:
            yield from (f"  - name: {column}", f"    dtype: {kind}")


def _hub_split(name: str) -> str:
    """Hugging Face allows letters, digits, _ and . in a split's name."""
    return name.replace("-", "_")


def _splits_section(design: Design, splits: Sequence[FinishedSplit]) -> Iterator[str]:
    yield from ("## Splits", "", f"| class | {' | '.join(split.name for split in splits)} |")
    yield f"|---|{'---:|' * len(splits)}"
    for name in design.class_names:
        yield f"| {name} | {' | '.join(str(split.images[name]) for split in splits)} |"
    yield f"| all | {' | '.join(str(split.total) for split in splits)} |"
    yield ""
    for split in splits:
        overrides = design.split(split.name).overrides
        if overrides:
            yield from (f"`{split.name}` differs from the design by `{json.dumps(overrides, ensure_ascii=False)}`.", "")
        if split.failures:
            yield f"{len(split.failures)} images of `{split.name}` could not be rendered and are left out:"
            yield ""
            for index, reason in list(split.failures.items())[:_SHOWN_FAILURES]:
                yield f"- {index}: {reason}"
            if len(split.failures) > _SHOWN_FAILURES:
                yield f"- and {len(split.failures) - _SHOWN_FAILURES} more"
            yield ""


def _factors_section(design: Design) -> Iterator[str]:
    yield from ("## Factors", "", "A factor's weight is the probability that an image draws it; else it is fixed.", "")
    yield from ("| factor | weight | parameter | drawn | fixed |", "|---|---:|---|---|---|")
    for name, settings in design.factors.items():
        first = f"{FACTORS[name].label} | {settings.weight:g}"
        for parameter in FACTORS[name].parameters:
            given = settings.parameters[parameter.name]
            drawn, fixed = range_text(given, parameter.unit), fixed_text(given, parameter.unit)
            yield f"| {first} | `{parameter.name}` | {drawn} | {fixed} |"
            first = " | "
    yield ""


def _loading_section(splits: Sequence[FinishedSplit], storage: Storage) -> Iterator[str]:
    first = splits[0].name if splits else "train"
    yield from ("## Loading", "", "```python")
    if storage.layout == "webdataset":
        yield from (
            "import glob, webdataset",
            f'tars = sorted(glob.glob("{first}/*.tar"))',
            'images = webdataset.WebDataset(tars, shardshuffle=False).decode("pil").to_tuple("jpg", "cls", "json")',
            "",
            "from datasets import load_dataset",
            f'images = load_dataset(".")["{_hub_split(first)}"]  # columns jpg, cls and json',
            "```",
            "",
            "or train on it: `simreal train FOLDER`.",
            "",
        )
        return
    yield from (
        "from torchvision.datasets import ImageFolder",
        f'images = ImageFolder("{first}")  # labels in alphabetical order of the classes',
        "",
        "from datasets import load_dataset",
        f'images = load_dataset(".")["{_hub_split(first)}"]  # with every column of the metadata',
        "```",
        "",
        "or train on it: `simreal train FOLDER`.",
        "",
    )
