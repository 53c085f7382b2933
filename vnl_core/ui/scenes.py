"""Scenes and their pictures for all sessions of the dashboard, built once each."""

import threading
from functools import lru_cache

from vnl_core.config import SceneConfig
from vnl_core.rendering.image import encode
from vnl_core.rendering.worker import render
from vnl_core.scene import Scene, build

# Sessions that ask for the same scene at the same time build it only once.
_lock = threading.Lock()


@lru_cache(maxsize=8)
def _build(config: str) -> Scene:
    return build(SceneConfig.model_validate_json(config))


def scene_of(config: SceneConfig) -> Scene:
    """The scene of `config`; the last ones stay in memory."""
    with _lock:
        return _build(config.model_dump_json())


@lru_cache(maxsize=256)
def _picture(config: str, camera: int, width: int, height: int) -> bytes:
    scene = scene_of(SceneConfig.model_validate_json(config))
    return encode(render(scene, None, camera, width, height), "jpeg")


def picture(config: SceneConfig, camera: int, width: int, height: int) -> bytes:
    """JPEG of the scene at its start, `width` × `height` pixels.

    Raises:
      RuntimeError: OpenGL does not work here.
    """
    return _picture(config.model_dump_json(), camera, width, height)
