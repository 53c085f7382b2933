"""What a study measures in every physics step: centre of mass, feet, power of the actuators.

MuJoCo's sensors measure it, so that it costs no call back into Python. As `mj_step` leaves them,
their values are of the beginning of each physics step.
"""

from itertools import product
from typing import NamedTuple

import mujoco
import numpy as np

from vnl_core.scene import Scene

_SENSOR = mujoco.mjtSensor
_DATA = mujoco.mjtConDataField
# Of a foot's contacts: the sum of their forces, and where it acts.
_FIELDS = (_DATA.mjCONDATA_FORCE, _DATA.mjCONDATA_POS)
_CONTACT = sum(1 << int(data) for data in _FIELDS)
_NET_FORCE = 3  # of mjSENS_CONTACT's ways to reduce several contacts: their sum, in world axes


class Probed(NamedTuple):
    """Measurements of n physics steps, with any dimensions in front; `size` numbers a step."""

    centre_of_mass: np.ndarray
    """(n, 3), metres."""
    foot_position: np.ndarray
    """(n, feet, 3), metres: centres of the feet's geoms."""
    foot_contact: np.ndarray
    """(n, feet), bool: whether the terrain presses on it."""
    foot_force: np.ndarray
    """(n, feet, 3), N: of the terrain on the foot, in world axes."""
    contact_position: np.ndarray
    """(n, feet, 3), metres: where that force acts; NaN without contact."""
    power: np.ndarray
    """(n, nu), W: force times velocity of each actuator."""


def size(scene: Scene) -> int:
    """Numbers a physics step."""
    feet, grounds = len(scene.walker.feet), len(_grounds(scene))
    return 3 + (3 + 6 * grounds) * feet + 2 * scene.model.nu


def _grounds(scene: Scene) -> list[str]:
    """The bodies that the terrain consists of: fixed to the world, with geoms that collide."""
    model = scene.model
    collide = (model.geom_contype | model.geom_conaffinity) > 0
    bodies = sorted(set(model.geom_bodyid[collide & (model.body_weldid[model.geom_bodyid] == 0)]))
    return [model.body(body).name for body in bodies]


def add_probe(spec: mujoco.MjSpec, scene: Scene) -> None:
    """Adds the sensors to `spec`, behind all that are there; `read` takes their values."""
    root = scene.walker.root_body
    spec.add_sensor(
        name="vnl_probe_com",
        type=_SENSOR.mjSENS_SUBTREECOM,
        objtype=mujoco.mjtObj.mjOBJ_BODY,
        objname=root,
    )
    for foot in scene.walker.feet:
        spec.add_sensor(
            name=f"vnl_probe_at_{foot}",
            type=_SENSOR.mjSENS_FRAMEPOS,
            objtype=mujoco.mjtObj.mjOBJ_GEOM,
            objname=foot,
        )
    for foot, ground in product(scene.walker.feet, _grounds(scene)):
        spec.add_sensor(
            name=f"vnl_probe_touch_{foot}_{ground}",
            type=_SENSOR.mjSENS_CONTACT,
            objtype=mujoco.mjtObj.mjOBJ_GEOM,
            objname=foot,
            reftype=mujoco.mjtObj.mjOBJ_BODY,
            refname=ground,
            intprm=[_CONTACT, _NET_FORCE, 1],
        )
    for i in range(scene.model.nu):
        name = scene.model.actuator(i).name
        for kind in (_SENSOR.mjSENS_ACTUATORFRC, _SENSOR.mjSENS_ACTUATORVEL):
            spec.add_sensor(
                name=f"vnl_probe_{kind.name}_{name}",
                type=kind,
                objtype=mujoco.mjtObj.mjOBJ_ACTUATOR,
                objname=name,
            )


def read(scene: Scene, values: np.ndarray) -> Probed:
    """The measurements in the sensors' values (…, n, size)."""
    feet, grounds, lead = len(scene.walker.feet), len(_grounds(scene)), values.shape[:-1]
    ends = np.cumsum([3, 3 * feet, 6 * feet * grounds])
    centre, at, touch, drive = np.split(values, ends, axis=-1)
    touch = touch.reshape(*lead, feet, grounds, 6)
    drive = drive.reshape(*lead, -1, 2)
    # A contact without force, of a foot that lifts off, has no place where it acts.
    pressed = np.linalg.norm(touch[..., :3], axis=-1)
    # A foot on two bodies at once is where it is pressed most.
    strongest = pressed.argmax(-1)[..., None, None]
    position = np.take_along_axis(touch[..., 3:], strongest, axis=-2)[..., 0, :]
    on = (pressed > 0).any(axis=-1)
    return Probed(
        centre_of_mass=centre,
        foot_position=at.reshape(*lead, feet, 3),
        foot_contact=on,
        # The sensor gives what the first of its two, the foot, does to the other.
        foot_force=-touch[..., :3].sum(axis=-2),
        contact_position=np.where(on[..., None], position, np.nan),
        power=drive[..., 0] * drive[..., 1],
    )
