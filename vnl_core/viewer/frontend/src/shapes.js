// Geoms and sites as meshes. Sizes are MuJoCo's: radii and half-lengths, in metres.
import * as THREE from "three";
import { floats } from "./files.js";

const ENDLESS = 1000; // half-size of a plane without one
const upright = (geometry) => geometry.rotateX(Math.PI / 2); // three's axis is y, MuJoCo's z

const SHAPES = {
  plane: ([x, y]) => new THREE.PlaneGeometry(2 * (x || ENDLESS), 2 * (y || ENDLESS)),
  sphere: ([r]) => new THREE.SphereGeometry(r, 28, 18),
  ellipsoid: ([x, y, z]) => new THREE.SphereGeometry(1, 28, 18).scale(x, y, z),
  capsule: ([r, , half]) => upright(new THREE.CapsuleGeometry(r, 2 * half, 8, 20)),
  cylinder: ([r, , half]) => upright(new THREE.CylinderGeometry(r, r, 2 * half, 28)),
  box: ([x, y, z]) => new THREE.BoxGeometry(2 * x, 2 * y, 2 * z),
};

export function makeShape(geom, meshes, material, { texture, repeat, uniform }) {
  const geometry =
    geom.shape === "mesh" ? meshGeometry(meshes[geom.mesh]) : SHAPES[geom.shape](geom.size);
  const ownUv = geom.shape === "mesh" && meshes[geom.mesh].uv;
  if (texture >= 0 && !ownUv) {
    project(geometry, geom.size, repeat, uniform);
  }
  const mesh = new THREE.Mesh(geometry, material);
  mesh.position.fromArray(geom.position);
  mesh.quaternion.fromArray(geom.quaternion);
  mesh.castShadow = geom.shape !== "plane";
  mesh.receiveShadow = true;
  return mesh;
}

function meshGeometry({ positions, normals, uv }) {
  const geometry = new THREE.BufferGeometry();
  geometry.setAttribute("position", new THREE.BufferAttribute(floats(positions), 3));
  geometry.setAttribute("normal", new THREE.BufferAttribute(floats(normals), 3));
  if (uv) {
    geometry.setAttribute("uv", new THREE.BufferAttribute(floats(uv), 2));
  }
  return geometry;
}

// MuJoCo lays a texture over a geom along its z axis, `repeat` times per two metres if
// uniform, else per size. Sides are striped, as MuJoCo's are.
function project(geometry, size, repeat, uniform) {
  const { position } = geometry.attributes;
  const uv = new Float32Array(2 * position.count);
  const scale = repeat.map((times, i) => (0.5 * times) / (uniform ? 1 : size[i] || 1));
  for (let i = 0; i < position.count; i++) {
    uv[2 * i] = scale[0] * position.getX(i) - 0.5;
    uv[2 * i + 1] = -scale[1] * position.getY(i) - 0.5;
  }
  geometry.setAttribute("uv", new THREE.BufferAttribute(uv, 2));
}
