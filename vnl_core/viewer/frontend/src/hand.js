// The walker moved by hand: its state, which the server poses and steps. hand.py tells how.
import { floats } from "./files.js";
import { readMoment } from "./moment.js";

const LONGEST = 0.05; // s, simulated at once; a slower machine shows slow motion
const MOST_STEPS = 200;

export class Hand {
  // show(moment) draws; tell(text) says what went wrong, or "".
  constructor(show, tell) {
    Object.assign(this, { show, tell, url: null, driving: false });
    this.watchers = []; // called when the state or the driving changed
  }

  // A scene that can be moved by requests to `url`; null for one that cannot. A pose taken
  // before is kept where the joints are the same; the root stands anew unless it was moved.
  async enter(world, url) {
    const before = this.world?.description;
    const { description } = world;
    const names = (of) => of?.joints.map(({ name }) => name).join();
    const keep = this.touched && names(before) === names(description);
    const posed = keep && this.state;
    this.toggle(false);
    Object.assign(this, { world, url });
    if (!url) {
      return;
    }
    this.reset();
    if (posed) {
      const root = this.rootMoved ? 0 : rootSize(description);
      this.state.qpos.splice(root, Infinity, ...posed.qpos.slice(root));
      this.state.ctrl = posed.ctrl;
      this.touched = true;
      await this.send(0);
    }
  }

  // The start pose, at rest.
  reset() {
    this.toggle(false);
    this.touched = this.rootMoved = false;
    const { qpos, actuators } = this.world.description;
    this.state = { qpos: [...qpos], qvel: [], act: [], ctrl: actuators.map(rest) };
    this.tell("");
    this.show(this.world.start);
    this.notify();
  }

  pose(address, value) {
    this.state.qpos[address] = value;
    this.state.qvel = [];
    this.touched = true;
    this.rootMoved ||= address < rootSize(this.world.description);
    this.send(0);
  }

  control(index, value) {
    this.state.ctrl[index] = value;
    this.touched = true;
  }

  toggle(driving = !this.driving) {
    if (driving === this.driving || (driving && !this.url)) {
      return;
    }
    this.driving = driving;
    this.notify();
    if (driving) {
      this.touched = this.rootMoved = true;
      this.before = performance.now();
      this.drive();
    }
  }

  async drive() {
    while (this.driving) {
      await new Promise(requestAnimationFrame);
      const now = performance.now();
      const elapsed = Math.min(LONGEST, (now - this.before) / 1000);
      this.before = now;
      const steps = Math.round(elapsed / this.world.description.physics_timestep);
      await this.send(Math.min(MOST_STEPS, Math.max(1, steps)));
    }
  }

  // One request at a time; what is asked meanwhile is asked once, after it.
  async send(steps) {
    if (this.busy) {
      this.again = true;
      return;
    }
    this.busy = true;
    const { world, state } = this;
    try {
      const response = await fetch(this.url, {
        method: "POST",
        body: JSON.stringify({ ...state, steps }),
      });
      const answer = await response.json();
      if (!response.ok) {
        throw new Error(answer.error);
      }
      if (world === this.world && state === this.state && !this.again) {
        const { qpos, qvel, act } = answer;
        Object.assign(state, { qpos, qvel, act });
        const [time, , ...row] = floats(answer.moment);
        this.tell("");
        this.show(readMoment(time, new Float32Array(row), world.items.length));
        this.notify();
      }
    } catch (error) {
      this.driving = false;
      this.tell(error.message);
      this.notify();
    } finally {
      this.busy = false;
    }
    if (this.again) {
      this.again = false;
      await this.send(0);
    }
  }

  notify() {
    this.watchers.forEach((watcher) => watcher());
  }
}

// How many numbers of qpos place the root.
const rootSize = ({ joints }) => (joints[0]?.type === "free" ? 7 : 0);

// A control at rest: zero, or the end of its range nearest to it.
export const rest = ({ low, high }) => Math.min(high, Math.max(low, 0));
