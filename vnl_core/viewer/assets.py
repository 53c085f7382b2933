"""Textures, meshes and skins of an MjModel, as the client wants them."""

import base64
import io
from functools import lru_cache
from typing import Any

import mujoco
import numpy as np
from numpy.typing import ArrayLike
from PIL import Image

BONES = 4  # bones a vertex may hang on in three.js; MuJoCo sets no limit


def packed(values: ArrayLike, kind: str = "<f4") -> str:
    """Numbers as base64 of little-endian float32, or of another NumPy type."""
    return base64.b64encode(np.ascontiguousarray(values, kind).tobytes()).decode()


def texture(model: mujoco.MjModel, index: int) -> list[str]:
    """A texture as data URLs of images: one, or a cube's six (+x -x +y -y +z -z)."""
    width, height = model.tex_width[index], model.tex_height[index]
    channels, start = model.tex_nchannel[index], model.tex_adr[index]
    pixels = model.tex_data[start : start + height * width * channels]
    pixels = pixels.reshape(height, width, channels).squeeze()
    if model.tex_type[index] == mujoco.mjtTexture.mjTEXTURE_2D:
        return [_image(pixels)]
    faces = [_image(face) for face in np.split(pixels, height // width)]
    # A single square stands for all six.
    return faces * (6 // len(faces))


def _image(pixels: np.ndarray) -> str:
    return _encoded(pixels.shape, pixels.tobytes())


# While a design is changed its grass and sky stay the same.
@lru_cache(maxsize=32)
def _encoded(shape: tuple[int, ...], content: bytes) -> str:
    # As PNG, the grass and sky of a corridor take three times the bytes and the time.
    kind = "png" if shape[-1] == 4 else "jpeg"
    buffer = io.BytesIO()
    pixels = np.frombuffer(content, np.uint8).reshape(shape)
    Image.fromarray(pixels).save(buffer, kind, quality=92, subsampling=0)
    return f"data:image/{kind};base64," + base64.b64encode(buffer.getvalue()).decode()


def height_field(model: mujoco.MjModel, index: int) -> dict[str, Any]:
    """A height field: rows and columns, its sizes (m), and heights as shares of the highest."""
    rows, columns = int(model.hfield_nrow[index]), int(model.hfield_ncol[index])
    start = model.hfield_adr[index]
    return {
        "rows": rows,
        "columns": columns,
        "size": model.hfield_size[index].tolist(),  # x and y radii, highest, depth of the base
        "heights": packed(model.hfield_data[start : start + rows * columns]),
    }


def mesh(model: mujoco.MjModel, index: int) -> dict[str, str]:
    """Triangles of a mesh, three vertices each: positions, normals, and uv if it has any."""

    def rows(values: np.ndarray, address: np.ndarray, count: np.ndarray) -> np.ndarray:
        return values[address[index] : address[index] + count[index]]

    def corners(faces: np.ndarray) -> np.ndarray:
        return rows(faces, model.mesh_faceadr, model.mesh_facenum).ravel()

    positions = rows(model.mesh_vert, model.mesh_vertadr, model.mesh_vertnum)
    normals = rows(model.mesh_normal, model.mesh_normaladr, model.mesh_normalnum)
    triangles = {
        "positions": packed(positions[corners(model.mesh_face)]),
        "normals": packed(normals[corners(model.mesh_facenormal)]),
    }
    if model.mesh_texcoordadr[index] >= 0:
        uv = rows(model.mesh_texcoord, model.mesh_texcoordadr, model.mesh_texcoordnum)
        triangles["uv"] = packed(uv[corners(model.mesh_facetexcoord)])
    return triangles


def skin(model: mujoco.MjModel, index: int) -> dict[str, Any]:
    """A skin: its bind pose, its bones, and the `BONES` heaviest bones of each vertex."""

    def span(address: np.ndarray, count: np.ndarray, of: int = index) -> slice:
        return slice(address[of], address[of] + count[of])

    bones = span(model.skin_boneadr, model.skin_bonenum)
    vertices = span(model.skin_vertadr, model.skin_vertnum)
    weights = np.zeros((model.skin_vertnum[index], model.skin_bonenum[index]))
    for column, bone in enumerate(range(bones.start, bones.stop)):
        hung = span(model.skin_bonevertadr, model.skin_bonevertnum, bone)
        weights[model.skin_bonevertid[hung], column] = model.skin_bonevertweight[hung]
    heaviest = np.argsort(-weights, axis=1)[:, :BONES]
    kept = np.take_along_axis(weights, heaviest, axis=1)
    # What the light bones held goes to the heavy ones: a sum below one would draw
    # the vertex towards the world's origin, metres away.
    kept /= kept.sum(axis=1, keepdims=True)
    described = {
        "positions": packed(model.skin_vert[vertices]),
        "faces": packed(model.skin_face[span(model.skin_faceadr, model.skin_facenum)], "<u4"),
        "bones": model.skin_bonebodyid[bones].tolist(),
        "bind_positions": packed(model.skin_bonebindpos[bones]),
        "bind_quaternions": packed(np.roll(model.skin_bonebindquat[bones], -1, axis=1)),
        "bone_indices": packed(heaviest, "<u2"),
        "bone_weights": packed(kept),
    }
    if model.skin_texcoordadr[index] >= 0:
        start = model.skin_texcoordadr[index]
        described["uv"] = packed(model.skin_texcoord[start : start + model.skin_vertnum[index]])
    return described
