// The page's address says what is shown:
//   ?scene=URL [&motion=URL] [&ghost=URL] [&move=URL] [&camera=INDEX] [&time=SECONDS | &frame=INDEX]
//   [&eye=x,y,z,x,y,z] [&theme=light|dark]
// `eye` is where the free camera stands, and what it looks at, from the walker's root (m).
import * as THREE from "three";
import { listen } from "./link.js";
import { View } from "./view.js";

// MuJoCo computes with the colours as they are shown, and its z points up.
THREE.ColorManagement.enabled = false;
THREE.Object3D.DEFAULT_UP.set(0, 0, 1);

const message = document.getElementById("message");

function fail(error) {
  console.error(error);
  message.hidden = false;
  message.setAttribute("role", "alert");
  message.textContent = error.message;
  document.body.dataset.state = "failed";
}

async function show(view, asked) {
  if (["light", "dark"].includes(asked.get("theme"))) {
    document.documentElement.style.colorScheme = asked.get("theme");
  }
  if (!asked.has("scene")) {
    throw new Error("No scene was named. Open this page with ?scene=URL.");
  }
  await view.show(asked);
  message.hidden = true; // of a failure before
}

try {
  const view = new View(document.querySelector("canvas"), fail);
  const open = (query) => show(view, new URLSearchParams(query)).catch(fail);
  listen({
    "vnl-seek": ({ time }) => view.player.seek(time),
    "vnl-play": ({ playing }) => view.player.toggle(Boolean(playing)),
    "vnl-show": ({ query }) => open(query),
  });
  document.body.dataset.listening = true;
  open(location.search);
} catch (error) {
  fail(error); // no WebGL, mostly
}
