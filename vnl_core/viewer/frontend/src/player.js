// Time: play, step, seek, speed, loop.

const byId = (id) => document.getElementById(id);

export class Player {
  // show(time, playing) draws that moment.
  constructor(show) {
    this.show = show;
    this.time = 0;
    this.playing = false;
    byId("scrubber").addEventListener("input", (event) => this.seek(event.target.value));
    byId("play").addEventListener("click", () => this.toggle());
    byId("back").addEventListener("click", () => this.step(-1));
    byId("forward").addEventListener("click", () => this.step(1));
  }

  // A motion from its start, or none.
  enter(motion) {
    this.motion = motion;
    this.time = 0;
    byId("timeline").hidden = !motion;
    if (motion) {
      byId("scrubber").max = motion.duration;
    } else {
      this.toggle(false);
    }
  }

  // As far as it is loaded.
  seek(asked) {
    if (this.motion) {
      this.time = Math.min(this.motion.loaded, Math.max(0, Number(asked) || 0));
      byId("scrubber").value = this.time;
      const [now, end] = [this.time, this.motion.duration].map((time) => time.toFixed(2));
      byId("clock").textContent = `${now} / ${end} s`;
      this.show(this.time, this.playing);
    }
  }

  // By moments of the motion.
  step(count) {
    if (this.motion) {
      this.toggle(false);
      const { times } = this.motion;
      this.seek(times[Math.max(0, this.motion.index(this.time + 1e-6) + count)] ?? times.at(-1));
    }
  }

  faster(steps) {
    const list = byId("speed");
    const chosen = list.selectedIndex + steps;
    list.selectedIndex = Math.min(list.length - 1, Math.max(0, chosen));
  }

  toggle(playing = !this.playing) {
    if (playing === this.playing || (playing && !this.motion)) {
      return;
    }
    this.playing = playing;
    byId("play").setAttribute("aria-pressed", playing);
    byId("play").setAttribute("aria-label", playing ? "Pause" : "Play");
    if (playing) {
      if (this.time >= this.motion.duration) {
        this.seek(0);
      }
      this.before = performance.now();
      requestAnimationFrame((now) => this.tick(now));
    }
    if (this.motion) {
      this.show(this.time, playing);
    }
  }

  tick(now) {
    if (!this.playing) {
      return;
    }
    const elapsed = (Math.max(0, now - this.before) / 1000) * Number(byId("speed").value);
    this.before = now;
    this.seek(this.time + elapsed);
    if (this.time >= this.motion.duration) {
      if (byId("loop").checked) {
        this.seek(0);
      } else {
        this.toggle(false);
        return;
      }
    }
    requestAnimationFrame((next) => this.tick(next));
  }
}
