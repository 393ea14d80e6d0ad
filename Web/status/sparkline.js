// The rate of the last two minutes as a small line. A gap in the answers is a gap in the line.

import { rate } from "./format.js";
import { words } from "./language.js";

const spanMs = 120_000;
// Two polls may come late before the line breaks.
const gapMs = 4000;
const width = 120;
const height = 40;
const margin = 2;

const samples = [];

/** Adds what the server said just now. */
export function addSample(value) {
  const at = Date.now();
  samples.push({ at, value });
  while (samples[0].at < at - spanMs) samples.shift();
}

/** Draws into `svg` and tells the range in `text`. */
export function drawSparkline(svg, text) {
  if (samples.length === 0) return;
  const values = samples.map((sample) => sample.value);
  const low = Math.min(...values);
  const high = Math.max(...values);
  const end = samples.at(-1).at;
  const x = (at) => width - ((end - at) / spanMs) * width;
  const y = (value) => height - margin - (value / Math.max(high, 1)) * (height - 2 * margin);

  const runs = [];
  samples.forEach((sample, i) => {
    if (i === 0 || sample.at - samples[i - 1].at > gapMs) runs.push([]);
    runs.at(-1).push(`${x(sample.at).toFixed(2)} ${y(sample.value).toFixed(2)}`);
  });
  const line = runs.map((run) => `M${run.join("L")}`).join("");
  const area = runs
    .map((run) => `M${run[0].split(" ")[0]} ${height}L${run.join("L")}L${run.at(-1).split(" ")[0]} ${height}Z`)
    .join("");
  path(svg, "area").setAttribute("d", area);
  path(svg, "line").setAttribute("d", line);
  svg.setAttribute("aria-label", words().sparkline(rate(low), rate(high), rate(values.at(-1))));
  text.textContent = words().rateRange(rate(low), rate(high));
}

function path(svg, name) {
  let found = svg.querySelector(`.${name}`);
  if (!found) {
    found = document.createElementNS("http://www.w3.org/2000/svg", "path");
    found.setAttribute("class", name);
    svg.append(found);
  }
  return found;
}
