"""What MJX refuses, ignores, simulates otherwise or slowly in a scene: all of it, told at once."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

import mujoco
import numpy as np

from vnl_core.scene.adapt import adapt
from vnl_core.scene.build import Scene
from vnl_core.scene.mjx_facts import (
    BOX,
    CAPSULE,
    CONTACTS,
    DESCENDED,
    HFIELD,
    MESH,
    REFUSED,
    UNKNOWN,
    MjxEngine,
    colliding_pairs,
    contact_slots,
    pair_condims,
)

Severity = Literal["refused", "ignored", "differs", "slow"]

# From here on contacts, and not the walker's own motion, take most of a step's time.
MANY_SLOTS = 64

_ENUMS = {
    "sensor_type": (mujoco.mjtSensor, "mjSENS_", "sensor"),
    "actuator_trntype": (mujoco.mjtTrn, "mjTRN_", "actuator"),
    "actuator_dyntype": (mujoco.mjtDyn, "mjDYN_", "actuator"),
    "actuator_gaintype": (mujoco.mjtGain, "mjGAIN_", "actuator"),
    "actuator_biastype": (mujoco.mjtBias, "mjBIAS_", "actuator"),
    "eq_type": (mujoco.mjtEq, "mjEQ_", "equality"),
    "integrator": (mujoco.mjtIntegrator, "mjINT_", ""),
    "solver": (mujoco.mjtSolver, "mjSOL_", ""),
    "enableflags": (mujoco.mjtEnableBit, "mjENBL_", ""),
    "disableflags": (mujoco.mjtDisableBit, "mjDSBL_", ""),
}


class Finding(NamedTuple):
    """One thing that MJX does not do as MuJoCo does."""

    kind: str
    names: tuple[str, ...]
    """Of the elements concerned; empty where it concerns the whole model."""
    severity: Severity
    meaning: str
    remedy: str
    cured: bool = False
    """Whether the scene's adaptation removes it."""

    def __str__(self) -> str:
        names = f" ({_some(self.names)})" if self.names else ""
        return f"{self.kind}{names}: {self.meaning} {self.remedy}"


def report(scene: Scene, engine: MjxEngine = "mjx") -> tuple[Finding, ...]:
    """Everything in `scene` that `engine` refuses, ignores, simulates otherwise or slowly.

    Looks at the models alone and never imports JAX. `cured` is found by looking at the
    adapted model too, not promised.
    """
    left = {(f.kind, name) for f in findings(adapt(scene, engine).model, engine) for name in _of(f)}
    return tuple(
        f._replace(cured=not any((f.kind, name) in left for name in _of(f)))
        for f in findings(scene.model, engine)
    )


def refuse(model: mujoco.MjModel, engine: MjxEngine) -> None:
    """Raises ValueError with all reasons why `engine` cannot take `model`, if there are any."""
    refused = [f for f in findings(model, engine) if f.severity == "refused"]
    if refused:
        lines = "\n".join(f"- {finding}" for finding in refused)
        raise ValueError(
            f"engine: {engine} cannot simulate this scene. Use the native engine, or cure all of "
            f"these:\n{lines}"
        )


def findings(model: mujoco.MjModel, engine: MjxEngine) -> list[Finding]:
    """The findings of one compiled model, the worst first."""
    found = [*_types(model, engine), *_options(model, engine), *_left_out(model, engine)]
    if engine == "mjx":
        found += [*_pairs(model), *_contact_sensors(model), *_slow(model)]
    order = ("refused", "ignored", "differs", "slow")
    return sorted(found, key=lambda f: order.index(f.severity))


def _of(finding: Finding) -> tuple[str, ...]:
    return finding.names or ("",)


