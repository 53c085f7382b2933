"""Native against MJX: env steps a second on the ant corridor, each at its best batch size."""

import jax

from benchmarks.clock import seconds, take_turns
from vnl_core.envs import CorridorEnv
from vnl_core.presets import PRESETS
from vnl_core.scene import build

# (batch, control steps a round): MJX on a CPU is slow, and as fast at 64 as at 256.
CANDIDATES = {"native": [(64, 100), (256, 100), (1024, 50)], "mjx": [(16, 5), (64, 5)]}
ROUNDS = 3


def measure(threads: int) -> list[tuple[str, float, str]]:
    """Rows of the table: what, figure, unit."""
    run = PRESETS["seed-notebook"].run
    scene = build(run.scene)
    works, sizes, compile_seconds = {}, {}, {}
    for engine, candidates in CANDIDATES.items():
        env = CorridorEnv(scene, run.task, engine, threads)
        for batch, steps in candidates:
            name = f"{engine} {batch}"
            start = jax.jit(jax.vmap(env.reset))(jax.random.split(jax.random.PRNGKey(0), batch))
            walk = _walk(env, batch, steps).lower(start, jax.random.PRNGKey(1))
            compiled = []
            compile_seconds[engine] = seconds(lambda w=walk, c=compiled: c.append(w.compile()))
            works[name] = _run(compiled[0], start)
            sizes[name] = batch * steps
    times = take_turns(works, ROUNDS)
    rates = {name: sizes[name] / time for name, time in times.items()}
    best = {e: max((rates[n], n) for n in rates if n.startswith(e)) for e in CANDIDATES}
    rows = [
        (f"{engine}, batch {name.split()[1]}", rate, "env steps/s")
        for engine, (rate, name) in best.items()
    ]
    rows += [(f"{engine}, compile", s, "s") for engine, s in compile_seconds.items()]
    return [*rows, ("native / mjx", best["native"][0] / best["mjx"][0], "×")]


def _walk(env: CorridorEnv, batch: int, steps: int):
    """Random actions for `steps` control steps of `batch` walkers, jitted."""

    def step(state, key):
        actions = jax.random.uniform(key, (batch, env.action_size), minval=-1, maxval=1)
        return jax.vmap(env.step)(state, actions), None

    return jax.jit(lambda state, key: jax.lax.scan(step, state, jax.random.split(key, steps))[0])


def _run(compiled, start):
    return lambda: jax.block_until_ready(compiled(start, jax.random.PRNGKey(2)))
