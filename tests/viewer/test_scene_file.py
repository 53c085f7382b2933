import base64
import dataclasses
import io
import json

import mujoco
import numpy as np
import pytest
from PIL import Image

from vnl_core.scene import Scene, build
from vnl_core.viewer.frame import poses
from vnl_core.viewer.scene_file import scene_file


def describe(scene: Scene) -> dict:
    return json.loads(scene_file(scene))


def bare(scene: Scene, model: mujoco.MjModel) -> Scene:
    """The scene with another model, whose walker has no camera."""
    walker = dataclasses.replace(scene.walker, egocentric_camera=None)
    return dataclasses.replace(scene, model=model, qpos=model.qpos0, walker=walker)


def numbers(packed: str, kind: str = "<f4") -> np.ndarray:
    return np.frombuffer(base64.b64decode(packed), kind)


def pixels(url: str) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(url.split(",")[1]))))


@pytest.fixture(scope="module")
def description(scene):
    return describe(scene)


def test_it_holds_every_platform_where_it_is(scene, description):
    start = numbers(description["start"])[5:].reshape(-1, 7)
    found = []
    for geom in description["geoms"]:
        if geom["shape"] == "box" and geom["kind"] == "geom":
            centre = start[geom["body"], 0] + geom["position"][0]
            found.append((centre - geom["size"][0], centre + geom["size"][0]))
    expected = [(platform.start, platform.end) for platform in scene.layout.platforms]
    assert np.array(sorted(found)) == pytest.approx(np.array(expected), abs=1e-3)


def test_what_mujoco_hides_is_left_out(scene, description):
    shapes = {geom["shape"] for geom in description["geoms"]}
    assert "plane" not in shapes
    shown = describe(build(scene.config.changed(visible_side_planes=True)))
    assert "plane" in {geom["shape"] for geom in shown["geoms"]}


def test_hidden_groups_come_along_to_be_switched_on(description):
    hidden = {
        g["kind"] for g in description["geoms"] if not description["shown"][g["kind"]][g["group"]]
    }
    assert hidden == {"site"}
    assert description["shown"]["geom"] == [1, 1, 1, 0, 0, 0]


def test_parts_are_named_and_weigh_what_they_weigh(scene, description):
    first, count = description["walker"]
    own = description["bodies"][first : first + count]
    mass = scene.model.body_subtreemass[scene.root_id]
    assert sum(body["mass"] for body in own) == pytest.approx(mass)
    assert description["bodies"][description["root"]]["name"] == scene.walker.root_body
    free, *turning = description["joints"]
    assert (free["type"], free["address"]) == ("free", 0)
    assert len(turning) == len(description["actuators"]) == 8
    assert all(joint["range"][0] < joint["range"][1] for joint in turning)
    gaps = [[gap.start, gap.end] for gap in scene.layout.gaps]
    assert description["layout"]["gaps"] == gaps


def test_free_camera_and_all_others_by_index_and_name(scene, description):
    listed = [(camera["index"], camera["name"]) for camera in description["cameras"]]
    assert listed == [camera for camera in scene.cameras if camera.index >= -1]
    assert listed[0] == (-1, "free")
    items = scene.model.nbody + scene.model.ncam + scene.model.nlight
    assert len(numbers(description["start"])) == 5 + 7 * items  # no contact yet
    assert description["view"]["lookat"] == pytest.approx(scene.data().xpos[scene.root_id])


def test_grass_lies_on_the_platforms_under_the_models_sky(scene, description):
    model = scene.model
    box = next(geom for geom in description["geoms"] if geom["shape"] == "box")
    material = description["materials"][box["material"]]
    assert material["uniform"]
    grass = pixels(description["textures"][str(material["texture"])][0]).astype(int)
    size = grass.size
    start = model.tex_adr[material["texture"]]
    assert np.abs(grass.ravel() - model.tex_data[start : start + size]).mean() < 5
    assert len(description["skybox"]) == 6
    sky = model.tex_type.tolist().index(mujoco.mjtTexture.mjTEXTURE_SKYBOX)
    faces = np.stack([pixels(url) for url in description["skybox"]]).astype(int)
    start = model.tex_adr[sky]
    assert np.abs(faces.ravel() - model.tex_data[start : start + faces.size]).mean() < 5