def _some(names: tuple[str, ...], most: int = 8) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _types(model: mujoco.MjModel, engine: MjxEngine) -> Iterator[Finding]:
    """Members of MuJoCo's enums that the engine has not."""
    for field, members in REFUSED[engine].items():
        enum, prefix, element = _ENUMS[field]
        for member in members.split():
            value = int(getattr(enum, prefix + member))
            word = member.lower().replace("_", " ")
            if not element:
                given = int(getattr(model.opt, field))
                if (given & value) if field.endswith("flags") else given == value:
                    kind = f"{field.removesuffix('flags')} {word}"
                    remedy = "Choose another in the scene's physics options."
                    yield Finding(kind, (), "refused", f"{engine} has no {kind}.", remedy)
                continue
            ids = np.flatnonzero(getattr(model, field) == value)
            if len(ids):
                names = tuple(getattr(model, element)(i).name or f"#{i}" for i in ids)
                switch = " or let the adaptation drop it" if element == "sensor" else ""
                yield Finding(
                    f"{element} {word}",
                    names,
                    "refused",
                    f"{engine} has no {element} of this type.",
                    f"Take it out of the walker{switch}.",
                )


def _options(model: mujoco.MjModel, engine: MjxEngine) -> Iterator[Finding]:
    option = model.opt
    if engine == "mjx-warp":
        if option.noslip_iterations and option.integrator == mujoco.mjtIntegrator.mjINT_DISCRETE:
            meaning = "mjx-warp has no noslip iterations with the discrete integrator."
            yield Finding("noslip iterations", (), "refused", meaning, "Set them to 0.")
        return
    if option.noslip_iterations:
        meaning = "MJX makes none: feet slip a little more than in MuJoCo."
        yield Finding("noslip iterations", (), "ignored", meaning, "Set them to 0 to compare.")
    elliptic = option.cone == mujoco.mjtCone.mjCONE_ELLIPTIC
    pairs = colliding_pairs(model)
    smooth = pairs[pair_condims(model, pairs) == 1]
    if elliptic and len(smooth):
        yield Finding(
            "elliptic cone with condim 1",
            _names(model, smooth),
            "refused",
            "MJX takes no frictionless contact beside an elliptic friction cone.",
            "Use the pyramidal cone.",
        )
    drag = option.density > 0 or option.viscosity > 0 or option.wind.any()
    if option.integrator == mujoco.mjtIntegrator.mjINT_IMPLICITFAST and drag:
        meaning = "MJX's implicitfast integrator knows no drag of air or water."
        yield Finding("drag with implicitfast", (), "refused", meaning, "Use the Euler integrator.")


def _left_out(model: mujoco.MjModel, engine: MjxEngine) -> Iterator[Finding]:
    if model.nskin:
        names = tuple(model.skin(i).name for i in range(model.nskin))
        meaning = "Skins are only drawn. MJX does not load them and does not need them."
        yield Finding("skin", names, "ignored", meaning, "Nothing to do: videos still show it.")
    if model.nplugin:
        severity = "refused" if engine == "mjx-warp" else "ignored"
        yield Finding("plugin", (), severity, "MJX runs no plugins.", "Take them out.")
    if engine == "mjx-warp":
        return
    if model.nflex:
        meaning = "MJX-JAX has no deformable bodies."
        yield Finding("flex", (), "refused", meaning, "Take it out, or use mjx-warp.")
    for field, words in UNKNOWN.items():
        values = getattr(model, field)
        ids = np.unique(np.nonzero(values)[0])
        if len(ids):
            element = field.split("_")[0]
            names = tuple(
                f"#{i}" if element == "pair" else getattr(model, element)(i).name for i in ids
            )
            meaning = f"MJX does not know {words}, and simulates as if there were none."
            yield Finding(words.removeprefix("the "), names, "ignored", meaning, "Set it to 0.")


