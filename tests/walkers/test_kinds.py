"""What MJCF can say and dm_control's reader cannot: a walker is what MuJoCo makes of it."""

import mujoco
import numpy as np
import pytest
from hopper import CASES, MASS, height_after, hopper, in_corridor
from hypothesis import given, settings
from hypothesis import strategies as st

from vnl_core.config import TaskConfig
from vnl_core.scene.task import composer_environment
from vnl_core.scene.walkers import MjcfWalker
from vnl_core.scene.walkers.from_file import RefusedFile
from vnl_core.scene.walkers.guess import guess

PLAIN = (CASES / "free-joint-by-joint.xml").read_text()


def write(folder, *replacements, name="animal.xml", extra=""):
    """The plain animal with `replacements` (old, new) and `extra` sections, as a file."""
    text = PLAIN
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    path = folder / name
    path.write_text(text.replace("</mujoco>", extra + "</mujoco>"))
    return path


def alone(walker: MjcfWalker) -> mujoco.MjModel:
    """The walker's own model, fixed to the world."""
    root = walker.mjcf_model
    return mujoco.MjModel.from_xml_string(root.to_xml_string(), root.get_assets())


def check_same_body(path, walker) -> None:
    """Every body, joint and actuator of the walker is that of the file by plain MuJoCo."""
    theirs, ours = mujoco.MjModel.from_xml_path(str(path)), alone(walker)
    for index in range(1, ours.nbody):
        known = theirs.body(ours.body(index).name)
        for field in ("mass", "inertia", "ipos", "pos"):
            np.testing.assert_allclose(
                getattr(ours.body(index), field), getattr(known, field), rtol=1e-5, atol=1e-6
            )
    for index in range(ours.njnt):
        known = theirs.joint(ours.joint(index).name)
        for field in ("range", "axis", "pos", "stiffness", "damping", "armature", "type"):
            np.testing.assert_allclose(
                getattr(ours.joint(index), field), getattr(known, field), rtol=1e-4, atol=1e-6
            )
    for field in ("actuator_gainprm", "actuator_biasprm", "actuator_ctrlrange", "actuator_gear"):
        np.testing.assert_allclose(getattr(ours, field), getattr(theirs, field), rtol=1e-4)
    assert ours.nu == theirs.nu > 0


@pytest.mark.parametrize(
    "compiler",
    [
        'settotalmass="4"',
        'boundmass="3"',
        'boundinertia="0.2"',
        'balanceinertia="true"',
        'inertiafromgeom="true"',
        'inertiagrouprange="0 0"',
        'autolimits="true"',
        'fusestatic="true"',
        'discardvisual="true"',
        'alignfree="true"',
        'eulerseq="zyx"',
        'angle="degree"',
    ],
)
def test_what_the_compiler_is_asked_for_is_computed_once(tmp_path, compiler):
    nose = '<body name="nose" pos=".2 0 0" euler=".1 .2 .3"><geom size=".03" mass=".1"/></body>'
    path = write(
        tmp_path,
        ('<compiler angle="radian"/>', f"<compiler {compiler}/>"),
        ('<body name="shank_l"', f'{nose}<body name="shank_l"'),
    )
    walker = hopper(path)
    ours, theirs = alone(walker), mujoco.MjModel.from_xml_path(str(path))
    assert ours.body_subtreemass[0] == pytest.approx(theirs.body_subtreemass[0], rel=1e-5)
    np.testing.assert_allclose(ours.jnt_range, theirs.jnt_range[1:], atol=1e-6)
    if "fusestatic" not in compiler and "alignfree" not in compiler:
        check_same_body(path, walker)


