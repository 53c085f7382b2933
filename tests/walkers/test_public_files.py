"""Animals that others published: joint by joint, their dynamics are those of plain MuJoCo."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import brax
import dm_control
import mujoco
import numpy as np
import pytest
from dm_control import composer

from vnl_core.scene.walkers import MjcfWalker
from vnl_core.scene.walkers.guess import guess

_DM, _BRAX = (Path(str(module.__file__)).parent for module in (dm_control, brax))
PUBLISHED = [
    _DM / "suite" / "humanoid.xml",
    _DM / "suite" / "humanoid_CMU.xml",
    _DM / "locomotion" / "walkers" / "assets" / "rodent.xml",
    _BRAX / "envs" / "assets" / "ant.xml",
    _BRAX / "envs" / "assets" / "humanoid.xml",
]


def rows(model: mujoco.MjModel, names: list[str]) -> np.ndarray:
    return np.concatenate([np.arange(*_dofs(model, name)) for name in names])


def _dofs(model: mujoco.MjModel, name: str) -> tuple[int, int]:
    joint = model.joint(name)
    first = int(model.jnt_dofadr[joint.id])
    return first, first + len(joint.dofadr)


def mass_matrix(model: mujoco.MjModel, data: mujoco.MjData) -> np.ndarray:
    """(nv, nv), column by column."""
    columns = np.zeros((model.nv, model.nv))
    for column, unit in zip(columns, np.eye(model.nv), strict=True):
        mujoco.mj_mulM(model, data, column, unit)
    return columns


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: "-".join(path.parts[-2:]))
def test_mass_matrix_passive_forces_and_servos_are_the_files(path):
    theirs = mujoco.MjModel.from_xml_path(str(path))
    walker, nowhere = MjcfWalker(path, **asdict(guess(path)[0])), composer.Arena()
    walker.create_root_joints(nowhere.attach(walker))
    root: Any = nowhere.mjcf_model
    ours = mujoco.MjModel.from_xml_string(root.to_xml_string(), root.get_assets())
    hinges = [
        theirs.joint(i).name
        for i in range(theirs.njnt)
        if theirs.jnt_type[i] != mujoco.mjtJoint.mjJNT_FREE
    ]
    generator = np.random.default_rng(0)
    a, b = mujoco.MjData(theirs), mujoco.MjData(ours)
    for name in hinges:
        known = theirs.joint(name)
        angle, speed = generator.uniform(-0.3, 0.3, 2)
        a.qpos[known.qposadr], a.qvel[known.dofadr] = angle, speed
        other = ours.joint(f"walker/{name}")
        b.qpos[other.qposadr], b.qvel[other.dofadr] = angle, speed
    a.ctrl[:] = b.ctrl[:] = generator.uniform(-0.5, 0.5, theirs.nu)
    matrices = []
    for model, data, prefix in ((theirs, a, ""), (ours, b, "walker/")):
        mujoco.mj_forward(model, data)
        chosen = rows(model, [prefix + name for name in hinges])
        full = mass_matrix(model, data)
        forces = data.qfrc_passive + data.qfrc_actuator
        matrices.append((full[np.ix_(chosen, chosen)], forces[chosen]))
    (mass, forces), (own_mass, own_forces) = matrices
    np.testing.assert_allclose(own_mass, mass, rtol=1e-4, atol=1e-4 * np.abs(mass).max())
    np.testing.assert_allclose(own_forces, forces, rtol=1e-4, atol=1e-4 * np.abs(forces).max())
