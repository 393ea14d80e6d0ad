// The page: what the server says, put where it is read.

import { wireCopyButtons } from "./copy.js";
import { element, setText } from "./element.js";
import { age, clock, duration, rate, whole, zoneName } from "./format.js";
import { fillTexts, otherWords, toggleLanguage, words } from "./language.js";
import { poll } from "./poll.js";
import { showSources } from "./sources.js";
import { addSample, drawSparkline } from "./sparkline.js";
import { Tail } from "./tail.js";

const at = (id) => document.getElementById(id);

const tail = new Tail({
  list: at("tail"), scroll: at("tail-scroll"), state: at("tail-state"), note: at("tail-note"), pause: at("pause"),
});

const begun = Date.now();
let status = null; // the last answer
let answeredAt = null;
let failure = null; // {kind, code} while the server is gone
let lastSeenWhenAsked = -1;
let timesBehind = 0;

function showLink() {
  const state = failure ? "gone" : status ? "connected" : "waiting";
  at("link").dataset.state = state;
  setText(at("link-text"), words()[state]);
  document.body.classList.toggle("stale", failure !== null);
  at("gone").hidden = failure === null;
  if (!failure) {
    at("gone-text").replaceChildren();
    return;
  }
  // Whoever stands before a dead page may read either language; it says when, not how long, so it is spoken once.
  const sentence = (table) =>
    answeredAt === null ? table.neverAnswered(clock(begun)) : table.goneSince(clock(answeredAt));
  const second = element("p", "second", sentence(otherWords()));
  second.lang = otherWords().lang;
  const first = element("p", "", sentence(words()));
  const text = first.textContent + second.textContent;
  if (at("gone-text").textContent !== text) at("gone-text").replaceChildren(first, second);
  showGoneFor();
}

function showGoneFor() {
  if (!failure) return;
  const reason = failure.kind === "httpStatus" ? words().httpStatus(failure.code) : words()[failure.kind];
  setText(at("gone-retry"), words().goneFor(duration((Date.now() - (answeredAt ?? begun)) / 1000), reason));
}

function showStatus() {
  const table = words();
  const name = table.districts[status?.district] ?? status?.district ?? "江汉 Jianghan";
  setText(at("district"), name);
  const mark = failure ? `${table.gone} · ` : status?.simulated ? `${table.simulatedMark} · ` : "";
  document.title = `${mark}${name} ${table.title}`;
  if (!status) return;

  // Ages are told by the log's clock, as of the answer: a simulated log has its own, and this computer's may be wrong.
  const now = Date.parse(status.time);
  at("simulated").hidden = status.simulated !== true;
  setText(at("log-time"), table.logTime(clock(now)));
  setText(at("origin"), status.origin ?? "");
  setText(at("size"), whole(status.size));
  setText(at("size-unit"), table.logUnit(status.size));
  setText(at("uptime"), table.uptime(duration(status.uptimeSeconds ?? 0)));
  setText(at("rate"), rate(status.factsPerSecond ?? 0));
  drawSparkline(at("sparkline"), at("rate-range"));

  const checkpoint = status.checkpoint;
  setText(at("checkpoint-size"), checkpoint ? whole(checkpoint.size) : "–");
  setText(at("checkpoint-unit"), checkpoint ? table.checkpointUnit(checkpoint.size) : "");
  const signed = Date.parse(checkpoint?.signedAt);
  const signedAge = Number.isNaN(signed) ? "" : table.checkpointAge(age(now - signed));
  setText(at("checkpoint-age"), checkpoint ? signedAge : table.noCheckpoint);
  at("checkpoint-age").title = Number.isNaN(signed) ? "" : clock(signed, now);
  const uncovered = status.size - (checkpoint?.size ?? status.size);
  setText(at("uncovered"), !checkpoint ? "" : uncovered > 0 ? table.uncovered(whole(uncovered)) : table.allCovered);
  showValue("root", checkpoint?.root);
  showValue("vkey", status.vkey);
  at("checkpoint-note").hidden = !checkpoint;
  at("checkpoint-note").href = `log/${encodeURIComponent(status.district)}/checkpoint`;

  showSources({ body: at("sources"), sum: at("sources-sum"), note: at("sources-note") }, status.sources ?? [], now);
}

function showValue(id, value) {
  setText(at(id), value ?? "–");
  document.querySelector(`[data-copies=${id}]`).disabled = !value;
}

function showLanguage() {
  fillTexts();
  setText(at("language"), words().otherLanguage);
  at("language").lang = words().otherLang;
  setText(at("zone"), words().zone(zoneName()));
  tail.rewrite();
  showStatus();
  showLink();
}

/** Whether the server now serves another log than the one whose facts are shown. */
function isAnotherLog(next) {
  if (status && (next.origin !== status.origin || next.vkey !== status.vkey)) return true;
  // Shorter than what was seen before asking: the log began anew. Twice, because an answer may be a second old.
  timesBehind = next.size <= lastSeenWhenAsked ? timesBehind + 1 : 0;
  return timesBehind >= 2;
}

at("language").addEventListener("click", () => {
  toggleLanguage();
  showLanguage();
});
wireCopyButtons(at("copied"));
showLanguage();
setInterval(showGoneFor, 1000);

poll({
  before() {
    lastSeenWhenAsked = tail.last;
  },
  answered(next) {
    if (isAnotherLog(next)) {
      timesBehind = 0;
      tail.restart();
    }
    status = next;
    answeredAt = Date.now();
    failure = null;
    addSample(next.factsPerSecond ?? 0);
    tail.cover(next.checkpoint?.size ?? 0);
    tail.follow(next.size);
    showStatus();
    showLink();
  },
  failed(what) {
    failure = what;
    showStatus();
    showLink();
    tail.show();
  },
});
