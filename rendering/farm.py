"""Scripts for render farms: each task renders a part of a data set that was begun, the last one finishes it."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path

import attrs

CORES_A_TASK = 4
MEMORY_A_CORE = "1500M"
FLAMENCO_TYPE = "simreal-render"
MANAGER = "http://localhost:8080"

_SLURM = """\
#!/bin/bash
# Renders {place} in {tasks} tasks, then finishes it. To submit both steps: bash THIS_FILE
# A task that fails or is cancelled loses nothing that is finished: the last step renders what is missing.
#SBATCH --job-name={name}
#SBATCH --cpus-per-task={cores}
#SBATCH --mem-per-cpu={memory}
#SBATCH --requeue
{gpu}set -euo pipefail
simreal=({program})
if [ -n "${{SLURM_ARRAY_TASK_ID:-}}" ]; then
    exec "${{simreal[@]}}" {part} "$SLURM_ARRAY_TASK_ID/{tasks}"
elif [ -n "${{SLURM_JOB_ID:-}}" ]; then
    exec "${{simreal[@]}}" {finish}
else
    array=$(sbatch --parsable --array=1-{tasks} "$0")
    sbatch --dependency="afterany:${{array%%;*}}" "$0"
fi
"""

_FLAMENCO = """\
// A job type for Flamenco 3: renders a data set of Simreal in parts, then finishes it.
// Save it as scripts/{type}.js beside the Manager's executable, restart the Manager, and submit the job:
// {submission}
const JOB_TYPE = {{
    label: "Simreal data set",
    description: "Render what is missing of a data set that was begun with `simreal render --emit flamenco`",
    settings: [
        {{ key: "data", type: "string", required: true, default: {place},
          description: "Folder or URL of the data set, as all workers see it" }},
        {{ key: "tasks", type: "int32", required: true, default: {tasks}, description: "Tasks to render it in" }},
        {{ key: "simreal", type: "string", default: {simreal},
          description: "How Simreal is started on the workers: a JSON list of words" }},
        {{ key: "options", type: "string", default: {options},
          description: "Options of `simreal render`: a JSON list of words" }},
        {{ key: "part_options", type: "string", default: {part_options} }},
    ],
}};

function compileJob(job) {{
    const settings = job.settings;
    const simreal = JSON.parse(settings.simreal);
    const render = simreal.slice(1).concat(["render", settings.data], JSON.parse(settings.options));
    const finish = author.Task("finish", "blender");
    finish.addCommand(author.Command("exec", {{ exe: simreal[0], args: render }}));
    const partial = render.concat(JSON.parse(settings.part_options));
    for (let number = 1; number <= settings.tasks; number++) {{
        const part = author.Task(`part ${{number}} of ${{settings.tasks}}`, "blender");
        const args = partial.concat(["--part", `${{number}}/${{settings.tasks}}`]);
        part.addCommand(author.Command("exec", {{ exe: simreal[0], args: args }}));
        job.addTask(part);
        finish.addDependency(part);
    }}
    job.addTask(finish); // last: Flamenco takes a task's dependencies as they are now
}}
"""


def this_program() -> tuple[str, ...]:
    """How this Simreal is started: the command beside this Python, else the module."""
    command = Path(sys.executable).with_name("simreal")
    return (str(command),) if command.is_file() else (sys.executable, "-m", "simreal.commands")


@attrs.frozen
class FarmJob:
    """What a farm is to do: ``tasks`` parts of the data set at ``place``, a folder or URL that all machines see.

    ``options`` are those of ``simreal render`` for all tasks, ``part_options`` those for parts alone.
    """

    place: str
    tasks: int
    options: tuple[str, ...] = ()
    part_options: tuple[str, ...] = ()
    device: str = "auto"
    program: tuple[str, ...] = attrs.field(factory=this_program)

    @property
    def name(self) -> str:
        return f"simreal-{self.place.rstrip('/').rpartition('/')[2]}"


def slurm_script(job: FarmJob) -> str:
    """An array script for Slurm, which submits itself and the last step when it is run by hand."""
    finish = ("render", job.place, *job.options)
    return _SLURM.format(
        place=job.place,
        tasks=job.tasks,
        name=shlex.quote(job.name),
        cores=CORES_A_TASK,
        memory=MEMORY_A_CORE,
        gpu="" if job.device in ("auto", "cpu") else "#SBATCH --gres=gpu:1\n",
        program=shlex.join(job.program),
        part=shlex.join((*finish, *job.part_options, "--part")),
        finish=shlex.join(finish),
    )


def flamenco_script(job: FarmJob) -> str:
    """A job type for Flamenco 3, with this job's settings as its defaults."""
    return _FLAMENCO.format(
        type=FLAMENCO_TYPE,
        submission=flamenco_submission(job),
        place=json.dumps(job.place),
        tasks=job.tasks,
        **{name: json.dumps(text) for name, text in _settings(job).items()},
    )


def flamenco_submission(job: FarmJob) -> str:
    """The command line that gives a job of that type to the Manager."""
    document = {
        "name": job.name,
        "type": FLAMENCO_TYPE,
        "priority": 50,
        "submitter_platform": "linux",
        "settings": {"data": job.place, "tasks": job.tasks, **_settings(job)},
    }
    content = shlex.quote(json.dumps(document))
    return f"curl -X POST {MANAGER}/api/v3/jobs -H 'Content-Type: application/json' -d {content}"


def _settings(job: FarmJob) -> dict[str, str]:
    lists = {"simreal": job.program, "options": job.options, "part_options": job.part_options}
    return {name: json.dumps(words) for name, words in lists.items()}
