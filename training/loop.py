"""Full training: every weight, step by step, resumable bit for bit on the same device and number of threads."""

from __future__ import annotations

import math
import time
from typing import Any

import attrs
import torch
import torch.nn.functional as F
from torch import nn

from ..datasets.messages import Log, Progress
from ..design.errors import RunError
from .backbones import Classifier
from .config import RunConfig
from .curves import draw_curves
from .devices import Precision
from .evaluation import Evaluation, evaluate
from .interruption import interrupts_noted
from .job import Job
from .loading import Samples
from .log import LogRow, write_log
from .run_folder import CURVES, LOG, load_torch, save_torch, write_bytes
from .schedules import lr_factor


@attrs.define
class _Totals:
    """Sums over the images of the epoch so far."""

    images: int = 0
    loss: float = 0.0
    correct: int = 0
    seconds: float = 0.0
    waited: float = 0.0


class Loop:
    """The state of a run between steps: model, optimizer, random state, position and log."""

    def __init__(self, model: Classifier, job: Job) -> None:
        config, device = job.config, job.device
        self.config, self.device, self.report = config, device, job.report
        self.source, self.validation, self.classes = job.source, job.validation, job.data.classes
        self.folder = job.folder
        on_gpu = device.type == "cuda"
        layout = torch.channels_last if on_gpu and config.channels_last else torch.contiguous_format
        self.model = model.to(device).to(memory_format=layout)
        self.layout = layout
        self.precision = Precision(device, config.amp)
        self.optimizer = make_optimizer(self.model, config)
        self.batch_size = min(config.batch_size, self.source.epoch_images, config.images or self.source.epoch_images)
        self.steps_per_epoch = self.source.epoch_images // self.batch_size  # a smaller batch would upset batch norm
        asked = config.iterations or config.images // self.batch_size
        self.total = asked or config.epochs * self.steps_per_epoch
        self.warmup = min(round(config.warmup_epochs * self.steps_per_epoch), self.total // 5)
        self.source.expect(self.total * self.batch_size)
        self.step = 0
        self.rows: list[LogRow] = []
        self.totals = _Totals()

    def resume(self) -> None:
        """Continue from ``checkpoint.pt``. Raises ``RunError`` where it is damaged or of other images."""
        saved = load_torch(self.folder.checkpoint, "checkpoint")
        try:
            self.source.restore(saved["source"])
            self.model.load_state_dict(saved["model"])
            self.optimizer.load_state_dict(saved["optimizer"])
            self.precision.scaler.load_state_dict(saved["scaler"])
            self.step = saved["step"]
            self.rows = [LogRow(**row) for row in saved["rows"]]
            self.totals = _Totals(**saved["totals"])
            torch.set_rng_state(saved["random"])
            if self.device.type == "cuda":
                torch.cuda.set_rng_state(saved["random_cuda"], self.device)
        except (KeyError, TypeError, ValueError, RuntimeError) as error:
            raise RunError(f"{self.folder.checkpoint}: damaged checkpoint ({str(error).splitlines()[0]})") from error
        self.report(Log(f"resuming at step {self.step} of {self.total}"))

    def save(self) -> None:
        """Write ``checkpoint.pt``, ``log.csv`` and ``curves.png``, each whole or not at all."""
        save_torch(
            self.folder.checkpoint,
            {
                "step": self.step,
                "source": self.source.state(),
                "model": self.model.state_dict(),
                "optimizer": self.optimizer.state_dict(),
                "scaler": self.precision.scaler.state_dict(),
                "random": torch.get_rng_state(),
                "random_cuda": torch.cuda.get_rng_state(self.device) if self.device.type == "cuda" else None,
                "rows": [attrs.asdict(row) for row in self.rows],
                "totals": attrs.asdict(self.totals),
            },
        )
        self.source.checkpointed()
        write_log(self.folder.path / LOG, self.rows)
        if self.rows:
            write_bytes(self.folder.path / CURVES, draw_curves(self.rows))

    def run(self) -> None:
        """Train to the end. Raises ``RunError`` where the loss is no longer finite.

        On Ctrl-C the step in hand is finished, and the checkpoint is of that step.
        """
        if self.totals.images and self._is_at_end_of_epoch():  # interrupted while it was measured
            self._finish_epoch((self.step - 1) // self.steps_per_epoch)
            self.save()
        while self.step < self.total:
            self._epoch()

    def _is_at_end_of_epoch(self) -> bool:
        return self.step == self.total or self.step % self.steps_per_epoch == 0

    def _epoch(self) -> None:
        epoch, size = self.step // self.steps_per_epoch, self.batch_size
        first = self.step - epoch * self.steps_per_epoch
        last = min(self.steps_per_epoch, self.total - epoch * self.steps_per_epoch)
        seconds, waited = self.totals.seconds, self.totals.waited
        start, waited_before = time.monotonic(), self.source.waited_s or 0.0
        done = 0

        def rate() -> float:
            return done / max(time.monotonic() - start, 1e-9)

        self.model.train()
        with interrupts_noted() as asked:

            def waiting() -> bool:
                self._progress(rate())
                return asked.stop

            for images, labels in self.source.batches(epoch, first * size, last * size, size, waiting):
                self._step(images, labels)
                done += 1
                self.totals.seconds = seconds + time.monotonic() - start
                self.totals.waited = waited + (self.source.waited_s or 0.0) - waited_before
                self._progress(rate())
                if asked.stop or self.step % self.source.checkpoint_steps == 0:
                    self.save()
                if asked.stop:
                    raise KeyboardInterrupt
            if asked.stop:  # while there was nothing to train on
                self.save()
                raise KeyboardInterrupt
        self._finish_epoch(epoch)
        self.save()

    def _step(self, images: torch.Tensor, labels: torch.Tensor) -> None:
        lr = self.config.lr * lr_factor(self.config.schedule, self.step, self.total, self.warmup)
        for group in self.optimizer.param_groups:
            group["lr"] = lr
        images = images.to(self.device, non_blocking=True, memory_format=self.layout)
        labels = labels.to(self.device, non_blocking=True)
        with self.precision.autocast():
            logits = self.model(images)
            loss = F.cross_entropy(logits.float(), labels, label_smoothing=self.config.label_smoothing)
        value = float(loss.detach())
        if not math.isfinite(value):
            raise RunError(f"the loss is {value} at step {self.step}; lower --lr (now {self.config.lr:g})")
        self.optimizer.zero_grad(set_to_none=True)
        scaler = self.precision.scaler
        scaler.scale(loss).backward()
        scaler.step(self.optimizer)
        scaler.update()
        self.step += 1
        self.totals.images += len(labels)
        self.totals.loss += value * len(labels)
        self.totals.correct += int((logits.argmax(1) == labels).sum())

    def _finish_epoch(self, epoch: int) -> None:
        totals = self.totals
        row = LogRow(
            epoch=epoch + 1,
            step=self.step,
            lr=self.optimizer.param_groups[0]["lr"],
            train_loss=totals.loss / totals.images,
            train_top1=totals.correct / totals.images,
            images_per_s=totals.images / max(totals.seconds, 1e-9),
            waited=None if self.source.waited_s is None else totals.waited / max(totals.seconds, 1e-9),
        )
        if self.validation is not None:
            result = self._evaluate(self.validation)
            mean = result.accuracy.mean_class_accuracy
            row = attrs.evolve(row, val_loss=result.loss, val_top1=result.accuracy.top1, val_mean=mean)
        self.rows.append(row)
        self.totals = _Totals()
        self.report(Log(row.describe(math.ceil(self.total / self.steps_per_epoch))))

    def _evaluate(self, validation: Samples) -> Evaluation:
        """Measure. Interrupted here, a run goes on with measuring."""
        try:
            return evaluate(
                self.model,
                validation,
                self.classes,
                self.config.resize_px,
                self.config.crop_px,
                device=self.device,
                workers=self.config.workers,
            )
        except KeyboardInterrupt:
            self.save()
            raise

    def _progress(self, steps_per_s: float) -> None:
        left = (self.total - self.step) / steps_per_s if steps_per_s else None
        rate, done, total = steps_per_s * self.batch_size or None, self.step, self.total
        size = self.batch_size
        self.report(Progress("train", done * size, total * size, "images", rate, left, self.source.note))


def make_optimizer(model: nn.Module, config: RunConfig) -> torch.optim.Optimizer:
    """SGD with momentum, or AdamW. Biases and norms (one-dimensional parameters) are not decayed."""
    matrices = [p for p in model.parameters() if p.requires_grad and p.ndim > 1]
    vectors = [p for p in model.parameters() if p.requires_grad and p.ndim <= 1]
    groups: list[dict[str, Any]] = [
        {"params": matrices, "weight_decay": config.weight_decay},
        {"params": vectors, "weight_decay": 0.0},
    ]
    if config.optimizer == "sgd":
        return torch.optim.SGD(groups, lr=config.lr, momentum=config.momentum)
    return torch.optim.AdamW(groups, lr=config.lr, betas=(config.momentum, 0.999))
