"""Run by a Python with bpy: a study is chosen, planned, run, stopped, gone on with and looked at in the panel Studies.

BLENDER_USER_RESOURCES=FOLDER python check_studies.py OUT STUDY PHOTOS TRAINER
BLENDER_USER_RESOURCES=FOLDER python check_studies.py OUT --reopened JOB STUDY TRAINER

STUDY is a study's file, TRAINER stands for the Python that trains: its steps are over at once, slow, or fail, as the
JSON in $STAND_IN says. The second line is what the first starts as the Blender that is opened again.
"""

import json
import os
import re
import sys
import time
from pathlib import Path

import bpy

sys.path.insert(0, str(Path(__file__).parent))
from leaving import run
from recording_layout import draw

import simreal
from simreal.addon import job_watch, preferences, study_outlook
from simreal.addon.job_watch import watch
from simreal.addon.jobs import State
from simreal.addon.study_orders import study_order
from simreal.addon.study_outlook import libraries_of, outlook
from simreal.addon.study_shown import study_folder, study_status
from simreal.design.document import load
from simreal.design.presets import SHIPPED
from simreal.studies.study_file import shipped_studies

WAIT_S = 120.0
JOURNAL = "journal.txt"


def main(out, study, photos, trainer):
    simreal.register()
    scene = bpy.context.scene
    scene.simreal.output = str(out / "output")
    shipped_studies_are_offered(scene)
    nothing_runs_without_an_environment()
    use(trainer)
    faulty_files_are_one_sentence(scene, out)
    a_study_is_planned(scene, study)
    photos_are_asked_for(scene, photos)
    it_runs_and_is_paused(scene, out)
    a_failed_step_says_why(scene, out)
    what_is_finished_is_shown(scene)
    missing_libraries_are_asked_for(scene, out)
    the_scenes_design_takes_its_place(scene, study)
    it_survives_blender(scene, out, study, trainer)  # leaves this Blender for good


def use(trainer):
    """Simreal is no enabled add-on here: its preferences are these."""
    real = preferences.settings()
    changed = preferences.Settings(real.jobs_folder, str(trainer))
    preferences.settings = lambda: changed
    for name, module in list(sys.modules.items()):
        if name.startswith("simreal.addon.") and hasattr(module, "settings"):
            module.settings = preferences.settings


def shipped_studies_are_offered(scene):
    state = scene.simreal.studies
    for name in [one.name for one in shipped_studies()]:
        state.study = name
        assert state.study == name and state.scale == "mini"
        shown = texts()
        assert "About This Study" in shown and "Working out what it takes ..." in shown
        state.scale = "1"
        assert state.scale == "1" and study_folder(scene).name == f"{name}-1"
        state.scale = "mini"


def nothing_runs_without_an_environment():
    assert "create one in Preferences" in refusal("study_run")
    assert "simreal.environment_create" in operators()


def faulty_files_are_one_sentence(scene, out):
    state = scene.simreal.studies
    state.study, state.file = "FILE", ""
    assert refusal("study_run") == "Choose a study's file (.study.json)"
    faulty = out / "faulty.study.json"
    state.file = str(faulty)
    assert refusal("study_run").endswith("faulty.study.json is not there: choose another study")
    for text, reason in (("{", "is not JSON"), ("{}", "not a study"), ('{"simreal_study": 1}', "name: is missing")):
        faulty.write_text(text)
        os.utime(faulty, (0, time.time() + len(text)))
        assert reason in refusal("study_run") and reason in " ".join(texts()), refusal("study_run")
    assert state.scale == "ONLY" and study_folder(scene) is None
    assert not bpy.ops.simreal.study_show.poll() and not bpy.ops.simreal.study_open.poll()


def a_study_is_planned(scene, study):
    """What it takes is worked out beside Blender, once for what is asked."""
    state = scene.simreal.studies
    state.file = str(study)
    assert "2 of the study" in texts()
    state.use_seeds, state.seeds = True, 1
    assert outlook(scene) is None and refusal("study_run") == "", "it may be run before its plan is known"
    plan = planned(scene)
    assert (plan.steps, plan.finished, plan.images, plan.problem) == (11, 0, 120, ""), plan
    assert "11 steps, 120 images, about" in " ".join(texts())
    assert "Left out without photos: real" in " ".join(texts())
    assert not study_outlook._askers[0].work(), "nothing is left to ask"
    state.seeds = 2
    assert planned(scene).steps == 22
    state.seeds = 1


