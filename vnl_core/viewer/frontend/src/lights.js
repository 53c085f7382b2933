// MuJoCo's lights: the headlight in the eye, and the model's own.
import * as THREE from "three";

// three.js divides by π what OpenGL's fixed pipeline does not.
const FULL = Math.PI;

// `reach` (m) is how far around the walker a directional light casts shadows.
export function makeLights(description, scene, reach) {
  const ambient = new THREE.Color(...description.headlight.ambient);
  const head = new THREE.DirectionalLight(new THREE.Color(...description.headlight.diffuse), FULL);
  const own = description.lights.map((light) => {
    ambient.add(new THREE.Color(...light.ambient));
    const made = makeLight(light, reach);
    made.visible = light.active;
    return made;
  });
  for (const light of [head, ...own]) {
    scene.add(light, light.target);
  }
  scene.add(new THREE.AmbientLight(ambient, FULL));
  return { head, own };
}

function makeLight({ directional, diffuse, cutoff, shadow }, reach) {
  const color = new THREE.Color(...diffuse);
  let light;
  if (directional) {
    light = new THREE.DirectionalLight(color, FULL);
    Object.assign(light.shadow.camera, { left: -reach, right: reach, bottom: -reach, top: reach });
  } else {
    // How it dims towards its edge is said in materials.js.
    const angle = Math.min((cutoff * Math.PI) / 180, Math.PI / 2);
    light = new THREE.SpotLight(color, FULL, 0, angle, 0, 0);
  }
  light.castShadow = shadow;
  light.shadow.mapSize.set(1024, 1024);
  light.shadow.bias = -0.0005;
  return light;
}

// Spends the shadow map's depth on what is about as far from the light as the walker is.
export function focus(light, walker) {
  const distance = light.position.distanceTo(walker.position);
  light.shadow.camera.near = 0.5 * distance;
  light.shadow.camera.far = 4 * distance;
}

const forward = new THREE.Vector3();

// Puts a light where `item` is, shining along its -z.
export function shine(light, item) {
  light.position.copy(item.position);
  light.target.position.copy(forward.set(0, 0, -1).applyQuaternion(item.quaternion));
  light.target.position.add(item.position);
}
