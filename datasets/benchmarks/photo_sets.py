"""Further data sets of photos: ObjectNet, MetaShift, Caltech-101, Office-31 and Office-Home."""

from __future__ import annotations

from ..image_sets import SplitSource
from ..photo_layouts import OBJECTNET_FRAME_PX
from .benchmark import Benchmark
from .photo_source import PhotoSource
from .s2rda import CLASSES_39, METASHIFT_NAMES

OBJECTNET_NAMES = {  # of S2RDA-49's classes, by ObjectNet's folders
    "bag": ("tote_bag", "handbag"),
    "basket": ("basket",),
    "bench": ("bench",),
    "bicycle": ("bicycle",),
    "bottle": (
        "spray_bottle", "pill_bottle", "shampoo_bottle", "water_bottle", "cooking_oil_bottle", "beer_bottle",
        "squeeze_bottle", "wine_bottle",
    ),
    "bowl": ("mixing_salad_bowl", "soup_bowl"),
    "camera": ("still_camera", "video_camera"),
    "chair": ("chair",),
    "clock": ("alarm_clock",),
    "helmet": ("helmet",),
    "keyboard": ("keyboard",),
    "knife": ("butchers_knife", "table_knife", "bread_knife"),
    "lamp": ("desk_lamp", "standing_lamp"),
    "laptop": ("laptop_open",),
    "loudspeaker": ("speaker",),
    "microwaves": ("microwave",),
    "mug": ("mug",),
    "pillow": ("pillow", "throw_pillow"),
    "printer": ("printer",),
    "remote": ("remote_control",),
    "skateboard": ("skateboard",),
    "table": ("coffee_table",),
    "telephone": ("phone_landline", "cellphone"),
    "trashbin": ("trash_bin",),
}  # fmt: skip

OBJECTNET = PhotoSource(
    name="objectnet",
    title="ObjectNet",
    page="objectnet.dev (its terms: never train on it, and publish its images with their red line only)",
    layout="images/<folder>/<file>.png, of which the red line around it, 1 px wide, is cut off",
    splits={"test": SplitSource("images")},
    classes=OBJECTNET_NAMES,
    frame_px=OBJECTNET_FRAME_PX,
    probe="images",
    roots=(".", "objectnet-1.0"),
)
METASHIFT = PhotoSource(
    name="metashift",
    title="MetaShift",
    page="metashift.readthedocs.io (github.com/Weixin-Liang/MetaShift)",
    layout="<class>/<class>(<context>)/<file>.jpg",
    splits={"all": SplitSource()},
    classes={name: (METASHIFT_NAMES.get(name, name),) for name in CLASSES_39},
)
CALTECH_101 = PhotoSource(
    name="caltech-101",
    title="Caltech-101",
    page="data.caltech.edu/records/mzrjq-6wc02, or with torchvision.datasets.Caltech101",
    layout="101_ObjectCategories/<class>/<file>.jpg, less BACKGROUND_Google",
    probe="101_ObjectCategories",
    roots=(".", "caltech101"),
)


def _domains(name: str, title: str, page: str, layout: str, domains: tuple[str, ...]) -> PhotoSource:
    return PhotoSource(name, title, page, layout, {domain: SplitSource(domain) for domain in domains}, probe=domains[0])


OFFICE_31_PHOTOS = _domains(
    "office-31",
    "Office-31",
    "faculty.cc.gatech.edu/~judy/domainadapt",
    "amazon/images/<class>/<file>.jpg, and dslr and webcam alike",
    ("amazon", "dslr", "webcam"),
)
OFFICE_HOME_PHOTOS = _domains(
    "office-home",
    "Office-Home",
    "hemanthdv.org/officeHomeDataset.html",
    "Art/<class>/<file>.jpg, and Clipart, Product and 'Real World' alike",
    ("Art", "Clipart", "Product", "Real World"),
)
OFFICE_31 = Benchmark("office-31", "Office-31", OFFICE_31_PHOTOS)
OFFICE_HOME = Benchmark("office-home", "Office-Home", OFFICE_HOME_PHOTOS)
