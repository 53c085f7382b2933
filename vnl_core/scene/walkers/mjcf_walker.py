"""A dm_control walker from any MJCF file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dm_control import composer, mjcf
from dm_control.locomotion.walkers import base, legacy_base

# What a file says of the world it stands in; the arena and the SceneConfig say it here.
_WORLD = ("option", "size", "statistic", "visual")


class MjcfWalker(legacy_base.Walker):
    """The animal of an MJCF file, without the floor, free joint and options it came with.

    The file must be readable by dm_control: angles in radians (`<compiler angle="radian"/>`),
    no `include`. Lights and cameras outside the animal come along.
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

        Raises:
          ValueError: the file has no such body, geom or camera.
        """
        super()._build()
        self._path = path
        self._mjcf_root = mjcf.from_path(str(path))
        self._mjcf_root.model = name
        self._leave_the_world()
        self._root_body = self._element("body", root_body)
        self._end_effectors = tuple(self._element("body", body) for body in end_effectors)
        self._feet = tuple(self._element("geom", geom) for geom in feet)
        self._camera = egocentric_camera and self._element("camera", egocentric_camera)
        self._upright = base.WalkerPose(xpos=position, xquat=quaternion)

    def _leave_the_world(self) -> None:
        root = self._mjcf_root
        for section in _WORLD:
            for attribute in list(getattr(root, section).get_attributes()):
                delattr(getattr(root, section), attribute)
        for key in root.find_all("key"):  # it has not the poses of what is around
            key.remove()
        worldbody: Any = root.worldbody
        for geom in list(worldbody.geom):  # its floor
            geom.remove()
        for joint in root.find_all("joint"):
            if joint.tag == "freejoint" or joint.type == "free":
                joint.remove()

    def _element(self, kind: str, name: str) -> mjcf.Element:
        found = self._mjcf_root.find(kind, name)
        if found is None:
            there = ", ".join(e.name for e in self._mjcf_root.find_all(kind) if e.name)
            raise ValueError(
                f"walker: {self._path} has no {kind} {name!r}. Use one of {there or 'none'}."
            )
        return found

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
