"""What a person looks at before trusting a walker made from a file."""

from typing import Any

import mujoco

from vnl_core.scene.walkers.mjcf_walker import MjcfWalker


def checklist(walker: MjcfWalker) -> dict[str, Any]:
    """The walker in numbers and names that go into JSON.

    Mass in kg, lengths in m; joint ranges in rad, or m where the joint slides; None where
    the joint has no limit.
    """
    root: Any = walker.mjcf_model
    torso: Any = walker.root_body
    eye: Any = walker.egocentric_camera
    ends: Any = walker.end_effectors
    feet: Any = walker.ground_contact_geoms
    model = mujoco.MjModel.from_xml_string(root.to_xml_string(), root.get_assets())
    data = mujoco.MjData(model)
    mujoco.mj_kinematics(model, data)
    return {
        "mass (kg)": round(float(model.body_subtreemass[0]), 4),
        "root height (m)": round(float(data.body(torso.name).xpos[2]), 4),
        "root body": torso.name,
        "end effectors": [body.name for body in ends],
        "feet": [geom.name for geom in feet],
        "camera": eye.name if eye else None,
        "actuators": [
            {"name": model.actuator(i).name, **_control(model, i)} for i in range(model.nactuator)
        ],
        "joints": [
            {
                "name": model.joint(i).name,
                "range": model.jnt_range[i].tolist() if model.jnt_limited[i] else None,
            }
            for i in range(model.njnt)
        ],
        "keyframes": list(walker.keyframes),
        "integrator": walker.file_options.integrator,
        "eulerdamp": walker.file_options.eulerdamp,
        "left out": [str(left) for left in walker.left_out],
    }


def _control(model: mujoco.MjModel, actuator: int) -> dict[str, Any]:
    first, count = model.actuator_ctrladr[actuator], model.actuator_ctrlnum[actuator]
    low, high = model.actuator_ctrlrange[first]
    return {"controls": int(count), "low": float(low), "high": float(high)}
