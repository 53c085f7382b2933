"""Programs that call Python back are compiled once a machine too."""

import os
import subprocess
import sys

# Adds argv[1] in a function that the compiled program calls; tells the sums and the cache's hits.
# With argv[2] it is JAX as others use it.
PROGRAM = """
import sys

import jax
import jax.numpy as jnp
import numpy as np

from vnl_core.jobs.compilation_cache import use_compilation_cache
from vnl_core.physics.callback import call_back

if not sys.argv[2:]:
    use_compilation_cache()
hits = []
count = lambda event, **_: hits.append(event) if event.endswith("cache_hits") else None
jax.monitoring.register_event_listener(count)
add = lambda out, x: np.add(x, np.float32(sys.argv[1]), out)
step = lambda x, _: (call_back(add, jax.ShapeDtypeStruct(x.shape, x.dtype), x) * 2, None)
program = jax.jit(lambda x: jax.lax.scan(step, x, None, length=3)[0])
compiled = program.lower(jnp.zeros(2)).compile()
print(*np.asarray(compiled(jnp.zeros(2))), len(hits))
"""


def run(cache, *words):
    environment = {
        **os.environ,
        "JAX_COMPILATION_CACHE_DIR": str(cache),
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
    }
    command = [sys.executable, "-c", PROGRAM, *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [float(word) for word in done.stdout.split()]


def test_a_program_with_a_callback_is_kept_and_calls_the_function_of_its_process(tmp_path):
    *sums, hits = run(tmp_path, "1")
    assert sums == [14.0, 14.0]  # 2 + 4 + 8
    assert hits == 0
    *sums, hits = run(tmp_path, "10")
    assert sums == [140.0, 140.0]
    assert hits > 0


def test_jax_itself_never_meets_such_a_program(tmp_path):
    """It would read it without its callbacks, and die when it is run."""
    run(tmp_path, "1")
    *sums, _ = run(tmp_path, "10", "plain")
    assert sums == [140.0, 140.0]
