"""What a checkpoint is worth: many episodes on corridors it has not seen."""

from pathlib import Path
from typing import NamedTuple

import jax

from vnl_core.config import RunConfig
from vnl_core.envs import CorridorEnv
from vnl_core.training.checkpoint import load_policy
from vnl_core.training.evaluation import Evaluator
from vnl_core.training.networks import make_networks


class Outcome(NamedTuple):
    """What came of the episodes; means where nothing else is said."""

    episodes: int
    reward: float
    distance: float
    """Metres from the spawn to the end."""
    speed: float
    """Metres a second: all distance over all time."""
    seconds: float
    gaps_met: float
    """Gaps that a part of the walker reached."""
    gaps_crossed: float
    """Gaps that the root passed above the platforms."""
    share_crossed: float | None
    """Of all gaps met, those crossed; None where none was met."""
    share_failed: float
    """Share of the episodes that ended early, without reaching the corridor's end."""
    share_unstable: float
    """Of the episodes, those that ended because the simulation became unstable."""
    metrics: dict[str, float]
    """A lab's own metrics, by name."""


def evaluate(checkpoint: Path, config: RunConfig, episodes: int, seed: int) -> Outcome:
    """Runs `episodes` of the policy in `checkpoint`, acting by its mode.

    Args:
      checkpoint: a folder runs/<id>/checkpoints/<step>.
      config: the run's, or one with another scene; `task.terrain` says whether each episode
        has a corridor of its own.
      episodes: how many, all at once.
      seed: of starts and corridors.

    Raises:
      FileNotFoundError, ValueError: the checkpoint is missing, damaged, or of another walker.
    """
    saved = load_policy(checkpoint)
    task = config.task.changed(curriculum=False)
    env = CorridorEnv(config.scene, task, config.engine, config.threads)
    # Two tasks may have observations of the same size that mean different things.
    if not task.sees_as(saved.config.task):
        raise ValueError(
            "task.observations: the checkpoint was trained to see otherwise. Leave them as in "
            "the run."
        )
    if (env.observation_size, env.action_size) != (saved.observation_size, saved.action_size):
        raise ValueError(
            f"checkpoint: its policy sees {saved.observation_size} numbers and drives "
            f"{saved.action_size} actuators; here there are {env.observation_size} and "
            f"{env.action_size}. Keep the walker it was trained with."
        )
    ppo = saved.config.ppo.changed(num_eval_envs=episodes, deterministic_eval=True)
    networks = make_networks(ppo, env.observation_size, env.action_size)
    evaluator = Evaluator(env, ppo, task.episode_length, networks)
    key = jax.random.PRNGKey(seed)
    evaluator.compile(saved.params, key)
    found = evaluator.evaluate(saved.params, key)
    assert found is not None  # nobody asked it to stop
    mean = {name.removeprefix("eval/episode_"): x for name, x in found.items()}
    seconds = found["eval/avg_episode_length"] * env.dt
    met = mean["gaps_met"]
    return Outcome(
        episodes=episodes,
        reward=mean["reward"],
        distance=mean["distance_from_origin"],
        speed=mean["distance_from_origin"] / seconds,
        seconds=seconds,
        gaps_met=met,
        gaps_crossed=mean["gaps_crossed"],
        share_crossed=mean["gaps_crossed"] / met if met else None,
        share_failed=1.0 - mean["ended/time"] - mean.get("ended/finished", 0.0),
        share_unstable=mean["ended/unstable"],
        metrics={name: mean[name] for name in task.metrics},
    )
