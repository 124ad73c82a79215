"""Small data sets of coloured shapes, in the layouts that training reads: rendered by Simreal, and plain folders."""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from simreal.design.design import Design, DesignClass, Split
from simreal.design.document import save
from simreal.design.starter_catalogue import STARTER_CLASSES, starter_model_names

SHAPES = ("disc", "square", "cross")
MODELS = 4


def shape(name: str, seed: int, size: int = 40) -> Image.Image:
    """A shape of any colour on a noisy ground; ``seed`` decides place, size and colours."""
    random = np.random.default_rng(seed)
    ground = random.integers(0, 90, 3) + random.integers(0, 40, (size, size, 3))
    image = Image.fromarray(ground.astype(np.uint8))
    draw = ImageDraw.Draw(image)
    colour = tuple(int(value) for value in random.integers(150, 256, 3))
    radius = size * random.uniform(0.22, 0.32)
    x, y = (size * random.uniform(0.4, 0.6) for _ in range(2))
    box = (x - radius, y - radius, x + radius, y + radius)
    if name == "disc":
        draw.ellipse(box, fill=colour)
    elif name == "square":
        draw.rectangle(box, fill=colour)
    else:
        draw.line((box[0], box[1], box[2], box[3]), fill=colour, width=4)
        draw.line((box[0], box[3], box[2], box[1]), fill=colour, width=4)
    return image


def plain_folders(root: Path, splits: Mapping[str, int], shapes: tuple[str, ...] = SHAPES) -> Path:
    """``root/split/shape/number.png``, with so many images a class per split; split "" puts the classes into root."""
    for number, (split, per_class) in enumerate(splits.items()):
        for label, name in enumerate(shapes):
            folder = root / split / name
            folder.mkdir(parents=True)
            for index in range(per_class):
                shape(name, 10_000 * number + 1000 * label + index).save(folder / f"{index}.png")
    return root


def rendered(root: Path, splits: Mapping[str, int], shapes: tuple[str, ...] = SHAPES) -> Path:
    """The same as a rendered data set: ``design.json`` and a metadata row an image, MODELS "3D models" a class."""
    plain_folders(root, splits, shapes)
    models = starter_model_names(STARTER_CLASSES[0])[:MODELS]
    classes = tuple(DesignClass(name, models=tuple(f"starter:{model}" for model in models)) for name in shapes)
    counts = tuple(Split(name, per_class * len(shapes)) for name, per_class in splits.items())
    save(Design("shapes", classes, splits=counts), root / "design.json")
    for split in splits:
        files = sorted((root / split).rglob("*.png"))
        for index, file in enumerate(files):
            Image.open(file).save(file.with_name(f"{index:08d}.jpg"), quality=95)
            file.unlink()
        rows = [
            {
                "file_name": f"{file.parent.name}/{index:08d}.jpg",
                "index": index,
                "split": split,
                "class": file.parent.name,
                "model": models[index % MODELS],
            }
            for index, file in enumerate(files)
        ]
        (root / split / "metadata.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return root
