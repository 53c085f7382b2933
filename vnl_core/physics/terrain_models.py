"""Models of one scene that differ in their terrain alone, for engines written in C.

MuJoCo keeps platforms and walls in the model, not in the state, so simulations on different
terrains need models of their own. They are copies of one model whose box geoms are moved:
no compilation.
"""

import copy

import mujoco
import numpy as np

from vnl_core.scene import Scene

# The boxes' bodies in dm_control's arenas, and their names' beginnings.
_BODIES = {"ground": "floor_", "walls": "wall_"}
# Where a spare box is compiled; any place will do.
_SPARE = [-1.0, 0.0, -20.0]


def add_spare_boxes(spec: mujoco.MjSpec, scene: Scene) -> None:
    """Gives `spec` as many platforms and walls as the scene's config can ever draw."""
    wanted = {"ground": scene.config.most_platforms, "walls": scene.config.most_walls}
    for name, prefix in _BODIES.items():
        body = spec.body(name)
        if body is None:
            continue
        # The body's own frame, so that bounds of its boxes are in the world's.
        body.explicitinertial = True
        body.mass, body.inertia = 1.0, [1.0, 1.0, 1.0]
        body.ipos, body.iquat = [0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0]
        for i in range(len(body.geoms), wanted[name]):
            box = mujoco.mjtGeom.mjGEOM_BOX
            # In order along x, for the tree of bounds is made from where they are now.
            position = [1000.0 + i, 0.0, _SPARE[2]]
            body.add_geom(name=f"{prefix}spare_{i}", type=box, pos=position, size=[0.001] * 3)


def terrain_geoms(model: mujoco.MjModel) -> np.ndarray:
    """Ids of the terrain's boxes, platforms in order and then walls."""
    names = [model.geom(i).name for i in range(model.ngeom)]
    found = [
        i
        for prefix in ("start_floor", *_BODIES.values())
        for i, name in enumerate(names)
        if name.startswith(prefix)
    ]
    return np.array(found, int)


class TerrainModels:
    """One model for each simulation of a batch, each with the terrain it was last given."""

    def __init__(self, model: mujoco.MjModel):
        """Begins without any simulation.

        Args:
          model: compiled with `add_spare_boxes`; it is copied.
        """
        self._model = model
        self._geoms = terrain_geoms(model)
        self._nodes = _Bounds(model, self._geoms)
        self._terrain = np.empty((0, len(self._geoms), 6), np.float32)
        self.models: list[mujoco.MjModel] = []

    def own(self, count: int) -> list[mujoco.MjModel]:
        """`count` models, each as it was last left."""
        missing = count - len(self.models)
        if missing > 0:
            self.models += [copy.copy(self._model) for _ in range(missing)]
            fresh = np.full((missing, *self._terrain.shape[1:]), np.nan, np.float32)
            self._terrain = np.concatenate([self._terrain, fresh])
        return self.models[:count]

    def at(self, wanted: np.ndarray) -> list[mujoco.MjModel]:
        """Models with the boxes `wanted`, float32 (n, boxes, 6) centres and half extents."""
        count = len(wanted)
        self.own(count)
        changed = np.flatnonzero((self._terrain[:count] != wanted).any(axis=(1, 2)))
        if len(changed):
            bounds = self._nodes.of(wanted[changed])
            for i, nodes in zip(changed, bounds, strict=True):
                self._move(self.models[i], wanted[i, :, :3], wanted[i, :, 3:], nodes)
            self._terrain[changed] = wanted[changed]
        return self.models[:count]

    def _move(self, model, position, size, nodes) -> None:
        """Boxes, and all that MuJoCo derived from them when it compiled the model."""
        geoms = self._geoms
        model.geom_pos[geoms] = position
        model.geom_size[geoms] = size
        model.geom_rbound[geoms] = np.linalg.norm(size, axis=1)
        model.geom_aabb[geoms, 3:] = size
        model.bvh_aabb[self._nodes.ids] = nodes


class _Bounds:
    """The bounding boxes of the trees that MuJoCo's collision detection descends."""

    def __init__(self, model: mujoco.MjModel, geoms: np.ndarray):
        trees = [
            model.body_bvhadr[body] + np.arange(model.body_bvhnum[body])
            for body in np.unique(model.geom_bodyid[geoms])
        ]
        self.ids = np.concatenate([np.empty(0, int), *trees])  # an empty corridor has no boxes
        place = {node: i for i, node in enumerate(self.ids)}
        box = {geom: i for i, geom in enumerate(geoms)}
        self._leaves = [
            (place[n], box[model.bvh_nodeid[n]]) for n in self.ids if model.bvh_nodeid[n] >= 0
        ]
        # A child comes after its parent, and is counted from the first node of its body.
        self._parents = [
            (place[n], [place[self._root(model, n) + c] for c in model.bvh_child[n]])
            for n in reversed(self.ids)
            if model.bvh_nodeid[n] < 0
        ]

    @staticmethod
    def _root(model: mujoco.MjModel, node: int) -> int:
        starts = model.body_bvhadr
        return int(starts[starts <= node].max())

    def of(self, boxes: np.ndarray) -> np.ndarray:
        """(n, nodes, 6) centre and half extents, for boxes (n, boxes, 6)."""
        low, high = (np.empty((len(boxes), len(self.ids), 3)) for _ in range(2))
        nodes, which = np.array(self._leaves, int).reshape(-1, 2).T
        centre, half = boxes[:, which, :3], boxes[:, which, 3:]
        low[:, nodes], high[:, nodes] = centre - half, centre + half
        for node, children in self._parents:
            low[:, node] = low[:, children].min(axis=1)
            high[:, node] = high[:, children].max(axis=1)
        return np.concatenate([(low + high) / 2, (high - low) / 2], axis=2)
