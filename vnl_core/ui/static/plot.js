// A chart that is updated in place: Plotly.react keeps the zoom and does not flicker.
export default function ({ data, parentElement }) {
  const chart = parentElement.querySelector(".vnl-plot");
  const figure = JSON.parse(data.figure);
  chart.style.height = `${data.height}px`;
  loadPlotly(data.library)
    .then((Plotly) => Plotly.react(chart, figure.data, themed(figure.layout, chart), OPTIONS))
    .catch((error) => { chart.textContent = `The chart could not be drawn: ${error.message}`; });
  return () => window.Plotly?.purge(chart);
}
