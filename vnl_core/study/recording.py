"""One recorded episode as plain arrays."""

from dataclasses import dataclass, field

import numpy as np

from vnl_core.scene import Layout


@dataclass
class Recording:
    """An episode of T control steps of n physics steps each; `schema.ARRAYS` says what each is.

    Attributes:
      run, training_seed, step, condition, episode, seed: as in the tables.
      layout: the corridor it had.
      end, gaps_met, gaps_crossed: as the environment tells them, see the table of episodes.
      feet: their names, in the order of the arrays.
      actuators: their names.
      observation_terms: how many components of the observation each term gives, in order.
      mass, body_length, hip_height: of the walker, in kg and metres.
      activations: each hidden layer's, (T, units), by "policy/0", "value/0" and so on;
        empty where they were not recorded.
    """

    run: str
    training_seed: int
    step: int
    condition: str
    episode: int
    seed: int
    layout: Layout
    end: str
    gaps_met: int
    gaps_crossed: int
    feet: tuple[str, ...]
    actuators: tuple[str, ...]
    observation_terms: dict[str, int]
    mass: float
    body_length: float
    hip_height: float
    time: np.ndarray
    qpos: np.ndarray
    qvel: np.ndarray
    root_position: np.ndarray
    gap_distance: np.ndarray
    gap_phase: np.ndarray
    observation: np.ndarray
    action_mean: np.ndarray
    action: np.ndarray
    reward: np.ndarray
    value: np.ndarray
    physics_time: np.ndarray
    centre_of_mass: np.ndarray
    foot_position: np.ndarray
    foot_contact: np.ndarray
    foot_force: np.ndarray
    contact_position: np.ndarray
    power: np.ndarray
    activations: dict[str, np.ndarray] = field(default_factory=dict)
