"""How a factor is declared, once. Sampler, schema, panel, command line, metadata and docs are derived from it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import StrEnum
from pathlib import PurePosixPath

import attrs

from .distributions import Choice, Constant, Discrete, Distribution, LogUniform, Normal, SphereShell, Uniform, Value
from .errors import DesignError


class AssetKind(StrEnum):
    """What kind of asset an option of a choice may name, as ``library:relative/path``."""

    ENVIRONMENT = "environments"
    TEXTURE = "textures"
    PHOTO = "photos"


@attrs.frozen
class Parameter:
    """One number or choice inside a factor.

    ``label`` is the name for people; left out, it is made of ``name``: ``focal_length_mm`` is ``Focal length``.
    ``default`` is its distribution, ``fixed`` the value it has when the factor is not drawn. ``hard_range`` is what is
    possible at all, ``soft_range`` what a slider shows. A choice has named ``options`` (value: help), and, where
    ``assets`` says so, assets of the design's libraries as further options. ``idle_with`` names other parameters of
    the factor, and those of their values with which this one has no effect; ``seen_with`` values with which it is
    seen best. A number that is ``whole`` is drawn as one.
    """

    name: str
    default: Distribution
    fixed: Value
    unit: str = ""
    help: str = ""
    hard_range: tuple[float, float] = (-1e9, 1e9)
    soft_range: tuple[float, float] | None = None
    options: dict[str, str] = attrs.field(factory=dict)
    assets: AssetKind | None = None
    idle_with: Mapping[str, tuple[Value, ...]] = attrs.field(factory=dict)
    seen_with: Mapping[str, Value] = attrs.field(factory=dict)
    whole: bool = False
    label: str = attrs.field()

    @label.default
    def _label_of_name(self) -> str:
        words = self.name.removesuffix(f"_{self.unit.lower()}") if self.unit else self.name
        return words.replace("_", " ").capitalize()

    @property
    def words(self) -> str:
        """The label within a sentence: ``focal length``, ``JPEG quality``."""
        return self.label if self.label[1:2].isupper() else self.label[:1].lower() + self.label[1:]

    @property
    def is_choice(self) -> bool:
        return isinstance(self.default, Choice)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of distribution that suit it: logarithms need a range above 0, a shell an elevation in degrees."""
        if self.is_choice:
            return (Choice.kind,)
        low, high = self.hard_range
        suits = {
            Constant.kind: True,
            Uniform.kind: True,
            LogUniform.kind: low >= 0.0,
            Normal.kind: True,
            SphereShell.kind: self.unit == "deg" and low >= -90.0 and high <= 90.0,
            Discrete.kind: True,
        }
        return tuple(kind for kind, does in suits.items() if does or kind == self.default.kind)

    @property
    def slider_range(self) -> tuple[float, float]:
        """What a slider shows: the soft range, else the default distribution's support."""
        if self.soft_range is not None:
            return self.soft_range
        assert not isinstance(self.default, Choice)
        return self.default.support()

    @property
    def decimals(self) -> int:
        """How many decimals are worth showing, by the width of the slider."""
        low, high = self.slider_range
        if self.whole:
            return 0
        return 1 if high - low > 20.0 else 2 if high - low > 2.0 else 3

    def drawn(self, distribution: Distribution, u: float) -> Value:
        """The value that ``distribution`` makes of a uniform number: whole where it must be, of a uniform distribution
        each whole number as often."""
        if self.whole and isinstance(distribution, Uniform):
            low, high = distribution.support()
            return min(self.settled(Uniform(low - 0.5, high + 0.5).draw(u)), self.settled(high))
        return self.settled(distribution.draw(u))

    def settled(self, value: Value) -> Value:
        """The value, or the whole number next to it where it must be one."""
        return math.floor(value + 0.5) if self.whole and not isinstance(value, str) else value

    def value_text(self, value: Value) -> str:
        """A value for people, with its unit: ``35°``, ``5500 K``, ``f/16``; of an asset, the file's name."""
        if isinstance(value, str):
            path = value.partition(":")[2]
            return PurePosixPath(path).stem if path else value.replace("_", " ") or "none"
        number = f"{value:.0f}" if abs(value) >= 100 else f"{round(value, self.decimals) + 0.0:g}"
        if self.unit == "f-stop":
            return f"f/{number}"
        return f"{number}{'°' if self.unit == 'deg' else f' {self.unit}' if self.unit else ''}"

    def check_distribution(self, distribution: Distribution) -> None:
        """Raise DesignError (path relative to the parameter) if the distribution does not suit this parameter."""
        if isinstance(distribution, Choice) != self.is_choice:
            wanted = "choice" if self.is_choice else "a distribution of numbers"
            raise DesignError("distribution", f"must be {wanted}, not {distribution.kind}")
        if distribution.kind not in self.kinds:
            raise DesignError(
                "distribution", f"{distribution.kind} does not suit it; there are: {', '.join(self.kinds)}"
            )
        distribution.check()
        if isinstance(distribution, Choice):
            for option in distribution.options:
                self.check_option(f"options.{option}", option)
            return
        low, high = distribution.support()
        for name, bound in (("min", low), ("max", high)):
            where = next(field for field in (name, "value", "values") if hasattr(distribution, field))
            self._check_range(where, bound)

    def check_fixed(self, value: Value) -> None:
        """Raise DesignError if ``value`` cannot be this parameter's value."""
        if self.is_choice:
            if not isinstance(value, str):
                raise DesignError("fixed", f"must be one of {', '.join(self.options) or 'the options'}, not {value!r}")
            self.check_option("fixed", value)
        else:
            if isinstance(value, str):
                raise DesignError("fixed", f"must be a number, not {value!r}")
            self._check_range("fixed", value)

    def check_option(self, path: str, option: str) -> None:
        """Raise DesignError unless ``option`` is a declared option or, where allowed, an asset ``library:path``."""
        if option in self.options or (self.assets is not None and ":" in option):
            return
        known = ", ".join(self.options)
        asset = f"an asset like '{self.assets.value}:name'" if self.assets else ""
        raise DesignError(path, f"must be {' or '.join(filter(None, (known and f'one of {known}', asset)))}")

    def _check_range(self, where: str, value: float) -> None:
        low, high = self.hard_range
        if not low <= value <= high:
            unit = f" {self.unit}" if self.unit else ""
            raise DesignError(where, f"must be between {low:g} and {high:g}{unit}, is {value:g}")


@attrs.frozen
class Factor:
    """One cause of variation in an image, with the few parameters it owns. ``weight`` is the default weight.

    A factor ``of_view`` is the camera's: where a scene is seen several times, each view draws it anew.
    """

    name: str
    label: str
    help: str
    parameters: tuple[Parameter, ...]
    weight: float = 1.0
    of_view: bool = False

    def parameter(self, name: str) -> Parameter:
        """The parameter of that name; KeyError if there is none."""
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        raise KeyError(name)
