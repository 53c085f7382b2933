"""What a study is made of: checkpoints, conditions, and how many episodes of each."""

from typing import Self

from pydantic import model_validator

from vnl_core.config.base import Config, field
from vnl_core.config.refusal import refusal

_NAME = r"^[^/\\\x00-\x1f]+$"


class Subject(Config):
    """One checkpoint that is studied."""

    run: str = field(..., "-", "Id of the run in the runs directory.", pattern=_NAME)
    step: int | None = field(
        None, "env steps", "Of the checkpoint; the newest one where it is not given.", ge=0
    )


class Condition(Config):
    """What is different in some of the episodes."""

    name: str = field(..., "-", "As tables and figures call it.", pattern=_NAME, max_length=60)
    settings: tuple[str, ...] = field(
        (), "-", "Fields of the run's config, such as scene.arena.gap_length=0.3."
    )


class StudyConfig(Config):
    """Conditions times episodes for each checkpoint, recorded once.

    Episode k of every condition and checkpoint begins with the same seed.
    """

    name: str = field("study", "-", "Beginning of the folder's name.", pattern=_NAME, max_length=60)
    subjects: tuple[Subject, ...] = field(
        ..., "-", "The checkpoints.", min_length=1, max_length=100
    )
    conditions: tuple[Condition, ...] = field(
        (Condition(name="as trained"),), "-", "The conditions.", min_length=1, max_length=100
    )
    episodes: int = field(
        20, "-", "Episodes of each checkpoint in each condition.", ge=1, le=10_000
    )
    seed: int = field(1000, "-", "Of the first episode; the next ones count on.", ge=0, le=2**31)
    deterministic: bool = field(True, "-", "Act by the policy's mode rather than by samples.")
    arrays: int = field(
        0, "-", "Episodes of each checkpoint and condition whose arrays are kept.", ge=0, le=10_000
    )
    activations: bool = field(False, "-", "Keep the hidden layers' activations with them.")

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        names = [condition.name for condition in self.conditions]
        if len(set(names)) < len(names):
            raise refusal(
                "conditions", "Two conditions have the same name.", "Give each a name of its own."
            )
        return self
