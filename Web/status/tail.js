// The newest facts as they come, by server-sent events. It resumes where it stopped and says what it left out.

import { element, setText } from "./element.js";
import { clock, whole } from "./format.js";
import { words } from "./language.js";

const mostRows = 200;
const firstRows = 20;
// Often enough to feel live, seldom enough that a thousand facts a second do not choke the page.
const showEveryMs = 250;
const reopenAfterMs = 3000;
// A browser allows six connections to a server: pages that nobody looks at must not hold them.
const closeHiddenAfterMs = 30_000;

export class Tail {
  constructor({ list, scroll, state, note, pause }) {
    Object.assign(this, { list, scroll, state, note, pause });
    this.entries = []; // shown, newest first
    this.waiting = []; // came since, oldest first
    this.last = -1; // newest index seen
    this.covered = 0; // facts below this index have a proof
    this.stream = null;
    this.closedAt = -Infinity;
    this.paused = false;
    this.looking = false;
    this.timer = null;

    pause.addEventListener("click", () => {
      this.paused = !this.paused;
      this.show();
    });
    // Rows must not slip away under the pointer or the focus. A finger leaves no pointer behind to wait for.
    const look = (looking) => {
      this.looking = looking || list.contains(document.activeElement);
      this.show();
    };
    scroll.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && look(true));
    scroll.addEventListener("pointerleave", () => look(false));
    list.addEventListener("focusin", () => look(true));
    list.addEventListener("focusout", () => setTimeout(() => look(scroll.matches(":hover"))));
    document.addEventListener("visibilitychange", () => {
      clearTimeout(this.hiddenTimer);
      if (document.hidden) this.hiddenTimer = setTimeout(() => this.close(), closeHiddenAfterMs);
    });
  }

  /** Told of the log's size by each status: opens the stream if none is open. */
  follow(size) {
    if (this.stream || document.hidden || performance.now() - this.closedAt < reopenAfterMs) return;
    let from = Math.max(0, size - firstRows);
    if (this.last >= 0 && size - this.last - 1 <= mostRows) {
      from = this.last + 1;
    } else if (this.last >= 0 && from > this.last + 1) {
      this.add({ from: this.last + 1, to: from - 1 });
    }
    const stream = new EventSource(`events?from=${from}`);
    this.stream = stream;
    stream.addEventListener("fact", (event) => {
      const fact = parsed(event.data);
      if (!Number.isSafeInteger(fact?.index) || fact.index <= this.last) return;
      this.last = fact.index;
      this.add(fact);
    });
    stream.addEventListener("skipped", (event) => {
      const span = parsed(event.data);
      if (!Number.isSafeInteger(span?.from) || !Number.isSafeInteger(span?.to) || span.to <= this.last) return;
      this.last = span.to;
      this.add({ from: span.from, to: span.to });
    });
    stream.addEventListener("open", () => this.show());
    stream.addEventListener("error", () => {
      // A broken connection is mended by the browser; a refusal ends the stream, and the next status opens another.
      if (stream.readyState === EventSource.CLOSED) this.close();
      this.show();
    });
  }

  /** Told of the newest checkpoint's size: the facts that it covers can now be proved. */
  cover(size) {
    if (size === this.covered) return;
    this.covered = size;
    for (const pending of this.list.querySelectorAll(".pending")) {
      const index = Number(pending.dataset.index);
      if (index < size) pending.replaceWith(proof(index, size));
    }
  }

  /** Forgets all: the server serves another log now. */
  restart() {
    this.close();
    this.closedAt = -Infinity;
    this.entries = [];
    this.waiting = [];
    this.last = -1;
    this.list.replaceChildren();
    this.show();
  }

  close() {
    this.stream?.close();
    this.stream = null;
    this.closedAt = performance.now();
  }

  add(entry) {
    this.waiting.push(entry);
    if (this.waiting.length > mostRows) this.waiting.shift();
    this.timer ??= setTimeout(() => {
      this.timer = null;
      this.show();
    }, showEveryMs);
  }

  show() {
    const table = words();
    const held = this.paused || this.looking;
    if (!held && this.waiting.length > 0) {
      const fresh = this.waiting.reverse();
      this.waiting = [];
      this.entries = [...fresh, ...this.entries].slice(0, mostRows);
      this.list.prepend(...fresh.map((entry) => row(entry, this.covered)));
      while (this.list.children.length > mostRows) this.list.lastChild.remove();
    }
    const count = `${whole(this.waiting.length)}${this.waiting.length === mostRows ? "+" : ""}`;
    const broken = !this.stream || this.stream.readyState !== EventSource.OPEN;
    let text = table.following;
    if (broken && this.last >= 0) text = table.streamLost;
    else if (this.paused) text = table.paused(count);
    else if (this.looking && this.waiting.length > 0) text = table.held(count);
    setText(this.state, text);
    setText(this.pause, this.paused ? table.resume : table.pause);
    this.note.hidden = this.entries.length > 0;
    setText(this.note, table.noFacts);
  }

  /** Writes every row anew, in the language now chosen. */
  rewrite() {
    this.list.replaceChildren(...this.entries.map((entry) => row(entry, this.covered)));
    this.show();
  }
}

function row(entry, covered) {
  const table = words();
  if ("to" in entry) return element("li", "skipped", table.skipped(whole(entry.from), whole(entry.to)));
  const index = element("a", "index", whole(entry.index));
  index.href = `facts/${entry.index}`;
  index.setAttribute("aria-label", table.fact(whole(entry.index)));
  const received = element("time", "", clock(Date.parse(entry.received)));
  received.dateTime = String(entry.received ?? "");
  received.title = received.dateTime;
  const about = element("span", "about", entry.subject ? ` → ${entry.subject}` : "");
  return element(
    "li", "", index, element("span", "type", String(entry.type ?? "")),
    element("span", "who", String(entry.source ?? ""), about), received, proof(entry.index, covered));
}

function proof(index, covered) {
  const table = words();
  if (index >= covered) {
    const pending = element("span", "proof pending", table.noProofYet);
    pending.dataset.index = index;
    pending.title = table.noProofYetWhy;
    return pending;
  }
  const link = element("a", "proof", table.proof);
  link.href = `facts/${index}/proof`;
  link.setAttribute("aria-label", table.proofOf(whole(index)));
  return link;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
