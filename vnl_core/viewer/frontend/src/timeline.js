// The drawing under the scrubber: reward, contact with the ground, events, how much is loaded.
import { GHOST_COLOR } from "./ghost.js";

const STRIP = 5; // px, height of the strip that is filled while something is touched
const NEAR = 6; // px from an event within which it is told
export const EVENT_COLORS = { entered: "#d97706", crossed: "#16a34a", fell: "#dc2626" };
const CONTACT_COLOR = "#64748b";
const ghostColor = `#${GHOST_COLOR.toString(16).padStart(6, "0")}`;

export class Timeline {
  constructor(canvas, scrubber) {
    Object.assign(this, { canvas, scrubber });
    new ResizeObserver(() => this.draw()).observe(canvas);
    this.due = false;
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
    scrubber.addEventListener("pointermove", ({ offsetX }) => this.tell(offsetX));
  }

  enter(motion, ghost) {
    Object.assign(this, { motion, ghost });
    this.draw();
  }

  x(time) {
    return (time / (this.motion.duration || 1)) * this.canvas.clientWidth;
  }

  // At the next refresh, once for however many pieces came until then.
  draw() {
    if (!this.due) {
      this.due = true;
      requestAnimationFrame(() => {
        this.due = false;
        this.paint();
      });
    }
  }

  paint() {
    const { canvas, motion, ghost } = this;
    const { clientWidth: width, clientHeight: height } = canvas;
    if (!motion || !width) {
      return;
    }
    const scale = devicePixelRatio;
    [canvas.width, canvas.height] = [width * scale, height * scale];
    const pen = canvas.getContext("2d");
    pen.scale(scale, scale);
    const ink = getComputedStyle(canvas).color;
    pen.globalAlpha = 0.12;
    pen.fillStyle = ink;
    pen.fillRect(0, 0, this.x(motion.loaded), height);
    pen.globalAlpha = 1;
    this.drawContact(pen, height);
    const both = [motion, ghost].filter(Boolean).flatMap(({ rewards }) => Array.from(rewards));
    const [low, high] = [Math.min(...both), Math.max(...both)];
    if (ghost) {
      this.drawReward(pen, ghost, low, high, height, ghostColor);
    }
    this.drawReward(pen, motion, low, high, height, ink);
    for (const { time, kind } of motion.events) {
      pen.fillStyle = EVENT_COLORS[kind];
      pen.fillRect(this.x(time) - 1, 0, 2, height);
    }
  }

  drawContact(pen, height) {
    const { motion } = this;
    pen.fillStyle = CONTACT_COLOR;
    const { moments } = motion;
    for (let i = 0; i < moments.length; i++) {
      const from = i;
      while (moments[i]?.contacts.length) i++;
      if (i > from) {
        const [start, end] = [from, i].map((k) => this.x(motion.times[k] ?? motion.duration));
        pen.fillRect(start, height - STRIP, end - start + 0.5, STRIP);
      }
    }
  }

  drawReward(pen, { times, rewards }, low, high, height, color) {
    const room = height - STRIP - 6;
    pen.strokeStyle = color;
    pen.beginPath();
    rewards.forEach((reward, i) => {
      const share = high > low ? (reward - low) / (high - low) : 0.5;
      pen.lineTo(this.x(times[i]), 3 + room * (1 - share));
    });
    pen.stroke();
  }

  // The event under the pointer, as the scrubber's tooltip.
  tell(x) {
    const near = this.motion?.events.find(({ time }) => Math.abs(this.x(time) - x) < NEAR);
    this.scrubber.title = near
      ? `${near.text} at ${near.time.toFixed(2)} s`
      : "Reward over time; the strip below is filled while the walker touches something";
  }
}
