"""The engines on each walker: contact slots, compilation and steps a second of one core."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import Any, Literal

import jax
import jax.numpy as jnp
import numpy as np

import vnl_core.jobs  # noqa: F401  silences what others print when imported
from benchmarks import Row
from benchmarks.clock import seconds
from vnl_core.config import MjxConfig, SceneConfig
from vnl_core.envs import CorridorEnv
from vnl_core.presets import PRESETS
from vnl_core.scene import build
from vnl_core.scene.mjx_facts import contact_slots

WALKERS = {"ant": "seed-notebook", "rodent": "rodent-gaps-2020", "CMU humanoid": "cmu-gaps"}
# The seed's way: all geoms against all, and as many contacts as MJX finds room for.
SEED_WAY = MjxConfig(
    self_contact=True,
    drop_sensors=False,
    local_terrain=False,
    max_geom_pairs=100_000,
    max_contact_points=100_000,
)
Way = Literal["mjx unadapted", "mjx adapted", "native"]
WAYS: list[Way] = ["mjx unadapted", "mjx adapted", "native"]
BATCH, ROUNDS = 64, 8
# Physics steps of each walker in a round.
ROUND = {"mjx unadapted": 60, "mjx adapted": 60, "native": 200}


def measure() -> Iterator[Row]:
    """Rows of the table: what, figure, unit. Each walker runs in fresh processes."""
    for walker in WALKERS:
        with tempfile.TemporaryDirectory() as cache:
            for way in _ways(walker):
                for start in ("cold", "warm"):
                    took = _apart("compile", walker, way, cache=cache)
                    yield f"{walker}, {way}, compile {start}", took, "s"
            found = _apart("rates", walker, cache=cache)
        for way, (slots, physics, env) in found.items():
            if slots:
                yield f"{walker}, {way}, contact slots", slots, ""
            yield f"{walker}, {way}, one core", physics, "physics steps/s"
            yield f"{walker}, {way}, one core", env, "env steps/s"
        if "mjx unadapted" in found:
            ratio = found["mjx adapted"][1] / found["mjx unadapted"][1]
            yield f"{walker}, physics, adapted / unadapted", ratio, "×"


def _ways(walker: str) -> list[Way]:
    # MJX refuses the others as they are.
    return WAYS if walker == "ant" else WAYS[1:]


def measure_terrains() -> Iterator[Row]:
    """Env steps a second with one layout, and with another one for each environment."""
    ways: tuple[Way, ...] = ("native", "mjx adapted")
    for way in ways:
        works = {t: _walk_of("ant", way, t) for t in ("fixed", "new")}
        rates = dict.fromkeys(works, 0.0)
        for _ in range(ROUNDS):  # in turn, for the machine may be busy
            for terrain, (work, size, _) in works.items():
                rates[terrain] = max(rates[terrain], size / _processor_seconds(work))
        yield f"{way}, one layout", rates["fixed"], "env steps/s per core"
        yield f"{way}, a layout each", rates["new"], "env steps/s per core"
        yield f"{way}, a layout each / one", rates["new"] / rates["fixed"], "×"


def _apart(what: str, *arguments: str, cache: str) -> Any:
    """What `_compile` or `_rates` gives in a process of its own with this compilation cache.

    Rates are those of one core: XLA's second thread takes more of the processors than it gives.
    """
    command = [sys.executable, "-m", "benchmarks.engines", what, *arguments]
    environment = {**os.environ, "JAX_COMPILATION_CACHE_DIR": cache}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def _compile(walker: str, way: Way) -> float:
    """Seconds of the first call, by the clock."""
    work, _, _ = _walk_of(walker, way, "fixed")
    return seconds(work)


def _rates(walker: str) -> dict[Way, list[float]]:
    """Contact slots of MJX; a second of one core's time: steps of physics alone, env steps."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    slots: dict[Way, int] = {}
    sizes: dict[tuple[Way, str], int] = {}
    works: dict[tuple[Way, str], Callable[[], object]] = {}
    for way in _ways(walker):
        walk, size, env = _walk_of(walker, way, "fixed")
        native = way == "native"
        substeps = env.scene.config.substeps * (1 if native else env.scene.config.mjx.substeps)
        slots[way] = 0 if native else contact_slots(env.physics.model)
        works[way, "env"], sizes[way, "env"] = walk, size
        works[way, "physics"] = _physics_of(env, size // BATCH)
        sizes[way, "physics"] = size * substeps
    times = dict.fromkeys(works, float("inf"))
    for turn in range(ROUNDS + 1):  # in turn, for the machine may be busy
        for name, work in works.items():
            took = _processor_seconds(work)
            times[name] = min(times[name], took) if turn else times[name]
    rate = {name: sizes[name] / times[name] for name in works}
    return {way: [slots[way], rate[way, "physics"], rate[way, "env"]] for way in slots}


def _physics_of(env: CorridorEnv, steps: int) -> Callable[[], object]:
    """A round of the engine's control steps alone, under random controls."""
    physics, model = env.physics, env.physics.model
    low, high = np.where(model.actuator_ctrllimited[:, None], model.actuator_ctrlrange, [-1, 1]).T

    def step(state, key):
        controls = jax.random.uniform(key, (BATCH, model.nu), minval=low, maxval=high)
        return jax.vmap(physics.step)(state, controls), None

    qpos = jnp.tile(jnp.asarray(env.scene.qpos), (BATCH, 1))
    start = jax.jit(jax.vmap(physics.init))(qpos, jnp.zeros((BATCH, model.nv)))
    keys = jax.random.split(jax.random.PRNGKey(0), steps)
    walk = jax.jit(lambda state: jax.lax.scan(step, state, keys)[0])
    return lambda: jax.block_until_ready(walk(start))


def _walk_of(walker: str, way: Way, terrain: str):
    """A round of random actions, the env steps in it, and the environment."""
    run = PRESETS[WALKERS[walker]].run
    scene: SceneConfig = run.scene.changed(mjx=SEED_WAY) if way == "mjx unadapted" else run.scene
    engine = "native" if way == "native" else "mjx"
    env = CorridorEnv(build(scene), run.task.changed(terrain=terrain), engine, threads=1)
    key = jax.random.PRNGKey(0)
    steps = max(1, ROUND[way] // scene.substeps)

    def step(state, key):
        actions = jax.random.uniform(key, (BATCH, env.action_size), minval=-1, maxval=1)
        return jax.vmap(env.step)(state, actions), None

    start = jax.jit(jax.vmap(env.reset))(jax.random.split(key, BATCH))
    walk = jax.jit(lambda state: jax.lax.scan(step, state, jax.random.split(key, steps))[0])
    return lambda: jax.block_until_ready(walk(start)), BATCH * steps, env


def _processor_seconds(work) -> float:
    """Time that `work` takes of all cores together: it is not lengthened by what runs beside."""
    start = time.process_time()
    work()
    return time.process_time() - start


if __name__ == "__main__":
    from vnl_core.jobs.compilation_cache import use_compilation_cache

    use_compilation_cache()
    what, *arguments = sys.argv[1:]
    print(json.dumps({"compile": _compile, "rates": _rates}[what](*arguments)))
