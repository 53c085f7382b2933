"""Brax's System of a scene: what brax's own wrappers and domain randomisation ask for."""

import copy
import warnings

import jax
import jax.numpy as jnp
import mujoco
import numpy as np
from brax.base import System
from brax.io import mjcf

# What brax adds to mjx.Model is read by its other physics pipelines only.
_COLLIDES = ("geom_contype", "geom_conaffinity")


def system(model: mujoco.MjModel, drawn: mujoco.MjModel) -> System:
    """`model` as brax sees it.

    `actuator.ctrl_range` is that of the environment's actions, [-1, 1], from which brax's wrappers
    make their action spaces.

    Args:
      model: what is simulated; it is copied, since brax's loader writes into what it is given.
      drawn: what brax's wrappers draw, with the same joints.
    """
    own = copy.copy(model)
    # MJX refuses collisions that only MuJoCo's C can compute. This is not stepped by MJX.
    for name in _COLLIDES:
        getattr(own, name)[:] = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that brax's pipelines are not maintained
        loaded = mjcf.load_model(own)
    range_ = jnp.tile(jnp.array([-1.0, 1.0]), (model.nu, 1))
    return loaded.replace(
        actuator=loaded.actuator.replace(ctrl_range=range_),  # type: ignore[attr-defined]
        mj_model=drawn,
        **{name: np.array(getattr(model, name)) for name in _COLLIDES},
    )


def changes(before: System, after: System) -> dict[str, jax.Array]:
    """The leaves of `after` that are other arrays than those of `before`, by dotted name."""
    old = jax.tree_util.tree_leaves_with_path(before)
    new = jax.tree_util.tree_leaves_with_path(after)
    if [path for path, _ in old] != [path for path, _ in new]:
        raise ValueError(
            "sys: is of another structure. Change values of the environment's own sys."
        )
    return {
        ".".join(key.name for key in path if hasattr(key, "name")): value
        for (path, value), (_, original) in zip(new, old, strict=True)
        if value is not original
    }
