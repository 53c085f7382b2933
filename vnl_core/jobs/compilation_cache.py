"""JAX's persistent compilation cache, so that the same program is compiled once a machine."""

import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jax
from jax._src import compiler

from vnl_core.cache_folder import cache_folder

log = logging.getLogger(__name__)


def use_compilation_cache() -> Path:
    """Keep compiled programs in jax in the cache folder; returns where.

    JAX's own $JAX_COMPILATION_CACHE_DIR takes precedence.
    """
    given = os.environ.get("JAX_COMPILATION_CACHE_DIR")
    folder = Path(given) if given else cache_folder() / "jax"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        log.warning("Nothing compiled is kept: %s cannot be made (%s).", folder, error.strerror)
        return folder
    jax.config.update("jax_compilation_cache_dir", str(folder))
    if "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS" not in os.environ:
        jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.1)
    compiler.compile_or_get_cached = _compile_or_get_cached
    return folder


class _CallingBack:
    """XLA's client for a program that calls Python back, which is told of the callbacks apart.

    JAX 0.9 stores no such program, although the program itself only has the callbacks' numbers
    in it: XLA takes the functions along with a stored program too.
    """

    def __init__(self, client: Any, callbacks: Sequence[Any]):
        self._client = client
        self._callbacks = callbacks

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    @property
    def platform_version(self) -> str:
        """Part of a program's key: another JAX would load it and crash without its callbacks."""
        return f"{self._client.platform_version}, with callbacks"

    def compile_and_load(self, *args: Any, **options: Any) -> Any:
        options["host_callbacks"] = self._callbacks
        return self._client.compile_and_load(*args, **options)

    def deserialize_executable(self, serialized: bytes, devices: Any, options: Any) -> Any:
        return self._client.deserialize_executable(serialized, devices, options, self._callbacks)


_without_callbacks = compiler.compile_or_get_cached


def _compile_or_get_cached(
    backend: Any,
    computation: Any,
    devices: Any,
    compile_options: Any,
    host_callbacks: Sequence[Any],
    *others: Any,
    **named: Any,
) -> Any:
    """JAX's function of this name, that also keeps programs with callbacks (native physics)."""
    if host_callbacks:
        backend = _CallingBack(backend, host_callbacks)
    return _without_callbacks(backend, computation, devices, compile_options, (), *others, **named)
