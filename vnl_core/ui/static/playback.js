// A video beside its traces: a line in the chart follows the video's time, and a click on
// the chart moves the video there.
const MOVE_INTERVAL = 80; // ms between moves of the line: redrawing it costs a few of them

export default function ({ data, parentElement }) {
  const video = parentElement.querySelector("video");
  const chart = parentElement.querySelector(".vnl-plot");
  const figure = JSON.parse(data.figure);
  chart.style.height = `${data.height}px`;
  video.style.display = data.video ? "" : "none";
  if (video.dataset.source !== data.video) {
    video.dataset.source = data.video;
    if (data.video) video.src = data.video;
  }

  let moved = 0;
  const line = () => ({ "shapes[0].x0": video.currentTime, "shapes[0].x1": video.currentTime });
  const follow = (Plotly) => {
    const now = performance.now();
    if (now - moved < MOVE_INTERVAL) return;
    moved = now;
    Plotly.relayout(chart, line());
  };

  loadPlotly(data.library).then((Plotly) => {
    const [cursor] = figure.layout.shapes;
    Object.assign(cursor, { x0: video.currentTime, x1: video.currentTime });
    cursor.line.color = getComputedStyle(chart).getPropertyValue("--st-primary-color").trim();
    return Plotly.react(chart, figure.data, themed(figure.layout, chart), OPTIONS).then(() => {
      const tick = () => {
        follow(Plotly);
        if (!video.paused) requestAnimationFrame(tick);
      };
      video.onplay = tick;
      video.onseeked = video.onpause = () => Plotly.relayout(chart, line());
      chart.removeAllListeners("plotly_click");
      chart.on("plotly_click", (event) => { video.currentTime = event.points[0].x; });
    });
  }).catch((error) => { chart.textContent = `The chart could not be drawn: ${error.message}`; });

  return () => {
    video.onplay = video.onseeked = video.onpause = null;
    video.pause();
    window.Plotly?.purge(chart);
  };
}
