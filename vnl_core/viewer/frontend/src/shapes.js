// Geoms and sites as meshes. Sizes are MuJoCo's: radii and half-lengths, in metres.
import * as THREE from "three";
import { floats } from "./files.js";
import { heightField } from "./height_field.js";

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

export function makeShape(geom, { meshes, height_fields, materials, textures }, material) {
  const geometry = makeGeometry(geom, meshes, height_fields);
  const { texture, repeat, uniform } = materials[geom.material];
  if (texture >= 0 && textures[texture].length === 1 && !geometry.attributes.uv?.own) {
    project(geometry, geom.size, repeat, uniform, geom.shape === "box");
  }
  const mesh = new THREE.Mesh(geometry, material);
  mesh.position.fromArray(geom.position);
  mesh.quaternion.fromArray(geom.quaternion);
  mesh.castShadow = geom.shape !== "plane";
  mesh.receiveShadow = true;
  mesh.userData = { kind: geom.kind, group: geom.group, body: geom.body, shape: geom.shape };
  return mesh;
}

function makeGeometry({ shape, asset, size }, meshes, heightFields) {
  if (shape === "mesh") {
    return meshGeometry(meshes[asset]);
  }
  return shape === "height_field" ? heightField(heightFields[asset]) : SHAPES[shape](size);
}

function meshGeometry({ positions, normals, uv }) {
  const geometry = new THREE.BufferGeometry();
  geometry.setAttribute("position", new THREE.BufferAttribute(floats(positions), 3));
  geometry.setAttribute("normal", new THREE.BufferAttribute(floats(normals), 3));
  if (uv) {
    geometry.setAttribute("uv", new THREE.BufferAttribute(floats(uv), 2));
    geometry.attributes.uv.own = true;
  }
  return geometry;
}

// MuJoCo lays a texture over a geom along its z axis, from the corner of the lowest x and the
// highest y on, `repeat` times per two metres if uniform, else per size. A box has it on each
// face, on its sides in the sizes of its top.
function project(geometry, size, repeat, uniform, isBox) {
  const { position, normal } = geometry.attributes;
  const uv = new Float32Array(2 * position.count);
  const scale = repeat.map((times, i) => (0.5 * times) / (uniform ? 1 : size[i] || 1));
  for (let i = 0; i < position.count; i++) {
    const at = [position.getX(i), position.getY(i), position.getZ(i)];
    let [x, y] = at;
    if (isBox && Math.abs(normal.getZ(i)) < 0.5) {
      const across = Math.abs(normal.getX(i)) > 0.5 ? 1 : 0;
      x = (at[across] / size[across]) * size[0];
      y = (at[2] / size[2]) * size[1];
    }
    uv[2 * i] = scale[0] * (x + size[0]);
    uv[2 * i + 1] = scale[1] * (size[1] - y);
  }
  geometry.setAttribute("uv", new THREE.BufferAttribute(uv, 2));
}
