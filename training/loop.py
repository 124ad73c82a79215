"""Full training: every weight, step by step, resumable bit for bit on the same device and number of threads."""

from __future__ import annotations

import math
import time

import attrs
import torch
from torch import nn

from ..datasets.messages import Log, Progress
from ..design.errors import RunError
from .backbones import Classifier
from .curves import draw_curves
from .devices import Precision, memory_layout
from .evaluation import Evaluation, evaluate
from .interruption import interrupts_noted
from .job import Job
from .loading import Samples
from .log import LogRow, write_log
from .measuring import Measure, Measuring, write_measures
from .objective import Objective
from .optimizers import make_optimizer
from .run_folder import CURVES, LOG, MEASURES, load_torch, save_torch, write_bytes
from .schedules import lr_factor
from .tally import Tally
from .trackers import Trackers

REDRAW_S = 20.0  # curves take some tenths of a second to draw


class Loop:
    """The state of a run between steps: network, optimizer, random state, position, log and learning curves.

    ``network`` is what is trained, by ``objective``; ``classifier`` is the part of it that is measured.
    """

    def __init__(self, network: nn.Module, classifier: Classifier, objective: Objective, job: Job) -> None:
        config, device = job.config, job.device
        self.config, self.device, self.report = config, device, job.report
        self.source, self.validation, self.classes = job.source, job.validation, job.data.classes
        self.folder = job.folder
        layout = memory_layout(device, config.channels_last)
        self.place = job.place
        self.network = self.place.normed(network.to(device).to(memory_format=layout), device)
        self.spread = self.place.spread(self.network, device)
        self.classifier, self.objective = classifier, objective
        self.layout = layout
        self.precision = Precision(device, config.amp)
        self.optimizer = make_optimizer(self.network, config)
        self.batch_size = min(config.batch_size, self.source.epoch_images, config.images or self.source.epoch_images)
        if self.batch_size % self.place.size:
            raise RunError(f"a batch of {self.batch_size} cannot be split among {self.place.size} devices")
        self.steps_per_epoch = self.source.epoch_images // self.batch_size  # a smaller batch would upset batch norm
        asked = config.iterations or config.images // self.batch_size
        self.total = asked or config.epochs * self.steps_per_epoch
        self.warmup = min(round(config.warmup_epochs * self.steps_per_epoch), self.total // 5)
        self.source.expect(self.total * self.batch_size)
        self.step = 0
        self.rows: list[LogRow] = []
        self.measuring = Measuring(job.measured, config.measure_every)
        self.tally = Tally(self.place)
        self._drawn = -math.inf

    def resume(self) -> None:
        """Continue from ``checkpoint.pt``. Raises ``RunError`` where it is damaged or of other images."""
        saved = load_torch(self.folder.checkpoint, "checkpoint")
        try:
            self.source.restore(saved["source"])
            self.network.load_state_dict(saved["model"])
            self.optimizer.load_state_dict(saved["optimizer"])
            self.precision.scaler.load_state_dict(saved["scaler"])
            self.step = saved["step"]
            self.rows = [LogRow(**row) for row in saved["rows"]]
            self.measuring.measures = [Measure(**measure) for measure in saved["measures"]]
            self.tally.restore(saved["totals"])
            torch.set_rng_state(saved["random"])
            if self.device.type == "cuda":
                torch.cuda.set_rng_state(saved["random_cuda"], self.device)
        except (KeyError, TypeError, ValueError, RuntimeError) as error:
            raise RunError(f"{self.folder.checkpoint}: damaged checkpoint ({str(error).splitlines()[0]})") from error
        self.report(Log(f"resuming at step {self.step} of {self.total}"))

    def save(self) -> None:
        """Write ``checkpoint.pt``, ``log.csv``, ``measures.csv``, and now and then ``curves.png``, each whole or not at
        all."""
        totals, measures = self.tally.read(self.step), self.measuring.measures
        if not self.place.leads:
            return
        save_torch(
            self.folder.checkpoint,
            {
                "step": self.step,
                "source": self.source.state(),
                "model": self.network.state_dict(),
                "optimizer": self.optimizer.state_dict(),
                "scaler": self.precision.scaler.state_dict(),
                "random": torch.get_rng_state(),
                "random_cuda": torch.cuda.get_rng_state(self.device) if self.device.type == "cuda" else None,
                "rows": [attrs.asdict(row) for row in self.rows],
                "measures": [attrs.asdict(measure) for measure in measures],
                "totals": attrs.asdict(totals),
            },
        )
        self.source.checkpointed()
        write_log(self.folder.path / LOG, self.rows)
        if measures:
            write_measures(self.folder.path / MEASURES, measures)
        last = self.step == self.total
        if (self.rows or measures) and (last or time.monotonic() - self._drawn >= REDRAW_S):
            write_bytes(self.folder.path / CURVES, draw_curves(self.rows, measures))
            self._drawn = time.monotonic()

    def run(self, trackers: Trackers) -> None:
        """Train to the end; ``trackers`` are told what is logged. ``RunError`` where the loss is no longer finite.

        On Ctrl-C the step in hand is finished, and the checkpoint is of that step.
        """
        self.trackers = trackers
        self._look_back()  # interrupted while it was measured
        while self.step < self.total:
            self._train()
            self._look_back()

    def _look_back(self) -> None:
        """Between two steps: finish an epoch that has ended, and measure where it is time for that."""
        end_of_epoch = self.step == self.total or self.step % self.steps_per_epoch == 0
        finish = end_of_epoch and self.tally.read(self.step).images > 0
        measure = self.measuring.is_due(self.step, self.total, end_of_epoch)
        if finish:
            self._finish_epoch((self.step - 1) // self.steps_per_epoch)
        if measure and self.place.leads:
            self._measure()
        if finish or measure:
            self.save()

    def _train(self) -> None:
        """Train up to the end of the epoch, or to where it is time to measure."""
        epoch, size = self.step // self.steps_per_epoch, self.batch_size
        begun = epoch * self.steps_per_epoch
        stop = self.measuring.next_step(self.step, min(begun + self.steps_per_epoch, self.total))
        totals = self.tally.totals
        seconds, waited = totals.seconds, totals.waited
        start, waited_before = time.monotonic(), self.source.waited_s or 0.0
        done = 0

        def rate() -> float:
            return done / max(time.monotonic() - start, 1e-9)

        self.network.train()
        with interrupts_noted() as asked:

            def waiting() -> bool:
                self._progress(rate())
                return asked.stop

            for images, labels in self.source.batches(
                epoch, (self.step - begun) * size, (stop - begun) * size, size, waiting
            ):
                self._step(images, labels)
                done += 1
                totals.seconds = seconds + time.monotonic() - start
                totals.waited = waited + (self.source.waited_s or 0.0) - waited_before
                self._progress(rate())
                stop_now = self.place.any(asked.stop)
                if stop_now or self.step % self.source.checkpoint_steps == 0:
                    self.save()
                if stop_now:
                    raise KeyboardInterrupt
            if asked.stop:  # while there was nothing to train on
                self.save()
                raise KeyboardInterrupt

    def _step(self, images: torch.Tensor, labels: torch.Tensor) -> None:
        lr = self.config.lr * lr_factor(self.config.schedule, self.step, self.total, self.warmup)
        for group in self.optimizer.param_groups:
            group["lr"] = lr
        views = images.flatten(0, -4)  # several of an image, where the objective wants them
        views = views.to(self.device, non_blocking=True, memory_format=self.layout)
        labels = labels.to(self.device, non_blocking=True)
        with self.precision.autocast():
            outcome = self.objective(self.spread, views, labels)
        self.optimizer.zero_grad(set_to_none=True)
        scaler = self.precision.scaler
        scaler.scale(outcome.loss).backward()
        scaler.step(self.optimizer)
        scaler.update()
        self.step += 1
        self.objective.stepped(self.network, self.step / self.total)
        self.tally.add(self.step, len(labels), outcome)

    def _finish_epoch(self, epoch: int) -> None:
        totals = self.tally.totals
        row = LogRow(
            epoch=epoch + 1,
            step=self.step,
            lr=self.optimizer.param_groups[0]["lr"],
            train_loss=totals.loss / totals.images,
            train_top1=totals.correct / totals.images if self.objective.counts else None,
            images_per_s=totals.images / max(totals.seconds, 1e-9),
            waited=None if self.source.waited_s is None else totals.waited / max(totals.seconds, 1e-9),
        )
        if self.validation is not None and self.place.leads:
            result = self._evaluate(self.validation)
            mean = result.accuracy.mean_class_accuracy
            row = attrs.evolve(row, val_loss=result.loss, val_top1=result.accuracy.top1, val_mean=mean)
        self.rows.append(row)
        self.trackers.log(self.step, row.curves())
        self.tally.start()
        self.report(Log(row.describe(math.ceil(self.total / self.steps_per_epoch))))

    def _measure(self) -> None:
        measures = self.measuring.measure(self.step, self.step * self.batch_size, self._evaluate)
        self.trackers.log(self.step, {name: value for each in measures for name, value in each.curves().items()})
        found = "  ".join(f"{each.name} {100 * each.top1:.1f} %" for each in measures)
        self.report(Log(f"step {self.step}/{self.total}  {found}"))

    def _evaluate(self, samples: Samples) -> Evaluation:
        """Measure. Interrupted here, a run goes on with measuring."""
        try:
            return evaluate(
                self.classifier,
                samples,
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
