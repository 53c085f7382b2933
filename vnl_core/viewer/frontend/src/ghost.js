// A second motion of the same kind of walker, drawn translucent beside the first.
import * as THREE from "three";
import { POSE } from "./moment.js";
import { makeSkin } from "./skin.js";

export const GHOST_COLOR = 0x3b82f6;

export class Ghost {
  // `motion` may be of another corridor, but not of another walker.
  constructor(world, motion) {
    const [first, count] = world.description.walker;
    if (motion.walker[1] !== count) {
      throw new Error("The second episode has another walker. Choose one of the same walker.");
    }
    this.motion = motion;
    this.material = new THREE.MeshLambertMaterial({
      color: GHOST_COLOR,
      opacity: 0.4,
      transparent: true,
    });
    // Indexed as the world's bodies are, so that skins find their bones.
    this.bodies = world.bodies.map(() => new THREE.Object3D());
    this.own = this.bodies.slice(first, first + count);
    for (const shape of world.shapes.filter(({ userData }) => world.isOwn(userData.body))) {
      const copy = new THREE.Mesh(shape.geometry, this.material);
      copy.position.copy(shape.position);
      copy.quaternion.copy(shape.quaternion);
      copy.userData = { kind: shape.userData.kind, group: shape.userData.group };
      copy.visible = shape.visible;
      this.bodies[shape.userData.body].add(copy);
    }
    this.skins = world.description.skins.map((skin) => makeSkin(skin, this.bodies, this.material));
    [...this.own, ...this.skins].forEach((part) => world.scene.add(part));
  }

  // It stays where its motion ends.
  show(time) {
    const { poses } = this.motion.at(Math.min(time, this.motion.loaded));
    this.own.forEach((body, i) => {
      const at = POSE * (this.motion.walker[0] + i);
      body.position.fromArray(poses, at);
      body.quaternion.fromArray(poses, at + 3);
    });
  }
}
