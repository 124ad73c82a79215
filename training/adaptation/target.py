"""The target: real images whose labels nobody may learn from. What folders tell is kept apart, for measuring alone."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

import attrs
import numpy as np
import numpy.typing as npt
from torch import Tensor

from ...datasets.accuracy import measure
from ...datasets.listings import IMAGE_SUFFIXES
from ...datasets.messages import Log, Report
from ...datasets.pictures import ListedPictures, PictureFile, Pictures, Vocabulary
from ...datasets.preprocessing import load_rgb
from ...datasets.reading import DataSet, open_data_set
from ...design.errors import DataSetError
from ..loading import Samples
from .config import Adaptation

Labels = npt.NDArray[np.int64]
UNKNOWN = -1


@attrs.frozen(eq=False)
class Unlabelled:
    """Images without labels: those of ``samples`` are all 0. ``truth`` (N,) is for measuring alone: indices into the
    source's classes, -1 where it is not known."""

    samples: Samples
    truth: Labels

    def __len__(self) -> int:
        return len(self.samples)

    @property
    def known(self) -> Samples:
        """Those whose class is known, labelled with it."""
        numbers = np.flatnonzero(self.truth != UNKNOWN).tolist()
        return attrs.evolve(self.samples.chosen(numbers), labels=self.truth[numbers])


@attrs.frozen
class Target:
    """The images that are adapted to, and those that never are (None: all are adapted to)."""

    adapt: Unlabelled
    test: Unlabelled | None

    @property
    def measured(self) -> Unlabelled:
        """What accuracy is told of: the part that is not adapted to, where there is one."""
        return self.adapt if self.test is None else self.test

    def fingerprint(self) -> str:
        """Changes when an image is added, removed, renamed or rewritten."""
        return " and ".join(part.samples.fingerprint() for part in (self.adapt, self.test) if part is not None)


def read_target(adaptation: Adaptation, classes: Sequence[str], report: Report) -> Target:
    """The target's images: a data set's split, or a folder of images without classes.

    Their order, and so everything that is learned from them, depends on names and contents of the files alone, not on
    the folders they lie in. Raises ``DataSetError`` where there are no images, or fewer than two to adapt to.
    """
    path = Path(adaptation.target)
    files = _plain_files(path)
    if files:
        names: Sequence[str] = ()
        pictures: Pictures = ListedPictures(path, np.array([os.fsencode(name) for name in files]))
        folders = np.zeros(len(files), np.int64)
    else:
        data = open_data_set(path)
        images = data.images(_split(data, adaptation.target_split))
        names, pictures, folders = data.classes, images.pictures, images.labels
        _tell_unknown(names, classes, adaptation, report)
    truth_of = [_truth(name, classes, adaptation) for name in names] or [UNKNOWN]
    order = _order(pictures)
    truth = np.array(truth_of, np.int64)[folders]
    is_test = _is_test(pictures, folders, adaptation.test_share)
    adapt = _part(pictures, truth, [number for number in order if not is_test[number]])
    test = _part(pictures, truth, [number for number in order if is_test[number]])
    if len(adapt) < 2:
        raise DataSetError(f"{path}: {len(adapt)} images to adapt to; there have to be two or more")
    return Target(adapt, test if len(test) else None)


def accuracies(target: Target, classes: Sequence[str], adapt: Tensor, test: Tensor | None) -> dict[str, float]:
    """What the logits (N, K) of the two parts come to, where labels are known: ``adapt_top1``, ``adapt_mean``, ...

    ``test`` is None where all is adapted to.
    """
    found: dict[str, float] = {}
    for name, part, logits in (("adapt", target.adapt, adapt), ("test", target.test, test)):
        if part is not None and logits is not None and (known := part.truth != UNKNOWN).any():
            share = measure(part.truth[known], logits.argmax(1).numpy()[known], classes)
            found |= {f"{name}_top1": share.top1, f"{name}_mean": share.mean_class_accuracy}
    return found


def _plain_files(path: Path) -> list[str]:
    """The images of a folder that has nothing but images; none where it has folders of them, or is no folder."""
    if not path.is_dir():
        return []
    children = sorted(child for child in path.iterdir() if not child.name.startswith("."))
    if any(child.is_dir() for child in children):
        return []
    return [child.name for child in children if child.suffix.lower() in IMAGE_SUFFIXES]


def _split(data: DataSet, asked: str | None) -> str:
    if asked is not None:
        return asked
    if len(data.splits) == 1:
        return data.splits[0]
    if "train" in data.splits:
        return "train"
    raise DataSetError(f"{data.path} has several splits; choose with --target-split: {', '.join(data.splits)}")


def _truth(name: str, classes: Sequence[str], adaptation: Adaptation) -> int:
    called = adaptation.aliases.get(name, name)
    return classes.index(called) if called in classes else UNKNOWN


def _tell_unknown(names: Sequence[str], classes: Sequence[str], adaptation: Adaptation, report: Report) -> None:
    unknown = [name for name in names if _truth(name, classes, adaptation) == UNKNOWN]
    if unknown:
        report(
            Log(
                f"adapted to, but not measured, as the source has no such class: {', '.join(unknown)} "
                "(name pairs with --alias FOLDER=CLASS, or leave these folders out)",
                "warning",
            )
        )


def _order(pictures: Pictures) -> list[int]:
    """By file name; files of one name in several folders by what is in them."""
    names = [_file_name(pictures, number) for number in range(len(pictures))]
    count: dict[str, int] = {}
    for name in names:
        count[name] = count.get(name, 0) + 1
    return sorted(
        range(len(names)),
        key=lambda number: (names[number], _digest(pictures[number]) if count[names[number]] > 1 else ""),
    )


def _is_test(pictures: Pictures, folders: Labels, share: float) -> npt.NDArray[np.bool_]:
    """Of every folder that share of the images whose names' hashes come first: a larger share holds the smaller."""
    chosen = np.zeros(len(pictures), bool)
    for folder in np.unique(folders):
        numbers = np.flatnonzero(folders == folder)
        ranked = sorted(numbers, key=lambda number: _hash(_file_name(pictures, number).encode()))
        chosen[ranked[: int(share * len(ranked) + 0.5)]] = True
    return chosen


def _part(pictures: Pictures, truth: Labels, numbers: list[int]) -> Unlabelled:
    models = Vocabulary()
    models.add([None] * len(numbers))
    samples = Samples(pictures.chosen(numbers), np.zeros(len(numbers), np.int64), models.words())
    return Unlabelled(samples, truth[numbers])


def _file_name(pictures: Pictures, number: int) -> str:
    return pictures.name(int(number)).rpartition("/")[2]


def _digest(file: PictureFile) -> str:
    return _hash(load_rgb(file).tobytes())


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
