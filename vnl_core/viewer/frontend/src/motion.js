// A motion that is being loaded, and how things are between two of its moments.
import { Quaternion } from "three";
import { POSE } from "./moment.js";

const PIECE = 60; // moments between two tellings of how far the loading is

export class Motion {
  constructor(opened) {
    Object.assign(this, opened);
    this.moments = [];
    this.duration = this.times.at(-1);
    this.pose = new Float32Array(POSE * this.items);
  }

  // Resolves when all is there; tells after the first moment, then piece by piece, and lets
  // pictures be drawn in between.
  async load(tell) {
    for (let i = 0; i < this.frames; i++) {
      this.moments.push(await this.next());
      if (i % PIECE === 0 || i === this.frames - 1) {
        tell();
        await new Promise((go) => setTimeout(go));
      }
    }
  }

  // How far it can be shown by now, in seconds.
  get loaded() {
    return this.times[this.moments.length - 1];
  }

  // Index of the last moment at or before `time`, among those loaded.
  index(time) {
    let [low, high] = [0, this.moments.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.times[middle] <= time) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  // Poses between two moments: positions run straight, quaternions along the shortest arc.
  // Contacts and the centre of mass are those of the moment before.
  at(time) {
    const last = this.index(time);
    const before = this.moments[last];
    const after = this.moments[Math.min(last + 1, this.moments.length - 1)];
    const span = after.time - before.time;
    const share = span ? Math.min(1, Math.max(0, (time - before.time) / span)) : 0;
    const [a, b, { pose }] = [before.poses, after.poses, this];
    for (let i = 0; i < pose.length; i += POSE) {
      for (let k = i; k < i + 3; k++) {
        pose[k] = a[k] + share * (b[k] - a[k]);
      }
      Quaternion.slerpFlat(pose, i + 3, a, i + 3, b, i + 3, share);
    }
    return { ...before, time, poses: pose };
  }
}
