"""Takes in a stranger's MJCF, as XML or as a zip, so that it names nothing but its own files."""

import io
import math
import re
import stat
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path, PurePath, PurePosixPath

from vnl_core.aside import make_folder

MAX_BYTES, MAX_FILES = 200_000_000, 2_000  # of a zip's content
MAX_UPLOAD = 64  # MB, of the zip itself
MAX_DEPTH = 200  # elements within elements
MAX_ELEMENTS = 100_000  # with all copies: <replicate> makes millions with a few characters
# MuJoCo knows no document types, and reads UTF-8 whatever the file declares.
_FOREIGN = re.compile(
    r"<!(?:DOCTYPE|ENTITY)|^<\?xml[^>]*encoding=(?![\"'](?:utf-8|us-ascii)[\"'])", re.I
)
_INCLUDES = ("include", "model")


def unpack(name: str, content: bytes, folder: Path) -> list[Path]:
    """Writes an upload into `folder`, new, and gives the XML files that may be the animal.

    Args:
      name: of the file that was uploaded, .xml or .zip.
      content: its bytes.
      folder: where its files go, whole or not at all.

    Returns:
      XML files that no other of them includes, shortest path first.

    Raises:
      ValueError: it is no such file, too large, or reaches outside its own folder.
    """
    if Path(name).suffix.lower() == ".zip":
        files = _members(name, content)
    else:
        files = {PurePosixPath("walker.xml"): content}
    texts = {path: _text(path, data) for path, data in files.items() if _is_xml(path)}
    if not texts:
        raise ValueError(f"{name} has no XML file in it. Zip the MJCF file with its meshes.")
    for path, text in texts.items():
        _check_references(path, text)

    def fill(aside: Path) -> None:
        for path, data in files.items():
            target = aside / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)

    make_folder(folder, fill)  # two visitors may bring one file: the first one's stays
    return heads(folder)


def heads(folder: Path) -> list[Path]:
    """The XML files in an unpacked `folder` that no other of them includes, shortest path first."""
    found = [path for path in folder.rglob("*") if _is_xml(path.relative_to(folder))]
    included: set[str] = set()
    for path in found:
        inside = PurePosixPath(path.relative_to(folder))
        included |= _check_references(inside, _text(inside, path.read_bytes()))
    found.sort(key=lambda path: (len(path.parts), str(path)))
    return [path for path in found if path.name not in included] or found


def _is_xml(path: PurePath) -> bool:
    return path.suffix.lower() == ".xml"


def _members(name: str, content: bytes) -> dict[PurePosixPath, bytes]:
    """The files of a zip, by their path in it."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except zipfile.BadZipFile:
        raise ValueError(f"{name} is no zip file. Zip the MJCF file with its meshes.") from None
    members = [info for info in archive.infolist() if not info.is_dir()]
    if len(members) > MAX_FILES or sum(info.file_size for info in members) > MAX_BYTES:
        raise ValueError(
            f"{name} holds more than {MAX_FILES} files or {MAX_BYTES // 1_000_000} MB. "
            "Leave out what the animal does not need."
        )
    files: dict[PurePosixPath, bytes] = {}
    for info in members:
        if stat.S_ISLNK(info.external_attr >> 16):
            raise ValueError(f"{name}: {info.filename} is a link. Put the file itself in.")
        if not _stays_inside(info.filename):
            raise ValueError(f"{name}: {info.filename} leads out of the zip. Zip one folder.")
        try:
            with archive.open(info) as file:
                files[PurePosixPath(info.filename)] = file.read(info.file_size + 1)
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError) as error:
            raise ValueError(f"{name}: {info.filename} cannot be unpacked ({error}).") from error
    return files


def _stays_inside(name: str) -> bool:
    path = PurePosixPath(name)
    odd = "\\" in name or ":" in name or "\0" in name
    return bool(name) and not odd and not path.is_absolute() and ".." not in path.parts


def _text(path: PurePosixPath, data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not UTF-8 text. Save it as UTF-8.") from None
    if _FOREIGN.search(text):
        raise ValueError(f"{path} has a document type or another encoding. Take it out.")
    return text


def _expanded(element: ET.Element, depth: int = 0) -> int:
    """How many elements `element` becomes, with all its copies."""
    if depth > MAX_DEPTH:
        raise ValueError(f"Elements lie within each other more than {MAX_DEPTH} deep.")
    counts = [int(n) for n in element.get("count", "1").split() if n.isdigit()]
    return math.prod(counts) * (1 + sum(_expanded(child, depth + 1) for child in element))


def _check_references(path: PurePosixPath, text: str) -> set[str]:
    """The names of the files that this one includes; ValueError where one lies elsewhere."""
    try:
        root = ET.fromstring(text)
    except ET.ParseError as error:
        raise ValueError(f"{path} is not well-formed XML: {error}. Mend it there.") from error
    included = set()
    if _expanded(root) > MAX_ELEMENTS:
        raise ValueError(
            f"{path} repeats its elements to more than {MAX_ELEMENTS}. Lower its counts."
        )
    for element in root.iter():
        for key, value in element.attrib.items():
            if not (key.startswith("file") or key.endswith("dir")) or not value:
                continue
            if not _stays_inside(value):
                raise ValueError(
                    f'{path}: <{element.tag} {key}="{value}"> names a file outside its folder. '
                    "Put the file into the zip, and name it from there."
                )
            if element.tag in _INCLUDES and key == "file":
                if not _is_xml(PurePosixPath(value)):
                    raise ValueError(
                        f"{path}: <{element.tag}> names {value!r}. Only .xml files are included."
                    )
                included.add(PurePosixPath(value).name)
    return included
