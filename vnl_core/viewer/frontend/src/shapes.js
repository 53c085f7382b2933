// Geoms and sites as meshes. Sizes are MuJoCo's: radii and half-lengths, in metres.
import * as THREE from "three";
import { floats } from "./files.js";
import { heightField } from "./height_field.js";

const ENDLESS = 1000; // half-size of a plane without one
const upright = (geometry) => geometry.rotateX(Math.PI / 2); // three's axis is y, MuJoCo's z

// Corners around, and from pole to pole; and those of what lies under a skin, where few are seen
// and a hundred geoms would take longer than all else.
const FINE = [28, 18];
const COARSE = [14, 9];

const SHAPES = {
  plane: ([x, y]) => new THREE.PlaneGeometry(2 * (x || ENDLESS), 2 * (y || ENDLESS)),
  sphere: ([r], corners) => new THREE.SphereGeometry(r, ...corners),
  ellipsoid: ([x, y, z], corners) => new THREE.SphereGeometry(1, ...corners).scale(x, y, z),
  capsule: ([r, , half], [around, along]) =>
    upright(new THREE.CapsuleGeometry(r, 2 * half, Math.round(along / 2), around)),
  cylinder: ([r, , half], [around]) =>
    upright(new THREE.CylinderGeometry(r, r, 2 * half, around)),
  box: ([x, y, z]) => new THREE.BoxGeometry(2 * x, 2 * y, 2 * z),
};

// `covered`: it lies under a skin.
export function makeShape(geom, description, material, covered) {
  const { meshes, height_fields, materials, textures } = description;
  const geometry = makeGeometry(geom, meshes, height_fields, covered ? COARSE : FINE);
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

function makeGeometry({ shape, asset, size }, meshes, heightFields, corners) {
  if (shape === "mesh") {
    return meshGeometry(meshes[asset]);
  }
  return shape === "height_field" ? heightField(heightFields[asset]) : SHAPES[shape](size, corners);
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
