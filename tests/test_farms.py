"""Parts of a data set, and the scripts that have a render farm render them. Their renderer is the stand-in."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from simreal.commands import main
from simreal.datasets.finishing import data_hash
from simreal.datasets.lock import exclusive, shared
from simreal.datasets.shards import Shard
from simreal.design.errors import DataSetError
from simreal.rendering.farm import FarmJob, flamenco_script, flamenco_submission, slurm_script
from simreal.rendering.part import Part

from .stand_in_renders import mini_design, told_stand_in

FLAMENCO = """
const jobs = [];
const author = {
    Task: (name, type) => ({ name, type, commands: [], needs: [],
        addCommand(command) { this.commands.push(command); },
        addDependency(task) { this.needs.push(task.name); } }),
    Command: (name, parameters) => ({ name, parameters }),
};
const job = { settings: JSON.parse(process.argv[2]), tasks: [], addTask(task) { this.tasks.push({ ...task }); } };
for (const setting of JOB_TYPE.settings) job.settings[setting.key] ??= setting.default;
compileJob(job);
console.log(JSON.stringify(job.tasks));
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return mini_design(tmp_path, 100)


@pytest.fixture
def blender(tmp_path: Path) -> str:
    return str(told_stand_in(tmp_path))


@pytest.fixture
def reference(file: Path, tmp_path: Path, blender: str) -> str:
    assert main(["render", str(file), "--out", str(tmp_path / "reference"), "--blender", blender]) == 0
    return data_hash(tmp_path / "reference")


def begin(file: Path, blender: str, *more: str) -> Path:
    """Begin a data set for a farm. Returns its folder."""
    data = file.parent / "my data"
    arguments = ["render", str(file), "--out", str(data), "--blender", blender, "--workers", "1"]
    assert main([*arguments, "--emit", "slurm", *more]) == 0
    return data


# Parts


def test_parts_share_all_images(tmp_path: Path):
    """Whatever is there already: a part that begins late must not take what another has done for its own."""
    counts = {"train": 12_345, "test": 100}
    shares = [Part(number, 8).of(tmp_path, counts) for number in range(1, 9)]
    taken = sorted((shard.split, index) for share in shares for shard in share for index in shard.indices)
    assert taken == sorted((split, index) for split, count in counts.items() for index in range(count))
    sizes = [sum(map(len, share)) for share in shares]
    assert max(sizes) - min(sizes) <= 2 * 50
    first = shares[0][0]
    folder = tmp_path / ".simreal" / "train"
    folder.mkdir(parents=True)
    (folder / f"{first.start:08d}-{first.stop:08d}.jsonl").touch()
    assert Part(1, 8).of(tmp_path, counts) == shares[0][1:]
    assert Part(2, 8).of(tmp_path, counts) == shares[1]
    assert Part(2, 8).of(tmp_path / "new", {"train": 40}) == [Shard("train", 10, 20)]


def test_parts_in_any_order_are_the_whole(file: Path, blender: str, reference: str, capsys: pytest.CaptureFixture):
    data = begin(file, blender)
    for part in ("2/3", "3/3", "3/3", "1/3"):
        assert main(["render", str(data), "--part", part, "--blender", blender]) == 0
        assert f'Part {part} is done. When all parts are: simreal render "{data}"' in capsys.readouterr().out
    assert not list(data.glob("*/metadata.jsonl")), "a part finishes nothing"
    refuses = str(told_stand_in(file.parent, refuse="nothing is missing"))
    assert main(["render", str(data), "--blender", refuses]) == 0
    assert data_hash(data) == reference


def test_a_part_that_never_ran_is_rendered_at_the_end(file: Path, blender: str, reference: str):
    data = begin(file, blender)
    assert main(["render", str(data), "--part", "2/3", "--blender", blender]) == 0
    assert main(["render", str(data), "--blender", blender]) == 0
    assert data_hash(data) == reference


def test_parts_in_storage(file: Path, tmp_path: Path, blender: str, reference: str):
    url = f"file://{tmp_path}/bucket/data"
    assert main(["render", str(file), "--out", url, "--emit", "slurm", "--blender", blender]) == 0
    for part in ("2/2", "1/2"):
        assert main(["render", url, "--part", part, "--blender", blender]) == 0
    assert main(["render", url, "--blender", blender]) == 0
    assert data_hash(tmp_path / "bucket" / "data") == reference


def test_parts_of_nothing(file: Path, tmp_path: Path, blender: str, capsys: pytest.CaptureFixture):
    arguments = ["render", str(file), "--out", str(tmp_path / "data"), "--blender", blender]
    assert main([*arguments, "--part", "1/2"]) == 2
    assert "was not begun yet: `simreal render DESIGN --out" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()
    data = begin(file, blender)
    assert main(["render", str(data), "--part", "1/2", "--seed", "1", "--blender", blender]) == 2
    assert "holds the images of another design" in capsys.readouterr().err
    for wrong in ("0/2", "3/2", "half"):
        with pytest.raises(SystemExit):
            main([*arguments, "--part", wrong])
        assert "must be a part of so many, as 3/8" in capsys.readouterr().err


