"""Benchmarks: what is published to be measured on, with class maps, layouts and figures; run by ``commands.bench``."""

from __future__ import annotations

import difflib

from ...design.errors import DataSetError
from .benchmark import Benchmark
from .imagenet import IMAGENET_990, SUBIMAGENET
from .photo_sets import CALTECH_101, METASHIFT, OBJECTNET, OFFICE_31, OFFICE_HOME
from .photo_source import PhotoSource
from .s2rda import S2RDA_49, S2RDA_MS_39
from .visda import SUBVISDA_10, VISDA_2017

BENCHMARKS: dict[str, Benchmark] = {
    one.name: one for one in (S2RDA_49, S2RDA_MS_39, VISDA_2017, SUBVISDA_10, OFFICE_31, OFFICE_HOME)
}
PHOTO_SOURCES: dict[str, PhotoSource] = {
    one.name: one
    for one in (
        *(benchmark.photos for benchmark in BENCHMARKS.values()),
        *(OBJECTNET, METASHIFT, SUBIMAGENET, IMAGENET_990, CALTECH_101),
    )
}


def photo_source(name: str) -> PhotoSource:
    """The data set of photos of that name. DataSetError, with what there is, for another one."""
    if name not in PHOTO_SOURCES:
        close = difflib.get_close_matches(name, PHOTO_SOURCES, 1)
        hint = f"did you mean '{close[0]}'?" if close else f"there are: {', '.join(PHOTO_SOURCES)}"
        raise DataSetError(f"there is no data set '{name}'; {hint}")
    return PHOTO_SOURCES[name]
