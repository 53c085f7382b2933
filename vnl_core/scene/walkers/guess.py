"""Which parts of a file's animal are likely its root, its limbs' ends, its feet and its eye."""

from dataclasses import dataclass
from pathlib import Path

import mujoco
import numpy as np

from vnl_core.scene.walkers.from_file.animal import load
from vnl_core.scene.walkers.from_file.ground import reaches

# A foot's lowest point is so near the animal's lowest, as a share of its height.
_NEAR = 0.05
_EYES = ("ego", "eye", "head", "face")


@dataclass(frozen=True)
class Parts:
    """The names that a walker is made with."""

    root_body: str
    end_effectors: tuple[str, ...]
    feet: tuple[str, ...]
    egocentric_camera: str | None = None
    keyframe: str | None = None


@dataclass(frozen=True)
class Choices:
    """What there is to choose the parts from: names in the file."""

    bodies: tuple[str, ...]
    geoms: tuple[str, ...]
    cameras: tuple[str, ...]
    keyframes: tuple[str, ...]
    timestep: float
    """Of the file, in seconds."""


def guess(path: Path) -> tuple[Parts, Choices]:
    """The likely parts of the animal in an MJCF file, and what else there is to choose.

    The root is the top-level body that moves freely, or else the heaviest; end effectors are
    the bodies on which no other hangs; feet are the lowest geoms that touch anything.

    Raises:
      RefusedFile: MuJoCo cannot read the file.
      ValueError: there is no body in it.
    """
    spec, model = load(path)
    tops = [i for i in range(1, model.nbody) if model.body_parentid[i] == 0]
    if not tops:
        raise ValueError(f"walker: {path} has no body in its worldbody. Use a file of an animal.")
    free = set(model.jnt_bodyid[model.jnt_type == mujoco.mjtJoint.mjJNT_FREE])
    root = max(tops, key=lambda i: (i in free, model.body_subtreemass[i]))
    own = [i for i in range(1, model.nbody) if model.body_rootid[i] == root]
    inner = {int(model.body_parentid[i]) for i in own}
    leaves = [i for i in own if i not in inner] or [root]
    cameras = [model.camera(i).name for i in range(model.ncam)]
    eyes = [n for n in cameras if any(word in n.lower() for word in _EYES)]
    parts = Parts(
        model.body(root).name,
        tuple(model.body(i).name for i in leaves),
        _lowest(model, own),
        eyes[0] if eyes else None,
    )
    geoms = tuple(model.geom(g).name for g in range(model.ngeom) if model.geom_bodyid[g] in own)
    keys = tuple(model.key(i).name or f"key_{i}" for i in range(model.nkey))
    bodies = tuple(model.body(i).name for i in own)
    return parts, Choices(bodies, geoms, tuple(cameras), keys, float(model.opt.timestep))


def _lowest(model: mujoco.MjModel, bodies: list[int]) -> tuple[str, ...]:
    """Names of the geoms of `bodies` that reach about as low as the lowest at zero joints."""
    data = mujoco.MjData(model)
    mujoco.mj_kinematics(model, data)
    paired = {*model.pair_geom1.tolist(), *model.pair_geom2.tolist()}
    spans = {}
    for geom in range(model.ngeom):
        solid = model.geom_contype[geom] or model.geom_conaffinity[geom] or geom in paired
        if model.geom_bodyid[geom] in bodies and solid:
            up = data.geom_xmat[geom].reshape(3, 3)[2]
            below, above = reaches(model, geom, up)
            z = float(data.geom_xpos[geom, 2])
            spans[model.geom(geom).name] = (z - below, z + above)
    if not spans:
        return ()
    ends = np.array(list(spans.values()))
    limit = ends[:, 0].min() + _NEAR * (ends[:, 1].max() - ends[:, 0].min())
    return tuple(name for name, (low, _) in spans.items() if low <= limit)
