"""Making, checking and removing a training environment: with real pip and venv, and wheels of a few bytes."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from simreal.addon import training_check
from simreal.addon.training_check import Checker, Findings, program_of, program_problem
from simreal.commands import main
from simreal.datasets.messages import Decoder, Log, Message, Progress, Result
from simreal.design.errors import ToolError
from simreal.training import environment, torch_builds
from simreal.training.environment import OWN, READY, Environment, create, remove
from simreal.training.pip_install import Pip, failure
from simreal.training.requirements import Requirement, training_requirements, version_numbers
from simreal.training.torch_builds import BUILDS, Choice, NvidiaGpu, choose, parse_nvidia_smi

from .tiny_wheels import VERSION, tiny_wheels

ROOT = Path(__file__).resolve().parent.parent
CPU = Choice("cpu", "https://packages.invalid/cpu", "as asked for")
WAIT_S = 60.0


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_wheels(tmp_path_factory.mktemp("tiny") / "wheels")


@pytest.fixture
def wheels(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """pip is set to a folder of tiny wheels, and to nothing else, as a user sets it."""
    return set_pip(monkeypatch, tiny)


@pytest.fixture(scope="module")
def made(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Environment, list[Message]]:
    """An environment, and what was said while it was made."""
    said: list[Message] = []
    path = tmp_path_factory.mktemp("users") / "of the" / "training"
    with pytest.MonkeyPatch.context() as monkeypatch:
        set_pip(monkeypatch, tiny)
        create(path, CPU, said.append)
    return Environment(path), said


def set_pip(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Path:
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    for name, value in {"CONFIG_FILE": os.devnull, "NO_INDEX": "1", "FIND_LINKS": str(folder)}.items():
        monkeypatch.setenv(f"PIP_{name}", value)
    return folder


def silent(message: Message) -> None: ...


def test_an_environment_is_made_whole_and_says_what_it_is(made: tuple[Environment, list[Message]]) -> None:
    there, said = made
    assert there.is_ready and there.is_ours
    kept = json.loads((there.path / OWN).read_text())
    assert (kept["torch"], kept["python"], kept["asked_for"]) == (VERSION, str(there.python), "cpu")
    assert environment.versions(there).items() >= {"torch": VERSION, "timm": VERSION, "numpy": VERSION}.items()
    stages = [message.stage for message in said if isinstance(message, Progress)]
    assert stages[0] == "environment" and "torch: installing" in stages and "packages: installing" in stages
    logs = [message.text for message in said if isinstance(message, Log)]
    assert any("pip's own settings say" in line for line in logs)  # so PyTorch's index is left alone
    assert not (there.path / "tmp").exists()
    with pytest.raises(ToolError, match="is a training environment already: remove it first, or use --replace"):
        create(there.path, CPU, silent)


def test_a_check_says_what_a_made_environment_has(made: tuple[Environment, list[Message]], tmp_path: Path) -> None:
    there, program = made[0], str(made[0].python)
    found = checked(program)
    assert found.problem == "" and found.summary == f"torch {VERSION}, CPU"
    assert found.packages["timm"] == VERSION and found.backbones == ("efficientnet_lite0", "resnet18", "resnet50")
    training_check.save(found, tmp_path / "kept" / "check.json")
    assert training_check.load(tmp_path / "kept" / "check.json") == found
    broken = environment.site_packages(there.path) / "timm.py"
    broken.unlink()
    assert found.stamp != training_check.stamp(program)
    broken.write_text("raise OSError('libtorch.so: cannot open shared object file')")
    assert checked(program).problem == f"timm: {VERSION}: libtorch.so: cannot open shared object file"


def test_the_verb_sweeps_away_what_a_killed_attempt_left(
    wheels: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    there = Environment(tmp_path / "e")
    there.path.mkdir()
    (there.path / OWN).write_text("{}")
    (there.path / "rubbish").touch()
    assert there.is_ours and not there.is_ready
    assert main(["environment", "create", str(there.path), "--torch", "cpu", "--messages"]) == 0
    results = [each for each in Decoder().feed(capfd.readouterr().out.encode()) if isinstance(each, Result)]
    assert [each.data["torch"] for each in results if each.kind == "environment"] == [VERSION]
    assert there.is_ready and not (there.path / "rubbish").exists()
    assert main(["environment", "remove", str(there.path)]) == 0
    assert not there.path.exists()


def test_other_folders_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years")
    with pytest.raises(ToolError, match="holds other files: choose another folder"):
        create(tmp_path / "mine", CPU, silent)
    with pytest.raises(ToolError, match="is not an environment that Simreal made: it is left alone"):
        remove(Environment(tmp_path / "mine"))
    (tmp_path / "file").touch()
    with pytest.raises(ToolError, match="is a file: choose another folder"):
        create(tmp_path / "file", CPU, silent)
    with pytest.raises(ToolError, match="choose another folder"):
        create(tmp_path / "file" / "e", CPU, silent)
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years"


def test_too_little_space_is_told_before_anything_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment.shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(9, 8, 1_200_000_000))
    with pytest.raises(ToolError, match=r"needs about 2\.6 GB, and 1\.2 GB are free; make room, or choose another"):
        create(tmp_path / "e", CPU, silent)
    assert list(tmp_path.iterdir()) == [tmp_path / ".e.lock"]


def test_a_package_that_is_not_there_is_told_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_pip(monkeypatch, tiny_wheels(tmp_path / "wheels", without=("torchvision",)))
    with pytest.raises(ToolError, match=r"no package for torchvision>=.* that suits .*python.*: choose another base"):
        create(tmp_path / "e", CPU, silent)
    assert not (tmp_path / "e").exists()


def test_an_index_that_cannot_be_reached_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wheels: Path) -> None:
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_RETRIES", "1")
    with socket.socket() as nobody:  # bound and not listening: connections are refused
        nobody.bind(("127.0.0.1", 0))
        index = f"http://127.0.0.1:{nobody.getsockname()[1]}/simple"
        with pytest.raises(ToolError, match="the package index cannot be reached: check the network"):
            create(tmp_path / "e", CPU, silent, index=index)
    assert not (tmp_path / "e").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a program without asking it")
def test_cancelling_in_the_middle_leaves_nothing(wheels: Path, tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "headless.py"), "environment", "create", str(tmp_path / "e"), "--messages"]
    child = subprocess.Popen([*command, "--torch", "cpu"], stdout=subprocess.PIPE, start_new_session=True)
    assert child.stdout is not None
    decoder = Decoder()
    for line in child.stdout:
        said = decoder.feed(line)
        if any(isinstance(message, Progress) and message.stage.startswith("torch:") for message in said):
            break
    assert (tmp_path / "e" / OWN).is_file() and not (tmp_path / "e" / READY).exists()
    os.killpg(child.pid, signal.SIGINT)
    child.communicate(timeout=WAIT_S)
    assert child.returncode == 130
    assert not (tmp_path / "e").exists()


def test_two_at_once_are_one_too_many(tmp_path: Path) -> None:
    with environment._exclusively(tmp_path / "e"), pytest.raises(ToolError, match="is being made by another process"):
        create(tmp_path / "e", CPU, silent)


def test_a_base_python_that_will_not_do_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for program, said in ((tmp_path / "none", "does not start"), (shutil.which("true"), "is not a Python")):
        with pytest.raises(ToolError, match=said):
            create(tmp_path / "e", CPU, silent, base=str(program))
    old = tmp_path / "old"
    old.write_text('#!/bin/sh\necho \'{"version": [3, 9, 2], "has": ["venv", "pip"]}\'\n')
    old.chmod(0o755)
    with pytest.raises(ToolError, match=r"is Python 3\.9\.2: 3\.11 or newer is needed"):
        create(tmp_path / "e", CPU, silent, base=str(old))
    old.write_text('#!/bin/sh\necho \'{"version": [3, 13, 0], "has": ["venv"]}\'\n')
    with pytest.raises(ToolError, match=r"lacks venv, or both ensurepip and pip: .* install python3\.13-venv"):
        create(tmp_path / "e", CPU, silent, base=str(old))


def test_a_base_python_without_ensurepip_uses_its_own_pip(
    wheels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Debian's, without python3-venv."""
    monkeypatch.setattr(environment, "_facts_of", lambda base: ["venv", "pip"])
    create(tmp_path / "e", CPU, silent)
    assert Environment(tmp_path / "e").is_ready


