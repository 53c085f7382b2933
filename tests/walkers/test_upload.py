"""An upload gives its own files and nothing else; kept, it is a walker in every process."""

import io
import os
import shutil
import stat
import subprocess
import sys
import zipfile

import pytest
from hopper import CASES, MASS

from vnl_core.scene import build
from vnl_core.scene.walkers import facts, find_walker, kept, known_walkers
from vnl_core.scene.walkers.guess import guess
from vnl_core.scene.walkers.kept import Record
from vnl_core.scene.walkers.suggest import suggest
from vnl_core.scene.walkers.upload import unpack

PLAIN = (CASES / "free-joint-by-joint.xml").read_text()


def zipped(files: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def with_line(line: str) -> str:
    return PLAIN.replace("<worldbody>", f"{line}<worldbody>")


@pytest.fixture(autouse=True)
def runs_dir(tmp_path, monkeypatch):
    monkeypatch.setenv("VNL_RUNS_DIR", str(tmp_path / "runs"))
    return tmp_path / "runs"


@pytest.mark.parametrize(
    "line",
    [
        '<include file="/etc/passwd"/>',
        '<include file="../secret.xml"/>',
        '<include file="notes.txt"/>',
        '<asset><mesh name="m" file="/etc/passwd"/></asset>',
        '<asset><mesh name="m" file="parts/../../secret.obj"/></asset>',
        '<asset><texture name="t" type="cube" fileright="/etc/passwd"/></asset>',
        '<asset><model name="m" file="/secret.xml"/></asset>',
        '<asset><hfield name="h" file="C:/secret.png"/></asset>',
        '<compiler meshdir="/etc"/>',
        '<compiler assetdir=".."/>',
    ],
)
@pytest.mark.parametrize("nested", [False, True])
def test_a_file_that_names_others_outside_its_folder_is_refused(tmp_path, line, nested):
    files = {"a/animal.xml": with_line(line)}
    if nested:
        inner = f"<mujoco>{line}</mujoco>"
        files = {"a/animal.xml": with_line('<include file="i.xml"/>'), "a/i.xml": inner}
    with pytest.raises(ValueError, match=r"names a file outside|Only \.xml files are included"):
        unpack("animal.zip", zipped(files), tmp_path / "new")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("name", ["/animal.xml", "../animal.xml", "a/../../b.xml", "a\\b.xml"])
def test_a_zip_that_leads_out_of_its_folder_is_refused(tmp_path, name):
    with pytest.raises(ValueError, match="leads out of the zip"):
        unpack("animal.zip", zipped({name: PLAIN}), tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_links_document_types_and_other_encodings_are_refused(tmp_path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        link = zipfile.ZipInfo("animal.xml")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    entity = '<!DOCTYPE mujoco [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + PLAIN
    recoded = '<?xml version="1.0" encoding="UTF-7"?>' + PLAIN
    for name, content, said in (
        ("a.zip", buffer.getvalue(), "is a link"),
        ("a.xml", entity.encode(), "document type"),
        ("a.xml", recoded.encode(), "encoding"),
        ("a.xml", PLAIN.encode("utf-16"), "UTF-8"),
        ("a.zip", b"PK no zip", "is no zip file"),
        (
            "a.xml",
            with_line("<asset/><default/>")
            .replace(
                '<geom name="trunk"',
                '<replicate count="99999999"><site/></replicate><geom name="trunk"',
            )
            .encode(),
            "repeats its elements",
        ),
        ("a.zip", zipped({"readme.md": "hello"}), "has no XML file"),
        ("a.xml", b"<mujoco>", "not well-formed"),
    ):
        with pytest.raises(ValueError, match=said):
            unpack(name, content, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_the_animal_is_the_file_that_no_other_includes(tmp_path):
    files = {
        "robot/a_part.xml": '<mujoco><asset><texture name="t" type="2d" builtin="flat" width="9" '
        'height="9"/></asset></mujoco>',
        "robot/animal.xml": with_line('<include file="a_part.xml"/>'),
    }
    (head,) = unpack("robot.zip", zipped(files), tmp_path / "new")
    assert head == tmp_path / "new" / "robot" / "animal.xml"
    parts, choices = guess(head)
    assert parts.root_body == "torso"
    assert parts.end_effectors == ("shank_l", "shank_r")
    assert parts.feet == ("leg_l", "leg_r")
    assert parts.egocentric_camera == "eye"
    assert choices.bodies == ("torso", "shank_l", "shank_r")


def test_a_kept_walker_is_known_here_and_in_a_process_of_its_own(runs_dir):
    content = PLAIN.encode()
    upload = kept.incoming(content)
    (file,) = unpack("animal.xml", content, upload / "files")
    parts, choices = guess(file)
    options = {"integrator": "implicitfast", "eulerdamp": True}
    record = Record(
        title="My hopper",
        description="Small.",
        file=f"files/{file.name}",
        **vars(parts),
        defaults=suggest("hopper2", 0.55, choices.timestep, options),
    )
    preview = kept.stage(upload, record)
    assert preview not in known_walkers()
    assert build(find_walker(preview).defaults.scene).walker.feet == (
        "walker/leg_l",
        "walker/leg_r",
    )
    kept.keep(upload, record, "hopper2")
    walker = known_walkers()["hopper2"]
    assert facts(walker)["mass (kg)"] == pytest.approx(MASS, abs=2e-3)
    scene = build(walker.defaults.scene)
    assert scene.config.integrator == "implicitfast"
    assert scene.layout.gaps
    with pytest.raises(ValueError, match="'hopper2' already"):
        kept.keep(upload, record, "hopper2")
    done = subprocess.run(
        [sys.executable, "-m", "vnl_core", "walkers", "hopper2"],
        env={**os.environ, "VNL_RUNS_DIR": str(runs_dir)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "2 actuators" in done.stdout
    (runs_dir / "walkers" / "hopper2" / "walker.json").write_text("{")
    assert "hopper2" not in known_walkers()


def test_what_cannot_be_unpacked_or_kept_leaves_nothing(tmp_path, runs_dir):
    both = zipped({"animal.xml": PLAIN, "part": "a file", "part/of.xml": PLAIN})
    with pytest.raises(OSError, match="part"):
        unpack("animal.zip", both, tmp_path / "new")
    assert not any(path.name.endswith(".xml") for path in tmp_path.rglob("*"))

    upload = kept.incoming(b"")
    (file,) = unpack("animal.xml", PLAIN.encode(), upload / "files")
    record = Record(
        title="",
        description="",
        file=f"files/{file.name}",
        **vars(guess(file)[0]),
        defaults=suggest("hopper2", 0.55, 0.005, {}),
    )
    (upload / "files" / "gone.stl").symlink_to("nowhere")
    with pytest.raises(shutil.Error):
        kept.keep(upload, record, "hopper2")
    assert [path.name for path in kept.folder().iterdir()] == [".incoming"]


def test_a_walker_that_is_being_kept_is_none_yet():
    (kept.folder() / ".hopper2-0123").mkdir(parents=True)
    (kept.folder() / ".hopper2-0123" / "walker.json").write_text("{}")
    assert kept.records() == []


def test_elements_nested_without_end_are_refused(tmp_path):
    deep = "<body>" * 50_000 + "</body>" * 50_000
    with pytest.raises(ValueError, match="more than 200 deep"):
        unpack("a.xml", f"<mujoco><worldbody>{deep}</worldbody></mujoco>".encode(), tmp_path / "a")