@settings(max_examples=10, deadline=None)
@given(
    st.tuples(*[st.integers(-30, 30).map(lambda n: n / 100)] * 3),
    st.tuples(*[st.integers(-90, 90)] * 3),
    st.booleans(),
)
def test_frames_in_frames_put_bodies_and_hinges_where_mujoco_does(tmp_path_factory, pos, euler, by):
    inner = '<joint name="hip" axis="1 0 0" range="-.5 .5"/>'
    moved = f'<frame pos="{" ".join(map(str, pos))}" euler="{" ".join(map(str, euler))}">'
    hinges = (
        f'{moved}<joint name="first" axis="0 0 1"/></frame>{inner}'
        if by
        else f"{inner}{moved}<frame euler='0 20 0'><joint name='first' axis='0 0 1'/></frame>"
        "</frame>"
    )
    tail = (
        f'{moved}<body name="tail">{hinges}<geom name="tail" type="capsule" size=".02"'
        ' fromto="0 0 0 0 .1 0"/><site name="tip" pos="0 .1 0"/></body></frame>'
    )
    path = write(
        tmp_path_factory.mktemp("frames"),
        ('<compiler angle="radian"/>', ""),
        ("-1 1", "-50 50"),
        ('<body name="shank_l"', f'{tail}<body name="shank_l"'),
    )
    walker = hopper(path)
    check_same_body(path, walker)
    theirs, ours = mujoco.MjModel.from_xml_path(str(path)), alone(walker)
    a, b = mujoco.MjData(theirs), mujoco.MjData(ours)
    for index in range(ours.njnt):  # bent, to tell the order of the hinges
        name = ours.joint(index).name
        a.qpos[theirs.jnt_qposadr[theirs.joint(name).id]] = b.qpos[index] = 0.3 + 0.1 * index
    mujoco.mj_kinematics(theirs, a)
    mujoco.mj_kinematics(ours, b)
    apart = a.site("tip").xpos - a.body("torso").xpos
    np.testing.assert_allclose(apart, b.site("tip").xpos - b.body("torso").xpos, atol=1e-4)


def test_replicate_include_and_attach_are_expanded(tmp_path):
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "more.xml").write_text(
        '<mujoco><include file="parts/inner.xml"/></mujoco>'
    )
    (tmp_path / "parts" / "inner.xml").write_text(
        '<mujoco><default><default class="heavy"><geom density="2000"/></default></default>'
        "</mujoco>"
    )
    (tmp_path / "horn.xml").write_text(
        '<mujoco model="horn"><worldbody><body name="horn"><geom size=".02"/></body></worldbody>'
        "</mujoco>"
    )
    path = write(
        tmp_path,
        (
            "<worldbody>",
            '<include file="parts/more.xml"/><asset><model name="horn" file="horn.xml"/></asset>'
            "<worldbody>",
        ),
        (
            '<body name="shank_l"',
            '<replicate count="3" offset=".05 0 0"><geom class="heavy" size=".01"/></replicate>'
            '<attach model="horn" body="horn" prefix="a/"/><body name="shank_l"',
        ),
    )
    walker = hopper(path)
    theirs, ours = mujoco.MjModel.from_xml_path(str(path)), alone(walker)
    assert ours.ngeom == theirs.ngeom == 7
    assert ours.body("a_horn").mass == pytest.approx(theirs.body("a/horn").mass, rel=1e-5)
    assert ours.body_subtreemass[0] == pytest.approx(theirs.body_subtreemass[0], rel=1e-5)
    assert any("a/horn" in str(left) for left in walker.left_out)


def test_meshes_are_found_where_the_compiler_says(tmp_path):
    (tmp_path / "meshes").mkdir()
    (tmp_path / "meshes" / "rock.obj").write_text(
        "v 0 0 0\nv .1 0 0\nv 0 .2 0\nv 0 0 .1\nf 1 3 2\nf 1 2 4\nf 1 4 3\nf 2 3 4\n"
    )
    path = write(
        tmp_path,
        ('<compiler angle="radian"/>', '<compiler angle="radian" meshdir="meshes"/>'),
        ("<worldbody>", '<asset><mesh file="rock.obj"/></asset><worldbody>'),
        (
            '<body name="shank_l"',
            '<frame pos="0 0 .1"><geom name="rock" type="mesh" mesh="rock" pos=".1 0 0"/></frame>'
            '<body name="shank_l"',
        ),
    )
    walker = hopper(path)
    check_same_body(path, walker)
    theirs, ours = mujoco.MjModel.from_xml_path(str(path)), alone(walker)
    np.testing.assert_allclose(ours.geom("rock").pos, theirs.geom("rock").pos, atol=1e-6)


