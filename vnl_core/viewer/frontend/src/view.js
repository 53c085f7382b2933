// The view: a scene, perhaps a motion and a ghost, and all that looks at them.
import { Eye, OwnCamera } from "./cameras.js";
import { CameraBar, Panels } from "./controls.js";
import { copy } from "./copy.js";
import { loadScene, openMotion } from "./files.js";
import { Ghost } from "./ghost.js";
import { Hand } from "./hand.js";
import { HandPanel } from "./hand_panel.js";
import { Inspector } from "./inspector.js";
import { listKeys, listenToKeys } from "./keys.js";
import { tell } from "./link.js";
import { Motion } from "./motion.js";
import { Overlays } from "./overlays.js";
import { Player } from "./player.js";
import { Pointer } from "./pointer.js";
import { Ruler } from "./ruler.js";
import { Stage } from "./stage.js";
import { Switches } from "./switches.js";
import { Timeline } from "./timeline.js";
import { World } from "./world.js";

const byId = (id) => document.getElementById(id);
const TRANSPARENT = 0.3; // MuJoCo's own share

export class View {
  constructor(canvas, complain) {
    this.canvas = canvas;
    this.complain = complain;
    this.stage = new Stage(canvas);
    const draw = () => this.stage.draw();
    this.eye = new Eye(canvas, draw);
    this.cameraBar = new CameraBar(this.eye, draw);
    this.panels = new Panels();
    this.switches = new Switches(byId("show-panel"), () => this.dress());
    this.player = new Player((time, playing) => this.seek(time, playing));
    this.timeline = new Timeline(byId("traces"), byId("scrubber"));
    this.hand = new Hand(
      (moment) => this.place(moment),
      (text) => (byId("hand-trouble").textContent = text),
    );
    this.handPanel = new HandPanel(byId("hand-panel"), this.hand);
    this.pointer = new Pointer(canvas, this.eye);
    this.inspector = new Inspector(byId("facts"));
    this.ruler = new Ruler(byId("measured"), byId("tip"));
    this.pointer.onClick((event) => this.click(event));
    this.pointer.onHover((event) => this.ruler.tell(event && this.pointer.gap(event), event ?? {}));
    byId("measure").addEventListener("click", () => this.measure());
    this.stage.before.push(
      () => this.eye.update(),
      () => this.inset?.update(),
      () => this.ruler.place(this.eye.camera, canvas),
    );
    byId("link").addEventListener("click", () => this.copyLink());
    listKeys(byId("help-panel"));
    listenToKeys({ ...this, measure: () => this.measure(), copyLink: () => this.copyLink() });
  }

  // Another scene in place of the one shown; camera, switches, pose and speed stay.
  // asked: URLSearchParams; main.js lists the words.
  async show(asked) {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    const open = (word) => (asked.has(word) ? openMotion(asked.get(word)) : null);
    const description = await loadScene(asked.get("scene"));
    // Only now: a server that computes a motion is slow to give the scene.
    const motions = Promise.all([open("motion"), open("ghost")]);
    const world = await World.make(description);
    if (turn !== this.turn) {
      world.dispose(); // something else was asked for meanwhile
      return;
    }
    const camera = Number(asked.get("camera") ?? this.eye.index);
    const first = !this.world;
    if (first) {
      // Its start is seen while the motion is on its way, in the place that it will have.
      byId("message").hidden = true;
      byId("bar").hidden = false;
      byId("timeline").hidden = !asked.has("motion");
      this.enter(world, camera);
    }
    const [motion, ghost] = (await motions).map((one) => one && new Motion(one));
    if (motion && motion.items !== world.items.length) {
      throw new Error("The motion belongs to another scene. Choose the scene it was made in.");
    }
    await Promise.all([motion, ghost].map((one) => one && this.begin(one, turn)));
    if (turn !== this.turn) {
      return;
    }
    this.asked = asked;
    if (!first) {
      this.enter(world, camera);
    }
    this.accompany(motion, ghost);
    await this.hand.enter(world, asked.get("move"));
    byId("hand-button").hidden = !this.hand.url;
    if (this.hand.url) {
      this.handPanel.enter(world);
    }
    this.startAt(asked);
    this.stage.complete();
    tell("vnl-ready", { duration: this.motion && this.motion.duration });
  }

  // Resolves at the first moment; the others come while it is shown.
  begin(motion, turn) {
    return new Promise((resolve, reject) => {
      const arrived = () => {
        resolve();
        if (turn === this.turn) {
          this.timeline.draw();
          this.seekWhenLoaded();
        }
      };
      motion.load(arrived).catch((error) => {
        reject(error);
        this.complain(error);
      });
    });
  }