def test_the_rodents_skin_hangs_as_mujocos_does(scene):
    """Four bones a vertex draw nearly what MuJoCo's fourteen do, in a bent pose."""
    rodent = build(scene.config.changed(walker="rodent"))
    model, data = rodent.model, rodent.data()
    rng = np.random.default_rng(0)
    data.qpos[7:] += rng.normal(0, 0.2, model.nq - 7)
    mujoco.mj_forward(model, data)
    drawn = mujoco.MjvScene(model, maxgeom=1000)
    everything = int(mujoco.mjtCatBit.mjCAT_ALL)
    mujoco.mjv_updateScene(
        model, data, mujoco.MjvOption(), None, mujoco.MjvCamera(), everything, drawn
    )
    expected = np.array(drawn.skinvert).reshape(-1, 3)

    (skin,) = describe(rodent)["skins"]
    vertices = numbers(skin["positions"]).reshape(-1, 3)
    bones = numbers(skin["bone_indices"], "<u2").reshape(-1, 4)
    weights = numbers(skin["bone_weights"]).reshape(-1, 4)
    assert weights.sum(axis=1) == pytest.approx(np.ones(len(weights)), abs=1e-6)
    bind = np.concatenate(
        [
            numbers(skin["bind_positions"]).reshape(-1, 3),
            numbers(skin["bind_quaternions"]).reshape(-1, 4),
        ],
        axis=1,
    )
    now = poses(model, data)[skin["bones"]]
    moved = np.zeros_like(vertices)
    for bone in range(len(bind)):
        share = np.where(bones == bone, weights, 0).sum(axis=1, keepdims=True)
        local = (vertices - bind[bone, :3]) @ matrix(bind[bone, 3:])
        moved += share * (now[bone, :3] + local @ matrix(now[bone, 3:]).T)
    error = np.linalg.norm(moved - expected, axis=1)
    assert np.median(error) < 1e-4
    assert np.quantile(error, 0.99) < 0.003
    assert error.max() < 0.01


def matrix(quaternion: np.ndarray) -> np.ndarray:
    flat = np.empty(9)
    mujoco.mju_quat2Mat(flat, np.roll(quaternion.astype(float), 1))
    return flat.reshape(3, 3)


def test_a_mesh_keeps_its_surface(scene):
    model = mujoco.MjModel.from_xml_string(f"""
        <mujoco>
          <asset><mesh name="ball" builtin="sphere" params="2" scale="2 2 2"/></asset>
          <worldbody><body name="{scene.walker.root_body}">
            <freejoint/><geom type="mesh" mesh="ball"/>
          </body></worldbody>
        </mujoco>""")
    described = describe(bare(scene, model))
    (geom,) = described["geoms"]
    mesh = described["meshes"][str(geom["asset"])]
    corners = numbers(mesh["positions"]).reshape(-1, 3, 3)
    normals = numbers(mesh["normals"]).reshape(-1, 3, 3)
    assert np.linalg.norm(corners, axis=2) == pytest.approx(2.0, abs=1e-4)
    assert normals == pytest.approx(corners / 2, abs=0.05)
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    assert (np.einsum("tk,tk->t", across, corners[:, 0]) > 0).all(), "a triangle faces inwards"
    assert np.linalg.norm(across, axis=1).sum() / 2 == pytest.approx(4 * np.pi * 2**2, rel=0.05)


def test_a_height_field_keeps_its_heights(scene):
    model = mujoco.MjModel.from_xml_string(f"""
        <mujoco>
          <asset><hfield name="hill" nrow="3" ncol="4" size="2 1 0.5 0.1"/></asset>
          <worldbody>
            <geom type="hfield" hfield="hill"/>
            <body name="{scene.walker.root_body}"><freejoint/><geom size="0.1"/></body>
          </worldbody>
        </mujoco>""")
    heights = np.linspace(0, 1, 12)
    model.hfield_data[:] = heights
    described = describe(bare(scene, model))
    geom = next(g for g in described["geoms"] if g["shape"] == "height_field")
    field = described["height_fields"][str(geom["asset"])]
    assert (field["rows"], field["columns"], field["size"]) == (3, 4, [2, 1, 0.5, 0.1])
    assert numbers(field["heights"]) == pytest.approx(heights)
