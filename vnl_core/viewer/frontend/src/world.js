// The scene: bodies with what hangs on them, cameras and lights, placed by poses.
import * as THREE from "three";
import { floats } from "./files.js";
import { focus, makeLights, shine } from "./lights.js";
import { Materials, makeSky } from "./materials.js";
import { POSE, readMoment } from "./moment.js";
import { makeShape } from "./shapes.js";
import { makeSkin } from "./skin.js";

// The layer of what the walker's own camera does not see: its head.
export const UNSEEN_BY_ITSELF = 1;

export class World {
  static async make(description) {
    const materials = await Materials.load(description);
    const sky = description.skybox.length ? await makeSky(description.skybox) : null;
    return new World(description, materials, sky);
  }

  constructor(description, materials, sky) {
    this.description = description;
    this.materials = materials;
    this.sky = sky;
    this.scene = new THREE.Scene();
    const [, , ...row] = floats(description.start);
    const ownCameras = description.cameras.length - 1; // the first is the free one
    const bodyCount = description.bodies.length;
    const items = bodyCount + ownCameras + description.lights.length;
    this.start = readMoment(0, new Float32Array(row), items);
    this.items = Array.from({ length: items }, () => new THREE.Object3D());
    this.bodies = this.items.slice(0, bodyCount);
    this.cameras = this.items.slice(bodyCount, bodyCount + ownCameras);
    this.lightItems = this.items.slice(bodyCount + ownCameras);
    this.root = this.bodies[description.root];
    this.scene.add(...this.bodies);
    const skinned = new Set(description.skins.flatMap(({ bones }) => bones));
    this.covered = []; // shapes under a skin
    this.shapes = description.geoms.map((geom) => {
      const material = materials.of(geom.material, this.isOwn(geom.body));
      const shape = makeShape(geom, description, material, skinned.has(geom.body));
      if (skinned.has(geom.body)) {
        this.covered.push(shape);
      }
      if (geom.kind === "geom" && description.unseen_by_itself.includes(geom.group)) {
        shape.layers.set(UNSEEN_BY_ITSELF);
      }
      this.bodies[geom.body].add(shape);
      return shape;
    });
    this.skins = description.skins.map((skin) =>
      makeSkin(skin, this.bodies, materials.of(skin.material, true)),
    );
    [...this.skins, sky].forEach((part) => part && this.scene.add(part));
    this.lights = makeLights(description, this.scene, description.view.distance);
    this.place(this.start.poses);
    this.lights.own.forEach((light) => focus(light, this.root));
  }

  // Whether a body is the walker's.
  isOwn(body) {
    const [first, count] = this.description.walker;
    return body >= first && body < first + count;
  }

  // poses: Float32Array (items × 7)
  place(poses) {
    this.items.forEach((item, i) => {
      item.position.fromArray(poses, POSE * i);
      item.quaternion.fromArray(poses, POSE * i + 3);
    });
    this.lights.own.forEach((light, i) => shine(light, this.lightItems[i]));
  }

  // Shows the groups of geoms and sites that are on; a ghost's too.
  // shown: { geom: [on or off, by group], site: … }
  showGroups(shown) {
    this.scene.traverse((object) => {
      const { kind, group } = object.userData;
      if (kind) {
        object.visible = Boolean(shown[kind][group]);
      }
    });
  }

  dispose() {
    this.scene.traverse((object) => {
      object.geometry?.dispose();
      object.skeleton?.dispose();
      object.shadow?.dispose();
    });
    this.materials.dispose();
    this.sky?.material.uniforms.cube.value.dispose();
    this.sky?.material.dispose();
  }
}
