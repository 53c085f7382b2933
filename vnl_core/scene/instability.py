"""What MuJoCo gives a simulation up at, in words: NaN, or values beyond `mjMAXVAL`.

It looks at the beginning of a physics step at qpos (mj_checkPos) and qvel (mj_checkVel), then at
the qacc that it has computed (mj_checkAcc); it warns, starts over, and goes on from there.
"""

import mujoco
import numpy as np

REMEDY = (
    "Use a smaller scene.physics_timestep, scene.integrator implicitfast, or lower gains of the "
    "walker's actuators."
)


def names(model: mujoco.MjModel) -> tuple[str, ...]:
    """What may break: "", then each of qpos, of qvel and of qacc, then what is not known.

    Such as "QVEL of walker/hip, DOF 7".
    """
    positions, dofs = [""] * model.nq, [""] * model.nv
    ends = [*model.jnt_qposadr[1:], model.nq], [*model.jnt_dofadr[1:], model.nv]
    for joint in range(model.njnt):
        name = model.joint(joint).name or f"joint {joint}"
        for i in range(model.jnt_qposadr[joint], ends[0][joint]):
            positions[i] = f"QPOS of {name}, position {i}"
        for i in range(model.jnt_dofadr[joint], ends[1][joint]):
            dofs[i] = f"{name}, DOF {i}"
    fast, pushed = ([f"{kind} of {dof}" for dof in dofs] for kind in ("QVEL", "QACC"))
    return ("", *positions, *fast, *pushed, "an unknown degree of freedom")


def gave_up(model: mujoco.MjModel, data: mujoco.MjData) -> str:
    """The one of `names` that MuJoCo warned of, or will warn of in its next step; "" for none.

    It is the first of those that broke at once, as MuJoCo tells no other.
    """
    named, start = names(model), 1
    for kind, count in (("QPOS", model.nq), ("QVEL", model.nv), ("QACC", model.nv)):
        warning = data.warning[getattr(mujoco.mjtWarning, f"mjWARN_BAD{kind}")]
        if warning.number:
            return named[start + warning.lastinfo]
        start += count
    state = np.concatenate([data.qpos, data.qvel])
    beyond = np.flatnonzero(~(np.abs(state) <= mujoco.mjMAXVAL))
    return named[1 + beyond[0]] if len(beyond) else ""