def test_parts_hold_a_folder_together(tmp_path: Path):
    with shared(tmp_path), shared(tmp_path), pytest.raises(DataSetError, match="another render"), exclusive(tmp_path):
        pass
    with exclusive(tmp_path), pytest.raises(DataSetError, match="another render"), shared(tmp_path):
        pass


# Slurm


def test_the_script_for_slurm(file: Path, blender: str, reference: str):
    """As Slurm runs it: once per task of the array, then once more."""
    script = file.parent / "render.slurm"
    data = begin(file, blender, "--tasks", "3", "--emit-to", str(script))
    subprocess.run(["bash", "-n", script], check=True)
    assert f"# Renders {data} in 3 tasks" in script.read_text()
    for task in ("3", "1", "2", ""):
        slurm = {"SLURM_JOB_ID": "7", **({"SLURM_ARRAY_TASK_ID": task} if task else {})}
        done = subprocess.run(["bash", script], env={**os.environ, **slurm}, capture_output=True, check=True)
    assert f"Part {task}/3" not in done.stdout.decode()
    assert data_hash(data) == reference


def test_run_by_hand_it_submits_both_steps(tmp_path: Path):
    """The second waits for the first, however that ends."""
    script, sbatch = tmp_path / "render.slurm", tmp_path / "sbatch"
    script.write_text(slurm_script(FarmJob("/data/cups", 40, device="optix")))
    assert "#SBATCH --gres=gpu:1\n" in script.read_text()
    sbatch.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/submitted\necho "1234;cluster"\n')
    sbatch.chmod(0o755)
    outside = {name: value for name, value in os.environ.items() if not name.startswith("SLURM")}
    subprocess.run(["bash", script], env={**outside, "PATH": f"{tmp_path}:{os.environ['PATH']}"}, check=True)
    assert (tmp_path / "submitted").read_text().splitlines() == [
        f"--parsable --array=1-40 {script}",
        f"--dependency=afterany:1234 {script}",
    ]


# Flamenco


def compiled(script: str, settings: dict[str, object]) -> list[dict]:
    """The tasks that Flamenco would make of a job; the API it gives a script is imitated."""
    command = ["node", "-", json.dumps(settings)]
    return json.loads(
        subprocess.run(command, input=script + FLAMENCO, stdout=subprocess.PIPE, text=True, check=True).stdout
    )


def test_the_job_type_for_flamenco(file: Path, tmp_path: Path, blender: str, reference: str, capsys):
    script = tmp_path / "simreal-render.js"
    begin(file, blender, "--emit", "flamenco", "--tasks", "3", "--emit-to", str(script))
    submission = capsys.readouterr().out
    assert "Submit it: curl -X POST http://localhost:8080/api/v3/jobs" in submission
    assert '"type": "simreal-render"' in submission
    *parts, finish = compiled(script.read_text(), {})
    assert [task["name"] for task in parts] == ["part 1 of 3", "part 2 of 3", "part 3 of 3"]
    assert finish["needs"] == [task["name"] for task in parts]
    assert all(task["needs"] == [] for task in parts)
    for task in (*parts, finish):
        (command,) = task["commands"]
        assert command["name"] == "exec"
        subprocess.run([command["parameters"]["exe"], *command["parameters"]["args"]], capture_output=True, check=True)
    assert data_hash(tmp_path / "my data") == reference


def test_a_job_for_flamenco_with_other_settings():
    job = FarmJob(
        '/data/"cups" & it\'s', 2, ("--threads", "2"), ("--retry-failed",), program=("python", "-m", "simreal")
    )
    parameters = compiled(flamenco_script(job), {"tasks": 1})[0]["commands"][0]["parameters"]
    options = ["--threads", "2", "--retry-failed", "--part", "1/1"]
    assert parameters == {"exe": "python", "args": ["-m", "simreal", "render", job.place, *options]}
    words = subprocess.run(
        ["bash", "-c", f"curl() {{ printf '%s' \"${{@: -1}}\"; }}; {flamenco_submission(job)}"],
        capture_output=True,
        check=True,
    ).stdout
    assert json.loads(words)["settings"]["data"] == job.place


def test_without_a_file_the_script_goes_to_stdout(file: Path, blender: str, capsys: pytest.CaptureFixture):
    begin(file, blender, "--retry-failed", "--split", "train")
    script = capsys.readouterr().out
    assert script.startswith("#!/bin/bash\n")
    assert "--split train" in script
    assert "--retry-failed --part" in script
    assert str(Path(sys.executable).with_name("simreal")) in script
