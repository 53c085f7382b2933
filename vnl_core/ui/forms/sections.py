"""Which fields a form shows, under which heading, by which name, and when they matter."""

from collections.abc import Mapping
from typing import Any

from pydantic.fields import FieldInfo

CORRIDOR = (
    "arena",
    "corridor_length",
    "corridor_width",
    "visible_side_planes",
    "terrain_seed",
)
WALKER = ("walker", "spawn_position", "spawn_rotation")
PHYSICS = (
    "physics_timestep",
    "control_timestep",
    "solver",
    "cone",
    "iterations",
    "ls_iterations",
    "integrator",
    "eulerdamp",
)
SCENE = {"Corridor": CORRIDOR, "Walker": WALKER, "Physics": PHYSICS, "MJX": ("mjx",)}

TASK = {
    "Reward": ("rewards",),
    "Observation": ("observations", "metrics"),
    "Episode": ("terminations", "healthy_height", "episode_length", "reset_noise"),
    "Terrain": (
        "terrain",
        "curriculum",
        "curriculum_start",
        "curriculum_threshold",
        "curriculum_step",
    ),
}

CHECKPOINTS = ("checkpoint_minutes", "keep_every", "keep_states")

PPO = {
    "Length": ("num_timesteps", "num_evals", "num_eval_envs", "deterministic_eval", "seed"),
    "Batch": (
        "num_envs",
        "unroll_length",
        "batch_size",
        "num_minibatches",
        "num_updates_per_batch",
    ),
    "Optimisation": (
        "learning_rate",
        "learning_rate_schedule",
        "desired_kl",
        "min_learning_rate",
        "max_learning_rate",
        "entropy_cost",
        "discounting",
        "gae_lambda",
        "clipping_epsilon",
        "vf_loss_coefficient",
        "max_grad_norm",
        "max_unstable_share",
        "reward_scaling",
        "normalize_observations",
        "observation_clip",
        "normalize_advantage",
    ),
    "Networks": ("policy_hidden_layer_sizes", "value_hidden_layer_sizes"),
}

POLICY = ("policy", "constant", "amplitude", "frequency", "deterministic")
EPISODE = ("engine", "seconds", "seed", "stop_at_end")
VIDEO = ("cameras", "width", "height", "fps", "show_joints", "show_contacts", "egocentric_pixels")

_LABELS = {
    "ls_iterations": "Line-search iterations",
    "iterations": "Solver iterations",
    "kind": "Corridor kind",
    "wall_swap_side": "Walls on both sides",
    "visible_side_planes": "Show the side planes",
    "cone": "Friction cone",
    "gae_lambda": "GAE lambda",
    "num_timesteps": "Training length",
    "checkpoint_minutes": "Checkpoint every",
    "keep_every": "Keep one in",
    "keep_states": "Resumable checkpoints",
    "adaptive_kl": "Adaptive (KL)",
    "desired_kl": "Desired divergence",
    "num_evals": "Evaluations",
    "num_envs": "Parallel environments",
    "num_eval_envs": "Episodes in an evaluation",
    "num_minibatches": "Minibatches",
    "num_updates_per_batch": "Passes over a batch",
    "vf_loss_coefficient": "Value-loss coefficient",
    "max_grad_norm": "Gradient clipping norm",
    "policy_hidden_layer_sizes": "Policy network",
    "value_hidden_layer_sizes": "Value network",
    "seconds": "Duration",
    "width": "Video width",
    "height": "Video height",
    "fps": "Frame rate",
    "egocentric_pixels": "Record the walker's own view",
    "stop_at_end": "Stop where the episode ends",
    "contacts": "What meets the terrain",
    "feet": "The feet",
    "body": "The whole body",
    "capsules": "Capsules for ellipsoids and cylinders",
    "pyramidal_cone": "Pyramidal friction cone",
    "max_geom_pairs": "Pairs tested for contact",
    "max_contact_points": "Contacts kept",
    "substeps": "Steps in a physics step",
    "native_adapted": "Native simulates the adapted walker",
    "gpu": "GPU",
    "rodent-gpu": "GPU, rodent",
    "humanoid-gpu": "GPU, humanoid",
    "cg": "CG",
    "eulerdamp": "Implicit joint damping",
    "implicitfast": "Implicit, fast",
    "rk4": "Runge-Kutta 4",
    "mjx": "MJX",
    "mjx-warp": "MJX-Warp",
    "dm_control": "dm_control",
    "outdoor_natural": "Outdoor (grass)",
    "default": "Plain",
    "curriculum": "Growing gaps (curriculum)",
    "curriculum_start": "Difficulty at first",
    "curriculum_threshold": "Gaps crossed to grow",
    "curriculum_step": "Growth",
    "fixed": "The same",
    "new": "New each episode",
}


def label(name: str) -> str:
    """A field's or choice's name as people read it."""
    return _LABELS.get(name) or name.replace("_", " ").capitalize()


def matters(info: FieldInfo, values: Mapping[str, Any]) -> bool:
    """Whether a field has any effect beside the other `values` of its model: see `config.field`."""
    extra = info.json_schema_extra
    when: Any = extra.get("when", {}) if isinstance(extra, dict) else {}
    return all(
        any(term in values["rewards"] or term in values["terminations"] for term in wanted)
        if other == "terms"
        else values[other] == wanted
        for other, wanted in when.items()
    )
