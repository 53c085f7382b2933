"""Virtual animals crossing gaps: design, preview, roll out, train and watch.

`import vnl_core as vnl` is all that a notebook needs. It is light: each name below is imported
when it is first used, and OpenGL is chosen when MuJoCo is first imported, by whomever.
See docs/python.md.
"""

import os
import sys
import warnings
from importlib import import_module
from importlib.abc import MetaPathFinder
from typing import Any

__version__ = "0.1.0"

# Where each name of the Python interface comes from. No name may be a module's of this package:
# importing that module would put it in the name's place.
_HOMES = {
    "vnl_core.presets": ("PRESETS",),
    "vnl_core.load_config": ("load_run",),
    "vnl_core.config": (
        "Cycle",
        "VideoConfig",
        "Growing",
        "PPOConfig",
        "RolloutConfig",
        "RunConfig",
        "SceneConfig",
        "TaskConfig",
        "Uniform",
    ),
    "vnl_core.scene": ("Scene", "build"),
    "vnl_core.trajectory": ("Trajectory",),
    "vnl_core.rendering.gl_thread": ("render",),
    "vnl_core.rendering.overlays": ("Overlays",),
    "vnl_core.envs": ("CorridorEnv", "make_env"),
    "vnl_core.training.checkpoint": ("load_policy",),
    "vnl_core.notebook": ("Film", "film", "open_run", "roll_out", "train"),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"vnl_core has no {name!r}. It has: {', '.join(sorted(_HOME))}.")
    value = globals()[name] = getattr(import_module(home), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})


class _ChooseGL(MetaPathFinder):
    """Chooses OpenGL just before MuJoCo or dm_control is imported: they look for it only then."""

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> None:
        if fullname in ("mujoco", "dm_control") and self in sys.meta_path:
            sys.meta_path.remove(self)
            import_module("vnl_core.rendering.gl").choose()


if "mujoco" not in sys.modules:
    sys.meta_path.insert(0, _ChooseGL())
elif sys.platform == "linux" and not any(
    os.environ.get(name) for name in ("MUJOCO_GL", "DISPLAY", "WAYLAND_DISPLAY")
):
    warnings.warn(
        "MuJoCo was imported before vnl_core and has taken an OpenGL that needs a display, which "
        "this machine has not: no picture can be drawn. Import vnl_core first, or set MUJOCO_GL.",
        RuntimeWarning,
        stacklevel=2,
    )
