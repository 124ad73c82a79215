"""TensorBoard: event files in the run's folder, ``tensorboard --logdir RUN`` shows them."""

from __future__ import annotations

from collections.abc import Mapping

from torch.utils.tensorboard import SummaryWriter

from .run_folder import TENSORBOARD, RunFolder


class TensorBoard:
    """Writes scalars. What a run that is resumed had written beyond ``step`` is taken back."""

    def __init__(self, folder: RunFolder, step: int) -> None:
        self._writer = SummaryWriter(str(folder.path / TENSORBOARD), purge_step=step + 1 if step else None)

    def log(self, step: int, values: Mapping[str, float]) -> None:
        for name, value in values.items():
            self._writer.add_scalar(name, value, step)
        self._writer.flush()

    def close(self, finished: bool) -> None:
        self._writer.close()
