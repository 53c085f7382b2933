// The bar below the picture: the choice of camera, and the panels that its buttons open.
import { FREE } from "./cameras.js";

export class CameraBar {
  constructor(eye, changed) {
    Object.assign(this, { eye, changed });
    this.list = document.getElementById("camera");
    this.follow = document.getElementById("follow");
    this.list.addEventListener("change", () => this.choose(Number(this.list.value)));
    this.follow.addEventListener("change", () => (eye.follow = this.follow.checked));
  }

  // Lists the cameras of another world; the eye has entered it already.
  enter() {
    const options = this.eye.list.map(({ index, name }) => new Option(`${index} ${name}`, index));
    this.list.replaceChildren(...options);
    this.choose(this.eye.index);
  }

  choose(index) {
    if (this.eye.list.some((camera) => camera.index === index)) {
      this.eye.select(index);
      this.list.value = index;
      this.follow.disabled = index !== FREE;
      this.changed();
    }
  }

  home() {
    this.choose(FREE);
    this.eye.home();
    this.changed();
  }
}

// Panels beside the picture, one open at a time: a button with data-panel for each.
export class Panels {
  constructor() {
    this.buttons = [...document.querySelectorAll("button[data-panel]")];
    for (const button of this.buttons) {
      button.addEventListener("click", () => this.toggle(button.dataset.panel));
    }
  }

  toggle(name, open) {
    for (const button of this.buttons) {
      const panel = document.getElementById(`${button.dataset.panel}-panel`);
      panel.hidden = button.dataset.panel === name ? !(open ?? panel.hidden) : true;
      button.setAttribute("aria-expanded", !panel.hidden);
    }
  }

  // True if one was open.
  close() {
    const open = this.buttons.some((button) => button.ariaExpanded === "true");
    this.toggle(null);
    return open;
  }
}