def test_what_ties_the_animal_to_the_world_goes_with_the_world_and_is_told(tmp_path):
    extra = """
      <contact><exclude body1="world" body2="shank_l"/><exclude body1="shank_l" body2="shank_r"/>
      </contact>
      <tendon><spatial name="rope"><site site="hook"/><site site="back"/></spatial></tendon>
      <equality><connect body1="torso" anchor="0 0 0"/><weld body1="torso" body2="post"/>
      <joint joint1="knee_l" joint2="knee_r"/></equality>
      <sensor><tendonpos name="pull" tendon="rope"/><framepos objtype="site" objname="hook"/>
      <jointpos name="bend" joint="knee_l"/></sensor>
      <keyframe><key name="start" time="1"/></keyframe>
    """
    path = write(
        tmp_path,
        (
            "<worldbody>",
            '<worldbody><site name="hook" pos="0 0 2"/><body name="post" pos="1 0 0">'
            '<geom size=".1"/></body><body name="goal" mocap="true"><geom size=".1"/></body>'
            '<camera name="aimed" mode="targetbody" target="post" pos="0 0 1"/>'
            '<camera name="far" mode="targetbody" target="torso" pos="0 -2 1"/>',
        ),
        ('<body name="shank_l"', '<site name="back"/><body name="shank_l"'),
        ("</actuator>", '<motor name="winch" tendon="rope" ctrlrange="0 1"/></actuator>'),
        extra=extra,
    )
    walker = hopper(path)
    told = "\n".join(map(str, walker.left_out))
    for what in (
        "site hook", "body post", "body goal", "camera aimed", "tendon rope", "actuator winch",
        "sensor tendonpos pull", "exclude shank_l world", "equality torso: ties it to the world",
    ):  # fmt: skip
        assert what in told, told
    ours = alone(walker)
    assert (ours.neq, ours.ntendon, ours.nexclude) == (1, 0, 1)
    # dm_control adds sensors of its own, and leaves their names empty or prefixed.
    sensors = {ours.sensor(i).name for i in range(ours.nsensor)}
    assert "bend" in sensors
    assert "pull" not in sensors
    assert [ours.camera(i).name for i in range(ours.ncam)] == ["far", "eye"]


def test_a_collision_mask_of_ones_own_keeps_what_the_animal_touches_of_itself(tmp_path):
    """Legs that met the file's floor meet the corridor; the trunk, which did not, does not."""
    path = write(
        tmp_path,
        ("<worldbody>", '<worldbody><geom type="plane" size="1 1 1" contype="4" conaffinity="4"/>'),
        ('size=".04"', 'size=".04" contype="2" conaffinity="4"'),
        ('size=".06"', 'size=".06" contype="2" conaffinity="2"'),
    )
    ours = alone(hopper(path))
    legs, trunk = (ours.geom(n) for n in ("leg_l", "trunk"))
    assert (int(legs.contype[0]), int(legs.conaffinity[0])) == (2, 5)
    assert (int(trunk.contype[0]), int(trunk.conaffinity[0])) == (2, 2)


def test_feet_that_meet_the_files_floor_by_pairs_alone_meet_the_corridor(monkeypatch, tmp_path):
    pairs = "".join(f'<pair geom1="floor" geom2="leg_{side}"/>' for side in "lr")
    path = write(
        tmp_path,
        ("<worldbody>", '<worldbody><geom name="floor" type="plane" size="1 1 1"/>'),
        ('size=".04"', 'size=".04" contype="0" conaffinity="0"'),
        ('size=".06"', 'size=".06" contype="0" conaffinity="0"'),
        extra=f"<contact>{pairs}</contact>",
    )
    assert guess(path)[0].feet == ("leg_l", "leg_r")
    scene = in_corridor(monkeypatch, tmp_path, path)
    assert height_after(scene, 2.0) == pytest.approx(0.49, abs=0.01)


