// Charts of the overview, and the page kept fresh. The numbers stand on the page as JSON; without this script the
// tables below the charts have them all.

const byId = (id) => document.getElementById(id);
const lang = document.documentElement.lang;
const read = (page) => JSON.parse(page.getElementById("figures").textContent);
let data = read(document);

// ---- numbers as the page writes them ----

const put = (pattern, value, decimals) => pattern.replace("{value}", value.toFixed(decimals).replace(".", data.numbers.decimal));
const floor = (v, decimals) => Math.floor(v * 10 ** decimals + 1e-9) / 10 ** decimals;
const write = (v, unit) => {
  if (v == null) return "–";
  const { percent, seconds, millis } = data.numbers;
  if (unit === "ratio") {
    const decimals = v === 0 || v === 1 ? 0 : v >= 0.99 ? 2 : 1;
    return put(percent, floor(v * 100, decimals), decimals);
  }
  if (unit === "seconds") return v >= 1 ? put(seconds, v, 2) : put(millis, v * 1000, v >= 0.01 ? 0 : 1);
  return put("{value}", v, 0);
};
// Beside an axis there is little room, and round numbers stand there.
const tick = (v, unit) => {
  const short = (x, most) => String(+x.toFixed(most)).replace(".", data.numbers.decimal);
  if (unit === "ratio") return data.numbers.percent.replace("{value}", short(v * 100, 2));
  if (unit === "seconds") return v >= 1 ? data.numbers.seconds.replace("{value}", short(v, 1)) : data.numbers.millis.replace("{value}", short(v * 1000, 1));
  return Number.isInteger(v) ? (v >= 10000 ? `${short(v / 1000, 1)}k` : String(v)) : "";
};

const day = new Intl.DateTimeFormat(lang, { day: "numeric", month: "short", timeZone: "UTC", numberingSystem: "latn" });
const clock = new Intl.DateTimeFormat(lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "UTC", numberingSystem: "latn" });
const moment = (at) => (data.step >= 3600 ? `${day.format(at * 1000)} ${clock.format(at * 1000)}` : clock.format(at * 1000));

// ---- colours: tokens of the sheet, as the browser has them now ----

const token = (name) => {
  const probe = document.createElement("span");
  probe.className = `token token-${name}`;
  byId("charts").append(probe);
  const color = getComputedStyle(probe).color;
  probe.remove();
  return color;
};
const palette = () => ({
  ink: token("ink"), muted: token("muted"), line: token("line"), surface: token("surface"), target: token("target"),
  marks: [1, 2, 3, 4, 5, 6].map((n) => token(n)),
});
let colors = palette();

const density = () => window.devicePixelRatio || 1;
const dashes = [[], [7, 4], [2, 3], [10, 3, 2, 3], [4, 2], [1, 2]];

// Bars are told apart by a pattern as well: plain, strokes of three directions, dots, hollow.
const patterns = new Map();
const hatch = (mark) => {
  const color = colors.marks[mark - 1];
  if (mark === 1) return color;
  const key = `${mark} ${color} ${density()}`;
  if (patterns.has(key)) return patterns.get(key);
  const size = 8 * density();
  const tile = Object.assign(document.createElement("canvas"), { width: size, height: size });
  const pen = tile.getContext("2d");
  Object.assign(pen, { fillStyle: colors.surface, strokeStyle: color, lineWidth: size / 3.2 });
  pen.fillRect(0, 0, size, size);
  const stroke = (...lines) => {
    pen.beginPath();
    for (const [x1, y1, x2, y2] of lines) { pen.moveTo(x1 * size, y1 * size); pen.lineTo(x2 * size, y2 * size); }
    pen.stroke();
  };
  if (mark === 2) stroke([-0.5, 0.5, 0.5, -0.5], [-0.5, 1.5, 1.5, -0.5], [0.5, 1.5, 1.5, 0.5]);
  if (mark === 3) stroke([0, 0.5, 1, 0.5]);
  if (mark === 4) stroke([-0.5, 0.5, 0.5, 1.5], [-0.5, -0.5, 1.5, 1.5], [0.5, -0.5, 1.5, 0.5]);
  if (mark === 5) stroke([0.5, 0, 0.5, 1]);
  if (mark === 6) {
    pen.fillStyle = color;
    pen.fillRect(0, 0, size / 2, size / 2);
    pen.fillRect(size / 2, size / 2, size / 2, size / 2);
  }
  const made = pen.createPattern(tile, "repeat");
  patterns.set(key, made);
  return made;
};

// ---- what is drawn ----

