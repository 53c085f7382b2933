// The page around the view: it sends the view to a moment or another scene, and hears the time.
//
//   in   {type: "vnl-seek", time}            to a moment, in seconds
//        {type: "vnl-play", playing}         starts and stops
//        {type: "vnl-show", query}           another scene in place: ?scene=…&motion=…&ghost=…
//   out  {type: "vnl-ready", duration}       the first picture is there; null without a motion
//        {type: "vnl-time", time, playing}   at each change
//
// Only pages of this server are heard and told.

export function listen(answers) {
  addEventListener("message", ({ data, origin, source }) => {
    if (origin === location.origin && source === parent && answers[data?.type]) {
      answers[data.type](data);
    }
  });
}

export function tell(type, facts) {
  if (parent !== window) {
    parent.postMessage({ type, ...facts }, location.origin);
  }
}
