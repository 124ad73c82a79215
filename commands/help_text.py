"""How ``--help`` is laid out."""

import argparse
from typing import TypeAlias

SubVerbs: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


class HelpFormatter(argparse.ArgumentDefaultsHelpFormatter):
    """Shows an option's default where it has one that says something."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        if action.default in (None, False, []) or "default" in (action.help or ""):
            return action.help
        return super()._get_help_string(action)


def add_sub_verb(verbs: SubVerbs, verb: str, name: str, text: str, examples: str) -> argparse.ArgumentParser:
    """A parser for ``simreal VERB NAME``, with those lines of the verb's examples that are its own."""
    own = "\n".join(line for line in examples.splitlines() if line.startswith(f"  simreal {verb} {name} "))
    return verbs.add_parser(
        name,
        help=text,
        description=f"{text[0].upper()}{text[1:]}.",
        epilog=f"examples:\n{own}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
