"""Recordings made up for a test: a point that moves over one gap, with two feet."""

import numpy as np

from vnl_core.scene import Layout
from vnl_core.scene.layout import Segment
from vnl_core.study.recording import Recording

TIMESTEP = 0.01
GAP = (1.0, 1.3)


def recording(x, contact=None, at=None, z=None, end="time", power=None, mass=2.0) -> Recording:
    """A walker whose centre of mass and root are at x, in physics steps of TIMESTEP.

    Args:
      x: along the corridor at the beginning of each physics step, (n,), metres.
      contact: (n, feet), which feet are pressed; none when not given.
      at: (n, feet), the x of the contacts; that of the body when not given.
      z: height over the platforms; 0.5 when not given.
      end: why it ended.
      power: (n, nu), W.
      mass: kg.
    """
    x = np.asarray(x, float)
    n = len(x)
    contact = np.zeros((n, 2), bool) if contact is None else np.asarray(contact, bool)
    feet = contact.shape[1]
    at = np.broadcast_to(x[:, None], (n, feet)) if at is None else np.asarray(at, float)
    z = np.full(n, 0.5) if z is None else np.asarray(z, float)
    place = np.stack([x, np.zeros(n), z], axis=1)
    touch = np.where(contact, at, np.nan)
    layout = Layout(
        length=3.0,
        width=2.0,
        platforms=(Segment(0.0, GAP[0], 2.0), Segment(GAP[1], 3.0, 2.0)),
        gaps=(Segment(*GAP, 2.0),),
        walls=(),
        finish=3.0,
    )
    empty = np.zeros((n, 0))
    return Recording(
        run="run",
        training_seed=0,
        step=10,
        condition="one gap",
        episode=0,
        seed=5,
        layout=layout,
        end=end,
        gaps_met=0,
        gaps_crossed=0,
        feet=tuple(f"foot {i}" for i in range(feet)),
        actuators=(),
        observation_terms={},
        mass=mass,
        body_length=0.4,
        hip_height=0.5,
        time=np.arange(n + 1) * TIMESTEP,
        qpos=empty,
        qvel=empty,
        root_position=np.concatenate([place, place[-1:]]),
        gap_distance=np.zeros(n + 1),
        gap_phase=np.zeros(n + 1),
        observation=empty,
        action_mean=empty,
        action=empty,
        reward=np.ones(n),
        value=np.zeros(n),
        physics_time=np.arange(n) * TIMESTEP,
        centre_of_mass=place,
        foot_position=np.repeat(place[:, None], feet, axis=1),
        foot_contact=contact,
        foot_force=np.zeros((n, feet, 3)),
        contact_position=np.stack([touch, 0 * touch, 0 * touch], axis=2),
        power=empty if power is None else np.asarray(power, float),
    )
