"""BlenderProc's side of the comparison: its documented loop, one scene an image. Runs in a Python of its own.

    USE_EXTERNAL_BPY_MODULE=1 PYTHON blenderproc_loop.py SCENES.json

Every line on stdin is an order, ``{"scenes": [0], "px": 128, "samples": 16, "denoise": false, "out": "folder"}``; the
images are written as ``<scene>.jpg``, and a line with the seconds they took is the answer. A scene is made as
BlenderProc's manual shows: cleaned up, loaded, lit, framed, rendered, the JPEG kept. Models are loaded with its loader
(which can cache; scenes here are independent, and its clean-up empties them), the map with its own world function.
"""

import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

ANSWERS = os.dup(1)
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # the chatter of both programs

import blenderproc as bproc  # noqa: E402
import bpy  # noqa: E402
import numpy as np  # noqa: E402

JPEG_QUALITY = 95
SCRATCH = Path(tempfile.mkdtemp())  # BlenderProc takes one folder for all its images


def settings(order, bounces):
    """What is set once."""
    bproc.renderer.set_max_amount_of_samples(order["samples"])
    bproc.renderer.set_noise_threshold(0)
    bproc.renderer.set_light_bounces(bounces, bounces, 0, bounces, bounces, 8, 0)
    bproc.renderer.set_cpu_threads(0)
    bproc.renderer.set_output_format("JPEG", 8, False, JPEG_QUALITY, "Standard")


def make(scene, order):
    """One image: everything is new."""
    bproc.clean_up(clean_up_camera=True)
    bproc.renderer.set_denoiser("INTEL" if order["denoise"] else None)
    parts = bproc.loader.load_obj(scene["model"])
    place(parts, np.array(scene["object"]))
    if scene["environment"]:
        bproc.world.set_world_background_hdr_img(scene["environment"], strength=scene["strength"])
    else:
        bproc.renderer.set_world_background([1.0, 1.0, 1.0], scene["strength"])
    light = bproc.types.Light("POINT")
    light.set_location(scene["light"]["location"])
    light.set_energy(scene["light"]["energy_w"])
    light.set_color(scene["light"]["colour"])
    light.set_radius(scene["light"]["radius_m"])
    lens = scene["lens"]
    bproc.camera.set_intrinsics_from_blender_params(
        lens["focal_mm"], order["px"], order["px"], 0.01, 10000.0, 1, 1, lens["shift_x"], lens["shift_y"], "MILLIMETERS"
    )
    bproc.camera.add_depth_of_field(None, lens["f_stop"], focal_distance=lens["focus_m"])
    bproc.camera.add_camera_pose(np.array(scene["camera"]))
    bpy.context.scene.cycles.seed = scene["seed"]
    bproc.renderer.render(output_dir=str(SCRATCH), file_prefix="frame", load_keys={"colors"}, return_data=False)
    shutil.move(SCRATCH / "frame0000.jpg", Path(order["out"], f"{scene['number']:04d}.jpg"))


def place(parts, matrix):
    """Bring the parts together to unit size round the origin, then where the scene has them."""
    corners = np.concatenate([part.get_bound_box() for part in parts])
    low, high = corners.min(axis=0), corners.max(axis=0)
    size = (high - low).max()
    unit = np.diag([1 / size, 1 / size, 1 / size, 1.0])
    unit[:3, 3] = -(low + high) / 2 / size
    for part in parts:
        part.set_local2world_mat(matrix @ unit @ part.get_local2world_mat())


def main():
    scenes = json.loads(Path(sys.argv[1]).read_text())
    bproc.init()
    for line in sys.stdin:
        order = json.loads(line)
        settings(order, scenes["bounces"])
        Path(order["out"]).mkdir(parents=True, exist_ok=True)
        start = time.perf_counter()
        for number in order["scenes"]:
            make(scenes["scenes"][number], order)
        answer = {"seconds": time.perf_counter() - start, "blender": bpy.app.version_string}
        os.write(ANSWERS, (json.dumps(answer) + "\n").encode())
    shutil.rmtree(SCRATCH)
    os._exit(0)  # bpy may hang where it is left in the ordinary way


main()
