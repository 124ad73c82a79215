"""Distractors: a stream each, placed where there is room, never hiding more than allowed, all of it recorded."""

from __future__ import annotations

import io
from collections.abc import Iterator

import attrs
import bpy
import numpy as np
import pytest
from PIL import Image

from simreal.datasets.metadata import column_types
from simreal.design.design import Design, DesignClass, ImageSettings, Library, ParameterSettings, Split
from simreal.design.distractors import drawn_distractors
from simreal.design.distributions import Choice, Constant, Uniform
from simreal.design.sampling import POOL_MODELS, ImageSpec, Sampler
from simreal.rendering.finishing import RenderedImage
from simreal.rendering.object_mask import hashed_name
from simreal.rendering.session import RenderSession, SessionSettings
from simreal.rendering.viewport_scene import build_image_scene

SMALL = ImageSettings(resolution_px=48, samples=2, denoiser="none")


def cluttered(weight: float = 1.0, image: ImageSettings = SMALL, **parameters: object) -> Design:
    """Three starter classes among distractors; each of ``parameters`` is a distribution."""
    classes = tuple(DesignClass(name, (f"starter:{name}/00", f"starter:{name}/01")) for name in ("cup", "chair", "car"))
    design = Design("clutter", classes, image=image, splits=(Split("train", 12),))
    settings = design.factors["distractors"]
    given = {name: ParameterSettings(one, settings.parameters[name].fixed) for name, one in parameters.items()}
    settings = attrs.evolve(settings, weight=weight, parameters={**settings.parameters, **given})
    return attrs.evolve(design, factors={**design.factors, "distractors": settings})


def rendered(design: Design, indices: list[int]) -> dict[int, RenderedImage]:
    sampler = Sampler(design, "train")
    with RenderSession(design, SessionSettings(), lambda message: None) as renders:
        made = {index: renders.render(sampler.spec(index)) for index in indices}
    return {index: attrs.evolve(image, seconds=0.0) for index, image in made.items()}


def spec_of(design: Design, index: int = 0) -> ImageSpec:
    return Sampler(design, "train").spec(index)


def test_designs_have_none_unless_they_say_so() -> None:
    plain = cluttered(weight=0.0)
    assert Design("plain", plain.classes).factors["distractors"].weight == 0.0
    assert all(drawn_distractors(spec_of(plain, index)) == () for index in range(20))


def test_the_count_is_whole_and_each_as_likely() -> None:
    design = cluttered(count=Uniform(1.0, 4.0))
    counts = [spec_of(design, index).factors["distractors"].values["count"] for index in range(400)]
    assert set(counts) == {1, 2, 3, 4}
    assert all(isinstance(count, int) for count in counts)
    assert min(counts.count(number) for number in (1, 2, 3, 4)) > 70


def test_more_distractors_leave_those_there_were() -> None:
    few, many = (drawn_distractors(spec_of(cluttered(count=Constant(n)))) for n in (2.0, 6.0))
    assert (len(few), len(many)) == (2, 6)
    assert many[:2] == few
    shares = [cluttered(count=Constant(8.0), occluding=Constant(share)) for share in (0.3, 0.8)]
    before = [{number for number, one in enumerate(drawn_distractors(spec_of(d))) if one.occludes} for d in shares]
    assert before[0] < before[1]


def test_they_are_not_of_the_class_of_the_object() -> None:
    for kind in ("models", "starter", "mixed"):
        design = cluttered(kind=Choice({kind: 1.0}), count=Constant(8.0), occluder=Choice({"same": 1.0}))
        for index in range(15):
            spec = spec_of(design, index)
            assets = [one.asset for one in drawn_distractors(spec) if one.asset]
            assert assets and not any(asset.startswith(f"starter:{spec.class_name}/") for asset in assets)


def test_scenes_in_a_row_share_few_models() -> None:
    """Each has to be loaded: of a library of thousands, a shard's distractors need no more than these."""
    names = tuple(f"own:chair/{number}.obj" for number in range(5000))
    design = cluttered(kind=Choice({"models": 1.0}), count=Constant(8.0), occluder=Choice({"same": 1.0}))
    classes = (DesignClass("cup", ("starter:cup/00",)), DesignClass("chair", names))
    many = attrs.evolve(design, classes=classes, libraries={"own": Library("models", ".")})
    sampler = Sampler(many, "train")
    shown = [{model for index in range(start, start + 50) for model in sampler.spec(index).others} for start in (0, 50)]
    assert len(shown[0]) <= POOL_MODELS + 1
    assert len(shown[0] - shown[1]) > 5, "another shard has others"


def test_a_class_alone_has_shapes_beside_it() -> None:
    design = cluttered(kind=Choice({"models": 1.0}), count=Constant(3.0), occluding=Constant(0.0))
    alone = attrs.evolve(design, classes=design.classes[:1])
    assert [one.asset for one in drawn_distractors(spec_of(alone))] == [""] * 3