  // A world at its start, without a motion.
  enter(world, camera) {
    const before = this.world;
    this.world = world;
    this.overlays = new Overlays(world);
    this.ghost = null;
    this.eye.enter(world);
    this.cameraBar.enter();
    this.switches.enter(world.description, null, null);
    this.pointer.enter(world);
    this.inspector.enter(world);
    this.ruler.enter(world);
    this.dress();
    this.place(world.start);
    this.cameraBar.choose(camera);
    before?.dispose();
  }

  // The world's motion, or none, and a second one beside it.
  accompany(motion, second) {
    this.motion = motion;
    if (motion) {
      this.overlays.follow(motion);
    }
    this.player.enter(motion);
    this.timeline.enter(motion, second);
    if (second) {
      this.ghost = new Ghost(this.world, second);
    }
    this.switches.enter(this.world.description, motion, this.ghost);
    if (motion) {
      this.dress();
    }
  }

  startAt(asked) {
    const eye = asked.get("eye")?.split(",").map(Number);
    if (eye?.length === 6 && eye.every(Number.isFinite)) {
      this.eye.stand = eye;
    }
    const frame = this.motion?.times[Number(asked.get("frame") ?? 0)];
    this.wanted = asked.has("time") ? Number(asked.get("time")) : (frame ?? 0);
    this.seekWhenLoaded();
  }

  // A link may lead to a moment that is still to come.
  seekWhenLoaded() {
    if (this.wanted !== undefined && this.world && this.motion?.moments.length) {
      const { wanted } = this;
      this.player.seek(wanted);
      if (this.motion.loaded >= Math.min(wanted, this.motion.duration)) {
        this.wanted = undefined;
      }
    }
  }

  seek(time, playing) {
    this.stage.hurry(playing);
    this.ghost?.show(time);
    this.place(this.motion.at(time));
    tell("vnl-time", { time, playing });
  }

  place(moment) {
    this.moment = moment;
    this.world.place(moment.poses);
    this.overlays.update(moment);
    this.inspector.update(moment);
    this.stage.draw();
  }

  // Puts all switches into effect.
  dress() {
    const { on, groups } = this.switches;
    const { world, overlays, stage, ghost } = this;
    for (const name of ["joints", "com", "contacts", "forces", "trail"]) {
      overlays.show(name, on[name]);
    }
    world.showGroups(groups);
    world.skins.forEach((skin) => (skin.visible = on.skin));
    world.covered.forEach((shape) => (shape.castShadow = !on.skin)); // the skin casts their shadow
    ghost?.skins.forEach((skin) => (skin.visible = on.skin));
    ghost?.own.forEach((body) => (body.visible = on.ghost));
    if (ghost && !on.ghost) {
      ghost.skins.forEach((skin) => (skin.visible = false));
    }
    if (world.sky) {
      world.sky.visible = on.sky;
    }
    stage.renderer.shadowMap.enabled =
      on.shadows && world.description.lights.some((light) => light.shadow);
    world.materials.each((material) => {
      const { own, opacity, map } = material.userData;
      const faint = on.transparent && own;
      material.opacity = faint ? TRANSPARENT * opacity : opacity;
      material.transparent = material.opacity < 1;
      material.depthWrite = !material.transparent;
      material.wireframe = on.wireframe;
      material.map = on.textures ? map : null;
    });
    const { eye } = world.description;
    this.inset = on.inset && eye !== null ? new OwnCamera(world, eye) : null;
    stage.show(world, this.eye, this.inset?.camera ?? null);
    stage.fit();
    if (this.moment) {
      overlays.update(this.moment);
    }
  }

  measure() {
    this.ruler.toggle(!this.ruler.on);
    byId("measure").setAttribute("aria-pressed", this.ruler.on);
    this.stage.draw();
  }

  copyLink() {
    const words = new URLSearchParams(this.asked);
    ["time", "frame", "theme"].forEach((word) => words.delete(word));
    words.set("camera", this.eye.index);
    words.set("eye", this.eye.stand.map((number) => Number(number.toFixed(4))));
    if (this.motion) {
      words.set("frame", this.motion.index(this.player.time + 1e-6));
    }
    copy(`${location.origin}${location.pathname}?${words}`, byId("link"));
  }

  click(event) {
    const hit = this.pointer.hit(event);
    if (this.ruler.on) {
      if (hit) {
        this.ruler.add(hit.point);
      }
    } else {
      this.inspector.choose(hit && hit.body);
      this.inspector.update(this.moment);
    }
    this.stage.draw();
  }
}
