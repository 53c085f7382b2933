"""Reads an MJCF file, and gives the animal in it as MJCF that dm_control's reader takes."""

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import mujoco
import numpy as np

from vnl_core.scene.walkers.from_file import checks
from vnl_core.scene.walkers.from_file.dialect import leave_unknown, replace_slashes
from vnl_core.scene.walkers.from_file.explicit import (
    name_all,
    set_compiler,
    write_compiled,
    write_inertias,
)
from vnl_core.scene.walkers.from_file.files import take_files
from vnl_core.scene.walkers.from_file.frames import dissolve_frames
from vnl_core.scene.walkers.from_file.ground import meet_terrain, rise_to_stand
from vnl_core.scene.walkers.from_file.options import FileOptions, file_options, left_options
from vnl_core.scene.walkers.from_file.poses import UNTURNED, Pose, keyframes, standing
from vnl_core.scene.walkers.from_file.report import LeftOut, RefusedFile
from vnl_core.scene.walkers.from_file.surroundings import leave_world


@dataclass(frozen=True)
class Animal:
    """An animal without its file's world.

    Attributes:
      xml: MJCF in radians, without options and compiler settings; its inertias are stated.
      assets: contents of the files that it names.
      left_out: what the file has and this has not.
      options: how the file itself is integrated.
      poses: the file's keyframes by name.
      controls: range of each control, (nu, 2), in the order of the actuators, of which an
        orientation servo has several.
    """

    xml: str
    assets: dict[str, bytes]
    left_out: tuple[LeftOut, ...]
    options: FileOptions
    poses: dict[str, Pose]
    controls: np.ndarray


def load(path: Path) -> tuple[mujoco.MjSpec, mujoco.MjModel]:
    """The file as MuJoCo reads it, all its elements named, and compiled.

    Raises:
      RefusedFile: MuJoCo cannot read or compile it.
    """
    try:
        spec = mujoco.MjSpec.from_file(str(path))
        checks.refuse_kinds(path, spec)
        set_compiler(spec)
        name_all(spec)
        return spec, spec.compile()
    except RefusedFile:
        raise
    except (ValueError, RuntimeError, OSError) as error:
        reason = " ".join(str(error).split())
        raise RefusedFile(path, f"MuJoCo cannot read it: {reason}.", "Mend the file.") from error


def read_animal(path: Path, root_body: str, feet: Sequence[str] = ()) -> Animal:
    """The animal whose root body is `root_body`.

    Args:
      path: the MJCF file.
      root_body: a body of the animal; all that hangs together with it comes along.
      feet: geoms that touch the ground.

    Raises:
      RefusedFile: the file cannot be read, or its animal cannot walk in a corridor.
      ValueError: it has no such body or geom.
    """
    spec, model = load(path)
    checks.require_names(path, "body", [root_body], [b.name for b in spec.bodies[1:]])
    checks.require_names(path, "geom", feet, [g.name for g in spec.geoms])
    top = _top(spec, root_body)
    checks.refuse_other_free_bodies(path, spec, top)
    checks.refuse_own_root(path, spec, top)
    checks.refuse_actuators(path, model)
    own = {geom.name for geom in top.find_all("geom")}
    left = [*left_options(spec.option), *meet_terrain(path, spec, own, feet)]
    poses = keyframes(model, top.name, {joint.name for joint in top.find_all("joint")})
    write_compiled(spec, model)
    root = ET.fromstring(spec.to_xml())
    world = root.find("worldbody")
    assert world is not None
    _mark_free_joints(root, model)
    write_inertias(world, model)
    dissolve_frames(world, model)
    assets = take_files(root, spec, path)
    animal = next(body for body in world.findall("body") if body.get("name") == top.name)
    left += leave_world(root, animal)
    for compiler in root.findall("compiler"):
        compiler.attrib = {"angle": "radian"}
    left += leave_unknown(root, path)
    checks.require_actuators(path, root)
    return _standing(root, assets, left, file_options(model), poses)


def _top(spec: mujoco.MjSpec, name: str) -> mujoco.MjsBody:
    """The body below the world that `name` is, or hangs on."""
    body = spec.body(name)
    while body.parent.name != "world":
        body = body.parent
    return body


def _mark_free_joints(root: ET.Element, model: mujoco.MjModel) -> None:
    """States `type="free"` where a default class says it."""
    for joint in root.iter("joint"):
        name = joint.get("name")
        if name and joint.get("type") is None:
            free = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_JOINT, name)
            if free >= 0 and model.jnt_type[free] == mujoco.mjtJoint.mjJNT_FREE:
                joint.set("type", "free")


def _standing(
    root: ET.Element,
    assets: dict[str, bytes],
    left: list[LeftOut],
    options: FileOptions,
    poses: dict[str, Pose],
) -> Animal:
    """The animal put on z = 0, and its poses too."""
    left += replace_slashes(root)
    model = mujoco.MjModel.from_xml_string(ET.tostring(root, encoding="unicode"), assets)
    rise = rise_to_stand(model, model.qpos0, np.zeros(3), UNTURNED)
    body = root.find("worldbody/body")
    assert body is not None
    if rise:
        x, y, z = (float(v) for v in body.get("pos", "0 0 0").split())
        body.set("pos", f"{x:.17g} {y:.17g} {z + rise:.17g}")
        what = f"height of body {body.get('name')}"
        left.append(LeftOut(what, f"moved by {rise:+.4g} m, so that it stands on z = 0."))
    poses = {name: standing(model, pose, rise) for name, pose in poses.items()}
    xml = ET.tostring(root, encoding="unicode")
    controls = model.actuator_ctrlrange.copy()
    return Animal(xml, assets, tuple(left), options, poses, controls)
