"""Jobs: child programs that outlive whoever started them and are found again by their folders."""

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from simreal.addon import jobs
from simreal.addon.jobs import Job, JobBoard, Order, State
from simreal.datasets.messages import Error, Log, Progress, Result, encode
from simreal.design.errors import ToolError

WAIT_S = 20.0


def step(code: str) -> tuple[str, ...]:
    """A command line that runs some Python; ``say`` sends messages."""
    records = {
        "progress": encode(Progress("render", 3, 10, rate=2.0, eta_s=3.5)),
        "log": encode(Log("one model was skipped")),
        "result": encode(Result("render", {"seconds": 1.5})),
        "error": encode(Error("the disk is full")),
    }
    start = (
        f"import sys, time, os; R = {records!r}; say = lambda n: (sys.stdout.buffer.write(R[n]), sys.stdout.flush())\n"
    )
    return sys.executable, "-c", start + code


def order(*steps: str, target: str = "/out") -> Order:
    return Order("render", "Render it", target, tuple(step(code) for code in steps))


def wait(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


def ended(board: JobBoard, job: Job) -> Job:
    wait(lambda: bool(board.poll()) and not job.is_live)
    return job


@pytest.fixture
def board(tmp_path: Path) -> JobBoard:
    return JobBoard(tmp_path / "jobs")


def test_messages_are_taken_in_between_chatter(board: JobBoard) -> None:
    job = ended(board, board.start(order("say('progress'); print('chatter'); say('log'); say('result')")))
    assert job.state is State.DONE
    assert job.progress == Progress("render", 3, 10, rate=2.0, eta_s=3.5)
    assert list(job.log) == ["one model was skipped"]
    assert job.results == {"render": {"seconds": 1.5}}


def test_steps_run_one_after_the_other_while_they_succeed(board: JobBoard, tmp_path: Path) -> None:
    touch = "open({!r}, 'x')"
    paths = [str(tmp_path / name) for name in "abc"]
    job = ended(board, board.start(order(touch.format(paths[0]), "sys.exit(3)", touch.format(paths[2]))))
    assert job.state is State.FAILED and job.problem == "it ended with exit status 3"
    assert [Path(path).exists() for path in paths] == [True, False, False]


def test_problem_is_the_error_that_was_reported(board: JobBoard) -> None:
    job = ended(board, board.start(order("say('error'); print('noise', file=sys.stderr); sys.exit(2)")))
    assert (job.state, job.problem) == (State.FAILED, "the disk is full")


def test_problem_of_a_crash_is_its_last_line(board: JobBoard) -> None:
    job = ended(board, board.start(order("raise MemoryError('much too large')")))
    assert (job.state, job.problem) == (State.FAILED, "MemoryError: much too large")


def test_program_that_is_not_there_is_told(board: JobBoard) -> None:
    job = ended(board, board.start(Order("train", "Train", "/out", (("/no/such/python",),))))
    assert job.state is State.FAILED and "/no/such/python: No such file" in job.problem


def test_cancelling_interrupts_the_step_and_those_after_it(board: JobBoard, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    code = f"say('progress')\ntry: time.sleep(60)\nexcept KeyboardInterrupt: open({str(kept)!r}, 'x'); sys.exit(130)"
    job = board.start(order(code, f"os.remove({str(kept)!r})"))
    wait(lambda: bool(board.poll()) and job.progress is not None)
    job.cancel()
    ended(board, job)
    assert job.state is State.CANCELLED and kept.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no interrupt that a program may ignore")
def test_what_ignores_being_cancelled_is_killed(
    board: JobBoard, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    patient = jobs.RUNNER.read_text().replace("PATIENCE_S = 20.0", "PATIENCE_S = 0.3")
    (tmp_path / "runner.py").write_text(patient)
    monkeypatch.setattr(jobs, "RUNNER", tmp_path / "runner.py")
    code = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); say('progress'); time.sleep(60)"
    job = board.start(order(code))
    wait(lambda: bool(board.poll()) and job.progress is not None)
    job.cancel()
    assert ended(board, job).state is State.CANCELLED


def test_jobs_are_found_again_while_they_run_and_after(board: JobBoard) -> None:
    job = board.start(order("say('progress'); time.sleep(1.5); say('result')"))
    wait(lambda: bool(board.poll()) and job.progress is not None)
    other = JobBoard(board.folder)
    (found,) = other
    assert found.is_live and found.progress == job.progress and found.order == job.order
    assert ended(other, found).results == {"render": {"seconds": 1.5}}
    (again,) = JobBoard(board.folder)
    assert again.state is State.DONE


def test_job_whose_runner_was_killed_is_lost(board: JobBoard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "START_S", 0.5)
    job = board.start(order("say('progress'); print(os.getppid(), file=sys.stderr, flush=True); time.sleep(3)"))
    wait(lambda: bool(board.poll()) and job.progress is not None)
    wait(lambda: (job.folder / "log.txt").stat().st_size > 0)
    os.kill(int((job.folder / "log.txt").read_text()), getattr(signal, "SIGKILL", signal.SIGTERM))
    assert ended(board, job).state is State.LOST


def test_second_job_for_the_same_target_is_refused(board: JobBoard) -> None:
    job = board.start(order("time.sleep(60)"))
    with pytest.raises(ToolError, match="is running: wait for it, or cancel it"):
        board.start(order("pass"))
    other = board.start(order("pass", target="/elsewhere"))
    assert ended(board, other).state is State.DONE
    with pytest.raises(ToolError, match="still runs"):
        board.forget(job)
    job.cancel()
    ended(board, job)
    board.forget(job)
    assert [each.folder for each in board] == [other.folder]
    assert not job.folder.exists()


def test_damaged_folders_are_passed_over(board: JobBoard) -> None:
    for name, text in (("cut", '{"verb": "ren'), ("old", json.dumps({"verb": "render"}))):
        (board.folder / name).mkdir(parents=True)
        (board.folder / name / "job.json").write_text(text)
    assert list(JobBoard(board.folder)) == []


def test_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ToolError, match="cannot start a job in"):
        JobBoard(tmp_path / "file").start(order("pass"))


def test_folder_that_is_deleted_in_mid_job_is_no_crash(board: JobBoard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "START_S", 0.2)
    job = board.start(order("say('progress'); time.sleep(1)"))
    wait(lambda: bool(board.poll()) and job.progress is not None)
    job.folder.rename(board.folder / "gone")
    with pytest.raises(ToolError, match="cannot be stopped"):
        job.cancel()
    assert ended(board, job).state is State.LOST
    board.forget(job)
    assert list(board) == []
