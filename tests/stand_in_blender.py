#!/usr/bin/env python3
"""A program to give as --blender where a test needs a renderer that crashes, hangs or fills the disk when told to.

It speaks as rendering/worker.py does and commits through the real ShardWriter; only its pictures are made up. What goes
wrong is told by the JSON in $STAND_IN.
"""

import io
import json
import os
import queue
import signal
import sys
import threading
import time
from pathlib import Path

from PIL import Image

from simreal.datasets.messages import Error, Result, encode
from simreal.datasets.metadata import image_row
from simreal.datasets.shards import Shard, ShardWriter
from simreal.design.document import load
from simreal.design.errors import SimrealError
from simreal.design.sampling import ImageSpec, Sampler

TOLD = json.loads(os.environ.get("STAND_IN", "{}"))
ORDERS: queue.SimpleQueue = queue.SimpleQueue()
ENDED = threading.Event()
THREADS = sys.argv[sys.argv.index("--threads") + 1]


def report(message) -> None:
    os.write(1, encode(message))


def read_orders() -> None:
    for line in sys.stdin:
        order = json.loads(line)
        given_up = {int(index): reason for index, reason in order.pop("given_up").items()}
        ORDERS.put((Shard(**order), given_up))
    ENDED.set()
    ORDERS.put(None)


def picture(spec: ImageSpec) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 8), (spec.seed % 256, spec.index % 256, spec.label * 20)).save(file, "JPEG")
    return file.getvalue() + b"\0" * TOLD.get("padding", 0)


def crash_if_told(crashes: bool) -> None:
    """The first ``times``, do to this process as ``how`` says: SIGKILL, SIGSTOP, or a MemoryError."""
    if crashes:
        marks = Path(TOLD["marks"])
        if len(list(marks.iterdir())) < TOLD["times"]:
            (marks / str(time.monotonic_ns())).touch()
            if TOLD.get("how") == "MemoryError":
                raise MemoryError
            os.kill(os.getpid(), signal.Signals[TOLD.get("how", "SIGKILL")])


def note(name: str, line: str) -> None:
    """Add a line to the file that is to have it, if there is one."""
    if name in TOLD:
        with Path(TOLD[name]).open("a") as file:
            file.write(line + "\n")


def main() -> int:
    data = Path(sys.argv[-1]).parent.parent
    note("pids", str(os.getpid()))
    note("seats", " ".join(sys.argv[sys.argv.index("worker") + 1 : -1]))
    print("chatter of a renderer", flush=True)
    if "refuse" in TOLD:
        report(Error(TOLD["refuse"]))
        return 2
    if "refuse_after_crash" in TOLD and len(list(Path(TOLD["marks"]).iterdir())) == 1:
        (Path(TOLD["marks"]) / "refused").touch()
        report(Error(TOLD["refuse_after_crash"]))
        return 2
    if TOLD.get("no_start"):
        print("ImportError: no such thing", file=sys.stderr)
        return 1
    threading.Thread(target=read_orders, daemon=True).start()
    design = load(data / "design.json")
    gpus = TOLD.get("gpus", 0)
    device = {"device": "CUDA: Stand-in GPU" if gpus else "CPU", "gpus": gpus}
    report(Result("ready", {"renderer": "Stand-in 1", **device, "pid": os.getpid()}))
    memory = iter(TOLD.get("resident_bytes", []))
    for shard, given_up in iter(ORDERS.get, None):
        sampler = Sampler(design, shard.split)
        failed = {index: "the object is nowhere" for index in shard.indices if index in TOLD.get("fail", [])} | given_up
        crash_if_told(shard.split == "train" and shard.start == TOLD.get("crash_before"))
        with ShardWriter(data, shard) as writer:
            for spec in map(sampler.spec, reversed(shard.indices)):
                if ENDED.is_set():
                    writer.commit_part()
                    os._exit(0)
                reason = failed.get(spec.index)
                if spec.index not in given_up:
                    report(Result("begin", {"split": shard.split, "index": spec.index}))
                    crash_if_told(spec.index == TOLD.get("crash_at"))
                    time.sleep(TOLD.get("seconds", 0))
                if reason:
                    writer.fail(spec.index, reason)
                else:
                    writer.add(picture(spec), image_row(spec, spec.models[0], (0, 0, 8, 8), 0.5))
                done = {"split": shard.split, "index": spec.index, "failed": reason}
                report(Result("image", {**done, "seconds": TOLD.get("reported_s", {}).get(THREADS, 0.1)}))
            if len(failed) == len(shard):
                report(Error(f"all {len(shard)} images failed; the first: the object is nowhere", fatal=False))
                continue
            writer.commit()
        done = {"split": shard.split, "start": shard.start, "stop": shard.stop, "failed": len(failed), "seconds": 0.1}
        report(Result("shard", {**done, "resident_bytes": next(memory, 50_000_000)}))
    return 0


if __name__ == "__main__":
    try:
        status = main()
    except SimrealError as error:
        report(Error(str(error)))
        status = 2
    sys.stdout.flush()
    os._exit(status)
