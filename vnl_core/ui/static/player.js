// Videos or 3D views in step, beside their traces: a line over the chart follows the time, and
// a click on the chart moves the views there. The line is an element of its own: moving a
// shape of Plotly's redraws the chart and drops the hover that its click event needs.
const CLICK_RADIUS = 5; // px that a pointer may move between down and up; more is a zoom

export default function ({ data, parentElement }) {
  const find = (name) => parentElement.querySelector(`.vnl-${name}`);
  const [player, stage, side, chart, strip, cursor] =
    ["playback", "views", "chart", "plot", "strip", "cursor"].map(find);
  const figure = JSON.parse(data.figure);
  chart.style.height = `${data.height - (data.strip ? 52 : 0)}px`;
  player.style.setProperty("--vnl-height", `${data.height}px`);

  // All rows of the chart have one time axis: that of the first.
  const rows = () => [...chart.querySelectorAll(".nsewdrag")].map((r) => r.getBoundingClientRect());
  const range = () => chart.layout?.xaxis?.range;
  const place = () => {
    const areas = rows();
    if (!areas.length || !range()) return;
    const [start, end] = range();
    const [frame, area] = [side.getBoundingClientRect(), areas[0]];
    const x = (time) => area.left - frame.left + ((time - start) / (end - start)) * area.width;
    const shown = player.vnlViews?.[0]?.time ?? NaN;
    const top = Math.min(...areas.map((a) => a.top)) - frame.top;
    cursor.hidden = !(shown >= start && shown <= end);
    cursor.style.left = `${x(shown)}px`;
    cursor.style.top = `${top}px`;
    const bottom = data.strip ? strip.getBoundingClientRect().bottom : Math.max(...areas.map((a) => a.bottom));
    cursor.style.height = `${bottom - frame.top - top}px`;
    if (data.strip) fill(strip, data, x, area);
  };
  const seek = (down) => {
    const area = [...rows(), strip.getBoundingClientRect()].find((r) => down.clientX >= r.left
      && down.clientX <= r.right && down.clientY >= r.top && down.clientY <= r.bottom);
    if (!area || !range()) return;
    const release = (up) => {
      if (Math.hypot(up.clientX - down.clientX, up.clientY - down.clientY) > CLICK_RADIUS) return;
      const [start, end] = range();
      const time = start + ((down.clientX - area.left) / area.width) * (end - start);
      player.vnlViews?.[0]?.seek(Math.max(0, time));
    };
    // Plotly covers the page while the button is down: the chart does not see it go up.
    window.addEventListener("pointerup", release, { once: true, capture: true });
  };

  const dark = isDark(player);
  const wanted = JSON.stringify([data.views, dark]);
  if (player.dataset.views !== wanted) {
    player.dataset.views = wanted;
    player.vnlViews?.forEach((view) => view.close());
    const changed = () => {
      const [leader, ...others] = player.vnlViews ?? [];
      if (!leader) return;
      place();
      others.forEach((other) => inStep(leader, other));
      if (player.dataset.loop && leader.ended) {
        leader.seek(0);
        leader.play(true);
      }
    };
    const made = data.views.map((view) => (view.kind === "3d" ? frameView : videoView)(view, changed, dark));
    made.slice(1).forEach((view) => view.follows());
    player.vnlViews = made;
    stage.replaceChildren(...made.map((view, i) => captioned(view.element, data.views[i].title, made.length)));
  }
  player.dataset.loop = data.loop ? "1" : "";
  stage.hidden = !data.views.length;
  side.onpointerdown = seek;
  strip.hidden = !data.strip;
  if (data.strip && strip.dataset.source !== data.strip) {
    strip.dataset.source = data.strip;
    const picture = new Image();
    picture.onload = () => {
      strip.style.setProperty("--vnl-strip", `url("${data.strip}")`);
      strip.frames = picture.naturalWidth / picture.naturalHeight;
      place();
    };
    picture.onerror = () => { strip.hidden = true; };
    picture.src = data.strip;
  }
  loadPlotly(data.library)
    .then((Plotly) => Plotly.react(chart, figure.data, themed(figure.layout, chart), OPTIONS))
    .then(() => {
      chart.removeAllListeners("plotly_afterplot");
      chart.on("plotly_afterplot", place);
      place();
    })
    .catch((error) => { chart.textContent = `The chart could not be drawn: ${error.message}`; });

  return () => {
    player.vnlViews?.forEach((view) => view.close());
    side.onpointerdown = null;
    window.Plotly?.purge(chart);
  };
}

// As many square pictures as fit under the chart, each the one nearest to its place in time.
function fill(strip, data, x, area) {
  const side = strip.clientHeight;
  const [zero, scale] = [x(0), (x(1) - x(0))];
  const left = x(0) + Math.max(0, area.left - strip.parentElement.getBoundingClientRect().left - x(0));
  const count = Math.floor(area.width / side);
  if (!strip.frames || !side || !scale || !count) return;
  strip.style.marginLeft = `${left}px`;
  strip.style.width = `${area.width}px`;
  const width = area.width / count;
  const cells = Array.from({ length: count }, (_, i) => {
    const time = (left + (i + 0.5) * width - zero) / scale;
    const cell = document.createElement("div");
    const frame = Math.floor((time / data.duration) * strip.frames);
    cell.hidden = frame < 0 || frame >= strip.frames;
    cell.style.width = `${width}px`;
    cell.style.backgroundPosition = `${-frame * width}px 0`;
    cell.style.backgroundSize = `${strip.frames * width}px 100%`;
    return cell;
  });
  strip.replaceChildren(...cells);
}

function captioned(element, title, count) {
  const figure = document.createElement("figure");
  figure.append(element);
  if (count > 1) {
    const caption = document.createElement("figcaption");
    caption.textContent = title;
    figure.prepend(caption);
  }
  return figure;
}

function isDark(element) {
  const numbers = getComputedStyle(document.body).backgroundColor.match(/[\d.]+/g);
  const app = element.closest("[data-testid=stApp]");
  const [r, g, b] = (app ? getComputedStyle(app).backgroundColor.match(/[\d.]+/g) : numbers) ?? [255, 255, 255];
  return 0.3 * r + 0.6 * g + 0.1 * b < 128;
}
