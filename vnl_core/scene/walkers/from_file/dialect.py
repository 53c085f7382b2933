"""Where dm_control's reader of MJCF knows less than MuJoCo, or forbids what MuJoCo allows."""

import xml.etree.ElementTree as ET

from dm_control.mjcf import schema

from vnl_core.scene.walkers.from_file.report import LeftOut, RefusedFile, some

# Sections whose elements change what is seen or measured, never the motion.
_HARMLESS = ("sensor", "asset", "custom", "light", "camera", "visual")


def leave_unknown(root: ET.Element, file: object) -> list[LeftOut]:
    """Removes sensors and looks that dm_control does not know.

    Raises:
      RefusedFile: it does not know something that moves the animal.
    """
    left: list[LeftOut] = []
    for section in list(root):
        known = schema.MUJOCO.children.get(section.tag)
        if known is None:
            raise RefusedFile(
                file, f"dm_control knows no section <{section.tag}>.", "Take it out of the file."
            )
        _check(section, known, section.tag in _HARMLESS, file, left)
    return left


def _check(
    parent: ET.Element,
    known: schema.ElementSpec,
    harmless: bool,
    file: object,
    left: list[LeftOut],
) -> None:
    for child in list(parent):
        spec = known.children.get(child.tag)
        if spec is None and parent.tag == "default" == child.tag:
            spec = known
        inert = harmless or child.tag in _HARMLESS
        unknown = sorted(set(child.attrib) - set(spec.attributes)) if spec else []
        if spec is not None and not unknown:
            _check(child, spec, inert, file, left)
            continue
        what = f"{child.tag} {child.get('name', '')}".strip()
        lacks = f"its {some(unknown)}" if unknown else "it"
        if not inert:
            raise RefusedFile(
                file,
                f"dm_control, which binds the walker, does not know {lacks} of {what}.",
                "Write it otherwise.",
            )
        left.append(LeftOut(what, f"dm_control does not know {lacks}."))
        if spec is None:
            parent.remove(child)
            continue
        for name in unknown:
            del child.attrib[name]
        _check(child, spec, inert, file, left)


def replace_slashes(root: ET.Element) -> list[LeftOut]:
    """Names with "/", which dm_control keeps for its own prefixes, with "_" instead."""
    named = {
        element.get(key, "")
        for element in root.iter()
        for key in ("name", "class")
        if "/" in element.get(key, "")
    }
    for element in root.iter():
        for key, value in element.attrib.items():
            if value in named and not key.startswith("file"):
                element.set(key, value.replace("/", "_"))
    return [LeftOut(f"“/” in {some(sorted(named))}", "written “_”.")] if named else []
