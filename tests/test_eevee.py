"""EEVEE as the renderer of a design: the same scene and the same object in it, by other means."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import attrs
import numpy as np
import pytest
from PIL import Image

from simreal.commands import main
from simreal.design.design import Design, ImageSettings, Split
from simreal.design.document import save
from simreal.design.sampling import Sampler
from simreal.design.starting import Sources, start_design
from simreal.rendering.finishing import RenderedImage
from simreal.rendering.opengl import OPENGL, check_engine
from simreal.rendering.session import RenderSession, SessionSettings

EEVEE = ImageSettings(resolution_px=32, samples=2, engine="eevee")


@pytest.fixture
def design(tmp_path: Path) -> Design:
    started = start_design(Sources(classes=("cup",)), "eevee", tmp_path).design
    sensor = attrs.evolve(started.factors["sensor"], weight=0.0)
    return attrs.evolve(
        started, image=EEVEE, splits=(Split("train", 4),), factors={**started.factors, "sensor": sensor}
    )


def test_it_asks_for_no_denoiser() -> None:
    assert attrs.evolve(EEVEE, engine="cycles").denoised
    assert not EEVEE.denoised


def test_the_command_line_tells_which_renderer_it_is(
    design: Design, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save(design, tmp_path / "eevee.simreal.json")
    assert main(["design", "show", str(tmp_path / "eevee.simreal.json")]) == 0
    assert "EEVEE" in capsys.readouterr().out


@pytest.mark.blender
def test_it_shows_what_cycles_shows(design: Design) -> None:
    """Bytes are not compared: they depend on the machine's OpenGL."""
    check_engine(EEVEE)  # every machine that tests has at least Mesa's
    spec = Sampler(design, "train").spec(1)

    def picture(settings: ImageSettings) -> tuple[str, str, RenderedImage]:
        made = attrs.evolve(design, image=settings)
        with RenderSession(made, SessionSettings(), lambda message: None) as renders:
            return renders.renderer, renders.device, renders.render(spec)

    renderer, device, drawn = picture(EEVEE)
    assert (renderer.rpartition(", ")[2], device) == ("EEVEE", OPENGL)
    _, _, traced = picture(attrs.evolve(EEVEE, engine="cycles", samples=16))
    assert drawn.coverage == pytest.approx(traced.coverage, abs=0.03)
    assert drawn.bbox is not None and traced.bbox is not None
    assert max(abs(a - b) for a, b in zip(drawn.bbox, traced.bbox, strict=True)) <= 2
    light, reference = (np.asarray(Image.open(io.BytesIO(one.jpeg)), float) for one in (drawn, traced))
    assert np.corrcoef(light.ravel(), reference.ravel())[0, 1] > 0.9


@pytest.mark.blender
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere Blender always has OpenGL or Metal")
def test_without_opengl_there_is_one_clear_line(design: Design, tmp_path: Path) -> None:
    save(design, tmp_path / "eevee.simreal.json")
    command = (
        sys.executable,
        "-m",
        "simreal.commands",
        "render",
        str(tmp_path / "eevee.simreal.json"),
        "--device",
        "cpu",
    )
    blind = {**os.environ, "__EGL_VENDOR_LIBRARY_DIRS": "/nonexistent"}
    ended = subprocess.run(
        (*command, "--out", str(tmp_path / "out")), check=False, env=blind, capture_output=True, text=True
    )
    assert ended.returncode == 2
    assert "EEVEE needs OpenGL" in ended.stderr and "--renderer cycles" in ended.stderr
    assert not (tmp_path / "out").exists()
