"""A scene's model made fit for MJX: every remedy named, switchable, and none beyond the config.

Bodies, joints, tendons and actuators keep their names, order, mass and inertia, so that
states and controls of the adapted model and of the scene's own are interchangeable.
"""

from dataclasses import dataclass
from typing import NamedTuple

import mujoco
import numpy as np

from vnl_core.config import MjxConfig
from vnl_core.scene.build import Scene
from vnl_core.scene.local_terrain import Slots, add_slots
from vnl_core.scene.mjx_facts import (
    BOX,
    CAPSULE,
    CYLINDER,
    ELLIPSOID,
    colliding_pairs,
    contact_slots,
)

# Where the config leaves them empty. Newton ends when it has converged, so iterations that it
# may take cost little; stopped after 4, it leaves a rodent's impacts unsolved in single
# precision, and the tail blows up. CG takes as many as the scene says.
NEWTON_ITERATIONS, MAX_LS_ITERATIONS = 20, 8
# Room for the greater of these, so many and this share of a walker's geoms. On its feet an ant
# under random actions never touched in more places; thrown in all attitudes it does in one step of
# a hundred, a CMU humanoid in two of a thousand (docs/performance.md). The shallowest contacts are
# left out then.
LEAST_CONTACTS, SHARE_OF_GEOMS = 9, 1 / 3

_SOLVERS = {"cg": mujoco.mjtSolver.mjSOL_CG, "newton": mujoco.mjtSolver.mjSOL_NEWTON}


class Change(NamedTuple):
    """One thing that was adapted."""

    what: str
    names: tuple[str, ...]
    """Of the elements changed."""
    why: str
    switch: str
    """The field of MjxConfig that asks for it; empty for what is always done."""


@dataclass(frozen=True)
class Adapted:
    """The model that an engine simulates in place of the scene's own.

    Attributes:
      spec: what it was compiled from; add sensors and the like, and compile again.
      model: the compiled model.
      changes: what was done to the scene's model.
      slots: boxes for the terrain near the walker; None where the model holds the terrain.
    """

    spec: mujoco.MjSpec
    model: mujoco.MjModel
    changes: tuple[Change, ...]
    slots: Slots | None


def adapt(scene: Scene, engine: str = "mjx") -> Adapted:
    """The model that `engine` simulates for the scene, by `scene.config.mjx`.

    Args:
      scene: the scene.
      engine: "mjx", "mjx-warp", or "native": the same walker on the whole terrain, with the
        scene's own solver.
    """
    config = scene.config.mjx
    changes = []
    if config.drop_sensors:
        spec = plain_spec(scene)
        why = "Physics reads no textures, materials or skins."
        changes.append(Change("pictures left out", (), why, ""))
    else:  # MJX's range finders look at materials
        spec = mujoco.MjSpec.from_string(scene.xml, assets=scene.assets)
    _keep_inertia(spec, scene.model)
    changes += _choose_contacts(spec, scene, config)
    if config.capsules and engine != "mjx-warp":
        changes += _make_capsules(spec, scene)
    if config.pyramidal_cone and spec.option.cone != mujoco.mjtCone.mjCONE_PYRAMIDAL:
        spec.option.cone = mujoco.mjtCone.mjCONE_PYRAMIDAL
        why = "MJX takes no elliptic cone where a contact is without friction."
        changes.append(Change("pyramidal friction cone", (), why, "pyramidal_cone"))
    if config.drop_sensors:
        changes += _drop_sensors(spec)
    slots = None
    if engine != "native":
        # A range finder would see the boxes of other geoms, and nothing beyond them.
        if config.local_terrain and not _sees_terrain(spec):
            model = spec.compile()
            slots = add_slots(spec, model, meeting_terrain(model), scene.config)
        if slots:
            what = f"{slots.count} boxes near each geom in place of the whole terrain"
            why = "MJX tests every pair of geoms in every step, near or far."
            changes.append(Change(what, slots.geoms, why, "local_terrain"))
        changes += _set_solver(spec, config)
        if engine == "mjx":
            spec.option.jacobian = mujoco.mjtJacobian.mjJAC_DENSE
            why = "MJX compiles them in less time, and is no slower, than the sparse ones."
            changes.append(Change("dense matrices", (), why, ""))
            changes += _cap_contacts(spec, config)
    return Adapted(spec, spec.compile(), tuple(changes), slots)


def plain_spec(scene: Scene) -> mujoco.MjSpec:
    """The scene without textures, materials and skins: what physics reads, and a small model."""
    spec = mujoco.MjSpec.from_string(scene.xml, assets=scene.assets)
    for element in [*spec.geoms, *spec.sites, *spec.tendons]:
        element.material = ""
    for element in [*spec.skins, *spec.materials, *spec.textures]:
        spec.delete(element)
    return spec


def meeting_terrain(model: mujoco.MjModel) -> np.ndarray:
    """Ids of the moving geoms that collide with something that stands still, (n,)."""
    pairs = colliding_pairs(model)
    moves = model.body_weldid[model.geom_bodyid[pairs]] != 0
    return np.unique(pairs[moves & (moves.sum(axis=1, keepdims=True) == 1)])


def _keep_inertia(spec: mujoco.MjSpec, model: mujoco.MjModel) -> None:
    """Fixes what the compiler would otherwise infer from geoms that are about to change."""
    spec.compiler.inertiafromgeom = mujoco.mjtInertiaFromGeom.mjINERTIAFROMGEOM_FALSE
    for body in spec.bodies[1:]:
        known = model.body(body.name)
        body.mass, body.ipos, body.iquat = float(known.mass[0]), known.ipos, known.iquat
        body.inertia, body.explicitinertial = known.inertia, True


