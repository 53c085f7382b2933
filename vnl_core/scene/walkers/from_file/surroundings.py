"""Takes the animal out of its file's world, and away what referred to the world."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator

from vnl_core.scene.walkers.from_file.report import LeftOut, some

WORLD_SECTIONS = ("option", "size", "visual", "statistic", "keyframe")

# Attributes that name an element, and of which kind it is.
_REFERENCES = {
    **dict.fromkeys(("body", "body1", "body2", "target", "subtree1", "subtree2"), "body"),
    **dict.fromkeys(("geom", "geom1", "geom2"), "geom"),
    **dict.fromkeys(
        ("site", "site1", "site2", "cranksite", "slidersite", "refsite", "sidesite"), "site"
    ),
    **dict.fromkeys(("joint", "joint1", "joint2", "jointinparent"), "joint"),
    **dict.fromkeys(("tendon", "tendon1", "tendon2"), "tendon"),
    "camera": "camera",
    "actuator": "actuator",
}
# Sensors and tuples name the kind beside the name.
_TYPED = (("objname", "objtype"), ("refname", "reftype"))
_NAMED = ("body", "geom", "site", "joint", "camera", "light")
Name = tuple[str, str]


def leave_world(root: ET.Element, animal: ET.Element) -> list[LeftOut]:
    """Leaves in `root` the body `animal`, the world's cameras and lights, and what serves them.

    Args:
      root: MJCF without frames; changed in place.
      animal: the top-level body that stays.

    Returns:
      what went.
    """
    world = root.find("worldbody")
    assert world is not None
    gone: set[Name] = {("body", "world")}
    left = []
    for child in list(world):
        if child is animal or child.tag in ("camera", "light"):
            continue
        world.remove(child)
        gone |= set(_names(child))
        left.append(LeftOut(f"{child.tag} {child.get('name', '')}", _why(child)))
    for joint in list(animal):
        if joint.tag == "freejoint" or joint.get("type") == "free":
            animal.remove(joint)
            gone |= set(_names(joint))
            left += _free_joint(joint)
    left += _drop_references(root, gone)
    for section in WORLD_SECTIONS:
        for element in root.findall(section):
            root.remove(element)
    return left


def _why(child: ET.Element) -> str:
    inside = len(list(child.iter("geom")))
    what = f" with {inside} geom{'s' * (inside > 1)}" if child.tag == "body" and inside else ""
    return f"part of the file's surroundings{what}, not of the animal."


def _free_joint(joint: ET.Element) -> Iterator[LeftOut]:
    for name in ("damping", "armature", "frictionloss", "stiffness"):
        if any(float(value) for value in joint.get(name, "0").split()):
            yield LeftOut(
                f"{name} of joint {joint.get('name', '')}",
                "the scene's own free joint carries the animal, and has none.",
            )


def _names(element: ET.Element) -> Iterator[Name]:
    for part in element.iter():
        tag = "joint" if part.tag == "freejoint" else part.tag
        if tag in _NAMED and part.get("name"):
            yield tag, part.get("name", "")


def _drop_references(root: ET.Element, gone: set[Name]) -> list[LeftOut]:
    """Removes what refers to what is `gone`, and what refers to that, until nothing does."""
    left = []
    changed = True
    while changed:
        changed = False
        for parent, element in _referring(root):
            lost = sorted(name for kind, name in _references(element) if (kind, name) in gone)
            if not lost and not _pins_to_world(parent, element):
                continue
            parent.remove(element)
            kind = {"tendon": "tendon", "actuator": "actuator"}.get(parent.tag, element.tag)
            gone.add((kind, element.get("name", "")))
            why = f"refers to {some(lost)}, which is left out." if lost else "ties it to the world."
            left.append(LeftOut(_title(parent, element), why))
            changed = True
    return left


def _title(parent: ET.Element, element: ET.Element) -> str:
    if parent.tag in ("contact", "sensor") or element.tag in ("camera", "light"):
        kind = element.tag if parent.tag != "sensor" else f"sensor {element.tag}"
    else:
        kind = {"custom": element.tag}.get(parent.tag, parent.tag)
    name = element.get("name") or " ".join(sorted({n for _, n in _references(element)}))
    return f"{kind} {name}"


def _referring(root: ET.Element) -> list[tuple[ET.Element, ET.Element]]:
    """Everything that may refer to something else, with its parent."""
    sections = ("contact", "tendon", "equality", "actuator", "sensor", "custom")
    parents = [s for section in sections for s in root.findall(section)]
    found = [(parent, child) for parent in parents for child in parent]
    world = root.find("worldbody")
    assert world is not None
    for body in world.iter():
        found += [(body, child) for child in body if child.tag in ("camera", "light")]
    return found


def _references(element: ET.Element) -> set[Name]:
    found: set[Name] = set()
    for part in element.iter():
        for name, kind in _REFERENCES.items():
            if name in part.attrib:
                found.add((kind, part.attrib[name]))
        for name, kind in _TYPED:
            if name in part.attrib:
                found.add((part.get(kind, "body").replace("xbody", "body"), part.attrib[name]))
    return found


def _pins_to_world(parent: ET.Element, element: ET.Element) -> bool:
    """Whether it is an equality of one body with the world, which MJCF tells by silence."""
    return (
        parent.tag == "equality"
        and element.tag in ("connect", "weld")
        and "body1" in element.attrib
        and "body2" not in element.attrib
    )
