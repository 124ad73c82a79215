"""VisDA-2017's classification track (Peng et al. 2017, arXiv 1710.06924), and ten of its classes as SubVisDA-10."""

from __future__ import annotations

from ..image_sets import SplitSource
from .benchmark import Benchmark, Figures
from .photo_source import PhotoSource

CLASSES = (
    "aeroplane", "bicycle", "bus", "car", "horse", "knife",
    "motorcycle", "person", "plant", "skateboard", "train", "truck",
)  # fmt: skip
SUB_CLASSES = {
    "airplane": ("aeroplane", "airplane"),
    "bicycle": ("bicycle",),
    "bus": ("bus",),
    "car": ("car",),
    "knife": ("knife",),
    "motorbike": ("motorcycle", "motorbike"),
    "plant": ("plant",),
    "skateboard": ("skateboard",),
    "train": ("train",),
    "truck": ("truck",),
}
_PAGE = "ai.bu.edu/visda-2017 (github.com/VisionLearningGroup/taskcv-2017-public)"
_LAYOUT = "train/<class>/<file>.png and validation/<class>/<file>.jpg, each beside its image_list.txt"

VISDA_2017_PHOTOS = PhotoSource(
    name="visda-2017",
    title="VisDA-2017",
    page=_PAGE,
    layout=_LAYOUT,
    splits={
        "train": SplitSource("train"),
        "validation": SplitSource("validation"),
        "test": SplitSource("test", "test/image_list.txt"),
    },
    numbers=CLASSES,
    classes={name: (name,) for name in CLASSES},
    probe="train",
    optional=("test",),
)
SUBVISDA_10_PHOTOS = PhotoSource(
    name="subvisda-10",
    title="VisDA-2017",
    page=_PAGE,
    layout=_LAYOUT,
    splits={"train": SplitSource("train"), "validation": SplitSource("validation")},
    classes=SUB_CLASSES,
    probe="train",
)

VISDA_2017 = Benchmark(
    name="visda-2017",
    title="VisDA-2017",
    photos=VISDA_2017_PHOTOS,
    source="train",
    target="validation",
    tests=("validation",),
    published={
        "none": Figures(None, 51.7),
        "mcd": Figures(None, 77.7),
        "dann": Figures(None, 79.5),
        "cdan": Figures(None, 80.1),
        "mcc": Figures(None, 83.6),
    },
    published_in="public libraries, ResNet-101 with ImageNet weights",
)
SUBVISDA_10 = Benchmark(
    name="subvisda-10",
    title="SubVisDA-10",
    photos=SUBVISDA_10_PHOTOS,
    source="train",
    target="validation",
    tests=("validation",),
)
