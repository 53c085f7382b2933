"""MuJoCo's own C engine under JAX: a batch over threads, called back from the jitted program."""

import copy
import logging
import os
import threading
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import jax
import jax.numpy as jnp
import mujoco
import numpy as np
from absl import logging as absl_logging
from mujoco.rollout import Rollout

from vnl_core.physics import instability, model_fields, probe
from vnl_core.physics.base import Boxes, Extra, PhysicsState
from vnl_core.physics.callback import call_back
from vnl_core.physics.terrain_models import TerrainModels, add_spare_boxes
from vnl_core.scene import Scene
from vnl_core.scene.adapt import adapt, plain_spec

_FULL = mujoco.mjtState.mjSTATE_FULLPHYSICS
_COM = "vnl_subtree_com"
# MuJoCo resets a simulation with NaN or huge values to time 0. Each simulation starts with this
# much time on its clock, in seconds, so that a reset shows even in its first step.
_CLOCK = 1.0


def _says_more(record: logging.LogRecord) -> bool:
    """Whether a log record is more than MuJoCo's warning of one unstable simulation.

    The state tells of that, by name; a batch would fill a training's log with thousands, whose time
    is that of our clock.
    """
    return "The simulation is unstable" not in record.getMessage()


# dm_control sends MuJoCo's warnings there.
absl_logging.get_absl_logger().addFilter(_says_more)


def tracked_model(scene: Scene, own_terrain: bool = False, probed: bool = False) -> mujoco.MjModel:
    """The scene's model with the walker's sensors replaced by the few that the state needs.

    `mujoco.rollout` returns states and sensor data only, so what the terms read is
    measured by sensors: the walker's centre of mass and its end effectors' positions.
    The walker's own sensors would cost time in every physics step, and looks would make a
    model of megabytes out of one of kilobytes.
    """
    adapted = scene.config.mjx.native_adapted
    spec = adapt(scene, "native").spec if adapted else plain_spec(scene)
    for sensor in list(spec.sensors):
        spec.delete(sensor)
    if own_terrain:
        add_spare_boxes(spec, scene)
    spec.add_sensor(
        name=_COM,
        type=mujoco.mjtSensor.mjSENS_SUBTREECOM,
        objtype=mujoco.mjtObj.mjOBJ_BODY,
        objname=scene.walker.root_body,
    )
    for i, body in enumerate(scene.walker.end_effectors):
        spec.add_sensor(
            name=f"vnl_end_effector_{i}",
            type=mujoco.mjtSensor.mjSENS_FRAMEPOS,
            objtype=mujoco.mjtObj.mjOBJ_XBODY,
            objname=body,
        )
    if probed:
        probe.add_probe(spec, scene)
    return spec.compile()


