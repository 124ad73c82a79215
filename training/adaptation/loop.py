"""Adapting step by step, resumable bit for bit on the same device and number of threads."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable, Iterator

import attrs
import torch
from torch import Tensor

from ...datasets.messages import Log, Progress
from ...design.errors import RunError
from ..backbones import Classifier
from ..devices import Precision, memory_layout
from ..interruption import Asked, interrupts_noted
from ..job import Job
from ..loading import Samples
from ..log import write_log
from ..run_folder import CURVES, LOG, load_torch, save_torch, write_bytes
from ..schedules import lr_factor
from ..sources import CHECKPOINT_STEPS
from .curves import draw_adaptation
from .feeds import Feed
from .log import AdaptationRow, tell_terms
from .method import Batch, Survey
from .selection import information_maximisation, soft_neighbourhood_density
from .stages import Stage, make_method, stages
from .steps import make_optimizers, set_lr, take_step
from .target import Target, accuracies

SAVE_EVERY_S = 10.0  # at most, at the end of epochs: on kept features an epoch takes less than a checkpoint


class Stopped(KeyboardInterrupt):
    """The user has asked to stop, and the state is one that can be gone on from."""


@attrs.define
class _Totals:
    """Sums over the steps of the epoch so far."""

    steps: int = 0
    seconds: float = 0.0
    terms: dict[str, float] = attrs.field(factory=dict)


class AdaptationLoop:
    """The state of a run between steps: classifier, stage, method, optimizers, random state, position and log."""

    def __init__(
        self, classifier: Classifier, job: Job, source: Samples, target: Target, feed_of: Callable[[Stage], Feed]
    ) -> None:
        assert job.config.adaptation is not None
        self.config, self.job, self.device, self.source, self.target = job.config, job, job.device, source, target
        self.select = job.config.adaptation.select
        self.layout = memory_layout(job.device, job.config.channels_last)
        self.classifier = classifier.to(job.device).to(memory_format=self.layout)
        self.precision = Precision(job.device, job.config.amp)
        self.feed_of, self.stages = feed_of, stages(job.config)
        self.rows: list[AdaptationRow] = []
        self.kept: dict[str, Tensor] | None = None
        self.asked, self.saved = Asked(), time.monotonic()
        self._begin(0)

    def _begin(self, number: int) -> None:
        """Be at the start of a stage."""
        self.number, self.stage, self.step = number, self.stages[number], 0
        self.feed = self.feed_of(self.stage)
        self.order = self.feed.order
        self.method = make_method(self.stage, self.classifier, self.order, number).to(self.device)
        self.phases = self.method.phases()
        self.optimizers = make_optimizers(self.method, self.config)
        self.totals = _Totals()

    def resume(self) -> None:
        """Continue from ``checkpoint.pt``. Raises ``RunError`` where it is damaged or of other images."""
        saved = load_torch(self.job.folder.checkpoint, "checkpoint")
        try:
            if saved["images"] != self._images():
                raise RunError("the checkpoint was made with other images; --overwrite starts again")
            self._begin(saved["stage"])
            self.classifier.load_state_dict(saved["model"])
            self.method.load_state_dict(saved["method"])
            for optimizer, state in zip(self.optimizers.values(), saved["optimizers"], strict=True):
                optimizer.load_state_dict(state)
            self.precision.scaler.load_state_dict(saved["scaler"])
            self.step, self.kept = saved["step"], saved["kept"]
            self.rows = [AdaptationRow(**row) for row in saved["rows"]]
            self.totals = _Totals(**saved["totals"])
            torch.set_rng_state(saved["random"])
            if self.device.type == "cuda":
                torch.cuda.set_rng_state(saved["random_cuda"], self.device)
        except (KeyError, TypeError, ValueError, IndexError, RuntimeError) as error:
            reason = str(error).splitlines()[0]
            raise RunError(f"{self.job.folder.checkpoint}: damaged checkpoint ({reason})") from error
        self.job.report(Log(f"resuming at step {self.step} of {self.order.steps} of stage {self.stage.name!r}"))

    def save(self) -> None:
        """Write ``checkpoint.pt``, ``log.csv`` and ``curves.png``, each whole or not at all."""
        folder = self.job.folder
        save_torch(
            folder.checkpoint,
            {
                "images": self._images(),
                "stage": self.number,
                "step": self.step,
                "model": self.classifier.state_dict(),
                "method": self.method.state_dict(),
                "optimizers": [optimizer.state_dict() for optimizer in self.optimizers.values()],
                "scaler": self.precision.scaler.state_dict(),
                "random": torch.get_rng_state(),
                "random_cuda": torch.cuda.get_rng_state(self.device) if self.device.type == "cuda" else None,
                "rows": [attrs.asdict(row) for row in self.rows],
                "totals": attrs.asdict(self.totals),
                "kept": self.kept,
            },
        )
        write_log(folder.path / LOG, self.rows, AdaptationRow)
        if self.rows:
            write_bytes(folder.path / CURVES, draw_adaptation(self.rows))
        self.saved = time.monotonic()

    def run(self) -> None:
        """Go through all stages, and leave in the classifier the weights that are to be kept.

        Raises ``RunError`` where the loss is no longer finite. On Ctrl-C the step in hand is finished, and the
        checkpoint is of that step.
        """
        with interrupts_noted() as self.asked:
            try:
                self._finish_stage()
                for number in range(self.number + 1, len(self.stages)):
                    self._begin(number)
                    self._finish_stage()
            except Stopped:
                self.save()
                raise
        self.save()
        self.classifier.load_state_dict(self.kept if self.kept is not None else self._adapted())

    def _finish_stage(self) -> None:
        if self.totals.steps and self.step % self.order.steps_per_epoch == 0:  # interrupted while it was measured
            self._finish_epoch()
        while self.step < self.order.steps:
            self._epoch()

    def _epoch(self) -> None:
        epoch = self.order.epoch(self.step)
        last = (epoch + 1) * self.order.steps_per_epoch
        if self.step == last - self.order.steps_per_epoch and self.method.wants_survey(epoch):
            self.method.survey(self._survey(epoch))
        seconds, start = self.totals.seconds, time.monotonic()
        self._train()
        for done, batch in enumerate(self.feed.batches(self.step, last, self.method.source_free), 1):
            self._step(batch)
            self.totals.seconds = seconds + time.monotonic() - start
            self._progress(done / max(time.monotonic() - start, 1e-9))
            self._may_stop()
            if self.step % CHECKPOINT_STEPS == 0:
                self.save()
        self._finish_epoch()

    def _may_stop(self) -> None:
        if self.asked.stop:
            raise Stopped

    def _train(self) -> None:
        self.classifier.train()
        self.classifier.backbone.train(not self.stage.on_pooled)
        self.method.train()

    def _step(self, batch: Batch) -> None:
        set_lr(self.optimizers, self._lr(self.step))
        terms = take_step(self.phases, self.optimizers, self._on_device(batch), self.precision)
        self.step += 1
        self.totals.steps += 1
        for name, value in zip(terms, torch.stack(list(terms.values())).tolist(), strict=True):
            if not math.isfinite(value):
                raise RunError(f"the loss {name!r} is {value} at step {self.step}; lower --lr (now {self.config.lr:g})")
            self.totals.terms[name] = self.totals.terms.get(name, 0.0) + value

    def _lr(self, step: int) -> float:
        return self.config.lr * lr_factor(self.config.schedule, step, self.order.steps, 0)

    def _on_device(self, batch: Batch) -> Batch:
        def put(tensor: Tensor) -> Tensor:
            layout = self.layout if tensor.ndim == 4 else torch.preserve_format
            return tensor.to(self.device, non_blocking=True, memory_format=layout)

        return attrs.evolve(
            batch,
            source=put(batch.source), labels=put(batch.labels), source_numbers=put(batch.source_numbers),
            target=put(batch.target), target_numbers=put(batch.target_numbers),
        )  # fmt: skip

    def _finish_epoch(self) -> None:
        """Measure, and now and then write a checkpoint. Interrupted here, a run goes on with measuring."""
        epoch, totals = self.order.epoch(self.step - 1), self.totals
        _, logits = self._see(self.feed.target())
        test_logits = self._see(self.feed.test())[1] if self.target.test else None
        terms = {name: total / totals.steps for name, total in totals.terms.items()}
        row = AdaptationRow(
            stage=self.stage.name,
            epoch=epoch + 1,
            step=self.step,
            lr=self._lr(self.step - 1),
            loss=sum(terms.values()),
            terms=tell_terms(terms),
            snd=soft_neighbourhood_density(logits),
            im=information_maximisation(logits),
            images_per_s=totals.steps * self.order.source_batch / max(totals.seconds, 1e-9),
            **accuracies(self.target, self.job.data.classes, logits, test_logits),
        )
        before = [getattr(each, self.select) for each in self.rows if each.stage == row.stage] if self.kept else []
        if self.stage.adapts and self.select != "last" and getattr(row, self.select) > max(before, default=-math.inf):
            self.kept = {name: value.detach().cpu().clone() for name, value in self._adapted().items()}
        self.rows.append(row)
        self.totals = _Totals()
        if time.monotonic() - self.saved > SAVE_EVERY_S:
            self.save()
        self.job.report(Log(row.describe(self.order.epochs)))

    def _survey(self, epoch: int) -> Survey:
        target, logits = self._see(self.feed.target())
        labels = torch.as_tensor(self.source.labels)
        source = target[:0] if self.method.source_free else self._see(self.feed.source())[0]
        return Survey(
            source.to(self.device), labels[: len(source)].to(self.device), target.to(self.device),
            logits.to(self.device), epoch,
        )  # fmt: skip

    def _see(self, images: Iterator[Tensor]) -> tuple[Tensor, Tensor]:
        """Features (N, D) and logits (N, K) of images that are not varied, in float32 and on the CPU."""
        self.classifier.eval()
        features, logits = [], []
        with torch.inference_mode():
            for inputs in images:
                self._may_stop()
                seen = self.method.network.features(inputs.to(self.device)).float()
                features.append(seen.cpu())
                logits.append(self.method.logits(seen).cpu())
        return torch.cat(features), torch.cat(logits)

    def _adapted(self) -> dict[str, Tensor]:
        """The state of the classifier with the method's head in it."""
        weight, bias = self.method.adapted_head()
        return {**self.classifier.state_dict(), "head.weight": weight.detach(), "head.bias": bias.detach()}

    def _images(self) -> str:
        names = [*self.source.names, "", *self.target.adapt.samples.names]
        return hashlib.sha256("\n".join(names).encode()).hexdigest()

    def _progress(self, steps_per_s: float) -> None:
        size = self.order.source_batch
        total = len(self.stages) * self.order.steps
        left = (len(self.stages) - self.number) * self.order.steps - self.step
        eta = left / steps_per_s if steps_per_s else None
        rate = steps_per_s * size or None
        self.job.report(Progress(self.stage.name, (total - left) * size, total * size, "images", rate, eta))
