// ?scene=URL [&motion=URL] [&camera=INDEX] [&time=SECONDS | &frame=INDEX] [&theme=light|dark]
import * as THREE from "three";
import { Eye } from "./cameras.js";
import { loadMotion, loadScene } from "./files.js";
import { shine } from "./lights.js";
import { listen, tell } from "./link.js";
import { Motion } from "./motion.js";
import { cameraBar, Player } from "./player.js";
import { World } from "./world.js";

// MuJoCo computes with the colours as they are shown, and its z points up.
THREE.ColorManagement.enabled = false;
THREE.Object3D.DEFAULT_UP.set(0, 0, 1);

async function start() {
  const asked = new URLSearchParams(location.search);
  if (["light", "dark"].includes(asked.get("theme"))) {
    document.documentElement.style.colorScheme = asked.get("theme");
  }
  if (!asked.has("scene")) {
    throw new Error("No scene was named. Open this page with ?scene=URL.");
  }
  const [description, recorded] = await Promise.all([
    loadScene(asked.get("scene")),
    asked.has("motion") ? loadMotion(asked.get("motion")) : null,
  ]);
  const world = await World.make(description);
  if (recorded && recorded.items !== world.items.length) {
    throw new Error("The motion belongs to another scene. Choose the scene it was made in.");
  }
  const motion = recorded && new Motion(recorded);
  const canvas = document.querySelector("canvas");
  const renderer = new THREE.WebGLRenderer({ canvas, alpha: true, antialias: true });
  renderer.outputColorSpace = THREE.LinearSRGBColorSpace;
  renderer.shadowMap.enabled = description.lights.some((light) => light.shadow);
  renderer.setPixelRatio(Math.min(devicePixelRatio, 2));

  let waiting = false;
  // Draws at the next refresh of the screen, and only when something has changed.
  const draw = () => {
    if (!waiting) {
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        eye.update();
        shine(world.lights.head, eye.camera);
        renderer.render(world.scene, eye.camera);
        document.body.dataset.state = "ready";
      });
    }
  };
  const eye = new Eye(description, world, canvas, draw);
  const fit = () => {
    const { clientWidth: width, clientHeight: height } = canvas;
    if (width && height) {
      renderer.setSize(width, height, false);
      eye.camera.aspect = width / height;
      eye.camera.updateProjectionMatrix();
      draw();
    }
  };
  document.getElementById("message").hidden = true;
  cameraBar(eye, Number(asked.get("camera") ?? -1), draw);
  const player = new Player(motion && motion.duration, (time, playing) => {
    world.place(motion.at(time));
    draw();
    tell("vnl-time", { time, playing });
  });
  if (motion) {
    const frame = motion.times[Number(asked.get("frame") ?? 0)];
    player.seek(asked.has("time") ? Number(asked.get("time")) : (frame ?? 0));
    listen({ "vnl-seek": ({ time }) => player.seek(time) });
  }
  tell("vnl-ready", { duration: motion && motion.duration });
  new ResizeObserver(fit).observe(canvas);
}

start().catch((error) => {
  console.error(error);
  const message = document.getElementById("message");
  message.hidden = false;
  message.setAttribute("role", "alert");
  message.textContent = error.message;
  document.body.dataset.state = "failed";
});
