"""Small files of kinds that people have: each is built rightly, or refused in plain words."""

import numpy as np
import pytest
from hopper import CASES, MASS, height_after, hopper, in_corridor

from vnl_core.scene.walkers.from_file import RefusedFile

STANDING = [
    "camera-missing",
    "degrees-by-default",
    "contacts-disabled",
    "headlight-in-visual",
    "own-collision-mask",
    "static-post",
    "frame-inside",
    "free-joint-by-joint",
    "pair-with-the-floor",
    "floor-in-a-body",
]


@pytest.mark.parametrize("case", STANDING)
def test_the_animal_has_the_mass_range_and_stance_of_its_file(case, monkeypatch, tmp_path):
    scene = in_corridor(monkeypatch, tmp_path, CASES / f"{case}.xml")
    model = scene.model
    mass = 11.012 if case == "frame-inside" else MASS
    facts = scene.facts()["model"]
    assert facts["walker mass (kg)"] == pytest.approx(mass, abs=1e-3)
    # What the free joint carries, not only what is called the animal, but for a bare frame.
    carried = model.body_subtreemass[model.body_rootid[scene.root_id]]
    assert carried == pytest.approx(mass, abs=2e-3)
    assert model.nq, model.nu == (9, 2)
    for knee in ("walker/knee_l", "walker/knee_r"):
        expected = np.pi / 3 if case == "degrees-by-default" else 1.0
        np.testing.assert_allclose(model.joint(knee).range, [-expected, expected], atol=1e-5)
    assert scene.data().xpos[scene.root_id, 2] == pytest.approx(0.55, abs=1e-6)
    assert height_after(scene, 2.0) == pytest.approx(0.49, abs=0.01)


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("static-post", "body post: part of the file's surroundings with 1 geom"),
        ("floor-in-a-body", "body ground: part of the file's surroundings"),
        ("pair-with-the-floor", "pair floor leg_l: refers to floor"),
        ("pair-with-the-floor", "geom floor: part of the file's surroundings"),
        ("contacts-disabled", "option flag contact disabled"),
        ("own-collision-mask", "collision mask of leg_l, leg_r, trunk"),
    ],
)
def test_what_is_left_out_is_told(case, said):
    assert said in "\n".join(map(str, hopper(CASES / f"{case}.xml").left_out))


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("second-free-body", ("ball", "second free body", "Take it out of the file")),
        ("planar-root", ("torso", "root_x, root_z, root_pitch", "<freejoint/>")),
    ],
)
def test_what_cannot_be_a_walker_is_refused_with_file_element_and_remedy(case, words):
    with pytest.raises(RefusedFile) as refused:
        hopper(CASES / f"{case}.xml")
    for word in (f"{case}.xml", *words):
        assert word in str(refused.value)


def test_a_free_joint_by_a_default_class_is_one_too(monkeypatch, tmp_path):
    text = (CASES / "free-joint-by-joint.xml").read_text()
    text = text.replace('<joint type="free" name="base"/>', '<joint class="root" name="base"/>')
    default = '<default><default class="root"><joint type="free"/></default></default><worldbody>'
    path = tmp_path / "by-class.xml"
    path.write_text(text.replace("<worldbody>", default))
    scene = in_corridor(monkeypatch, tmp_path, path)
    assert scene.model.nq == 9
    assert height_after(scene, 2.0) == pytest.approx(0.49, abs=0.01)


def test_a_headlight_of_the_file_leaves_the_arenas_looks(monkeypatch, tmp_path):
    plain = in_corridor(monkeypatch, tmp_path, CASES / "free-joint-by-joint.xml")
    (tmp_path / "other").mkdir()
    lit = in_corridor(monkeypatch, tmp_path / "other", CASES / "headlight-in-visual.xml")
    np.testing.assert_array_equal(
        lit.model.vis.headlight.ambient, plain.model.vis.headlight.ambient
    )
