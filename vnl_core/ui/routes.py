"""HTTP routes beside the pages: health, files of runs and rollouts, the 3D viewer, Plotly.

A video is served from its file by URL, with Range, so that the browser can seek in it and
the server never holds it in memory.
"""

import re
from pathlib import Path
from urllib.parse import quote, urlencode

import plotly
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from vnl_core.runs.directory import default_runs_dir

VIEWER = Path(__file__).parents[1] / "viewer" / "frontend" / "dist"
_MEDIA_TYPES = {
    ".mp4": "video/mp4",
    ".h5": "application/x-hdf5",
    ".parquet": "application/vnd.apache.parquet",
    ".csv": "text/csv",
}
_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def file_url(path: Path, download: bool = False) -> str:
    """Address of a file inside the runs directory; `download` saves it rather than shows it."""
    inside = path.resolve().relative_to(default_runs_dir().resolve())
    # A file that is made anew under the same name is another file to the browser.
    words = {"v": f"{path.stat().st_mtime_ns:x}"} | ({"download": "1"} if download else {})
    return f"/files/{quote(inside.as_posix())}?{urlencode(words)}"


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


def _plotly(request: Request) -> Response:
    script = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    return FileResponse(script, headers={"Cache-Control": "max-age=86400"})


ROUTES: list[BaseRoute] = [
    Route("/healthz", _health),
    Route("/files/{path:path}", _file, methods=["GET", "HEAD"]),
    Route("/assets/plotly.min.js", _plotly),
    Mount("/viewer", StaticFiles(directory=VIEWER, html=True, check_dir=False)),
]
