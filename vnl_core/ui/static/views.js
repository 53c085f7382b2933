// One face for a video and for the 3D view in its frame: time, playing, seek, play.
// `changed` is called at every change of either, and at each picture while it plays.

function videoView({ url, title }, changed) {
  const video = document.createElement("video");
  Object.assign(video, { src: url, muted: true, autoplay: true, playsInline: true, controls: true, title });
  const follow = () => {
    changed();
    if (!video.paused) requestAnimationFrame(follow);
  };
  video.onplay = follow;
  video.onseeked = video.onpause = changed;
  return {
    element: video,
    get time() { return video.currentTime; },
    get playing() { return !video.paused && !video.ended; },
    get ended() { return video.ended; },
    seek: (time) => { video.currentTime = time; },
    play: (playing) => { playing ? video.play().catch(() => {}) : video.pause(); },
    follows: () => { video.controls = false; },
    close: () => { video.onplay = video.onseeked = video.onpause = null; video.pause(); },
  };
}

// See viewer/frontend/src/link.js for what the frame says and hears.
function frameView({ url, title }, changed, dark) {
  const frame = document.createElement("iframe");
  Object.assign(frame, { src: `${url}&theme=${dark ? "dark" : "light"}`, title, allow: "fullscreen" });
  let [time, playing, duration] = [0, false, Infinity];
  const say = (message) => frame.contentWindow?.postMessage(message, location.origin);
  const hear = ({ data, source, origin }) => {
    if (source !== frame.contentWindow || origin !== location.origin) return;
    if (data?.type === "vnl-ready") {
      duration = data.duration ?? Infinity;
      say({ type: "vnl-play", playing: true });
    }
    if (data?.type === "vnl-time") {
      ({ time, playing } = data);
      changed();
    }
  };
  addEventListener("message", hear);
  return {
    element: frame,
    get time() { return time; },
    get playing() { return playing; },
    get ended() { return !playing && time >= duration; },
    seek: (to) => { time = to; say({ type: "vnl-seek", time: to }); },
    play: (wanted) => say({ type: "vnl-play", playing: wanted }),
    follows: () => {},
    close: () => removeEventListener("message", hear),
  };
}

const DRIFT = 0.1; // s that a second video may be off before it is set right

// Keeps `other` where `leader` is.
function inStep(leader, other) {
  const off = Math.abs(other.time - leader.time);
  if (other.element.tagName === "VIDEO" && leader.playing) {
    if (!other.playing && !other.ended) other.play(true);
    if (off > DRIFT && !other.ended) other.seek(leader.time);
  } else {
    if (other.playing) other.play(false);
    if (off > 1e-3) other.seek(leader.time);
  }
}
