"""S2RDA: from synthetic to real images of 49 or 39 classes (Tang and Jia, CVPR 2023, section 4.3 and table 4).

The synthetic domain is rendered from ShapeNetCore and models of three classes that it lacks. Half of the real domain is
``real_val``, half ``real_test``, by lists of lines ``real/<class>/<file>.jpg``. The real images of S2RDA-49 come from
ImageNet, ObjectNet, VisDA-2017 and the web, those of S2RDA-MS-39 from MetaShift. The published files have a class
``motorcycle`` that SubVisDA-10 calls ``motorbike``.
"""

from __future__ import annotations

from ...design.shapenet import SYNSETS
from ..image_sets import SplitSource
from .benchmark import Benchmark, Figures
from .photo_source import PhotoSource

NOT_IN_SHAPENET = ("bicycle", "plant", "truck")
CLASSES_49 = (
    "airplane", "bag", "basket", "bathtub", "bed", "bench", "bicycle", "birdhouse", "bottle", "bowl", "bus", "cabinet",
    "camera", "cap", "car", "chair", "clock", "dishwasher", "filecabinet", "flowerpot", "guitar", "helmet", "keyboard",
    "knife", "lamp", "laptop", "loudspeaker", "mailbox", "microphone", "microwaves", "motorcycle", "mug", "piano",
    "pillow", "plant", "printer", "remote", "rifle", "skateboard", "sofa", "stove", "table", "telephone", "tower",
    "train", "trashbin", "truck", "washer", "watercraft",
)  # fmt: skip
NOT_IN_METASHIFT = (
    "birdhouse", "cap", "filecabinet", "flowerpot", "guitar", "mailbox", "microphone", "piano", "rifle", "washer",
)  # fmt: skip
CLASSES_39 = tuple(name for name in CLASSES_49 if name not in NOT_IN_METASHIFT)
OTHER_NAMES = {"motorcycle": "motorbike"}  # in trees of other benchmarks
METASHIFT_NAMES = {
    "loudspeaker": "speaker",
    "microwaves": "microwave",
    "mug": "coffee mug",
    "remote": "remote control",
    "table": "coffee table",
    "telephone": "cell phone",
    "trashbin": "trash can",
    "watercraft": "boat",
}
PROJECT = "github.com/huitangtang/On_the_Utility_of_Synthetic_Data"


def synset_of(name: str) -> str:
    """The ShapeNetCore synset whose models show a class; "" for those of ``NOT_IN_SHAPENET``."""
    return next((synset for synset, known in SYNSETS.items() if known == name), "")


def _real(name: str, title: str, classes: tuple[str, ...]) -> PhotoSource:
    return PhotoSource(
        name=name,
        title=f"real domain of {title}",
        page=PROJECT,
        layout="real/<class>/<file>.jpg",
        splits={split: SplitSource(list=f"{split}.txt") for split in ("real_val", "real_test")},
        classes={name: (name, OTHER_NAMES[name]) if name in OTHER_NAMES else (name,) for name in classes},
        probe="real",
        lists_page=f"new_benchmark/{title}/splits in {PROJECT}",
    )


S2RDA_49_REAL = _real("s2rda-49-real", "S2RDA-49", CLASSES_49)
S2RDA_MS_39_REAL = _real("s2rda-ms-39-real", "S2RDA-MS-39", CLASSES_39)

S2RDA_49 = Benchmark(
    name="s2rda-49",
    title="S2RDA-49",
    photos=S2RDA_49_REAL,
    preset="s2rda-49",
    target="real_val",
    tests=("real_val", "real_test"),
    published={
        "none": Figures(51.89, 42.19),
        "dann": Figures(47.06, 47.64),
        "mcd": Figures(42.51, 47.77),
        "rca": Figures(47.07, 48.46),
        "srdc": Figures(61.52, 52.98),
        "disclusterda": Figures(53.03, 52.34),
    },
    published_in="Tang and Jia 2023, table 4",
)
S2RDA_MS_39 = Benchmark(
    name="s2rda-ms-39",
    title="S2RDA-MS-39",
    photos=S2RDA_MS_39_REAL,
    preset="s2rda-ms-39",
    target="real_val",
    tests=("real_val", "real_test"),
    published={
        "none": Figures(22.03, 20.54),
        "dann": Figures(22.82, 22.20),
        "mcd": Figures(22.07, 22.16),
        "rca": Figures(23.34, 22.53),
        "srdc": Figures(25.83, 24.55),
        "disclusterda": Figures(27.14, 25.33),
    },
    published_in="Tang and Jia 2023, table 4",
)
