"""A person before the screen: looks for words, waits for them, clicks, drags, types."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import attrs
from PIL import Image, ImageChops

from .display import SIZE, Display
from .reading import Box, Word, likest, words_of

WHOLE = Box(0, 0, *SIZE)
STATUS = Box(0, SIZE[1] - 24, 500, SIZE[1])
PATIENCE_S = 30.0
PAUSE_S, LONGEST_PAUSE_S = 0.2, 2.0  # a tenth of what has been waited: looking takes a core from what is waited for
LEFT, WHEEL_UP, WHEEL_DOWN = 1, 4, 5
DRAG_STEPS = 4

Found = TypeVar("Found")


class NotOnScreen(AssertionError):
    """What should be on the screen is not; names the photograph that shows so."""


class Screen:
    """A display with its photographs, numbered in ``folder`` in the order they were taken."""

    def __init__(self, display: Display, folder: Path) -> None:
        self.display = display
        self.folder = folder
        self.taken = 0
        self._read: dict[Box, tuple[bytes, list[Word]]] = {}
        folder.mkdir(parents=True, exist_ok=True)

    # Looking

    def shot(self, name: str) -> Image.Image:
        """Photograph the screen into the folder."""
        self.taken += 1
        picture = self.display.photograph()
        picture.save(self._file(name), compress_level=3)
        return picture

    def words(self, where: Box = WHOLE) -> list[Word]:
        """The words in a part of the screen. What has not changed since it was read is not read again."""
        picture = self.display.photograph()
        seen = picture.crop(where.corners).tobytes()
        if self._read.get(where, (b"", []))[0] != seen:
            self._read[where] = seen, words_of(picture, where)
        return self._read[where][1]

    def sees(self, text: str, where: Box = WHOLE, whole: bool = False) -> Word | None:
        """Where a text stands now: the line that reads most like it, whatever the case and the spaces."""
        return likest(text, self.words(where), whole)

    def wait(self, text: str, where: Box = WHOLE, within_s: float = PATIENCE_S, whole: bool = False) -> Word:
        """Where a text stands, as soon as it does."""
        return self.until(lambda: self.sees(text, where, whole), f"'{text}'", where, within_s)

    def wait_gone(self, text: str, where: Box = WHOLE, within_s: float = PATIENCE_S) -> None:
        self.until(lambda: self.sees(text, where) is None, f"the end of '{text}'", where, within_s)

    def until(
        self, look: Callable[[], Found | None], what: str, where: Box = WHOLE, within_s: float = PATIENCE_S
    ) -> Found:
        """What ``look`` finds, as soon as it finds something. NotOnScreen when the time is over."""
        start = time.monotonic()
        while True:
            found = look()
            if found:
                return found
            waited_s = time.monotonic() - start
            if waited_s > within_s:
                raise self._lost(what, where, within_s)
            time.sleep(min(max(PAUSE_S, waited_s / 10), LONGEST_PAUSE_S))

    def settle(self, where: Box = WHOLE, within_s: float = PATIENCE_S) -> Image.Image:
        """The photograph once two in a row are the same in a part of the screen."""
        seen = [self.display.photograph()]

        def still() -> Image.Image | None:
            time.sleep(PAUSE_S)
            seen.append(self.display.photograph())
            before, after = (picture.crop(where.corners) for picture in seen[-2:])
            return seen[-1] if ImageChops.difference(before, after).getbbox() is None else None

        return self.until(still, "a screen that stands still", where, within_s)

    # Mouse

    def point(self, target: Word | tuple[int, int]) -> None:
        """Move the pointer there, and let Blender light up what it is over."""
        at = target.box.middle if isinstance(target, Word) else target
        self._do("mousemove", *at)
        self._do("mousemove_relative", 0, 1)

    def click(self, target: Word | tuple[int, int], times: int = 1) -> None:
        self.point(target)
        self._do("click", "--repeat", times, "--delay", 80, LEFT)

    def press(self, text: str, where: Box = WHOLE, within_s: float = PATIENCE_S) -> Word:
        """Wait for a text and click it."""
        word = self.wait(text, where, within_s)
        self.click(word)
        return word

    def drag(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        """With the left button held, in steps that an eye could follow."""
        self.point(start)
        self._do("mousedown", LEFT)
        for step in range(1, DRAG_STEPS + 1):
            self._do("mousemove", *(a + (b - a) * step // DRAG_STEPS for a, b in zip(start, end, strict=True)))
        self._do("mouseup", LEFT)

    def scroll(self, at: tuple[int, int], notches: int) -> None:
        """Turn the wheel over a point: down, or up if negative."""
        self.point(at)
        self._do("click", "--repeat", abs(notches), "--delay", 5, WHEEL_DOWN if notches > 0 else WHEEL_UP)

    # Keyboard

    def key(self, *keys: str) -> None:
        """Keys as xdotool names them, one after the other: ``ctrl+a``, ``Return``."""
        self._do("key", "--delay", 60, *keys)

    def type(self, text: str) -> None:
        self._do("type", "--delay", 15, text)

    def enter(self, target: Word | tuple[int, int], text: str, status: Box | None = STATUS) -> None:
        """Put a text into a field, in place of what is in it. A status bar, if there is one, says that it is edited."""
        self.click(target)
        if status is not None:
            self.wait("Confirm", status)
        self.key("ctrl+a")
        self.type(text)
        self.key("Return")
        if status is not None:
            self.wait_gone("Confirm", status)

    def _do(self, *arguments: object) -> None:
        self.display.xdotool(*arguments)
        self.display.rest()

    # Failing

    def _file(self, name: str) -> Path:
        return self.folder / f"{self.taken:02d}-{name}.png"

    def _lost(self, what: str, where: Box, within_s: float) -> NotOnScreen:
        self.shot("lost")
        seen = "\n  ".join(word.text for word in self.words(where))
        log = self.display.log.read_text(errors="replace")[-2000:] if self.display.log.exists() else ""
        return NotOnScreen(
            f"{what} was not seen in {attrs.astuple(where)} within {within_s:.0f} s: see {self._file('lost')}\n"
            f"What can be read there:\n  {seen}\nThe end of Blender's log:\n{log}"
        )
