// A skin that hangs on bodies as on bones.
import * as THREE from "three";
import { floats, uint16s, uint32s } from "./files.js";

export function makeSkin(skin, bodies, material) {
  const geometry = new THREE.BufferGeometry();
  const add = (name, values, size) =>
    geometry.setAttribute(name, new THREE.BufferAttribute(values, size));
  add("position", floats(skin.positions), 3);
  add("skinIndex", uint16s(skin.bone_indices), 4);
  add("skinWeight", floats(skin.bone_weights), 4);
  if (skin.uv) {
    add("uv", floats(skin.uv), 2);
  }
  geometry.setIndex(new THREE.BufferAttribute(uint32s(skin.faces), 1));
  geometry.computeVertexNormals();

  const positions = floats(skin.bind_positions);
  const quaternions = floats(skin.bind_quaternions);
  const one = new THREE.Vector3(1, 1, 1);
  const inverses = skin.bones.map((_, i) =>
    new THREE.Matrix4()
      .compose(
        new THREE.Vector3().fromArray(positions, 3 * i),
        new THREE.Quaternion().fromArray(quaternions, 4 * i),
        one,
      )
      .invert(),
  );
  const mesh = new THREE.SkinnedMesh(geometry, material);
  const bones = skin.bones.map((body) => bodies[body]);
  mesh.bind(new THREE.Skeleton(bones, inverses), new THREE.Matrix4());
  mesh.frustumCulled = false; // its bounds are those of the bind pose, near the origin
  mesh.castShadow = mesh.receiveShadow = true;
  return mesh;
}
