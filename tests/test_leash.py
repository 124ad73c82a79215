"""Commands that a program starts: they end with its stdin, and hold a folder until they have left."""

import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from simreal.commands import leash
from simreal.commands.leash import held
from simreal.datasets.lock import holding
from simreal.design.errors import DataSetError

from .shapes import rendered

CODE = "import sys; from simreal.commands import main; sys.exit(main(sys.argv[1:]))"
NETWORK = ["--backbone", "test_resnet", "--from-scratch", "--image-size", "32", "--workers", "0", "--threads", "1"]


@pytest.mark.slow
def test_a_training_on_a_leash_keeps_what_it_has_done_when_its_parent_is_gone(tmp_path: Path) -> None:
    """Also where Ctrl-C is ignored, as in a shell's background jobs."""
    data, run, lock = rendered(tmp_path / "data", {"train": 40}), tmp_path / "run", tmp_path / "lock"
    arguments = ["train", str(data), "--out", str(run), *NETWORK, "--epochs", "100000", "--leash", "--hold", str(lock)]
    ignored = f"import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); {CODE}"
    process = subprocess.Popen([sys.executable, "-c", ignored, *arguments], stdin=subprocess.PIPE)
    assert process.stdin is not None
    while not (run / "checkpoint.pt").is_file():
        assert process.poll() is None
        time.sleep(0.05)
    with pytest.raises(DataSetError, match="taken"), holding(lock, DataSetError("taken")):
        pass
    process.stdin.close()
    assert process.wait(60) == 130
    assert json.loads((run / "run.json").read_text())["state"] == "interrupted"
    with holding(lock, DataSetError("taken")):
        pass


def test_who_comes_next_waits_until_the_folder_is_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = tmp_path / "lock"
    order = []
    taken, leave = threading.Event(), threading.Event()

    def first() -> None:
        with held(lock):
            taken.set()
            leave.wait()
            order.append("first")

    thread = threading.Thread(target=first)
    thread.start()
    taken.wait()
    monkeypatch.setattr(leash, "PATIENCE_S", 0.0)
    with pytest.raises(DataSetError, match="another process still works on this folder"), held(lock):
        pass
    monkeypatch.setattr(leash, "PATIENCE_S", 60.0)
    threading.Timer(0.5, leave.set).start()
    with held(lock):
        order.append("second")
    thread.join()
    assert order == ["first", "second"]


def test_an_error_inside_is_the_commands_own(tmp_path: Path) -> None:
    with pytest.raises(DataSetError, match="of its own"), held(tmp_path / "lock"):
        raise DataSetError("of its own")
