"""The starter library's names: its classes and how many models each has. What they look like is rendering/starter."""

STARTER_CLASSES: tuple[str, ...] = (
    "airplane",
    "bicycle",
    "bottle",
    "car",
    "chair",
    "cup",
    "lamp",
    "laptop",
    "table",
    "umbrella",
)
INSTANCES_PER_CLASS = 12


def starter_model_names(cls: str) -> tuple[str, ...]:
    """Names of a class's models, ``("chair/00", "chair/01", ...)``. Raises KeyError for a class that is not there."""
    if cls not in STARTER_CLASSES:
        raise KeyError(f"no starter class {cls!r}; there are {', '.join(STARTER_CLASSES)}")
    return tuple(f"{cls}/{index:02d}" for index in range(INSTANCES_PER_CLASS))
