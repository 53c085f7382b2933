"""Our corridors beside dm_control's own: the same geoms from the same random state."""

import numpy as np
import pytest
from dm_control import mjcf
from dm_control.composer.variation import distributions
from dm_control.locomotion.arenas import corridors

from vnl_core.config import Empty, Gaps, SceneConfig, Uniform, Walls
from vnl_core.scene.arenas import make_arena

GAPS = Gaps(platform_length=Uniform(low=0.4, high=0.8), gap_length=Uniform(low=0.05, high=0.2))
WALLS = Walls(
    wall_gap=Uniform(low=1.0, high=3.0),
    wall_width=Uniform(low=1.0, high=2.0),
    wall_height=Uniform(low=0.5, high=2.0),
)


def drawn(low: float, high: float):
    return distributions.Uniform(low, high)


def theirs(kind: str, aesthetic: str):
    common = {"corridor_length": 20.0, "corridor_width": 3.0, "visible_side_planes": True}
    if kind == "gaps":
        lengths = {"platform_length": drawn(0.4, 0.8), "gap_length": drawn(0.05, 0.2)}
        return corridors.GapsCorridor(**lengths, aesthetic=aesthetic, **common)
    if kind == "walls":
        sizes = {"wall_width": drawn(1.0, 2.0), "wall_height": drawn(0.5, 2.0)}
        return corridors.WallsCorridor(wall_gap=drawn(1.0, 3.0), **sizes, **common)
    return corridors.EmptyCorridor(**common)


def compiled(arena, seed: int):
    arena.regenerate(np.random.RandomState(seed))
    return mjcf.Physics.from_mjcf_model(arena.mjcf_model).model


@pytest.mark.parametrize("seed", [0, 7])
@pytest.mark.parametrize(
    ("kind", "aesthetic", "tolerance"),
    [
        ("gaps", "default", 0.0),
        ("gaps", "outdoor_natural", 0.0),
        ("walls", "default", 1e-12),  # dm_control adds the padding after the first gap, we before
        ("empty", "default", 0.0),
    ],
)
def test_geoms_are_dm_controls(kind, aesthetic, tolerance, seed):
    arena = {"gaps": GAPS.changed(aesthetic=aesthetic), "walls": WALLS, "empty": Empty()}[kind]
    config = SceneConfig(
        arena=arena,
        corridor_length=20.0,
        corridor_width=3.0,
        visible_side_planes=True,
        spawn_position=(0.0, 0.0, 0.0),
    )
    ours, other = (compiled(a, seed) for a in (make_arena(config), theirs(kind, aesthetic)))
    names = [ours.geom(i).name for i in range(ours.ngeom)]
    assert names == [other.geom(i).name for i in range(other.ngeom)]
    assert len(names) > (20 if kind == "gaps" else 4)
    for field in ("geom_pos", "geom_size", "geom_quat", "geom_rgba", "geom_type", "geom_bodyid"):
        one, two = getattr(ours, field), getattr(other, field)
        np.testing.assert_allclose(one, two, rtol=0, atol=tolerance, err_msg=field)
    assert (ours.geom_matid >= 0).tolist() == (other.geom_matid >= 0).tolist()
    assert (ours.ntex, ours.nmat, ours.nbody) == (other.ntex, other.nmat, other.nbody)
