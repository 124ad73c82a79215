"""What the user is told while a job runs: how far it is, and the first few images that failed."""

from __future__ import annotations

from ..datasets.messages import Log, Message, Progress, Report, Result
from .pace import Pace

SHOWN_FAILURES = 5


class Tally:
    """Counts ``done`` of ``total`` images."""

    def __init__(self, report: Report, total: int, done: int) -> None:
        self._report = report
        self._total = total
        self._done = done
        self._pace = Pace()
        self._failed = 0
        self._shown = -1
        self._told: set[str] = set()

    @property
    def left(self) -> int:
        return self._total - self._done

    def count(self, image: Result) -> None:
        """One more image is done; the first few that failed are told one by one, all are in the data set's card."""
        self._done += 1
        self._pace.count()
        if not image.data.get("failed"):
            return
        self._failed += 1
        if self._failed <= SHOWN_FAILURES:
            where = f"{image.data['split']}/{image.data['index']}"
            self._report(Log(f"image {where} failed: {image.data['failed']}", "warning"))
        elif self._failed == SHOWN_FAILURES + 1:
            self._report(Log("more images failed; the data set's card will list them", "warning"))

    def correct(self, images: int) -> None:
        """So many images more (or less) are done, without having been rendered just now."""
        self._done += images

    def once(self, message: Log) -> None:
        """Pass a line on, the first time it is said: all workers warn of the same model."""
        if message.text not in self._told:
            self._told.add(message.text)
            self._report(message)

    def say(self, message: Message) -> None:
        self._report(message)

    def show(self) -> None:
        """Report progress, if there is any."""
        if self._shown == self._done:
            return
        self._shown = self._done
        rate = self._pace.rate()
        self._report(Progress("render", self._done, self._total, "images", rate, self.left / rate if rate else None))
