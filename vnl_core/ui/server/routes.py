"""HTTP routes beside the pages: health, files of runs and rollouts, the 3D viewer, Plotly.

A video is served from its file by URL, with Range, so that the browser can seek in it and
the server never holds it in memory.
"""

import gzip
import hashlib
import re
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote, urlencode

import plotly
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from vnl_core.config import SceneConfig
from vnl_core.plain_files import LIMIT
from vnl_core.presets import PRESETS
from vnl_core.runs.directory import default_runs_dir
from vnl_core.scene.cache import built
from vnl_core.trajectory import Trajectory
from vnl_core.ui import address
from vnl_core.ui.scenes import picture
from vnl_core.ui.server import pictures
from vnl_core.viewer import ManualControl, motion_file, move, scene_file

VIEWER = Path(__file__).parents[2] / "viewer" / "frontend" / "dist"
CAMERA_PICTURE = (320, 240)  # pixels
_MEDIA_TYPES = {
    ".mp4": "video/mp4",
    ".h5": "application/x-hdf5",
    ".parquet": "application/vnd.apache.parquet",
    ".csv": "text/csv",
    ".gif": "image/gif",
}
_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def file_url(path: Path, download: bool = False) -> str:
    """Address of a file inside the runs directory; `download` saves it rather than shows it."""
    words = _inside(path)
    inside = words.pop("file")
    return f"/files/{quote(inside)}?{urlencode(words | ({'download': '1'} if download else {}))}"


def viewer_url(
    *,
    scene: SceneConfig | None = None,
    trajectory: Path | None = None,
    ghost: Path | None = None,
    time: float | None = None,
) -> str:
    """Address of the 3D view of a scene, or of a trajectory inside the runs directory.

    Args:
      scene: the scene, at its start pose, to be posed and driven by hand.
      trajectory: or the HDF5 file of an episode, which brings its scene along.
      ghost: the file of a second episode of the same walker, drawn translucent in step.
      time: moment to open at, in seconds.

    `frontend/src/link.js` says how the page around the view talks to it.
    """
    if trajectory:
        words = _inside(trajectory)
        queries = {
            "scene": f"/view/scene.json?{urlencode(words)}",
            "motion": f"/view/motion.bin?{urlencode(words)}",
        }
    else:
        assert scene
        words = _design(scene)
        queries = {
            "scene": f"/view/scene.json?{urlencode(words)}",
            "move": f"/view/move?{urlencode(words)}",
        }
    if ghost:
        queries["ghost"] = f"/view/motion.bin?{urlencode(_inside(ghost))}"
    if time is not None:
        queries["time"] = f"{time:g}"
    return f"/viewer/index.html?{urlencode(queries)}"


def camera_url(scene: SceneConfig, camera: int) -> str:
    """Address of a small picture of a design at its start, from one of its cameras."""
    return f"/view/camera.jpg?{urlencode({**_design(scene), 'camera': camera})}"


def _design(scene: SceneConfig) -> dict[str, str]:
    """Words of an address that hold a scene; any preset will do to count the changes from."""
    name, preset = next(iter(PRESETS.items()))
    return address.encode(preset.run.changed(scene=scene), name)


def _inside(file: Path) -> dict[str, str]:
    """Words of an address that name a file in the runs directory, and its time."""
    inside = file.resolve().relative_to(default_runs_dir().resolve())
    # A file that is made anew under the same name is another file to the browser.
    return {"file": inside.as_posix(), "v": f"{file.stat().st_mtime_ns:x}"}


def picture_url(file: Path, kind: str) -> str:
    """Address of a small picture of a file inside the runs directory; see `pictures`."""
    words = {**_inside(file), "kind": kind}
    return f"/view/picture.jpg?{urlencode(words)}"


def served_file(path: str) -> Path:
    """The file that `path`, relative to the runs directory, may serve.

    Raises:
      HTTPException: 404, without saying why, for anything but an existing file of a known
        kind under safe names inside the runs directory.
    """
    parts = path.split("/")
    root = default_runs_dir().resolve()
    if all(_SAFE_NAME.fullmatch(part) for part in parts):
        file = root.joinpath(*parts).resolve()
        if file.is_relative_to(root) and file.suffix in _MEDIA_TYPES and file.is_file():
            return file
    raise HTTPException(404)


async def _health(request: Request) -> Response:
    return JSONResponse({"status": "ok"})


