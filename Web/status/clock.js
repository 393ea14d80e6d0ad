// What time it is for the log, so that ages are right on a computer with a wrong clock and in a simulated log.

const dayMs = 86_400_000;
// The Date header has whole seconds; smaller differences mean nothing.
const skewThatMattersMs = 2000;

let skewMs = 0;

/** Learns the server's clock from the Date header of an answer. */
export function learnServerTime(serverMs) {
  if (Number.isNaN(serverMs)) return;
  const difference = serverMs - Date.now();
  skewMs = Math.abs(difference) > skewThatMattersMs ? difference : 0;
}

/**
 * Now, by the log's clock. A simulated log may run on another day, or faster than time does: then it is the newest
 * moment that the log itself tells.
 */
export function logNow(status) {
  const now = Date.now() + skewMs;
  if (!status.simulated) return now;
  const told = [status.checkpoint?.signedAt, ...(status.sources ?? []).map((source) => source.lastReceived)];
  const newest = Math.max(...told.map((text) => Date.parse(text)).filter((ms) => !Number.isNaN(ms)));
  if (!Number.isFinite(newest)) return now;
  return newest > now || now - newest > dayMs ? newest : now;
}