def _pairs(model: mujoco.MjModel) -> Iterator[Finding]:
    """Contacts that MJX-JAX has not, has differently, or finds by descent; by type of pair."""
    groups: dict[tuple[int, int], list[np.ndarray]] = defaultdict(list)
    pairs = colliding_pairs(model)
    for pair in pairs:
        first, second = model.geom_type[pair]
        groups[int(first), int(second)].append(pair)
    for types, members in groups.items():
        words = "–".join(mujoco.mjtGeom(t).name.removeprefix("mjGEOM_").lower() for t in types)
        names = _names(model, np.array(members))
        kind = f"{words} contact"
        margins = model.geom_margin[np.array(members)].any()
        if types not in CONTACTS:
            remedy = "Let colliding ellipsoids and cylinders become capsules."
            yield Finding(kind, names, "refused", f"MJX has no {words} contact.", remedy)
        elif {*types} & {int(MESH), int(HFIELD)} and margins:
            meaning = f"MJX takes no contact margin for {words}."
            yield Finding(f"{words} margin", names, "refused", meaning, "Set the margin to 0.")
        elif types in DESCENDED:
            meaning = "MJX searches this contact step by step: slow, and near the true place only."
            yield Finding(kind, names, "slow", meaning, "Let them become capsules.")
        elif types == (int(CAPSULE), int(BOX)):
            meaning = (
                "At a box's edges MJX places the contacts otherwise than MuJoCo: beside a gap, "
                "motions part within tens of milliseconds."
            )
            yield Finding(kind, names, "differs", meaning, "Compare with native where it matters.")


def _contact_sensors(model: mujoco.MjModel) -> Iterator[Finding]:
    objects = mujoco.mjtObj
    body = [int(objects.mjOBJ_BODY), int(objects.mjOBJ_XBODY)]
    by_other = np.isin(model.sensor_objtype, [*body, int(objects.mjOBJ_SITE)])
    by_other |= np.isin(model.sensor_reftype, body)
    net_force = model.sensor_intprm[:, 1] == 3
    is_contact = model.sensor_type == mujoco.mjtSensor.mjSENS_CONTACT
    refused = np.flatnonzero(is_contact & (by_other | net_force))
    if len(refused):
        yield Finding(
            "contact sensor by site, body or net force",
            tuple(model.sensor(i).name for i in refused),
            "refused",
            "MJX-JAX matches contact sensors by geom only, and adds up no forces.",
            "Let the adaptation drop the sensors.",
        )


def _slow(model: mujoco.MjModel) -> Iterator[Finding]:
    slots = contact_slots(model)
    if slots > MANY_SLOTS:
        yield Finding(
            "contact slots",
            (),
            "slow",
            f"MJX computes {slots} contacts in every step, whether anything touches or not.",
            "Use the local terrain, and limit pairs and contact points.",
        )
    if model.nsensor and not model.opt.disableflags & mujoco.mjtDisableBit.mjDSBL_SENSOR:
        yield Finding(
            "sensors",
            tuple(model.sensor(i).name for i in range(model.nsensor)),
            "slow",
            "MJX measures them in every step, which took half of the ant's time.",
            "Let the adaptation drop them: no observation term reads them.",
        )


def _names(model: mujoco.MjModel, pairs: np.ndarray) -> tuple[str, ...]:
    """Names of the moving geoms of `pairs` (n, 2), each once."""
    moving = [i for i in np.unique(pairs) if model.body_weldid[model.geom_bodyid[i]] != 0]
    return tuple(model.geom(i).name for i in moving)


def summary(scene: Scene, engine: MjxEngine = "mjx") -> dict[str, Any]:
    """The report and the adaptation as JSON data, and whether `engine` can run the scene."""
    adapted = adapt(scene, engine)
    return {
        "engine": engine,
        "runs": not any(f.severity == "refused" for f in findings(adapted.model, engine)),
        "problems": [f._asdict() for f in report(scene, engine)],
        "adaptations": [change._asdict() for change in adapted.changes],
        "contact slots": {
            "unadapted": contact_slots(scene.model),
            "adapted": contact_slots(adapted.model),
        },
    }
