// Numbers, moments and lengths of time as people read them.

import { words } from "./language.js";

export const whole = (n) => new Intl.NumberFormat(words().lang).format(n);

/** A rate: one decimal while it is small, none when it is large. */
export function rate(n) {
  const digits = n < 100 ? 1 : 0;
  return new Intl.NumberFormat(words().lang, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(n);
}

/** A length of time in its two largest units: `3 h 12 min`. */
export function duration(seconds) {
  const table = words();
  const units = [[table.day, 86400], [table.hour, 3600], [table.minute, 60], [table.second, 1]];
  let rest = Math.max(0, Math.floor(seconds));
  const parts = [];
  for (const [name, length] of units) {
    const count = Math.floor(rest / length);
    rest -= count * length;
    if (count > 0) parts.push(name(count));
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.length > 0 ? parts.join(table.join) : table.second(0);
}

/** How long ago, in the largest unit alone: it changes seldom and stays short. */
export function age(ms) {
  const table = words();
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return table.ago(table.second(seconds));
  if (seconds < 3600) return table.ago(table.minute(Math.floor(seconds / 60)));
  if (seconds < 86400) return table.ago(table.hour(Math.floor(seconds / 3600)));
  return table.ago(table.day(Math.floor(seconds / 86400)));
}

/** `16:08:41` on the day of `today`, else `2017-01-05 16:08:41`; in the zone of this computer. */
export function clock(ms, today = Date.now()) {
  const moment = new Date(ms);
  if (Number.isNaN(moment.getTime())) return "–";
  const two = (n) => String(n).padStart(2, "0");
  const time = `${two(moment.getHours())}:${two(moment.getMinutes())}:${two(moment.getSeconds())}`;
  if (moment.toDateString() === new Date(today).toDateString()) return time;
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())} ${time}`;
}

/** `UTC+8`, or `UTC+5:30`. */
export function zoneName() {
  const minutes = -new Date().getTimezoneOffset();
  const hours = Math.floor(Math.abs(minutes) / 60);
  const rest = Math.abs(minutes) % 60;
  return `UTC${minutes < 0 ? "−" : "+"}${hours}${rest ? `:${String(rest).padStart(2, "0")}` : ""}`;
}