def test_names_are_hashed_as_cryptomatte_says() -> None:
    """The example of its specification: "hello" is 6.0705627102400005616e-17."""
    assert hashed_name("hello") == np.float32(6.0705627102400005616e-17)


@pytest.mark.blender
class TestRendered:
    """In real Blender, at 48 px."""

    design = cluttered(count=Uniform(2.0, 6.0), occluding=Uniform(0.3, 1.0), min_visible=Constant(0.6))

    @pytest.fixture(scope="class")
    @classmethod
    def forwards(cls) -> Iterator[dict[int, RenderedImage]]:
        yield rendered(cls.design, list(range(10)))

    def test_order_and_history_do_not_matter(self, forwards: dict[int, RenderedImage]) -> None:
        assert rendered(self.design, [9, 2, 5, 0]) == {index: forwards[index] for index in (9, 2, 5, 0)}

    def test_images_without_any_are_as_if_there_never_were(self) -> None:
        """What tells the object from distractors stays switched on once it was needed; it changes no image."""
        mixed = cluttered(weight=0.5)
        specs = {index: spec_of(mixed, index) for index in range(12)}
        plain = [index for index, spec in specs.items() if not spec.factors["distractors"].drawn]
        assert 0 < len(plain) < 12
        alone = rendered(mixed, plain)
        assert {index: image for index, image in rendered(mixed, list(range(12))).items() if index in plain} == alone

    def test_enough_of_the_object_stays_in_view(self, forwards: dict[int, RenderedImage]) -> None:
        assert all(0.6 <= image.visible_fraction <= 1.0 for image in forwards.values())
        assert any(image.visible_fraction < 0.95 for image in forwards.values()), "nothing is before any object"
        assert any(len(image.distractors) > 1 for image in forwards.values())

    def test_they_are_recorded(self, forwards: dict[int, RenderedImage]) -> None:
        spec, image = spec_of(self.design, 3), forwards[3]
        row = image.row(spec)
        assert [*row][1:] == [*column_types(self.design)]
        assert row["distractor_models"] == [one.name for one in image.distractors]
        assert len(row["distractor_places"]) == 4 * len(image.distractors)
        assert row["visible_fraction"] == image.visible_fraction
        drawn = {one.name for one in drawn_distractors(spec)}
        assert set(row["distractor_models"]) <= drawn

    def test_the_fraction_is_what_is_seen(self, forwards: dict[int, RenderedImage]) -> None:
        """Against the object alone: what remains of it, by the renderer's own count of pixels."""
        alone = rendered(cluttered(weight=0.0), list(range(10)))
        for index, image in forwards.items():
            assert image.coverage / alone[index].coverage == pytest.approx(image.visible_fraction, abs=0.06)
            assert image.coverage <= alone[index].coverage + 1e-3
        assert alone[0].distractors == ()
        box, whole = forwards[0].bbox, alone[0].bbox
        assert box is not None and whole is not None
        assert all(whole[side] - 1 <= box[side] <= whole[side + 2] + 1 for side in (0, 1))

    def test_what_would_hide_too_much_is_left_out(self) -> None:
        wall = {"count": Constant(8.0), "occluding": Constant(1.0), "size": Constant(0.8), "distance": Constant(0.0)}
        strict = rendered(cluttered(min_visible=Constant(1.0), **wall), [0, 1])
        lax = rendered(cluttered(min_visible=Constant(0.0), **wall), [0, 1])
        for index in (0, 1):
            assert strict[index].visible_fraction == 1.0
            assert len(strict[index].distractors) < len(lax[index].distractors)
            assert lax[index].visible_fraction < 0.7

    def test_they_share_the_meshes_that_are_loaded(self) -> None:
        design = cluttered(count=Constant(4.0), kind=Choice({"models": 1.0}), occluder=Choice({"same": 1.0}))
        sampler = Sampler(design, "train")
        with RenderSession(design, SessionSettings(), lambda message: None) as renders:
            for index in range(12):
                renders.render(sampler.spec(index))
            meshes, objects = len(bpy.data.meshes), len(bpy.data.objects)
            for index in range(12, 24):
                renders.render(sampler.spec(index))
            assert (len(bpy.data.meshes), len(bpy.data.objects)) == (meshes, objects)
            assert meshes <= 6

    def test_the_viewport_shows_the_same(self, forwards: dict[int, RenderedImage]) -> None:
        bpy.ops.wm.read_factory_settings(use_empty=True)
        scene, _ = build_image_scene(self.design, spec_of(self.design, 3), "shown", "CPU", lambda message: None)
        there = [thing for thing in scene.objects if thing.name.startswith("simreal distractor")]
        assert [tuple(thing.location) for thing in there] == [
            pytest.approx(one.location, abs=1e-4) for one in forwards[3].distractors
        ]

    def test_pictures_are_not_blank(self, forwards: dict[int, RenderedImage]) -> None:
        for image in forwards.values():
            assert np.asarray(Image.open(io.BytesIO(image.jpeg))).std() > 2
