"""`jax.numpy`, imported where it is first used: what is declared with a term must load without JAX.

The dashboard and the shell read the terms' parameters and never call their functions.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jax.numpy import *  # noqa: F403


def __getattr__(name: str) -> Any:
    import jax.numpy

    return getattr(jax.numpy, name)
