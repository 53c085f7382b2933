"""What a lab's own terms and arenas are made of; docs/extending.md has recipes."""

from vnl_core.config import lazy_jax as jnp
from vnl_core.config.arenas import FAR, Arena, Corridor, Obstacles, arena
from vnl_core.config.arenas.base import check_count, fitting
from vnl_core.config.base import field
from vnl_core.config.refusal import refusal
from vnl_core.config.span import (
    Cycle,
    Growing,
    Span,
    Uniform,
    bounds,
    largest,
    smallest,
    span,
)
from vnl_core.config.terms import (
    Metric,
    Observation,
    Reward,
    Termination,
    metric,
    observation,
    reward,
    termination,
)

__all__ = [
    "FAR",
    "Arena",
    "Corridor",
    "Cycle",
    "Growing",
    "Metric",
    "Observation",
    "Obstacles",
    "Reward",
    "Span",
    "Termination",
    "Uniform",
    "arena",
    "bounds",
    "check_count",
    "field",
    "fitting",
    "jnp",
    "largest",
    "metric",
    "observation",
    "refusal",
    "reward",
    "smallest",
    "span",
    "termination",
]
