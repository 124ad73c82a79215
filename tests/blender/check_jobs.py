"""Run by a Python with bpy: what becomes of jobs when things go wrong, seen in the panels, and how they go on.

BLENDER_USER_RESOURCES=FOLDER python check_jobs.py OUT SMALL_DISK
BLENDER_USER_RESOURCES=FOLDER python check_jobs.py OUT --reopened JOB

SMALL_DISK is a folder on a file system with little room, or "none". The second line is what the first starts as the
Blender that is opened again.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import bpy

sys.path.insert(0, str(Path(__file__).parent))
from recording_layout import draw

import simreal
from simreal.addon import job_watch, preferences, render_outlook
from simreal.addon.command_lines import TRAINING_PYTHON
from simreal.addon.job_watch import watch
from simreal.addon.jobs import Order, State
from simreal.addon.places import places
from simreal.datasets.finishing import data_hash
from simreal.datasets.reading import open_data_set
from simreal.datasets.storage import read_storage

WAIT_S = 240.0
OUT = Path(sys.argv[1])


def main(disk):
    simreal.register()
    settle()
    bpy.ops.simreal.design_starter()
    reference = whole(OUT / "reference")
    paused_and_resumed(OUT / "paused", reference)
    child_killed(OUT / "killed", reference)
    output_deleted(OUT / "deleted", reference)
    design_changed(OUT / "changed")
    if disk != "none":
        disk_filled(Path(disk), reference)
    training_environment_pulled(OUT / "pulled")
    queued_and_closed(OUT / "closed", reference)  # leaves this Blender for good


def settle():
    """What the timers do once Blender is there."""
    job_watch.begin()
    job_watch.poll()


def scene_for(out, per_class=30):
    """The scene with a small and quick design whose output goes to a folder."""
    scene = bpy.context.scene
    state = scene.simreal
    state.output = str(out)
    state.image.resolution_px, state.image.samples, state.image.denoiser = 32, 1, "none"
    for number, entry in enumerate(state.classes):
        entry.enabled = number < 3
    for number, split in enumerate(state.splits):
        split.render = number == 0
    state.rendering.use_per_class, state.rendering.per_class = True, per_class
    return scene


def press_render():
    assert bpy.ops.simreal.render() == {"FINISHED"}
    job = next(iter(watch().board))
    assert job.order.verb == "render" and job.is_live
    return job


def whole(out):
    """Rendered without interruption."""
    scene = scene_for(out)
    assert "Render 90 Images" in texts("SIMREAL_PT_render")
    job = reach(press_render(), State.DONE)
    assert any(text.startswith("90 images in ") for text in texts("SIMREAL_PT_jobs"))
    assert any(text.startswith("All 90 images are there (0:") for text in texts("SIMREAL_PT_render"))
    assert bpy.ops.simreal.data_show() == {"FINISHED"}
    assert (out / "data.png").is_file()
    assert {"simreal.job_open", "simreal.job_forget"} <= operators("SIMREAL_PT_jobs")
    assert job.progress.done == 90
    scene.simreal.rendering.per_class = 60
    assert any("about 0:" in text for text in texts("SIMREAL_PT_render")), "the last render tells how long it takes"
    return data_hash(places(scene).data)


def paused_and_resumed(out, reference):
    scene = scene_for(out)
    job = press_render()
    assert not bpy.ops.simreal.render.poll(), "the same cannot be rendered twice at once"
    wait(lambda: commits(out))
    shown = texts("SIMREAL_PT_render")
    assert any(" / 90 images" in text for text in shown), shown
    press("simreal.job_pause", job)
    reach(job, State.PAUSED)
    assert any(text.startswith("Paused at ") for text in texts("SIMREAL_PT_render"))
    kept = commits(out)
    press("simreal.job_resume", job)
    reach(job, State.DONE)
    assert kept and job.log[-1] and any("are there already" in line for line in log(job)), "it began anew"
    assert data_hash(places(scene).data) == reference


def child_killed(out, reference):
    """The process of the step is killed, as a system short of memory does."""
    scene = scene_for(out)
    job = press_render()
    wait(lambda: commits(out))
    os.kill(step_of(job), signal.SIGKILL)
    reach(job, State.FAILED)
    assert "It was killed (SIGKILL, perhaps" in " ".join(texts("SIMREAL_PT_render"))
    press("simreal.job_resume", job)
    reach(job, State.DONE)
    assert data_hash(places(scene).data) == reference


def output_deleted(out, reference):
    """The output folder is deleted in mid-job, the design's file with it."""
    scene = scene_for(out)
    job = press_render()
    wait(lambda: commits(out))
    out.rename(OUT / "gone")  # at once: deleting file by file would race with the workers
    reach(job, State.FAILED)
    said = " ".join(texts("SIMREAL_PT_render"))
    assert "was deleted or moved meanwhile" in said, said
    assert not out.exists()
    press("simreal.job_resume", job)
    reach(job, State.DONE)
    assert data_hash(places(scene).data) == reference


