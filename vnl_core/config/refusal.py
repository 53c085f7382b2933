"""How a config says no."""

from pydantic_core import PydanticCustomError


def refusal(field: str, reason: str, remedy: str) -> PydanticCustomError:
    """An error about `field` that says why and what to do instead."""
    return PydanticCustomError(
        "config", "{reason} {remedy}", {"field": field, "reason": reason, "remedy": remedy}
    )
