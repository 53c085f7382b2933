// Sliders for each joint and actuator.

const WIDE = { hinge: [-Math.PI, Math.PI], slide: [-1, 1] }; // of joints without a range
const UNITS = { hinge: "rad", slide: "m" };

export class HandPanel {
  constructor(panel, hand) {
    this.hand = hand;
    this.find = (name) => panel.querySelector(`[data-part=${name}]`);
    this.find("start").addEventListener("click", () => hand.reset());
    this.find("drive").addEventListener("click", () => hand.toggle());
    this.find("filter").addEventListener("input", () => this.filter());
    hand.watchers.push(() => this.update());
  }

  enter({ description }) {
    const { joints, actuators } = description;
    const layout = [joints, actuators, description.layout].map((part) => JSON.stringify(part));
    if (this.made === layout.join()) {
      this.update();
      return;
    }
    this.made = layout.join();
    const { qpos } = this.hand.state;
    const root = joints[0]?.type === "free" ? rootSliders(joints[0], description, qpos) : [];
    const own = joints
      .filter(({ type }) => type in WIDE)
      .map(({ name, type, address, range }) => ({
        name: short(name),
        unit: UNITS[type],
        range: range ?? WIDE[type],
        get: () => this.hand.state.qpos[address],
        set: (value) => this.hand.pose(address, value),
      }));
    const controls = actuators.map(({ name, low, high }, i) => ({
      name: short(name),
      unit: "",
      range: [low, high],
      get: () => this.hand.state.ctrl[i],
      set: (value) => this.hand.control(i, value),
    }));
    const posed = root.map(({ address, ...slider }) => ({
      ...slider,
      get: () => this.hand.state.qpos[address],
      set: (value) => this.hand.pose(address, value),
    }));
    this.rows = [
      ...this.fill("joints", [...posed, ...own]),
      ...this.fill("actuators", controls),
    ];
    this.filter();
    this.update();
  }

  fill(part, sliders) {
    const rows = sliders.map((slider) => makeRow(slider));
    this.find(part).replaceChildren(...rows.map(({ label }) => label));
    return rows;
  }

  filter() {
    const wanted = this.find("filter").value.trim().toLowerCase();
    for (const { label, name } of this.rows ?? []) {
      label.hidden = !name.toLowerCase().includes(wanted);
    }
  }

  update() {
    const drive = this.find("drive");
    drive.textContent = this.hand.driving ? "Stop" : "Drive";
    drive.setAttribute("aria-pressed", this.hand.driving);
    for (const { input, output, get, unit } of this.rows ?? []) {
      const value = get();
      if (value === undefined) {
        continue; // a row of the scene before, which had more joints
      }
      if (document.activeElement !== input || this.hand.driving) {
        input.value = value;
      }
      output.textContent = `${value.toFixed(3)} ${unit}`;
    }
  }
}

const short = (name) => name.replace(/^walker\//, "");

// Where a hand may put the root: along the corridor, across it, and around its start height.
function rootSliders({ address }, { layout, radius }, qpos) {
  const ends = [...layout.platforms, ...layout.gaps].flat();
  const z = qpos[address + 2];
  const ranges = [
    [Math.min(0, ...ends), Math.max(qpos[address] + 10, ...ends)],
    [-layout.width / 2, layout.width / 2],
    [z - radius, z + 2 * radius],
  ];
  return ["x", "y", "z"].map((axis, i) => ({
    name: `root ${axis}`,
    unit: "m",
    range: ranges[i],
    address: address + i,
  }));
}

function makeRow({ name, unit, range, get, set }) {
  const label = document.createElement("label");
  const output = document.createElement("output");
  const input = Object.assign(document.createElement("input"), {
    type: "range",
    step: "any",
    min: range[0],
    max: range[1],
    name,
  });
  input.addEventListener("input", () => {
    set(Number(input.value));
    output.textContent = `${Number(input.value).toFixed(3)} ${unit}`;
  });
  const title = Object.assign(document.createElement("span"), { textContent: name, title: name });
  label.append(title, input, output);
  return { label, input, output, name, get, unit };
}
