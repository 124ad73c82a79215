"""The jobs that make and remove the training environment, and what stands in their way."""

from __future__ import annotations

from .job_watch import watch
from .jobs import Job, Order
from .preferences import own_environment

VERB = "environment"
PATIENCE_S = 120.0  # removing tens of thousands of files from a busy disk takes its time


def start(title: str, *steps: tuple[str, ...]) -> Job:
    """Start a job on the environment at once, beside the queue. Raises ToolError."""
    return watch().start(Order(VERB, title, str(own_environment().path), steps, in_line=False, patience_s=PATIENCE_S))


def environment_job() -> Job | None:
    """The newest job that made or removed the environment, or is about to."""
    return watch().board.latest(VERB, str(own_environment().path))


def busy_with() -> str:
    """Why the environment may not be made or removed now; "" where it may."""
    job = environment_job()
    if job is not None and job.is_unfinished:
        return "The training environment is being worked on"
    if any(job.order.verb == "train" and job.is_live for job in watch().board):
        return "Training is running or queued: wait for it, or cancel it"
    return ""
