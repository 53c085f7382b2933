"""SceneConfig → Scene: one fresh MjModel, and the names that belong to it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import mujoco
import numpy as np
from dm_control import mjcf

from vnl_core.config import SceneConfig
from vnl_core.scene.layout import Layout, read_layout
from vnl_core.scene.task import CorridorTask

# MuJoCo's own free camera (mjv_defaultFreeCamera), as in its Renderer: it sees the whole corridor.
FREE = -1
# Beside the walker, along with which it moves.
CLOSE_UP = -2


class Camera(NamedTuple):
    """A camera by index and name; 0 and up are the model's own (see `FREE` and `CLOSE_UP`)."""

    index: int
    name: str


class Actuator(NamedTuple):
    """An actuator and the range of its control."""

    name: str
    low: float
    high: float


@dataclass(frozen=True)
class WalkerNames:
    """The walker's parts, by their names in the MjModel."""

    root_body: str
    end_effectors: tuple[str, ...]
    feet: tuple[str, ...]
    """Geoms meant to touch the ground."""
    egocentric_camera: str | None
    """The camera that sees what the walker sees, if it has one."""
    actuators: tuple[Actuator, ...]
    left_out: tuple[str, ...] = ()
    """What the walker's file has and the walker has not, a sentence each."""


@dataclass(frozen=True)
class Scene:
    """A walker in a corridor, compiled.

    Attributes:
      config: what it was built from.
      model: the MjModel, this scene's own.
      qpos: the upright start pose, (nq,).
      xml: the MJCF that the model was compiled from, with the start pose as keyframe "start".
      assets: contents of the files the MJCF names.
      walker: names of the walker's parts.
      layout: platforms, gaps and walls, in metres.
    """

    config: SceneConfig
    model: mujoco.MjModel
    qpos: np.ndarray
    xml: str
    assets: dict[str, bytes]
    walker: WalkerNames
    layout: Layout

    @property
    def root_id(self) -> int:
        """Body id of the walker's root."""
        return self.model.body(self.walker.root_body).id

    @cached_property
    def cameras(self) -> tuple[Camera, ...]:
        """Every camera: the close-up, the free one, and then the model's own."""
        own = (Camera(i, self.model.camera(i).name) for i in range(self.model.ncam))
        return (Camera(CLOSE_UP, "close-up"), Camera(FREE, "free"), *own)

    def camera(self, which: int | str) -> int:
        """The index of a camera given by index or by name, with or without "walker/".

        "egocentric" is the walker's own eye, whatever its model calls it. Camera 0, which configs
        ask for unless told otherwise, is the close-up where the model has none.

        Raises:
          ValueError: there is no such camera; the message lists those there are.
        """
        if which == "egocentric" and self.walker.egocentric_camera:
            which = self.walker.egocentric_camera
        if str(which) == "0" and not self.model.ncam:
            return CLOSE_UP
        for index, name in self.cameras:
            if str(which) in (str(index), name, name.removeprefix("walker/")):
                return index
        known = ", ".join(f"{index} {name}" for index, name in self.cameras)
        if which == "egocentric":
            raise ValueError(
                f"camera: the {self.config.walker} has no camera of its own. Use one of: {known}."
            )
        raise ValueError(f"camera: there is no camera {which!r}. Use one of: {known}.")

    def data(self) -> mujoco.MjData:
        """Fresh MjData at the start pose, all derived quantities computed."""
        data = mujoco.MjData(self.model)
        data.qpos[:] = self.qpos
        mujoco.mj_forward(self.model, data)
        return data

    def facts(self) -> dict[str, Any]:
        """What the scene is, in numbers and names that go into JSON."""
        model, data = self.model, self.data()
        return {
            "arena": self.config.arena.name,
            "walker": self.config.walker,
            "model": {
                "bodies": model.nbody,
                "geoms": model.ngeom,
                "joints": model.njnt,
                "positions (nq)": model.nq,
                "dofs (nv)": model.nv,
                "actuators (nu)": model.nu,
                "sensors": model.nsensor,
                "tendons": model.ntendon,
                "contacts at the start": data.ncon,
                "walker mass (kg)": round(float(model.body_subtreemass[self.root_id]), 4),
            },
            "physics": {
                "physics_timestep (s)": self.config.physics_timestep,
                "control_timestep (s)": self.config.control_timestep,
                "physics steps per control step": self.config.substeps,
            },
            "walker_names": {
                "root_body": self.walker.root_body,
                "end_effectors": list(self.walker.end_effectors),
                "feet": list(self.walker.feet),
                "egocentric_camera": self.walker.egocentric_camera,
                "actuators": [a._asdict() for a in self.walker.actuators],
                "left_out": list(self.walker.left_out),
            },
            "cameras": [c._asdict() for c in self.cameras],
            "layout": {
                "length": self.layout.length,
                "width": self.layout.width,
                "finish": self.layout.finish,
                "platforms": [s._asdict() for s in self.layout.platforms],
                "gaps": [{**s._asdict(), "length": s.length} for s in self.layout.gaps],
                "walls": [w._asdict() for w in self.layout.walls],
            },
        }