// What lies on top of another bar reaches as high as both; the highest is drawn first.
const stack = (chart) => {
  const totals = data.at.map(() => 0), any = data.at.map(() => false);
  const tops = chart.lines.map((line) => line.values.map((v, i) => {
    totals[i] += v ?? 0;
    any[i] ||= v != null;
    return any[i] ? totals[i] : null;
  }));
  return tops.reverse();
};

const columns = (chart) => [data.at, ...(chart.bars ? stack(chart) : chart.lines.map((line) => line.values))];
const order = (chart) => (chart.bars ? [...chart.lines].reverse() : chart.lines);

const rangeOf = (chart) => (_, low, high) => {
  if (low == null) [low, high] = [0, 0];
  const { target } = chart;
  if (chart.least) {
    // Near the whole a share is told apart, so that the axis begins not far below what there is.
    const floor = Math.min(low, target ?? 1);
    return [Math.max(0, 1 - Math.max(0.01, (1 - floor) * 1.15)), 1 + Math.max(0.01, 1 - floor) * 0.06];
  }
  // A target far above all there is stays off the chart, but its words stand below.
  if (target && high > target / 4) high = Math.max(high, target);
  if (chart.unit === "count") return [0, Math.max(4, high * 1.1)];
  return [0, Math.max(high * 1.12, chart.unit === "ratio" ? 0.05 : 0.002)];
};

const targetLine = (chart) => (u) => {
  if (chart.target == null) return;
  const { left, top, width, height } = u.bbox;
  const y = Math.round(u.valToPos(chart.target, "y", true));
  if (y < top || y > top + height) return;
  const pen = u.ctx, px = density();
  pen.save();
  pen.strokeStyle = colors.target;
  pen.lineWidth = 1.5 * px;
  pen.setLineDash([8 * px, 4 * px]);
  pen.beginPath();
  pen.moveTo(left, y);
  pen.lineTo(left + width, y);
  pen.stroke();
  pen.restore();
};

const bars = (u, i, from, to) => uPlot.paths.bars({ size: [0.8, 24], align: 1, gap: 1 })(u, i, from, to);
const lines = (u, i, from, to) => uPlot.paths.linear()(u, i, from, to);

// A value between two gaps is no line, and would not be seen.
const alone = (u, i) => {
  const list = u.data[i], found = [];
  for (let at = 0; at < list.length; at++) if (list[at] != null && list[at - 1] == null && list[at + 1] == null) found.push(at);
  return found;
};

const seriesOf = (chart) => order(chart).map((line) => ({
  label: line.label, spanGaps: false, width: chart.bars ? 0 : line.mark === 1 ? 2 : 1.75,
  stroke: () => colors.marks[line.mark - 1],
  fill: chart.bars ? () => hatch(line.mark) : undefined,
  dash: chart.bars ? undefined : dashes[line.mark - 1],
  paths: chart.bars ? bars : lines,
  points: chart.bars ? { show: false } : { size: 6, filter: alone, fill: () => colors.marks[line.mark - 1], stroke: () => colors.marks[line.mark - 1] },
}));

const font = () => `11px ${getComputedStyle(document.documentElement).fontFamily}`;

const options = (chart, box) => ({
  width: box.clientWidth, height: box.clientHeight, legend: { show: false }, padding: [10, 20, 0, 0],
  tzDate: (at) => uPlot.tzDate(new Date(at * 1000), "Etc/UTC"),
  cursor: { sync: { key: "overview", setSeries: false }, points: { size: 7 }, drag: { x: false, y: false }, y: false },
  scales: { x: { time: true, range: () => [data.at[0], data.at.at(-1) + (data.step || 60)] }, y: { range: rangeOf(chart) } },
  axes: [
    {
      stroke: () => colors.muted, grid: { show: false }, ticks: { stroke: () => colors.line, size: 4 }, font: font(), space: 56, size: 28,
      values: (_, all) => all.map((at) => (data.span === "7d" || data.span === "30d" ? day : clock).format(at * 1000)),
    },
    {
      stroke: () => colors.muted, grid: { stroke: () => colors.line, width: 1 }, ticks: { show: false }, font: font(), gap: 6, space: 32,
      size: (u, values) => Math.max(38, ...(values ?? []).map((v) => 12 + 6.5 * (v ?? "").length)),
      values: (_, all) => all.map((v) => tick(v, chart.unit)),
    },
  ],
  series: [{}, ...seriesOf(chart)],
  hooks: { drawAxes: [], draw: [targetLine(chart)], setCursor: [(u) => tell(chart, u)] },
});

