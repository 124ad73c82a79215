"""The log of a run that adapts: a row an epoch, as ``log.csv``."""

from __future__ import annotations

from collections.abc import Mapping

import attrs


@attrs.frozen(kw_only=True)
class AdaptationRow:
    """An epoch of a stage. ``loss`` is the mean sum of the ``terms``, which are told as ``source=0.123 domain=1.382``.

    ``snd`` and ``im`` are measured on the images that are adapted to, without their labels. Accuracies are fractions,
    on the images that are adapted to and on those that are not; None where there are none whose class is known.
    """

    stage: str
    epoch: int
    step: int
    lr: float
    loss: float
    terms: str
    snd: float
    im: float
    adapt_top1: float | None = None
    adapt_mean: float | None = None
    test_top1: float | None = None
    test_mean: float | None = None
    images_per_s: float

    @property
    def top1(self) -> float | None:
        """Where there is a part that is not adapted to, its accuracy; else that of all."""
        return self.adapt_top1 if self.test_top1 is None else self.test_top1

    def describe(self, epochs: int) -> str:
        """One line for people."""
        text = f"{self.stage}, epoch {self.epoch}/{epochs}  loss {self.loss:.3f}  SND {self.snd:.3f}  IM {self.im:.3f}"
        return text if self.top1 is None else f"{text}  target {100 * self.top1:.1f} %"


def tell_terms(terms: Mapping[str, float]) -> str:
    """Loss terms in one cell of a table."""
    return " ".join(f"{name.replace(' ', '_')}={value:.4g}" for name, value in terms.items())
