// A frame with the 3D view. Another URL is told to it: reloading would flash and lose the camera.
const WAIT = 100; // ms between two looks at whether the frame is there

export default function ({ data, parentElement }) {
  const frame = parentElement.querySelector("iframe");
  frame.style.height = `${data.height}px`;
  frame.style.colorScheme = scheme(frame);
  if (!frame.dataset.url) {
    frame.src = data.url;
  } else if (frame.dataset.url !== data.url) {
    tell(frame, { type: "vnl-show", query: data.url.slice(data.url.indexOf("?")) });
  }
  frame.dataset.url = data.url;
}

// What is told before the view listens would be lost: its page says when it does.
function tell(frame, message) {
  clearTimeout(frame.waiting);
  if (frame.contentDocument?.body?.dataset.listening) {
    frame.contentWindow.postMessage(message, location.origin);
  } else {
    frame.waiting = setTimeout(() => tell(frame, message), WAIT);
  }
}

// The page's theme may differ from the system's.
function scheme(frame) {
  frame.style.color = "var(--st-background-color)";
  const [red, green, blue] = getComputedStyle(frame).color.match(/[\d.]+/g).map(Number);
  return red + green + blue < 3 * 128 ? "dark" : "light";
}
