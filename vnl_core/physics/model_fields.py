"""Fields of a model that may differ from simulation to simulation: domain randomisation.

Brax's `DomainRandomizationVmapWrapper` gives an environment another `sys` for each simulation. What
differs there from the original are fields of MuJoCo's model, told here by their MjModel names.
"""

import mujoco
import numpy as np

# Fields of mjModel.opt, beside those of the model itself.
OPTIONS = ("opt.gravity", "opt.wind", "opt.density", "opt.viscosity")


def check(model: mujoco.MjModel, names) -> None:
    """Whether both engines can simulate other values of these fields.

    Raises:
      ValueError: one is no field of floating-point numbers of `model`; the message says which are.
    """
    for name in names:
        value = getattr(model, name, None)
        if name not in OPTIONS and not (isinstance(value, np.ndarray) and value.dtype == float):
            raise ValueError(
                f"sys.{name}: the physics does not read it. Change a field of MuJoCo's model, such "
                f"as body_mass, geom_friction, dof_damping, actuator_gainprm, or one of "
                f"{', '.join(OPTIONS)}."
            )


def write(model: mujoco.MjModel, name: str, value: np.ndarray) -> None:
    """Puts `value` into the field `name` of `model`."""
    owner, _, field = name.rpartition(".")
    target = model.opt if owner else model
    shape = np.shape(getattr(target, field))
    if shape:
        getattr(target, field)[:] = value.reshape(shape)
    else:
        setattr(target, field, value.item())
