"""What the terms of a task look at: one control step of one simulation."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import jax
from flax import struct

from vnl_core.physics import EXTRAS, Extra, PhysicsState

_Term = TypeVar("_Term", bound=Callable[..., jax.Array])


class StepContext(struct.PyTreeNode):
    """One control step of one simulation, as the terms see it; SI units.

    Before the first step, as a reset observes it, controls, actions and velocity are zero.
    """

    physics: PhysicsState
    """After the step."""
    root: jax.Array
    """Position of the walker's root body, (3,)."""
    velocity: jax.Array
    """Mean velocity of the walker's centre of mass over the control step, (3,)."""
    ctrl: jax.Array
    """Controls, (nu,)."""
    action: jax.Array
    """The action that they come from, clipped to [-1, 1], (nu,)."""
    previous_action: jax.Array
    """That of the step before, zero in an episode's first step, (nu,)."""
    crossed: jax.Array
    """Gaps crossed for the first time in this step, ()."""


def needs(*quantities: Extra) -> Callable[[_Term], _Term]:
    """Marks a term that reads these entries of `physics.extras`, which others do not pay for."""

    def mark(term: _Term) -> _Term:
        term.needs = quantities  # type: ignore[attr-defined]
        return term

    return mark


def needed(terms: Iterable[Any]) -> list[Extra]:
    """All that `terms` need of the engine, each once."""
    wanted = {quantity for term in terms for quantity in getattr(term, "needs", ())}
    return [quantity for quantity in EXTRAS if quantity in wanted]
