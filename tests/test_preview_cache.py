"""The cache of preview images: found by all that they depend on and by nothing else, kept to a size."""

import os
from pathlib import Path
from typing import Any

import attrs
import pytest

from simreal.datasets.preview_cache import PreviewCache, image_key
from simreal.datasets.preview_orders import (
    PreviewGap,
    PreviewImage,
    PreviewOrder,
    image_design,
    image_spec,
    order_from_json,
    order_to_json,
    suitable_columns,
)
from simreal.design.design import Design, DesignClass, ImageSettings, Split
from simreal.design.document import to_document
from simreal.design.errors import DesignError
from simreal.design.sampling import Sampler

DESIGN = Design("d", (DesignClass("cup", ("starter:cup/00",)),), splits=(Split("train", 4),))
ASSETS = [["cup/00", ""], ["/light/sky.hdr", (10, 20)]]
RENDERER = {"renderer": "Blender 4.5, Cycles on CPU"}


def key(**changed: Any) -> str:
    given = {"spec": Sampler(DESIGN, "train").spec(0), "settings": ImageSettings(), "assets": ASSETS}
    return image_key(**{**given, "renderer": RENDERER, **changed})


def test_a_key_is_that_of_the_same_image_wherever_it_is_asked_for() -> None:
    assert key() == key(spec=Sampler(DESIGN, "train").spec(0), settings=ImageSettings())
    renamed = attrs.evolve(DESIGN, name="other", classes=(DesignClass("mug", ("starter:cup/00",)),))
    assert key(spec=Sampler(renamed, "train").spec(0)) == key()


def test_a_key_changes_with_everything_the_image_depends_on() -> None:
    spec = Sampler(DESIGN, "train").spec(0)
    scale = spec.factors["object_scale"]
    larger = {**spec.factors, "object_scale": attrs.evolve(scale, values={"scale": 9.0})}
    keys = [
        key(),
        key(spec=Sampler(DESIGN, "train").spec(1)),
        key(spec=Sampler(attrs.evolve(DESIGN, seed=1), "train").spec(0)),
        key(spec=attrs.evolve(spec, factors=larger)),
        key(settings=ImageSettings(samples=5)),
        key(assets=[["cup/01", ""], ASSETS[1]]),
        key(assets=[["cup/00", "Z"], ASSETS[1]]),
        key(assets=[ASSETS[0], ["/light/sky.hdr", (10, 21)]]),
        key(assets=[ASSETS[0], ["/other/sky.hdr", (10, 20)]]),
        key(renderer={"renderer": "Blender 5.2, Cycles on CPU"}),
    ]
    assert len(set(keys)) == len(keys)


def test_what_is_kept_is_found_by_every_process(tmp_path: Path) -> None:
    cache = PreviewCache(tmp_path / "cache")
    assert cache.find("ab" * 32) is None
    path = cache.keep("ab" * 32, b"jpeg")
    assert path.read_bytes() == b"jpeg"
    assert cache.find("ab" * 32) == PreviewCache(tmp_path / "cache").find("ab" * 32) == path


def test_what_was_not_looked_at_for_longest_goes_first(tmp_path: Path) -> None:
    cache = PreviewCache(tmp_path, most_bytes=1000)
    names = [f"{number:02}" * 32 for number in range(10)]
    for age, name in enumerate(names):
        os.utime(cache.keep(name, b"x" * 100), (age, age))
    assert cache.find(names[0]) is not None  # looked at now
    cache.keep("ff" * 32, b"x" * 100)
    left = [name for name in names if (tmp_path / name[:2] / f"{name}.jpg").exists()]
    assert left == [names[0], *names[4:]]
    assert cache.find("ff" * 32) is not None


def test_a_folder_that_others_use_is_measured_before_anything_goes(tmp_path: Path) -> None:
    ours, theirs = PreviewCache(tmp_path, most_bytes=1000), PreviewCache(tmp_path, most_bytes=1000)
    for number in range(9):
        theirs.keep(f"{number:02}" * 32, b"x" * 100)
    for path in tmp_path.rglob("*.jpg"):
        path.unlink()
    for number in range(5):
        ours.keep(f"{number:02}" * 32, b"x" * 100)
    theirs.keep("aa" * 32, b"x" * 150)
    assert len(list(tmp_path.rglob("*.jpg"))) == 6


