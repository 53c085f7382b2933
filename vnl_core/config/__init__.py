"""What the user decides: scene, task, PPO and run, as frozen pydantic models.

One type, five uses: a form edits it, the command line parses it, a run directory
stores it, an export carries it and a link in the address bar restores it. Every
field says its unit and what it does; `problems` turns a refusal into the field,
the reason and the remedy.
"""

from vnl_core.config.base import Config
from vnl_core.config.explain import Problem, problems
from vnl_core.config.film import FilmConfig, FilmRequest
from vnl_core.config.mjx import MjxConfig
from vnl_core.config.ppo import PPOConfig
from vnl_core.config.run import PolicyKind, RolloutConfig, RunConfig
from vnl_core.config.scene import SceneConfig
from vnl_core.config.span import Cycle, Growing, Rule, Span, Uniform
from vnl_core.config.task import ObservationTerm, RewardTerm, TaskConfig, TerminationTerm

__all__ = [
    "Config",
    "Cycle",
    "Growing",
    "MjxConfig",
    "FilmConfig",
    "FilmRequest",
    "ObservationTerm",
    "PPOConfig",
    "PolicyKind",
    "Problem",
    "RewardTerm",
    "RolloutConfig",
    "Rule",
    "RunConfig",
    "SceneConfig",
    "Span",
    "TaskConfig",
    "TerminationTerm",
    "Uniform",
    "problems",
]
