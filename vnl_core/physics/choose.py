"""Which engine simulates a scene."""

import logging
from collections.abc import Iterable
from typing import get_args

import jax

from vnl_core.physics.base import Extra, Physics
from vnl_core.physics.mjx_engine import MjxPhysics
from vnl_core.physics.native import NativePhysics
from vnl_core.scene import Scene
from vnl_core.scene.adapt import adapt
from vnl_core.scene.compat import findings
from vnl_core.scene.mjx_facts import MjxEngine

log = logging.getLogger(__name__)


def make_physics(
    scene: Scene,
    engine: str = "auto",
    threads: int = 0,
    extras: Iterable[Extra] = (),
    own_terrain: bool = False,
    probed: bool = False,
) -> Physics:
    """The engine by name, bound to `scene`.

    Args:
      scene: what to simulate.
      engine: "native", "mjx", "mjx-warp", or "auto": see `choose_engine`.
      threads: threads of the native engine; 0 for one per processor.
      extras: whole-body quantities that the state carries.
      own_terrain: whether each simulation has a terrain of its own, given to `init` as Boxes:
        `most_platforms` and `most_walls` of the scene's config.
      probed: whether the state carries what `probe` measures; on the native engine alone.

    Raises:
      ValueError: the engine cannot run this scene; the message says why and what can.
    """
    if engine == "auto":
        engine, why = choose_engine(scene)
        log.info("Engine %s: %s", engine, why)
    if engine == "native":
        return NativePhysics(scene, threads, extras, own_terrain, probed)
    if probed:
        raise ValueError(f"engine: {engine} measures no forces within a control step. Use native.")
    if engine in get_args(MjxEngine):
        return MjxPhysics(scene, extras, own_terrain, engine)  # type: ignore[arg-type]
    raise ValueError(f"engine: there is no engine {engine!r}. Use native, mjx, mjx-warp or auto.")


def choose_engine(scene: Scene) -> tuple[str, str]:
    """The engine that "auto" stands for with this scene on this machine, and why it is that one."""
    device = jax.devices()[0]
    if device.platform == "cpu":
        return "native", "JAX finds no accelerator, and on processors MuJoCo's own C is faster."
    refused = [f for f in findings(adapt(scene).model, "mjx") if f.severity == "refused"]
    if refused:
        return "native", f"MJX cannot simulate this scene: {refused[0]}"
    return "mjx", f"JAX finds an accelerator ({device.device_kind})."
