"""How the policy learns."""

import math
from typing import Literal, Self

from pydantic import model_validator

from vnl_core.config.base import Config, field
from vnl_core.config.refusal import refusal

_ADAPTIVE = {"learning_rate_schedule": "adaptive_kl"}


class PPOConfig(Config):
    """Proximal policy optimisation, under brax's argument names (brax 0.14.2)."""

    num_timesteps: int = field(
        1_000_000, "env steps", "Length of the training, rounded up.", ge=1, le=100_000_000_000
    )
    num_evals: int = field(
        10, "evaluations", "Evaluations over the training, the one before it too.", ge=2, le=10_000
    )
    num_envs: int = field(64, "environments", "Environments run in parallel.", ge=1, le=65_536)
    num_eval_envs: int = field(
        16, "environments", "Environments (episodes) in an evaluation.", ge=1, le=4096
    )
    deterministic_eval: bool = field(
        True, "-", "Evaluate the policy's mode rather than samples from it."
    )
    unroll_length: int = field(
        20, "control steps", "Steps an environment takes before the policy learns.", ge=1, le=1000
    )
    batch_size: int = field(64, "unrolls", "Unrolls in a minibatch.", ge=1, le=65_536)
    num_minibatches: int = field(
        8, "minibatches", "Minibatches that a batch is split into.", ge=1, le=1024
    )
    num_updates_per_batch: int = field(
        4, "passes", "Passes of gradient descent over a batch.", ge=1, le=100
    )
    learning_rate: float = field(3e-4, "-", "Step size of Adam.", gt=0.0, le=1.0)
    learning_rate_schedule: Literal["constant", "adaptive_kl"] = field(
        "constant",
        "-",
        "Keep the learning rate, or lower it by a third where an update changes the policy by "
        "more than twice the desired divergence, and raise it where by less than half of it.",
    )
    desired_kl: float = field(
        0.01,
        "nats",
        "Desired divergence of a new policy from the old.",
        when=_ADAPTIVE,
        gt=0.0,
        le=1.0,
    )
    min_learning_rate: float = field(
        1e-5, "-", "The schedule goes no lower.", when=_ADAPTIVE, gt=0.0, le=1.0
    )
    max_learning_rate: float = field(
        1e-2, "-", "The schedule goes no higher.", when=_ADAPTIVE, gt=0.0, le=1.0
    )
    entropy_cost: float = field(1e-2, "-", "Weight of the entropy bonus.", ge=0.0, le=1.0)
    discounting: float = field(0.97, "-", "Discount of a control step.", gt=0.0, le=1.0)
    gae_lambda: float = field(
        0.95, "-", "Lambda of generalised advantage estimation.", ge=0.0, le=1.0
    )
    clipping_epsilon: float = field(0.3, "-", "Clip of the policy ratio.", gt=0.0, le=1.0)
    vf_loss_coefficient: float = field(0.5, "-", "Weight of the value loss.", ge=0.0, le=10.0)
    max_grad_norm: float | None = field(
        1.0, "-", "Gradients are clipped to this norm; empty for no clipping.", gt=0.0, le=1000.0
    )
    reward_scaling: float = field(1.0, "-", "Rewards are multiplied by this.", gt=0.0, le=1000.0)
    normalize_observations: bool = field(
        True, "-", "Scale observations by their running mean and deviation."
    )
    observation_clip: float | None = field(
        10.0,
        "standard deviations",
        "Scaled observations are clipped to this; empty for no clipping, as in brax.",
        when={"normalize_observations": True},
        gt=0.0,
        le=1e6,
    )
    normalize_advantage: bool = field(True, "-", "Scale advantages within a minibatch.")
    policy_hidden_layer_sizes: tuple[int, ...] = field(
        (128, 128, 128), "units", "Widths of the policy network's hidden layers.", min_length=1
    )
    value_hidden_layer_sizes: tuple[int, ...] = field(
        (256, 256, 256), "units", "Widths of the value network's hidden layers.", min_length=1
    )
    max_unstable_share: float = field(
        0.01,
        "share of episodes",
        "Training fails where more of the episodes between two evaluations end because the "
        "simulation became unstable.",
        ge=0.0,
        le=1.0,
    )
    seed: int = field(0, "-", "Seed of networks, resets and sampling.", ge=0, le=2**31 - 1)

    @property
    def steps_per_update(self) -> int:
        """Env steps between two updates of the policy."""
        return self.batch_size * self.num_minibatches * self.unroll_length

    @property
    def updates_per_eval(self) -> int:
        """Updates between two evaluations."""
        return math.ceil(self.num_timesteps / ((self.num_evals - 1) * self.steps_per_update))

    @property
    def total_steps(self) -> int:
        """Env steps really trained: `num_timesteps` rounded up to whole evaluations."""
        return (self.num_evals - 1) * self.updates_per_eval * self.steps_per_update

    @model_validator(mode="after")
    def _possible(self) -> Self:
        unrolls = self.batch_size * self.num_minibatches
        if unrolls % self.num_envs:
            raise refusal(
                "num_envs",
                f"Each update needs batch_size × num_minibatches = {unrolls} unrolls, "
                f"which {self.num_envs} environments cannot collect evenly.",
                f"Use {_nearest_divisor(unrolls, self.num_envs)} environments, "
                "or a batch_size × num_minibatches that num_envs divides.",
            )
        low, high = self.min_learning_rate, self.max_learning_rate
        if self.learning_rate_schedule == "adaptive_kl" and not low <= self.learning_rate <= high:
            raise refusal(
                "learning_rate",
                f"The schedule keeps it between {low:g} and {high:g}, where {self.learning_rate:g} "
                "is not.",
                "Begin within these bounds, or change them.",
            )
        for name in ("policy_hidden_layer_sizes", "value_hidden_layer_sizes"):
            if not all(1 <= width <= 8192 for width in getattr(self, name)):
                raise refusal(name, "A layer is empty or vast.", "Use 1 to 8192 units a layer.")
        return self


def _nearest_divisor(n: int, near: int) -> int:
    divisors = [d for d in range(1, n + 1) if n % d == 0]
    return min(divisors, key=lambda d: abs(d - near))
