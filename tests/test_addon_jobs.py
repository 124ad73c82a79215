"""Jobs: child programs that take turns, outlive whoever started them, and are found again by their folders."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import attrs
import pytest

from simreal.addon import job_record
from simreal.addon.job_board import ROOT, JobBoard
from simreal.addon.job_system import NICENESS, is_held
from simreal.addon.job_text import bar_text, fraction
from simreal.addon.jobs import Job, Order, State
from simreal.datasets.messages import Error, Log, Progress, Result, encode
from simreal.design.errors import ToolError

WAIT_S = 30.0
KILL = getattr(signal, "SIGKILL", signal.SIGTERM)


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


def order(*steps: str, target: str = "/out", **more: object) -> Order:
    return Order("render", f"Render {target}", target, tuple(step(code) for code in steps), **more)


def until(path: Path) -> str:
    """Code that waits for a file."""
    return f"say('progress')\nwhile not os.path.exists({str(path)!r}): time.sleep(0.02)"


def wait(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


def reached(board: JobBoard, job: Job, *states: State) -> Job:
    def there() -> bool:
        board.poll()
        return job.state in states

    wait(there)
    return job


def ended(board: JobBoard, job: Job) -> Job:
    def over() -> bool:
        board.poll()
        return not job.is_live

    wait(over)
    return job


def heard(board: JobBoard, job: Job) -> Job:
    """The job has said how far it is."""

    def told() -> bool:
        board.poll()
        return job.progress is not None

    wait(told)
    return job


def runner_of(job: Job) -> int:
    """The process of a job's runner, told by the system."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
        except OSError:  # it ended while we looked
            continue
        if b"addon.job_runner" in words and str(job.folder).encode() in words:
            return int(path.parent.name)
    raise AssertionError(f"no runner of {job.name}")


@pytest.fixture
def board(tmp_path: Path) -> Iterator[JobBoard]:
    board = JobBoard(tmp_path / "jobs")
    yield board
    for job in board:
        if job.is_live and job.folder.is_dir():
            job.cancel()
            ended(board, job)


def test_messages_are_taken_in_between_chatter(board: JobBoard) -> None:
    job = ended(board, board.start(order("say('progress'); print('chatter'); say('log'); say('result')")))
    assert job.state is State.DONE
    assert job.progress == Progress("render", 3, 10, rate=2.0, eta_s=3.5)
    assert job.log == ("chatter", "one model was skipped")
    assert job.results == {"render": {"seconds": 1.5}}
    assert "one model was skipped" in (job.folder / "log.txt").read_text()


def test_steps_run_one_after_the_other_while_they_succeed(board: JobBoard, tmp_path: Path) -> None:
    touch = "open({!r}, 'x')"
    paths = [str(tmp_path / name) for name in "abc"]
    job = ended(board, board.start(order(touch.format(paths[0]), "sys.exit(3)", touch.format(paths[2]))))
    assert job.state is State.FAILED and job.problem == "it ended with exit status 3"
    assert [Path(path).exists() for path in paths] == [True, False, False]


def test_a_step_that_says_nothing_is_counted(board: JobBoard, tmp_path: Path) -> None:
    until = [f"while not os.path.exists({str(tmp_path / name)!r}): time.sleep(0.02)\n" for name in ("begin", "go")]
    job = board.start(order(until[0] + "say('progress')", until[1]))

    def starting() -> bool:
        board.poll()
        return bar_text(job) == "Starting ..."

    def in_second_step() -> bool:
        board.poll()
        return job.step == 1 and job.progress is None

    wait(starting)  # it first waits for its turn
    assert fraction(job) == 0.0
    (tmp_path / "begin").touch()
    wait(in_second_step)
    assert (bar_text(job), fraction(job)) == ("Step 2 of 2 ...", 0.5)
    (tmp_path / "go").touch()
    assert ended(board, job).state is State.DONE


