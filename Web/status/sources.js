// The table of sources: those in trouble first, then by name. Rows keep their place while nothing changes.

import { element, setText } from "./element.js";
import { age, clock, duration, whole } from "./format.js";
import { words } from "./language.js";

// More rows than this are no overview; /status has them all.
const mostRows = 200;
const order = ["silent", "revoked", "active"];
const rank = (source) => (order.indexOf(source.state) + order.length + 1) % (order.length + 1);

const rows = new Map();

/** Shows `sources` as they are at `now` (ms). */
export function showSources({ body, sum, note }, sources, now) {
  const table = words();
  const sorted = [...sources].sort((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const shown = sorted.slice(0, mostRows);
  const count = (state) => whole(sources.filter((source) => source.state === state).length);
  setText(sum, sources.length ? table.sourcesSum(whole(sources.length), count("silent"), count("revoked")) : "");
  const hidden = sorted.length - shown.length;
  setText(note, sources.length === 0 ? table.noSources : hidden > 0 ? table.moreSources(whole(hidden)) : "");
  note.hidden = note.textContent === "";

  const wanted = shown.map((source) => {
    let row = rows.get(source.id);
    if (!row) rows.set(source.id, (row = newRow()));
    fill(row, source, now);
    return row.line;
  });
  const ids = new Set(shown.map((source) => source.id));
  for (const id of rows.keys()) if (!ids.has(id)) rows.delete(id);
  if (wanted.length !== body.children.length || wanted.some((line, i) => body.children[i] !== line)) {
    body.replaceChildren(...wanted);
  }
}

function newRow() {
  const id = element("span", "mono");
  const roleBelow = element("span", "narrow");
  const role = element("td", "wide");
  const state = element("span");
  const chip = element("span", "chip", element("span", "mark"), state);
  chip.firstChild.setAttribute("aria-hidden", "true");
  const last = element("time");
  const facts = element("td", "number");
  const name = element("th", "", id, roleBelow);
  name.scope = "row";
  const line = element("tr", "", name, role, element("td", "", chip), element("td", "number", last), facts);
  return { line, id, roleBelow, role, chip, state, last, facts };
}

function fill(row, source, now) {
  const table = words();
  const role = table.roles[source.role] ?? source.role;
  row.line.dataset.state = source.state;
  row.chip.dataset.state = source.state;
  setText(row.id, source.id);
  setText(row.role, role);
  setText(row.roleBelow, role);
  setText(row.state, table.states[source.state] ?? source.state);
  row.chip.title = source.silentAfterSeconds == null ? "" : table.silentAfter(duration(source.silentAfterSeconds));
  const at = Date.parse(source.lastReceived);
  setText(row.last, Number.isNaN(at) ? table.never : age(now - at));
  row.last.dateTime = Number.isNaN(at) ? "" : source.lastReceived;
  row.last.title = Number.isNaN(at) ? "" : clock(at, now);
  setText(row.facts, whole(source.facts ?? 0));
}
