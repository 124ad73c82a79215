"""Writes a classifier of mean colours, with class activation maps, for a Python that has no onnx of its own.

python -m tests.blender.random_classifier MODEL.onnx CLASS,CLASS,...
"""

import sys
from pathlib import Path

import numpy as np

from ..colour_classifier import save_model

path, classes = Path(sys.argv[1]), sys.argv[2].split(",")
rng = np.random.default_rng(1)
save_model(path, classes, rng.normal(size=(len(classes), 3)) * 30, rng.normal(size=len(classes)), activation=True)
