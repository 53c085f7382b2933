"""Rollouts that keep what they have compiled."""

from collections.abc import Callable

from vnl_core.config import RolloutConfig
from vnl_core.rollout.dm_control import simulate_dm_control
from vnl_core.rollout.progress import OnProgress, silent
from vnl_core.rollout.simulator import Simulator
from vnl_core.scene import Scene, build
from vnl_core.trajectory import Trajectory


class Simulators:
    """The simulators of the last few scenes, kept warm."""

    def __init__(self, keep: int = 6):
        self._keep = keep
        self._kept: dict[tuple[str, str, str], Simulator] = {}

    def run(
        self,
        scene: Scene,
        config: RolloutConfig,
        on_progress: OnProgress = silent,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Trajectory:
        """The rollout of `config` on the engine it names; see Simulator.run."""
        if config.engine == "dm_control":
            return simulate_dm_control(scene, config, on_progress, cancelled)
        key = (config.scene.to_json(), config.task.to_json(), config.engine)
        simulator = self._kept.pop(key, None) or Simulator(scene, config)
        self._kept[key] = simulator  # the newest last
        while len(self._kept) > self._keep:
            self._kept.pop(next(iter(self._kept)))
        return simulator.run(config, on_progress, cancelled)


def rollout(config: RolloutConfig) -> Trajectory:
    """One rollout, for a notebook: builds the scene, compiles and simulates."""
    return Simulators().run(build(config.scene), config)
