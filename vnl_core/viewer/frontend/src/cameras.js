// The eye: free, orbiting the walker, or one of the model's own cameras.
import * as THREE from "three";
import { OrbitControls } from "three/addons/controls/OrbitControls.js";
import { UNSEEN_BY_ITSELF } from "./world.js";

export const FREE = -1;
// A corner exactly in the eye's plane makes Chromium's software renderer paint nonsense, and
// cameras at round numbers meet such corners. A tenth of a millimetre aside they do not.
const ASIDE = 1e-4;

// A camera of the model's, to draw with.
export class OwnCamera {
  constructor(world, index) {
    const { description } = world;
    const { fovy } = description.cameras.find((camera) => camera.index === index);
    this.item = world.cameras[index];
    this.camera = new THREE.PerspectiveCamera(fovy, 1, description.near, description.far);
    if (index !== description.eye) {
      this.camera.layers.enable(UNSEEN_BY_ITSELF);
    }
  }

  update() {
    this.camera.position.copy(this.item.position).addScalar(ASIDE);
    this.camera.quaternion.copy(this.item.quaternion);
  }
}

export class Eye {
  constructor(canvas, changed) {
    this.free = new THREE.PerspectiveCamera();
    this.free.layers.enable(UNSEEN_BY_ITSELF);
    this.controls = new OrbitControls(this.free, canvas);
    this.controls.addEventListener("change", changed);
    this.index = FREE;
    this.follow = true;
    this.step = new THREE.Vector3();
  }

  get camera() {
    return this.index === FREE ? this.free : this.own.camera;
  }

  // Another world: the free camera stands to its walker as it stood to the one before, unless
  // the walker is of another size.
  enter(world) {
    const { cameras, near, far, radius } = world.description;
    const known = this.world?.description.radius === radius;
    this.world = world;
    this.list = cameras;
    Object.assign(this.free, { near, far, fov: cameras[0].fovy });
    this.controls.minDistance = 5 * near;
    this.controls.maxDistance = 0.2 * far;
    if (!known) {
      this.home();
    }
    this.update();
    this.select(cameras.some(({ index }) => index === this.index) ? this.index : FREE);
  }

  // Back to where the free camera first stood: beside the walker.
  home() {
    const { distance, azimuth, elevation } = this.world.description.view;
    const [turn, tilt] = [azimuth, elevation].map(THREE.MathUtils.degToRad);
    const back = new THREE.Vector3(
      Math.cos(tilt) * Math.cos(turn),
      Math.cos(tilt) * Math.sin(turn),
      Math.sin(tilt),
    ).multiplyScalar(-distance);
    this.controls.target.copy(this.world.root.position);
    this.free.position.copy(this.controls.target).add(back);
    this.seen = this.world.root.position.clone();
    this.controls.update();
  }

  // Where the free camera stands and what it looks at, from the walker's root: six numbers (m).
  get stand() {
    const root = this.world.root.position;
    return [this.free.position, this.controls.target].flatMap((place) =>
      place.clone().sub(root).toArray(),
    );
  }

  set stand(numbers) {
    const root = this.world.root.position;
    this.free.position.fromArray(numbers).add(root);
    this.controls.target.fromArray(numbers, 3).add(root);
    this.controls.update();
  }

  // A camera by index; the free one stands where it was left.
  select(index) {
    this.index = index;
    this.controls.enabled = index === FREE;
    this.own = index === FREE ? null : new OwnCamera(this.world, index);
    this.update();
  }

  // To be called when the world was placed anew, and before each picture.
  update() {
    this.step.subVectors(this.world.root.position, this.seen);
    this.seen.copy(this.world.root.position);
    if (this.follow) {
      this.free.position.add(this.step);
      this.controls.target.add(this.step);
    }
    this.own?.update();
  }
}
