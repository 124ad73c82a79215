"""The whole way in a windowed Blender, by mouse and keyboard: from an empty scene to a list of scored photos."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from .display import ROOT
from .opening import opened
from .training_python import training_python

SHOTS = Path(os.environ.get("SIMREAL_GUI_SHOTS") or ROOT / "build" / "gui")
SEEN_AT = Path("/home/me/simreal")  # short enough to be read whole in any field
CLASSES = ("airplane", "car", "chair", "cup", "lamp", "laptop")  # in the starter design and in the kit
PHOTOS_A_CLASS = 10


@pytest.fixture
def photos(kit: Path, tmp_path: Path) -> Path:
    """Real photos in class folders, where the windowed Blender sees them."""
    folder = tmp_path / "photos"
    for name in CLASSES:
        (folder / name).mkdir(parents=True)
        for photo in sorted((kit / "photos" / name).iterdir())[:PHOTOS_A_CLASS]:
            shutil.copy(photo, folder / name)
    return folder


@pytest.mark.slow
@pytest.mark.windowed
@pytest.mark.timeout(1200)
def test_from_an_empty_scene_to_scored_photos(archive: Path, photos: Path, tmp_path: Path) -> None:
    shutil.rmtree(SHOTS, ignore_errors=True)
    program = training_python(tmp_path / "python")
    with opened(tmp_path, archive, SHOTS, also_at=SEEN_AT) as designer:
        screen, sidebar = designer.screen, designer.sidebar
        designer.load_preset("Starter")
        screen.shot("starter")
        before, after = designer.drag_weight("Camera viewpoint")
        assert before == 1.0 and 0.2 < after < 0.9
        screen.shot("weight")
        sidebar.close("Design")
        sidebar.close("Factors")

        designer.make_sheet("Contact Sheet")
        screen.shot("contact-sheet")
        sidebar.close("Preview")

        sidebar.press("Images per Class")
        sidebar.press("Render 280 Images")
        screen.wait("left", sidebar.box, within_s=120)
        screen.shot("rendering")
        screen.wait("All 280 images are there", sidebar.box, within_s=400)
        screen.shot("rendered")
        sidebar.close("Render")

        designer.choose_training_python(SEEN_AT / program.relative_to(tmp_path))
        screen.shot("training-python")
        designer.leave_preferences()
        sidebar.press("Train", under="Advanced")
        screen.shot("training")
        screen.wait("test_iid", sidebar.box, within_s=400, whole=True)
        screen.shot("trained")
        sidebar.close("Train")

        assert designer.score(SEEN_AT / photos.relative_to(tmp_path)) == len(CLASSES) * PHOTOS_A_CLASS
        screen.shot("scored")
        assert designer.read_accuracy() > 100 / len(CLASSES)
        designer.look_through_results()
        screen.shot("results")

        designer.disable()
        screen.shot("disabled")
        assert "Traceback" not in screen.display.log.read_text()
