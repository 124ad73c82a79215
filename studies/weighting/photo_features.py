"""Features of renders and photos by a frozen backbone, each image's computed once and kept."""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch

from ...datasets.messages import Progress, Report
from ...datasets.pictures import FramedFile, PictureFile, TarMember
from ...datasets.reading import DataSet
from ...datasets.writing import write_bytes
from ...design.errors import AssetError
from ...training.backbones import build_classifier
from ...training.config import RunConfig
from ...training.defaults import resolve
from ...training.devices import find_device
from ...training.features import FeatureArray, finite, hash_of_weights
from ...training.inference import BATCH, for_inference
from ...training.loading import Picture, load
from ...training.transforms import CentreCrop

KEPT_AT_ONCE = 32 * BATCH  # a file of features each: what a kill can cost
_CLASSES = 2  # the head is not used


class FeatureExtractor:
    """A frozen backbone with its preprocessing. ``cache`` is a folder of features, by the hash of the weights and sizes
    and the SHA-256 of an image's bytes: an image is looked at once, whatever it is called and wherever it lies.

    Raises RunError for an unknown backbone or unusable weights, ToolError where the device is not there.
    """

    def __init__(
        self,
        backbone: str,
        *,
        image_px: int | None = None,
        weights: Path | None = None,
        device: str = "auto",
        cache: Path,
    ) -> None:
        self._device = find_device(device)
        self._config = _config(backbone, image_px, weights, device)
        model = build_classifier(self._config, _CLASSES)
        self._looking = for_inference(model, self._config.crop_px, self._device)
        parts = [hash_of_weights(model), self._config.resize_px, self._config.crop_px]
        self._folder = cache / hashlib.sha256(repr(parts).encode()).hexdigest()[:32]
        self._known: dict[str, FeatureArray] = {}
        self._read()

    def of(self, files: Sequence[PictureFile], report: Report) -> FeatureArray:
        """Features (N, D) of images, in that order. AssetError for one that is missing or damaged."""
        digests = [_digest(file) for file in files]
        new = {digest: file for digest, file in zip(digests, files, strict=True) if digest not in self._known}
        done, started = 0, time.monotonic()
        for start in range(0, len(new), KEPT_AT_ONCE):
            names = list(new)[start : start + KEPT_AT_ONCE]
            parts: list[FeatureArray] = []
            for part in self._features([new[name] for name in names]):
                parts.append(part)
                done += len(part)
                rate = done / (time.monotonic() - started)
                report(Progress("features", done, len(new), "images", rate, (len(new) - done) / rate))
            found = finite(np.concatenate(parts))
            self._keep(names, found)
        return np.stack([self._known[digest] for digest in digests]) if digests else self._nothing()

    def _features(self, files: Sequence[PictureFile]) -> Iterator[FeatureArray]:
        """Batches are filled up to one size: an image's features are the same to the bit in any company."""
        wanted = (
            [Picture(file, 0, (0, 0, number)) for number, file in enumerate(files[start : start + BATCH], start)]
            for start in range(0, len(files), BATCH)
        )
        with torch.inference_mode():
            for images, labels in load(wanted, CentreCrop(self._config.resize_px, self._config.crop_px)):
                batch = images.new_zeros(BATCH, *images.shape[1:])
                batch[: len(labels)] = images
                batch = batch.to(self._device, memory_format=torch.channels_last)
                yield self._looking.pooled(batch)[: len(labels)].float().cpu().numpy()

    def _nothing(self) -> FeatureArray:
        return np.zeros((0, self._looking.head.in_features), np.float32)

    def _keep(self, names: Sequence[str], features: FeatureArray) -> None:
        buffer = io.BytesIO()
        np.savez(buffer, names=np.array(names, "S64"), features=features)
        of_all = hashlib.sha256("".join(names).encode()).hexdigest()[:32]
        write_bytes(self._folder / f"{of_all}.npz", buffer.getvalue())
        self._known |= dict(zip(names, features, strict=True))

    def _read(self) -> None:
        for path in sorted(self._folder.glob("[!.]*.npz")):
            try:
                with np.load(path, allow_pickle=False) as kept:
                    names, features = kept["names"], kept["features"].astype(np.float32, copy=False)
            except (OSError, ValueError, EOFError, KeyError):  # damaged by something else than us: made again
                continue
            if features.ndim == 2 and len(features) == len(names):
                self._known |= {name.decode(): row for name, row in zip(names, features, strict=True)}


def _config(backbone: str, image_px: int | None, weights: Path | None, device: str) -> RunConfig:
    """What `simreal train --head-only` would take: the same weights and sizes."""
    given = {
        "backbone": backbone,
        "weights_file": None if weights is None else str(weights),
        "crop_px": image_px,
        "device": device,
        "split": "none",
        "head_only": True,
    }
    nothing = DataSet(Path(), ("one", "other"), (), "", {})
    return resolve(nothing, given)


def _digest(file: PictureFile) -> str:
    try:
        match file:
            case TarMember():
                return hashlib.sha256(file.open().read()).hexdigest()
            case FramedFile(path, frame_px):
                return hashlib.sha256(path.read_bytes() + f"frame {frame_px}".encode()).hexdigest()
            case _:
                return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise AssetError(f"{file}: cannot be read ({error.strerror or error})") from None
