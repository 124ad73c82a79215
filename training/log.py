"""The log of full training: a row an epoch, as ``log.csv``."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import attrs

from .run_folder import write_bytes


@attrs.frozen(kw_only=True)
class LogRow:
    """An epoch. Accuracies are fractions; the ``val_`` values are None where there is no validation split, and
    ``train_top1`` is None where training asks for no class.

    ``waited`` is the share of time without an image to train on, None where all images were there.
    """

    epoch: int
    step: int
    lr: float
    train_loss: float
    train_top1: float | None
    val_loss: float | None = None
    val_top1: float | None = None
    val_mean: float | None = None
    images_per_s: float
    waited: float | None = None

    def curves(self) -> dict[str, float | None]:
        """Its numbers, as programs that draw curves call them."""
        return {
            "train/loss": self.train_loss,
            "train/top1": self.train_top1,
            "train/lr": self.lr,
            "train/images_per_s": self.images_per_s,
            "train/waited": self.waited,
            "validation/loss": self.val_loss,
            "validation/top1": self.val_top1,
            "validation/mean_class_accuracy": self.val_mean,
        }

    def describe(self, epochs: int) -> str:
        """One line for people."""
        text = f"epoch {self.epoch}/{epochs}  loss {self.train_loss:.3f}"
        if self.train_top1 is not None:
            text += f"  train {100 * self.train_top1:.1f} %"
        if self.val_top1 is not None:
            text += f"  validation {100 * self.val_top1:.1f} %"
        return text if self.waited is None else f"{text}  waited for renders {100 * self.waited:.0f} %"


def write_log(path: Path, rows: Sequence[attrs.AttrsInstance], kind: type[attrs.AttrsInstance] = LogRow) -> None:
    """Write all rows, which are of a ``kind``, anew, so that a resumed run's log has no row twice."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([field.name for field in attrs.fields(kind)])
    for row in rows:
        writer.writerow(f"{v:.6g}" if isinstance(v, float) else v for v in attrs.astuple(row))
    write_bytes(path, buffer.getvalue().encode())
