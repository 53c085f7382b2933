// A click on a body tells its name, mass, place and what it touches.
import * as THREE from "three";
import { contactsOf, POSE } from "./moment.js";

const CHOSEN = 0xf59e0b;
const metres = (values) => Array.from(values, (value) => value.toFixed(3)).join(", ");

export class Inspector {
  constructor(panel) {
    this.panel = panel;
    this.body = null;
  }

  enter(world) {
    const same = this.body === null ? -1 : this.named(world);
    this.world = world;
    this.box = new THREE.Box3Helper(new THREE.Box3(), CHOSEN);
    this.box.visible = false;
    world.scene.add(this.box);
    this.choose(same < 0 ? null : same);
  }

  // Where the chosen body is in another world, by its name.
  named({ description }) {
    const { name } = this.world.description.bodies[this.body];
    return description.bodies.findIndex((body) => body.name === name);
  }

  choose(body) {
    this.body = body;
    this.box.visible = body !== null;
    this.panel.hidden = body === null;
  }

  update(moment) {
    if (this.body === null) {
      return;
    }
    const { bodies } = this.world.description;
    const { name, mass } = bodies[this.body];
    this.world.bodies[this.body].updateMatrixWorld(true);
    this.box.box.makeEmpty();
    for (const shape of this.world.shapes) {
      if (shape.userData.body === this.body && shape.userData.kind === "geom") {
        this.box.box.expandByObject(shape);
      }
    }
    const touched = contactsOf(moment).filter(
      ({ body, other }) => body === this.body || other === this.body,
    );
    const lines = touched.map(({ force, body, other }) => {
      const newtons = Math.hypot(...force);
      return `${bodies[body === this.body ? other : body].name}: ${newtons.toPrecision(3)} N`;
    });
    const facts = {
      Mass: this.world.isOwn(this.body) ? `${mass.toPrecision(4)} kg` : "fixed",
      Position: `${metres(moment.poses.subarray(POSE * this.body, POSE * this.body + 3))} m`,
      Contacts: lines.length ? lines : ["none"],
    };
    const rows = Object.entries(facts).flatMap(([title, values]) => [
      element("dt", title),
      ...[values].flat().map((value) => element("dd", value)),
    ]);
    const list = element("dl", "");
    list.append(...rows);
    this.panel.replaceChildren(element("strong", name), list);
  }
}

function element(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}
