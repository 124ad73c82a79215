"""Errors that a user can act on. The command line prints them as one line (exit status 2); operators report them."""

_LONGEST = 600


class SimrealError(Exception):
    """Base of every error whose message is meant for the user; it says what is wrong and what to do next."""


class DesignError(SimrealError):
    """A design that cannot be used. ``path`` points at the fault: ``factors.camera_viewpoint.elevation_deg.max``."""

    def __init__(self, path: str, problem: str) -> None:
        text = " ".join((f"{path}: {problem}" if path else problem).splitlines())  # names in it may have any length
        super().__init__(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}...")
        self.path = path
        self.problem = problem


class AssetError(SimrealError):
    """A model, environment map, texture or photo that is missing or cannot be read."""


class DataSetError(SimrealError):
    """A data set folder that cannot be read, written or continued."""


class RunError(SimrealError):
    """A training run, checkpoint or exported model that cannot be used."""


class StudyError(SimrealError):
    """A study that cannot be read, planned or run; where its file is at fault, with the path of the fault."""


class ToolError(SimrealError):
    """A program or package that is needed is not there (Blender, torch, a GPU runtime); says how to get it."""
