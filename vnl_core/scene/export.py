"""A scene as files for other programs: MJCF with its assets, or a compiled MJB."""

import io
import tempfile
import zipfile
from pathlib import Path

import mujoco

from vnl_core.scene.build import Scene


def mjcf_zip(scene: Scene) -> bytes:
    """A zip of scene.xml, the files it names and config.json; unpacks into a loadable model."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("scene.xml", scene.xml)
        archive.writestr("config.json", scene.config.to_json())
        for name, content in scene.assets.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def mjb(scene: Scene) -> bytes:
    """The compiled model in MuJoCo's binary format, for the same MuJoCo version."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scene.mjb"
        # Compiled anew: the scene's own model has no keyframe.
        mujoco.mj_saveModel(mujoco.MjModel.from_xml_string(scene.xml, scene.assets), str(path))
        return path.read_bytes()
