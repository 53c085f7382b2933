"""Proximal policy optimisation: collect unrolls of all environments, then learn from them.

Brax's algorithm, data shapes and order of random keys (brax 0.14.2, `ppo.train`), in two
compiled steps with a Python loop around them, so that progress, stops and checkpoints can
come between any two updates.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import optax
from brax.envs.base import Env, State
from brax.training import acting, gradients
from brax.training.acme import running_statistics
from brax.training.agents.ppo import losses as ppo_losses
from brax.training.agents.ppo import networks as ppo_networks
from brax.training.agents.ppo.optimizer import adaptive_kl_learning_rate
from brax.training.types import Transition
from flax import struct

from vnl_core.config import PPOConfig
from vnl_core.training.networks import PolicyParams, init_params, make_networks, strong_types

Metrics = dict[str, jax.Array]

# For programs that run once: compiled in a sixth of the time, for code that is slower.
ONCE: dict[str, Any] = {"xla_backend_optimization_level": 0}
# For programs without MJX's physics, whose compilation takes minutes with it (`vnl_core.jobs`).
FUSED: dict[str, Any] = {"xla_cpu_use_fusion_emitters": True}

# The control step at which nothing happened.
NEVER = jnp.iinfo(jnp.int32).max


@struct.dataclass
class _Learned:
    """What gradient descent changes, as brax's loss reads it."""

    policy: Any
    value: Any


@struct.dataclass
class TrainingState:
    """What learning changes; a pytree."""

    params: PolicyParams
    optimizer: Any


class SeedKeys(NamedTuple):
    """The random keys of a training, derived from its seed as brax derives them."""

    networks: jax.Array
    envs: jax.Array
    evaluation: jax.Array
    training: jax.Array

    @classmethod
    def from_seed(cls, seed: int) -> "SeedKeys":
        """The keys that `ppo.train(seed=seed)` uses in its first process."""
        networks, local = jax.random.split(jax.random.PRNGKey(seed))
        training, envs, evaluation = jax.random.split(jax.random.fold_in(local, 0), 3)
        return cls(networks, envs, evaluation, training)


def split_epoch_key(key: jax.Array) -> tuple[jax.Array, jax.Array]:
    """(key of the next epoch's updates, key to split for the epoch after)."""
    epoch, following = jax.random.split(key)
    # Brax splits once more, by the number of devices.
    return jax.random.split(epoch, 1)[0], following


class Collected(NamedTuple):
    """What a batch of unrolls tells besides its transitions."""

    episodes: jax.Array
    """Episodes that ended."""
    totals: Metrics
    """Sums over those episodes; ended/time counts the ones that were cut by their length."""
    first_bad: Metrics
    """For observation (n,), action, reward and each reward/TERM: the control step of the batch
    at which it first was no finite number; NEVER where it always was one."""
    unstable: jax.Array
    """How many episodes ended by each of the env's `unstable_names`, (names,)."""


