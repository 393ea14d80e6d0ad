// Asks for the status again and again: each second, seldom while nobody looks, ever more seldom while it fails.

const everyMs = 1000;
const everyHiddenMs = 15000;
const slowestRetryMs = 10000;
// Longer than a healthy server ever takes, short enough that a hanging one is called gone soon.
const timeoutMs = 5000;
const kinds = { TimeoutError: "timedOut", SyntaxError: "notStatus" };

/**
 * Calls `answered(status)` or `failed({kind, code})` for each attempt, and `before()` ahead of it. Never stops.
 * `kind` is a key of the language table; `code` is the HTTP status, if that is what went wrong.
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
    const { status, failure } = await read();
    asking = false;
    failures = failure ? failures + 1 : 0;
    timer = setTimeout(ask, pause());
    if (failure) failed(failure);
    else answered(status);
  }

  const pause = () => {
    if (document.hidden) return everyHiddenMs;
    return failures > 0 ? Math.min(everyMs * 2 ** (failures - 1), slowestRetryMs) : everyMs;
  };

  document.addEventListener("visibilitychange", () => document.hidden || ask());
  addEventListener("online", ask);
  ask();
}

async function read() {
  try {
    const response = await fetch("status", { cache: "no-store", signal: AbortSignal.timeout(timeoutMs) });
    if (!response.ok) return { failure: { kind: "httpStatus", code: response.status } };
    const status = await response.json();
    return Number.isSafeInteger(status?.size) ? { status } : { failure: { kind: "notStatus" } };
  } catch (error) {
    return { failure: { kind: kinds[error.name] ?? "unreachable" } };
  }
}
