"""How fast a stream is trained on, how long training waited for renders, and how long it had to."""

from __future__ import annotations

import time

import attrs


@attrs.define
class StreamPace:
    """``images`` were trained on in ``seconds``, of which ``waited_s`` went by without an image to train on.

    Time is counted while batches are taken, from the first of a session on; ``first_s`` is what passed before it.
    """

    images: int = 0
    seconds: float = 0.0
    waited_s: float = 0.0
    first_s: float = 0.0
    _begun: bool = attrs.field(default=False, init=False)
    _since: float | None = attrs.field(default=None, init=False)

    @property
    def all_waiting_s(self) -> float:
        """Seconds without an image, those before the first batch and those up to now too."""
        return self.first_s + self.waited_s + (time.monotonic() - self._since if self._since is not None else 0.0)

    @property
    def waited_share(self) -> float:
        """Of the time from the first batch on, 0..1."""
        return self.waited_s / self.seconds if self.seconds else 0.0

    @property
    def images_per_s(self) -> float:
        """What training does while it need not wait; 0 until it is known."""
        return self.images / (self.seconds - self.waited_s) if self.seconds > self.waited_s else 0.0

    def implied_share(self, render_rate: float | None) -> float | None:
        """The share of waiting that follows from the rates: 1 - min(1, render rate / training rate)."""
        if render_rate is None or not self.images_per_s:
            return None
        return 1 - min(1.0, render_rate / self.images_per_s)

    def wait(self) -> None:
        """There is no image from now on."""
        self._since = time.monotonic()

    def go_on(self) -> None:
        """There are images again."""
        if self._since is not None:
            waited, self._since = time.monotonic() - self._since, None
            if self._begun:
                self.waited_s += waited
            else:
                self.first_s += waited

    def to_json(self) -> dict[str, float]:
        """What makes the same again, for a checkpoint."""
        return {"images": self.images, "seconds": self.seconds, "waited_s": self.waited_s, "first_s": self.first_s}

    def count(self, images: int, seconds: float) -> None:
        """A batch was given, so long after the one before, or after batches were asked for."""
        self.images += images
        if self._begun:
            self.seconds += seconds
        self._begun = True
