"""A dm_control walker from any MJCF file that MuJoCo reads."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import mujoco
import numpy as np
from dm_control import composer, mjcf
from dm_control.composer.observation import observable
from dm_control.locomotion.walkers import base, legacy_base
from dm_env import specs

from vnl_core.scene.walkers.from_file import FileOptions, LeftOut, read_animal


class MjcfWalker(legacy_base.Walker):
    """The animal of an MJCF file, without the floor, free joint and options it came with.

    Mass, inertias, joints and limits are those that MuJoCo compiles from the file. Lights and
    cameras outside the animal come along.
    """

    def _build(  # type: ignore[override]
        self,
        path: Path | str,
        root_body: str,
        end_effectors: Sequence[str],
        feet: Sequence[str],
        egocentric_camera: str | None = None,
        position: tuple[float, float, float] = (0.0, 0.0, 0.0),
        quaternion: tuple[float, float, float, float] = (1.0, 0.0, 0.0, 0.0),
        name: str = "walker",
        keyframe: str | None = None,
    ):
        """Reads the file.

        Args:
          path: the MJCF file; its meshes and textures lie where it says.
          root_body: the body whose height tells whether it is well: torso, pelvis.
          end_effectors: bodies whose positions are observed, and which fall first.
          feet: geoms that are meant to touch the ground.
          egocentric_camera: the camera that sees what the animal sees, if it has one.
          position: of the upright pose, (x, y, z) in metres, beyond the file's own.
          quaternion: of the upright pose, (w, x, y, z).
          name: prefix of its names in a scene.
          keyframe: the keyframe of the file to start from; None to start at joints of zero.

        Raises:
          ValueError: the file has no such body, geom, camera or keyframe, or cannot be a
            walker (`RefusedFile`).
        """
        super()._build()
        self._path = path
        self._animal = read_animal(Path(path), root_body, feet)
        self._mjcf_root = mjcf.from_xml_string(self._animal.xml, assets=self._animal.assets)
        self._mjcf_root.model = name
        self._root_body = self._element("body", root_body)
        if not end_effectors:
            raise ValueError(
                f"walker: {path} has no end effectors named. Name one body at least, whose fall "
                "into a gap ends an episode."
            )
        self._end_effectors = tuple(self._element("body", body) for body in end_effectors)
        self._feet = tuple(self._element("geom", geom) for geom in feet)
        self._camera = self._element("camera", egocentric_camera) if egocentric_camera else None
        self._upright = self._upright_from(keyframe, position, quaternion)

    def _element(self, kind: str, name: str) -> mjcf.Element:
        found = self._mjcf_root.find(kind, name.replace("/", "_"))
        if found is None:
            there = ", ".join(e.name for e in self._mjcf_root.find_all(kind) if e.name)
            raise ValueError(
                f"walker: {self._path} has no {kind} {name!r}. Use one of {there or 'none'}."
            )
        return found

    def _upright_from(
        self, keyframe: str | None, position: Sequence[float], quaternion: Sequence[float]
    ) -> base.WalkerPose:
        if keyframe is None:
            return base.WalkerPose(xpos=position, xquat=quaternion)
        poses = self._animal.poses
        if keyframe not in poses:
            raise ValueError(
                f"walker: {self._path} has no keyframe {keyframe!r}. "
                f"Use one of {', '.join(poses) or 'none'}."
            )
        pose = poses[keyframe]
        joints = self._mjcf_root.find_all("joint")
        turned = np.zeros(4)
        mujoco.mju_mulQuat(turned, np.asarray(quaternion, float), pose.quaternion)
        return base.WalkerPose(
            qpos=np.concatenate([pose.joints[joint.name] for joint in joints]),
            xpos=np.add(position, pose.position),
            xquat=turned,
        )

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """What the file has and the walker has not."""
        return self._animal.left_out

    @property
    def file_options(self) -> FileOptions:
        """Integrator and damping of the file, which a SceneConfig may take up."""
        return self._animal.options

    @property
    def keyframes(self) -> tuple[str, ...]:
        """Names of the file's keyframes, one of which may be the start pose."""
        return tuple(self._animal.poses)

    @property
    def mjcf_model(self):
        return self._mjcf_root

    @property
    def upright_pose(self):
        return self._upright

    @composer.cached_property
    def actuators(self):
        return self._mjcf_root.find_all("actuator")

    @property
    def action_spec(self) -> specs.BoundedArray:
        """One action a control: an orientation servo has three or four of them."""
        low, high = self._animal.controls.T
        names = "\t".join(actuator.name for actuator in self.actuators)
        return specs.BoundedArray(low.shape, float, low, high, name=names)

    def apply_action(self, physics: Any, action: np.ndarray, random_state: Any) -> None:
        """Sets the controls to `action`, (nu,), in the order of the actuators."""
        first = physics.bind(self.actuators[0]).element_id
        start = physics.model.ptr.actuator_ctrladr[first]
        physics.data.ctrl[start : start + len(action)] = action

    @property
    def root_body(self):
        return self._root_body

    @property
    def end_effectors(self):
        return self._end_effectors

    @property
    def ground_contact_geoms(self):
        return self._feet

    @property
    def egocentric_camera(self):
        return self._camera

    @composer.cached_property
    def observable_joints(self):
        return self._mjcf_root.find_all("joint")

    def _build_observables(self) -> legacy_base.WalkerObservables:
        if self._camera is None:
            return _BlindObservables(self)
        return super()._build_observables()


class _BlindObservables(legacy_base.WalkerObservables):
    """dm_control's, without the picture of a camera that is not there."""

    @composer.observable
    def egocentric_camera(self):
        """An empty array: dm_control's tasks switch a picture on, whether there is a camera."""
        return observable.Generic(lambda physics: np.empty(0))
