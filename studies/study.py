"""The study: a grid of data sets, trainings and measures, and the table and figures it ends in. Frozen data.

``study_file`` reads it, ``cells`` lays out its grid, ``graph`` turns that into steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias, get_args

import attrs

FORMAT_VERSION = 1
FILE_SUFFIX = ".study.json"

Share: TypeAlias = Literal["top1", "mean_class_accuracy"]
FigureKind: TypeAlias = Literal["bars", "lines", "curves"]
SHARES: tuple[Share, ...] = get_args(Share)


@attrs.frozen
class Data:
    """A data set: images of a design, or with ``photos`` a folder of real ones that is named when the study is run.

    ``design`` is a preset, or a design's file beside the study's; ``look`` another, whose factors and image settings
    it takes. ``overrides`` are laid over it as a split's are. ``per_class`` says of which splits how many images a
    class are rendered. All cells of a seed share the design's seed, unless it has a ``seed`` of its own: so they
    differ by just what was overridden.
    """

    design: str = ""
    look: str = ""
    overrides: Mapping[str, Any] = attrs.field(factory=dict)
    per_class: Mapping[str, int] = attrs.field(factory=dict)
    seed: int | None = None
    photos: bool = False


@attrs.frozen
class Task:
    """One command, ``simreal VERB ARGUMENTS --option value``. In its texts ``{name}`` is the folder of a data set or
    of another task's run, ``{name.design}`` the file of a data set's design."""

    verb: str
    arguments: tuple[str, ...] = ()
    options: Mapping[str, Any] = attrs.field(factory=dict)


@attrs.frozen
class Measure:
    """A figure of a task's run: an accuracy on a split of a data set, or one that its ``results.json`` holds.

    ``result`` is the way to it there (``target.last``), ``of`` which of the two figures is meant, and ``options`` go to
    ``simreal evaluate``.
    """

    run: str
    data: str = ""
    split: str = ""
    result: str = ""
    of: Share = "top1"
    options: Mapping[str, Any] = attrs.field(factory=dict)


@attrs.frozen
class Recipe:
    """What one cell does: its data sets, commands and measures, by name."""

    data: Mapping[str, Data]
    steps: Mapping[str, Task]
    measures: Mapping[str, Measure]


@attrs.frozen
class Axis:
    """What is varied. Each option is a patch of the recipe (JSON merge patch, RFC 7396); ``{}`` leaves it as it is."""

    options: Mapping[str, Any]
    label: str = ""


@attrs.frozen
class Scale:
    """The study at a size: a patch of all of it, and what to know of that size (what it costs, what it cannot show)."""

    about: str
    changes: Mapping[str, Any] = attrs.field(factory=dict)


@attrs.frozen
class Table:
    """``rows`` are axes; the others, and the measures, are columns."""

    rows: tuple[str, ...]


@attrs.frozen
class Figure:
    """``bars`` or ``lines`` over the options of the axis ``x``, a panel a measure; ``curves`` over the images seen by
    the task ``run``, as it measured itself on the way. With ``panels``, an axis, there is a panel for each of its
    options, too."""

    kind: FigureKind
    title: str = ""
    x: str = ""
    panels: str = ""
    run: str = ""
    measures: tuple[str, ...] = ()


@attrs.frozen
class Paper:
    """What a publication found: rows that name options of axes, and percentages by measure."""

    source: str
    values: tuple[Mapping[str, Any], ...]


@attrs.frozen
class Study:
    """A study at one of its scales. ``recipe`` is JSON still, as cells patch it."""

    name: str
    title: str
    axes: Mapping[str, Axis]
    table: Table
    description: str = ""
    seeds: int = 1
    figures: tuple[Figure, ...] = ()
    paper: Paper | None = None
    scale: str = ""
    about: str = ""
    recipe: Mapping[str, Any] = attrs.field(factory=dict)