def design_changed(out):
    """Images of the design as it was before are moved away, and that is said before."""
    scene = scene_for(out, per_class=4)
    reach(press_render(), State.DONE)
    scene.simreal.seed += 1
    said = " ".join(texts("SIMREAL_PT_render"))
    assert "The 12 images there are of the design as it was before" in said and "folder data-1" in said, said
    scene.simreal.rendering.layout = "webdataset"  # of the data set that begins
    reach(press_render(), State.DONE)
    assert [len(list((out / name / "train").rglob("*.jpg"))) for name in ("data", "data-1")] == [0, 12]
    assert read_storage(out / "data").layout == "webdataset"
    assert bpy.ops.simreal.data_show() == {"FINISHED"}
    scene.simreal.rendering.layout = "folders"  # one that is there keeps its own
    scene.simreal.rendering.per_class = 5
    reach(press_render(), State.DONE)
    assert len(open_data_set(out / "data").images("train").pictures) == 15
    scene.simreal.seed -= 1


def disk_filled(disk, reference):
    scene = scene_for(disk / "out")
    filler = disk / "filler"
    job = press_render()
    wait(lambda: commits(disk / "out"))
    with filler.open("wb", 0) as file:
        try:
            while True:
                file.write(bytes(1024))
        except OSError:
            pass
    reach(job, State.FAILED)
    said = " ".join(texts("SIMREAL_PT_render"))
    assert "the disk is full" in said and "free some space" in said, said
    filler.unlink()
    press("simreal.job_resume", job)
    reach(job, State.DONE)
    assert data_hash(places(scene).data) == reference


def training_environment_pulled(out):
    """The training Python vanishes while a job waits for its turn, and comes back elsewhere."""
    scene_for(out)
    folder = OUT / "environment"
    folder.mkdir()
    python = folder / "python"
    python.symlink_to(sys.executable)
    preferences.settings, real = lambda: preferences.Settings(real().jobs_folder, str(python)), preferences.settings
    job_watch.settings = preferences.settings
    first = press_render()
    order = Order("train", "Train starter", str(out), ((TRAINING_PYTHON, "-c", "print('trained')"),))
    job = watch().start(order)
    wait(lambda: first.state is State.RUNNING)
    assert job.state is State.QUEUED and {"Next", "Next in the queue"} & set(texts("SIMREAL_PT_jobs"))
    python.unlink()
    reach(first, State.DONE)
    reach(job, State.FAILED)
    assert job.problem == f"cannot start {python}: there is no such program any more"
    try:
        press("simreal.job_resume", job)
    except RuntimeError as error:
        assert f"{python}: there is no such Python" in str(error)
    else:
        raise AssertionError("a job without its program is resumed")
    other = folder / "other"
    other.symlink_to(sys.executable)
    preferences.settings = job_watch.settings = lambda: preferences.Settings(real().jobs_folder, str(other))
    press("simreal.job_resume", job)
    reach(job, State.DONE)
    preferences.settings = job_watch.settings = real


def queued_and_closed(out, reference):
    """Blender is closed in mid-job; the one opened next finds what runs and what waits."""
    scene_for(out)
    job = press_render()
    steps = ((sys.executable, "-c", "print('trained')"),)
    behind = watch().start(Order("train", "Train starter", str(out), steps, needs=(str(out / "data"),)))
    job_watch.poll()
    assert "Waits" in texts("SIMREAL_PT_jobs")
    wait(lambda: commits(out))
    (OUT / "reference.txt").write_text(reference)
    command = [sys.executable, __file__, str(OUT), "--reopened", job.name, behind.name, str(out)]
    os.execv(sys.executable, command)


def reopened(name, behind, out):
    simreal.register()
    settle()
    board = watch().board
    job = board.by_name(name)
    assert job.is_live or job.state is State.DONE, (job.state, job.problem)
    reach(job, State.DONE)
    assert reach(board.by_name(behind), State.DONE).log == ("trained",)
    assert data_hash(Path(out) / "data") == (OUT / "reference.txt").read_text()
    assert open_data_set(Path(out) / "data").splits
    assert "90 images in" in " ".join(texts("SIMREAL_PT_jobs"))
    assert bpy.ops.simreal.jobs_clear() == {"FINISHED"}
    job_watch.poll()
    assert list(board) == [] and "SIMREAL_UL_jobs" not in str(draw(bpy.types.SIMREAL_PT_jobs, bpy.context))
    simreal.unregister()
    print("jobs: ok", flush=True)
    os._exit(0)


def press(operator, job):
    module, name = operator.split(".")
    assert getattr(getattr(bpy.ops, module), name)(job=job.name) == {"FINISHED"}


def texts(panel):
    drawn = draw(getattr(bpy.types, panel), bpy.context)
    return [str(arguments["text"]) for _, arguments in drawn if arguments.get("text")]


def operators(panel):
    drawn = draw(getattr(bpy.types, panel), bpy.context)
    return {arguments["operator"] for function, arguments in drawn if function == "operator"}


def commits(out):
    return len(list(out.glob("data/.simreal/*/*.jsonl")))


def log(job):
    return (job.folder / "log.txt").read_text().splitlines()


def step_of(job):
    """The process of a job's step: the one whose parent is the runner."""
    said = subprocess.run(["ps", "-ww", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in said.splitlines()[1:]]
    runner = next(pid for pid, _, args in rows if "addon.job_runner" in args and str(job.folder) in args)
    return next(int(pid) for pid, parent, _ in rows if parent == runner)


def reach(job, state):
    wait(lambda: job.state is state or not job.is_unfinished)
    assert job.state is state, (job.state, job.problem, job.log)
    job_watch.poll()
    render_outlook.forget()
    return job


def wait(condition):
    """Poll as the timer does, which no headless Blender runs."""
    deadline = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)
        job_watch.poll()


if sys.argv[2] == "--reopened":
    reopened(*sys.argv[3:])
else:
    main(sys.argv[2])
