"""The sidebar of a 3D viewport, with the tab Simreal in front."""

from __future__ import annotations

import attrs
import numpy as np

from .reading import Box, Word, likest
from .screen import Screen

BRIGHT = 140  # of 255: text and icons, not what is behind them
TITLES = 50  # pixels from the sidebar's left edge in which the titles of panels and of panels in them begin
VALUES = 0.8  # of the sidebar's width: where the value of a labelled field can be clicked
NOTCHES = 4
MOST_TURNS = 30
SEARCHED_WITHIN_S = 120.0  # a title may have to be looked for in all of the sidebar, on a busy machine


class Sidebar:
    """Panels between ``box``'s edges, found by their titles and scrolled to where they are seen."""

    def __init__(self, screen: Screen, box: Box) -> None:
        self.screen = screen
        self.box = box

    def sees(self, text: str, title: bool = False, under: str = "") -> Word | None:
        """A text on a button or a label, or if that is wanted the title of a panel; ``under`` a panel's title."""
        words = self.screen.words(self.box)
        titles = [word for word in words if word.box.left < self.box.left + TITLES]
        if title:
            return likest(text, titles, whole=True)
        if under:
            above = likest(under, titles, whole=True)
            return likest(text, [word for word in words if above is not None and word.box.top > above.box.bottom])
        return likest(text, sorted(words, key=titles.__contains__))

    def bring(self, text: str, title: bool = False, under: str = "") -> Word:
        """Scroll until a text is seen: from here down, then once from the top."""
        if found := self.sees(text, title, under):
            return found
        self.scroll(-NOTCHES * MOST_TURNS)
        before = self._picture()
        for _ in range(MOST_TURNS):
            if found := self.sees(text, title, under):
                return found
            self.scroll(NOTCHES)
            after = self._picture()
            if after == before:
                break
            before = after
        return self.screen.wait(text, self.box, within_s=0.0)

    def scroll(self, notches: int) -> None:
        """Turn the wheel at the edge, where no list takes it for itself."""
        self.screen.scroll((self.box.left + 4, self.box.middle[1]), notches)

    def press(self, text: str, under: str = "") -> Word:
        """Click a button that may have to be scrolled to."""
        word = self.bring(text, under=under)
        self.screen.click(word)
        return word

    def enter(self, label: str, text: object) -> None:
        """Put a text into the field behind a label."""
        left, right = self.box.left, self.box.right
        self.screen.enter((int(left + VALUES * (right - left)), self.bring(label).box.middle[1]), str(text))

    def open(self, title: str) -> Word:
        """Unfold a panel if it is folded. Returns where its title stands."""
        return self._fold(title, want_open=True)

    def close(self, title: str) -> Word:
        return self._fold(title, want_open=False)

    def is_open(self, title: Word) -> bool:
        """The chevron before a title is wider than high where the panel is open."""
        row = attrs.evolve(title.box, left=self.box.left)
        bright = np.asarray(self.screen.display.photograph().convert("L").crop(row.corners)) > BRIGHT
        columns = np.flatnonzero(bright.any(axis=0))
        chevron = np.split(columns, np.flatnonzero(np.diff(columns) > 3) + 1)[0]
        rows = np.flatnonzero(bright[:, chevron].any(axis=1))
        return bool(len(chevron) > rows[-1] - rows[0] + 1)

    def _picture(self) -> bytes:
        return self.screen.settle(self.box).crop(self.box.corners).tobytes()

    def _fold(self, title: str, want_open: bool) -> Word:
        what = f"'{title}' {'open' if want_open else 'closed'}"
        word = self.screen.until(lambda: self._folded(title, want_open), what, self.box, SEARCHED_WITHIN_S)
        self.screen.settle(self.box)
        return word

    def _folded(self, title: str, want_open: bool) -> Word | None:
        """A panel's title if it is as it is wanted; else clicked. A panel above that grows may have moved it away."""
        word = self.bring(title, title=True)
        if self.is_open(word) == want_open:
            return word
        self.screen.click(word)
        return None
