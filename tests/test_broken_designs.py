"""Broken designs: one clear message each, behind every door, and nothing changed or run."""

import codecs
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from simreal.commands import main
from simreal.design.document import from_text, load
from simreal.design.errors import DesignError

from .broken_designs import GOOD, Broken, broken_designs, strange_files

ROOT = Path(__file__).resolve().parent.parent
BROKEN = broken_designs()
STRANGE = 6


def test_the_unbroken_one_is_read(tmp_path: Path) -> None:
    file = tmp_path / "good.json"
    file.write_bytes(codecs.BOM_UTF8 + json.dumps(GOOD).encode())  # as some editors on Windows write it
    assert load(file).class_names == ("cup", "car")
    assert from_text(json.dumps(GOOD), tmp_path) == load(file)


@pytest.mark.parametrize("broken", BROKEN, ids=lambda one: one.name)
def test_in_a_file(broken: Broken, tmp_path: Path) -> None:
    file = tmp_path / "broken.simreal.json"
    file.write_bytes(broken.content)
    with pytest.raises(DesignError) as caught:
        load(file)
    said = str(caught.value)
    assert broken.says in said
    assert str(file) in said
    assert "\n" not in said and len(said) < 700


@pytest.mark.parametrize("broken", [one for one in BROKEN if one.text is not None], ids=lambda one: one.name)
def test_as_text(broken: Broken) -> None:
    with pytest.raises(DesignError) as caught:
        from_text(broken.text or "")
    assert broken.says in str(caught.value)


def test_what_is_no_file(tmp_path: Path) -> None:
    made = strange_files(tmp_path)
    assert len(made) == STRANGE
    for name, (path, says) in made.items():
        with pytest.raises(DesignError) as caught:
            load(path)
        assert says in str(caught.value), name


def test_a_file_that_may_not_be_read() -> None:
    with tempfile.TemporaryDirectory() as name:  # not tmp_path, whose parents are closed to others than who runs pytest
        file = Path(name) / "closed.simreal.json"
        file.write_text(json.dumps(GOOD))
        Path(name).chmod(0o755)
        file.chmod(0)
        root = os.geteuid() == 0
        try:
            if root:  # who may read everything
                os.seteuid(65534)
            with pytest.raises(DesignError, match="Permission denied"):
                load(file)
        finally:
            if root:
                os.seteuid(0)


def test_texts_of_any_length_are_shown_short() -> None:
    document = {**GOOD, "name": "n", "x" * 100_000: 1}
    with pytest.raises(DesignError) as caught:
        from_text(json.dumps(document))
    assert len(str(caught.value)) < 700
    with pytest.raises(DesignError, match="too large"):
        from_text(" " * (65 * 1024 * 1024))


def test_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "broken.simreal.json"
    for broken in BROKEN:
        file.write_bytes(broken.content)
        for command in (["show", str(file)], ["locate", str(file)], ["preset", str(file), "--out", "new.json"]):
            assert main(["design", *command]) == 2
            (line,) = capsys.readouterr().err.splitlines()
            assert line.startswith("simreal: ") and broken.says in line
        assert file.read_bytes() == broken.content
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


@pytest.mark.blender
def test_in_blender(tmp_path: Path) -> None:
    """Import, drop and paste: a report each, no traceback, the scene's design as it was."""
    script = ROOT / "tests" / "blender" / "check_broken_designs.py"
    environment = {**os.environ, "BLENDER_USER_RESOURCES": str(tmp_path / "user")}
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        cwd=tmp_path,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said[-4000:]
    assert "broken designs: ok" in said
    assert "Traceback" not in said, said[-4000:]
    drops = re.findall(r"^dropping .*\n(.*(?:\n.*)?)", done.stdout, re.MULTILINE)
    assert len(drops) == len(BROKEN) + STRANGE
    assert all(re.search(r"\bERROR\b|^Error:", drop, re.MULTILINE) for drop in drops), drops
    assert not list(tmp_path.rglob("broken-design-ran"))
