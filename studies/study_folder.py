"""A study's folder: what lies where in it, and how a step comes to count as finished.

``study.json`` (the study as it was read), ``settings.json`` (scale, seeds, photos, ...), ``status.json`` (for panels),
``designs/``, and ``steps/NAME-HASH/`` with ``step.json``, ``log.txt``, what the command wrote (``out/``, a data set in
``data/NAME``) and, as the last file, ``finished.json``. At the end ``report.html``, ``report.md``, ``results.csv`` and
``figures/``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from ..datasets.writing import write_bytes
from ..design.design import FILE_SUFFIX
from ..design.document import relocated, save
from ..design.errors import StudyError
from .plan import RENDER, Plan, Step
from .verbs import verb

STUDY, SETTINGS, STATUS, LOCK = "study.json", "settings.json", "status.json", "lock"
STEPS, DESIGNS, FIGURES, OUT, DATA = "steps", "designs", "figures", "out", "data"
STEP, FINISHED, LOG = "step.json", "finished.json", "log.txt"
REPORT_HTML, REPORT_MD, RESULTS_CSV = "report.html", "report.md", "results.csv"
_PLACE = re.compile(r"\{(step|design|photos):([A-Za-z0-9_-]+)(?::[0-9a-f]+)?\}")


@attrs.frozen
class Settings:
    """How a study is run: what its file leaves to the user. ``origin`` is the folder its file lies in, ``design`` the
    user's own in place of the study's."""

    origin: str
    scale: str = ""
    seeds: int | None = None
    only: tuple[str, ...] = ()
    design: str = ""
    photos: Mapping[str, str] = attrs.field(factory=dict)
    libraries: Mapping[str, str] = attrs.field(factory=dict)


@attrs.frozen
class StudyFolder:
    """The folder of one study."""

    path: Path

    def step(self, step: Step) -> Path:
        """The folder of a step."""
        return self.path / STEPS / step.folder

    def out(self, step: Step) -> Path:
        """What a step's command writes into. A data set's folder has its name: runs that measure on it show it."""
        if step.verb == RENDER:
            return self.step(step) / DATA / step.name.removeprefix(f"{RENDER}-")
        return self.step(step) / OUT

    def design(self, key: str) -> Path:
        """The file of a design."""
        return self.path / DESIGNS / f"{key}{FILE_SUFFIX}"

    def write_designs(self, plan: Plan) -> None:
        """Write those designs of the plan that are not there yet: what is there is the same by its name."""
        for key, design in plan.designs.items():
            file = self.design(key)
            if not file.is_file():
                file.parent.mkdir(parents=True, exist_ok=True)
                save(relocated(design, file.parent), file)

    def command(self, plan: Plan, step: Step) -> list[str]:
        """The command line of a step, from its verb on, with all places filled in."""

        def place(found: re.Match[str]) -> str:
            kind, name = found[1], found[2]
            if kind == "design":
                return str(self.design(name).resolve())
            if kind == "photos":
                return str(plan.photos[name].resolve())
            return str(self.out(plan.steps[name]).resolve())

        words = [step.verb, *(_PLACE.sub(place, text) for text in step.arguments)]
        words += ["--out", str(self.out(step).resolve()), *verb(step.verb).go_on]
        for name, value in step.options.items():
            for one in value if isinstance(value, list) else [value]:
                text = _PLACE.sub(place, one) if isinstance(one, str) else str(one)
                words.append(f"--{name}" if one is True else f"--{name}={text}")
        return words

    def finished(self, step: Step) -> dict[str, Any] | None:
        """What is known of a finished step, None where it is not finished."""
        return read_json(self.step(step) / FINISHED)

    def finish(self, step: Step, told: Mapping[str, Any]) -> None:
        """Note that a step is finished. Whatever its command wrote is there already."""
        write_json(self.step(step) / FINISHED, {"simreal_step": 1, **told})

    def begin(self, step: Step, command: list[str]) -> int:
        """Note that a step is begun, or gone on with. Returns how often it has been begun."""
        before = read_json(self.step(step) / STEP) or {}
        attempts = int(before.get("attempts", 0)) + 1
        write_json(self.step(step) / STEP, {"title": step.title, "command": command, "attempts": attempts})
        return attempts

    def settings(self) -> Settings:
        """How the study in this folder is run. StudyError where there is none."""
        found = read_json(self.path / SETTINGS)
        if found is None:
            raise StudyError(f"{self.path} is not the folder of a study: it has no {SETTINGS}")
        try:
            return Settings(**{**found, "only": tuple(found.get("only", ()))})
        except TypeError as error:
            raise StudyError(f"{self.path / SETTINGS}: {error}") from None

    def keep(self, text: str, settings: Settings) -> None:
        """Keep what the study is and how it is run, so that the folder says all that is needed to go on."""
        write_bytes(self.path / STUDY, text.encode())
        write_json(self.path / SETTINGS, attrs.asdict(settings))


def write_json(path: Path, document: Mapping[str, Any]) -> None:
    """Write indented JSON, whole or not at all."""
    write_bytes(path, (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode())


def read_json(path: Path) -> dict[str, Any] | None:
    """A JSON object, None where there is no such file. StudyError where it is damaged."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise StudyError(f"{path} cannot be read ({error}); remove it, and run the study again") from None
    if not isinstance(found, dict):
        raise StudyError(f"{path} is no JSON object; remove it, and run the study again")
    return found