def test_problem_is_the_error_that_was_reported(board: JobBoard) -> None:
    job = ended(board, board.start(order("say('error'); print('noise', file=sys.stderr); sys.exit(2)")))
    assert (job.state, job.problem) == (State.FAILED, "the disk is full")


def test_problem_of_a_job_that_only_warned_is_its_last_warning(board: JobBoard) -> None:
    said = encode(Log("images train 0-49 are set aside: no luck", "warning"))
    job = ended(board, board.start(order(f"sys.stdout.buffer.write({said!r}); sys.exit(1)")))
    assert (job.state, job.problem) == (State.FAILED, "images train 0-49 are set aside: no luck")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has priority classes instead")
def test_jobs_leave_the_processor_to_the_user(board: JobBoard) -> None:
    job = ended(board, board.start(order("print(os.nice(0))")))
    assert int(job.log[-1]) > min(os.nice(0), 18)


def own_autogroup() -> str:
    """This session's in Linux's scheduler. Empty without autogroups, or where they cannot be set."""
    path = Path("/proc/self/autogroup")
    return path.read_text().split(" ")[0].strip() if os.access(path, os.W_OK) else ""


@pytest.mark.skipif(not own_autogroup(), reason="no autogroups in this kernel")
def test_jobs_leave_the_processor_to_other_sessions(board: JobBoard) -> None:
    own = own_autogroup()
    job = ended(board, board.start(order("print(open('/proc/self/autogroup').read())")))
    session, _, niceness = next(line for line in job.log if line.startswith("/autogroup")).split()
    assert session != own
    assert int(niceness) == NICENESS


def test_problem_of_a_crash_is_its_last_line(board: JobBoard) -> None:
    job = ended(board, board.start(order("raise MemoryError('much too large')")))
    assert (job.state, job.problem) == (State.FAILED, "MemoryError: much too large")


def test_program_that_is_not_there_is_told(board: JobBoard) -> None:
    job = ended(board, board.start(Order("train", "Train", "/out", (("/no/such/python",),))))
    assert job.state is State.FAILED
    assert job.problem == "cannot start /no/such/python: there is no such program any more"


def test_cancelling_interrupts_the_step_and_those_after_it(board: JobBoard, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    code = f"say('progress')\ntry: time.sleep(60)\nexcept KeyboardInterrupt: open({str(kept)!r}, 'x'); sys.exit(130)"
    job = heard(board, board.start(order(code, f"os.remove({str(kept)!r})")))
    job.cancel()
    assert job.state is State.CANCELLING
    assert ended(board, job).state is State.CANCELLED and kept.exists()


def test_cancelling_interrupts_where_blender_itself_ignores_ctrl_c(board: JobBoard, tmp_path: Path) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        test_cancelling_interrupts_the_step_and_those_after_it(board, tmp_path)
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no interrupt that a program may ignore")
def test_what_ignores_being_cancelled_is_killed(board: JobBoard) -> None:
    code = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); say('progress'); time.sleep(60)"
    job = heard(board, board.start(order(code, patience_s=0.3)))
    job.cancel()
    assert ended(board, job).state is State.CANCELLED


def test_jobs_take_turns_in_the_order_of_the_queue(board: JobBoard, tmp_path: Path) -> None:
    ran, go = tmp_path / "ran", tmp_path / "go"
    first = heard(board, board.start(order(until(go), target="/first")))
    others = [board.start(order(f"open({str(ran)!r}, 'a').write({name!r})", target=name)) for name in "abc"]
    assert board.queue() == others
    board.move(others[2], -1)
    assert board.queue() == [others[0], others[2], others[1]]
    with pytest.raises(ToolError, match="cannot be moved there"):
        board.move(others[0], -1)
    with pytest.raises(ToolError, match="cannot be moved there"):
        board.move(first, 1)
    go.touch()
    for job in others:
        assert ended(board, job).state is State.DONE
    assert ran.read_text() == "acb"