def test_a_trunk_that_met_the_files_floor_and_meets_no_corridor_is_told(tmp_path):
    path = write(
        tmp_path,
        ("<worldbody>", '<worldbody><geom type="plane" size="1 1 1" contype="3" conaffinity="3"/>'),
        ('size=".06"', 'size=".06" contype="2" conaffinity="2"'),
    )
    assert "contact of trunk with the floor" in "\n".join(map(str, hopper(path).left_out))


@pytest.mark.parametrize("mask", ['contype="0" conaffinity="0"', 'contype="2" conaffinity="2"'])
def test_feet_that_cannot_meet_the_terrain_are_refused_by_name(tmp_path, mask):
    path = write(tmp_path, ('size=".04"', f'size=".04" {mask}'))
    with pytest.raises(RefusedFile, match=r"leg_l .*, leg_r .*corridor.*contype=\"1\""):
        hopper(path)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("<worldbody>", '<option viscosity=".1"/><worldbody>', "option viscosity is 0.1"),
        ("<worldbody>", '<option density="1000"/><worldbody>', "option density is 1000"),
        ('kp="40" ctrlrange="-1 1"', 'kp="40"', "actuator 'knee_l' has no control range"),
        ('<joint type="free" name="base"/>', '<joint name="turn"/>', "joints of its own"),
        (
            '<joint type="free" name="base"/>',
            '<joint name="x" type="slide"/><joint name="b" type="ball"/>',
            r"\(x, b\)",
        ),
        ("<actuator>", "<actuator><!--", "XML"),
        ("<worldbody>", "<worldbody><geom/>", "size"),
    ],
)
def test_what_cannot_be_is_refused_in_words(tmp_path, old, new, said):
    with pytest.raises(RefusedFile, match=rf"animal\.xml: .*{said}"):
        hopper(write(tmp_path, (old, new)))


def test_without_actuators_the_file_is_refused(tmp_path):
    text = PLAIN[: PLAIN.index("<actuator>")] + "</mujoco>"
    (tmp_path / "limp.xml").write_text(text)
    with pytest.raises(RefusedFile, match="has no actuators.*<actuator>"):
        hopper(tmp_path / "limp.xml")


def test_an_animal_in_the_floor_is_put_on_it_and_one_a_step_above_stays(monkeypatch, tmp_path):
    low = in_corridor(monkeypatch, tmp_path, write(tmp_path, ('pos="0 0 0.55"', 'pos="0 0 0"')))
    assert low.data().xpos[low.root_id, 2] == pytest.approx(0.49, abs=1e-5)
    (tmp_path / "high").mkdir()
    path = write(tmp_path / "high", ('pos="0 0 0.55"', 'pos="0 0 3"'))
    high = in_corridor(monkeypatch, tmp_path / "high", path)
    assert high.data().xpos[high.root_id, 2] == pytest.approx(0.49, abs=1e-5)
    assert any("height of body torso" in str(left) for left in hopper(path).left_out)


def test_an_orientation_servo_has_as_many_actions_as_controls(monkeypatch, tmp_path):
    path = write(
        tmp_path,
        ('<joint name="knee_l" axis="0 1 0" range="-1 1"/>', '<joint name="knee_l" type="ball"/>'),
        (
            '<position name="knee_l" joint="knee_l" kp="40" ctrlrange="-1 1"/>',
            '<orientation name="knee_l" joint="knee_l" kp="40" ctrlrange="-1 1"/>',
        ),
    )
    scene = in_corridor(monkeypatch, tmp_path, path)
    assert scene.model.nu == len(scene.walker.actuators) == 4
    assert len({a.name for a in scene.walker.actuators}) == 4
    mass = float(scene.model.body_subtreemass[scene.root_id])
    assert mass == pytest.approx(MASS, abs=1e-3)
    assert 0.3 < height_after(scene, 0.5) < 0.56
    environment = composer_environment(scene.config, TaskConfig())
    environment.reset()
    action = np.array([0.1, 0.2, 0.3, 0.4])
    assert environment.action_spec().shape == (4,)
    environment.step(action)
    physics = environment.physics
    assert physics
    np.testing.assert_allclose(physics.data.ctrl, action)
