"""Pictures of scenes for all sessions of the dashboard, made once each."""

from functools import lru_cache

from vnl_core.config import SceneConfig
from vnl_core.rendering.gl_thread import render
from vnl_core.rendering.image import encode
from vnl_core.scene.cache import built


@lru_cache(maxsize=256)
def _picture(config: str, camera: int, width: int, height: int) -> bytes:
    scene = built(SceneConfig.model_validate_json(config))
    return encode(render(scene, None, camera, width, height), "jpeg")


def picture(config: SceneConfig, camera: int, width: int, height: int) -> bytes:
    """JPEG of the scene at its start, `width` × `height` pixels.

    Raises:
      RuntimeError: OpenGL does not work here.
    """
    return _picture(config.model_dump_json(), camera, width, height)
