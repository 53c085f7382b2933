// The reward over training, and below it a picture of each checkpoint at its step: a click on
// one chooses it. Pictures that would cover each other are left out, never a chosen one.
const WIDTH = 70; // px of a picture, with its gap

export default function ({ data, parentElement, setTriggerValue }) {
  const chart = parentElement.querySelector(".vnl-plot");
  const shelf = parentElement.querySelector(".vnl-shelf");
  const figure = JSON.parse(data.figure);
  chart.style.height = `${data.height}px`;
  const place = () => {
    const area = chart.querySelector(".nsewdrag")?.getBoundingClientRect();
    const range = chart.layout?.xaxis?.range;
    if (!area || !range) return;
    const left = shelf.getBoundingClientRect().left;
    const at = (step) => area.left - left + ((step - range[0]) / (range[1] - range[0])) * area.width;
    const limit = shelf.clientWidth - WIDTH;
    const spots = data.checkpoints.map((c) => Math.max(0, Math.min(limit, at(c.step) - WIDTH / 2)));
    const shown = new Set();
    const free = (i) => [...shown].every((k) => Math.abs(spots[k] - spots[i]) >= WIDTH);
    const order = data.checkpoints.map((c, i) => i).sort((a, b) => data.checkpoints[b].rank - data.checkpoints[a].rank);
    order.forEach((i) => { if (data.checkpoints[i].rank > 0 || free(i)) shown.add(i); });
    [...shelf.children].forEach((button, i) => {
      button.hidden = !shown.has(i);
      button.style.left = `${spots[i]}px`;
    });
  };
  shelf.replaceChildren(...data.checkpoints.map(({ step, picture, rank, label }) => {
    const button = document.createElement("button");
    button.title = button.ariaLabel = label;
    button.dataset.rank = rank;
    button.ariaPressed = rank > 0;
    if (picture) {
      const image = document.createElement("img");
      Object.assign(image, { src: picture, alt: "", loading: "lazy" });
      image.onerror = () => image.replaceWith(label);
      button.append(image);
    } else {
      button.append(label);
    }
    button.onclick = () => setTriggerValue("step", step);
    return button;
  }));
  const watcher = new ResizeObserver(place);
  watcher.observe(shelf);
  loadPlotly(data.library)
    .then((Plotly) => Plotly.react(chart, figure.data, themed(figure.layout, chart), { ...OPTIONS, displayModeBar: false }))
    .then(() => {
      chart.removeAllListeners("plotly_afterplot");
      chart.removeAllListeners("plotly_click");
      chart.on("plotly_afterplot", place);
      chart.on("plotly_click", ({ points }) => {
        const steps = data.checkpoints.map((c) => c.step);
        const near = steps.reduce((a, b) => (Math.abs(b - points[0].x) < Math.abs(a - points[0].x) ? b : a), steps[0]);
        setTriggerValue("step", near);
      });
      place();
    })
    .catch((error) => { chart.textContent = `The chart could not be drawn: ${error.message}`; });
  return () => {
    watcher.disconnect();
    window.Plotly?.purge(chart);
  };
}
