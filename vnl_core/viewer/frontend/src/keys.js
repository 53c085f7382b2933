// Keys, those of MuJoCo's own viewer where it has one for the thing, and their help.
import { FREE } from "./cameras.js";
import { SWITCHES } from "./switches.js";

// What a focused button or slider does with them itself.
const OF_CONTROLS = [" ", "ArrowLeft", "ArrowRight"];

const EXTRA = [
  ["Space", "Play or pause; drive or stop driving the actuators"],
  ["← →", "One moment back or forward"],
  ["− =", "Slower or faster"],
  ["Backspace", "Back to the start"],
  ["[ ]", "Camera before or after"],
  ["Esc", "Free camera; closes a panel"],
  ["Ctrl+A", "Free camera back beside the walker"],
  ["0 to 5", "Groups of geoms; with Shift, of sites"],
  ["D", "Measure between two points"],
  ["L", "Copy a link to this moment, seen from here"],
  ["F1 or ?", "This list"],
];

export function listKeys(panel) {
  const rows = [...EXTRA, ...SWITCHES.map(({ key, title }) => [key.toUpperCase(), title])];
  const list = document.createElement("dl");
  for (const [key, what] of rows) {
    const [term, text] = [document.createElement("dt"), document.createElement("dd")];
    [term.textContent, text.textContent] = [key, what];
    list.append(term, text);
  }
  panel.append(list);
}

export function listenToKeys({ player, hand, cameraBar, eye, switches, panels, measure, copyLink }) {
  const next = (steps) => {
    const last = eye.list.length - 2;
    cameraBar.choose(Math.min(last, Math.max(FREE, eye.index + steps)));
  };
  const actions = {
    " ": () => (hand.url ? hand.toggle() : player.toggle()),
    ArrowLeft: () => player.step(-1),
    ArrowRight: () => player.step(1),
    "-": () => player.faster(-1),
    "=": () => player.faster(1),
    Backspace: () => (hand.url ? hand.reset() : player.seek(0)),
    "[": () => next(-1),
    "]": () => next(1),
    Escape: () => panels.close() || cameraBar.choose(FREE),
    d: measure,
    l: copyLink,
    F1: () => panels.toggle("help"),
    "?": () => panels.toggle("help"),
  };
  addEventListener("keydown", (event) => {
    const { target, key, ctrlKey, metaKey, altKey } = event;
    const typing = target.matches("input[type=search], input[type=number], select");
    const own = target.matches("button, input:not(#scrubber)") && OF_CONTROLS.includes(key);
    if (typing || metaKey || altKey || own) {
      return;
    }
    if (ctrlKey) {
      if (key === "a") {
        event.preventDefault();
        cameraBar.home();
      }
      return;
    }
    const action = actions[key] ?? actions[key.toLowerCase()];
    if (action) {
      event.preventDefault();
      action();
    } else if (switches.press(event)) {
      event.preventDefault();
    }
  });
}