def photos_are_asked_for(scene, photos):
    assert ("simreal.study_folder", "Choose Photos") in buttons()
    assert bpy.ops.simreal.study_folder(kind="photos", asked="real", directory=str(photos)) == {"FINISHED"}
    assert ("simreal.study_folder", "Choose Photos") not in buttons()
    plan = planned(scene)
    assert (plan.steps, plan.left_out) == (15, ()), plan
    scene.simreal.studies.folders[0].folder = str(photos / "none")
    assert "there is no such folder" in planned(scene).problem == refusal("study_run")
    assert bpy.ops.simreal.study_folder(kind="photos", asked="real", directory=str(photos)) == {"FINISHED"}
    assert len(scene.simreal.studies.folders) == 1
    planned(scene)


def it_runs_and_is_paused(scene, out):
    """Its cells are listed, and what is finished is not done again."""
    told(out, slow_s=0.2)
    job = press_run()
    wait(lambda: study_status(scene) is not None and study_status(scene).done >= 6)
    assert "is running: wait for it" in refusal("study_run")
    assert len(bpy.context.window_manager.simreal.studies.rows) == 4
    shown = texts()
    assert "4 Cells, in %" in shown and "viewpoint / none" in shown
    assert any("/ 15 steps" in text for text in shown), shown
    assert job.progress.total == 15 and any(text.startswith("Study small") for text in shown)
    assert bpy.ops.simreal.job_pause(job=job.name) == {"FINISHED"}
    reach(job, State.PAUSED)
    assert study_status(scene).state == "stopped" and "PLAY" not in icons()
    finished = {line for line in journal(out) if line.startswith("end ")}
    assert len(finished) >= 6
    assert bpy.ops.simreal.job_resume(job=job.name) == {"FINISHED"}
    wait(lambda: len(journal(out)) > 2 * len(finished) + 1)
    assert bpy.ops.simreal.job_cancel(job=job.name) == {"FINISHED"}
    reach(job, State.CANCELLED)
    lines = journal(out)
    assert all(lines.count(f"begin {line.removeprefix('end ')}") == 1 for line in finished), "done twice"


def a_failed_step_says_why(scene, out):
    told(out, fail="evaluate-training-real")
    job = press_run()
    reach(job, State.FAILED)
    assert "steps failed or wait for one that did" in job.problem
    status = study_status(scene)
    assert status.state == "incomplete" and {cell.state for cell in status.cells} == {"failed"}
    shown = " ".join(texts())
    assert "(viewpoint / none, seed 0): told to fail" in shown, shown
    assert "not measured yet" in shown and "ERROR" in icons()


def what_is_finished_is_shown(scene):
    os.environ.pop("STAND_IN")
    job = press_run()
    reach(job, State.DONE)
    assert planned(scene).finished == 15
    shown = texts()
    assert "All 15 steps are done" in shown
    assert any(text.endswith(", paper 20") for text in shown), shown
    assert {"Figure 1", "Figure 2"} <= {text for _, text in buttons()}
    assert bpy.ops.simreal.study_show(number=2) == {"FINISHED"}
    assert bpy.data.images["Simreal Study"].size[0] > 300
    assert bpy.ops.simreal.study_open.poll()
    assert (study_folder(scene) / "results.csv").is_file() and (study_folder(scene) / "report.html").is_file()
    state = bpy.context.window_manager.simreal.studies
    state.active = 3
    assert texts().count("nothing / strong") == 2, "the chosen cell stands below the list"
    assert "Done in" in " ".join(texts("SIMREAL_PT_jobs"))
    assert "simreal.job_open" in operators("SIMREAL_PT_jobs")
    scene.simreal.studies.study = "table1"
    job_watch.poll()
    assert len(state.rows) == 0 and "Open Report" not in {text for _, text in buttons()}


def missing_libraries_are_asked_for(scene, out):
    """A study at the paper's size needs models that nobody can ship."""
    state = scene.simreal.studies
    state.study, state.scale = "table2", "1"
    missing = planned(scene).missing
    assert missing and refusal("study_run") == f"Choose where {', '.join(missing)} lies on this computer"
    assert ("simreal.study_folder", "Choose Library") in buttons()
    models = out / "models"
    models.mkdir()
    bpy.ops.simreal.study_folder(kind="library", asked=missing[0], directory=str(models))
    problem = planned(scene).problem
    assert "holds none of the" in problem
    assert "".join(problem.split()) in "".join("".join(texts()).split()), "told whole, wrapped where there is room"
    for synset in re.findall(rf"{missing[0]}:(\d+)/", "".join(file.read_text() for file in SHIPPED.glob("*.json"))):
        file = models / synset / "1a2b" / "models" / "model_normalized.obj"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("v 0 0 0\n")
    scene.simreal.studies.folders[-1].folder = f"{models}/"
    assert (planned(scene).problem, planned(scene).missing) == ("", missing[1:])
    assert f"{missing[0]}={models}/" in study_order(scene, libraries_of(scene)).steps[0]
    state.scale = "mini"
    assert planned(scene).problem == "" and "--library" not in study_order(scene, libraries_of(scene)).steps[0]


