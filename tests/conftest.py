"""What all tests share: the kit of real models, photos and light, and a classifier of colours."""

import os
import signal
import sys
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from .archive import build_archive
from .colour_classifier import BLUE, COLOURS, GREEN, RED, picture, save_model

ROOT = Path(__file__).resolve().parent.parent


def pytest_configure() -> None:
    """Have Ctrl-C reach whatever tests start: a shell has what it runs in the background ignore it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep each file in one process where there are several, and all windowed tests: each takes the next display."""
    for item in items:
        group = "windowed" if item.get_closest_marker("windowed") else item.nodeid.partition("::")[0]
        item.add_marker(pytest.mark.xdist_group(group))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Leave at once where Blender is in this process: bpy 4.5 may wait for its own sound thread for ever at exit."""

    def leave() -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(int(session.exitstatus))

    if "bpy" in sys.modules:
        session.config.add_cleanup(leave)


@pytest.fixture(scope="session")
def kit() -> Path:
    """The kit's folder: ``$SIMREAL_KIT``, or ``../shared/kit`` beside the project."""
    folder = Path(os.environ.get("SIMREAL_KIT") or ROOT.parent / "shared" / "kit")
    if not (folder / "photos").is_dir():
        pytest.fail(f"{folder} is not the kit (models/, photos/, hdri/): set SIMREAL_KIT to its folder")
    return folder


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The extension's zip for this machine, built once for all processes of tests."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with FileLock(shared / "archive.lock"):
        built = list((shared / "dist").glob("*.zip"))
        return built[0] if built else build_archive(shared / "dist")


@pytest.fixture
def colour_model(tmp_path: Path) -> Path:
    """Tells red, green and blue pictures apart."""
    return save_model(tmp_path / "colours.onnx", list(COLOURS), 20 * np.eye(3), np.zeros(3))


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Five plain pictures in class folders; one of them lies in the wrong folder."""
    root = tmp_path / "photos"
    for name, colour in (("red/1", RED), ("red/2", BLUE), ("green/1", GREEN), ("blue/1", BLUE), ("blue/2", BLUE)):
        picture(root / f"{name}.png", colour)
    return root
