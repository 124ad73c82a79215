"""The order in which images are rendered: what is slow to change changes seldom."""

from __future__ import annotations

from itertools import pairwise

import attrs

from simreal.design.design import Design, DesignClass, Split
from simreal.design.sampling import ImageSpec, Sampler
from simreal.rendering.locality import ordered


def images(models: int, worlds: int) -> list[ImageSpec]:
    """60 images, of so many models and worlds in turn."""
    design = Design("order", (DesignClass("cup", ("starter:cup/00",)),), splits=(Split("train", 60),))
    sampler = Sampler(design, "train")
    found = []
    for index in range(60):
        spec = sampler.spec(index)
        background = spec.factors["background"]
        values = {**background.values, "kind": "environment", "environment": f"e:{index * 7 % worlds:02d}.exr"}
        factors = {**spec.factors, "background": attrs.evolve(background, values=values)}
        found.append(attrs.evolve(spec, models=(f"m:{index * 11 % models:02d}",), factors=factors))
    return found


def changes(specs: list[ImageSpec]) -> tuple[int, int]:
    """(models, worlds)"""
    worlds = [spec.factors["background"].values["environment"] for spec in specs]
    models = [spec.models for spec in specs]
    return sum(a != b for a, b in pairwise(models)), sum(a != b for a, b in pairwise(worlds))


def test_what_there_is_less_of_changes_less() -> None:
    assert changes(ordered(images(models=40, worlds=5), all_models_fit=True))[1] == 4
    assert changes(ordered(images(models=5, worlds=40), all_models_fit=True))[0] == 4


def test_models_that_must_be_loaded_again_come_first() -> None:
    assert changes(ordered(images(models=40, worlds=5), all_models_fit=False))[0] == 39


def test_no_image_is_lost_and_the_order_is_always_the_same() -> None:
    specs = images(models=7, worlds=6)
    once = ordered(specs, all_models_fit=True)
    assert sorted(spec.index for spec in once) == list(range(60))
    assert ordered(specs[::-1], all_models_fit=True) == once
