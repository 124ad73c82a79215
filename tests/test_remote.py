"""Data sets in storage: rendered through fsspec, resumed, and what happens while the storage is away."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, ClassVar

import fsspec
import pytest
from fsspec.implementations.local import LocalFileSystem

from simreal.commands import main
from simreal.datasets.finishing import data_hash
from simreal.datasets.messages import Log, Message
from simreal.datasets.reading import open_data_set
from simreal.datasets.remote import Remote
from simreal.design.errors import DataSetError, ToolError

from .stand_in_renders import mini_design, told_stand_in

RENDER = "import sys; from simreal.commands import main; sys.exit(main(sys.argv[1:]))"


class Distant(LocalFileSystem):
    """A folder as storage that is away at times: the next ``faults`` operations fail."""

    protocol = "distant"
    faults: ClassVar[int] = 0
    error: ClassVar[Exception] = TimeoutError("no answer")

    @classmethod
    def _strip_protocol(cls, path: Any) -> Any:
        return super()._strip_protocol(path.removeprefix("distant://") if isinstance(path, str) else path)

    def _reach(self) -> None:
        if Distant.faults:
            Distant.faults -= 1
            raise Distant.error

    def put_file(self, lpath: str, rpath: str, *args: Any, **more: Any) -> Any:
        self._reach()
        return super().put_file(lpath, rpath, *args, **more)

    def cat_file(self, path: str, *args: Any, **more: Any) -> Any:
        self._reach()
        return super().cat_file(path, *args, **more)

    def ls(self, path: str, *args: Any, **more: Any) -> Any:
        self._reach()
        return super().ls(path, *args, **more)


@pytest.fixture
def storage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder behind ``distant://``."""
    fsspec.register_implementation("distant", Distant, clobber=True)
    monkeypatch.setattr(Distant, "faults", 0)
    monkeypatch.setattr(Distant, "error", TimeoutError("no answer"))
    return tmp_path / "bucket" / "data"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return mini_design(tmp_path)


@pytest.fixture
def reference(file: Path, tmp_path: Path) -> str:
    """The hash of the data set in a folder."""
    assert main(arguments(file, tmp_path / "reference", told_stand_in(tmp_path))) == 0
    return data_hash(tmp_path / "reference")


def arguments(file: Path | str, out: Path | str, blender: Path, *more: str) -> list[str]:
    return ["render", str(file), "--out", str(out), "--blender", str(blender), "--workers", "2", *more]


def render(file: Path | str, out: Path | str, blender: Path, *more: str) -> int:
    return main(arguments(file, out, blender, *more))


def records(storage: Path) -> list[str]:
    return sorted(path.name for path in (storage / ".simreal" / "train").glob("*.jsonl"))


def test_the_same_data_set_as_in_a_folder(file: Path, tmp_path: Path, storage: Path, reference: str):
    assert render(file, f"distant://{storage}", told_stand_in(tmp_path)) == 0
    assert data_hash(storage) == reference
    assert len(open_data_set(storage).rows("train")) == 60
    refuses = str(told_stand_in(tmp_path, refuse="nothing to do"))
    assert main(["render", f"distant://{storage}", "--blender", refuses]) == 0, "its URL alone goes on"


def test_storage_that_is_away_for_a_while(file: Path, storage: Path, reference: str, monkeypatch, capsys):
    monkeypatch.setattr("simreal.datasets.remote.FIRST_DELAY_S", 0.01)
    monkeypatch.setattr(Distant, "faults", 6)
    assert render(file, f"distant://{storage}", told_stand_in(file.parent)) == 0
    assert f"distant://{storage}: cannot be reached (no answer); trying again for 300 s" in capsys.readouterr().err
    assert data_hash(storage) == reference


def test_storage_that_stays_away(file: Path, storage: Path, reference: str, monkeypatch, capsys):
    """One line, and what is there stays; the same command goes on."""
    assert render(file, f"distant://{storage}", told_stand_in(file.parent), "--split", "test_iid") == 0
    monkeypatch.setattr("simreal.rendering.courier.Courier.deliver", _cut_off(monkeypatch))
    assert render(file, f"distant://{storage}", told_stand_in(file.parent), "--patience", "0.05") == 2
    said = capsys.readouterr().err
    assert "cannot be reached (no answer); when it can be again, the same command goes on" in said
    assert "Traceback" not in said
    assert records(storage) == []
    monkeypatch.undo()
    assert render(file, f"distant://{storage}", told_stand_in(file.parent)) == 0
    assert data_hash(storage) == reference


