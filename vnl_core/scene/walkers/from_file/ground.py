"""Whether an animal meets the ground, and where it stands."""

from collections.abc import Sequence

import mujoco
import numpy as np

from vnl_core.scene.walkers.from_file.report import LeftOut, RefusedFile, some

# The corridor's floor and walls have contype 1 and conaffinity 1.
TERRAIN = 1
_GEOM = mujoco.mjtGeom
# A file may start its animal so far above the floor, a share of its height, as a step down.
_STEP_DOWN = 0.25


def meets_terrain(geom: mujoco.MjsGeom) -> bool:
    """Whether the geom collides with the corridor."""
    return bool((geom.contype | geom.conaffinity) & TERRAIN)


def meet_terrain(
    file: object, spec: mujoco.MjSpec, animal: set[str], feet: Sequence[str]
) -> list[LeftOut]:
    """Gives feet of another collision mask than the corridor's the corridor's bit.

    What collided with the file's floor then does with the corridor, and nothing of the animal
    meets anything of itself that it did not: the bit goes on the side that no geom of it has.

    Args:
      file: as messages name it.
      spec: the whole file; changed in place.
      animal: names of the animal's geoms.
      feet: names of those that touch the ground.

    Raises:
      RefusedFile: a foot meets nothing, or has no free side.
    """
    met = met_floor(spec, animal)
    blind = [name for name in feet if not meets_terrain(spec.geom(name))]
    others = sorted(n for n in met - set(feet) if not meets_terrain(spec.geom(n)))
    if not (blind or others):
        return []
    chosen = met or {
        name for name in animal if spec.geom(name).contype or spec.geom(name).conaffinity
    }
    side = _free_side([spec.geom(name) for name in animal])
    if blind and (side is None or not chosen.issuperset(blind)):
        masks = some(
            f"{name} (contype {spec.geom(name).contype}, conaffinity {spec.geom(name).conaffinity})"
            for name in blind
        )
        raise RefusedFile(
            file,
            f"geom {masks} among the feet does not collide with the corridor (contype 1, "
            "conaffinity 1), and would fall through it.",
            'Set contype="1" conaffinity="1" on it, or name other feet.',
        )
    if side is None:
        why = "its collision mask lacks the corridor's bit 1, so it passes through the ground."
        return [LeftOut(f"contact of {some(others)} with the floor", why)]
    for name in chosen:
        geom = spec.geom(name)
        setattr(geom, side, getattr(geom, side) | TERRAIN)
    why = f"so that they meet the corridor, {side} has its bit 1 besides the file's own bits."
    return [LeftOut(f"collision mask of {some(sorted(chosen))}", why)]


def _free_side(own: list[mujoco.MjsGeom]) -> str | None:
    """Where the corridor's bit may be added, for no geom of the animal has it on the other side."""
    for side, other in (("conaffinity", "contype"), ("contype", "conaffinity")):
        if not any(getattr(geom, other) & TERRAIN for geom in own):
            return side
    return None


def met_floor(spec: mujoco.MjSpec, animal: set[str]) -> set[str]:
    """The animal's geoms that collide with geoms of the file's world, by mask or by pair."""
    floors = [geom for geom in spec.worldbody.find_all("geom") if geom.name not in animal]
    met = {
        name
        for name in animal
        for floor in floors
        if (spec.geom(name).contype & floor.conaffinity)
        | (spec.geom(name).conaffinity & floor.contype)
    }
    outside = {floor.name for floor in floors}
    for pair in spec.pairs:
        names = {pair.geomname1, pair.geomname2}
        if names & outside:
            met |= names & animal
    return met


def rise_to_stand(
    model: mujoco.MjModel, qpos: np.ndarray, position: np.ndarray, quaternion: np.ndarray
) -> float:
    """How far up the animal must go so that its lowest geom is on z = 0, in metres.

    0 where it starts on the floor or a small step above it: then the file's own start holds.

    Args:
      model: the animal, cleaned, alone, its top body fixed.
      qpos: its joints, (nq,).
      position: of the frame that carries it, (3,), metres.
      quaternion: of that frame, (4,).
    """
    data = mujoco.MjData(model)
    data.qpos[:] = qpos
    mujoco.mj_kinematics(model, data)
    turn = np.zeros(9)
    mujoco.mju_quat2Mat(turn, quaternion)
    upward = turn.reshape(3, 3)[2]  # the world's z in the frame's axes
    solid = np.flatnonzero(model.geom_contype | model.geom_conaffinity)
    if not len(solid):
        return 0.0
    middles = data.geom_xpos[solid] @ upward + position[2]
    spans = [reaches(model, int(g), data.geom_xmat[g].reshape(3, 3).T @ upward) for g in solid]
    low = min(z - down for z, (down, _) in zip(middles, spans, strict=True))
    high = max(z + up for z, (_, up) in zip(middles, spans, strict=True))
    return 0.0 if -1e-6 <= low <= _STEP_DOWN * (high - low) else -float(low)


def reaches(model: mujoco.MjModel, geom: int, up: np.ndarray) -> tuple[float, float]:
    """How far the geom reaches from its middle against `up` (3,), in its axes, and along it.

    In metres; a mesh by its vertices, anything else than MuJoCo's plain shapes by its sphere.
    """
    size, kind = model.geom_size[geom], _GEOM(model.geom_type[geom])
    if kind == _GEOM.mjGEOM_MESH:
        mesh = model.geom_dataid[geom]
        start, count = model.mesh_vertadr[mesh], model.mesh_vertnum[mesh]
        along = model.mesh_vert[start : start + count] @ up
        return -float(along.min()), float(along.max())
    round_about, length = np.hypot(up[0], up[1]), abs(up[2])
    extents = {
        _GEOM.mjGEOM_SPHERE: size[0],
        _GEOM.mjGEOM_CAPSULE: size[0] + size[1] * length,
        _GEOM.mjGEOM_ELLIPSOID: np.linalg.norm(size * up),
        _GEOM.mjGEOM_CYLINDER: size[0] * round_about + size[1] * length,
        _GEOM.mjGEOM_BOX: size @ np.abs(up),
    }
    extent = float(extents.get(kind, model.geom_rbound[geom]))
    return extent, extent
