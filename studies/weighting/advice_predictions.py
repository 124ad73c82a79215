"""What a classifier says of photos: a head fitted to the renders' features, or a trained run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from ...datasets.messages import Progress, Report
from ...training.features import FeatureArray
from ...training.inference import BATCH, for_inference
from ...training.linear_head import fit_head
from ...training.loading import Picture, load, reported
from ...training.trained import TrainedModel
from ...training.transforms import CentreCrop
from .compared import Floats
from .pool import Pool


def head_probabilities(pool: Pool, photos: FeatureArray, classes: int, seed: int, report: Report) -> Floats:
    """Probabilities (P, K) by a linear head on the frozen features of the pool's images, as ``train --head-only`` fits
    it: its strength is chosen on renders, no photo takes part."""
    fit = fit_head(
        [pool.features],
        pool.labels.tolist(),
        [str(row["model"]) for row in pool.rows],
        classes,
        seed=seed,
        progress=lambda done, total: report(Progress("head", done, total, "fits")),
    )
    logits = torch.from_numpy(photos) @ fit.weight.T + fit.bias
    return logits.softmax(1).numpy().astype(np.float64)


def run_probabilities(model: TrainedModel, paths: Sequence[Path], device: torch.device, report: Report) -> Floats:
    """Probabilities (P, K) by a trained run. AssetError for a damaged photo."""
    looking = for_inference(model.classifier, model.crop_px, device)
    wanted = (
        [Picture(path, 0, (0, 0, number)) for number, path in enumerate(paths[start : start + BATCH], start)]
        for start in range(0, len(paths), BATCH)
    )
    loader = load(wanted, CentreCrop(model.resize_px, model.crop_px))
    with torch.inference_mode():
        logits = torch.cat(
            [
                looking(images.to(device)).float().cpu()
                for images, _ in reported(loader, len(paths), "photos", report, unit="photos")
            ]
        )
    return logits.softmax(1).numpy().astype(np.float64)
