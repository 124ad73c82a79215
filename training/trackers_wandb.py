"""Weights & Biases: a run of the project ``simreal``, kept in the run's folder; ``WANDB_MODE=online`` sends it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping

import attrs
import wandb

from .config import RunConfig
from .run_folder import RunFolder
from .trackers import PROJECT


class WeightsAndBiases:
    """Logs to the same run whenever the run is resumed. Offline unless the user's environment says otherwise."""

    def __init__(self, config: RunConfig, folder: RunFolder) -> None:
        known = folder.state().get("wandb") or secrets.token_hex(4)
        folder.update(wandb=known)
        self._run = wandb.init(
            project=PROJECT,
            name=folder.path.resolve().name,
            id=known,
            resume="allow",
            mode=None if "WANDB_MODE" in os.environ else "offline",
            dir=str(folder.path),
            config=attrs.asdict(config),
            settings=wandb.Settings(silent=True, console="off"),
        )

    def log(self, step: int, values: Mapping[str, float]) -> None:
        self._run.log(dict(values), step=step)

    def close(self, finished: bool) -> None:
        self._run.finish(exit_code=0 if finished else 1)
