"""A job in words: how far it is, what it waits for, how it ended, and what came of it."""

from __future__ import annotations

from pathlib import Path

from ..datasets.progress_text import duration
from .job_board import JobBoard
from .jobs import Job, State

ICONS = {
    State.QUEUED: "TIME",
    State.RUNNING: "PLAY",
    State.PAUSING: "PAUSE",
    State.PAUSED: "PAUSE",
    State.CANCELLING: "CANCEL",
    State.DONE: "CHECKMARK",
    State.FAILED: "ERROR",
    State.CANCELLED: "CANCEL",
    State.SKIPPED: "FORWARD",
    State.LOST: "UNLINKED",
}
KEPT = "what is finished is kept"


def fraction(job: Job) -> float:
    """How much of the present stage is done, 0 to 1; of the job's steps, while the present one has not said."""
    progress = job.progress
    if progress is None:
        return min(job.step / len(job.order.steps), 1.0)
    return min(progress.done / max(progress.total, 1), 1.0)


def bar_text(job: Job) -> str:
    """What stands in the progress bar: ``Render  31 %``."""
    if job.state is State.CANCELLING:
        return "Cancelling ..."
    if job.state is State.PAUSING:
        return "Pausing ..."
    if job.state is State.PAUSED:
        return f"Paused at {percent(job)}" if job.progress else "Paused"
    if job.state is State.QUEUED:
        return "Waits"
    if job.progress is None:
        return f"Step {job.step + 1} of {len(job.order.steps)} ..." if job.step else "Starting ..."
    stage = job.progress.stage
    return f"{stage[:1].upper()}{stage[1:]}  {percent(job)}"


def percent(job: Job) -> str:
    return f"{int(100 * fraction(job))} %"


def progress_text(job: Job) -> str:
    """``310 / 1,000 images   8.1/s   1:25 left``."""
    progress = job.progress
    if progress is None:
        return ""
    parts = [f"{progress.done:,} / {progress.total:,} {progress.unit}"]
    if progress.rate:
        parts.append(f"{progress.rate:.1f}/s" if progress.rate >= 0.1 else f"{1 / progress.rate:.0f} s each")
    if progress.eta_s is not None and progress.done < progress.total:
        parts.append(f"{duration(progress.eta_s)} left")
    return "   ".join(parts)


def status_text(board: JobBoard, job: Job) -> str:
    """What stands under the progress bar, in one line."""
    if job.state is State.QUEUED:
        return queue_text(board, job)
    if job.state is State.PAUSED:
        return f"{KEPT[:1].upper()}{KEPT[1:]}"
    return progress_text(job)


def queue_text(board: JobBoard, job: Job) -> str:
    """Why a queued job does not run yet."""
    waits_for = board.waits_for(job)
    if waits_for:
        other = waits_for[0]
        return f"Waits for {other.order.title}" + (", which is paused" if other.state is State.PAUSED else "")
    queue = board.queue()
    place = queue.index(job) + 1 if job in queue else 1
    return "Next in the queue" if place == 1 else f"Number {place} in the queue"


def short_text(board: JobBoard, job: Job) -> str:
    """How a job that does not run stands, in a word or two."""
    match job.state:
        case State.DONE:
            return result_text(job)
        case State.QUEUED:
            queue = board.queue()
            place = queue.index(job) + 1 if job in queue else 1
            return "Waits" if board.waits_for(job) else "Next" if place == 1 else f"Number {place}"
        case State.PAUSED:
            return f"Paused, {percent(job)}" if job.progress else "Paused"
        case State.SKIPPED:
            return "Not run"
    return job.state.value.capitalize()


def end_text(board: JobBoard, job: Job) -> str:
    """How a job that is not live stands, as a sentence."""
    match job.state:
        case State.DONE:
            return result_text(job)
        case State.PAUSED:
            return f"Paused at {percent(job)}; {KEPT}" if job.progress else "Paused before it began"
        case State.CANCELLED:
            return f"Cancelled; {KEPT}"
        case State.SKIPPED:
            other = board.named(job.skipped_by)
            return f"Not run: {other.order.title} has not succeeded" if other else "Not run: what it needs was not made"
        case State.LOST:
            return f"Lost: {job.problem}; {KEPT}"
    return f"{job.problem[:1].upper()}{job.problem[1:]}"


def result_text(job: Job) -> str:
    """What came of a job that has ended well: ``1,200 images in 3:10``, ``test_iid 96.2 %``, ``top-1 84.3 %``."""
    took = duration(job.seconds)
    render, training, scores = (job.results.get(kind) for kind in ("render", "training", "scores"))
    if scores is not None:
        known = scores.get("top1") is not None
        return f"top-1 {100 * scores['top1']:.1f} %" if known else f"{scores['n_predicted']:,} photos in {took}"
    if training is not None:
        measured = training.get("validation")
        return f"{measured['split']} {100 * measured['top1']:.1f} %" if measured else f"Trained in {took}"
    if render is not None:
        return f"{sum(split['images'] for split in render['splits'].values()):,} images in {took}"
    return f"Done in {took}"


def produced_folder(job: Job) -> Path | None:
    """The folder to look into for what a job made; None where there is none (any more)."""
    named = (("render", "data"), ("training", "run"), ("scores", "out"), ("study", "folder"))
    folders = [Path(str(job.results[kind][key])) for kind, key in named if key in job.results.get(kind, {})]
    return next((folder for folder in (*folders, Path(job.order.target)) if folder.is_dir()), None)


def report_file(job: Job) -> Path | None:
    """The page or picture that tells what came of a job; None where there is none."""
    named = [Path(str(data["report"])) for data in job.results.values() if isinstance(data, dict) and "report" in data]
    folder = produced_folder(job)
    if folder is not None and job.results:
        named += [folder / name for name in ("report.html", "overview.png", "curves.png")]
    return next((path for path in named if path.is_file()), None)
