from typing import Any

from brax.envs.base import Env as Env
from brax.envs.base import State as State
from brax.envs.base import Wrapper as Wrapper

def __getattr__(name: str) -> Any: ...
