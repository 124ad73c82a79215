"""What the parts of a training run share: its config, its images, its folder, its device, and whom to tell."""

from __future__ import annotations

import attrs
import torch

from ..datasets.messages import Report
from ..datasets.reading import DataSet
from .config import RunConfig
from .distributed import Place
from .loading import Samples
from .measuring import MeasuredSet
from .run_folder import RunFolder
from .sources import Source


@attrs.frozen
class Job:
    """A run that is about to happen; everything in it has been checked."""

    config: RunConfig
    data: DataSet
    source: Source
    validation: Samples | None
    folder: RunFolder
    device: torch.device
    report: Report
    measured: tuple[MeasuredSet, ...] = ()
    place: Place = attrs.field(factory=Place)
