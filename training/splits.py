"""The splits that a run is about: what it is trained on, and what it is measured on."""

from __future__ import annotations

from ..datasets.messages import Report
from ..datasets.reading import DataSet
from .config import RunConfig
from .evaluation import samples_for
from .loading import Samples, read_samples
from .prefix import balanced_prefix


def training_samples(data: DataSet, config: RunConfig) -> Samples:
    """The images to train on, of which ``config.limit`` takes a prefix. Raises what ``read_samples`` raises."""
    samples = read_samples(data, config.split)
    return samples.chosen(balanced_prefix(samples.labels, config.limit)) if config.limit else samples


def validation_samples(data: DataSet, config: RunConfig, report: Report) -> Samples | None:
    """The images to measure on; None where the run has none. Raises what ``samples_for`` raises."""
    if config.validation_split is None:
        return None
    return samples_for(data, config.validation_split, data.classes, {}, report)
