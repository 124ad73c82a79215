"""Small trees of photos in the layouts that people have them in."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image

VISDA_CLASSES = (
    "aeroplane", "bicycle", "bus", "car", "horse", "knife",
    "motorcycle", "person", "plant", "skateboard", "train", "truck",
)  # fmt: skip


def photo(path: Path, seed: int = 0, size: int = 12) -> Path:
    """A small picture of noise, as its suffix says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 256, (size, size, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path, format="PNG" if path.suffix == ".png" else "JPEG")
    return path


def photos(root: Path, names: Iterable[str]) -> Path:
    """A picture under each of these names."""
    for seed, name in enumerate(names):
        photo(root / name, seed)
    return root


def visda_2017(root: Path, per_class: int = 2) -> Path:
    """VisDA-2017's classification track: a list with labels in each split; the test images lie in nameless trunks."""
    for split in ("train", "validation"):
        lines = []
        for label, name in enumerate(VISDA_CLASSES):
            for number in range(per_class):
                photo(root / split / name / f"{name}_{number}.png", seed=100 * label + number)
                lines.append(f"{name}/{name}_{number}.png {label}\n")
        (root / split / "image_list.txt").write_text("".join(lines))
    lines = []
    for label in range(len(VISDA_CLASSES)):
        photo(root / "test" / f"trunk{label % 3:02d}" / f"{label}.jpg", seed=label)
        lines.append(f"trunk{label % 3:02d}/{label}.jpg {label}\n")
    (root / "test" / "image_list.txt").write_text("".join(lines))
    return root


def objectnet(root: Path, folders: Iterable[str] = ("bench", "butchers_knife", "bread_knife", "mug")) -> Path:
    """ObjectNet: PNGs with a red line around them, in folders with names for people, and its table of names."""
    for seed, folder in enumerate(folders):
        path = photo(root / "images" / folder / f"{seed:x}0f.png", seed=seed)
        framed = Image.new("RGB", (14, 14), (255, 0, 0))
        framed.paste(Image.open(path), (1, 1))
        framed.save(path)
    names = {folder: folder.replace("_", " ").capitalize() for folder in folders}
    (root / "mappings").mkdir()
    (root / "mappings" / "folder_to_objectnet_label.json").write_text(json.dumps(names))
    return root


def caltech_101(root: Path) -> Path:
    """Where torchvision puts Caltech-101, with its folder of clutter."""
    names = [f"{name}/image_{number:04d}.jpg" for name in ("BACKGROUND_Google", "ant", "Faces") for number in (1, 2)]
    photos(root / "caltech101" / "101_ObjectCategories", names)
    return root


def s2rda(root: Path, pairs: dict[str, int]) -> Path:
    """S2RDA's real domain: of each class so many images in each of its two lists, with blanks in their names."""
    lists: dict[str, list[str]] = {"real_val": [], "real_test": []}
    for label, (name, count) in enumerate(pairs.items()):
        for number in range(2 * count):
            path = f"real/{name}/{name} {number}.jpg"
            photo(root / path, seed=100 * label + number)
            lists[("real_val", "real_test")[number % 2]].append(path)
    (root / "splits").mkdir()
    for split, paths in lists.items():
        (root / "splits" / f"{split}.txt").write_text("".join(f"{path}\n" for path in paths))
    return root
