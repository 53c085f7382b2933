// What is shown, each with the key that MuJoCo's own viewer has for it.

const GROUPS = 6;

export const SWITCHES = [
  { name: "joints", title: "Joints", key: "j" },
  { name: "com", title: "Centre of mass", key: "m" },
  { name: "contacts", title: "Contact points", key: "c" },
  { name: "forces", title: "Contact forces", key: "f" },
  { name: "transparent", title: "Transparent walker", key: "t" },
  { name: "skin", title: "Skin", key: ";", on: true },
  { name: "textures", title: "Textures", key: "x", on: true },
  { name: "shadows", title: "Shadows", key: "s", on: true },
  { name: "sky", title: "Sky", key: "k", on: true },
  { name: "wireframe", title: "Wireframe", key: "w" },
  { name: "trail", title: "Trail of the root", key: "p", motion: true },
  { name: "ghost", title: "Second episode", key: "g", on: true, ghost: true },
  { name: "inset", title: "What the walker sees", key: "e" },
];

export class Switches {
  // changed() is called after a switch or a group was turned.
  constructor(panel, changed) {
    this.on = Object.fromEntries(SWITCHES.map(({ name, on }) => [name, Boolean(on)]));
    this.boxes = {};
    this.panel = panel;
    this.changed = changed;
    for (const { name, title, key } of SWITCHES) {
      this.boxes[name] = this.box(panel, `${title} (${key.toUpperCase()})`, this.on, name);
    }
  }

  box(parent, title, values, name) {
    const label = document.createElement("label");
    const box = Object.assign(document.createElement("input"), { type: "checkbox" });
    box.checked = values[name];
    box.addEventListener("change", () => {
      values[name] = box.checked;
      this.changed();
    });
    label.append(box, ` ${title}`);
    parent.append(label);
    return box;
  }

  // Groups of the scene start as MuJoCo has them, and stay as they are set while it changes.
  enter({ shown }, hasMotion, hasGhost) {
    for (const { name, motion, ghost } of SWITCHES) {
      this.boxes[name].parentElement.hidden = (motion && !hasMotion) || (ghost && !hasGhost);
    }
    if (this.groups) {
      return;
    }
    this.groups = { geom: [...shown.geom], site: [...shown.site] };
    for (const [kind, key] of [["geom", ""], ["site", "Shift+"]]) {
      const row = document.createElement("fieldset");
      const legend = document.createElement("legend");
      legend.textContent = `${kind === "geom" ? "Geom" : "Site"} groups (${key}0 to ${GROUPS - 1})`;
      row.append(legend);
      this.boxes[kind] = this.groups[kind].map((_, i) => this.box(row, i, this.groups[kind], i));
      this.panel.append(row);
    }
  }

  // By key: true if it was one of ours.
  press({ key, code, shiftKey }) {
    const digit = /^Digit([0-5])$/.exec(code);
    const box = digit
      ? this.boxes[shiftKey ? "site" : "geom"][digit[1]]
      : this.boxes[SWITCHES.find((one) => one.key === key.toLowerCase())?.name];
    if (box && !box.parentElement.hidden) {
      box.click();
    }
    return Boolean(box);
  }
}