def build(config: SceneConfig, layout: Layout | None = None) -> Scene:
    """Builds and compiles the scene of `config`. The same config gives the same scene.

    Args:
      config: arena, walker and physics.
      layout: platforms or walls to build instead of those that `config` draws: the terrain
        that one environment of a batch has (`CorridorEnv.layout`).
    """
    task = CorridorTask(config, layout=layout)
    task.initialize_episode_mjcf(np.random.RandomState(config.terrain_seed))
    root = task.root_entity.mjcf_model
    xml, assets = root.to_xml_string(), root.get_assets()
    model = mujoco.MjModel.from_xml_string(xml, assets)
    qpos = model.qpos0.copy()
    if model.jnt_type[0] == mujoco.mjtJoint.mjJNT_FREE:
        qpos[:3], qpos[3:7] = task.start_pose()
    if (upright := task.walker.upright_pose.qpos) is not None:
        _pose(qpos, model, task.walker.mjcf_model.find_all("joint"), upright)
    qpos.setflags(write=False)  # shared by all that draw and simulate the scene
    return Scene(
        config=config,
        model=model,
        qpos=qpos,
        xml=_with_keyframe(xml, qpos),
        assets=assets,
        walker=_names(task.walker, model),
        layout=read_layout(model, config),
    )


def _pose(qpos: np.ndarray, model: mujoco.MjModel, joints: Any, values: np.ndarray) -> None:
    """Puts the `joints` of a walker into `qpos` at `values`, which has them in that order."""
    done = 0
    for joint in joints:
        known = model.joint(joint.full_identifier)
        width = len(known.qpos0)
        first = model.jnt_qposadr[known.id]
        qpos[first : first + width] = values[done : done + width]
        done += width


def _with_keyframe(xml: str, qpos: np.ndarray) -> str:
    """`xml` with `qpos` as its keyframe "start"; MJCF allows a section to appear twice."""
    values = " ".join(f"{value:.17g}" for value in qpos)
    head, end, tail = xml.rpartition("</mujoco>")
    return (
        f'{head}  <keyframe>\n    <key name="start" qpos="{values}"/>\n  </keyframe>\n{end}{tail}'
    )


def _names(walker: Any, model: mujoco.MjModel) -> WalkerNames:
    def ids(elements, kind: mujoco.mjtObj) -> tuple[int, ...]:
        names = (element.full_identifier for element in elements)
        return tuple(mujoco.mj_name2id(model, kind, name) for name in names)

    feet = [g for g in walker.ground_contact_geoms if isinstance(g, mjcf.Element)]
    eye = walker.egocentric_camera
    controls = _controls(model)
    for actuator in controls:
        if not actuator.low < actuator.high:
            raise ValueError(
                f"walker: actuator {actuator.name} has no control range, which actions "
                "are shares of. Give it a ctrlrange in the MJCF."
            )
    return WalkerNames(
        root_body=walker.root_body.full_identifier,
        end_effectors=tuple(b.full_identifier for b in walker.end_effectors),
        feet=tuple(model.geom(i).name for i in ids(feet, mujoco.mjtObj.mjOBJ_GEOM)),
        egocentric_camera=eye.full_identifier if eye is not None else None,
        actuators=controls,
        left_out=tuple(str(left) for left in getattr(walker, "left_out", ())),
    )


def _controls(model: mujoco.MjModel) -> tuple[Actuator, ...]:
    """One a control, in their order; an orientation servo has three or four."""
    named = []
    for index in range(model.nactuator):
        name, first = model.actuator(index).name, int(model.actuator_ctrladr[index])
        count = int(model.actuator_ctrlnum[index])
        for nth in range(count):
            low, high = map(float, model.actuator_ctrlrange[first + nth])
            named.append(Actuator(f"{name}.{nth}" if count > 1 else name, low, high))
    return tuple(named)
