"""How good features are: whether an image's nearest neighbours are of its class. Labels only measure here."""

from __future__ import annotations

import torch
from torch import Tensor

from ...datasets.accuracy import Accuracy, measure
from ..backbones import Classifier
from ..inference import BATCH, for_inference
from ..job import Job
from ..loading import Samples, batches
from ..transforms import CentreCrop

NEIGHBOURS = 5  # as Task2Sim counts (Mishra et al. 2022)


def neighbour_accuracy(model: Classifier, job: Job, known: Samples, asked: Samples) -> Accuracy:
    """Accuracy on the samples ``asked`` where each has the class of most of its nearest neighbours among ``known``."""
    features = plain_features(model, job, known)
    votes = neighbour_votes(features, torch.as_tensor(known.labels), plain_features(model, job, asked))
    return measure(asked.labels, votes.numpy(), job.data.classes)


def plain_features(model: Classifier, job: Job, samples: Samples) -> Tensor:
    """Features (N, D) of the samples without augmentation, on the CPU."""
    transform = CentreCrop(job.config.resize_px, job.config.crop_px)
    looking = for_inference(model, job.config.crop_px, job.device)
    with torch.inference_mode():
        parts = [
            looking.features(images.to(job.device)).float().cpu()
            for images, _ in batches(samples, range(len(samples)), BATCH, transform, workers=job.config.workers)
        ]
    return torch.cat(parts)


def neighbour_votes(known: Tensor, labels: Tensor, asked: Tensor, neighbours: int = NEIGHBOURS) -> Tensor:
    """The class (M,) that most of the ``neighbours`` by cosine have, of equals the one of the nearest.

    Features ``known`` (N, D) with ``labels`` (N,), ``asked`` (M, D).
    """
    known, asked = (torch.nn.functional.normalize(each, dim=1) for each in (known, asked))
    nearest = (asked @ known.T).topk(min(neighbours, len(known)), dim=1).indices
    votes = labels[nearest]
    counts = (votes[:, :, None] == votes[:, None, :]).sum(2)
    return votes.gather(1, counts.argmax(1, keepdim=True)).squeeze(1)
