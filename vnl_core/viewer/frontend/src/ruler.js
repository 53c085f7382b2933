// Measures between two clicked points, and tells the length of the gap under the pointer.
import * as THREE from "three";

const COLOR = 0xdc2626;

export class Ruler {
  constructor(label, tip) {
    Object.assign(this, { label, tip, points: [], on: false });
    this.line = new THREE.Line(
      new THREE.BufferGeometry(),
      new THREE.LineBasicMaterial({ color: COLOR, depthTest: false, transparent: true }),
    );
    this.line.frustumCulled = false;
    this.line.renderOrder = 2;
  }

  enter(world) {
    world.scene.add(this.line);
    this.clear();
  }

  toggle(on) {
    this.on = on;
    this.clear();
  }

  clear() {
    this.points = [];
    this.line.visible = false;
    this.label.hidden = true;
  }

  // The third point begins anew.
  add(point) {
    this.points = this.points.length === 2 ? [point] : [...this.points, point];
    this.line.geometry.setFromPoints([this.points[0], this.points.at(-1)]);
    this.line.visible = true;
    const [a, b] = this.points;
    const apart = b && b.clone().sub(a);
    const sides = apart && ["x", "y", "z"].map((axis) => `${axis} ${apart[axis].toFixed(3)}`);
    this.label.textContent = apart
      ? `${apart.length().toFixed(3)} m (${sides.join(", ")})`
      : "Click the other end";
  }

  // Keeps the label at the middle of the line.
  place(camera, canvas) {
    if (!this.points.length) {
      return;
    }
    const middle = this.points[0].clone().lerp(this.points.at(-1), 0.5).project(camera);
    this.label.hidden = Math.abs(middle.z) > 1;
    this.label.style.left = `${((middle.x + 1) / 2) * canvas.clientWidth}px`;
    this.label.style.top = `${((1 - middle.y) / 2) * canvas.clientHeight}px`;
  }

  // gap: what Pointer.gap gives
  tell(gap, event) {
    this.tip.hidden = !gap;
    if (gap) {
      const [start, end] = [gap.start, gap.end].map((x) => x.toFixed(2));
      const length = (gap.end - gap.start).toFixed(3);
      this.tip.textContent = `Gap ${gap.number}: ${length} m, x = ${start} to ${end} m`;
      this.tip.style.left = `${event.offsetX}px`;
      this.tip.style.top = `${event.offsetY}px`;
    }
  }
}
