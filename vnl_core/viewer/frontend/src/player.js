// The bar: time, speed and camera.

const byId = (id) => document.getElementById(id);

export class Player {
  // show(time, playing) draws that moment; duration is null without a motion.
  constructor(duration, show) {
    this.duration = duration;
    this.show = show;
    this.time = 0;
    this.playing = false;
    byId("bar").hidden = false;
    if (duration === null) {
      return;
    }
    byId("timeline").hidden = false;
    byId("scrubber").max = duration;
    byId("scrubber").addEventListener("input", (event) => this.seek(Number(event.target.value)));
    byId("play").addEventListener("click", () => this.toggle());
    addEventListener("keydown", (event) => {
      if (event.key === " " && event.target.tagName !== "BUTTON") {
        event.preventDefault();
        this.toggle();
      }
    });
  }

  seek(asked) {
    const time = Math.min(this.duration, Math.max(0, Number(asked) || 0));
    this.time = time;
    byId("scrubber").value = time;
    byId("clock").textContent = `${time.toFixed(2)} / ${this.duration.toFixed(2)} s`;
    this.show(time, this.playing);
  }

  toggle() {
    this.playing = !this.playing;
    byId("play").setAttribute("aria-pressed", this.playing);
    byId("play").setAttribute("aria-label", this.playing ? "Pause" : "Play");
    if (this.playing) {
      if (this.time >= this.duration) {
        this.seek(0);
      }
      this.before = performance.now();
      requestAnimationFrame((now) => this.tick(now));
    }
    this.show(this.time, this.playing);
  }

  tick(now) {
    if (!this.playing) {
      return;
    }
    const elapsed = (Math.max(0, now - this.before) / 1000) * Number(byId("speed").value);
    this.before = now;
    this.seek(Math.min(this.duration, this.time + elapsed));
    if (this.time >= this.duration) {
      this.toggle();
    } else {
      requestAnimationFrame((next) => this.tick(next));
    }
  }
}

// The choice of camera and whether the free one follows the walker.
export function cameraBar(eye, chosen, changed) {
  const [list, follow] = [byId("camera"), byId("follow")];
  for (const { index, name } of eye.list) {
    list.add(new Option(`${index} ${name}`, index));
  }
  const select = () => {
    eye.select(Number(list.value));
    follow.disabled = eye.index >= 0;
    changed();
  };
  list.addEventListener("change", select);
  follow.addEventListener("change", () => (eye.follow = follow.checked));
  if (eye.list.some(({ index }) => index === chosen)) {
    list.value = chosen;
    select();
  }
}
