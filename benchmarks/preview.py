"""A preview after a config change, against dm_control's own build and render."""

import itertools

import numpy as np
from dm_control import mjcf
from dm_control.composer.variation import distributions
from dm_control.locomotion.arenas import corridors
from dm_control.locomotion.tasks.corridors import RunThroughCorridor
from dm_control.locomotion.walkers import ant

from benchmarks.clock import take_turns
from vnl_core.config import Gaps, SceneConfig
from vnl_core.rendering.gl_thread import render
from vnl_core.scene import build

WIDTH, HEIGHT = 320, 240
ROUNDS = 7


def measure() -> list[tuple[str, float, str]]:
    """Rows of the table: what, figure, unit."""
    gaps = itertools.count()  # every round another gap length, so that nothing is cached

    def ours() -> None:
        config = SceneConfig(arena=Gaps(gap_length=0.1 + 0.01 * next(gaps)))
        render(build(config), None, 0, WIDTH, HEIGHT)

    def dm_control() -> None:
        task = RunThroughCorridor(
            walker=ant.Ant(),
            arena=corridors.GapsCorridor(
                platform_length=distributions.Uniform(1.5, 2.0),
                gap_length=0.1 + 0.01 * next(gaps),
                corridor_width=5,
                corridor_length=40,
                aesthetic="outdoor_natural",
            ),
            walker_spawn_position=(5, 0, 0),
        )
        task.initialize_episode_mjcf(np.random.RandomState(0))
        physics = mjcf.Physics.from_mjcf_model(task.root_entity.mjcf_model)
        physics.render(HEIGHT, WIDTH, camera_id=0)
        physics.free()

    times = take_turns({"ours": ours, "dm_control": dm_control}, ROUNDS)
    return [
        ("config change to new preview", times["ours"] * 1000, "ms"),
        ("dm_control build and render", times["dm_control"] * 1000, "ms"),
        ("ours / dm_control", times["ours"] / times["dm_control"], "×"),
    ]
