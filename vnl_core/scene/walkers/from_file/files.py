"""The meshes and pictures of a file, by names that no other file has."""

import xml.etree.ElementTree as ET
from pathlib import Path

import mujoco

from vnl_core.scene.walkers.from_file.report import RefusedFile

_FILES = ("file", "fileright", "fileleft", "fileup", "filedown", "filefront", "fileback")


def take_files(root: ET.Element, spec: mujoco.MjSpec, path: Path) -> dict[str, bytes]:
    """Reads what `root` names, and names it anew: {name: contents}, without folders.

    Args:
      root: the MJCF that MuJoCo wrote of `spec`; changed in place.
      spec: what was read from `path`.
      path: the file; folders are beside it.

    Raises:
      RefusedFile: a file cannot be read.
    """
    folders = _folders(spec, path)
    contents: dict[str, bytes] = {}
    assets = [element for section in root.findall("asset") for element in section]
    for element in [*assets, *root.iter("skin")]:
        for attribute in _FILES:
            if not (named := element.get(attribute)):
                continue
            found = next((f / named for f in folders if (f / named).is_file()), None)
            if found is None:
                raise RefusedFile(
                    path,
                    f"{element.tag} {element.get('name', '')} names the file {named!r}, "
                    "which is not there.",
                    "Put it where the file says.",
                )
            if not element.get("name"):
                element.set("name", Path(named).stem)
            name = f"{len(contents)}_{found.name}"
            element.set(attribute, name)
            contents[name] = found.read_bytes()
    return contents


def _folders(spec: mujoco.MjSpec, path: Path) -> list[Path]:
    """Where files may lie: the folders that the file, and those attached to it, name."""
    named = {spec.compiler.meshdir, spec.compiler.texturedir}
    for element in [*spec.meshes, *spec.textures, *spec.hfields, *spec.skins]:
        named |= {element.compiler.meshdir, element.compiler.texturedir}
    here = path.parent
    return [*(here / name for name in sorted(filter(None, named))), here]