def test_an_image_larger_than_the_cache_is_kept_all_the_same(tmp_path: Path) -> None:
    cache = PreviewCache(tmp_path, most_bytes=10)
    assert cache.keep("ab" * 32, b"x" * 100).stat().st_size == 100


def test_what_a_killed_process_left_goes_too(tmp_path: Path) -> None:
    (tmp_path / "ab").mkdir()
    leftover = tmp_path / "ab" / f"{'ab' * 32}.4711"
    leftover.write_bytes(b"x" * 900)
    os.utime(leftover, (1, 1))
    cache = PreviewCache(tmp_path, most_bytes=1000)
    cache.keep("cd" * 32, b"x" * 200)
    assert not leftover.exists()


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(OSError, match="cache"):
        PreviewCache(tmp_path / "cache").keep("ab" * 32, b"jpeg")


def order(*images: PreviewImage | PreviewGap) -> PreviewOrder:
    return PreviewOrder("t", ((to_document(DESIGN), "/designs"),), images, 2, ("first row",))


def test_an_order_is_the_same_after_json() -> None:
    given = order(
        PreviewImage(0, "train", 3, {"lens": {"f_stop": 8.0}}, "a caption", {"samples": 2}), PreviewGap("nothing here")
    )
    assert order_from_json(order_to_json(given)) == given


def test_an_order_refuses_what_makes_no_sense() -> None:
    with pytest.raises(ValueError, match="no design 1"):
        order(PreviewImage(1, "train", 0))
    with pytest.raises(ValueError, match="at least 1 column"):
        PreviewOrder("t", (), (), 0)


def test_values_replace_what_was_drawn_and_nothing_else() -> None:
    sampler = Sampler(DESIGN, "train")
    plain = image_spec(sampler, PreviewImage(0, "train", 2))
    assert plain == sampler.spec(2)
    changed = image_spec(sampler, PreviewImage(0, "train", 2, {"lens": {"f_stop": 5.6}}))
    assert changed.factors["lens"].values == {**plain.factors["lens"].values, "f_stop": 5.6}
    assert attrs.evolve(changed, factors=plain.factors) == plain
    for values in ({"lense": {"f_stop": 1.0}}, {"lens": {"f_stopp": 1.0}}):
        with pytest.raises(DesignError, match="has no parameter"):
            image_spec(sampler, PreviewImage(0, "train", 2, values))


def test_image_settings_replace_those_of_the_design() -> None:
    sampler = Sampler(DESIGN, "train")
    assert image_design(sampler, PreviewImage(0, "train", 0)) == DESIGN
    assert image_design(sampler, PreviewImage(0, "train", 0, image={"samples": 2})).image.samples == 2
    with pytest.raises(DesignError, match="has no setting"):
        image_design(sampler, PreviewImage(0, "train", 0, image={"sample": 2}))
    with pytest.raises(DesignError, match=r"image\.samples"):
        image_design(sampler, PreviewImage(0, "train", 0, image={"samples": 0}))


def test_classes_and_draws_are_told_without_drawing_the_rest() -> None:
    classes = tuple(DesignClass(name, (f"starter:{name}/00",), weight) for name, weight in (("cup", 1.0), ("car", 3.0)))
    for design in (DESIGN, attrs.evolve(DESIGN, classes=classes)):
        sampler = Sampler(design, "train")
        for index in range(40):
            spec = sampler.spec(index)
            assert sampler.class_name(index) == spec.class_name
            assert all(sampler.is_drawn(name, index) == draw.drawn for name, draw in spec.factors.items())


@pytest.mark.parametrize(("images", "columns"), [(1, 1), (2, 2), (12, 4), (24, 6), (64, 10)])
def test_a_sheet_is_as_wide_as_a_screen(images: int, columns: int) -> None:
    assert suitable_columns(images) == columns
