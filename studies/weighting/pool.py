"""A pool: images that exist, with what was drawn in each and their frozen features. What designs are judged by without
rendering anything."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import attrs
import numpy as np
import numpy.typing as npt

from ...datasets.layout import DESIGN_FILE
from ...datasets.messages import Report
from ...datasets.pictures import PictureFile
from ...datasets.reading import open_data_set
from ...datasets.records import Row
from ...design.design import Design
from ...design.document import load, overridden
from ...design.errors import DataSetError, RunError
from ...training.features import FeatureArray
from .likelihood import Columns, Flags, Floats, atoms_of, columns_of, log_likelihood_of
from .photo_features import FeatureExtractor


@attrs.frozen
class Source:
    """Where images of a pool were drawn: ``count`` of a ``split`` of a ``design``."""

    design: Design
    split: str
    count: int


@attrs.frozen(eq=False)
class Pool:
    """Images in the order of ``rows``: their files ``paths``, ``labels`` (N,) and ``features`` (N, D).

    ``sources`` are the mixture they were drawn from, the rows of each after one another; all have the same classes.
    """

    sources: tuple[Source, ...]
    rows: tuple[Row, ...]
    paths: tuple[PictureFile, ...]
    labels: npt.NDArray[np.int64]
    features: FeatureArray

    def __len__(self) -> int:
        return len(self.rows)

    def joined(self, other: Pool) -> Pool:
        """Both pools as one. RunError where their classes differ."""
        ours, theirs = self.sources[0].design.class_names, other.sources[0].design.class_names
        if ours != theirs:
            raise RunError(f"images of the classes {', '.join(theirs)} cannot be put to those of {', '.join(ours)}")
        return Pool(
            (*self.sources, *other.sources),
            (*self.rows, *other.rows),
            (*self.paths, *other.paths),
            np.concatenate([self.labels, other.labels]),
            np.concatenate([self.features, other.features]),
        )

    @cached_property
    def columns(self) -> Columns:
        """What was drawn, an array (N,) for every factor's flag and parameter: ``background.drawn``, ..."""
        return columns_of(self.sources[0].design, self.rows)

    @cached_property
    def atoms(self) -> dict[str, Flags]:
        """Values that a source draws with a probability above 0; see ``atoms_of``."""
        return atoms_of(self._drawing, self.columns)

    @cached_property
    def log_mixture(self) -> Floats:
        """The log likelihood (N,) of each image under the mixture of the sources."""
        each = [
            np.log(source.count / len(self)) + log_likelihood_of(design, self.columns, self.atoms)
            for source, design in zip(self.sources, self._drawing, strict=True)
        ]
        mixture: Floats = np.logaddexp.reduce(each)
        return mixture

    @property
    def _drawing(self) -> list[Design]:
        """The sources' designs as their splits see them."""
        return [overridden(source.design, source.design.split(source.split)) for source in self.sources]


def read_pool(data: Path, split: str, extractor: FeatureExtractor, report: Report) -> Pool:
    """The pool of a rendered data set's split. DataSetError where the data set was not rendered by Simreal, or where
    the split is not finished."""
    opened = open_data_set(data)
    if not opened.design_hash:
        raise DataSetError(f"{data}: was not rendered by Simreal: nothing is known of what was drawn in its images")
    images, rows = opened.images(split), tuple(opened.rows(split))
    if not rows:
        raise DataSetError(f"{data}: split '{split}' has no images")
    paths = tuple(images.pictures[number] for number in range(len(rows)))
    design = load(opened.path / DESIGN_FILE)
    return Pool((Source(design, split, len(rows)),), rows, paths, images.labels, extractor.of(paths, report))
