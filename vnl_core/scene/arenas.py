"""The arena of a scene as a dm_control entity, with a site to bind a walker at."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from dm_control import mjcf
from dm_control.locomotion.arenas import assets, corridors

from vnl_core.config import Arena, SceneConfig
from vnl_core.config.arenas import FAR, Corridor, Obstacles
from vnl_core.config.span import bounds
from vnl_core.scene.layout import Layout

# Half the thickness of dm_control's platforms and walls, in metres (arenas/corridors.py).
PLATFORM_HALF, WALL_HALF = 0.16, 0.08
# The plane below platforms, where nothing meets it; dm_control has it there too. In metres.
_PLANE_BELOW = -10.0
_GREY, _WHITE = (0.5, 0.5, 0.5, 1.0), (1.0, 1.0, 1.0, 1.0)


class SpawnMixin:
    """A corridor that binds what is attached to it at its spawn site.

    dm_control's tasks call `arena.attach(walker)` and give the frame they get a free
    joint. Binding at a site makes the spawn the origin of that joint, so that even a bare
    MjModel begins where the design says.

    The frame itself has no geoms. MuJoCo then gives it the arena's `boundmass`, and puts that
    mass at the body's `pos` within the body's own frame: metres away from the walker, whose
    inertia grows with the square of that. So the frame gets the same mass explicitly, at its
    origin, where it is in dm_control's own attachment at the world's origin.
    """

    mjcf_model: mjcf.RootElement

    def add_spawn_site(self, position, quaternion) -> None:
        """Adds the site, at `position` (3,) in metres and `quaternion` (4,)."""
        worldbody: Any = self.mjcf_model.worldbody
        self._spawn_site = worldbody.add(
            "site", name="spawn", pos=position, quat=quaternion, size=[1e-6] * 3
        )

    def attach(self, entity, attach_site=None):
        """Attaches `entity` at the spawn site, or at `attach_site`."""
        frame = super().attach(entity, attach_site or self._spawn_site)  # type: ignore[misc]
        least: Any = self.mjcf_model.compiler
        inertia = [least.boundinertia] * 3
        frame.add("inertial", pos=[0.0, 0.0, 0.0], mass=least.boundmass, diaginertia=inertia)
        return frame


class CorridorArena(SpawnMixin, corridors.EmptyCorridor):
    """A corridor with the platforms and walls that its config's arena places.

    For gaps and walls it has the geoms, names and looks of dm_control's own GapsCorridor and
    WallsCorridor, and the same terrain from the same random state.
    """

    def _build(self, config: SceneConfig, layout: Layout | None) -> None:  # type: ignore[override]
        super()._build(
            corridor_length=config.corridor_length,  # type: ignore[arg-type]
            corridor_width=config.corridor_width,  # type: ignore[arg-type]
            visible_side_planes=config.visible_side_planes,
            name=f"{config.arena.name}_corridor",
        )
        self._config, self._layout = config, layout
        self._looks: dict[str, Any] = {"rgba": _GREY}
        if config.arena.looks() != "default":
            self._dress(config.arena.looks())
        worldbody: Any = self.mjcf_model.worldbody
        has_platforms = config.most_platforms > 0
        self._ground_body: Any = worldbody.add("body", name="ground") if has_platforms else None

    def regenerate(self, random_state: np.random.RandomState) -> None:
        """Draws platforms and walls, unless their layout is given."""
        super().regenerate(random_state)
        if self._layout is not None:
            obstacles = placed(self._layout)
        else:
            obstacles = draw(self._config.arena, self._config.corridor, random_state)
        if self._ground_body is not None:
            plane: Any = self._ground_plane
            plane.pos = [self._config.corridor_length / 2, 0, _PLANE_BELOW]
            plane.rgba = [0, 0, 0, 0]
            self._ground_body.geom.clear()
            self._add_platforms(obstacles.platforms[obstacles.platforms[:, 0] < FAR])
        for i, (x, low, high, height) in enumerate(obstacles.walls):
            if x < FAR:
                position = [x, (low + high) / 2, height / 2]
                size = [WALL_HALF, (high - low) / 2, height / 2]
                _box(self._walls_body, f"wall_{i}", position, size, rgba=_WHITE)

    def _add_platforms(self, platforms: np.ndarray) -> None:
        half_width = self._config.corridor_width / 2
        for i, (start, length, height) in enumerate(platforms):
            name = "start_floor" if i == 0 else f"floor_{i - 1}"
            position = [start + length / 2, 0, height - PLATFORM_HALF]
            size = [length / 2, half_width, PLATFORM_HALF]
            _box(self._ground_body, name, position, size, **self._looks)

    def _dress(self, aesthetic: str) -> None:
        """Ground and sky by one of dm_control's names for their looks."""
        ground = assets.get_ground_texture_info(aesthetic)
        sky = assets.get_sky_texture_info(aesthetic)
        root: Any = self.mjcf_model
        root.compiler.texturedir = assets.get_texturedir(aesthetic)
        texture = root.asset.add(
            "texture", name="aesthetic_texture", file=ground.file, type=ground.type
        )
        material = root.asset.add(
            "material", name="aesthetic_material", texture=texture, texuniform="true"
        )
        for other in root.asset.find_all("texture"):
            if other.type == "skybox":
                other.remove()
        root.asset.add(
            "texture",
            name="aesthetic_skybox",
            file=sky.file,
            type="skybox",
            gridsize=sky.gridsize,
            gridlayout=sky.gridlayout,
        )
        self._looks = {"material": material}

    @property
    def ground_geoms(self) -> tuple[Any, ...]:
        """The floor: what feet may stand on without having fallen."""
        if self._ground_body is None:
            return (self._ground_plane,)
        return (self._ground_plane, *self._ground_body.find_all("geom"))


