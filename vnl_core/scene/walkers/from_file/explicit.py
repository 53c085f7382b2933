"""Writes into a spec what MuJoCo's compiler infers, so that another compiler infers the same.

A scene has one compiler section for walker and arena. What a file asks of the compiler
(total mass, bounds, automatic limits, free bodies aligned with their inertia) is therefore
computed here, once, and stated as plain numbers.
"""

import xml.etree.ElementTree as ET

import mujoco
import numpy as np

_UNSET = mujoco.MjSpec().compiler


def set_compiler(spec: mujoco.MjSpec) -> None:
    """Keeps every body, geom and frame as the file has them; nothing merged, moved or dropped."""
    spec.compiler.fusestatic = False
    spec.compiler.discardvisual = False
    spec.compiler.alignfree = False
    spec.compiler.saveinertial = False
    for joint in spec.joints:
        joint.align = mujoco.mjtAlignFree.mjALIGNFREE_FALSE


def name_all(spec: mujoco.MjSpec) -> None:
    """Names what has no name, so that it can be chosen, told of and put in order."""
    for kind, elements in (
        ("body", spec.bodies[1:]),
        ("joint", spec.joints),
        ("geom", spec.geoms),
        ("site", spec.sites),
        ("camera", spec.cameras),
        ("light", spec.lights),
        ("actuator", spec.actuators),
        ("tendon", spec.tendons),
    ):
        taken = {element.name for element in elements}
        for index, element in enumerate(elements):
            if not element.name:
                element.name = _free(f"{kind}_{index}", taken)


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    taken.add(name)
    return name


def write_compiled(spec: mujoco.MjSpec, model: mujoco.MjModel) -> None:
    """States `model`'s inertias, limits, springs and servo gains in `spec`.

    Args:
      spec: compiled to `model`, all its elements named.
      model: what is stated.
    """
    for body in spec.bodies[1:]:
        known = model.body(body.name)
        body.mass, body.ipos, body.iquat = float(known.mass[0]), known.ipos, known.iquat
        body.inertia, body.explicitinertial = known.inertia, bool(known.mass[0] > 0)
    for joint in spec.joints:
        if joint.type == mujoco.mjtJoint.mjJNT_FREE:
            continue
        known = model.joint(joint.name)
        joint.limited = int(model.jnt_limited[known.id])
        if any(joint.springdamper):
            joint.springdamper = [0.0, 0.0]
            joint.stiffness[0] = model.jnt_stiffness[known.id]
            joint.damping[0] = model.dof_damping[known.dofadr[0]]
    for tendon in spec.tendons:
        tendon.limited = int(model.tendon_limited[model.tendon(tendon.name).id])
    for actuator in spec.actuators:
        _state_actuator(actuator, model)
    _reset_compiler(spec.compiler)


def _state_actuator(actuator: mujoco.MjsActuator, model: mujoco.MjModel) -> None:
    index = model.actuator(actuator.name).id
    actuator.forcelimited = int(model.actuator_forcelimited[index])
    actuator.actlimited = int(model.actuator_actlimited[index])
    actuator.biasprm = model.actuator_biasprm[index]  # a damping ratio becomes a damping
    if model.actuator_lengthrange[index].any():
        actuator.lengthrange = model.actuator_lengthrange[index]
    if model.actuator_ctrlnum[index] == 1:
        control = model.actuator_ctrladr[index]
        actuator.ctrllimited = int(model.actuator_ctrllimited[control])
        actuator.inheritrange = 0.0
        actuator.ctrlrange = model.actuator_ctrlrange[control]


def _reset_compiler(compiler: mujoco.MjsCompiler) -> None:
    for name in ("settotalmass", "boundmass", "boundinertia", "balanceinertia", "autolimits"):
        setattr(compiler, name, getattr(_UNSET, name))
    compiler.inertiafromgeom = _UNSET.inertiafromgeom
    compiler.inertiagrouprange = _UNSET.inertiagrouprange


def write_inertias(world: ET.Element, model: mujoco.MjModel) -> None:
    """States inertias in MJCF to the last digit; MuJoCo writes six."""
    for body in world.iter("body"):
        inertial, index = body.find("inertial"), model.body(body.get("name")).id
        if inertial is None:
            continue
        inertial.attrib = {
            "mass": f"{model.body_mass[index]:.17g}",
            "pos": _text(model.body_ipos[index]),
            "quat": _text(model.body_iquat[index]),
            "diaginertia": _text(model.body_inertia[index]),
        }


def _text(values: np.ndarray) -> str:
    return " ".join(f"{value:.17g}" for value in values)
