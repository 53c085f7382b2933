"""The tables of MJX's abilities, against the mujoco-mjx that is installed."""

import ast
from pathlib import Path

import mujoco
import numpy as np
import pytest
from mujoco.mjx._src import collision_driver, collision_sdf, types

from vnl_core.config import SceneConfig
from vnl_core.scene import build
from vnl_core.scene.compat import _ENUMS
from vnl_core.scene.mjx_facts import (
    CONTACTS,
    DESCENDED,
    REFUSED,
    UNKNOWN,
    colliding_pairs,
    contact_parameters,
    contact_slots,
)

WALKERS = ["ant", "rodent", "cmu_humanoid"]
_JAX_TYPES = {
    "sensor_type": types.SensorType,
    "actuator_trntype": types.TrnType,
    "actuator_dyntype": types.DynType,
    "actuator_gaintype": types.GainType,
    "actuator_biastype": types.BiasType,
    "eq_type": types.EqType,
    "integrator": types.IntegratorType,
    "solver": types.SolverType,
    "enableflags": types.EnableBit,
}
_NO_TYPES = {"mjNENABLE", "mjNDISABLE", "mjWRAP_NONE"}


@pytest.fixture(scope="module", params=WALKERS)
def scene(request):
    return build(SceneConfig(walker=request.param, corridor_length=12))


def missing(field: str, has) -> set[str]:
    enum, prefix, _ = _ENUMS[field]
    members = {name: int(value) for name, value in enum.__members__.items()}
    return {n.removeprefix(prefix) for n, v in members.items() if n not in _NO_TYPES and not has(v)}


def test_contact_functions_are_those_of_mjx():
    functions = collision_driver._COLLISION_FUNC
    assert {(int(a), int(b)): f.ncon for (a, b), f in functions.items()} == CONTACTS
    descended = vars(collision_sdf)
    assert {
        (int(a), int(b)) for a, b in functions if f"{a.name}_{b.name}".lower() in descended
    } == DESCENDED


@pytest.mark.parametrize("field", list(_JAX_TYPES))
def test_mjx_refuses_what_its_types_have_not(field):
    known = {int(member) for member in _JAX_TYPES[field]}
    assert set(REFUSED["mjx"][field].split()) == missing(field, known.__contains__)


def test_warp_refuses_what_its_types_have_not():
    """Read, not imported: MuJoCo Warp cannot be imported without warp-lang."""
    folder = Path(types.__file__).parents[1] / "third_party/mujoco_warp/_src"
    classes = [
        {node.attr for node in ast.walk(part) if isinstance(node, ast.Attribute)}
        for part in ast.parse((folder / "types.py").read_text()).body
        if isinstance(part, ast.ClassDef)
    ]
    for field, (enum, prefix, _) in _ENUMS.items():
        known = max(classes, key=lambda names, p=prefix: sum(n.startswith(p) for n in names))
        names = {n: int(v) for n, v in enum.__members__.items() if n not in _NO_TYPES}
        refused = {n.removeprefix(prefix) for n in names if n not in known}
        assert set(REFUSED["mjx-warp"].get(field, "").split()) == refused, field


def test_fields_called_unknown_are_unknown_to_mjx_and_known_to_mujoco():
    known = {f.name for part in (types.Model, types.ModelJAX) for f in part.fields()}
    model = mujoco.MjSpec().compile()
    for field in UNKNOWN:
        assert field not in known
        assert hasattr(model, field)


def test_pairs_and_slots_are_those_of_mjx(scene):
    model = scene.model
    theirs = {tuple(map(int, pair[:2])) for pair in collision_driver.geom_pairs(model)}
    assert {tuple(map(int, pair)) for pair in colliding_pairs(model)} == theirs
    if scene.config.walker == "ant":
        assert contact_slots(model) == len(collision_driver.make_condim(model))


def test_contact_parameters_are_those_of_mujoco(scene):
    data = scene.data()
    for _ in range(400):
        mujoco.mj_step(scene.model, data)
        if data.ncon:
            break
    assert data.ncon
    for contact in data.contact:
        expected = contact_parameters(scene.model, *map(int, contact.geom))
        assert contact.dim == expected["condim"]
        for name in ("friction", "solref", "solimp"):
            np.testing.assert_allclose(getattr(contact, name), expected[name], err_msg=name)
        assert contact.includemargin == expected["margin"] - expected["gap"]
