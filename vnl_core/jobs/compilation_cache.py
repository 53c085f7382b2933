"""JAX's persistent compilation cache, so that the same program is compiled once a machine."""

import os
from pathlib import Path

import jax


def use_compilation_cache() -> Path:
    """Keep compiled programs in $VNL_CACHE_DIR/jax, or ~/.cache/vnl/jax; returns the folder.

    JAX's own $JAX_COMPILATION_CACHE_DIR takes precedence.
    """
    given = os.environ.get("JAX_COMPILATION_CACHE_DIR")
    root = Path(os.environ.get("VNL_CACHE_DIR") or "~/.cache/vnl").expanduser()
    folder = Path(given) if given else root / "jax"
    folder.mkdir(parents=True, exist_ok=True)
    jax.config.update("jax_compilation_cache_dir", str(folder))
    if "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS" not in os.environ:
        jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.5)
    return folder
