// Asks for the status again and again: each second, seldom while nobody looks, ever more seldom while it fails.

const everyMs = 1000;
const everyHiddenMs = 15000;
const slowestRetryMs = 10000;
// Longer than a healthy server ever takes, short enough that a hanging one is called gone soon.
const timeoutMs = 5000;

/**
 * Calls `answered(status, serverNow)` or `failed(kind, httpStatus)` for each attempt, and `before()` ahead of it.
 * `kind` is a key of the language table. Never stops.
 */
export function poll({ before, answered, failed }) {
  let failures = 0;
  let timer;
  let asking = false;

  async function ask() {
    clearTimeout(timer);
    if (asking) return;
    asking = true;
    before();
    try {
      const response = await fetch("status", { cache: "no-store", signal: AbortSignal.timeout(timeoutMs) });
      if (!response.ok) throw { kind: "httpStatus", code: response.status };
      const status = await response.json();
      if (!Number.isSafeInteger(status?.size)) throw { kind: "notStatus" };
      failures = 0;
      answered(status, Date.parse(response.headers.get("Date")));
    } catch (error) {
      failures += 1;
      const kind = error.kind ?? (error.name === "TimeoutError" ? "timedOut" : error.name === "SyntaxError" ? "notStatus" : "unreachable");
      failed(kind, error.code);
    } finally {
      asking = false;
      timer = setTimeout(ask, pause());
    }
  }

  const pause = () => {
    if (document.hidden) return everyHiddenMs;
    return failures > 0 ? Math.min(everyMs * 2 ** (failures - 1), slowestRetryMs) : everyMs;
  };

  document.addEventListener("visibilitychange", () => document.hidden || ask());
  addEventListener("online", ask);
  ask();
}