def test_what_is_needed_is_what_the_project_declares() -> None:
    needed = {each.name: each for each in training_requirements()}
    assert {
        "numpy",
        "attrs",
        "cattrs",
        "Pillow",
        "onnxruntime",
        "torch",
        "torchvision",
        "timm",
        "onnx",
    } <= needed.keys()
    assert not {"bpy", "pytest", "ray"} & needed.keys()
    assert needed["torch"].minimum >= (2, 6) and needed["ml-dtypes"].minimum == ()
    assert Requirement("a_b-c[x]>=1.2,<3; python_version<'4'").name == "a_b-c"
    assert version_numbers("2.14.1+cu130") == (2, 14, 1) and version_numbers("unknown") == ()


def test_requirements_of_an_installed_package_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    here = {each.name: each.minimum for each in training_requirements()}
    monkeypatch.setattr("simreal.training.requirements.PROJECT", Path("/nowhere"))
    assert {each.name: each.minimum for each in training_requirements()} == here


@pytest.mark.parametrize(
    ("machine", "gpu", "wanted", "chosen"),
    [
        ("Linux x86_64", None, "auto", "cpu cpu"),
        ("Linux x86_64", NvidiaGpu("NVIDIA RTX 4090", 580, 8.9), "auto", "cuda cu130"),
        ("Linux x86_64", NvidiaGpu("NVIDIA RTX 4090", 560, 8.9), "auto", "cuda cu126"),
        ("Windows AMD64", NvidiaGpu("NVIDIA GTX 1080", 580, 6.1), "auto", "cuda cu126"),
        ("Linux x86_64", NvidiaGpu("NVIDIA RTX 4090", 580, 8.9), "cpu", "cpu cpu"),
        ("Linux x86_64", None, "rocm", "rocm rocm7.2"),
        ("Darwin arm64", None, "auto", "mps "),
        ("Darwin arm64", None, "cpu", "mps "),
    ],
)
def test_the_build_suits_the_machine(
    machine: str, gpu: NvidiaGpu | None, wanted: str, chosen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    be(machine, monkeypatch)
    monkeypatch.setattr(torch_builds, "_nvidia_gpu", lambda: gpu)
    monkeypatch.setattr(torch_builds, "amd_gpu", lambda: False)
    choice = choose(wanted)
    assert f"{choice.kind} {choice.index.rpartition('/')[2]}" == chosen


def be(machine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    system, processor = machine.split()
    monkeypatch.setattr(torch_builds.platform, "system", lambda: system)
    monkeypatch.setattr(torch_builds.platform, "machine", lambda: processor)


@pytest.mark.parametrize(
    ("machine", "wanted", "said"),
    [
        ("Darwin x86_64", "auto", "no build for Macs with Intel processors"),
        ("Darwin arm64", "cuda", "there is no CUDA on a Mac: choose MPS"),
        ("Linux x86_64", "mps", "MPS is on Macs only"),
        ("Windows AMD64", "rocm", "published for Linux only"),
    ],
)
def test_a_build_that_cannot_run_here_is_refused(
    machine: str, wanted: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    be(machine, monkeypatch)
    with pytest.raises(ToolError, match=said):
        choose(wanted)


def test_what_nvidia_smi_says_is_understood() -> None:
    assert parse_nvidia_smi("NVIDIA GeForce RTX 4090, 580.95.05, 8.9\n") == NvidiaGpu(
        "NVIDIA GeForce RTX 4090", 580, 8.9
    )
    assert parse_nvidia_smi("Tesla K80, 470.82, [N/A]\n") == NvidiaGpu("Tesla K80", 470, 0.0)
    assert parse_nvidia_smi("NVIDIA-SMI has failed because it couldn't communicate with the driver.\n") is None


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "the disk is full"),
        ("WARNING: Retrying (Retry(total=4)) after connection broken by 'NameResolutionError'", "cannot be reached"),
        ("ERROR: No matching distribution found for torch>=2.6", "no package for torch>=2.6 that suits"),
        ("one\nERROR: Cannot install a and b because they conflict\n", "pip failed: Cannot install a and b because"),
        ("", "pip failed: it said nothing"),
    ],
)
def test_pips_failures_are_one_sentence(said: str, told: str) -> None:
    assert told in failure(said, Path("/env/bin/python"))


