"""The virtual display that a real Blender lives on: a shell beside it that moves the mouse and takes photographs."""

from __future__ import annotations

import itertools
import os
import shlex
import shutil
import subprocess
import time
from pathlib import Path
from types import TracebackType

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent.parent
REAL_BLENDER = os.environ.get("SIMREAL_REAL_BLENDER") or str(ROOT.parent / "shared" / "tools" / "real-blender")
SIZE = (1600, 900)
SAID = "@@said"
LOOK_S, CALM_LOOKS, REST_WITHIN_S = 0.02, 5, 5.0


class Display:
    """A shell in the world of ``real-blender exec``, fed line by line. ``folder`` is seen at the same path in there.

    It is seen at ``also_at`` too, where that is given: a path that may be photographed.
    """

    def __init__(self, folder: Path, also_at: Path | None = None) -> None:
        if shutil.which(REAL_BLENDER) is None:
            raise FileNotFoundError(f"{REAL_BLENDER} is not there: set SIMREAL_REAL_BLENDER to a real-blender")
        self.folder = folder
        self.log = folder / "blender.log"
        self._busy: list[Path] = []
        self._shell = subprocess.Popen(
            [REAL_BLENDER, "exec", "bash"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        (folder / "home").mkdir()
        home = (also_at or folder) / "home"
        if also_at is not None:
            self.run(f"mkdir -p {also_at} && mount --bind {folder} {also_at}")  # in this shell's world alone
        self.run(f'rmdir "$HOME"; export HOME={home} XDG_RUNTIME_DIR={home}')

    def __enter__(self) -> Display:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Everything on the display ends with it."""
        assert self._shell.stdin is not None
        self._shell.stdin.close()
        self._shell.wait()

    def run(self, command: str) -> str:
        """What a command line prints. CalledProcessError, with that, where it fails."""
        assert self._shell.stdin is not None and self._shell.stdout is not None
        self._shell.stdin.write(f'{command}\necho "{SAID} $?"\n')
        self._shell.stdin.flush()
        lines: list[str] = []
        for line in self._shell.stdout:
            before, mark, status = line.partition(SAID)
            lines.append(before)
            if mark:
                said = "".join(lines)
                if int(status):
                    raise subprocess.CalledProcessError(int(status), command, said)
                return said
        raise ChildProcessError(f"the display's shell has ended at: {command}")

    def start_blender(self, *arguments: str) -> None:
        """A window that fills the display; what Blender prints goes to ``self.log``."""
        width, height = map(str, SIZE)
        command = shlex.join(["blender", "--window-geometry", "0", "0", width, height, *arguments])
        blender = self.run(f"{command} >>{self.log} 2>&1 & echo $!").strip()
        self._busy = [Path("/proc") / blender, _server_of(self.run("echo $DISPLAY").strip())]

    def rest(self) -> None:
        """Wait until Blender has nothing to do. A click is taken where the pointer is when Blender comes to it."""
        deadline = time.monotonic() + REST_WITHIN_S
        calm = 0
        while calm < CALM_LOOKS and time.monotonic() < deadline:
            time.sleep(LOOK_S)
            calm = 0 if self._is_busy() else calm + 1

    def _is_busy(self) -> bool:
        """Whether a thread of Blender or of the display runs, or would if there were a processor for it."""
        for stat in itertools.chain.from_iterable(program.glob("task/*/stat") for program in self._busy):
            try:
                state = stat.read_text().rpartition(")")[2].split()[0]
            except OSError:  # a thread that has just ended
                continue
            if state in "RD":
                return True
        return False

    def xdotool(self, *arguments: object) -> None:
        """Mouse and keyboard: the only way in."""
        self.run(shlex.join(["xdotool", *map(str, arguments)]))

    def photograph(self) -> Image.Image:
        """What the display shows."""
        raw = self.folder / "screen.rgb"
        self.run(f"import -silent -window root -depth 8 rgb:{raw}")
        return Image.frombytes("RGB", SIZE, raw.read_bytes())


def _server_of(display: str) -> Path:
    """The process of the X server that makes a display."""
    for command in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            program, *arguments = command.read_bytes().split(b"\0")
        except OSError:  # it has just ended
            continue
        if program.endswith(b"Xvfb") and arguments[0].decode() == display:
            return command.parent
    raise FileNotFoundError(f"no X server makes {display}")
