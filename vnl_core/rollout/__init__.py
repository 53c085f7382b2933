"""One episode of a policy: compiled once, simulated in chunks, returned as plain arrays."""

from vnl_core.rollout.dm_control import simulate_dm_control
from vnl_core.rollout.progress import Cancelled, OnProgress, steps_of
from vnl_core.rollout.simulator import Simulator
from vnl_core.rollout.warm import Simulators, rollout

__all__ = [
    "Cancelled",
    "OnProgress",
    "Simulator",
    "Simulators",
    "rollout",
    "simulate_dm_control",
    "steps_of",
]
