"""What is told of a file: what was left out of it, and why it cannot be a walker."""

from collections.abc import Iterable
from typing import NamedTuple


class LeftOut(NamedTuple):
    """One thing that the file has and the walker has not, or has otherwise."""

    what: str
    """Such as "geom floor" or "option viscosity"."""
    why: str

    def __str__(self) -> str:
        return f"{self.what}: {self.why}"


class RefusedFile(ValueError):
    """A file that cannot be a walker: it names the file, the element and the remedy."""

    def __init__(self, file: object, reason: str, remedy: str):
        super().__init__(f"walker: {file}: {reason} {remedy}")


def some(names: Iterable[str], most: int = 8) -> str:
    """`names` in a row, the first ones only where they are many."""
    names = list(names)
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