def _choose_contacts(spec: mujoco.MjSpec, scene: Scene, config: MjxConfig) -> list[Change]:
    """Collision masks: bit 0 is walker against terrain, the others are the walker's own."""
    model = scene.model
    meeting = {model.geom(i).name for i in meeting_terrain(model)}
    chosen = meeting & set(scene.walker.feet) if config.contacts == "feet" else meeting
    for geom in spec.geoms:
        known = model.geom(geom.name)
        if model.body_weldid[known.bodyid[0]] == 0:
            geom.conaffinity = int(known.contype[0] > 0 or known.conaffinity[0] > 0)
            geom.contype = 0
        elif config.self_contact:
            geom.contype = (int(known.contype[0]) << 1) | (geom.name in chosen)
            geom.conaffinity = int(known.conaffinity[0]) << 1
        else:
            geom.contype, geom.conaffinity = int(geom.name in chosen), 0
    changes = []
    if not config.self_contact:
        why = "Its pairs are many and seldom touch; MJX tests them all in every step."
        changes.append(Change("no contact of the walker with itself", (), why, "self_contact"))
    if config.contacts == "feet":
        why = "The rest of the walker passes through the ground, which only a fall shows."
        changes.append(
            Change("feet alone meet the terrain", tuple(sorted(chosen)), why, "contacts")
        )
    return changes


def _make_capsules(spec: mujoco.MjSpec, scene: Scene) -> list[Change]:
    """Colliding ellipsoids, cylinders and boxes as capsules of the same length and breadth.

    A box among the feet stays, for its flat sole is what it stands on.
    """
    model, changed = scene.model, []
    for geom in spec.geoms:
        moves = model.body_weldid[model.geom(geom.name).bodyid[0]] != 0
        box = geom.type == BOX and moves and geom.name not in scene.walker.feet
        if not (box or geom.type in (ELLIPSOID, CYLINDER)):
            continue
        if not (geom.contype or geom.conaffinity):
            continue
        known = model.geom(geom.name)
        half = known.size[[0, 0, 1]] if geom.type == CYLINDER else known.size
        axis = int(np.argmax(half))
        radius = float(np.sqrt(np.prod(np.delete(half, axis))))
        turn = np.zeros(4)
        mujoco.mju_quatZ2Vec(turn, np.eye(3)[axis])
        quat = np.zeros(4)
        mujoco.mju_mulQuat(quat, known.quat, turn)
        geom.type, geom.size = CAPSULE, [radius, max(float(half[axis]) - radius, 1e-4 * radius), 0]
        geom.pos, geom.quat, geom.fromto = known.pos, quat, [np.nan] * 6
        changed.append(geom.name)
    if not changed:
        return []
    why = (
        "MJX has no contact of an ellipsoid or a cylinder with a box, and that of two boxes is its "
        "slowest. Mass and inertia stay."
    )
    what = "ellipsoids, cylinders and boxes as capsules"
    return [Change(what, tuple(changed), why, "capsules")]


def _drop_sensors(spec: mujoco.MjSpec) -> list[Change]:
    names = tuple(sensor.name for sensor in spec.sensors)
    for sensor in list(spec.sensors):
        spec.delete(sensor)
    why = "No observation term reads them, and they are half of the time of a step."
    return [Change("sensors left out", names, why, "drop_sensors")] if names else []


def _sees_terrain(spec: mujoco.MjSpec) -> bool:
    return any(sensor.type == mujoco.mjtSensor.mjSENS_RANGEFINDER for sensor in spec.sensors)


def _set_solver(spec: mujoco.MjSpec, config: MjxConfig) -> list[Change]:
    """The solver's kind and how long it works; the time step too, where it is divided."""
    option, changes = spec.option, []
    if config.solver != "scene" and option.solver != _SOLVERS[config.solver]:
        option.solver = _SOLVERS[config.solver]
        changes.append(Change(f"{config.solver} solver", (), "The config asks for it.", "solver"))
    newton = option.solver == _SOLVERS["newton"]
    if config.iterations or newton:
        option.iterations = config.iterations or NEWTON_ITERATIONS
        why = "Newton ends once it has converged; stopped sooner it blows up in single precision."
        what = f"at most {option.iterations} solver iterations"
        changes.append(Change(what, (), why, "iterations"))
    lines = config.ls_iterations or min(option.ls_iterations, MAX_LS_ITERATIONS)
    if lines != option.ls_iterations:
        option.ls_iterations = lines
        why = "Each costs time in every step, and more gained nothing."
        changes.append(Change(f"{lines} line-search iterations", (), why, "ls_iterations"))
    if config.substeps > 1:
        option.timestep /= config.substeps
        what = f"physics step of {option.timestep:g} s"
        changes.append(Change(what, (), "The config asks for it.", "substeps"))
    return changes


def _cap_contacts(spec: mujoco.MjSpec, config: MjxConfig) -> list[Change]:
    """Names for MJX's own limits, as far as they limit anything."""
    model = spec.compile()
    before = contact_slots(model)
    enough = max(LEAST_CONTACTS, round(SHARE_OF_GEOMS * len(meeting_terrain(model))))
    pairs = config.max_geom_pairs or enough
    points = config.max_contact_points or enough
    spec.add_numeric(name="max_geom_pairs", data=[pairs], size=1)
    spec.add_numeric(name="max_contact_points", data=[points], size=1)
    after = contact_slots(spec.compile())
    if after == before:
        return []
    why = f"The {pairs} nearest pairs of a kind and the {points} deepest contacts are enough."
    return [Change(f"{after} contact slots rather than {before}", (), why, "max_contact_points")]
