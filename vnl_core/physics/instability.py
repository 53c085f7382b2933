"""Where a simulation becomes unstable: MuJoCo's own limits, and the degree of freedom that broke.

A *code* says what it was: 0 for nothing, otherwise an index of `names`.
"""

from types import ModuleType
from typing import Any

import mujoco
import numpy as np

from vnl_core.scene.instability import REMEDY, names

__all__ = ["REMEDY", "broken", "find", "names"]


def broken(qpos: Any, qvel: Any, qacc: Any = None, xp: ModuleType = np) -> Any:
    """The code of what MuJoCo gives up at, (), int32.

    Among several of one kind it is the largest in size, before which comes NaN.

    Args:
      qpos: positions (nq,) at the beginning of a physics step, or at the end of the last one.
      qvel: velocities (nv,), likewise.
      qacc: accelerations (nv,) of the step that led there, looked at first; None for none.
      xp: numpy or jax.numpy, as the arrays are.
    """
    kinds = [(0, qpos), (len(qpos), qvel)]
    if qacc is not None:
        kinds.insert(0, (len(qpos) + len(qvel), qacc))
    code = xp.zeros((), np.int32)
    for start, values in kinds:
        size = xp.where(xp.isnan(values), np.inf, xp.abs(values))
        found = xp.where(xp.any(size > mujoco.mjMAXVAL), 1 + start + xp.argmax(size), 0)
        code = xp.where(code > 0, code, found.astype(np.int32))
    return code


def find(
    model: mujoco.MjModel,
    data: mujoco.MjData,
    state: np.ndarray,
    warmstart: np.ndarray,
    ctrl: np.ndarray,
    steps: int,
) -> int:
    """The code of what breaks within `steps` physics steps of MuJoCo's C; 0 where nothing does.

    The flag mjDSBL_AUTORESET must be set, or else the values are gone once MuJoCo has seen them.

    Args:
      model: what is simulated.
      data: overwritten.
      state: mjSTATE_FULLPHYSICS.
      warmstart: of the solver, (nv,).
      ctrl: controls, held, (nu,).
      steps: physics steps.
    """
    mujoco.mj_setState(model, data, state, mujoco.mjtState.mjSTATE_FULLPHYSICS)
    data.qacc_warmstart[:] = warmstart
    data.ctrl[:] = ctrl
    code = int(broken(data.qpos, data.qvel))
    for _ in range(steps):
        if code:
            break
        mujoco.mj_step(model, data)
        code = int(broken(data.qpos, data.qvel, data.qacc))
    return code
