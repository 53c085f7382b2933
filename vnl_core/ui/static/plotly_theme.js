// Shared by the components: Plotly loaded once, and charts in the page's own colours.
let library;

function loadPlotly(url) {
  library ??= window.Plotly ? Promise.resolve(window.Plotly) : new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL(url, document.baseURI).href;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => reject(new Error(`cannot load ${url}`));
    document.head.append(script);
  });
  return library;
}

function themed(layout, element) {
  const style = getComputedStyle(element);
  const colour = (name) => style.getPropertyValue(name).trim();
  Object.assign(layout, {
    autosize: true,
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { size: 12, ...layout.font, color: colour("--st-text-color"), family: colour("--st-font") },
    hoverlabel: {
      bgcolor: colour("--st-secondary-background-color"),
      bordercolor: colour("--st-border-color"),
      font: { color: colour("--st-text-color") },
    },
  });
  const axes = Object.keys(layout).filter((name) => /^[xy]axis\d*$/.test(name));
  for (const name of new Set(["xaxis", "yaxis", ...axes])) {
    layout[name] = {
      automargin: true,
      gridcolor: colour("--st-border-color"),
      zerolinecolor: colour("--st-border-color"),
      ...layout[name],
    };
  }
  return layout;
}

// Plotly offers to upload each chart to its cloud; nothing leaves this machine.
const OPTIONS = {
  responsive: true,
  displaylogo: false,
  plotlyServerURL: "",
  showSendToCloud: false,
  modeBarButtonsToRemove: ["lasso2d", "select2d"],
};
