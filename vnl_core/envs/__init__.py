"""The corridor task as a brax environment, registered there as "walker"."""

from vnl_core.envs.corridor import UNSTABLE, CorridorEnv, make_env
from vnl_core.envs.layouts import Terrain
from vnl_core.envs.moment import Moment

__all__ = ["UNSTABLE", "CorridorEnv", "Moment", "Terrain", "make_env"]
