"""The job of render workers: what the parent writes into ``.simreal/job.json`` and every worker reads."""

from __future__ import annotations

import json
from pathlib import Path

import attrs

from ..datasets.layout import job_file
from ..datasets.writing import write_whole, writing_to
from ..design.errors import DataSetError


@attrs.frozen
class Job:
    """How a worker renders; what it renders is the data set's design, and the shards it is given."""

    threads: int = 1
    device: str = "cpu"


def write_job(data: Path, job: Job) -> Path:
    """Write the job of a data set's workers. Returns its path."""
    path = job_file(data)
    with writing_to(data):
        write_whole(path, (json.dumps(attrs.asdict(job)) + "\n").encode())
    return path


def read_job(path: Path) -> Job:
    """The job in a file. DataSetError where it cannot be read."""
    try:
        return Job(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise DataSetError(f"{path}: cannot be read as a render job ({error})") from None
