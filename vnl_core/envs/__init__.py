"""The corridor task as a brax environment, registered there as "walker"."""

from vnl_core.envs.corridor import CorridorEnv, make_env
from vnl_core.envs.moment import Moment, Terrain

__all__ = ["CorridorEnv", "Moment", "Terrain", "make_env"]
