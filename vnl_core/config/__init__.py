"""What the user decides: scene, task, PPO and run, as frozen pydantic models.

One type, five uses: a form edits it, the command line parses it, a run directory
stores it, an export carries it and a link in the address bar restores it. Every
field says its unit and what it does; `problems` turns a refusal into the field,
the reason and the remedy.
"""

from vnl_core.config import extensions
from vnl_core.config.arenas import ARENAS, Arena, Empty, Gaps, Walls
from vnl_core.config.base import Config
from vnl_core.config.explain import Problem, problems
from vnl_core.config.mjx import MjxConfig
from vnl_core.config.ppo import PPOConfig
from vnl_core.config.run import PolicyKind, RolloutConfig, RunConfig
from vnl_core.config.scene import SceneConfig
from vnl_core.config.span import Cycle, Growing, Rule, Span, Uniform
from vnl_core.config.study import Condition, StudyConfig, Subject
from vnl_core.config.task import TaskConfig
from vnl_core.config.video import VideoConfig, VideoRequest

__all__ = [
    "ARENAS",
    "Arena",
    "Condition",
    "Config",
    "Cycle",
    "Empty",
    "Gaps",
    "Growing",
    "MjxConfig",
    "VideoConfig",
    "VideoRequest",
    "PPOConfig",
    "PolicyKind",
    "Problem",
    "RolloutConfig",
    "Rule",
    "RunConfig",
    "SceneConfig",
    "Span",
    "StudyConfig",
    "Subject",
    "TaskConfig",
    "Uniform",
    "Walls",
    "extensions",
    "problems",
]
