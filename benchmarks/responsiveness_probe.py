"""Startup script of a windowed Blender: calls an operator every 0.1 s and writes down how late each call was.

    blender --python benchmarks/responsiveness_probe.py -- FILE

A line a call: seconds since the epoch, seconds late.
"""

import sys
import time
from pathlib import Path

import bpy

PERIOD_S = 0.1
FILE = Path(sys.argv[sys.argv.index("--") + 1]).open("w", buffering=1)  # noqa: SIM115 (until Blender ends)


class SIMREAL_OT_probe(bpy.types.Operator):
    """Do what a light operator does: read the scene, write a property"""

    bl_idname = "simreal.probe"
    bl_label = "Probe"
    due = 0.0

    def execute(self, context):
        now, kind = time.monotonic(), type(self)
        if kind.due:
            FILE.write(f"{time.time():.3f} {max(0.0, now - kind.due):.4f}\n")
        context.scene["probe"] = len(context.scene.objects)
        kind.due = time.monotonic() + PERIOD_S
        return {"FINISHED"}


def call():
    bpy.ops.simreal.probe()
    return PERIOD_S


bpy.utils.register_class(SIMREAL_OT_probe)
bpy.app.timers.register(call, first_interval=2.0, persistent=True)
