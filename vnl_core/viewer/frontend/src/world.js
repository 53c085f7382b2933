// The scene: bodies with what hangs on them, cameras and lights, placed by poses.
import * as THREE from "three";
import { floats } from "./files.js";
import { focus, makeLights, shine } from "./lights.js";
import { makeMaterials, makeSky } from "./materials.js";
import { makeShape } from "./shapes.js";
import { makeSkin } from "./skin.js";

const POSE = 7; // position and quaternion

export class World {
  static async make(description) {
    const materials = await makeMaterials(description);
    const sky = description.skybox.length ? await makeSky(description.skybox) : null;
    return new World(description, materials, sky);
  }

  constructor(description, materials, sky) {
    this.scene = new THREE.Scene();
    this.start = floats(description.pose);
    this.items = Array.from({ length: this.start.length / POSE }, () => new THREE.Object3D());
    const ownCameras = description.cameras.length - 1; // the first is the free one
    const bodyCount = this.items.length - ownCameras - description.lights.length;
    this.bodies = this.items.slice(0, bodyCount);
    this.cameras = this.items.slice(bodyCount, bodyCount + ownCameras);
    this.lightItems = this.items.slice(bodyCount + ownCameras);
    this.root = this.bodies[description.root];
    this.scene.add(...this.bodies);
    for (const geom of description.geoms) {
      const [material, facts] = [materials[geom.material], description.materials[geom.material]];
      this.bodies[geom.body].add(makeShape(geom, description.meshes, material, facts));
    }
    for (const skin of description.skins) {
      this.scene.add(makeSkin(skin, this.bodies, materials[skin.material]));
    }
    if (sky) {
      this.scene.add(sky);
    }
    this.lights = makeLights(description, this.scene, description.view.distance);
    this.place(this.start);
    this.lights.own.forEach((light) => focus(light, this.root));
  }

  // poses: Float32Array (items × 7)
  place(poses) {
    this.items.forEach((item, i) => {
      item.position.fromArray(poses, POSE * i);
      item.quaternion.fromArray(poses, POSE * i + 3);
    });
    this.lights.own.forEach((light, i) => shine(light, this.lightItems[i]));
  }
}