def _file(request: Request) -> Response:
    file = served_file(request.path_params["path"])
    name = f"{file.parent.name}-{file.name}" if "download" in request.query_params else None
    return FileResponse(
        file,
        media_type=_MEDIA_TYPES[file.suffix],
        filename=name,
        headers={"X-Content-Type-Options": "nosniff"},
    )


def _trajectory(request: Request) -> Trajectory:
    file = served_file(request.query_params["file"])
    try:
        return Trajectory.load(file)
    except OSError as error:
        raise HTTPException(404) from error
    except ValueError as error:  # damaged, of another format, or with another config
        raise HTTPException(404, str(error)) from error


def _scene(request: Request) -> SceneConfig:
    """The scene a link of the 3D view names: that of a trajectory, or of a design."""
    if "file" in request.query_params:
        return _trajectory(request).scene
    try:
        return address.decode(request.query_params, "")[1].scene
    except address.BrokenAddress as error:
        raise HTTPException(400, str(error)) from error


# Kept because a scene is looked at again and again, and by each checkpoint of a run.
@lru_cache(maxsize=16)
def _packed_scene(config: str) -> tuple[bytes, str]:
    """A scene's file, compressed, and the tag by which a browser knows that it has it."""
    scene = built(SceneConfig.model_validate_json(config))
    # The server's own level, the highest, takes a quarter of a second and saves a twentieth.
    content = gzip.compress(scene_file(scene), 1, mtime=0)
    return content, f'"{hashlib.sha256(content).hexdigest()[:16]}"'


def _view_scene(request: Request) -> Response:
    try:
        content, tag = _packed_scene(_scene(request).to_json())
    except ValueError as error:  # such as a walker that is not known here
        raise HTTPException(404, str(error)) from error
    headers = {"ETag": tag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
    else:
        content = gzip.decompress(content)
    return Response(content, media_type="application/json", headers=headers)


def _view_motion(request: Request) -> Response:
    if "file" not in request.query_params:
        raise HTTPException(404)
    trajectory = _trajectory(request)
    try:
        motion = motion_file(built(trajectory.scene), trajectory)
    except ValueError as error:
        raise HTTPException(404) from error
    # Compressing would take longer than sending, and numbers hardly shrink. An address has the
    # file's time in it, so what a browser keeps of it stays true.
    headers = {"Content-Encoding": "identity", "Cache-Control": "max-age=3600"}
    return StreamingResponse(motion, media_type="application/octet-stream", headers=headers)


async def _body(request: Request) -> bytes:
    """The request's body, of which no more is taken in than a pose has.

    Raises:
      HTTPException: 413, for more.
    """
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LIMIT:
            raise HTTPException(413)
    return bytes(body)


async def _view_move(request: Request) -> Response:
    """A pose, or some steps under given controls, of a design's walker."""
    try:
        hand = ManualControl.model_validate_json(await _body(request))
        scene = await run_in_threadpool(lambda: built(_scene(request)))
        return JSONResponse(await run_in_threadpool(move, scene, hand))
    except ValueError as error:  # pydantic's too
        return JSONResponse({"error": str(error)}, 400)


def _picture(request: Request) -> Response:
    return pictures.respond(request, served_file)


def _camera(request: Request) -> Response:
    try:
        camera = int(request.query_params.get("camera", ""))
        content = picture(_scene(request), camera, *CAMERA_PICTURE)
    except ValueError as error:
        raise HTTPException(404) from error
    except RuntimeError as error:  # no OpenGL
        raise HTTPException(503, str(error)) from error
    return Response(content, media_type="image/jpeg", headers={"Cache-Control": "max-age=3600"})


def _plotly(request: Request) -> Response:
    script = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    return FileResponse(script, headers={"Cache-Control": "max-age=86400"})


ROUTES: list[BaseRoute] = [
    Route("/healthz", _health),
    Route("/files/{path:path}", _file, methods=["GET", "HEAD"]),
    Route("/assets/plotly.min.js", _plotly),
    Route("/view/scene.json", _view_scene),
    Route("/view/motion.bin", _view_motion),
    Route("/view/move", _view_move, methods=["POST"]),
    Route("/view/camera.jpg", _camera),
    Route("/view/picture.jpg", _picture),
    Mount("/viewer", StaticFiles(directory=VIEWER, html=True, check_dir=False)),
]
