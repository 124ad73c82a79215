"""Run by a Python with bpy: models are imported while other threads run, as they do in a render worker.

    python check_threads.py MODEL TIMES

Blender lets go of Python's lock in an operator; a thread that takes it and gives it back meanwhile must do no harm.
"""

import sys
import threading
import time
from pathlib import Path

import bpy

from simreal.rendering.models import load_model, remove_model

sys.path.insert(0, str(Path(__file__).parent))
from leaving import run


def main(model, times):
    sys.setswitchinterval(1e-6)
    bpy.ops.wm.read_factory_settings(use_empty=True)
    for _ in range(2):
        threading.Thread(target=busy, daemon=True).start()
    for _ in range(int(times)):
        loaded = load_model(Path(model), name="model")
        assert loaded.triangles == 1
        remove_model(loaded.object)
    print("threads: ok")


def busy():
    while True:
        sum(range(100))
        time.sleep(0)


if __name__ == "__main__":
    run(main, *sys.argv[1:])
