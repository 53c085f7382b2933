"""The dashboard in memory, over a runs directory with real small runs."""

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from vnl_core.config import RolloutConfig, RunConfig, SceneConfig, TaskConfig
from vnl_core.runs.directory import RunDir, step_name
from vnl_core.runs.files import new_folder, write_whole
from vnl_core.runs.metrics import MetricsWriter
from vnl_core.runs.status import Status, write_status
from vnl_core.scene.cache import built
from vnl_core.supervision import launch
from vnl_core.trajectory import Trajectory
from vnl_core.ui.workers import rollouts, video_jobs, worker

MAIN = Path(__file__).parents[2] / "vnl_core" / "ui" / "main.py"
PAGES = Path(__file__).parents[2] / "pages"


@pytest.fixture(autouse=True)
def runs_dir(tmp_path, monkeypatch):
    """An empty runs directory; no page starts a process by itself."""
    monkeypatch.setenv("VNL_RUNS_DIR", str(tmp_path))
    monkeypatch.setattr(worker.Worker, "warm", lambda self: None)
    monkeypatch.setattr(launch, "prepare", lambda: None)
    yield tmp_path
    rollouts.worker.clear()
    video_jobs.worker.clear()


@pytest.fixture
def visit():
    """Opens a page by its name with the words of an address, and checks that it is whole."""

    def open_page(name: str = "design", **words: str) -> AppTest:
        at = AppTest.from_file(str(MAIN), default_timeout=60)
        for word, value in words.items():
            at.query_params[word] = value
        at.run()
        if name != "design":
            at.switch_page(str(PAGES / f"{name}.py")).run()
        assert not at.exception
        return at

    return open_page


def stand(config: SceneConfig, steps: int = 20) -> Trajectory:
    """An episode of a walker that stands at its start."""
    scene = built(config)
    model = scene.model
    return Trajectory.record(
        scene,
        task=TaskConfig(),
        engine="native",
        policy="zero",
        seed=0,
        control_timestep=0.01,
        time=np.arange(steps + 1) * 0.01,
        qpos=np.tile(scene.qpos, (steps + 1, 1)),
        qvel=np.zeros((steps + 1, model.nv)),
        root_position=np.tile([5.0, 0.0, 0.5], (steps + 1, 1)),
        ctrl=np.zeros((steps, model.nu)),
        reward=np.ones(steps),
        rewards={"alive": np.ones(steps)},
        metrics={"gaps_crossed": np.zeros(steps)},
    )


@pytest.fixture
def standing():
    """Makes an episode of a walker that stands at its start."""
    return stand


@pytest.fixture
def make_run(runs_dir):
    """Makes a finished run of two evaluations, its checkpoints' folders and trajectories."""

    def make(name: str = "ant", reward: float = 2.0, **changes) -> RunDir:
        scene = SceneConfig(corridor_length=12.0).changed(**changes)
        run = RunDir.create(runs_dir, RunConfig(name=name, scene=scene))
        writer = MetricsWriter(run.metrics_path)
        for step, value in ((0, 1.0), (1000, reward)):
            metrics = {"eval/episode_reward": value, "eval/episode_reward_std": 0.1}
            writer.write(step, metrics)
            (run.checkpoints_path / step_name(step)).mkdir()
            stand(scene).save(run.media_path / f"{step_name(step)}.h5")
        writer.close()
        status = Status(
            state="finished", phase="ended", step=1000, total_steps=1000, best_reward=reward
        )
        write_status(run.status_path, status)
        return run

    return make


@pytest.fixture
def make_rollout(runs_dir):
    """Makes a finished rollout of a walker that stands at its start; returns its id."""

    def make(**changes) -> str:
        request = RolloutConfig(scene=SceneConfig(corridor_length=12.0)).changed(**changes)
        path = new_folder(rollouts.folder(), request.policy)
        write_whole(path / "request.json", request.to_json())
        episode = stand(request.scene)
        episode.seed, episode.engine = request.seed, changes.get("engine", "native")
        episode.save(path / "trajectory.h5")
        write_whole(path / "status.json", '{"state": "finished", "progress": 1.0}')
        return path.name

    return make


@pytest.fixture
def queue(monkeypatch):
    """Requests are written but no worker is started."""
    submitted = []
    monkeypatch.setattr(worker.Worker, "submit", lambda self, name: submitted.append(name))
    return submitted


@pytest.fixture
def asked(queue):
    """The one request that was submitted, when called."""

    def request() -> RolloutConfig:
        (rollout_id,) = queue
        rollout = rollouts.read(rollout_id)
        assert rollout
        assert rollout.request
        return rollout.request

    return request