class Learner:
    """The two compiled steps of PPO, bound to a batch of environments.

    Call `compile` first. An update is `collect`, then `learn`.
    """

    def __init__(self, env: Env, config: PPOConfig):
        """Makes networks and optimiser; `init` and `compile` come next.

        Args:
          env: batched environment (`Episodes` within a wrapper that starts new episodes).
          config: sizes and hyperparameters.
        """
        self._env: Any = env  # a TrainingEnv, wrapped
        self._config = config
        self._networks = make_networks(config, env.observation_size, env.action_size)
        self._adaptive = config.learning_rate_schedule == "adaptive_kl"
        adam = optax.inject_hyperparams(optax.adam) if self._adaptive else optax.adam
        self._optimizer = adam(learning_rate=config.learning_rate)
        if config.max_grad_norm is not None:
            clip = optax.clip_by_global_norm(config.max_grad_norm)
            self._optimizer = optax.chain(clip, self._optimizer)
        loss: Any = partial(
            ppo_losses.compute_ppo_loss,
            ppo_network=self._networks,
            entropy_cost=config.entropy_cost,
            discounting=config.discounting,
            reward_scaling=config.reward_scaling,
            gae_lambda=config.gae_lambda,
            clipping_epsilon=config.clipping_epsilon,
            normalize_advantage=config.normalize_advantage,
            vf_coefficient=config.vf_loss_coefficient,
        )
        self._gradient = gradients.loss_and_pgrad(loss, pmap_axis_name=None, has_aux=True)

    @property
    def networks(self) -> ppo_networks.PPONetworks:
        """The networks that are trained."""
        return self._networks

    def init(self, keys: SeedKeys) -> tuple[TrainingState, State]:
        """Untrained networks, and the environments at their first states."""
        # Compiled, for the cache keeps what is compiled: 2 s of every start.
        init = jax.jit(self._init_networks, compiler_options=ONCE)
        reset = jax.jit(lambda key: strong_types(self._env.reset(key)), compiler_options=ONCE)
        state = TrainingState(*init(keys.networks))
        return state, reset(jax.random.split(keys.envs, self._config.num_envs))

    def _init_networks(self, key: jax.Array) -> tuple[PolicyParams, Any]:
        params = init_params(self._networks, self._env.observation_size, key)
        learned: Any = _Learned(params.policy, params.value)
        return params, strong_types(self._optimizer.init(learned))

    def compile(self, state: TrainingState, env_state: State, key: jax.Array) -> None:
        """Compile both steps at once for arrays like these, on the devices where they are."""

        # Nothing is donated: until an update is whole, the state before it must stay.
        def layout(tree: Any) -> Any:
            return jax.tree.map(lambda x: x.sharding, tree)

        collect = jax.jit(self._collect, out_shardings=(layout(env_state), None, None))
        _, shapes, _ = jax.eval_shape(collect, state.params, env_state, key)
        lowered = collect.lower(state.params, env_state, key)
        options = FUSED if self._env.simulates_on_host else None
        with ThreadPoolExecutor(1) as beside:  # XLA compiles without Python's lock
            compiling = beside.submit(lowered.compile, options)
            if len(key.sharding.device_set) == 1:
                where = jax.tree.map(lambda _: key.sharding, shapes)
            else:  # The batch comes as the compiler lays it out over the devices.
                where = compiling.result().output_shardings[1]
            data = jax.tree.map(
                lambda x, where: jax.ShapeDtypeStruct(x.shape, x.dtype, sharding=where),
                shapes,
                where,
            )
            learn = jax.jit(self._learn, out_shardings=(layout(state), None))
            self.learn = learn.lower(state, data, key).compile(FUSED)
            self.collect = compiling.result()

    def _collect(
        self, params: PolicyParams, env_state: State, key: jax.Array
    ) -> tuple[State, Transition, Collected]:
        """Unrolls of all environments under the current policy, (unrolls, unroll_length, …)."""
        config = self._config
        make_policy = ppo_networks.make_inference_fn(self._networks)
        policy = make_policy((params.normalizer, params.policy))
        names = self._env.unstable_names
        fields = ("truncation", "episode_done", "episode_metrics", *(["unstable"] if names else []))

        def unroll(carry: tuple[State, jax.Array], _: None):
            state, key = carry
            key, following = jax.random.split(key)
            state, data = acting.generate_unroll(
                self._env,
                state,
                policy,
                key,
                config.unroll_length,
                extra_fields=fields,
            )
            return (state, following), data

        count = config.batch_size * config.num_minibatches // config.num_envs
        (env_state, _), data = jax.lax.scan(unroll, (env_state, key), None, length=count)
        # (count, unroll_length, num_envs, …) -> (batch_size·num_minibatches, unroll_length, …)
        data = jax.tree.map(lambda x: jnp.swapaxes(x, 1, 2), data)
        data = jax.tree.map(lambda x: x.reshape((-1,) + x.shape[2:]), data)

        extras = data.extras["state_extras"]
        over = jnp.asarray(extras.pop("episode_done")) > 0
        episodes = extras.pop("episode_metrics")
        codes = extras.pop("unstable").ravel() if names else jnp.zeros(0, jnp.int32)
        unstable = jnp.bincount(codes, length=len(names)).at[:1].set(0)
        ended = {**episodes, "ended/time": extras["truncation"]}
        totals = {name: jnp.sum(x, where=over) for name, x in ended.items()}
        terms = {name: x for name, x in episodes.items() if name.startswith("reward/")}
        values = {"action": data.action, "reward": data.reward, **terms}
        bad = {name: self._first_bad(x).min() for name, x in values.items()}
        bad["observation"] = self._first_bad(data.observation)
        return env_state, data, Collected(over.sum(), totals, bad, unstable)

    def _first_bad(self, x: jax.Array) -> jax.Array:
        """Per component: the control step of the batch at which `x` first is not finite."""
        # (unrolls, unroll_length, …); environments are innermost in the unrolls.
        unrolls, length = x.shape[:2]
        first = jnp.arange(unrolls)[:, None] // self._config.num_envs * length
        step = (first + jnp.arange(length)).reshape((unrolls, length) + (1,) * (x.ndim - 2))
        return jnp.min(jnp.where(jnp.isfinite(x), NEVER, step), axis=(0, 1))

    def _learn(
        self, state: TrainingState, data: Transition, key: jax.Array
    ) -> tuple[TrainingState, Metrics]:
        """`num_updates_per_batch` passes of gradient descent over `data`; mean losses."""
        config = self._config
        params = state.params
        updated = running_statistics.update(params.normalizer, data.observation)
        # As in brax: the divergence is to be measured with the statistics that were acted by.
        normalizer = params.normalizer if self._adaptive else updated

        def minibatch(carry, batch: Transition):
            learned, optimizer, key = carry
            key, key_loss = jax.random.split(key)
            (_, metrics), gradient = self._gradient(learned, normalizer, batch, key_loss)
            metrics["learning_rate"] = jnp.asarray(config.learning_rate)
            if self._adaptive:
                optimizer, metrics["learning_rate"] = adaptive_kl_learning_rate(
                    optimizer,
                    metrics["kl_mean"],
                    config.desired_kl,
                    config.min_learning_rate,
                    config.max_learning_rate,
                )
            update, optimizer = self._optimizer.update(gradient, optimizer)
            return (optax.apply_updates(learned, update), optimizer, key), metrics

        def one_pass(carry, _: None):
            learned, optimizer, key = carry
            key, key_order, key_loss = jax.random.split(key, 3)

            def shuffle(x: jax.Array) -> jax.Array:
                # -> (num_minibatches, batch_size, unroll_length, …)
                x = jax.random.permutation(key_order, x)
                return x.reshape((config.num_minibatches, -1) + x.shape[1:])

            (learned, optimizer, _), metrics = jax.lax.scan(
                minibatch, (learned, optimizer, key_loss), jax.tree.map(shuffle, data)
            )
            return (learned, optimizer, key), metrics

        carry: Any = (_Learned(params.policy, params.value), state.optimizer, key)
        carry, metrics = jax.lax.scan(one_pass, carry, None, length=config.num_updates_per_batch)
        learned, optimizer, _ = carry
        params = PolicyParams(updated, learned.policy, learned.value)
        metrics = jax.tree.map(jnp.mean, metrics)
        metrics["params_norm"] = optax.tree.norm(learned)
        return TrainingState(params, optimizer), metrics
