"""What tests of inspections share: a rendered data set whose failures are planted, photos, and runs fitted to it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import attrs
import numpy as np
import torch
from PIL import Image

from simreal.datasets.metadata import image_row
from simreal.datasets.reading import open_data_set
from simreal.design.design import Design, DesignClass, Split
from simreal.design.document import load, save
from simreal.design.sampling import Sampler
from simreal.training.backbones import build_classifier
from simreal.training.config import RunConfig
from simreal.training.loading import batches, read_samples
from simreal.training.run_folder import RunFolder
from simreal.training.trained import save_trained
from simreal.training.transforms import CentreCrop

COLOURS = {"red": (200, 40, 40), "green": (40, 200, 40), "blue": (40, 40, 200)}
PX = 64
FAILS_ABOVE_DEG = 30.0


def coloured(name: str, seed: int) -> Image.Image:
    """A noisy picture of one colour."""
    random = np.random.default_rng(seed)
    pixels = np.array(COLOURS[name]) + random.normal(0, 25, (PX, PX, 3))
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def rendered_colours(root: Path, splits: Mapping[str, int], weights: Mapping[str, float]) -> Path:
    """A data set as rendering leaves it, with every drawn value; seen from above, an object has another's colour.

    ``weights`` are the factors that there are, with their weights.
    """
    root.mkdir(parents=True)
    names = tuple(COLOURS)
    classes = tuple(DesignClass(name, ("starter:cup/00", "starter:cup/01")) for name in names)
    design = Design("colours", classes, splits=tuple(Split(name, count) for name, count in splits.items()))
    factors = {name: attrs.evolve(settings, weight=weights.get(name, 1.0)) for name, settings in design.factors.items()}
    save(attrs.evolve(design, factors=factors), root / "design.json")
    design = load(root / "design.json")
    for split, count in splits.items():
        sampler, lines = Sampler(design, split), []
        for index in range(count):
            spec = sampler.spec(index)
            viewpoint = spec.factors["camera_viewpoint"].values
            is_above = viewpoint["elevation_deg"] > FAILS_ABOVE_DEG and split != "train"
            shown = names[(spec.label + 1) % len(names)] if is_above else spec.class_name
            row = image_row(spec, spec.models[0], (4, 4, 40, 40), 0.3)
            file = root / split / row["file_name"]
            file.parent.mkdir(parents=True, exist_ok=True)
            coloured(shown, index).save(file, quality=95)
            lines.append(json.dumps(row))
        (root / split / "metadata.jsonl").write_text("\n".join(lines) + "\n")
    return root


def colour_photos(root: Path, each: int, classes: tuple[str, ...] = tuple(COLOURS)) -> Path:
    """Photos in class folders; the first of each shows another colour."""
    for label, name in enumerate(classes):
        (root / name).mkdir(parents=True)
        for number in range(each):
            shown = name if number else classes[(label + 1) % len(classes)]
            coloured(shown, 900 + 100 * label + number).save(root / name / f"{number}.png")
    return root


def fitted_run(root: Path, data: Path, backbone: str) -> Path:
    """A finished run: a backbone of random weights, its head fitted to the features of ``train`` by least squares."""
    torch.set_num_threads(1)
    config = RunConfig(data=str(data), backbone=backbone, weights="none", crop_px=PX, resize_px=PX)
    opened = open_data_set(data)
    classifier = build_classifier(config, len(opened.classes)).eval()
    samples = read_samples(opened, "train")
    with torch.inference_mode():
        parts = [
            (classifier.features(images), labels)
            for images, labels in batches(samples, range(len(samples)), 32, CentreCrop(PX, PX))
        ]
    features = torch.cat([part for part, _ in parts]).double()
    labels = torch.nn.functional.one_hot(torch.cat([part for _, part in parts]), len(opened.classes)).double()
    mean, std = features.mean(0), features.std(0).clamp_min(1e-6)
    scaled = (features - mean) / std
    solved = torch.linalg.solve(scaled.T @ scaled + 1e-2 * len(scaled) * torch.eye(scaled.shape[1]), scaled.T @ labels)
    weight = 8 * solved.T / std
    with torch.no_grad():
        classifier.head.weight.copy_(weight)
        classifier.head.bias.copy_(-weight @ mean)
    folder = RunFolder(root)
    root.mkdir(parents=True)
    (root / "config.json").write_text(config.to_json())
    folder.update(state="finished")
    save_trained(folder, classifier, config, opened)
    return root