def test_as_many_run_at_once_as_wanted_and_some_beside_the_queue(board: JobBoard, tmp_path: Path) -> None:
    go = tmp_path / "go"
    board.let_run_at_once(2)
    jobs = [board.start(order(until(go), target=name)) for name in "abc"]
    for job in jobs[:2]:
        heard(board, job)
    beside = ended(board, board.start(order("pass", target="d", in_line=False)))
    assert (beside.state, jobs[2].state) == (State.DONE, State.QUEUED)
    board.let_run_at_once(3)
    heard(board, jobs[2])
    go.touch()
    for job in jobs:
        ended(board, job)


def test_a_job_comes_after_those_that_make_what_it_needs(board: JobBoard, tmp_path: Path) -> None:
    go = tmp_path / "go"
    board.let_run_at_once(4)
    render = heard(board, board.start(order(until(go), makes=("/out/data",))))
    assert board.will_make("/out/data") is render
    train = board.start(order("pass", target="t", needs=("/out/data",), makes=("/out/model",)))
    score = board.start(order("pass", target="s", needs=("/out/model",), in_line=False))
    assert board.waits_for(train) == [render] and board.waits_for(score) == [train]
    again = board.start(order("pass", target="r", makes=("/out/data",)))  # must not write what others read
    go.touch()
    for job in (train, score, again):
        assert ended(board, job).state is State.DONE
    assert render.since <= train.since <= score.since
    assert board.will_make("/out/data") is None


def test_what_depends_on_a_failure_is_skipped_and_comes_back_with_it(board: JobBoard, tmp_path: Path) -> None:
    mended = tmp_path / "mended"
    render = board.start(order(f"sys.exit(not os.path.exists({str(mended)!r}))", makes=("/out/data",)))
    train = board.start(order("pass", target="t", needs=("/out/data",), makes=("/out/model",)))
    score = board.start(order("pass", target="s", needs=("/out/model",)))
    for job in (train, score):
        assert ended(board, job).state is State.SKIPPED
    assert (train.skipped_by, score.skipped_by) == (render.name, train.name)
    with pytest.raises(ToolError, match="needs what Render /out makes: resume that first"):
        board.resume(train)
    mended.touch()
    assert board.resume(render) == [render, train, score]
    for job in (render, train, score):
        assert ended(board, job).state is State.DONE


