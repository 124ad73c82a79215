"""Photographs the panels for docs/images/, in a windowed Blender driven by mouse and keyboard.

    .venv/bin/python tools/screenshots.py

Needs what the tests of tests/gui need (SIMREAL_REAL_BLENDER, SIMREAL_KIT) and twenty minutes; a part of it, less.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.archive import build_archive  # noqa: E402
from tests.gui.designer import PREFERENCES, Designer  # noqa: E402
from tests.gui.opening import opened  # noqa: E402
from tests.gui.reading import Box  # noqa: E402
from tests.gui.test_designer import CLASSES, SEEN_AT  # noqa: E402
from tests.gui.training_python import training_python  # noqa: E402

KIT = Path(os.environ.get("SIMREAL_KIT") or ROOT.parent / "shared" / "kit")
PANELS = ("Design", "Factors", "Preview", "Render", "Train", "Score", "Weighting", "Studies", "Jobs", "Presets")
COLOURS = 128  # of a picture without photos
JPEG_QUALITY = 82
MARGIN = 8
FAR = 100  # notches of the wheel
NEAR = 60  # pixels: more than a notch scrolls
# What a study of a few minutes can show: frozen features, a hundred images, one seed.
STUDY = {
    "simreal_study": 1,
    "name": "factors",
    "title": "What does a fixed factor cost?",
    "data": {
        "images": {"design": "starter", "per_class": {"train": 10}, "overrides": {"image": {"resolution_px": 96}}},
        "tests": {"design": "starter", "per_class": {"test_iid": 5}, "overrides": {"image": {"resolution_px": 96}}},
    },
    "steps": {
        "training": {
            "verb": "train",
            "arguments": ["{images}"],
            "options": {"backbone": "efficientnet_lite0", "head-only": True, "image-size": 96, "views": 1},
        }
    },
    "measures": {"IID": {"run": "training", "data": "tests", "split": "test_iid"}},
    "axes": {
        "case": {
            "label": "Held fixed",
            "options": {
                "nothing": {},
                "viewpoint": {"data": {"images": {"overrides": {"factors": {"camera_viewpoint": {"weight": 0}}}}}},
                "background": {"data": {"images": {"overrides": {"factors": {"background": {"weight": 0}}}}}},
            },
        }
    },
    "table": {"rows": ["case"]},
    "figures": [{"kind": "bars", "x": "case"}],
}
WITH_IMAGES = Box(636, 62, 1600, 876)


class Album:
    """Where the pictures go, cropped to what they are of."""

    def __init__(self, designer: Designer, folder: Path) -> None:
        self.designer, self.screen, self.sidebar = designer, designer.screen, designer.sidebar
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def keep(self, name: str, where: Box) -> None:
        """A part of the screen, when it stands still."""
        self.screen.point((400, 700))  # no tooltip, no button lit up
        picture = self.screen.settle(where).crop(where.corners)
        self._save(picture, name)

    def panel(self, name: str, title: str, titles: tuple[str, ...] = PANELS, *, at_rest: bool = True) -> None:
        """A panel, from its title to the next of these titles; one that shows a job at work is never at rest."""
        self.sidebar.scroll(FAR)
        top = self._to_the_top(title) - MARGIN
        self.screen.point((400, 700))
        picture = self.screen.settle(self.sidebar.box) if at_rest else self.screen.display.photograph()
        others = (self.sidebar.sees(other, title=True) for other in titles if other != title)
        below = [word.box.top - MARGIN for word in others if word is not None and word.box.top > top + 2 * MARGIN]
        bottom = min(below, default=self._end_of_words())
        self._save(picture.crop((self.sidebar.box.left - 4, top, self.sidebar.box.right, bottom)), name)

    def only(self, title: str) -> None:
        """Fold all panels but one."""
        for other in PANELS:
            if other != title and self.sidebar.sees(other, title=True) is not None:
                self.sidebar.close(other)
        self.sidebar.open(title)

    def _to_the_top(self, title: str) -> int:
        """Scroll until little of the sidebar lies above a panel, as one may be longer than what is below. Its top."""
        top = self.sidebar.bring(title, title=True).box.top
        while top - self.sidebar.box.top > NEAR:
            self.sidebar.scroll(1)
            word = self.sidebar.sees(title, title=True)
            if word is None or word.box.top == top:  # beyond the top, or no further down
                return self.sidebar.bring(title, title=True).box.top
            top = word.box.top
        return top

    def _end_of_words(self) -> int:
        """Below the last line of words that is seen whole."""
        end = self.sidebar.box.bottom
        words = self.screen.words(self.sidebar.box)
        cut = min((word.box.top for word in words if word.box.bottom > end - 2 * MARGIN), default=end)
        return min(cut, max(word.box.bottom for word in words if word.box.bottom <= cut) + 2 * MARGIN)

    def _save(self, picture: Image.Image, name: str) -> None:
        if name.endswith(".jpg"):
            picture.save(self.folder / name, quality=JPEG_QUALITY, subsampling=0, optimize=True)
        else:
            few = picture.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
            few.save(self.folder / name, optimize=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Photograph the panels for the docs")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "images")
    parts = ("design", "previews", "jobs", "weighting", "studies")
    parser.add_argument("--part", choices=parts, help="take these only; scores need jobs")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        archive, program = build_archive(folder / "dist"), training_python(folder / "python")
        for cls in CLASSES:
            shutil.copytree(KIT / "photos" / cls, folder / "photos" / cls)
        with opened(folder, archive, ROOT / "build" / "screenshots", also_at=SEEN_AT) as designer:
            album = Album(designer, given.out)
            take_start(album)
            if given.part in (None, "design"):
                take_design(album)
            if given.part in (None, "previews"):
                take_previews(album)
            if given.part in (None, "jobs"):
                take_jobs(album, SEEN_AT / program.relative_to(folder))
                take_scores(album, SEEN_AT / "photos")
            if given.part in ("weighting", "studies"):
                designer.choose_training_python(SEEN_AT / program.relative_to(folder))
                designer.leave_preferences()
            if given.part in (None, "weighting"):
                take_weighting(album, SEEN_AT / "photos")
            if given.part in (None, "studies"):
                (folder / "factors.study.json").write_text(json.dumps(STUDY))
                take_studies(album, SEEN_AT / "factors.study.json")


def take_start(album: Album) -> None:
    screen, sidebar = album.screen, album.sidebar
    album.designer.open_presets()
    album.keep("panel-presets-menu.png", Box(640, 80, 1160, 800))
    screen.press("Starter", Box(640, 300, 820, 800))
    screen.wait("airplane", sidebar.box)
    album.only("Presets")
    album.panel("panel-presets.png", "Presets")


def take_design(album: Album) -> None:
    screen, sidebar = album.screen, album.sidebar
    album.only("Design")
    sidebar.open("Active Class")
    album.panel("panel-design.png", "Design")
    sidebar.close("Active Class")
    sidebar.open("Images")
    album.panel("panel-images.png", "Images", (*PANELS, "Splits"))
    sidebar.close("Images")
    sidebar.open("Splits")
    album.panel("panel-splits.png", "Splits")
    sidebar.close("Splits")
    album.only("Factors")
    album.designer.drag_weight("Camera viewpoint")
    arrow = sidebar.bring("Illumination").box
    screen.click((sidebar.box.left + 28, arrow.middle[1]))
    screen.wait("Elevation", sidebar.box)
    album.panel("panel-factors.png", "Factors")
    screen.click((sidebar.box.left + 28, arrow.middle[1]))


def take_previews(album: Album) -> None:
    album.only("Preview")
    album.designer.make_sheet("Contact Sheet")
    album.keep("preview.jpg", WITH_IMAGES)
    album.sidebar.press("All Factors")
    album.screen.press("Camera viewpoint", album.sidebar.box)
    album.designer.make_sheet("Factor Strip")
    album.keep("strip.jpg", WITH_IMAGES)
    album.sidebar.press("Show in Viewport")
    album.screen.wait("Leave Image", album.sidebar.box, within_s=60)
    album.keep("viewport.jpg", Box(0, 50, 1040, 846))
    album.sidebar.press("Leave Image")
    album.screen.wait("Contact Sheet", album.sidebar.box)


def take_jobs(album: Album, program: Path) -> None:
    screen, sidebar = album.screen, album.sidebar
    album.only("Render")
    sidebar.press("Images per Class")
    sidebar.press("Render 280 Images")
    screen.wait("left", sidebar.box, within_s=120)
    album.panel("panel-render.png", "Render", at_rest=False)
    screen.wait("All 280 images are there", sidebar.box, within_s=400)
    album.designer.choose_training_python(program)
    album.keep("preferences.png", PREFERENCES)
    album.designer.leave_preferences()
    album.only("Train")
    sidebar.press("Train", under="Advanced")
    sidebar.open("Jobs")
    album.panel("panel-jobs.png", "Jobs", at_rest=False)
    sidebar.close("Jobs")
    screen.wait("test_iid", sidebar.box, within_s=600, whole=True)
    screen.wait("200 images x 4 views", sidebar.box, within_s=60)  # in place of how far the export is
    album.panel("panel-train.png", "Train")


def take_scores(album: Album, photos: Path) -> None:
    album.only("Score")
    album.designer.score(photos)
    album.designer.look_through_results()
    album.keep("score.jpg", WITH_IMAGES)
    album.sidebar.press("Confusion")
    album.keep("confusion-blender.jpg", album.designer.images)


def take_weighting(album: Album, photos: Path) -> None:
    """Importance and a suggestion at a budget of minutes, which is too small to find more than what is coarse."""
    screen, sidebar = album.screen, album.sidebar
    album.only("Design")
    sidebar.open("Images")
    sidebar.enter("Resolution", 96)
    sidebar.close("Images")
    album.only("Weighting")
    screen.enter(sidebar.bring("Folder of Real Photos"), str(photos))
    sidebar.press("Measure Importance")
    screen.wait("Points of accuracy", sidebar.box, within_s=1200)
    album.panel("panel-weighting.png", "Weighting", (*PANELS, "Suggested Weights"))
    sidebar.close("Importance")
    sidebar.enter("Budget", 400)
    sidebar.enter("Seeds", 2)
    sidebar.press("Suggest Weights")
    screen.wait("Accept All", sidebar.box, within_s=1800)
    album.panel("panel-suggestion.png", "Weighting")
    album.only("Factors")
    album.panel("panel-importance.png", "Factors")


def take_studies(album: Album, study: Path) -> None:
    screen, sidebar = album.screen, album.sidebar
    album.only("Studies")
    chosen = sidebar.bring("About This Study").box  # the menu of studies stands at the top, above the scales
    screen.click((chosen.middle[0], sidebar.bring("Studies", title=True).box.bottom + 20))
    screen.press("Study File")
    screen.enter(sidebar.bring("A .study.json file"), str(study))
    screen.wait("roughly", sidebar.box, within_s=60)
    sidebar.press("Run Study")
    screen.wait("Steps are done", sidebar.box, within_s=600)
    album.panel("panel-studies.png", "Studies")


if __name__ == "__main__":
    main()
