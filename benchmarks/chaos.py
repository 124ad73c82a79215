"""A data set rendered while its workers and its parent are killed at random moments is the one rendered in peace.

    .venv/bin/python benchmarks/chaos.py --kills 30
    .venv/bin/python benchmarks/chaos.py --kills 30 --blender tests/stand_in_blender.py --images 4000
    .venv/bin/python benchmarks/chaos.py --kills 30 --ray

With --ray the second is rendered on a Ray cluster of three nodes, of which one dies at times, and is replaced.

Renders a design of the starter library twice: undisturbed, and with so many SIGKILLs of randomly chosen victims after
random pauses, started again whenever it ended. Compares the hashes of both, and looks for images that are lost or
there twice. Prints a JSON line, and a text for people on stderr; the exit status is 1 where the two differ.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from simreal.datasets.finishing import data_hash
from simreal.datasets.layout import job_file
from simreal.datasets.reading import open_data_set
from simreal.design.design import Design, DesignClass, ImageSettings, Split
from simreal.design.document import load, save

RENDER = (sys.executable, "-c", "import sys; from simreal.commands import main; sys.exit(main(sys.argv[1:]))", "render")
MOST_RESUMES = 5


class Ordeal:
    """A data set that is rendered by ``simreal render`` with ``arguments``, and struck as ``seed`` has it."""

    def __init__(self, arguments: Sequence[str], data: Path, seed: int) -> None:
        self.data = data
        self.random = random.Random(seed)
        self.struck: Counter[str] = Counter()
        self._command = (*RENDER, *arguments)
        self._process = self._start()

    def _start(self, *more: str) -> subprocess.Popen[bytes]:
        quiet = subprocess.DEVNULL
        return subprocess.Popen((*self._command, *more), stdout=quiet, stderr=quiet, start_new_session=True)

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def workers(self) -> list[int]:
        """Process ids of the workers that live."""
        job = os.fsencode(job_file(self.data.resolve()))
        own = (int(path.name) for path in Path("/proc").glob("[0-9]*") if job in _read(path / "cmdline").split(b"\0"))
        return sorted(pid for pid in own if b"State:\tZ" not in _read(Path(f"/proc/{pid}/status")))

    def kill_parent(self) -> None:
        """Kill the parent, and start the same command again, while its workers may not even have noticed."""
        self._process.kill()
        self._process.wait()
        self._process = self._start()

    def endure(self, strikers: Mapping[str, Striker], blows: int, pause_s: tuple[float, float]) -> None:
        """Strike so many times, as long as the job runs, after random pauses of so many seconds from and to."""
        while self.struck.total() < blows and self.running:
            time.sleep(self.random.uniform(*pause_s))
            name = self.random.choice(sorted(strikers))
            if self.running and strikers[name](self):
                self.struck[name] += 1

    def finish(self) -> int:
        """Wait for the job, and resume it until it is complete, images that failed too. Returns how often it was."""
        for resumes in range(MOST_RESUMES):
            if self._process.wait() == 0 and not faults(self.data):
                return resumes
            self._process = self._start("--retry-failed")
        raise RuntimeError(f"{self.data} is not complete after {MOST_RESUMES} resumes")


Striker = Callable[[Ordeal], bool]


def strike_worker(ordeal: Ordeal) -> bool:
    """SIGKILL a worker. Returns whether there was one."""
    workers = ordeal.workers()
    if not workers:
        return False
    try:
        os.kill(ordeal.random.choice(workers), signal.SIGKILL)
    except ProcessLookupError:  # it has just left
        return False
    return True


def strike_parent(ordeal: Ordeal) -> bool:
    """SIGKILL the parent."""
    ordeal.kill_parent()
    return True


def starve_worker(ordeal: Ordeal) -> bool:
    """Leave a worker no more memory than it has. Returns whether there was one. Linux."""
    import resource

    workers = ordeal.workers()
    if not workers:
        return False
    pid = ordeal.random.choice(workers)
    pages = _read(Path(f"/proc/{pid}/statm")).split()
    if not pages or pages[0] == b"0":  # it has just left
        return False
    size = int(pages[0]) * resource.getpagesize()
    resource.prlimit(pid, resource.RLIMIT_AS, (size, resource.RLIM_INFINITY))
    return True


STRIKERS: Mapping[str, Striker] = {"worker": strike_worker, "parent": strike_parent}


def faults(data: Path) -> list[str]:
    """Images of a finished data set that are lost, or there twice."""
    found = []
    for split in load(data / "design.json").splits:
        indices = Counter(row["index"] for row in open_data_set(data).rows(split.name))
        found += [f"{split.name}/{index} is lost" for index in range(split.count) if not indices[index]]
        found += [f"{split.name}/{index} is there {times} times" for index, times in indices.items() if times > 1]
    return found


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # it ended while we looked
        return b""


def starter_design(images: int, size_px: int) -> Design:
    """Three classes of the starter library, a sample a pixel."""
    classes = tuple(
        DesignClass(name, (f"starter:{name}/00", f"starter:{name}/01")) for name in ("cup", "chair", "table")
    )
    image = ImageSettings(resolution_px=size_px, samples=1)
    return Design("chaos", classes, splits=(Split("train", images), Split("test_iid", images // 10)), image=image)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=30, help="SIGKILLs (default 30)")
    parser.add_argument("--images", type=int, default=2000, help="images of the first split (default 2000)")
    parser.add_argument("--size-px", type=int, default=32, help="their size (default 32)")
    parser.add_argument("--seed", type=int, default=0, help="of victims and moments (default 0)")
    parser.add_argument("--pause-s", type=float, nargs=2, default=(2.0, 8.0), help="between two kills (default 2 8)")
    parser.add_argument("--blender", type=Path, help="render with this program")
    parser.add_argument("--ray", action="store_true", help="on a Ray cluster of three nodes, and kill nodes too")
    args = parser.parse_args()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="simreal-chaos-"))
        design = Path(folder) / "chaos.simreal.json"
        save(starter_design(args.images, args.size_px), design)
        blender = ("--blender", str(args.blender)) if args.blender else ()
        peace, war = Path(folder) / "peace", Path(folder) / "war"
        Ordeal((str(design), "--out", str(peace), *blender), peace, args.seed).finish()
        where, strikers = (), STRIKERS
        if args.ray:
            from chaos_nodes import Nodes

            nodes = stack.enter_context(Nodes())
            where, strikers = nodes.options, {**STRIKERS, "node": nodes.strike}
        ordeal = Ordeal((str(design), "--out", str(war), *blender, *where), war, args.seed)
        ordeal.endure(strikers, args.kills, tuple(args.pause_s))
        resumes = ordeal.finish()
        equal, lost = data_hash(war) == data_hash(peace), faults(war)
    kills = ", ".join(f"{count} of {name}" for name, count in sorted(ordeal.struck.items()))
    print(json.dumps({"kills": ordeal.struck, "resumes": resumes, "equal": equal, "faults": lost}))
    print(
        f"SIGKILLs: {kills}; {resumes} resumes; hashes {'equal' if equal else 'DIFFER'}; {lost or 'no faults'}",
        file=sys.stderr,
    )
    if ordeal.struck.total() < args.kills:
        print("the job ended before the last kill: more --images, or shorter pauses", file=sys.stderr)
        return 1
    return 0 if equal and not lost else 1


if __name__ == "__main__":
    sys.exit(main())