def test_a_paused_job_goes_on_where_it_was(board: JobBoard, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    code = f"if not os.path.exists({str(second)!r}):\n  open({str(second)!r}, 'x'); say('progress'); time.sleep(60)"
    job = heard(board, board.start(order(f"open({str(first)!r}, 'x')", code)))
    other = board.start(order("pass", target="/other"))
    job.pause()
    assert job.state is State.PAUSING
    assert reached(board, job, State.PAUSED).progress is not None
    assert ended(board, other).state is State.DONE  # the turn is given away
    with pytest.raises(ToolError, match="is paused: resume it"):
        board.start(order("pass"))
    found = JobBoard(board.folder)
    (again,) = [one for one in found if one.name == job.name]
    assert again.state is State.PAUSED and again.is_unfinished
    found.resume(again)
    assert ended(found, again).state is State.DONE  # the first step, which was finished, would fail if run again
    board.find()
    assert job.state is State.DONE


def test_a_queued_job_can_be_paused_and_a_paused_one_cancelled(board: JobBoard, tmp_path: Path) -> None:
    go = tmp_path / "go"
    board.start(order(until(go), target="/first"))
    job = board.start(order("pass"))
    job.pause()
    reached(board, job, State.PAUSED)
    with pytest.raises(ToolError, match="does not run"):
        job.pause()
    job.cancel()
    assert job.state is State.CANCELLED
    board.resume(job)
    assert job.state is State.QUEUED
    go.touch()
    assert ended(board, job).state is State.DONE
    with pytest.raises(ToolError, match="it is done"):
        board.resume(job)


def test_jobs_are_found_again_while_they_run_and_after(board: JobBoard, tmp_path: Path) -> None:
    go = tmp_path / "go"
    job = heard(board, board.start(order(f"{until(go)}\nsay('result')")))
    other = JobBoard(board.folder)
    (found,) = other
    assert found.is_live and found.progress == job.progress and found.order == job.order
    go.touch()
    assert ended(other, found).results == {"render": {"seconds": 1.5}}
    (again,) = JobBoard(board.folder)
    assert again.state is State.DONE


def test_jobs_of_another_blender_appear_and_go(board: JobBoard) -> None:
    other = JobBoard(board.folder)
    job = ended(other, other.start(order("say('result')")))
    assert [found.name for found in board.find()] == [job.name]
    assert board.by_name(job.name).state is State.DONE
    other.forget(job)
    board.find()
    assert list(board) == []


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
def test_job_whose_runner_was_killed_is_lost_once_its_step_is_gone(board: JobBoard, tmp_path: Path) -> None:
    go = tmp_path / "go"
    job = heard(board, board.start(order(f"{until(go)}\nsay('log'); sys.exit(0)")))
    os.kill(runner_of(job), KILL)
    time.sleep(0.3)
    board.poll()
    assert job.state is State.RUNNING, "its step still writes"
    go.touch()
    assert ended(board, job).state is State.LOST
    assert job.problem == "it was ended from outside, or the computer was restarted"
    board.resume(job)
    assert ended(board, job).state is State.DONE


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
def test_restarted_computer(board: JobBoard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every process is gone at once: what ran and what waited say so, and both can be resumed."""
    monkeypatch.setattr(job_record, "START_S", 0.5)
    pid, go = tmp_path / "pid", tmp_path / "go"
    job = heard(board, board.start(order(f"open({str(pid)!r}, 'w').write(str(os.getpid()))\n{until(go)}")))
    waiting = board.start(order("pass", target="/waiting"))
    wait(lambda: is_held(waiting.folder / "lock"))
    for process in (runner_of(waiting), runner_of(job), int(pid.read_text())):
        os.kill(process, KILL)
    found = JobBoard(board.folder)
    for name in (job.name, waiting.name):
        assert ended(found, found.by_name(name)).state is State.LOST
    go.touch()
    for name in (job.name, waiting.name):
        found.resume(found.by_name(name))
        assert ended(found, found.by_name(name)).state is State.DONE


def test_killed_step_is_told(board: JobBoard) -> None:
    job = ended(board, board.start(order(f"os.kill(os.getpid(), {int(KILL)})")))
    assert job.state is State.FAILED and "it was killed (SIGKILL, perhaps because memory ran out)" in job.problem


def test_second_job_for_the_same_target_is_refused(board: JobBoard) -> None:
    job = heard(board, board.start(order("say('progress'); time.sleep(60)")))
    with pytest.raises(ToolError, match="is running: wait for it, or cancel it"):
        board.start(order("pass"))
    with pytest.raises(ToolError, match="still runs"):
        board.forget(job)
    job.cancel()
    ended(board, job)
    board.forget(job)
    assert list(board) == [] and not job.folder.exists()


def test_damaged_folders_are_passed_over(board: JobBoard) -> None:
    for name, text in (("cut", '{"verb": "ren'), ("old", json.dumps({"verb": "render"})), ("none", "")):
        (board.folder / name).mkdir(parents=True)
        (board.folder / name / "job.json").write_text(text)
    assert list(JobBoard(board.folder)) == []
    assert ended(board, board.start(order("pass"))).state is State.DONE


def test_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ToolError, match="cannot start a job in"):
        JobBoard(tmp_path / "file").start(order("pass"))


def test_folder_that_is_deleted_in_mid_job_ends_it(board: JobBoard, tmp_path: Path) -> None:
    interrupted = tmp_path / "interrupted"
    code = f"say('progress')\ntry: time.sleep(60)\nexcept KeyboardInterrupt: open({str(interrupted)!r}, 'x')"
    job = heard(board, board.start(order(code)))
    job.folder.rename(tmp_path / "gone")
    with pytest.raises(ToolError, match="cannot be stopped"):
        job.cancel()
    assert ended(board, job).state is State.LOST and "its folder was deleted" in job.problem
    wait(interrupted.exists)
    board.forget(job)
    assert list(board) == []


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, 1 MB large."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only root can make a small disk")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)  # a runner may be on its way out


def test_a_full_disk_can_still_be_told(disk: Path) -> None:
    board = JobBoard(disk / "jobs")
    filler = disk / "filler"
    code = f"""
say('progress')
if not os.path.exists({str(disk / "freed")!r}):
    with open({str(filler)!r}, 'wb', 0) as file:
        try:
            while True: file.write(bytes(4096))
        except OSError: pass
    for number in range(200): print('x' * 300)
    sys.exit(1)"""
    job = ended(board, board.start(order(code)))
    assert job.state is State.FAILED
    assert job.problem == f"the disk of {job.folder} is full: free some space, then resume"
    filler.unlink()
    (disk / "freed").touch()
    board.resume(job)
    assert ended(board, job).state is State.DONE


def test_jobs_that_are_over_are_forgotten_after_a_while(board: JobBoard, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = [ended(board, board.start(order("pass", target=name))) for name in "abc"]
    monkeypatch.setattr("simreal.addon.job_board.KEPT_JOBS", 2)
    board.prune()
    assert list(board) == [jobs[2], jobs[1]] and not jobs[0].folder.exists()
    assert board.clear() == 2 and list(board) == []


def test_words_for_programs_are_looked_up_anew_when_a_job_is_resumed(board: JobBoard) -> None:
    asked = attrs.evolve(order("pass"), steps=(("{python}", "-c", "pass"),))
    job = ended(board, board.start(asked, lambda _: {"{python}": "/gone/python"}))
    assert job.state is State.FAILED and "/gone/python" in job.problem
    board.resume(job, lambda _: {"{python}": sys.executable})
    assert ended(board, job).state is State.DONE


def test_files_are_written_before_the_steps(board: JobBoard, tmp_path: Path) -> None:
    design = tmp_path / "out" / "design.json"
    job = board.start(order(f"print(open({str(design)!r}).read())", files={str(design): "the design"}))
    assert ended(board, job).log == ("the design",)


def test_log_does_not_grow_without_end_and_what_is_polled_stays_small(board: JobBoard) -> None:
    talk = "for number in range(30_000): print('line', number, '.' * 60); number % 10 or say('progress')"
    job = ended(board, board.start(order(talk)))
    assert (job.folder / "state.json").stat().st_size < 6000
    assert job.log[-1].startswith("line 29999")
    assert sum(path.stat().st_size for path in job.folder.glob("log*.txt")) < 2.2e6


def test_runner_needs_no_packages(tmp_path: Path) -> None:
    """Any Python runs it: it must not depend on what Simreal brings along."""
    code = "import sys; sys.path.insert(0, '.'); import addon.job_runner; print('attrs' in sys.modules)"
    done = subprocess.run([sys.executable, "-S", "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("False", "")


@pytest.mark.slow
@pytest.mark.blender
def test_whatever_goes_wrong_the_panel_says_so_and_resuming_works(tmp_path: Path) -> None:
    """In a real Blender with a real render: pause, kill, delete, fill the disk, pull the environment, close Blender."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)]
    is_small = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    environment = {**os.environ, "BLENDER_USER_RESOURCES": str(tmp_path / "user"), "OMP_NUM_THREADS": "1"}
    script = Path(__file__).parent / "blender" / "check_jobs.py"
    command = [sys.executable, str(script), str(tmp_path / "out"), str(disk) if is_small else "none"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    finally:
        if is_small:
            subprocess.run(["umount", "--lazy", disk], check=True)
    assert "jobs: ok" in done.stdout, (done.stdout + done.stderr)[-4000:]
