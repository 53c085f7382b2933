# As brax.envs.base, but for what its annotations do not say: `replace`, which flax adds,
# and a pipeline_state that may be any pytree.
import abc
from collections.abc import Mapping
from typing import Any, Self

import jax

Observation = jax.Array | Mapping[str, jax.Array]
ObservationSize = int | Mapping[str, tuple[int, ...] | int]

class State:
    pipeline_state: Any
    obs: Any
    reward: jax.Array
    done: jax.Array
    metrics: dict[str, jax.Array]
    info: dict[str, Any]

    def __init__(
        self,
        pipeline_state: Any,
        obs: Any,
        reward: jax.Array,
        done: jax.Array,
        metrics: dict[str, jax.Array] = ...,
        info: dict[str, Any] = ...,
    ) -> None: ...
    def replace(self, **changes: Any) -> Self: ...

class Env(abc.ABC):
    @abc.abstractmethod
    def reset(self, rng: jax.Array) -> State: ...
    @abc.abstractmethod
    def step(self, state: State, action: jax.Array) -> State: ...
    @property
    @abc.abstractmethod
    def observation_size(self) -> Any: ...
    @property
    @abc.abstractmethod
    def action_size(self) -> int: ...
    @property
    @abc.abstractmethod
    def backend(self) -> str: ...
    @property
    def unwrapped(self) -> Env: ...

class Wrapper(Env):
    env: Env
    def __init__(self, env: Env) -> None: ...
    def reset(self, rng: jax.Array) -> State: ...
    def step(self, state: State, action: jax.Array) -> State: ...
    @property
    def observation_size(self) -> Any: ...
    @property
    def action_size(self) -> int: ...
    @property
    def backend(self) -> str: ...
