// The canvas: draws what the eye sees, at the next refresh and only when something changed.
import * as THREE from "three";
import { shine } from "./lights.js";

const INSET = 0.28; // of the width: the picture in the picture
const MARGIN = 10; // px
const HURRIED = 0.7; // pixels a pixel of the screen, each way, while a processor draws a motion

export class Stage {
  constructor(canvas) {
    this.canvas = canvas;
    // A processor that draws instead of a GPU has no time for smooth edges.
    this.slow = drawnByProcessor();
    this.renderer = new THREE.WebGLRenderer({ canvas, alpha: true, antialias: !this.slow });
    this.renderer.outputColorSpace = THREE.LinearSRGBColorSpace;
    this.renderer.setPixelRatio(this.slow ? 1 : Math.min(devicePixelRatio, 2));
    this.frame = document.getElementById("inset");
    this.before = []; // called before each picture
    new ResizeObserver(() => this.fit()).observe(canvas);
  }

  // What is drawn from now on. `inset` is a camera of the world's, or null.
  show(world, eye, inset) {
    Object.assign(this, { world, eye, inset });
    this.draw();
  }

  // Fewer pixels while a motion plays, if a processor draws them.
  hurry(playing) {
    const ratio = playing ? HURRIED : 1;
    if (this.slow && this.renderer.getPixelRatio() !== ratio) {
      this.renderer.setPixelRatio(ratio);
    }
  }

  fit() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const { x, y } = this.renderer.getSize(new THREE.Vector2());
    if (width && height && this.eye && (width !== x || height !== y)) {
      this.renderer.setSize(width, height, false);
      this.draw();
    }
  }

  draw() {
    if (!this.waiting && this.world) {
      this.waiting = true;
      requestAnimationFrame(() => {
        this.waiting = false;
        this.before.forEach((prepare) => prepare());
        this.paint();
        const { dataset } = document.body;
        if (this.whole || dataset.state === "loading") {
          dataset.state = this.whole ? "ready" : "drawn";
        }
      });
    }
  }

  // All that was asked for is there.
  complete() {
    this.whole = true;
    this.draw();
  }

  paint() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    this.paintFrom(this.eye.camera, 0, 0, width, height);
    this.frame.hidden = !this.inset;
    if (this.inset) {
      const [w, h] = [Math.round(INSET * width), Math.round(0.75 * INSET * width)];
      this.renderer.setScissorTest(true);
      this.paintFrom(this.inset, MARGIN, height - h - MARGIN, w, h);
      this.renderer.setScissorTest(false);
      const style = { left: MARGIN, top: MARGIN, width: w, height: h };
      Object.entries(style).forEach(([side, px]) => (this.frame.style[side] = `${px}px`));
    }
  }

  // y from the bottom, as OpenGL has it.
  paintFrom(camera, x, y, width, height) {
    camera.aspect = width / height;
    camera.updateProjectionMatrix();
    shine(this.world.lights.head, camera);
    this.renderer.setViewport(x, y, width, height);
    this.renderer.setScissor(x, y, width, height);
    this.renderer.render(this.world.scene, camera);
  }
}

function drawnByProcessor() {
  const gl = document.createElement("canvas").getContext("webgl2");
  const facts = gl?.getExtension("WEBGL_debug_renderer_info");
  const name = facts ? gl.getParameter(facts.UNMASKED_RENDERER_WEBGL) : "";
  gl?.getExtension("WEBGL_lose_context")?.loseContext();
  return /swiftshader|llvmpipe|software/i.test(name);
}
