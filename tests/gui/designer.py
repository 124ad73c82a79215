"""Someone at a windowed Blender who designs a data set: what they do, step by step, with mouse and keyboard."""

from __future__ import annotations

import re
from pathlib import Path

from .display import SIZE
from .reading import Box, Word, squeezed
from .screen import Screen
from .sidebar import Sidebar

# Where things are in the window that Blender opens with at 1600 x 900
MENUS = Box(0, 0, 320, 26)
VIEWPORT = Box(0, 50, 1300, 815)
VIEWPORT_RIGHT = 1314  # the border to the properties
PROPERTIES_KIND = (1333, 198)  # the button that makes another editor of them
TIMELINE_TOP = 813
# ... and where they are put
IMAGE_LEFT = 1040
VIEWPORT_BOTTOM = 846
SIDEBAR_AT_FIRST, SIDEBAR_WIDE = 289, 400  # from the viewport's right border to where its left edge can be dragged
TABS_WIDTH = 35
PREFERENCES = Box(110, 0, 980, 512)
TICK_LEFT = 55  # from the end of the extension's name in the preferences to the box before it


class Designer:
    """A person at a screen on which Blender has been started."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self.images = Box(IMAGE_LEFT + 8, 210, 1590, VIEWPORT_BOTTOM - 5)

    def arrive(self) -> None:
        """Wait for Blender and wave its splash away."""
        self.screen.wait("Help", MENUS, within_s=90)
        self.screen.settle()
        self.screen.click((VIEWPORT.left + 60, VIEWPORT.bottom - 60))
        self.screen.key("Escape")
        self.screen.settle()

    def arrange(self) -> None:
        """An Image Editor in place of the properties, wide enough to see something; no timeline."""
        self.screen.click(PROPERTIES_KIND)
        self.screen.press("Image Editor")
        self.screen.settle()
        self.screen.drag((VIEWPORT_RIGHT, 500), (IMAGE_LEFT, 500))
        self.screen.wait("Image", Box(IMAGE_LEFT, 180, VIEWPORT_RIGHT, 220))
        self.screen.drag((600, TIMELINE_TOP), (600, SIZE[1] - 16))
        self.screen.wait("Marker", Box(0, VIEWPORT_BOTTOM, 320, SIZE[1]))

    def open_tab(self) -> Sidebar:
        """N over the viewport, the tab Simreal, and the sidebar drawn wider."""
        self.screen.point((300, 600))
        self.screen.key("n")
        self.screen.press("Simreal", Box(IMAGE_LEFT - TABS_WIDTH, 60, IMAGE_LEFT, VIEWPORT_BOTTOM))
        self.screen.settle()
        self.screen.drag((IMAGE_LEFT - SIDEBAR_AT_FIRST, 150), (IMAGE_LEFT - SIDEBAR_WIDE, 150))
        box = Box(IMAGE_LEFT - SIDEBAR_WIDE + 4, 80, IMAGE_LEFT - TABS_WIDTH, VIEWPORT_BOTTOM)
        self.screen.until(lambda: self._begins(box), "the sidebar in its new width", box)
        self.sidebar = Sidebar(self.screen, box)
        return self.sidebar

    def open_presets(self) -> Box:
        """Unfold the menu of presets. Returns where it may reach."""
        self.sidebar.open("Presets")
        button = self.sidebar.press("Presets", under="Presets").box
        self.screen.settle()
        return Box(button.left - 40, 60, SIZE[0], VIEWPORT_BOTTOM)

    def load_preset(self, name: str) -> None:
        menu = self.open_presets()
        self.screen.press(name, menu)
        self.screen.wait("Active Class", self.sidebar.box)
        self.sidebar.close("Presets")

    def drag_weight(self, factor: str) -> tuple[float, float]:
        """Drag a factor's slider to the left. Returns the weights that stood there before and after."""
        label = self.sidebar.bring(factor).box
        y, right = label.middle[1], self.sidebar.box.right
        number = Box(right - 100, label.top - 4, right - 40, label.bottom + 4)
        before = self._number(number)
        self.screen.drag((right - 70, y), (right - 170, y))
        self.screen.settle(self.sidebar.box)
        return before, self._number(number)

    def make_sheet(self, button: str) -> None:
        """Press a button that makes a sheet, and wait for its last image."""
        self.sidebar.press(button)
        self.screen.until(self._sheet_is_whole, "a sheet with all of its images", self.sidebar.box, within_s=300)

    def _sheet_is_whole(self) -> bool:
        """``12 images  4.1/s``, and no longer ``7 of 12``."""
        texts = [squeezed(word.text) for word in self.screen.words(self.sidebar.box)]
        runs = any(re.fullmatch(r"\d+of\d+|starting.*", text) for text in texts)
        return not runs and any(re.match(r"\d+images", text) for text in texts)

    def choose_training_python(self, program: Path) -> None:
        """In the preferences, which the Train panel leads to; then back to the main window."""
        self.sidebar.open("Train")
        told = self.sidebar.bring("Training needs an environment").box
        self.screen.click((self.sidebar.box.right - 14, told.middle[1] + 5))
        self.screen.wait("Add-ons", within_s=60)
        self.screen.settle()
        label = self.screen.wait("Python", PREFERENCES).box
        self.screen.enter((label.right + 150, label.middle[1]), str(program), status=None)
        self.screen.wait(str(program), PREFERENCES)
        self.screen.settle()

    def leave_preferences(self) -> None:
        """What a click on the main window does where there is a window manager."""
        self.screen.display.run('xdotool search --name "Blender 5" windowraise windowfocus')
        self.screen.settle()

    def disable(self) -> None:
        """Take the tick from the extension in the preferences, which are still open behind."""
        self.screen.display.run('xdotool search --name "^Preferences$" windowraise windowfocus')
        self.screen.settle()
        name = self.screen.wait("Simreal", PREFERENCES, whole=True).box
        self.screen.click((name.right - TICK_LEFT, name.middle[1]))
        self.leave_preferences()
        self.screen.wait_gone("Simreal", Box(IMAGE_LEFT - TABS_WIDTH, 60, IMAGE_LEFT, VIEWPORT_BOTTOM))

    def score(self, photos: Path) -> int:
        """Score a folder of photos. Returns how many the panel says there are."""
        self.sidebar.open("Score")
        self.screen.enter(self.sidebar.bring("Folder of photos"), str(photos))
        self.sidebar.press("Score Photos")
        self.screen.wait("Right", self.sidebar.box, within_s=200)
        counts = [word.text.split()[0] for word in self.screen.words(self.sidebar.box) if "photos" in word.text]
        return int(next(count for count in counts if count.isdecimal()))

    def read_accuracy(self) -> float:
        """Per cent of the scored photos that the panel says are right."""
        line = next(word.text for word in self.screen.words(self.sidebar.box) if word.text.startswith("Right"))
        return float(line.split("%")[0].split()[-1].removeprefix("Right:"))

    def look_through_results(self) -> None:
        """Scroll the list into view and choose a photo, which the Image Editor then shows."""
        row = self.sidebar.bring("Export CSV").box
        self.screen.click((row.middle[0], row.top - 150))
        self.screen.settle(self.images)

    def _number(self, where: Box) -> float:
        (word,) = self.screen.words(where)
        return float(word.text)

    def _right_of(self, label: Word) -> tuple[int, int]:
        return label.box.right + 150, label.box.middle[1]

    def _begins(self, box: Box) -> bool:
        title = self.screen.sees("Design", box)
        return title is not None and title.box.left < box.left + 40
