"""The terms of a task: observations, rewards, terminations and metrics, one class each."""

from vnl_core.config.terms import observations, rewards, terminations
from vnl_core.config.terms.base import (
    METRICS,
    OBSERVATIONS,
    REWARDS,
    TERMINATIONS,
    Metric,
    MetricKind,
    Observation,
    Quantity,
    Reward,
    Term,
    Termination,
    metric,
    observation,
    reward,
    termination,
)

__all__ = [
    "METRICS",
    "OBSERVATIONS",
    "REWARDS",
    "TERMINATIONS",
    "Metric",
    "MetricKind",
    "Observation",
    "Quantity",
    "Reward",
    "Term",
    "Termination",
    "metric",
    "observation",
    "observations",
    "reward",
    "rewards",
    "termination",
    "terminations",
]
