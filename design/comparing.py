"""Two designs with the same draws, so that only what the second does differently shows."""

from __future__ import annotations

from collections.abc import Collection

import attrs

from .design import Design, DesignClass, Split
from .errors import DesignError
from .factors import FACTORS


@attrs.frozen
class Paired:
    """The second design of a comparison, drawing as the first does. ``lacking`` are classes that it does not have."""

    design: Design
    lacking: frozenset[str]


def paired(first: Design, second: Design) -> Paired:
    """``second`` with the seed, image settings, splits and classes of ``first``.

    So an index shows the same class, and every draw is the same. A class has the models that it has in ``second``; one
    that ``second`` lacks keeps its place with other models, which are not to be shown. Overrides of a split are those
    that ``second`` gives a split of that name. DesignError where the two have no class in common.
    """
    own = {entry.name: entry for entry in second.classes}
    lacking = frozenset(first.class_names) - own.keys()
    if len(lacking) == len(first.classes):
        raise DesignError("classes", f"'{second.name}' has none of the classes of '{first.name}': nothing to compare")
    overrides = {one.name: one.overrides for one in second.splits}
    design = attrs.evolve(
        second,
        seed=first.seed,
        image=first.image,
        views_per_scene=first.views_per_scene,
        instances="shared" if first.instances == "shared" else second.instances,
        splits=tuple(attrs.evolve(one, overrides=overrides.get(one.name, {})) for one in first.splits),
        classes=tuple(_placed(entry, own, second.classes[0]) for entry in first.classes),
    )
    return Paired(design, lacking)


def _placed(entry: DesignClass, own: dict[str, DesignClass], stand_in: DesignClass) -> DesignClass:
    models = own.get(entry.name, stand_in).models
    return attrs.evolve(entry, models=models)


def with_fixed(design: Design, factors: Collection[str] = ()) -> Design:
    """The design with these factors, or all, at weight 0; in its splits too."""
    chosen = factors or FACTORS
    return attrs.evolve(
        design,
        factors={
            name: attrs.evolve(settings, weight=0.0) if name in chosen else settings
            for name, settings in design.factors.items()
        },
        splits=tuple(_unweighted(split, chosen) for split in design.splits),
    )


def _unweighted(split: Split, chosen: Collection[str]) -> Split:
    """A split whose overrides do not give these factors a weight."""
    given = split.overrides.get("factors", {})
    kept = {
        name: {key: value for key, value in patch.items() if not (name in chosen and key == "weight")}
        for name, patch in given.items()
    }
    return attrs.evolve(split, overrides={**split.overrides, "factors": kept}) if given else split
