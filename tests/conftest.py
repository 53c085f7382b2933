"""What must be set before any test imports MuJoCo or JAX; processes that tests start inherit it."""

import os
from pathlib import Path

from hypothesis import settings

from vnl_core.rendering import gl

# A busy machine must not fail a test.
settings.register_profile("without a clock", deadline=None)
settings.load_profile("without a clock")

CACHE = Path(__file__).parents[1] / ".cache"
os.environ.setdefault("VNL_CACHE_DIR", str(CACHE))
gl.choose()

# Compilation is most of the suite's time: keep its results, and leave out the two
# passes that nearly double it (8 s to 4.5 s for one mjx.step on two cores). Flags as
# `vnl_core.jobs` sets them, which would import JAX here.
os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(CACHE / "jax"))
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0.5")
os.environ["XLA_FLAGS"] = " ".join(
    [
        os.environ.get("XLA_FLAGS", ""),
        "--xla_cpu_use_fusion_emitters=false",
        "--xla_cpu_enable_concurrency_optimized_scheduler=false",
        "--xla_cpu_experimental_ynn_fusion_type=-reduce",
    ]
).strip()

# Tests run side by side; those of the line set its length themselves.
os.environ.setdefault("VNL_PARALLEL_RUNS", "64")
