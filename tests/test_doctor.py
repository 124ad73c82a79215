"""`simreal doctor`: this machine as it is, and machines with something broken."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from simreal.commands.doctor import examine
from simreal.datasets.messages import Decoder, Result


def doctor(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run it in a process of its own, as a person does."""
    command = [sys.executable, "-c", "import sys; from simreal.commands import main; sys.exit(main(sys.argv[1:]))"]
    return subprocess.run(
        [*command, "doctor", *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def checks(done: subprocess.CompletedProcess[str]) -> dict[str, dict[str, object]]:
    return {check["name"]: check for check in json.loads(done.stdout)["checks"]}


def broken(folder: Path, **modules: str) -> str:
    """A folder for PYTHONPATH whose modules are what they are given."""
    folder.mkdir()
    for name, content in modules.items():
        (folder / f"{name}.py").write_text(content)
    return str(folder)


def test_this_machine_can_render_and_score() -> None:
    done = doctor()
    lines = done.stdout.splitlines()
    assert done.returncode == 0, done.stdout
    assert lines[-1] == "ready to render and to score"
    assert all(line.split()[0] in ("ok", "hint") for line in lines[:-1])
    assert any(line.startswith("ok       Blender") and "bpy in this Python" in line for line in lines)


def test_it_tells_all_that_was_asked_and_in_time() -> None:
    started = time.monotonic()
    found = {check.name: check for check in examine()}
    assert time.monotonic() - started < 30  # 10 s on a machine that is not busy with other tests
    assert set(found) >= {"Python", "numpy", "attrs", "cattrs", "Pillow", "onnxruntime", "Blender", "Cycles GPUs"}
    assert set(found) >= {
        "Cycles denoiser",
        "blender on PATH",
        "torch",
        "timm",
        "disk",
        "processor",
        "memory",
        "extension",
    }
    assert "CPU" in found["onnxruntime"].detail
    assert found["Cycles denoiser"].state == "ok"  # pip's bpy has one


def test_json_and_messages_hold_the_same_findings() -> None:
    as_json = json.loads(doctor("--json").stdout)
    assert as_json["ready"] is True
    messages = Decoder().feed(doctor("--messages").stdout.encode())
    (result,) = [each for each in messages if isinstance(each, Result) and each.kind == "doctor"]
    assert [check["name"] for check in result.data["checks"]] == [check["name"] for check in as_json["checks"]]


def test_a_broken_package_is_missing_and_says_what_to_do(tmp_path: Path) -> None:
    done = doctor("--json", PYTHONPATH=broken(tmp_path / "p", onnxruntime="raise ImportError('no libonnx.so')"))
    check = checks(done)["onnxruntime"]
    assert done.returncode == 1
    assert json.loads(done.stdout)["ready"] is False
    assert check["state"] == "missing"
    assert check["detail"] == "pip install onnxruntime, or install the extension again (no libonnx.so)"


@pytest.mark.parametrize(
    ("bpy", "said"),
    [
        ("raise ImportError('libX11.so.6 is missing')", "failed with status 1: ImportError: libX11.so.6 is missing"),
        ("import os; os.abort()", "crashed with signal 6"),
    ],
)
def test_a_blender_that_crashes_costs_one_line(bpy: str, said: str, tmp_path: Path) -> None:
    done = doctor("--json", PYTHONPATH=broken(tmp_path / "p", bpy=bpy))
    check = checks(done)["Blender"]
    assert done.returncode == 1
    assert check["state"] == "missing"
    assert said in str(check["detail"])


def test_a_torch_that_crashes_is_a_hint_as_rendering_needs_none(tmp_path: Path) -> None:
    done = doctor("--json", PYTHONPATH=broken(tmp_path / "p", torch="import os; os.abort()"))
    check = checks(done)["torch"]
    assert done.returncode == 0
    assert check["state"] == "hint"
    assert "crashed with signal 6" in str(check["detail"])


def test_a_blender_on_path_is_told(tmp_path: Path) -> None:
    script = tmp_path / "blender"
    script.write_text("#!/bin/sh\necho Blender 4.5.3 LTS\n")
    script.chmod(0o755)
    found = checks(doctor("--json", PATH=f"{tmp_path}:{os.environ['PATH']}"))
    assert found["blender on PATH"]["detail"] == f"Blender 4.5.3 LTS ({script})"
    script.write_text("#!/bin/sh\nexit 3\n")
    found = checks(doctor("--json", PATH=f"{tmp_path}:{os.environ['PATH']}"))
    assert found["blender on PATH"]["state"] == "hint"
    assert "does not start" in str(found["blender on PATH"]["detail"])
