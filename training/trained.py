"""A trained classifier as a file: ``model.pt`` holds all that is needed to use it, without the run's config."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs

from ..datasets.reading import DataSet
from ..design.errors import RunError
from .backbones import Classifier, Normalisation, architecture, create_backbone, feature_count
from .config import RunConfig
from .run_folder import RunFolder, load_torch, save_torch


@attrs.frozen
class TrainedModel:
    """A classifier (in evaluation mode, on the CPU) with its class names in label order and its resizing rule."""

    classifier: Classifier
    classes: tuple[str, ...]
    architecture: str
    backbone: str
    resize_px: int
    crop_px: int
    design_hash: str


def save_trained(folder: RunFolder, classifier: Classifier, config: RunConfig, data: DataSet) -> None:
    """Write ``model.pt``."""
    save_torch(
        folder.model,
        {
            "simreal_model": 1,
            "state_dict": {name: value.cpu() for name, value in classifier.state_dict().items()},
            "classes": list(data.classes),
            "architecture": architecture(config),
            "backbone": config.backbone,
            "bottleneck": config.adaptation.bottleneck if config.adaptation else 0,
            "knows_classes": knows_classes(config),
            "resize_px": config.resize_px,
            "crop_px": config.crop_px,
            "design_hash": data.design_hash,
        },
    )


def knows_classes(config: RunConfig) -> bool:
    """Whether the head of such a run is trained: pre-training without labels makes a backbone only."""
    return config.pretraining is None or config.pretraining.label_weight > 0


def load_trained(run: Path) -> TrainedModel:
    """Read a run's ``model.pt``. Raises ``RunError`` where it is no run, not finished, or damaged."""
    folder = RunFolder(run)
    if not run.is_dir():
        raise RunError(f"{run}: no such run folder")
    folder.config()
    if not folder.model.is_file():
        raise RunError(
            f"{run}: training has not finished (no {folder.model.name}); continue with simreal train --resume"
        )
    values = load_torch(folder.model, "model")
    if not values.get("knows_classes", True):
        raise RunError(
            f"{run}: was pre-trained without labels and knows no classes; train it: "
            f"simreal train DATA --backbone {values['backbone']} --weights {folder.model}"
        )
    try:
        return _trained(values)
    except (KeyError, TypeError, RuntimeError) as error:
        raise RunError(
            f"{folder.model}: not a complete model of this version ({str(error).splitlines()[0]})"
        ) from error


def _trained(values: dict[str, Any]) -> TrainedModel:
    classes = tuple(values["classes"])
    backbone = create_backbone(values["architecture"], values["crop_px"])
    unset = Normalisation((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))  # the true one is in the state dict
    bottleneck = values.get("bottleneck", 0)  # models written before there was one have none
    classifier = Classifier(backbone, feature_count(backbone, values["crop_px"]), len(classes), unset, bottleneck)
    classifier.load_state_dict(values["state_dict"])
    return TrainedModel(
        classifier=classifier.eval(),
        classes=classes,
        architecture=values["architecture"],
        backbone=values["backbone"],
        resize_px=values["resize_px"],
        crop_px=values["crop_px"],
        design_hash=values["design_hash"],
    )