def test_pips_own_index_is_known(wheels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pip = Pip(Path(sys.executable), tmp_path)
    assert pip.has_own_index()
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    assert not pip.has_own_index()


def checked(program: str) -> Findings:
    checker = Checker()
    checker.start(program, (program, str(ROOT / "headless.py"), "doctor", "--training", "--messages"))
    deadline = time.monotonic() + WAIT_S
    while (found := checker.poll()) is None:
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)
    assert not checker.is_running
    return found


def test_a_python_without_torch_or_too_old_or_none_is_one_sentence(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.write_text("#!/bin/sh\necho 'simreal: /old is Python 3.8.1, which is too old: 3.11 is needed' >&2; exit 2\n")
    crash = tmp_path / "crash"
    crash.write_text("#!/bin/sh\nkill -SEGV $$\n")
    noise = tmp_path / "noise"
    noise.write_text("#!/bin/sh\necho unknown option >&2; exit 1\n")
    for program in (old, crash, noise):
        program.chmod(0o755)
    assert checked(str(old)).problem == "/old is Python 3.8.1, which is too old: 3.11 is needed"
    assert checked(str(crash)).problem == f"{crash} is not a Python that can train"
    assert checked(str(noise)).problem == f"{noise} is not a Python that can train; it says: unknown option"
    with pytest.raises(ToolError, match="does not start"):
        checked(str(tmp_path))


def test_files_that_cannot_be_the_training_python(tmp_path: Path) -> None:
    assert "create one in Preferences" in program_problem("")
    assert "there is no such Python" in program_problem(str(tmp_path / "gone"))
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(tmp_path / "removed-blender" / "python")
    assert "made from is gone; create the environment again" in program_problem(str(tmp_path / "bin" / "python"))
    assert program_of(str(tmp_path)) == str(Environment(tmp_path).python)
    assert program_of(sys.executable) == sys.executable and program_problem(sys.executable) == ""


def test_sizes_grow_with_the_builds() -> None:
    assert BUILDS["cpu"].installed_bytes < BUILDS["cuda"].installed_bytes < BUILDS["rocm"].installed_bytes
