"""Features of a stream: every image goes through the frozen backbone once, and the head is fitted when all have.

They are kept in the run's folder, in parts: with a part goes where in the stream it ended, so that it is a checkpoint.
"""

from __future__ import annotations

import time
from pathlib import Path

import attrs
import numpy as np
import torch

from ..datasets.messages import Log, Progress
from ..design.errors import RunError
from .backbones import Classifier
from .features import FeatureArray, finite
from .inference import BATCH, for_inference
from .interruption import interrupts_noted
from .job import Job
from .run_folder import load_torch, save_torch
from .streaming import Stream

PART_BATCHES = 64  # 1,024 images


@attrs.frozen
class Seen:
    """Features (N, D) of the images of a stream, their labels and 3D models."""

    features: FeatureArray
    labels: tuple[int, ...]
    models: tuple[str | None, ...]

    def __len__(self) -> int:
        return len(self.labels)


def stream_features(model: Classifier, job: Job, stream: Stream) -> Seen:
    """Features of as many images as the config asks for (else as its split has), from where the parts there end.

    On Ctrl-C what was seen so far is kept as a part.
    """
    total = job.config.images or stream.epoch_images
    stream.expect(total)
    parts = _read_parts(job, stream)
    stream.open()
    looking = for_inference(model, job.config.crop_px, job.device)
    while (done := sum(map(len, parts))) < total:
        parts.append(_part(looking, job, stream, done, min(done + PART_BATCHES * BATCH, total)))
    return Seen(
        finite(np.concatenate([part.features for part in parts])),
        tuple(label for part in parts for label in part.labels),
        tuple(name for part in parts for name in part.models),
    )


def _part(model: Classifier, job: Job, stream: Stream, first: int, stop: int) -> Seen:
    """The next images of the stream, written as a part."""
    features: list[FeatureArray] = []
    labels: list[int] = []
    models: list[str | None] = []
    start = time.monotonic()
    total = job.config.images or stream.epoch_images

    def tell() -> None:
        done = first + len(labels)
        rate = len(labels) / max(time.monotonic() - start, 1e-9) or None
        left = (total - done) / rate if rate else None
        job.report(Progress("features", done, total, "images", rate, left, stream.note))

    with torch.inference_mode(), interrupts_noted() as asked:

        def waiting() -> bool:
            tell()
            return asked.stop

        for images, truth in stream.batches(0, first, stop, BATCH, waiting):
            features.append(model.pooled(images.to(job.device)).float().cpu().numpy())
            labels += truth.tolist()
            models += [picture.model for picture in stream.seen]
            tell()
            if asked.stop:
                break
        part = Seen(np.concatenate(features), tuple(labels), tuple(models)) if features else None
        if part is not None:
            _write_part(_folder(job) / f"stream-{first:08d}.pt", part, stream)
        if asked.stop:
            raise KeyboardInterrupt
    assert part is not None, "a part has images, or training was asked to stop"
    return part


def _write_part(path: Path, part: Seen, stream: Stream) -> None:
    values = {"features": torch.from_numpy(part.features), "labels": list(part.labels), "models": list(part.models)}
    save_torch(path, {**values, "source": stream.state()})
    stream.checkpointed()


def _read_parts(job: Job, stream: Stream) -> list[Seen]:
    """The parts of this run that are there; the stream goes on where they end."""
    parts: list[Seen] = []
    for path in sorted(_folder(job).glob("stream-*.pt")):
        saved = load_torch(path, "part of the features")
        try:
            parts.append(Seen(saved["features"].numpy(), tuple(saved["labels"]), tuple(saved["models"])))
            stream.restore(saved["source"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise RunError(f"{path}: damaged ({error}); --overwrite starts again") from error
    if parts:
        job.report(Log(f"resuming after {sum(map(len, parts))} images"))
    return parts


def _folder(job: Job) -> Path:
    return job.folder.path / "features"
