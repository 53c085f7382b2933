// The eye: free, orbiting the walker, or one of the model's own cameras.
import * as THREE from "three";
import { OrbitControls } from "three/addons/controls/OrbitControls.js";

const FREE = -1;
// A corner exactly in the eye's plane makes Chromium's software renderer paint nonsense, and
// cameras at round numbers meet such corners. A tenth of a millimetre aside they do not.
const ASIDE = 1e-4;

export class Eye {
  constructor(description, world, canvas, changed) {
    this.world = world;
    this.list = description.cameras;
    this.index = FREE;
    this.follow = true;
    const { lookat, distance, azimuth, elevation } = description.view;
    this.camera = new THREE.PerspectiveCamera(45, 1, description.near, description.far);
    this.controls = new OrbitControls(this.camera, canvas);
    this.controls.target.fromArray(lookat);
    const [turn, tilt] = [azimuth, elevation].map(THREE.MathUtils.degToRad);
    const back = new THREE.Vector3(
      Math.cos(tilt) * Math.cos(turn),
      Math.cos(tilt) * Math.sin(turn),
      Math.sin(tilt),
    ).multiplyScalar(-distance);
    this.camera.position.copy(this.controls.target).add(back);
    this.controls.minDistance = 5 * description.near;
    this.controls.maxDistance = 0.2 * description.far;
    this.controls.addEventListener("change", changed);
    this.controls.update();
    this.seen = world.root.position.clone();
    this.step = new THREE.Vector3();
    this.select(FREE);
  }

  // A camera by index; the free one stands where it was left.
  select(index) {
    if (this.index === FREE) {
      this.left = [this.camera.position.clone(), this.camera.quaternion.clone()];
    }
    this.index = index;
    this.controls.enabled = index === FREE;
    this.camera.fov = this.list.find((camera) => camera.index === index).fovy;
    this.camera.updateProjectionMatrix();
    if (index === FREE) {
      [this.camera.position, this.camera.quaternion].forEach((part, i) => part.copy(this.left[i]));
      this.controls.update();
    }
  }

  // To be called when the world was placed anew, and before each picture.
  update() {
    this.step.subVectors(this.world.root.position, this.seen);
    this.seen.copy(this.world.root.position);
    const free = this.index === FREE ? this.camera.position : this.left[0];
    if (this.follow) {
      free.add(this.step);
      this.controls.target.add(this.step);
    }
    if (this.index !== FREE) {
      const own = this.world.cameras[this.index];
      this.camera.position.copy(own.position).addScalar(ASIDE);
      this.camera.quaternion.copy(own.quaternion);
    }
  }
}
