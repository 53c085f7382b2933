"""Built scenes by their config: whoever asks for one again, in whatever thread, gets the same."""

import threading
from functools import lru_cache

from vnl_core.config import SceneConfig
from vnl_core.scene.build import Scene, build

# Callers that ask for the same scene at the same time build it only once.
_lock = threading.Lock()


def built(config: SceneConfig) -> Scene:
    """The scene of `config`; the last 16 stay in memory.

    Raises:
      ValueError: as `build`.
    """
    with _lock:
        return _built(config.to_json())


@lru_cache(maxsize=16)
def _built(config: str) -> Scene:
    return build(SceneConfig.model_validate_json(config))
