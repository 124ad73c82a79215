"""A design's images as plain scenes, for renderers that know nothing of factors. Runs where bpy is.

.venv/bin/python benchmarks/scene_listing.py DESIGN SPLIT COUNT SCENES.json
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from simreal.design.document import load, overridden
from simreal.design.sampling import Sampler


def main() -> None:
    import numpy as np

    from simreal.rendering.session import RenderSession, SessionSettings

    file, split, count, out = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), Path(sys.argv[4])
    design = load(file)
    sampler = Sampler(design, split)
    scenes: list[dict[str, Any]] = []
    shown = overridden(design, design.split(split))
    with RenderSession(shown, SessionSettings(), lambda message: None) as session:
        stage, assets = session._stage, session._assets
        for number in range(count):
            spec = sampler.spec(number)
            name = session._apply(spec)
            turn = np.array(stage.turn.rotation_euler.to_matrix().to_4x4())
            light, camera = stage.key_light, stage.camera
            background = spec.factors["background"].values
            world = stage.scene.world
            node = next(node for node in world.node_tree.nodes if node.type == "BACKGROUND")
            lit = background["kind"] != "none"
            scenes.append(
                {
                    "number": number,
                    "seed": spec.seed,
                    "model": str(assets.source(name).file),
                    "object": (turn @ np.array(stage.object.matrix_basis)).tolist(),
                    "camera": (turn @ np.array(camera.matrix_basis)).tolist(),
                    "environment": str(assets._environment_file(str(background["environment"]))) if lit else "",
                    "strength": float(node.inputs["Strength"].default_value) * stage.gain,
                    "light": {
                        "location": (turn @ np.array([*light.location, 1.0]))[:3].tolist(),
                        "energy_w": stage.light_power_w,
                        "colour": list(light.data.color),
                        "radius_m": light.data.shadow_soft_size,
                    },
                    "lens": {
                        "focal_mm": camera.data.lens,
                        "f_stop": camera.data.dof.aperture_fstop,
                        "focus_m": camera.data.dof.focus_distance,
                        "shift_x": camera.data.shift_x,
                        "shift_y": camera.data.shift_y,
                    },
                }
            )
    out.write_text(json.dumps({"bounces": shown.image.bounces, "scenes": scenes}))
    os._exit(0)  # bpy may hang where it is left in the ordinary way


main()