def _box(body: Any, name: str, position: list[float], size: list[float], **looks: Any) -> None:
    body.add("geom", type="box", name=name, pos=position, size=size, **looks)


def make_arena(config: SceneConfig, layout: Layout | None = None) -> CorridorArena:
    """The arena of `config`, not yet regenerated and with nothing attached.

    Args:
      config: the scene.
      layout: the platforms or walls to build, whatever would be drawn; None to draw them
        as `config` says.
    """
    return CorridorArena(config=config, layout=layout)


def draw(arena: Arena, corridor: Corridor, random_state: np.random.RandomState) -> Obstacles:
    """The obstacles that `arena` places from values drawn as dm_control's corridors draw them.

    Row by row along the corridor: the first platform's length, the gap behind it, the second
    one's length; then what is drawn `later`.
    """
    rows = arena.rows(corridor)
    values = {name: np.zeros(rows) for name in arena.spans()}
    first = [name for name in arena.spans() if name not in arena.later]
    after = _draw_rows(arena, first, values, random_state)
    used = arena.used(corridor, values)
    # Rows beyond the corridor's end were drawn for nothing; dm_control does not draw them.
    random_state.set_state(after[used])
    _draw_rows(arena, arena.later, values, random_state, used)
    return arena.place(corridor, values, np)


def _draw_rows(
    arena: Arena,
    names: "list[str] | tuple[str, ...]",
    values: Mapping[str, np.ndarray],
    random_state: np.random.RandomState,
    rows: int | None = None,
) -> list[Any]:
    """Fills the first rows of `values`; gives the random state before each, and after the last."""
    states = [random_state.get_state()]
    count = rows if rows is not None else len(values[names[0]]) if names else 0
    for row in range(count):
        for name in names:
            low, high = bounds(getattr(arena, name), row)
            values[name][row] = low if low == high else random_state.uniform(low, high)
        states.append(random_state.get_state())
    return states


def placed(layout: Layout) -> Obstacles:
    """The obstacles of a layout."""
    platforms = [(p.start, p.length, p.height) for p in layout.platforms]
    return Obstacles(
        np.array(platforms, float).reshape(-1, 3), np.array(layout.walls, float).reshape(-1, 4)
    )


def yaw_quaternion(yaw: float) -> tuple[float, float, float, float]:
    """The quaternion (w, x, y, z) of a turn by `yaw` radians about z."""
    return (math.cos(yaw / 2), 0.0, 0.0, math.sin(yaw / 2))
