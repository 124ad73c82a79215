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


def report(message) -> None:
    os.write(1, encode(message))


def read_orders() -> None:
    for line in sys.stdin:
        ORDERS.put(Shard(**json.loads(line)))
    ENDED.set()
    ORDERS.put(None)


def picture(spec: ImageSpec) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 8), (spec.seed % 256, spec.index % 256, spec.label * 20)).save(file, "JPEG")
    return file.getvalue() + b"\0" * TOLD.get("padding", 0)


def crash_if_told(spec: ImageSpec) -> None:
    if spec.index == TOLD.get("crash_at"):
        marks = Path(TOLD["marks"])
        if len(list(marks.iterdir())) < TOLD["times"]:
            (marks / str(time.monotonic_ns())).touch()
            os.kill(os.getpid(), signal.SIGKILL)


def main() -> int:
    data = Path(sys.argv[-1]).parent.parent
    print("chatter of a renderer", flush=True)
    if "refuse" in TOLD:
        report(Error(TOLD["refuse"]))
        return 2
    if TOLD.get("no_start"):
        print("ImportError: no such thing", file=sys.stderr)
        return 1
    threading.Thread(target=read_orders, daemon=True).start()
    design = load(data / "design.json")
    report(Result("ready", {"renderer": "Stand-in 1", "device": "CPU", "pid": os.getpid()}))
    for shard in iter(ORDERS.get, None):
        sampler = Sampler(design, shard.split)
        failed = [index for index in shard.indices if index in TOLD.get("fail", [])]
        with ShardWriter(data, shard) as writer:
            for spec in map(sampler.spec, reversed(shard.indices)):
                if ENDED.is_set():
                    writer.commit_part()
                    os._exit(0)
                crash_if_told(spec)
                time.sleep(TOLD.get("seconds", 0))
                reason = "the object is nowhere" if spec.index in failed else None
                if reason:
                    writer.fail(spec.index, reason)
                else:
                    writer.add(picture(spec), image_row(spec, spec.models[0], (0, 0, 8, 8), 0.5))
                report(Result("image", {"split": shard.split, "index": spec.index, "failed": reason}))
            if len(failed) == len(shard):
                report(Error(f"all {len(shard)} images failed; the first: the object is nowhere", fatal=False))
                continue
            writer.commit()
        done = {"split": shard.split, "start": shard.start, "stop": shard.stop, "failed": len(failed), "seconds": 0.1}
        report(Result("shard", done))
    return 0


if __name__ == "__main__":
    try:
        status = main()
    except SimrealError as error:
        report(Error(str(error)))
        status = 2
    sys.stdout.flush()
    os._exit(status)