// The legend says what is under the pointer, and the present otherwise.
const tell = (chart, u) => {
  const at = u.cursor.idx;
  const card = byId(chart.id);
  const entries = card.querySelectorAll(".legend-now");
  chart.lines.forEach((line, i) => {
    if (!entries[i]) return;
    entries[i].dataset.now ??= entries[i].textContent;
    entries[i].textContent = at == null || u.cursor.left < 0 ? entries[i].dataset.now : write(line.values[at], chart.unit);
  });
  card.querySelector(".chart-when").textContent = at == null || u.cursor.left < 0 ? "" : moment(data.at[at]);
};

const shown = new Map();
const shape = (chart) => JSON.stringify([chart.lines.map((l) => l.label), chart.target, data.span]);

const draw = (chart) => {
  const box = byId(chart.id).querySelector(".plot");
  const { drawn } = chart;
  box.querySelector(".plot-none").hidden = drawn;
  const old = shown.get(chart.id);
  if (old && drawn && old.shape === shape(chart)) {
    old.chart = chart;
    old.plot.setData(columns(chart));
    return;
  }
  old?.plot.destroy();
  shown.delete(chart.id);
  if (!drawn) return;
  const plot = new uPlot(options(chart, box), columns(chart), box);
  plot.root.setAttribute("aria-hidden", "true");
  shown.set(chart.id, { plot, chart, shape: shape(chart) });
};

const drawAll = () => data.charts.forEach(draw);
const again = () => {
  for (const { plot } of shown.values()) plot.destroy();
  shown.clear();
  patterns.clear();
  colors = palette();
  drawAll();
};

drawAll();
for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)", "(prefers-contrast: more)"]) {
  matchMedia(query).addEventListener("change", again);
}
const sizes = new ResizeObserver(() => {
  for (const { plot } of shown.values()) {
    const { clientWidth: width, clientHeight: height } = plot.root.parentElement;
    if (width && width !== plot.width) plot.setSize({ width, height });
  }
});
for (const box of document.querySelectorAll(".plot")) sizes.observe(box);

// ---- kept fresh ----

const every = 12_000;
const live = byId("live"), heard = byId("heard");
let timer, asking, lost = false;

const swap = (page, selector) => {
  const now = document.querySelector(selector), next = page.querySelector(selector);
  if (now && next && now.innerHTML !== next.innerHTML) now.innerHTML = next.innerHTML;
};

const take = (page, tables) => {
  const before = byId("verdict").textContent;
  data = read(page);
  // Whoever is in the middle of it keeps the place.
  if (!byId("glance").contains(document.activeElement)) swap(page, "#glance");
  swap(page, "#fresh");
  for (const chart of data.charts) {
    swap(page, `#${chart.id} .legend`);
    if (tables && byId(chart.id).querySelector("details").open) swap(page, `#${chart.id} .table`);
    const box = page.querySelector(`#${chart.id} .plot`);
    byId(chart.id).querySelector(".plot").setAttribute("aria-label", box.getAttribute("aria-label"));
  }
  drawAll();
  const after = byId("verdict").textContent;
  if (after !== before || lost) heard.textContent = after;
};

const refresh = async () => {
  clearTimeout(timer);
  asking?.abort();
  asking = new AbortController();
  const tables = document.querySelector("details.numbers[open]") !== null;
  const to = new URL(location.href);
  to.hash = "";
  if (!tables) to.searchParams.set("tables", "no");
  try {
    const answer = await fetch(to, { signal: asking.signal, headers: { Accept: "text/html" } });
    // Signed out meanwhile: the page itself says so best.
    if (answer.redirected || answer.status === 401 || answer.status === 403) return location.reload();
    if (!answer.ok) throw new Error(answer.status);
    take(new DOMParser().parseFromString(await answer.text(), "text/html"), tables);
    lost = false;
    document.body.classList.remove("lost");
  } catch (fault) {
    if (fault.name === "AbortError") return;
    if (!lost) heard.textContent = heard.dataset.lost;
    lost = true;
    document.body.classList.add("lost");
  }
  plan();
};

const plan = () => {
  clearTimeout(timer);
  if (live.getAttribute("aria-pressed") === "true" && !document.hidden) timer = setTimeout(refresh, every);
};

live.addEventListener("click", () => {
  const on = live.getAttribute("aria-pressed") !== "true";
  live.setAttribute("aria-pressed", String(on));
  if (on) refresh();
  else clearTimeout(timer), asking?.abort();
});
// A page that nobody looks at asks for nothing, and keeps no session alive.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return clearTimeout(timer);
  if (live.getAttribute("aria-pressed") === "true") refresh();
});
addEventListener("pagehide", () => { clearTimeout(timer); asking?.abort(); });
plan();