class NativePhysics:
    """Batched MuJoCo C physics; float64 inside, float32 outside."""

    name = "native"
    on_host = True

    def __init__(
        self,
        scene: Scene,
        threads: int = 0,
        extras: Iterable[Extra] = (),
        own_terrain: bool = False,
        probed: bool = False,
    ):
        """Compiles a model of its own and starts `threads` threads (0: one per processor).

        With `probed`, `PhysicsState.extras["probe"]` holds what `probe` measures in every physics
        step of the last control step, (substeps, probe.size(scene)).
        """
        self.model = tracked_model(scene, own_terrain, probed)
        self._probe_size = probe.size(scene) if probed else 0
        self._models = TerrainModels(self.model)
        self._fields: dict[str, jax.Array] = {}
        self._substeps = scene.config.substeps
        self._extras = tuple(extras)
        self._threads = threads or len(os.sched_getaffinity(0))
        self.rollout = Rollout(nthread=self._threads)
        self.data = [mujoco.MjData(self.model) for _ in range(self._threads)]
        self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="physics")
        self._row_size = mujoco.mj_stateSize(self.model, _FULL)  # time, qpos, qvel, act
        self._lock = threading.Lock()  # one batch at a time: threads and MjData are shared

    def changed(self, fields: Mapping[str, jax.Array]) -> "NativePhysics":
        model_fields.check(self.model, fields)
        other = copy.copy(self)
        other._fields = dict(fields)
        other._models = TerrainModels(self.model)  # other devices' simulations keep theirs
        return other

    def init(self, qpos: jax.Array, qvel: jax.Array, boxes: Boxes | None = None) -> PhysicsState:
        shapes = (_shape(self._row_size), self._derived_shapes())
        row, (sensors, extras) = call_back(self._forward, shapes, qpos, qvel, self._fields)
        sound = jnp.zeros((), jnp.int32)
        return self._unpack(row, jnp.zeros(self.model.nv), sound, sensors, extras, boxes)

    def step(self, state: PhysicsState, ctrl: jax.Array) -> PhysicsState:
        row = jnp.concatenate([state.time[None], state.qpos, state.qvel, state.act])
        boxes = state.boxes and jnp.concatenate([state.boxes.position, state.boxes.size], axis=1)
        code = jax.ShapeDtypeStruct((), jnp.int32)
        shapes = (_shape(self._row_size), _shape(self.model.nv), code, self._derived_shapes())
        row, warmstart, unstable, (sensors, extras) = call_back(
            self._step, shapes, row, state.engine, ctrl, boxes, self._fields
        )
        return self._unpack(row, warmstart, unstable, sensors, extras, state.boxes)

    def _derived_shapes(self):
        model = self.model
        sizes = {
            "cinert": (model.nbody, 10),
            "cvel": (model.nbody, 6),
            "qfrc_actuator": (model.nv,),
        }
        shapes = {name: _shape(*sizes[name]) for name in self._extras}
        if self._probe_size:
            shapes["probe"] = _shape(self._substeps, self._probe_size)
        return _shape(model.nsensordata - self._probe_size), shapes

    def _unpack(self, row, warmstart, unstable, sensors, extras, boxes) -> PhysicsState:
        nq, nv = self.model.nq, self.model.nv
        return PhysicsState(
            time=row[0],
            qpos=row[1 : 1 + nq],
            qvel=row[1 + nq : 1 + nq + nv],
            act=row[1 + nq + nv :],
            subtree_com=sensors[:3],
            end_effectors=sensors[3:].reshape(-1, 3),
            extras=extras,
            boxes=boxes,
            unstable=unstable,
            engine=warmstart,
        )

    # Below runs outside JAX, on NumPy arrays with any leading batch dimensions.

    def _each(self, boxes: Any, fields: dict[str, Any], count: int) -> list[mujoco.MjModel]:
        """The model of each simulation of the batch."""
        if boxes is None and not fields:
            return [self.model] * count
        wanted = boxes if boxes is None else boxes.reshape(count, -1, 6)
        models = self._models.own(count) if wanted is None else self._models.at(wanted)
        for name, values in fields.items():
            for model, value in zip(models, values.reshape(count, -1), strict=True):
                model_fields.write(model, name, value)
        return models

    def _step(self, out, row, warmstart, ctrl, boxes, fields):
        out_row, out_warmstart, out_unstable, (out_sensors, out_extras) = out
        row, warmstart, ctrl = (_rows(a, np.float64) for a in (row, warmstart, ctrl))
        row = row.copy()
        row[:, 0] += _CLOCK
        controls = np.repeat(ctrl[:, None], self._substeps, axis=1)
        states = np.empty((len(row), self._substeps, self._row_size))
        sensors = np.empty((len(row), self._substeps, self.model.nsensordata))
        timestep = self.model.opt.timestep
        with self._lock:
            models = self._each(boxes, fields, len(row))
            self.rollout.rollout(
                models,
                self.data,
                row,
                controls,
                initial_warmstart=warmstart,
                nstep=self._substeps,
                state=states,
                sensordata=sensors,
                skip_checks=True,
            )
            before = states[:, -2] if self._substeps > 1 else row
            self._derive(models, before, ctrl, self._fields_of(out_extras))
            late = np.abs(states[:, -1, 0] - row[:, 0] - self._substeps * timestep)
            # MuJoCo looks at the last state in the next step, which would begin from it.
            nq, nv = self.model.nq, self.model.nv
            moved = np.abs(states[:, -1, 1 : 1 + nq + nv]) <= mujoco.mjMAXVAL
            unstable = ~(late < timestep / 2) | ~moved.all(axis=1)
            codes = self._broken(np.flatnonzero(unstable), models, row, warmstart, ctrl)
            out_unstable.reshape(-1)[:] = codes
        # rollout does not return the solver's warm start; the last acceleration is one.
        velocity = slice(1 + nq, 1 + nq + nv)
        acceleration = (states[:, -1, velocity] - before[:, velocity]) / timestep
        states[:, -1, 0] -= _CLOCK
        _rows(out_row)[:] = states[:, -1]
        _rows(out_warmstart)[:] = acceleration
        tracked = self.model.nsensordata - self._probe_size
        _rows(out_sensors)[:] = sensors[:, -1, :tracked]
        if self._probe_size:
            probed = out_extras["probe"]
            probed.reshape(-1, *probed.shape[-2:])[:] = sensors[:, :, tracked:]

    def _broken(self, which, models, row, warmstart, ctrl) -> np.ndarray:
        """The code of each simulation, (len(row),); those of `which` are simulated once more.

        MuJoCo has started over by then, and tells of it in data that many simulations share.
        """
        codes = np.zeros(len(row), np.int32)
        if not len(which):
            return codes
        keep = int(mujoco.mjtDisableBit.mjDSBL_AUTORESET)
        # Several simulations may share one model.
        distinct = list({id(models[i]): models[i] for i in which}.values())

        def work(thread: int) -> None:
            for i in which[thread :: self._threads]:
                codes[i] = instability.find(
                    models[i], self.data[thread], row[i], warmstart[i], ctrl[i], self._substeps
                )

        for model in distinct:
            model.opt.disableflags |= keep
        try:
            list(self._pool.map(work, range(self._threads)))
        finally:
            for model in distinct:
                model.opt.disableflags &= ~keep
        # If it does not break again, still report that it broke the first time.
        unknown = len(instability.names(self.model)) - 1
        codes[which] = np.where(codes[which] > 0, codes[which], unknown)
        return codes

    def _forward(self, out, qpos, qvel, fields):
        out_row, (out_sensors, out_extras) = out
        qpos, qvel = _rows(qpos), _rows(qvel)
        rows = np.zeros((len(qpos), self._row_size))
        rows[:, 1 : 1 + qpos.shape[1]] = qpos
        rows[:, 1 + qpos.shape[1] :][:, : qvel.shape[1]] = qvel
        with self._lock:
            models = self._each(None, fields, len(rows))
            still = np.zeros((len(rows), self.model.nu))
            self._derive(models, rows, still, self._fields_of(out_extras), out_sensors)
        if self._probe_size:
            out_extras["probe"][:] = 0  # nothing was simulated yet
        _rows(out_row)[:] = rows

    def _fields_of(self, extras: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Those of the extras that are fields of MjData."""
        return {name: extras[name] for name in self._extras}

    def _derive(self, models, rows, ctrl, extras: dict[str, np.ndarray], sensors=None) -> None:
        """Writes the extras (and sensors, when given) of the states `rows`, over the threads.

        None of them depends on the terrain.
        """
        if not extras and sensors is None:
            return
        fields = {name: getattr(self.data[0], name) for name in extras}
        outs = {name: x.reshape(-1, *fields[name].shape) for name, x in extras.items()}
        if sensors is not None:
            sensors = _rows(sensors)
        forward = mujoco.mj_forward if extras else _measure

        def work(thread: int) -> None:
            data = self.data[thread]
            for i in range(thread, len(rows), self._threads):
                mujoco.mj_setState(models[i], data, rows[i], _FULL)
                data.ctrl[:] = ctrl[i]
                forward(models[i], data)
                for name, values in outs.items():
                    values[i] = getattr(data, name)
                if sensors is not None:
                    sensors[i] = data.sensordata[: sensors.shape[1]]

        jobs = [self._pool.submit(work, thread) for thread in range(self._threads)]
        wait(jobs)  # all of them, for `extras` and `sensors` are gone when this has failed
        for job in jobs:
            job.result()


def _measure(model: mujoco.MjModel, data: mujoco.MjData) -> None:
    """The little of `mj_forward` that the sensors need."""
    mujoco.mj_kinematics(model, data)
    mujoco.mj_comPos(model, data)
    mujoco.mj_sensorPos(model, data)


def _shape(*size: int) -> jax.ShapeDtypeStruct:
    return jax.ShapeDtypeStruct(size, jnp.float32)


def _rows(array: np.ndarray, dtype: Any = None) -> np.ndarray:
    """`array` as one vector a simulation, without a copy unless of another `dtype`."""
    return np.asarray(array, dtype).reshape(-1, array.shape[-1])
