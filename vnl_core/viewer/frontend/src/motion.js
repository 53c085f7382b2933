// A motion between its moments.
import { Quaternion } from "three";

const POSE = 7;

export class Motion {
  constructor({ times, poses, items }) {
    Object.assign(this, { times, poses, size: items * POSE });
    this.pose = new Float32Array(this.size);
    this.duration = times[times.length - 1];
  }

  // Poses at `time` (s): positions run straight, quaternions along the shortest arc.
  at(time) {
    let next = this.times.findIndex((moment) => moment > time);
    next = next < 0 ? this.times.length - 1 : Math.max(next, 1);
    const last = Math.max(next - 1, 0);
    const span = this.times[next] - this.times[last];
    const share = span ? Math.min(1, Math.max(0, (time - this.times[last]) / span)) : 0;
    const { poses, pose } = this;
    for (let i = 0; i < this.size; i += POSE) {
      const [a, b] = [last * this.size + i, next * this.size + i];
      for (let k = 0; k < 3; k++) {
        pose[i + k] = poses[a + k] + share * (poses[b + k] - poses[a + k]);
      }
      Quaternion.slerpFlat(pose, i + 3, poses, a + 3, poses, b + 3, share);
    }
    return pose;
  }
}
