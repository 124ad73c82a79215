"""Rendering image specs in real Blender: same bytes whatever the order, the object in view, faults named."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import attrs
import bpy
import numpy as np
import pytest
from PIL import Image

from simreal.datasets.messages import Log, Message
from simreal.design.design import Design, DesignClass, ImageSettings, Library, ParameterSettings, Split
from simreal.design.distributions import Choice, Constant
from simreal.design.errors import AssetError
from simreal.design.sampling import Sampler
from simreal.rendering.backgrounds import View, environment_background
from simreal.rendering.exr import ExrError, read_exr
from simreal.rendering.finishing import finished, grown
from simreal.rendering.framing import cell_corners, whole
from simreal.rendering.model_shelf import ModelShelf, texture_px
from simreal.rendering.session import RenderSession, SessionSettings

pytestmark = pytest.mark.blender


def starter_design(**image: object) -> Design:
    """Three small starter classes, 48 px, few samples."""
    classes = tuple(DesignClass(name, (f"starter:{name}/00", f"starter:{name}/01")) for name in ("cup", "chair", "car"))
    settings = attrs.evolve(ImageSettings(resolution_px=48, samples=4), **image)
    return Design("test", classes, image=settings, splits=(Split("train", 12),))


def with_parameter(design: Design, factor: str, name: str, settings: ParameterSettings) -> Design:
    old = design.factors[factor]
    changed = attrs.evolve(old, parameters={**old.parameters, name: settings})
    return attrs.evolve(design, factors={**design.factors, factor: changed})


def session(design: Design, threads: int = 1) -> RenderSession:
    return RenderSession(design, SessionSettings(threads=threads), lambda message: None)


def render(design: Design, indices: list[int], threads: int = 1) -> dict[int, bytes]:
    sampler = Sampler(design, "train")
    with session(design, threads) as renders:
        return {index: renders.render(sampler.spec(index)).jpeg for index in indices}


def test_order_history_and_threads_do_not_matter() -> None:
    design = starter_design()
    forwards = render(design, [0, 1, 2, 3, 4, 5])
    assert render(design, [5, 4, 3, 2, 1, 0], threads=2) == forwards
    assert render(design, [4]) == {4: forwards[4]}


def test_dropping_what_cycles_keeps_changes_no_image(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = render(starter_design(), list(range(8)))
    monkeypatch.setattr("simreal.rendering.session.MOST_WORLD_CHANGES", 2)
    assert render(starter_design(), list(range(8))) == kept


def test_the_object_is_in_view_at_every_draw() -> None:
    design = starter_design(samples=1, denoiser="none", resolution_px=64)
    sampler = Sampler(design, "train")
    with session(design, 2) as renders:
        for index in range(60):
            image = renders.render(sampler.spec(index))
            assert image.bbox is not None, f"image {index} shows no object"
            x0, y0, x1, y1 = image.bbox
            assert 0 <= x0 < x1 <= 64 and 0 <= y0 < y1 <= 64
            assert image.coverage > 0.004
            pixels = np.asarray(Image.open(io.BytesIO(image.jpeg)))
            assert pixels.shape == (64, 64, 3)
            assert pixels.std() > 2, f"image {index} is a blank frame"


def test_pictures_show_the_class_that_was_drawn() -> None:
    design = starter_design(samples=1, denoiser="none")
    sampler = Sampler(design, "train")
    with session(design) as renders:
        for index in range(6):
            spec = sampler.spec(index)
            assert renders.render(spec).model == spec.models[0]
            assert spec.models[0].startswith(f"starter:{spec.class_name}/")


def test_looking_up_the_environment_is_what_cycles_sees() -> None:
    design = starter_design(resolution_px=64, samples=16, denoiser="none")
    spec = Sampler(design, "train").spec(3)
    with session(design) as renders:
        renders.render(spec)
        stage, scene = renders._stage, bpy.context.scene
        assert stage.object is not None and stage.backdrop is not None
        stage.object.hide_render = True
        stage.camera.data.dof.use_dof = False
        scene.render.film_transparent = scene.render.use_border = False
        bpy.ops.render.render(write_still=True)
        channels = read_exr(renders._file)
        traced = np.stack([channels[f"Combined.{name}"] for name in "RGB"], axis=-1)
        radiance = stage.backdrop.environment.radiance
        assert radiance is not None
        view: View = renders._view(spec.factors["lens"].values)
        seen = environment_background(radiance, view, 0.0)
    error = np.abs(traced - seen)
    assert np.median(error / (seen + 0.01)) < 0.03
    assert np.corrcoef(np.log1p(traced).ravel(), np.log1p(seen).ravel())[0, 1] > 0.98


def test_denoising_brings_a_render_nearer_to_its_reference() -> None:
    def picture(**image: object) -> np.ndarray:
        plain = starter_design(resolution_px=96, **image)
        fixed = {**plain.factors, "sensor": attrs.evolve(plain.factors["sensor"], weight=0.0)}
        jpeg = render(attrs.evolve(plain, factors=fixed), [1], threads=2)[1]
        return np.asarray(Image.open(io.BytesIO(jpeg)), float)

    reference = picture(samples=512, denoiser="none")
    noisy, denoised = picture(samples=4, denoiser="none"), picture(samples=4, denoiser="oidn")
    assert ((denoised - reference) ** 2).mean() < 0.7 * ((noisy - reference) ** 2).mean()


def test_denoising_brings_outlines_nearer_to_their_reference() -> None:
    """Light and alpha of a few samples are noisy together; an outline of which one alone is denoised is dotted."""

    def traced(**image: object) -> tuple[np.ndarray, np.ndarray]:
        plain = starter_design(resolution_px=96, **image)
        fixed = {**plain.factors, "sensor": attrs.evolve(plain.factors["sensor"], weight=0.0)}
        with session(attrs.evolve(plain, factors=fixed)) as renders:
            found = renders.trace(Sampler(plain, "train").spec(2))
            assert found.region is not None
            part = found.region.within(whole(96))
            alpha = np.zeros((96, 96))
            alpha[part] = found.channels["Combined.A"]
            return np.asarray(Image.open(io.BytesIO(finished(found).jpeg)), float), alpha

    reference, alpha = traced(samples=512, denoiser="none")
    outline = (alpha > 0.02) & (alpha < 0.98)
    errors = [traced(samples=4, denoiser=name)[0] - reference for name in ("none", "oidn")]
    noisy, denoised = (float((error[outline] ** 2).mean()) for error in errors)
    assert denoised < 0.3 * noisy


def test_pixels_next_to_a_mask() -> None:
    mask = np.zeros((5, 6), bool)
    mask[1, 2] = mask[4, 5] = True
    expected = np.zeros((5, 6), bool)
    expected[0:3, 1:4] = expected[3:5, 4:6] = True
    assert (grown(mask) == expected).all()


def test_a_model_that_cannot_be_read_is_stood_in_for(kit: Path, tmp_path: Path) -> None:
    shutil.copytree(kit / "models" / "cup" / "cup", tmp_path / "cup" / "good")
    (tmp_path / "cup" / "bad").mkdir()
    (tmp_path / "cup" / "bad" / "bad.obj").write_text("v 0 0")
    design = attrs.evolve(
        starter_design(samples=1, denoiser="none"),
        classes=(DesignClass("cup", ("own:cup/bad/bad.obj", "own:cup/good/cup.obj")),),
        libraries={"own": Library("models", ".")},
        folder=tmp_path,
    )
    said: list[Message] = []
    with RenderSession(design, SessionSettings(), said.append) as renders:
        renders.check_classes()
        models = {renders.render(Sampler(design, "train").spec(index)).model for index in range(4)}
    assert models == {"own:cup/good/cup.obj"}
    warnings = [m for m in said if isinstance(m, Log) and "bad.obj" in m.text]
    assert len(warnings) == 1


def test_a_class_without_a_readable_model_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.obj").write_text("nothing of use\n")
    design = attrs.evolve(
        starter_design(),
        classes=(DesignClass("cup", ("own:bad.obj",)),),
        libraries={"own": Library("models", ".")},
        folder=tmp_path,
    )
    with session(design) as renders, pytest.raises(AssetError, match=r"class 'cup': .*bad\.obj"):
        renders.check_classes()


@pytest.mark.parametrize("content", [b"", b"#?RADIANCE\nnothing more", b"\x76\x2f\x31\x01 cut short"])
def test_a_damaged_environment_is_named(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "sky.hdr").write_bytes(content)
    settings = ParameterSettings(Choice({"light:sky.hdr": 1.0}), "light:sky.hdr")
    design = attrs.evolve(
        with_parameter(starter_design(), "background", "environment", settings),
        libraries={"light": Library("environments", ".")},
        folder=tmp_path,
    )
    with session(design) as renders, pytest.raises(AssetError, match=r"environment map .*sky\.hdr"):
        renders.check_classes()


def test_photos_stand_behind_the_object(kit: Path) -> None:
    photo = sorted((kit / "photos" / "cup").iterdir())[0]
    design = starter_design(samples=1, denoiser="none")
    for name, value in (("kind", "photo"), ("photo", f"photos:{photo.name}")):
        design = with_parameter(design, "background", name, ParameterSettings(Choice({value: 1.0}), value))
    design = attrs.evolve(design, libraries={"photos": Library("photos", ".")}, folder=photo.parent)
    plain = with_parameter(design, "background", "kind", ParameterSettings(Choice({"white": 1.0}), "white"))
    pictures = [np.asarray(Image.open(io.BytesIO(render(each, [0])[0])), float) for each in (design, plain)]
    assert pictures[0].std() > 20
    assert np.abs(pictures[0] - pictures[1]).mean() > 5


def test_a_session_leaves_nothing_behind() -> None:
    with session(starter_design(samples=1)) as renders:
        renders.render(Sampler(starter_design(), "train").spec(0))
        folder = Path(renders._folder.name)
        assert folder.is_dir()
    assert not folder.exists()
    assert not bpy.data.objects and not bpy.data.worlds and not bpy.data.materials


def test_a_render_cut_short_is_no_image(tmp_path: Path) -> None:
    with session(starter_design(samples=1)) as renders:
        renders.render(Sampler(starter_design(), "train").spec(0))
        whole = renders._file.read_bytes()
    for size in (0, 10, 200, len(whole) - 1):
        (tmp_path / "cut.exr").write_bytes(whole[:size])
        with pytest.raises(ExrError):
            read_exr(tmp_path / "cut.exr")


def test_tracing_only_where_objects_are_in_view_changes_no_pixel() -> None:
    design = starter_design(denoiser="none")
    sampler = Sampler(design, "train")
    with session(design) as renders:
        render = bpy.context.scene.render
        parts = []
        for spec in map(sampler.spec, range(12)):
            traced = renders.trace(spec)
            assert traced.region is not None
            render.use_border = False
            bpy.ops.render.render(write_still=True)
            render.use_border = True
            everywhere = read_exr(Path(render.filepath))
            part = traced.region.within(whole(48))
            for name, channel in traced.channels.items():
                assert np.array_equal(everywhere[name][part], channel), name
            everywhere["Combined.A"][part] = 0.0
            assert not everywhere["Combined.A"].any(), f"image {spec.index} shows something outside of its region"
            parts.append(traced.region.width * traced.region.height / 48**2)
    assert 0.1 < np.mean(parts) < 0.8


def test_an_object_out_of_view_leaves_the_background_alone() -> None:
    design = starter_design()
    pose = design.factors["object_pose"].parameters
    assert {"shift_x", "shift_y"} <= {*pose}
    away = with_parameter(design, "object_pose", "shift_x", ParameterSettings(Constant(40.0), 40.0))
    with session(away) as renders:
        image = renders.render(Sampler(away, "train").spec(0))
    assert image.bbox is None and image.coverage == 0.0
    assert np.asarray(Image.open(io.BytesIO(image.jpeg))).mean() > 5


def test_the_outline_of_a_mesh_holds_all_of_it() -> None:
    vertices = np.random.default_rng(0).normal(size=(5000, 3)).astype(np.float32)
    corners = cell_corners(vertices)
    directions = np.random.default_rng(1).normal(size=(200, 3))
    reach, needed = (corners @ directions.T).max(axis=0), (vertices @ directions.T).max(axis=0)
    side = np.ptp(vertices, axis=0).max() / 64
    assert (reach >= needed - 1e-5).all()
    assert (reach <= needed + 2 * side * np.linalg.norm(directions, axis=1)).all()


def test_models_that_have_no_room_are_loaded_again_and_show_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    design = starter_design()
    indices = [0, 1, 2, 0, 3, 4, 5, 1]
    kept = render(design, indices)
    sampler = Sampler(design, "train")
    monkeypatch.setattr(ModelShelf.__init__, "__defaults__", (1,))
    most = 0
    with session(design) as renders:
        for index in indices:
            assert renders.render(sampler.spec(index)).jpeg == kept[index]
            most = max(most, sum(thing.name.split("/")[0] in design.class_names for thing in bpy.data.objects))
    assert most <= 2, "the model shown and the one before it"


def test_textures_are_as_large_as_pictures_can_show() -> None:
    assert [texture_px(size) for size in (64, 224, 256, 257, 512, 1024)] == [1024, 1024, 1024, 2048, 2048, 4096]
