"""What cannot be a walker, told by file, element and remedy."""

import xml.etree.ElementTree as ET
from collections.abc import Iterable

import mujoco

from vnl_core.scene.walkers.from_file.options import refuse_medium
from vnl_core.scene.walkers.from_file.report import RefusedFile, some

_FREE = mujoco.mjtJoint.mjJNT_FREE
_MUSCLE = mujoco.mjtGain.mjGAIN_MUSCLE


def refuse_kinds(file: object, spec: mujoco.MjSpec) -> None:
    """Raises RefusedFile for what a corridor has no place for."""
    refuse_medium(file, spec.option)
    if spec.plugins or any(a.plugin.active for a in [*spec.actuators, *spec.sensors, *spec.bodies]):
        raise RefusedFile(file, "it needs a MuJoCo plugin.", "Replace it by plain MJCF.")
    if spec.flexes:
        names = some(flex.name for flex in spec.flexes)
        raise RefusedFile(
            file,
            f"flex {names} is soft, and a corridor's walkers are made of rigid bodies.",
            "Take it out of the file.",
        )


def require_names(file: object, kind: str, wanted: Iterable[str], there: list[str]) -> None:
    """Raises ValueError where `there` lacks one of `wanted`."""
    for name in wanted:
        if name not in there:
            raise ValueError(
                f"walker: {file} has no {kind} {name!r}. Use one of {', '.join(there) or 'none'}."
            )


def refuse_other_free_bodies(file: object, spec: mujoco.MjSpec, top: mujoco.MjsBody) -> None:
    """Raises RefusedFile for a body that moves freely beside the animal."""
    for joint in spec.joints:
        if joint.type == _FREE and joint.parent.name != top.name:
            raise RefusedFile(
                file,
                f"body {joint.parent.name!r} is a second free body beside {top.name!r}, and not "
                "part of the animal.",
                "Take it out of the file, or join it to the animal.",
            )


def refuse_own_root(file: object, spec: mujoco.MjSpec, top: mujoco.MjsBody) -> None:
    """Raises RefusedFile where joints other than a free one carry the whole animal."""
    body = top
    while not body.joints and not body.geoms and len(body.bodies) == 1:
        body = body.bodies[0]
    joints = [joint.name for joint in body.joints if joint.type != _FREE]
    if joints:
        raise RefusedFile(
            file,
            f"body {body.name!r} is carried by joints of its own ({some(joints)}), as a planar "
            "animal is, and would get a free joint on top of them.",
            "Replace them by one <freejoint/>.",
        )


def refuse_actuators(file: object, model: mujoco.MjModel) -> None:
    """Raises RefusedFile for an actuator without a control range, which actions are shares of."""
    for index in range(model.nactuator):
        name = model.actuator(index).name
        first = model.actuator_ctrladr[index]
        ranges = model.actuator_ctrlrange[first : first + model.actuator_ctrlnum[index]]
        if not (ranges[:, 0] < ranges[:, 1]).all():
            usual = "0 1" if model.actuator_gaintype[index] == _MUSCLE else "-1 1"
            raise RefusedFile(
                file,
                f"actuator {name!r} has no control range, which actions are shares of.",
                f'Give it one, such as ctrlrange="{usual}".',
            )


def require_actuators(file: object, root: ET.Element) -> None:
    """Raises RefusedFile where nothing drives the animal."""
    if root.find("actuator/*") is None:
        raise RefusedFile(
            file,
            "it has no actuators: nothing would drive the animal.",
            "Give its joints motors or servos in an <actuator> section.",
        )
