"""A scene as one JSON file for the three.js client, with all it needs to draw it.

    format, root (body index), radius (of the walker, m),
    view (the free camera at first: lookat, distance, azimuth, elevation),
    cameras [index, name, fovy°], lights, headlight, near and far (m), skybox [six images],
    textures [image, or six], materials, geoms, meshes, height_fields, skins,
    shown (groups of geoms and sites), unseen_by_itself (groups of geoms),
    start (see `moment`), and what `parts` tells

Numbers are SI, quaternions in three.js's order x y z w, long arrays base64 of float32 unless
`assets` says otherwise. MuJoCo itself says what is visible: the file holds what its own
renderer would draw of bodies, sites and skins, were all groups shown, in the same colours.
"""

import json
from typing import Any

import mujoco
import numpy as np

from vnl_core.rendering.cameras import DISTANCE, close_up
from vnl_core.rendering.overlays import vis_option
from vnl_core.scene import FREE, Scene
from vnl_core.viewer.assets import height_field, mesh, packed, skin, texture
from vnl_core.viewer.frame import frame
from vnl_core.viewer.parts import parts

FORMAT = 2
_SHAPES = {
    mujoco.mjtGeom.mjGEOM_PLANE: "plane",
    mujoco.mjtGeom.mjGEOM_HFIELD: "height_field",
    mujoco.mjtGeom.mjGEOM_SPHERE: "sphere",
    mujoco.mjtGeom.mjGEOM_CAPSULE: "capsule",
    mujoco.mjtGeom.mjGEOM_ELLIPSOID: "ellipsoid",
    mujoco.mjtGeom.mjGEOM_CYLINDER: "cylinder",
    mujoco.mjtGeom.mjGEOM_BOX: "box",
    mujoco.mjtGeom.mjGEOM_MESH: "mesh",
}
# Assets of a kind of shape: what the file calls them, and how they are described.
_ASSETS = {"mesh": ("meshes", mesh), "height_field": ("height_fields", height_field)}


def scene_file(scene: Scene) -> bytes:
    """The scene at its start pose, as the JSON described above."""
    model, data = scene.model, scene.data()
    view, fovy = close_up(scene, data), float(model.vis.global_.fovy)
    described = {
        "format": FORMAT,
        "root": scene.root_id,
        "radius": view.distance / DISTANCE,
        "view": {
            "lookat": view.lookat.tolist(),
            "distance": view.distance,
            "azimuth": view.azimuth,
            "elevation": view.elevation,
        },
        "cameras": [
            {"index": i, "name": name, "fovy": float(model.cam_fovy[i]) if i >= 0 else fovy}
            for i, name in scene.cameras
            if i >= FREE  # which begins as the close-up, and can be moved
        ],
        "near": model.vis.map.znear * model.stat.extent,
        "far": model.vis.map.zfar * model.stat.extent,
        **_lights(model),
        **_surfaces(scene, data),
        "start": packed(frame(scene, data)),
        **parts(scene),
    }
    return json.dumps(described, separators=(",", ":")).encode()


def _lights(model: mujoco.MjModel) -> dict[str, Any]:
    head = model.vis.headlight
    directional = mujoco.mjtLightType.mjLIGHT_DIRECTIONAL
    return {
        "headlight": {
            part: getattr(head, part).tolist() if head.active else [0, 0, 0]
            for part in ("ambient", "diffuse", "specular")
        },
        "lights": [
            {
                "directional": bool(model.light_type[i] == directional),
                "ambient": model.light_ambient[i].tolist(),
                "diffuse": model.light_diffuse[i].tolist(),
                "specular": model.light_specular[i].tolist(),
                "cutoff": float(model.light_cutoff[i]),
                "exponent": float(model.light_exponent[i]),
                "shadow": bool(model.light_castshadow[i]),
                "active": bool(model.light_active[i]),
            }
            for i in range(model.nlight)
        ],
    }


