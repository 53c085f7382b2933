"""What a file says of the physics around its animal: told, offered, or refused."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import mujoco
import numpy as np

from vnl_core.scene.walkers.from_file.report import LeftOut, RefusedFile

# The corridor has no medium: an animal that swims or flies by it would fall.
_MEDIUM = ("density", "viscosity", "wind")
_INTEGRATORS = {
    mujoco.mjtIntegrator.mjINT_EULER: "euler",
    mujoco.mjtIntegrator.mjINT_RK4: "rk4",
    mujoco.mjtIntegrator.mjINT_IMPLICIT: "implicit",
    mujoco.mjtIntegrator.mjINT_IMPLICITFAST: "implicitfast",
}
_HOLD = "the scene's physics hold."
_HELD = {
    "integrator": "set scene.integrator to take it up.",
    "eulerdamp": "set scene.eulerdamp to take it up.",
    "timestep": "set scene.physics_timestep to take it up.",
}


class FileOptions(NamedTuple):
    """How the file itself is integrated, as fields of SceneConfig; to be taken up or not."""

    integrator: str | None
    """None where it is one that a SceneConfig has not."""
    eulerdamp: bool


def file_options(model: mujoco.MjModel) -> FileOptions:
    """The integrator that `model` asks for, and whether Euler takes damping implicitly."""
    damped = not model.opt.disableflags & mujoco.mjtDisableBit.mjDSBL_EULERDAMP
    return FileOptions(_INTEGRATORS.get(mujoco.mjtIntegrator(model.opt.integrator)), bool(damped))


def left_options(option: Any) -> Iterator[LeftOut]:
    """The options that differ from MuJoCo's own, which the scene's config says here."""
    usual = mujoco.MjSpec().option
    for name in (n for n in dir(option) if not n.startswith("_")):
        here, there = getattr(option, name), getattr(usual, name)
        if name in ("disableflags", "enableflags"):
            kind = mujoco.mjtDisableBit if name == "disableflags" else mujoco.mjtEnableBit
            changed = [
                bit.split("_", 1)[1].lower()
                for bit, member in kind.__members__.items()
                if "_" in bit and int(member) & (here ^ there) and int(member).bit_count() == 1
            ]
            word = name.removesuffix("flags")
            for flag in changed:
                yield LeftOut(f"option flag {flag} {word}d", _HELD.get(flag, _HOLD))
        elif not callable(here) and not np.array_equal(here, there):
            value = " ".join(f"{v:g}" for v in np.atleast_1d(np.asarray(here, float)))
            yield LeftOut(f"option {name}={value}", _HELD.get(name, _HOLD))


def refuse_medium(file: object, option: Any) -> None:
    """Raises RefusedFile where the file's animal moves through water or air."""
    for name in _MEDIUM:
        value = np.atleast_1d(np.asarray(getattr(option, name), float))
        if value.any():
            raise RefusedFile(
                file,
                f"its option {name} is {' '.join(f'{v:g}' for v in value)}: it moves through water "
                "or air, which the corridor has not.",
                f"If it walks without, set <option {name}> to 0 in the file.",
            )