def _cut_off(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Have the storage go away when the first shard is to be brought there."""
    from simreal.rendering.courier import Courier

    deliver = Courier.deliver

    def cut_off(courier: Courier) -> None:
        Distant.faults = 1_000_000
        deliver(courier)

    return cut_off


def test_access_denied_is_said_at_once(file: Path, tmp_path: Path, storage: Path, monkeypatch, capsys):
    monkeypatch.setattr(Distant, "error", PermissionError("403 Forbidden"))
    monkeypatch.setattr(Distant, "faults", 1)
    assert render(file, f"distant://{storage}", told_stand_in(tmp_path)) == 2
    assert f"distant://{storage}: access is denied (403 Forbidden)" in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_whatever_ends_it_what_is_stored_stays(file: Path, tmp_path: Path, storage: Path, reference: str, number: int):
    out = f"file://{storage}"
    slow = arguments(file, out, told_stand_in(tmp_path, seconds=0.03))
    process = subprocess.Popen([sys.executable, "-c", RENDER, *slow], stderr=subprocess.PIPE, start_new_session=True)
    end = time.monotonic() + 60
    while not records(storage):
        assert time.monotonic() < end, "nothing was stored"
        time.sleep(0.02)
    process.send_signal(number)
    said = process.communicate(timeout=60)[1].decode()
    if number == signal.SIGINT:
        assert process.returncode == 130
        assert f"`simreal render {out}`, goes on" in said
        assert "Traceback" not in said
    assert render(file, out, told_stand_in(tmp_path)) == 0
    assert data_hash(storage) == reference


def test_it_can_grow(file: Path, tmp_path: Path, storage: Path, reference: str, capsys):
    blender = told_stand_in(tmp_path)
    assert render(file, f"distant://{storage}", blender, "--count", "12") == 0
    assert render(file, f"distant://{storage}", blender) == 0
    assert data_hash(storage) == reference
    capsys.readouterr()
    assert render(file, f"distant://{storage}", blender, "--count", "12") == 2
    assert "train has 60 images, and in storage none are taken away again" in capsys.readouterr().err


def test_a_damaged_record_is_rendered_again(file: Path, tmp_path: Path, storage: Path, reference: str, capsys):
    assert render(file, f"distant://{storage}", told_stand_in(tmp_path)) == 0
    (record,) = (storage / ".simreal" / "train").glob("*.jsonl")
    record.write_bytes(record.read_bytes()[:-20])
    assert render(file, f"distant://{storage}", told_stand_in(tmp_path)) == 0
    assert "damaged" in capsys.readouterr().err
    assert data_hash(storage) == reference


def test_other_things_in_its_place(file: Path, tmp_path: Path, storage: Path, capsys):
    storage.mkdir(parents=True)
    (storage / "letter.txt").write_text("dear")
    assert render(file, f"distant://{storage}", told_stand_in(tmp_path)) == 2
    assert "holds other files (letter.txt); choose another --out" in capsys.readouterr().err
    (storage / "letter.txt").unlink()
    assert render(file, f"distant://{storage}", told_stand_in(tmp_path)) == 0
    assert render(file, f"distant://{storage}", told_stand_in(tmp_path), "--seed", "1") == 2
    assert "holds the images of another design" in capsys.readouterr().err


def test_the_design_in_storage_finds_its_libraries(file: Path, tmp_path: Path, storage: Path):
    """There is no folder that their paths could be relative to."""
    document = json.loads(file.read_text())
    (tmp_path / "maps").mkdir()
    document["libraries"] = {"maps": {"kind": "environments", "path": "maps"}}
    file.write_text(json.dumps(document))
    assert render(file, f"distant://{storage}", told_stand_in(tmp_path)) == 0
    library = json.loads((storage / "design.json").read_text())["libraries"]["maps"]
    assert library["path"] == str(tmp_path / "maps")


def test_unknown_kinds_of_storage():
    said: list[Message] = []
    with pytest.raises(DataSetError, match="nowhere://data: Protocol not known"):
        Remote("nowhere://data", said.append)
    with pytest.raises(ToolError, match=r"^s3://bucket/data: Install s3fs"):
        Remote("s3://bucket/data", said.append)
    assert said == []


def test_it_waits_ever_longer(storage: Path, monkeypatch: pytest.MonkeyPatch):
    said: list[Message] = []
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    monkeypatch.setattr(Distant, "faults", 4)
    assert Remote(f"distant://{storage}", said.append).read("design.json") is None
    assert waited == [0.5, 1.0, 2.0, 4.0]
    assert said == [Log(f"distant://{storage}: cannot be reached (no answer); trying again for 300 s", "warning")]
