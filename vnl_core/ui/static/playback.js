// A video beside its traces: a line over the chart follows the video's time, and a click on
// the chart moves the video there. The line is an element of its own: moving a shape of
// Plotly's redraws the chart and drops the hover that its click event needs.
const CLICK_RADIUS = 5; // px that a pointer may move between down and up; more is a zoom

export default function ({ data, parentElement }) {
  const video = parentElement.querySelector("video");
  const chart = parentElement.querySelector(".vnl-plot");
  const cursor = parentElement.querySelector(".vnl-cursor");
  const figure = JSON.parse(data.figure);
  chart.style.height = `${data.height}px`;
  video.style.display = data.video ? "" : "none";
  if (video.dataset.source !== data.video) {
    video.dataset.source = data.video;
    if (data.video) video.src = data.video;
  }

  // All rows of the chart have one time axis: that of the first.
  const rows = () => [...chart.querySelectorAll(".nsewdrag")].map((r) => r.getBoundingClientRect());
  const range = () => chart.layout?.xaxis?.range;
  const place = () => {
    const areas = rows();
    if (!areas.length || !range()) return;
    const [start, end] = range();
    const share = (video.currentTime - start) / (end - start);
    const frame = chart.getBoundingClientRect();
    const top = Math.min(...areas.map((area) => area.top));
    const bottom = Math.max(...areas.map((area) => area.bottom));
    cursor.hidden = !(share >= 0 && share <= 1);
    cursor.style.left = `${areas[0].left - frame.left + share * areas[0].width}px`;
    cursor.style.top = `${top - frame.top}px`;
    cursor.style.height = `${bottom - top}px`;
  };
  const follow = () => {
    place();
    if (!video.paused) requestAnimationFrame(follow);
  };
  const seek = (down) => {
    const area = rows().find((r) => down.clientX >= r.left && down.clientX <= r.right
      && down.clientY >= r.top && down.clientY <= r.bottom);
    if (!area || !range()) return;
    const release = (up) => {
      if (Math.hypot(up.clientX - down.clientX, up.clientY - down.clientY) > CLICK_RADIUS) return;
      const [start, end] = range();
      const time = start + ((down.clientX - area.left) / area.width) * (end - start);
      video.currentTime = Math.max(0, time);
    };
    // Plotly covers the page while the button is down: the chart does not see it go up.
    window.addEventListener("pointerup", release, { once: true, capture: true });
  };

  video.onplay = follow;
  video.onseeked = video.onpause = place;
  chart.onpointerdown = seek;
  loadPlotly(data.library)
    .then((Plotly) => Plotly.react(chart, figure.data, themed(figure.layout, chart), OPTIONS))
    .then(() => {
      chart.removeAllListeners("plotly_afterplot");
      chart.on("plotly_afterplot", place);
      place();
    })
    .catch((error) => { chart.textContent = `The chart could not be drawn: ${error.message}`; });

  return () => {
    video.onplay = video.onseeked = video.onpause = chart.onpointerdown = null;
    video.pause();
    window.Plotly?.purge(chart);
  };
}
