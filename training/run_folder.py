"""A run's folder: what lies in it, its state, and how files come to be in it whole or not at all.

``config.json`` (RunConfig), ``run.json`` (state, versions, classes, preprocessing), ``log.csv``, ``measures.csv``
(learning curves, where asked for), ``curves.png``, ``checkpoint.pt`` (to resume), ``model.pt`` (the trained
classifier), ``results.json``; of a stream ``consumed.jsonl`` (which images were trained on) and ``stream/`` (its data
set, test splits and what is rendered ahead).
"""

from __future__ import annotations

import io
import json
import os
import platform
import shutil
import tempfile
import time
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import attrs
import torch

from ..design.errors import RunError
from .config import RunConfig

CONFIG, RUN, LOG, CURVES = "config.json", "run.json", "log.csv", "curves.png"
CHECKPOINT, MODEL, RESULTS = "checkpoint.pt", "model.pt", "results.json"
CONSUMED = "consumed.jsonl"
MEASURES = "measures.csv"
STREAM = "stream"
TENSORBOARD = "tensorboard"
_OWN = (CONFIG, RUN, LOG, CURVES, CHECKPOINT, MODEL, RESULTS, CONSUMED, MEASURES)
_OWN_FOLDERS = ("evaluate", "inspect", "features", TENSORBOARD, "wandb")
_PACKAGES = ("simreal", "torch", "torchvision", "timm", "numpy")


@attrs.frozen
class RunFolder:
    """The folder of one run; ``path / CHECKPOINT`` and so on are its files."""

    path: Path

    @property
    def checkpoint(self) -> Path:
        """The last checkpoint, to resume from."""
        return self.path / CHECKPOINT

    @property
    def model(self) -> Path:
        """The trained classifier."""
        return self.path / MODEL

    def config(self) -> RunConfig:
        """The run's config. Raises ``RunError`` where this is no run folder."""
        return RunConfig.load(self.path / CONFIG)

    def state(self) -> dict[str, Any]:
        """The contents of ``run.json``; empty before the run has started."""
        return read_json(self.path / RUN) if (self.path / RUN).exists() else {}

    def update(self, **values: Any) -> None:
        """Merge ``values`` into ``run.json``."""
        write_json(self.path / RUN, {**self.state(), **values})


def open_for_training(path: Path, config: RunConfig, design_hash: str, resume: bool, overwrite: bool) -> RunFolder:
    """Make ``path`` ready for the run ``config`` describes, and write ``config.json``.

    Raises ``RunError`` where it holds another run (unless ``overwrite``), one with other options or data (``resume``),
    or files that are not a run's. Only a run's own files are ever removed.
    """
    folder = RunFolder(path)
    if path.is_file():
        raise RunError(f"{path} is a file; --out needs a folder")
    if path.is_dir() and any(path.iterdir()):
        if not (path / CONFIG).is_file():
            raise RunError(f"{path} is not empty and not a run folder; choose another --out")
        if overwrite:
            _clear(path)
        elif resume:
            _check_same_run(folder, config, design_hash)
        else:
            finished = "is finished" if folder.state().get("state") == "finished" else "can be continued with --resume"
            raise RunError(f"{path} holds a run that {finished}; --overwrite replaces it, or choose another --out")
    elif resume:
        raise RunError(f"{path}: there is no run to resume")
    write_bytes(path / CONFIG, config.to_json().encode())
    return folder


def is_unfinished(path: Path, config: RunConfig, samples: str) -> bool:
    """Whether ``path`` holds the very run that ``config`` describes, on those samples (fingerprint), not finished."""
    folder = RunFolder(path)
    if not (path / CONFIG).is_file() or folder.config().differences(config):
        return False
    state = folder.state()
    return state.get("samples") == samples and state.get("state") != "finished"


def _check_same_run(folder: RunFolder, config: RunConfig, design_hash: str) -> None:
    differences = folder.config().differences(config)
    if differences:
        raise RunError(
            f"{folder.path} was started with other options ({', '.join(differences)}); "
            "leave them out to resume, or replace it with --overwrite"
        )
    if (known := folder.state().get("design_hash")) != design_hash and folder.state():
        raise RunError(
            f"{folder.path} is of another data set (design {known}, not {design_hash}); --overwrite replaces it"
        )


def _clear(path: Path) -> None:
    for name in _OWN:
        (path / name).unlink(missing_ok=True)
    for name in _OWN_FOLDERS:
        if (path / name).is_dir():
            shutil.rmtree(path / name)


def starting_state(
    config: RunConfig, classes: Sequence[str], design_hash: str, samples: str, device: torch.device
) -> dict[str, Any]:
    """What ``run.json`` says when a run starts."""
    return {
        "simreal_run": 1,
        "state": "running",
        "data": config.data,
        "design_hash": design_hash,
        "samples": samples,
        "classes": list(classes),
        "device": describe_device(device),
        "threads": torch.get_num_threads(),
        "versions": {
            "python": platform.python_version(),
            **{package: metadata.version(package) for package in _PACKAGES if _installed(package)},
        },
        "started": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
    }


def describe_device(device: torch.device) -> str:
    """``cpu``, or a GPU with its name."""
    return f"{device} ({torch.cuda.get_device_name(device)})" if device.type == "cuda" else str(device)


def _installed(package: str) -> bool:
    try:
        metadata.version(package)
    except metadata.PackageNotFoundError:  # run from a checkout by headless.py
        return False
    return True


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, making its folder. Raises ``RunError`` (full disk, read-only folder)."""
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        temporary = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o666 & ~_UMASK)  # mkstemp makes files only their owner can read
        temporary.replace(path)
    except OSError as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        raise RunError(f"cannot write {path}: {error.strerror or error}") from error


def write_json(path: Path, values: Any) -> None:
    """``write_bytes`` of indented JSON."""
    write_bytes(path, (json.dumps(values, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode())


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object from a file. Raises ``RunError`` naming it."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RunError(f"{path}: not readable ({error})") from error
    if not isinstance(values, dict):
        raise RunError(f"{path}: not a JSON object")
    return values


def save_torch(path: Path, values: dict[str, Any]) -> None:
    """``torch.save``, whole or not at all. In memory first: torch hides a full disk behind an internal error."""
    buffer = io.BytesIO()
    torch.save(values, buffer)
    write_bytes(path, buffer.getvalue())


def load_torch(path: Path, kind: str) -> dict[str, Any]:
    """What ``save_torch`` wrote (tensors and plain values only), on the CPU. Raises ``RunError`` naming the file."""
    if not path.is_file():
        raise RunError(f"{path}: there is no {kind}; train first")
    try:
        values = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # the unpickler raises nearly anything on a damaged file
        raise RunError(
            f"{path}: damaged {kind} ({str(error).splitlines()[0] if str(error) else type(error).__name__})"
        ) from error
    if not isinstance(values, dict):
        raise RunError(f"{path}: not a {kind}")
    return values


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


_UMASK = _umask()
