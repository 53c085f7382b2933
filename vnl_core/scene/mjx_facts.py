"""What MJX 3.17 has and lacks, as plain tables, and how it lays out contacts.

Kept here so that nothing waits for JAX; tests/scene/test_mjx_facts.py holds every table
against the installed mujoco-mjx.
"""

from typing import Any, Literal

import mujoco
import numpy as np

MjxEngine = Literal["mjx", "mjx-warp"]
Pair = tuple[int, int]

_G = mujoco.mjtGeom
PLANE, HFIELD, SPHERE, CAPSULE = (
    _G.mjGEOM_PLANE,
    _G.mjGEOM_HFIELD,
    _G.mjGEOM_SPHERE,
    _G.mjGEOM_CAPSULE,
)
ELLIPSOID, CYLINDER, BOX, MESH = (
    _G.mjGEOM_ELLIPSOID,
    _G.mjGEOM_CYLINDER,
    _G.mjGEOM_BOX,
    _G.mjGEOM_MESH,
)

# Contacts that MJX-JAX makes for each pair of geom types (collision_driver._COLLISION_FUNC).
CONTACTS: dict[Pair, int] = {
    (int(first), int(second)): count
    for first, seconds in {
        PLANE: {SPHERE: 1, CAPSULE: 2, ELLIPSOID: 1, CYLINDER: 3, BOX: 4, MESH: 4},
        HFIELD: {SPHERE: 4, CAPSULE: 4, BOX: 4, MESH: 4},
        SPHERE: {SPHERE: 1, CAPSULE: 1, ELLIPSOID: 1, CYLINDER: 1, BOX: 1, MESH: 1},
        CAPSULE: {CAPSULE: 1, ELLIPSOID: 1, CYLINDER: 2, BOX: 2, MESH: 2},
        ELLIPSOID: {ELLIPSOID: 1, CYLINDER: 1},
        CYLINDER: {CYLINDER: 4},
        BOX: {BOX: 4, MESH: 4},
        MESH: {MESH: 4},
    }.items()
    for second, count in seconds.items()
}
# Found by descending a distance field, which is slow and only near the true contact.
DESCENDED: frozenset[Pair] = frozenset(
    pair
    for pair in CONTACTS
    if pair[0] >= int(SPHERE) and {*pair} & {int(ELLIPSOID), int(CYLINDER)}
)

# Members of MuJoCo's enums, without their prefix, that an engine refuses; by MjModel field.
_JAX_SENSORS = (
    "JOINTLIMITPOS JOINTLIMITVEL JOINTLIMITFRC TENDONLIMITPOS TENDONLIMITVEL TENDONLIMITFRC "
    "INSIDESITE GEOMDIST GEOMNORMAL GEOMFROMTO E_POTENTIAL E_KINETIC PLUGIN USER"
)
REFUSED: dict[MjxEngine, dict[str, str]] = {
    "mjx": {
        "sensor_type": _JAX_SENSORS,
        "actuator_trntype": "SLIDERCRANK BODY SO3 UNDEFINED",
        "actuator_dyntype": "DCMOTOR PID USER",
        "actuator_gaintype": "DCMOTOR SO3 PID USER",
        "actuator_biastype": "DCMOTOR SO3 USER",
        "eq_type": "FLEX FLEXVERT FLEXSTRAIN DISTANCE",
        "integrator": "IMPLICIT",
        "solver": "PGS",
        "enableflags": "OVERRIDE ENERGY FWDINV DIAGEXACT",
    },
    "mjx-warp": {
        "sensor_type": "PLUGIN",
        "actuator_trntype": "SO3 UNDEFINED",
        "actuator_dyntype": "PID",
        "actuator_gaintype": "PID",
        "actuator_biastype": "SO3",
        "eq_type": "FLEXVERT DISTANCE",
        "solver": "PGS",
        "enableflags": "OVERRIDE FWDINV DIAGEXACT IPC",
        "disableflags": "MIDPHASE AUTORESET",
    },
}

# MjModel fields that MJX-JAX has not, and what it leaves out where they are not zero.
UNKNOWN: dict[str, str] = {
    "actuator_armature": "the armature of the actuators",
    "actuator_damping": "the damping of the actuators",
    "actuator_dampingpoly": "the damping of the actuators",
    "actuator_delay": "the delay of the actuators",
    "sensor_delay": "the delay of the sensors",
    "geom_adhesion": "the adhesion of the geoms",
    "pair_adhesion": "the adhesion of contact pairs",
    "geom_surfacevel": "the surface velocity of the geoms",
}


