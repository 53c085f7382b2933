// What is drawn over the scene: joints, centre of mass, contacts and their forces, the trail.
import * as THREE from "three";
import { contactsOf, POSE } from "./moment.js";

const MOST_CONTACTS = 400;
const GRAVITY = 9.81; // m/s²
const FEW_JOINTS = 16; // more are marked smaller, or they would hide each other
const UP = new THREE.Vector3(0, 0, 1);
// MuJoCo's own colours of these things.
const COLORS = { joints: 0x3399cc, com: 0xe6e6e6, contacts: 0xe69933, forces: 0xb3e6e6 };
const TRAIL_COLOR = 0xf97316;

// Seen through everything, as the walker's inside is where joints are.
const ink = (color) => new THREE.MeshBasicMaterial({ color, depthTest: false, transparent: true });
const standing = (radius, height) =>
  new THREE.CylinderGeometry(radius, radius, height, 12).rotateX(Math.PI / 2);

export class Overlays {
  constructor(world) {
    const { description, scene } = world;
    const { radius } = description;
    this.world = world;
    this.radius = radius;
    const [first, count] = description.walker;
    const mass = description.bodies.slice(first, first + count).reduce((sum, b) => sum + b.mass, 0);
    // A force of the walker's weight is drawn about a radius long.
    this.metresPerNewton = radius / (mass * GRAVITY || 1);
    this.com = new THREE.Mesh(new THREE.SphereGeometry(0.07 * radius, 20, 14), ink(COLORS.com));
    this.contacts = crowd(standing(0.1 * radius, 0.04 * radius), COLORS.contacts);
    const shaft = standing(0.03 * radius, 1).translate(0, 0, 0.5);
    this.forces = crowd(shaft, COLORS.forces);
    this.trail = new THREE.Line(
      new THREE.BufferGeometry(),
      new THREE.LineBasicMaterial({ color: TRAIL_COLOR, depthTest: false, transparent: true }),
    );
    scene.add(this.com, this.contacts, this.forces, this.trail);
    const size = radius * Math.min(1, Math.sqrt(FEW_JOINTS / description.joints.length));
    this.joints = description.joints.map((joint) => this.jointMark(joint, size));
    for (const mark of [this.com, this.contacts, this.forces, this.trail, ...this.joints]) {
      mark.visible = false;
      mark.frustumCulled = false;
      mark.renderOrder = 1;
    }
  }

  jointMark({ body, type, position, axis }, r) {
    const turns = type === "hinge" || type === "slide";
    const geometry = turns
      ? standing(0.025 * r, 0.3 * r).translate(0, 0, 0.15 * r)
      : new THREE.SphereGeometry(0.05 * r, 16, 12);
    const mark = new THREE.Mesh(geometry, ink(COLORS.joints));
    mark.position.fromArray(position);
    mark.quaternion.setFromUnitVectors(UP, new THREE.Vector3(...axis).normalize());
    this.world.bodies[body].add(mark);
    return mark;
  }

  // name: "joints", "com", "contacts", "forces" or "trail"
  show(name, on) {
    [this[name]].flat().forEach((mark) => (mark.visible = on));
  }

  // The way of the root, filled as the motion is loaded.
  follow(motion) {
    this.motion = motion;
    this.drawn = 0;
    const places = new THREE.BufferAttribute(new Float32Array(3 * motion.frames), 3);
    this.trail.geometry.setAttribute("position", places);
  }

  update(moment) {
    this.com.position.fromArray(moment.com);
    const found = contactsOf(moment).slice(0, MOST_CONTACTS);
    const [turn, size] = [new THREE.Quaternion(), new THREE.Vector3()];
    const matrix = new THREE.Matrix4();
    found.forEach(({ position, force }, i) => {
      const along = new THREE.Vector3().fromArray(force);
      const strength = along.length();
      turn.setFromUnitVectors(UP, strength ? along.divideScalar(strength) : UP);
      const at = new THREE.Vector3().fromArray(position);
      this.contacts.setMatrixAt(i, matrix.compose(at, turn, size.set(1, 1, 1)));
      size.set(1, 1, Math.max(1e-6, strength * this.metresPerNewton));
      this.forces.setMatrixAt(i, matrix.compose(at, turn, size));
    });
    for (const marks of [this.contacts, this.forces]) {
      marks.count = found.length;
      marks.instanceMatrix.needsUpdate = true;
    }
    if (this.motion && this.trail.visible) {
      this.extendTrail();
      this.trail.geometry.setDrawRange(0, this.motion.index(moment.time) + 1);
    }
  }

  extendTrail() {
    const places = this.trail.geometry.attributes.position;
    const root = POSE * this.world.description.root;
    for (; this.drawn < this.motion.moments.length; this.drawn++) {
      const { poses } = this.motion.moments[this.drawn];
      places.setXYZ(this.drawn, poses[root], poses[root + 1], poses[root + 2]);
      places.needsUpdate = true;
    }
  }
}

function crowd(geometry, color) {
  const marks = new THREE.InstancedMesh(geometry, ink(color), MOST_CONTACTS);
  marks.count = 0;
  return marks;
}
