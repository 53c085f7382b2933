"""The corridor task as an environment: in brax's registry "walker", in Gymnasium's "VnlGaps-v0"."""

from vnl_core.envs.corridor import UNSTABLE, CorridorEnv, make_env
from vnl_core.envs.gymnasium_env import GapsEnv, GapsVectorEnv
from vnl_core.envs.layouts import Terrain
from vnl_core.envs.seed_walker import walker
from vnl_core.envs.step_context import StepContext

__all__ = [
    "UNSTABLE",
    "CorridorEnv",
    "GapsEnv",
    "GapsVectorEnv",
    "StepContext",
    "Terrain",
    "make_env",
    "walker",
]
