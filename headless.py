"""Run Simreal in a Python or Blender in which it is not installed.

    blender -b --python headless.py -- render design.simreal.json --out data
    python headless.py train data --out run

The folder this file lies in is loaded as the package ``simreal``, whatever its name. Packages that Simreal needs and
that are not importable are looked for where Blender's extension system unpacks wheels, in ``wheels/`` as unpacked by
``make extension``, and in the checkout's own ``.venv``.
"""

import importlib.util
import os
import signal
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
OLDEST = (3, 11)
NEEDED = ("numpy", "attrs", "cattrs", "PIL")
WANTED = (*NEEDED, "onnxruntime", "pyoidn")  # scoring and denoising say themselves what they lack


def site_candidates(root):
    """Folders that may hold the needed packages for this Python, best first."""
    python = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    tag = f"cp{sys.version_info[0]}{sys.version_info[1]}"
    return [
        *(parent / ".local" / "lib" / python / "site-packages" for parent in root.parents[:2]),
        *(parent / ".local" / "Lib" / "site-packages" for parent in root.parents[:2]),
        root / "build" / "site" / tag,
        root / ".venv" / "lib" / python / "site-packages",
    ]


def missing(names):
    """Which of the packages cannot be found now."""
    return [name for name in names if importlib.util.find_spec(name) is None]


def load_package(root):
    """Make ``root`` importable as ``simreal`` without importing anything of it but its ``__init__``."""
    file = root / "__init__.py"
    spec = importlib.util.spec_from_file_location("simreal", file, submodule_search_locations=[str(root)])
    module = importlib.util.module_from_spec(spec)
    sys.modules["simreal"] = module
    spec.loader.exec_module(module)


def main():
    if sys.version_info < OLDEST:
        version = sys.version.split()[0]
        refuse(f"{sys.executable} is Python {version}, which is too old: {OLDEST[0]}.{OLDEST[1]} or newer is needed")
    for folder in site_candidates(ROOT):
        if not missing(WANTED):
            break
        if folder.is_dir() and str(folder) not in sys.path:
            sys.path.append(str(folder))
            importlib.invalidate_caches()
    if missing(NEEDED):
        lacks = " ".join("Pillow" if name == "PIL" else name for name in missing(NEEDED))
        refuse(
            f"{sys.executable} (Python {sys.version.split()[0]}) lacks {lacks}: pip install {lacks}; "
            f"where it is Blender's, run 'make extension' in {ROOT}, or install the extension"
        )
    load_package(ROOT)
    from simreal.commands import main as simreal_main

    if hasattr(signal, "SIGBREAK"):  # how a job is asked to stop on Windows: as Ctrl-C does
        signal.signal(signal.SIGBREAK, lambda *_: signal.raise_signal(signal.SIGINT))
    arguments = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:]
    leave(simreal_main(arguments))


def refuse(reason):
    """End with a reason that a person can act on."""
    print(f"simreal: {reason}", file=sys.stderr)
    sys.exit(2)


def leave(status):
    """End the process; at once where it is a Python with bpy, which in 4.5 may hang on its way out."""
    sys.stdout.flush()
    sys.stderr.flush()
    bpy = sys.modules.get("bpy")
    if bpy is not None and bpy.app.module:
        os._exit(status)
    sys.exit(status)


if __name__ == "__main__":
    main()
elif __name__ == "__mp_main__":  # a process that training has started beside itself
    load_package(ROOT)