def the_scenes_design_takes_its_place(scene, study):
    state = scene.simreal.studies
    state.study, state.file, state.use_design = "FILE", str(study), True
    assert "This scene has no design" in refusal("study_run")
    assert bpy.ops.simreal.design_starter() == {"FINISHED"}
    for number, entry in enumerate(scene.simreal.classes):
        entry.enabled = number < 3
    scene.simreal.output = str(study.parent / "output")
    assert study_folder(scene).name == "small-own-design"
    assert planned(scene).images == 36
    order = study_order(scene, ())
    (file,) = order.files
    assert file in order.steps[0] and "--design" in order.steps[0]
    Path(file).parent.mkdir(parents=True, exist_ok=True)
    Path(file).write_text(order.files[file])
    assert len(load(Path(file)).classes) == 3
    scene.simreal.classes[3].enabled = True
    assert planned(scene).images == 48, "the design is another"
    scene.simreal.factors.lens.focal_length_mm.min, scene.simreal.factors.lens.focal_length_mm.max = 80.0, 40.0
    assert "factors.lens.focal_length_mm.max" in refusal("study_run")
    state.use_design = False


def it_survives_blender(scene, out, study, trainer):
    """Blender is closed in mid-study; the one opened next finds it, with its cells."""
    scene.simreal.output = str(out / "closed")
    scene.simreal.studies.folders.clear()
    told(out, slow_s=0.5)
    job = press_run()
    wait(lambda: study_status(scene) is not None and study_status(scene).done >= 1)
    bpy.ops.wm.save_as_mainfile(filepath=str(out / "scene.blend"))
    arguments = [str(out), "--reopened", job.name, str(study), str(trainer)]
    os.execv(sys.executable, [sys.executable, __file__, *arguments])


def reopened(out, name, study, trainer):
    simreal.register()
    use(trainer)
    bpy.ops.wm.open_mainfile(filepath=str(out / "scene.blend"))
    job_watch.begin()
    job_watch.poll()
    scene = bpy.context.scene
    job = watch().board.by_name(name)
    assert job.is_live or job.state is State.DONE, (job.state, job.problem)
    assert "4 Cells, in %" in texts() and len(bpy.context.window_manager.simreal.studies.rows) == 4
    reach(job, State.DONE)
    assert study_status(scene).is_finished and scene.simreal.studies.file == str(study)
    planned(scene)
    simreal.unregister()
    assert not study_outlook._askers
    print("studies: ok")


def press_run():
    assert bpy.ops.simreal.study_run() == {"FINISHED"}
    job = next(iter(watch().board))
    assert job.order.verb == "study" and job.is_live
    return job


def told(out, **what):
    """Tell the steps of the next study how to behave."""
    os.environ["STAND_IN"] = json.dumps({**what, "journal": str(out / JOURNAL)})


def journal(out):
    file = out / JOURNAL
    lines = file.read_text().splitlines() if file.is_file() else []
    return [line.partition(" ")[2] for line in lines]


def planned(scene):
    """The outlook, once it has been worked out: the timers are run here, as Blender with a window would."""
    deadline = time.monotonic() + WAIT_S
    while (plan := outlook(scene)) is None or study_outlook._askers[0]._wanted:
        assert time.monotonic() < deadline, "waited too long"
        study_outlook.poll()
        time.sleep(0.05)
    return plan


def reach(job, state):
    wait(lambda: job.state is state or not job.is_unfinished)
    assert job.state is state, (job.state, job.problem, job.log)
    job_watch.poll()


def wait(condition):
    """Poll as the timer does, which no headless Blender runs."""
    deadline = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)
        job_watch.poll()


def refusal(name):
    """Why an operator cannot run now; "" where it can."""
    said = []
    stand_in = type("Poll", (), {"poll_message_set": staticmethod(said.append)})
    return "" if getattr(bpy.types, f"SIMREAL_OT_{name}").poll.__func__(stand_in, bpy.context) else said[0]


def drawn(panel="SIMREAL_PT_studies"):
    return draw(getattr(bpy.types, panel), bpy.context)


def texts(panel="SIMREAL_PT_studies"):
    return [str(arguments["text"]) for _, arguments in drawn(panel) if arguments.get("text")]


def icons():
    return {arguments.get("icon") for name, arguments in drawn() if name == "label"}


def buttons():
    return {(each["operator"], each.get("text")) for name, each in drawn() if name == "operator"}


def operators(panel="SIMREAL_PT_studies"):
    return {arguments["operator"] for name, arguments in drawn(panel) if name == "operator"}


if sys.argv[2] == "--reopened":
    run(reopened, Path(sys.argv[1]), sys.argv[3], Path(sys.argv[4]), Path(sys.argv[5]))
run(main, *(Path(argument).absolute() for argument in sys.argv[1:]))
