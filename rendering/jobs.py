"""The job of a data set's render workers, in ``.simreal/job.json``: what was found to suit the machine."""

from __future__ import annotations

import json
from pathlib import Path

import attrs

from ..datasets.layout import job_file
from ..datasets.writing import write_whole, writing_to


@attrs.frozen
class Job:
    """The ``workers`` of ``threads`` each that were measured to be the best of a machine of ``cores``; 0: not measured.

    What a worker renders is the data set's design, and the shards it is given; on what it renders it is told when it is
    started.
    """

    workers: int = 0
    threads: int = 0
    cores: int = 0


def write_job(data: Path, job: Job) -> Path:
    """Write the job of a data set's workers. Returns its path."""
    path = job_file(data)
    with writing_to(data):
        write_whole(path, (json.dumps(attrs.asdict(job)) + "\n").encode())
    return path


def read_job(data: Path) -> Job:
    """The job of a data set; one without measurements where there is none, or one of another version."""
    try:
        return Job(**json.loads(job_file(data).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return Job()
