"""What a study knows of the commands it is made of. Any verb that writes into ``--out`` can be a step."""

from __future__ import annotations

from collections.abc import Mapping

import attrs


@attrs.frozen
class Verb:
    """``go_on`` are the options with which the same command continues where it stopped, ``seeded`` says that it takes
    ``--seed``, ``threads`` the option that takes the number of CPU threads, ``learns`` that it uses a GPU with torch,
    ``renders`` that it runs Blender."""

    go_on: tuple[str, ...] = ()
    seeded: bool = False
    threads: str = "--threads"
    learns: bool = False
    renders: bool = False


VERBS: Mapping[str, Verb] = {
    "render": Verb(renders=True),
    "train": Verb(go_on=("--continue",), seeded=True, learns=True),
    "pretrain": Verb(go_on=("--continue",), seeded=True, learns=True),
    "adapt": Verb(go_on=("--continue",), seeded=True, learns=True),
    "evaluate": Verb(learns=True),
}
OTHER = Verb(threads="")


def verb(name: str) -> Verb:
    """What is known of a verb."""
    return VERBS.get(name, OTHER)
