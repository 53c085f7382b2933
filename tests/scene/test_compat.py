"""The report finds everything MJX refuses, ignores or does otherwise, by name."""

import mujoco
import pytest

from vnl_core.config import MjxConfig, SceneConfig
from vnl_core.scene import build
from vnl_core.scene.compat import findings, refuse, report

# One of everything that the report looks for; MuJoCo itself simulates it.
EVERYTHING = """
<mujoco>
  <option cone="elliptic" solver="PGS" integrator="implicit" noslip_iterations="3">
    <flag energy="enable"/>
  </option>
  <worldbody>
    <geom name="floor" type="box" size="5 5 .1" condim="1"/>
    <body name="egg" pos="0 0 1">
      <freejoint/>
      <geom name="egg" type="ellipsoid" size=".1 .2 .3" condim="1"/>
      <site name="here"/>
      <body name="arm" pos="1 0 0">
        <joint name="hinge"/>
        <geom name="drum" type="cylinder" size=".1 .2" condim="1" surfacevel="0 0 0 1 0 0"/>
      </body>
    </body>
    <body name="ball" pos="2 0 1">
      <freejoint/>
      <geom name="ball" size=".1" condim="1"/>
    </body>
  </worldbody>
  <actuator>
    <general name="grip" body="arm" dyntype="user" dynprm="1" actdim="1"/>
  </actuator>
  <sensor>
    <e_kinetic name="energy"/>
    <contact name="bump" body1="egg"/>
  </sensor>
</mujoco>
"""


def kinds(model: mujoco.MjModel) -> dict[str, str]:
    return {f.kind: f.severity for f in findings(model, "mjx")}


def test_everything_is_found_at_once():
    model = mujoco.MjModel.from_xml_string(EVERYTHING)
    found = kinds(model)
    refused = {kind for kind, severity in found.items() if severity == "refused"}
    assert refused == {
        "sensor e kinetic",
        "actuator body",
        "actuator user",
        "integrator implicit",
        "solver pgs",
        "enable energy",
        "elliptic cone with condim 1",
        "ellipsoid–box contact",
        "cylinder–box contact",
        "contact sensor by site, body or net force",
    }
    assert found["noslip iterations"] == found["surface velocity of the geoms"] == "ignored"
    assert found["sphere–ellipsoid contact"] == found["sensors"] == "slow"
    with pytest.raises(ValueError, match="native") as refusal:
        refuse(model, "mjx")
    for word in (*refused, "egg", "drum", "grip", "energy", "bump", "capsules"):
        assert word in str(refusal.value)


def test_a_model_that_mjx_takes_is_not_refused():
    xml = '<mujoco><worldbody><body><freejoint/><geom size=".1"/></body></worldbody></mujoco>'
    model = mujoco.MjModel.from_xml_string(xml)
    assert findings(model, "mjx") == []
    refuse(model, "mjx")


@pytest.mark.parametrize("walker", ["ant", "rodent", "cmu_humanoid"])
def test_the_adaptation_cures_all_that_is_refused(walker):
    config = SceneConfig(walker=walker, corridor_length=20, cone="elliptic")
    found = report(build(config))
    assert all(f.cured for f in found if f.severity in ("refused", "slow"))
    assert any(f.severity == "refused" for f in found) == (walker != "ant")
    differs = [f for f in found if f.severity == "differs"]
    assert [f.kind for f in differs] == ["capsule–box contact"]
    assert not differs[0].cured


@pytest.mark.parametrize(
    ("switch", "kind"),
    [
        ("capsules", "ellipsoid–box contact"),
        ("pyramidal_cone", "elliptic cone with condim 1"),
        ("drop_sensors", "sensors"),
    ],
)
def test_what_is_switched_off_stays_uncured(switch, kind):
    config = SceneConfig(
        walker="rodent", corridor_length=12, cone="elliptic", mjx=MjxConfig(self_contact=True)
    )
    off = config.changed(mjx=config.mjx.changed(**{switch: False}))
    cured = {cfg: {f.kind: f.cured for f in report(build(cfg))} for cfg in (config, off)}
    assert cured[config][kind]
    assert not cured[off][kind]


def test_warp_takes_ellipsoids_and_elliptic_cones():
    scene = build(SceneConfig(walker="rodent", corridor_length=12, cone="elliptic"))
    assert {f.severity for f in report(scene, "mjx-warp")} == {"ignored"}
    assert scene.model.nskin  # the skin is all that it leaves out
