"""The engines on each walker: contact slots, compilation and steps a second of one core."""

import os
import subprocess
import sys
import tempfile
import time
from typing import Literal, NamedTuple

import jax

import vnl_core.jobs  # noqa: F401  silences what others print when imported
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
BATCH, ROUNDS = 64, 3
# Physics steps of each walker in a round.
ROUND = {"mjx unadapted": 10, "mjx adapted": 60, "native": 200}


class Row(NamedTuple):
    """What one engine does with one walker."""

    slots: int
    compile_seconds: float
    physics_steps: float
    """A second of one core's time."""
    env_steps: float
    """A second of one core's time."""


def measure() -> list[tuple[str, float, str]]:
    """Rows of the table: what, figure, unit. Each way runs in fresh processes."""
    rows: list[tuple[str, float, str]] = []
    for walker in WALKERS:
        ways: list[Way] = ["mjx adapted", "native"]
        if walker == "ant":  # MJX refuses the others as they are
            ways.insert(0, "mjx unadapted")
        found = {}
        for way in ways:
            with tempfile.TemporaryDirectory() as cache:
                found[way] = _apart(walker, way, cache)
                warm = _apart(walker, way, cache).compile_seconds
            row = found[way]
            title = f"{walker}, {way}"
            if row.slots:
                rows.append((f"{title}, contact slots", row.slots, ""))
            rows += [
                (f"{title}, compile cold", row.compile_seconds, "s"),
                (f"{title}, compile warm", warm, "s"),
                (f"{title}, per core", row.physics_steps, "physics steps/s"),
                (f"{title}, per core", row.env_steps, "env steps/s"),
            ]
        if "mjx unadapted" in found:
            ratio = found["mjx adapted"].physics_steps / found["mjx unadapted"].physics_steps
            rows.append((f"{walker}, adapted / unadapted", ratio, "×"))
    return rows


def measure_terrains() -> list[tuple[str, float, str]]:
    """Env steps a second with one layout, and with another one for each environment."""
    rows: list[tuple[str, float, str]] = []
    for engine in ("native", "mjx"):
        works = {t: _walk_of("ant", engine, t) for t in ("fixed", "new")}
        rates = dict.fromkeys(works, 0.0)
        for _ in range(ROUNDS):  # in turn, for the machine may be busy
            for terrain, (work, size, _) in works.items():
                rates[terrain] = max(rates[terrain], size / _processor_seconds(work))
        rows += [
            (f"{engine}, one layout", rates["fixed"], "env steps/s per core"),
            (f"{engine}, a layout each", rates["new"], "env steps/s per core"),
            (f"{engine}, a layout each / one", rates["new"] / rates["fixed"], "×"),
        ]
    return rows


def _apart(walker: str, way: Way, cache: str) -> Row:
    """`_one` in a process of its own, whose compilation cache is `cache`."""
    command = [sys.executable, "-m", "benchmarks.engines", walker, way]
    environment = {**os.environ, "JAX_COMPILATION_CACHE_DIR": cache}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    slots, *others = done.stdout.split()[-4:]
    return Row(int(slots), *map(float, others))


def _one(walker: str, way: Way) -> Row:
    engine = "native" if way == "native" else "mjx"
    work, size, env = _walk_of(walker, engine, "fixed", way == "mjx unadapted")
    start = time.perf_counter()
    work()
    compile_seconds = time.perf_counter() - start
    best = min(_processor_seconds(work) for _ in range(ROUNDS))
    substeps = env.scene.config.substeps * (env.scene.config.mjx.substeps if engine == "mjx" else 1)
    slots = contact_slots(env.physics.model) if engine == "mjx" else 0
    return Row(slots, compile_seconds, size * substeps / best, size / best)


def _walk_of(walker: str, engine: str, terrain: str, unadapted: bool = False):
    """A round of random actions, the env steps in it, and the environment."""
    run = PRESETS[WALKERS[walker]].run
    scene: SceneConfig = run.scene.changed(mjx=SEED_WAY) if unadapted else run.scene
    env = CorridorEnv(build(scene), run.task.changed(terrain=terrain), engine, threads=1)
    key = jax.random.PRNGKey(0)
    way = "native" if engine == "native" else "mjx unadapted" if unadapted else "mjx adapted"
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
    print(*_one(sys.argv[1], sys.argv[2]))  # type: ignore[arg-type]
