"""Builds the Blender extension: downloads the manifest's wheels, makes the manual of docs/, packs and validates a zip.

    python tools/build_extension.py                   this machine's platform
    python tools/build_extension.py --all-platforms   every platform of the manifest

The packing and the validation are Blender's own (``blender_ext.py`` in pip's bpy, else ``blender`` on PATH). This
machine's wheels are also unpacked to build/site/cp3xx, where headless.py looks for them. Exit status 1 where this
machine's platform cannot be built; another platform that lacks a wheel is named and left out.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from manual import write_manual

ROOT = Path(__file__).resolve().parent.parent
MANIFEST = "blender_manifest.toml"
BUILDER = "*/scripts/addons_core/bl_pkg/cli/blender_ext.py"
PYTHONS = ("cp311", "cp313", "cp314")
# What the names of Blender's platforms are in the last part of a wheel's name.
WHEEL_PLATFORMS = {
    "linux-x64": r"manylinux.*x86_64",
    "windows-x64": r"win_amd64",
    "macos-arm64": r"macosx.*arm64",
    "macos-x64": r"macosx.*x86_64",
}


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--all-platforms", action="store_true", help="build for every platform of the manifest")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="folder for the zips")
    args = parser.parse_args(argv)
    manifest = tomllib.loads((ROOT / MANIFEST).read_text(encoding="utf-8"))
    here = this_platform()
    failed = []
    for target in manifest["platforms"] if args.all_platforms else [here]:
        wheels = wheels_for(target, manifest["wheels"])
        missing = [name for name in wheels if not obtain(name)]
        if missing:
            failed.append(target)
            print(f"{target}: left out, not to be had: {', '.join(missing)}", file=sys.stderr)
            continue
        print(build(target, wheels, manifest, args.out))
        if target == here:
            unpack(wheels, ROOT / "build" / "site")
    return 1 if here in failed else 0


def this_platform() -> str:
    """This machine as Blender names it."""
    system = {"Linux": "linux", "Windows": "windows", "Darwin": "macos"}[platform.system()]
    machine = {"x86_64": "x64", "AMD64": "x64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    return f"{system}-{machine}"


def wheels_for(target: str, wheels: Iterable[str]) -> list[str]:
    """The file names of the wheels of a platform: its own and those for any."""
    names = [Path(wheel).name for wheel in wheels]
    own = re.compile(WHEEL_PLATFORMS.get(target, r"(?!)"))
    return [name for name in names if name.endswith("-any.whl") or own.fullmatch(name[:-4].split("-")[-1])]


def obtain(wheel: str) -> bool:
    """Have a wheel in wheels/, downloading it if need be. False where no index has it."""
    folder = ROOT / "wheels"
    if (folder / wheel).is_file():
        return True
    name, version, python, abi, tags = wheel.removesuffix(".whl").split("-")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--only-binary=:all:", "--no-deps"]
    if python.startswith("cp"):
        command += ["--implementation", "cp", "--python-version", f"3.{python[3:]}", "--abi", abi]
    if tags != "any":
        command += [part for tag in tags.split(".") for part in ("--platform", tag)]
    subprocess.run([*command, "--dest", str(folder), f"{name}=={version}"], check=False)
    return (folder / wheel).is_file()


def build(target: str, wheels: Sequence[str], manifest: dict[str, object], out: Path) -> Path:
    """Pack and validate one platform's zip. Returns its path."""
    stage = ROOT / "build" / "extension" / target
    shutil.rmtree(stage, ignore_errors=True)
    for source in sources():
        copy(source, stage / source.relative_to(ROOT))
    write_manual(stage / "manual")
    for wheel in wheels:
        copy(ROOT / "wheels" / wheel, stage / "wheels" / wheel)
    (stage / MANIFEST).unlink()  # it may be a link to the original
    (stage / MANIFEST).write_text(manifest_for(target, wheels), encoding="utf-8")
    archive = out.resolve() / f"{manifest['id']}-{manifest['version']}-{target}.zip"
    archive.parent.mkdir(parents=True, exist_ok=True)
    blender_extension("build", "--source-dir", str(stage), "--output-filepath", str(archive))
    blender_extension("validate", str(archive))
    shutil.rmtree(stage)
    return archive


def sources() -> list[Path]:
    """What may go into a zip: the root's files and its packages. The manifest's patterns leave out more of it."""
    files = [path for path in ROOT.iterdir() if path.is_file() and not path.name.startswith(".")]
    packages = [path.parent for path in ROOT.glob("*/__init__.py")]
    return sorted(
        files + [path for package in packages for path in package.rglob("*") if path.is_file() and _is_source(path)]
    )


def _is_source(path: Path) -> bool:
    return "__pycache__" not in path.parts and path.suffix != ".tmp"


def manifest_for(target: str, wheels: Sequence[str]) -> str:
    """The manifest's text with one platform and its wheels."""
    text = (ROOT / MANIFEST).read_text(encoding="utf-8")
    listed = "".join(f'  "./wheels/{wheel}",\n' for wheel in wheels)
    text = re.sub(r"^wheels = \[.*?^\]", f"wheels = [\n{listed}]", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"^platforms = \[.*?\]", f'platforms = ["{target}"]', text, flags=re.MULTILINE | re.DOTALL)


def blender_extension(*arguments: str) -> None:
    """Run Blender's own builder. Ends the program with its message where it fails."""
    spec = importlib.util.find_spec("bpy")
    folders = spec.submodule_search_locations or [] if spec else []
    program = next((file for folder in folders for file in Path(folder).glob(BUILDER)), None)
    blender = shutil.which("blender")
    if program is None and blender is None:
        sys.exit("packing needs Blender: `pip install bpy` for this Python, or put blender on PATH")
    command = [sys.executable, str(program)] if program else [str(blender), "--command", "extension"]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"blender extension {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")


def unpack(wheels: Sequence[str], site: Path) -> None:
    """Unpack wheels into a folder a Python version, for headless.py. What is there already stays.

    Those for every version are unpacked once, into ``py3``, and linked.
    """
    for python in ("py3", *PYTHONS):
        folder = site / python
        own = [wheel for wheel in wheels if wheel.split("-")[2] in (python, "py3")]
        wanted = {"-".join(wheel.split("-")[:2]) + ".dist-info" for wheel in own}
        if wanted == {path.name for path in folder.glob("*.dist-info")}:
            continue
        shutil.rmtree(folder, ignore_errors=True)
        if python != "py3":
            shutil.copytree(site / "py3", folder, copy_function=copy)
        for wheel in own:
            if wheel.split("-")[2] == python:
                with zipfile.ZipFile(ROOT / "wheels" / wheel) as archive:
                    archive.extractall(folder)


def copy(source: Path | str, target: Path | str) -> None:
    """Link a file, or copy it where the file system has no links (wheels are large)."""
    Path(target).parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


if __name__ == "__main__":
    sys.exit(main())