def _surfaces(scene: Scene, data: mujoco.MjData) -> dict[str, Any]:
    """Geoms, their assets and skins with their materials and textures, each listed once."""
    model = scene.model
    usual, option = vis_option(scene), vis_option(scene)
    option.geomgroup[:], option.sitegroup[:] = 1, 1
    visible = mujoco.MjvScene(model, maxgeom=10_000)
    everything = mujoco.mjtCatBit.mjCAT_STATIC | mujoco.mjtCatBit.mjCAT_DYNAMIC
    mujoco.mjv_updateScene(model, data, option, None, mujoco.MjvCamera(), int(everything), visible)
    materials: list[dict[str, Any]] = []
    assets: dict[str, dict[int, Any]] = {name: {} for name, _ in _ASSETS.values()}
    geoms, skins = [], []
    for drawn in visible.geoms[: visible.ngeom]:
        material = _material(model, drawn)
        if material not in materials:
            materials.append(material)
        number = materials.index(material)
        if drawn.objtype == mujoco.mjtObj.mjOBJ_SKIN:
            skins.append({**skin(model, drawn.objid), "material": number})
        elif place := _place(model, drawn):
            geom = {"shape": _SHAPES[drawn.type], "size": drawn.size.tolist(), **place}
            if geom["shape"] in _ASSETS:
                kind, describe = _ASSETS[geom["shape"]]
                geom["asset"] = int(model.geom_dataid[drawn.objid])
                assets[kind].setdefault(geom["asset"], describe(model, geom["asset"]))
            geoms.append({**geom, "material": number})
    used = {material["texture"] for material in materials} - {-1}
    kinds = model.tex_type.tolist()
    sky = int(mujoco.mjtTexture.mjTEXTURE_SKYBOX)
    return {
        "shown": {"geom": usual.geomgroup.tolist(), "site": usual.sitegroup.tolist()},
        "unseen_by_itself": _unseen(scene),
        "materials": materials,
        "geoms": geoms,
        **assets,
        "skins": skins,
        "textures": {index: texture(model, index) for index in sorted(used)},
        "skybox": texture(model, kinds.index(sky)) if sky in kinds else [],
    }


def _unseen(scene: Scene) -> list[int]:
    """Groups of geoms that the walker's own camera does not see."""
    if not scene.walker.egocentric_camera:
        return []
    own = vis_option(scene, camera=scene.camera("egocentric")).geomgroup
    return np.flatnonzero(vis_option(scene).geomgroup & ~own.astype(bool)).tolist()


def _place(model: mujoco.MjModel, drawn: mujoco.MjvGeom) -> dict[str, Any] | None:
    """Where a geom or site is on its body; None for all that the client does not draw."""
    if drawn.type not in _SHAPES:
        return None
    kinds = {
        mujoco.mjtObj.mjOBJ_GEOM: ("geom", model.geom_bodyid, model.geom_pos, model.geom_quat),
        mujoco.mjtObj.mjOBJ_SITE: ("site", model.site_bodyid, model.site_pos, model.site_quat),
    }
    if drawn.objtype not in kinds:
        return None
    kind, *columns = kinds[drawn.objtype]
    groups = model.geom_group if kind == "geom" else model.site_group
    body, position, quaternion = (values[drawn.objid] for values in columns)
    return {
        "kind": kind,
        "group": int(groups[drawn.objid]),
        "body": int(body),
        "position": position.tolist(),
        "quaternion": np.roll(quaternion, -1).tolist(),
    }


def _material(model: mujoco.MjModel, drawn: mujoco.MjvGeom) -> dict[str, Any]:
    material = {
        "rgba": [round(float(value), 4) for value in drawn.rgba],
        **{
            name: round(float(getattr(drawn, name)), 4)
            for name in ("emission", "specular", "shininess", "reflectance")
        },
        "texture": -1,
    }
    if drawn.matid < 0:
        return material
    image = int(model.mat_texid[drawn.matid, mujoco.mjtTextureRole.mjTEXROLE_RGB])
    if image >= 0:
        material["texture"] = image
        material["repeat"] = model.mat_texrepeat[drawn.matid].tolist()
        material["uniform"] = bool(model.mat_texuniform[drawn.matid])
    return material
