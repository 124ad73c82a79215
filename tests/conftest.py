"""What all tests share: the kit of real models, photos and light."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def kit() -> Path:
    """The kit's folder: ``$SIMREAL_KIT``, or ``../shared/kit`` beside the project."""
    folder = Path(os.environ.get("SIMREAL_KIT") or ROOT.parent / "shared" / "kit")
    if not (folder / "photos").is_dir():
        pytest.fail(f"{folder} is not the kit (models/, photos/, hdri/): set SIMREAL_KIT to its folder")
    return folder