def colliding_pairs(model: mujoco.MjModel) -> np.ndarray:
    """Geom ids of all pairs that may touch, (n, 2), the one of the lower type first.

    MuJoCo's rules: masks, exclusions, the same body, parent and child.
    """
    active = np.flatnonzero(model.geom_contype | model.geom_conaffinity)
    first, second = (active[i] for i in np.triu_indices(len(active), 1))
    contype, affinity = model.geom_contype, model.geom_conaffinity
    keep = (contype[first] & affinity[second]) | (contype[second] & affinity[first]) > 0
    body = model.geom_bodyid
    weld = model.body_weldid
    parent = weld[model.body_parentid[weld]]
    a, b = weld[body[first]], weld[body[second]]
    keep &= a != b
    if not model.opt.disableflags & mujoco.mjtDisableBit.mjDSBL_FILTERPARENT:
        kin = (parent[body[first]] == b) | (parent[body[second]] == a)
        keep &= ~(kin & (a != 0) & (b != 0))
    low, high = np.sort([body[first], body[second]], axis=0)
    keep &= ~np.isin((low << 16) + high, model.exclude_signature)
    flat = {int(PLANE), int(HFIELD)}
    both_flat = np.isin(model.geom_type[first], [*flat]) & np.isin(model.geom_type[second], [*flat])
    found = np.stack([first, second], axis=1)[keep & ~both_flat]
    given = np.stack([model.pair_geom1, model.pair_geom2], axis=1).reshape(-1, 2)
    pairs = np.concatenate([given, found]).astype(int)
    types = model.geom_type[pairs]
    return np.where((types[:, :1] > types[:, 1:]), pairs[:, ::-1], pairs)


def pair_condims(model: mujoco.MjModel, pairs: np.ndarray) -> np.ndarray:
    """Dimension of the contacts of each of `pairs` (n, 2), (n,): 1, 3, 4 or 6."""
    first, second = pairs.T
    condim, priority = model.geom_condim, model.geom_priority
    dims = np.maximum(condim[first], condim[second])
    dims = np.where(priority[first] > priority[second], condim[first], dims)
    dims = np.where(priority[first] < priority[second], condim[second], dims)
    dims[: model.npair] = model.pair_dim  # colliding_pairs lists the given ones first
    return dims


def contact_slots(model: mujoco.MjModel) -> int:
    """Contacts that MJX-JAX computes in every step, whether anything touches or not."""
    if model.opt.disableflags & mujoco.mjtDisableBit.mjDSBL_CONTACT:
        return 0
    pairs = colliding_pairs(model)
    kinds = np.column_stack(
        [model.geom_type[pairs], model.geom_dataid[pairs], pair_condims(model, pairs)]
    )
    max_pairs, max_points = _numeric(model, "max_geom_pairs"), _numeric(model, "max_contact_points")
    slots: dict[int, int] = {}
    for kind, count in zip(*np.unique(kinds, axis=0, return_counts=True), strict=True):
        types, condim = (int(kind[0]), int(kind[1])), int(kind[-1])
        tested = int(count)
        if max_pairs is not None and not {*types} & {int(PLANE), int(HFIELD)}:
            tested = min(tested, max_pairs)
        slots[condim] = slots.get(condim, 0) + tested * CONTACTS.get(types, 0)
    if max_points is not None:
        slots = {condim: min(count, max_points) for condim, count in slots.items()}
    return sum(slots.values())


def _numeric(model: mujoco.MjModel, name: str) -> int | None:
    which = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_NUMERIC, name)
    return None if which < 0 else int(model.numeric_data[model.numeric_adr[which]])


def contact_parameters(model: mujoco.MjModel, first: int, second: int) -> dict[str, Any]:
    """The parameters of a contact of two geoms by MuJoCo's rules, as those of a contact pair."""
    higher = np.sign(model.geom_priority[first] - model.geom_priority[second])
    a, b = model.geom_solmix[[first, second]]
    mix = 0.5 if a + b < mujoco.mjMINVAL else a / (a + b)
    if higher:
        mix = float(higher > 0)

    def mixed(field: np.ndarray) -> np.ndarray:
        return mix * field[first] + (1 - mix) * field[second]

    solref = mixed(model.geom_solref)
    if not higher and (model.geom_solref[[first, second], 0] <= 0).any():
        solref = np.minimum(model.geom_solref[first], model.geom_solref[second])
    friction, condim = model.geom_friction, model.geom_condim
    winner = first if higher > 0 else second
    slide = friction[winner] if higher else np.maximum(friction[first], friction[second])
    return {
        "condim": int(condim[winner] if higher else max(condim[first], condim[second])),
        "friction": slide[[0, 0, 1, 2, 2]],
        "solref": solref,
        "solimp": mixed(model.geom_solimp),
        "margin": float(model.geom_margin[first] + model.geom_margin[second]),
        "gap": float(model.geom_gap[first] + model.geom_gap[second]),
    }
