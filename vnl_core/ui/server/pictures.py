"""Small pictures of episodes and videos: made when a browser first asks, then kept as files."""

from collections.abc import Callable
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from vnl_core.aside import replace_file
from vnl_core.plain_files import NotTrusted, read_plain
from vnl_core.rendering.egocentric import egocentric_strip
from vnl_core.rendering.image import encode
from vnl_core.rendering.thumbnail import thumbnail
from vnl_core.scene.cache import built
from vnl_core.trajectory import Trajectory

PICTURE = 8 << 20  # bytes; such a picture has some kilobytes


def _strip(trajectory: Path) -> bytes:
    episode = Trajectory.load(trajectory)
    return encode(egocentric_strip(built(episode.scene), episode), "jpeg")


_MAKERS: dict[str, Callable[[Path], bytes]] = {"egocentric": _strip, "thumbnail": thumbnail}


def picture_of(file: Path, kind: str) -> bytes:
    """JPEG of a trajectory ("egocentric") or of a video ("thumbnail").

    Raises:
      KeyError: there is no such kind.
      OSError, RuntimeError, ValueError: it cannot be made.
    """
    make = _MAKERS[kind]
    kept = file.with_name(f"{file.stem}.{kind}.jpg")
    try:
        if kept.lstat().st_mtime >= file.stat().st_mtime:
            return read_plain(kept, PICTURE)
    except (FileNotFoundError, NotTrusted):
        pass
    picture = make(file)
    try:
        replace_file(kept, lambda aside: aside.write_bytes(picture))
    except OSError:
        pass  # a runs directory that can only be read: it is made anew each time
    return picture


def respond(request: Request, served_file: Callable[[str], Path]) -> Response:
    """The picture that ?kind=…&file=… names; 404 where there is none."""
    words = request.query_params
    try:
        content = picture_of(served_file(words.get("file", "")), words.get("kind", ""))
    except (KeyError, OSError, RuntimeError, ValueError) as error:
        raise HTTPException(404) from error
    return Response(content, media_type="image/jpeg", headers={"Cache-Control": "max-age=3600"})
