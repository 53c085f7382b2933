// What the pointer is on: a body, a place, a gap.
import * as THREE from "three";

const CLICK = 4; // px a pointer may move between down and up; more is a drag

export class Pointer {
  constructor(canvas, eye) {
    Object.assign(this, { canvas, eye });
    this.caster = new THREE.Raycaster();
    this.caster.layers.enableAll();
    this.ground = new THREE.Plane(new THREE.Vector3(0, 0, 1), 0);
  }

  enter(world) {
    this.world = world;
    // Shapes under a skin, whose groups are hidden, are hit too.
    this.targets = world.shapes.filter(
      ({ userData, material }) =>
        userData.kind === "geom" && userData.shape !== "plane" && material.userData.opacity > 0,
    );
  }

  onClick(act) {
    this.canvas.addEventListener("pointerdown", (down) => {
      const release = (up) => {
        if (Math.hypot(up.clientX - down.clientX, up.clientY - down.clientY) < CLICK) {
          act(up);
        }
      };
      addEventListener("pointerup", release, { once: true });
    });
  }

  // At most once a picture; act gets null when the pointer leaves or drags.
  onHover(act) {
    let latest = null;
    const later = (event) => {
      if (latest === null) {
        requestAnimationFrame(() => {
          const last = latest;
          latest = null;
          act(last.type === "pointerleave" || last.buttons ? null : last);
        });
      }
      latest = event;
    };
    this.canvas.addEventListener("pointermove", later);
    this.canvas.addEventListener("pointerleave", later);
  }

  aim({ clientX, clientY }) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    const at = new THREE.Vector2(
      (2 * (clientX - left)) / width - 1,
      1 - (2 * (clientY - top)) / height,
    );
    this.eye.camera.updateMatrixWorld();
    this.caster.setFromCamera(at, this.eye.camera);
  }

  // → { body, point }, or null
  hit(event) {
    this.aim(event);
    const [nearest] = this.caster.intersectObjects(this.targets, false);
    return nearest ? { body: nearest.object.userData.body, point: nearest.point } : null;
  }

  // The gap under the pointer, between platforms whose tops are at z = 0: { number, start, end }
  gap(event) {
    const { gaps, width } = this.world.description.layout;
    if (!gaps.length) {
      return null;
    }
    this.aim(event);
    const at = this.caster.ray.intersectPlane(this.ground, new THREE.Vector3());
    if (!at || Math.abs(at.y) > width / 2) {
      return null;
    }
    const index = gaps.findIndex(([start, end]) => at.x >= start && at.x <= end);
    const blocked =
      index >= 0 &&
      this.caster
        .intersectObjects(this.targets.filter(({ userData }) => this.world.isOwn(userData.body)))
        .some(({ distance }) => distance < at.distanceTo(this.caster.ray.origin));
    return index < 0 || blocked
      ? null
      : { number: index + 1, start: gaps[index][0], end: gaps[index][1] };
  }
}
