"""The command line of the installed extension, in the Blender that opens windows: its Python is not pip's bpy's."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from ..colour_classifier import COLOURS, RED, picture, run
from .display import Display


@pytest.mark.slow
@pytest.mark.windowed
def test_commands_of_the_installed_extension(archive: Path, colour_model: Path, tmp_path: Path) -> None:
    photos, outside, inside = (tmp_path / name for name in ("photos", "outside", "inside"))
    for name, colour in COLOURS.items():
        picture(photos / name / "plain.png", colour)
    picture(photos / "blue" / "odd.png", RED)
    assert run("score", colour_model, photos, "--out", outside) == 0
    with Display(tmp_path) as display:
        display.run(f"blender --command extension install-file --repo user_default --enable {archive}")
        assert "ready to" in display.run("blender --command simreal doctor")
        display.run(f"blender --command simreal design schema --out {tmp_path / 'schema.json'}")
        display.run(f"blender --command simreal score {colour_model} {photos} --out {inside}")
        with pytest.raises(subprocess.CalledProcessError) as failed:
            display.run("blender --command simreal nonsense")
    assert failed.value.returncode == 2
    assert (tmp_path / "schema.json").read_text().startswith("{")
    assert (inside / "predictions.csv").read_text() == (outside / "predictions.csv").read_text()
