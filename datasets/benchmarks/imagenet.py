"""ImageNet by synset: the classes that Tang and Jia form of its folders (CVPR 2023, table 3).

SubImageNet are the images of SubVisDA-10's ten classes, of 20 synsets. ImageNet-990 is all of ImageNet with the synsets
of one such class put together: its file of classes folds ten folders into others, which leaves 990 of 1,000.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..image_sets import SplitSource
from .photo_source import PhotoSource

SUB_CLASSES = {
    "airplane": ("n04552348",),
    "bicycle": ("n03792782", "n02835271"),
    "bus": ("n04487081", "n03769881", "n04146614"),
    "car": ("n03895866", "n04037443", "n04285008"),
    "knife": ("n03658185",),
    "motorbike": ("n03791053",),
    "plant": ("n07715103",),
    "skateboard": ("n04149813", "n03787032"),
    "train": ("n02917067",),
    "truck": ("n03345487", "n03417042", "n03930630", "n04461696", "n04467665"),
}


def _imagenet(name: str, classes: Mapping[str, tuple[str, ...]], *, others: bool = False) -> PhotoSource:
    return PhotoSource(
        name=name,
        title="ImageNet (ILSVRC 2012)",
        page="image-net.org",
        layout="train/<synset>/<file>.JPEG and, if it is there, val/<synset>/<file>.JPEG",
        splits={"train": SplitSource("train"), "val": SplitSource("val")},
        classes=classes,
        others=others,
        probe="train",
        roots=(".", "ILSVRC/Data/CLS-LOC"),
        optional=("val",),
    )


SUBIMAGENET = _imagenet("subimagenet", SUB_CLASSES)
IMAGENET_990 = _imagenet(
    "imagenet-990", {synsets[0]: synsets for synsets in SUB_CLASSES.values() if len(synsets) > 1}, others=True
)
