"""Dissolves `<frame>` in MJCF as MuJoCo writes it: dm_control's reader knows no frames."""

import xml.etree.ElementTree as ET

import mujoco
import numpy as np

# Tag in MJCF, and what the compiled model calls the element and its place.
_PLACED = {
    "joint": ("joint", "jnt_pos", "axis", "jnt_axis"),
    "geom": ("geom", "geom_pos", "quat", "geom_quat"),
    "site": ("site", "site_pos", "quat", "site_quat"),
    "camera": ("camera", "cam_pos", "quat", "cam_quat"),
    "light": ("light", "light_pos", "dir", "light_dir"),
    "body": ("body", "body_pos", "quat", "body_quat"),
}


def dissolve_frames(body: ET.Element, model: mujoco.MjModel) -> None:
    """Moves what is in frames of `body` and below it to where the frames put it.

    Everything comes in the order of `model`: hinges of one body turn after one another, so
    that their order is part of the motion, and MuJoCo writes frames last.

    Args:
      body: a body or the worldbody, of XML that MuJoCo wrote: quaternions and radians only.
      model: what that XML compiles to; everything placed has a name.
    """
    while (frame := body.find("frame")) is not None:
        body.remove(frame)
        for child in list(frame):
            if child.tag in _PLACED:
                _place(child, frame, model)
            elif child.tag == "frame":
                _compose(child, frame)
            body.append(child)
    rest = [child for child in body if child.tag not in _PLACED]
    placed = [child for child in body if child.tag in _PLACED]
    placed.sort(key=lambda child: (list(_PLACED).index(child.tag), _id(child, model)))
    body[:] = [*rest, *placed]
    for child in body.findall("body"):
        dissolve_frames(child, model)


def _id(child: ET.Element, model: mujoco.MjModel) -> int:
    return getattr(model, _PLACED[child.tag][0])(child.get("name")).id


def _place(child: ET.Element, frame: ET.Element, model: mujoco.MjModel) -> None:
    """States the place of `child` in its body, as compiled."""
    if child.get("type") == "free":
        return  # it has the place of its body
    if child.get("mesh"):  # compiled, it has the place of the mesh's centre of mass
        _compose(child, frame)
        return
    _, pos, turn, turns = _PLACED[child.tag]
    index = _id(child, model)
    child.set("pos", _text(getattr(model, pos)[index]))
    child.set(turn, _text(getattr(model, turns)[index]))


def _compose(child: ET.Element, frame: ET.Element) -> None:
    pos, quat = _numbers(frame, "pos", [0, 0, 0]), _numbers(frame, "quat", [1, 0, 0, 0])
    moved, turned = np.zeros(3), np.zeros(4)
    mujoco.mju_rotVecQuat(moved, _numbers(child, "pos", [0, 0, 0]), quat)
    mujoco.mju_mulQuat(turned, quat, _numbers(child, "quat", [1, 0, 0, 0]))
    child.set("pos", _text(pos + moved))
    child.set("quat", _text(turned))


def _numbers(element: ET.Element, name: str, usual: list[float]) -> np.ndarray:
    text = element.get(name)
    return np.array([float(v) for v in text.split()] if text else usual, dtype=float)


def _text(values: np.ndarray) -> str:
    return " ".join(f"{value:.17g}" for value in values)
